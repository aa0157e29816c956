"""Time what a reader waits for: replies of the API and of pages, and a slider; prints one table.

    python benchmarks/bench_serve.py [RUNS]

A server is started on a free port over the release and a folder of saved runs (`runs` without
one). Each path is asked once for every value, so that nothing is read from the cache of replies,
but for the rows that say so. Medians of one run on one machine mean little; the shares of the aims
tell what is left.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from counterpoise.data.load import load
from counterpoise.runs import FOLDER
from counterpoise.serve.app import create_app
from counterpoise.serve.limits import Limits
from counterpoise.serve.listen import listening, server
from counterpoise.serve.service import Served

STORED, SLIDER = 0.1, 1.0
"""Seconds within which a stored figure and a slider's move should be there."""

YEARS = range(2027, 2035)

SHORTFALL = "/api/runs/latest/measures/shortfall?behaviour=together"

STATES = ("POL", "DEU", "FRA", "GBR", "ITA", "ESP", "NLD", "SWE")

CASES: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("a figure", STORED, tuple(f"/api/value/need/{area}/need_2035" for area in ("mbt", "ifv"))),
    ("a thing", STORED, tuple(f"/api/thing/state/{state}" for state in STATES)),
    ("a table of the run", STORED, ("/api/runs/latest/tables/gaps?most=100",) * 8),
    ("a measure of the run", STORED, (SHORTFALL,) * 8),
    ("suggestions", STORED, ("/api/suggest?words=Patriot+delay+Poland",) * 8),
    ("page of a state", STORED, tuple(f"/state/{state}/" for state in STATES)),
    ("page of a state again", STORED, tuple(f"/state/{state}/" for state in STATES)),
    ("slider, deliver, API", SLIDER,
     tuple(f"/api/questions/deliver/answer?units={at}" for at in range(3, 11))),
    ("slider, deliver, page", SLIDER, tuple(f"/ask/deliver/units={at}/" for at in range(11, 19))),
    ("slider, worksheet q03, page", SLIDER, tuple(f"/ask/q03/{{}}={at}/" for at in range(8))),
    ("slider, q26, API", SLIDER,
     tuple(f"/api/questions/q26/answer?withdrawal={year}" for year in YEARS)),
    ("slider, q26, page", SLIDER, tuple(f"/ask/q26/withdrawal={year}/" for year in YEARS)),
    ("slider, q26, page again", SLIDER, tuple(f"/ask/q26/withdrawal={year}/" for year in YEARS)),
)  # fmt: skip


def timed(client: httpx.Client, paths: Sequence[str]) -> list[float]:
    """Seconds of each path."""
    found = []
    for path in paths:
        started = time.perf_counter()
        reply = client.get(path)
        found.append(time.perf_counter() - started)
        if reply.status_code != 200:
            print(f"{path}: {reply.status_code} {reply.text[:200]}", file=sys.stderr)
    return found


def slider_paths(client: httpx.Client, ident: str, paths: Sequence[str]) -> list[str]:
    """Paths over the range of a worksheet's first parameter."""
    asked = client.get(f"/api/questions/{ident}").json()["parameters"]
    for item in asked:
        words = item["told"].split()
        if words[:3] == ["a", "number", "from"]:
            low, high = float(words[3]), float(words[5])
            steps = [low + (high - low) * (at + 0.5) / len(paths) for at in range(len(paths))]
            return [f"/ask/{ident}/{item['name']}={step:.4g}/" for step in steps]
    return []


def main(arguments: list[str]) -> int:
    """Time all cases over a folder of runs."""
    folder = Path(arguments[0]) if arguments else FOLDER
    limits = Limits()
    started = time.perf_counter()
    app = create_app(Served(load(), folder), limits)
    with listening("127.0.0.1", 0) as bound:
        found = server(app, limits)
        thread = threading.Thread(target=found.run, args=([bound],), daemon=True)
        thread.start()
        while not found.started and thread.is_alive():
            time.sleep(0.01)
        print(f"{'start':<32} {time.perf_counter() - started:>8.1f} s")
        base = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with httpx.Client(base_url=base, timeout=120) as client:
            for path in ("/", "/ask/deliver/", "/ask/q26/", "/api/runs/latest/tables/gaps"):
                (seconds,) = timed(client, [path])
                print(f"{'first: ' + path:<32} {seconds * 1000:>8.0f} ms")
            for name, aim, paths in CASES:
                chosen = slider_paths(client, "q03", paths) if "q03" in name else paths
                seconds = statistics.median(timed(client, chosen))
                print(f"{name:<32} {seconds * 1000:>8.0f} ms {seconds / aim:>7.0%} of the aim",
                      flush=True)  # fmt: skip
        found.should_exit = True
        thread.join()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
