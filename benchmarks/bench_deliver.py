"""Time delivery dates: what a slider waits for, beside building the world; prints one table.

    python benchmarks/bench_deliver.py [LINE]

The world is built once and the recorded delays are read once; then a slider moves the units of an
order, and each move asks again for its dates, its alternatives and what its figures' ranges do.
Seconds of one run on one machine mean little; the ratios are taken within the run.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from counterpoise.data.load import load
from counterpoise.measures.delay_score import delay_score
from counterpoise.measures.view import View
from counterpoise.questions.ask import ask
from counterpoise.questions.catalogue import questions
from counterpoise.questions.question import Context
from counterpoise.questions.suggest import lexicon, suggest
from counterpoise.questions.suggest_index import index
from counterpoise.world.delays import recorded
from counterpoise.world.delivery import Order, alternatives, delivery_dates, delivery_world
from counterpoise.world.delivery_inputs import inputs

MOVES = 40
AIM = 0.2
"""Seconds that an answer to one move should take."""


def timed(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def note(name: str, seconds: float, more: str = "") -> None:
    print(f"{name:<52} {seconds * 1000:>10.1f} ms  {more}", flush=True)


def main(arguments: list[str]) -> int:
    """Time one line, or the release's Patriot line."""
    started = time.perf_counter()
    dataset = load()
    note("load the dataset", time.perf_counter() - started)
    started = time.perf_counter()
    world = delivery_world(dataset)
    built = time.perf_counter() - started
    note("build the world", built)
    cases = recorded(dataset)
    line = arguments[0] if arguments else "line/patriot-fire-unit-usa"
    order = Order(line, "state/POL", 8, 2027.125)

    def answer(units: int) -> None:
        asked = replace(order, units=float(units))
        found = delivery_dates(world, asked, cases)
        alternatives(world, asked, cases)
        inputs(world, found)

    moves = [replace(order, units=at + 1.0) for at in range(MOVES)]
    dates = [timed(partial(delivery_dates, world, move, cases)) for move in moves]
    whole = [timed(partial(answer, at + 1)) for at in range(MOVES)]
    note("dates of one order, middle of the moves", statistics.median(dates))
    middle = statistics.median(whole)
    note("dates, alternatives and ranges, middle", middle, f"{middle / AIM:.1%} of {AIM} s")
    note(
        "dates, alternatives and ranges, slowest", max(whole), f"{max(whole) / AIM:.1%} of {AIM} s"
    )
    others = [
        (timed(partial(alternatives, world, other, cases)), other.line)
        for other in (replace(order, line=each.address) for each in world.lines)
    ]
    slowest, at = max(others)
    note("alternatives of the line with most of them", slowest, at)
    view, context, known = View(dataset), Context(Path("runs")), questions()

    def asked(units: int) -> None:
        given = {"line": line.removeprefix("line/"), "units": str(units)}
        ask(view, context, known, "deliver", given)

    asked(1)
    replies = [timed(partial(asked, at + 1)) for at in range(MOVES)]
    middle_reply = statistics.median(replies)
    note("the question `deliver`, middle of the moves", middle_reply)
    note("the question `deliver`, slowest", max(replies))
    words = lexicon(index(known, dataset))
    note("suggestions", timed(lambda: suggest(words, "Patriot delay Poland")))
    note("suggestions with a typing error", timed(lambda: suggest(words, "Patrioot dleay Polnad")))
    note("score of the recorded delays", timed(lambda: delay_score(dataset).verdicts))
    print(f"one move : building the world {middle / built:>21.2f}")
    print(f"one answer : one move {middle_reply / middle:>29.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
