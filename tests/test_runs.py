"""A run from end to end: saved, shown, compared, replanned, and told in a brief."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from counterpoise import runs
from counterpoise.cli import app
from counterpoise.cli.job import plan_run, replan_run
from counterpoise.cli.request import Request
from counterpoise.cli.runview import compare, show_in_run, why_in_run
from counterpoise.cli.stability import relabelled
from counterpoise.data.load import load
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.equipment_part import equipment_parts_table
from counterpoise.measures.evaluate import MEASURES, evaluate
from counterpoise.measures.view import View
from counterpoise.planning.drawn import ORDERS as DRAWN
from counterpoise.planning.drawn import RESULTS, Drawn
from counterpoise.planning.headlines import SCHEMA as HEADLINES
from counterpoise.planning.regret import CASES, Outcome, regret_table
from counterpoise.planning.setting import Setting
from counterpoise.planning.stability import firmness
from counterpoise.planning.variants import SCHEMA, SHOCKS
from counterpoise.publish.brief import build_brief
from counterpoise.publish.docx import docx_bytes
from counterpoise.publish.html import render_html
from counterpoise.publish.pdf import pdf_bytes
from counterpoise.world.scenario import read_scenario


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def run(folder: Path) -> runs.Run:
    return plan_run(Request(calendar="yearly", quick=True), folder)


OPEN = "sam-upper=0.900; sead=0.800"


def _firm_tables(run: runs.Run) -> dict[str, pl.DataFrame]:
    """Labels of the run's own orders by two draws: all that it buys, and only Britain's."""
    orders = run.table("orders").filter(pl.col("behaviour") == "together")
    number = pl.lit(0, dtype=pl.Int64).alias("draw")
    same = orders.with_columns(number).select(list(DRAWN))
    britain = same.filter(pl.col("buyer") == "state/GBR")
    drawn = Drawn(
        pl.concat([same, same.with_columns(number + 1), britain.with_columns(number + 2)]),
        pl.DataFrame([(n, 344.0, 100.0 + n, 800.0) for n in range(3)], RESULTS, orient="row"),
    )
    return firmness(load(), Setting(), run.table("orders"), "together", 2, 1, drawn)


@pytest.fixture(scope="module")
def told(run: runs.Run, tmp_path_factory: pytest.TempPathFactory) -> runs.Run:
    """A copy of the run with tables of variants and analyses as a full run has them."""
    cases = [("baseline", "planned"), ("us-stays", "planned"), ("us-gone", "planned")]
    cases += [(shock, version) for shock in SHOCKS for version in CASES]
    rows = [(*case, 100.0 + i, 344.0, 800.0 + i, 500.0, 2033) for i, case in enumerate(cases)]
    steps = ["line/k2-kor", "state/POL", "area/shell-155", "line/himars-usa"]
    costs = Outcome(100.0, 120.0, 344.0, 800.0, 500.0, 2033)
    shocked = [(read_scenario(shock, load()), (2028.0,), dict.fromkeys(CASES, costs))
               for shock in SHOCKS]  # fmt: skip
    tables = {
        "variants": pl.DataFrame(rows, schema=SCHEMA, orient="row"),
        "regret": regret_table(shocked, "yearly"),
        "bottlenecks": pl.DataFrame(
            {
                "rank": [1, 2, 3, 4],
                "address": steps,
                "step": ["a tenth more output"] * 4,
                "removed": [3.0, 2.0, 1.5, 1.0],
                "share": [0.03, 0.02, 0.015, 0.01],
            }
        ),
        "best-use": pl.DataFrame(
            {
                "rank": [1, 2],
                "address": ["state/GRC", "line/k2-kor"],
                "use": ["EUR 1bn once, in 2028", "its output doubled"],
                "eur_bn": [1.0, 0.2],
                "removed": [0.31, 0.2],
                "per_billion": [0.31, 0.2],
                "buys": ["area/mbt in state/GRC 0.3 less", ""],
            }
        ),
        "rule-costs": pl.DataFrame(
            {
                "rank": [1],
                "name": ["absorption"],
                "rule": ["no limit to what is taken up a year"],
                "removed": [20.5],
                "share": [0.12],
                "cost": [3.5],
            }
        ),
        "influence": pl.DataFrame(
            {
                "basis": ["reported", "estimated", "derived", "assumed"],
                "share": [0.1, 0.1, 0.2, 0.6],
            }
        ),
        "influential-inputs": pl.DataFrame(
            {"address": ["rule/money-share/value"], "basis": ["assumed"], "effect": [90.0]}
        ),
        "approved-orders": pl.DataFrame({"name": ["approved"], "removed": [3.2]}),
        "headlines": pl.DataFrame(
            [
                ("equal", 0.38, True, 344.0, 100.0, 0.7, 100.0, 800.0, 5, 20, 0.3, OPEN),
                ("threat-first", 0.38, False, 354.0, 110.0, 0.6, 120.0, 810.0, 5, 19, 0.3, OPEN),
                ("equal", 0.2, False, 344.0, 150.0, 0.5, 150.0, 500.0, 3, 12, 0.3, OPEN),
            ],
            schema=HEADLINES,
            orient="row",
        ),
        "equipment-parts": equipment_parts_table(View(load())),
        "whole": pl.DataFrame(
            [(name, "any", 100.0, 101.0, 0.01) for name in ("shortfall", "cost", "bound")],
            schema=["name", "unit", "against", "whole", "distance"],
            orient="row",
        ),
        **_firm_tables(run),
    }
    place = tmp_path_factory.mktemp("told") / run.id
    shutil.copytree(run.path, place)
    for name, frame in tables.items():
        frame.write_parquet(place / "tables" / f"{name}.parquet")
    (place / "run.json").unlink()
    own = ("format", "status", "files", "digest")
    runs.finish(place, {name: value for name, value in run.meta.items() if name not in own})
    return runs.open_run(str(place))


class _Reader(HTMLParser):
    """Collects data elements and the text that stands outside elements where digits are free."""

    FREE = ("data", "svg", "cite", "time", "title", "h1", "style", "script", "summary")

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, bool]] = []
        self.data: list[tuple[str, str, int]] = []
        self.plain: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "link", "br", "img", "col", "hr"):
            return
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        free = tag in self.FREE or bool(classes & {"name", "date", "colophon", "footer"})
        self.stack.append((tag, free))
        if tag == "data":
            address = given.get("data-address") or ""
            self.data.append((given["value"] or "", address, int(given["data-decimals"] or 0)))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        if not any(free for _, free in self.stack):
            self.plain.append(text)


def test_the_brief_says_what_is_firm(told: runs.Run) -> None:
    """Half the draws buy all, the other only Britain's: its orders alone are firm, under a fifth.

    So the brief opens with it, and the calendar of orders lists Britain's as firm before others.
    """
    orders = told.table("orders").filter(pl.col("behaviour") == "together")
    firm = orders.filter(pl.col("stability") == "firm")
    assert set(firm["buyer"]) == {"state/GBR"}
    assert set(orders.filter(pl.col("buyer") == "state/GBR")["stability"]) == {"firm"}
    assert orders.head(firm.height).equals(firm)
    near = orders.filter(pl.col("ordered") < 2036)
    share = float(firm.filter(pl.col("ordered") < 2036)["eur_bn"].sum() / near["eur_bn"].sum())
    assert evaluate(told.table, "stability", "order", "firm", "all") == pytest.approx(share)
    assert share < 0.2
    assert evaluate(told.table, "undisturbed") == pytest.approx(1.0)
    assert evaluate(told.table, "order_share", "GBR", "all", "all") == pytest.approx(1.0)
    assert evaluate(told.table, "order_share", "DEU", "all", "all") == pytest.approx(0.5)
    html = render_html(build_brief(told, load()))
    opening = html.index("spending is firm: most")
    assert opening < html.index("rests on assumed inputs")
    calendar = html[html.rindex("Calendar of orders") :]
    assert calendar.index("preferred</td>") > calendar.index("firm</td>")


def test_other_draws_make_a_new_run_of_the_same_plan(told: runs.Run, tmp_path: Path) -> None:
    """One of the two draws that a run has needs no planning: the first buys all, so all is firm."""
    again = relabelled(told, 1, 1, "yearly", tmp_path, lambda text: None)
    assert again.id != told.id
    assert again.meta["request"] == {**told.meta["request"], "draws": 1}
    assert set(again.table("stability")["label"]) == {"firm"}
    assert again.table("draw-results")["draw"].to_list() == [0, 1]
    assert again.table("gaps").equals(told.table("gaps"))
    key = ["behaviour", "buyer", "line", "ordered"]
    same = [run.table("orders").drop("stability").sort(key) for run in (told, again)]
    assert same[0].equals(same[1])
    with pytest.raises(BadInput, match="one draw or more"):
        relabelled(told, 0, 1, "yearly", tmp_path, lambda text: None)


def test_every_number_of_the_brief_is_evaluated_again(told: runs.Run) -> None:
    html = render_html(build_brief(told, load()))
    reader = _Reader()
    reader.feed(html)
    assert len(reader.data) > 500
    for value, address, decimals in reader.data:
        prefix, run_id, measure, *arguments = address.split("/")
        assert (prefix, run_id) == ("run", told.id), address
        again = evaluate(told.table, measure, *arguments)
        assert round(again, decimals) == pytest.approx(round(float(value), decimals)), address
    digits = [text for text in reader.plain if re.search(r"\d", text)]
    assert digits == []
    assert "http://" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", html).replace("https://", "http://")


def test_brief_says_both_versions_of_each_shock(told: runs.Run) -> None:
    html = render_html(build_brief(told, load()))
    for shock in SHOCKS:
        for version in CASES:
            assert f"run/{told.id}/variant/{shock}/{version}" in html
        assert f"run/{told.id}/regret/{shock}" in html
    assert html.count('<p class="headline">') == 5


def test_brief_is_written_as_pdf_and_word(told: runs.Run) -> None:
    document = build_brief(told, load())
    pdf = pdf_bytes(document)
    assert pdf.startswith(b"%PDF") and pdf == pdf_bytes(document)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 4 <= pages <= 8
    assert docx_bytes(document).startswith(b"PK")


def test_the_same_request_gives_the_same_run(run: runs.Run, folder: Path) -> None:
    listed = runs.list_runs(folder)
    assert [row["id"] for row in listed] == [run.id]
    assert set(listed[0]) >= {"id", "path", "status"} and listed[0]["status"] == "complete"
    assert runs.open_run("latest", folder).id == run.id
    assert run.meta["request"]["scenario"] == "baseline"
    assert {"together-0-shortfall.npz", "together-0-cost.npz", "alone-28-cost.npz"} <= {
        path.name for path in (run.path / "stages").iterdir()
    }


def test_every_measure_can_be_shown(told: runs.Run) -> None:
    example = {
        "behaviour": "together", "against": "ordered", "place": "POL", "area": "mbt",
        "year": "2030", "state": "POL", "origin": "KOR", "controller": "USA", "item": "national",
        "first": "2027", "last": "2035", "buyer": "POL", "line": "k2-kor", "ordered": "all",
        "rank": "1", "basis": "assumed", "scenario": "us-stays", "version": "planned",
        "part": "purchase", "name": "crumbs", "match": "loose", "label": "firm",
        "outcome": "cost", "end": "median", "weights": "threat-first", "money_share": "own",
        "result": "together", "counted": "share", "case": "held", "column": "distance",
        "rule": "absorption",
    }  # fmt: skip
    for name, found in MEASURES.items():
        arguments = [example[item] for item in found.arguments]
        row = show_in_run(told, [name, *arguments])[0]
        assert isinstance(row["value"], float) and row["unit"] and row["definition"]


def test_parts_of_the_shortfall_and_of_spending_add_up(run: runs.Run) -> None:
    areas = run.table("closing")["area"].unique()
    for behaviour in ("ordered", "alone", "together"):
        parts = [evaluate(run.table, "shortfall_in", behaviour, a.split("/")[1]) for a in areas]
        assert sum(parts) == pytest.approx(evaluate(run.table, "shortfall", behaviour))
    paid = evaluate(run.table, "money", "together", "all", "purchases", "2027", "2040")
    paid += evaluate(run.table, "money", "together", "all", "premiums", "2027", "2040")
    spent = run.table("spending").filter(pl.col("behaviour") == "together")["eur_bn"].sum()
    ordered = run.table("orders").filter(pl.col("behaviour") == "together")["eur_bn"].sum()
    assert spent == pytest.approx(paid, rel=1e-3)
    assert ordered == pytest.approx(paid, rel=1e-3)


def test_state_view_and_unknown_addresses(run: runs.Run) -> None:
    rows = show_in_run(run, ["state", "POL"])
    assert {row["part"] for row in rows} == {"need", "money", "order"}
    for path in (["state", "XYZ"], ["nothing"], ["order", "POL", "no-line", "2028"]):
        with pytest.raises(NotFound):
            show_in_run(run, path)
    with pytest.raises(BadInput):
        show_in_run(run, ["gap", "together"])


def test_why_of_an_order_names_rows_and_shortfall(run: runs.Run) -> None:
    orders = run.table("orders").filter(pl.col("behaviour") == "together")
    top = orders.sort("eur_bn", descending=True).to_dicts()[0]
    path = ["order", top["buyer"].split("/")[1], top["line"].split("/")[1], str(top["ordered"])]
    rows = why_in_run(run, path)
    assert rows[0]["what"] == "avoided" and rows[0]["amount"] >= 0
    assert any(row["what"] == "kept by" for row in rows)
    assert any("lead_time" in row["text"] for row in rows if row["what"] == "input")


def test_replan_and_diff(run: runs.Run, folder: Path) -> None:
    again = replan_run(run, "us-deliveries-stop-2028", folder)
    assert again.meta["request"]["replans"] == run.id
    keys = ["buyer", "line", "ordered", "delivery_first"]
    kept = again.table("earlier-orders").select(*keys, "units").sort(keys)
    before = run.table("orders").filter(
        (pl.col("behaviour") == "together") & (pl.col("ordered") < 2028)
    )
    assert kept.equals(before.select(*keys, "units").sort(keys))
    assert kept.height > 20
    new = again.table("orders").filter(pl.col("behaviour") == "together")
    assert new["ordered"].min() >= 2028
    (shock,) = again.table("regret").to_dicts()
    assert shock["foreseen_to_2040"] <= shock["replanned_to_2040"] <= shock["held_to_2040"]
    assert shock["decided_anew"] == "2028-Q1"
    with pytest.raises(BadInput, match="isn't replanned itself"):
        replan_run(again, "gulf-diversion", folder)
    moved = compare(run, again, 10)
    assert any(row["what"] == "scenario" for row in moved)
    assert any(row["part"] == "order" for row in moved)
    assert all(row["before"] != row["after"] for row in moved if row["part"] == "result")


def test_half_written_and_foreign_runs_are_refused(run: runs.Run, tmp_path: Path) -> None:
    half = tmp_path / "half"
    half.mkdir()
    assert runs.list_runs(tmp_path)[0]["status"] == "incomplete"
    with pytest.raises(BadInput, match="half-run"):
        runs.open_run("half", tmp_path)
    meta = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    (half / "run.json").write_text(json.dumps({**meta, "format": 99}), encoding="utf-8")
    with pytest.raises(BadInput, match="finished run of format"):
        runs.open_run("half", tmp_path)
    (half / "run.json").write_text(json.dumps(meta), encoding="utf-8")
    with pytest.raises(BadInput, match="as it was saved"):
        runs.open_run("half", tmp_path)
    shutil.copytree(run.path, tmp_path / "cut")
    table = tmp_path / "cut" / "tables" / "orders.parquet"
    table.write_bytes(table.read_bytes()[:-100])
    with pytest.raises(BadInput, match=r"orders\.parquet"):
        runs.open_run("cut", tmp_path)
    (half / "run.json").write_text('{"format": 1, "status": "complete"}', encoding="utf-8")
    with pytest.raises(BadInput, match="half-run"):
        runs.open_run("half", tmp_path)
    with pytest.raises(NotFound):
        runs.open_run("no-such-run", tmp_path)


OTHER = "pathways-00000000"

ASKS = (
    ("replan", OTHER, "--scenario", "us-exit-2028"),
    ("diff", OTHER, OTHER),
    ("diff", "latest", OTHER),
    ("diff", OTHER, "latest"),
    ("brief", OTHER),
    ("stability", OTHER),
    ("bottlenecks", OTHER),
    ("verify", OTHER),
    ("measure", "regret", "scenario=us-exit-2028", f"run={OTHER}"),
    ("show", f"run/{OTHER}"),
    ("show", f"run/{OTHER}/shortfall/together"),
    ("show", f"run/{OTHER}/state/POL"),
    ("why", f"run/{OTHER}/line/leopard-2a8-deu"),
)
"""Each command that takes a run, given one that holds no plans."""


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a run of another kind and a bare one that counts as plans."""
    meta = {"request": {"scenario": "pathways"}, "dataset": "0", "release_id": "none"}
    for name, kind in ((OTHER, "pathways"), ("plain", runs.PLAN)):
        with runs.writing(tmp_path / "runs", name) as aside:
            pl.DataFrame({"cell": [1]}).write_parquet(aside / "tables" / "cells.parquet")
            runs.finish(aside, {**meta, "kind": kind})
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs"


@pytest.mark.usefixtures("foreign")
@pytest.mark.parametrize("words", ASKS, ids=" ".join)
def test_a_run_of_another_kind_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as refused:
        CliRunner().invoke(app, words, catch_exceptions=False)
    (problem,) = refused.value.problems
    assert "pathways" in problem.value
    if words[0] != "verify":
        assert (problem.code, problem.expected) == ("run-kind", "plan")
        assert f"run/{OTHER}/cells" in problem.remedy


def test_every_command_that_takes_a_run_is_asked() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    named = {
        name
        for name, command in commands.items()
        if {"run", "first"} & {item.name for item in command.params}
    }
    assert named | {"show", "why", "measure"} == {words[0] for words in ASKS}


def test_tables_of_a_run_of_another_kind_can_be_shown(foreign: Path) -> None:
    done = CliRunner().invoke(app, ["show", f"run/{OTHER}/cells", "--format", "json"])
    assert [row["cell"] for row in json.loads(done.stdout)] == [1]
    assert runs.open_run(OTHER, foreign, "pathways").tables() == ["cells"]
    with pytest.raises(BadInput, match="run-kind"):
        runs.open_run("plain", foreign, "pathways")


def test_a_scenario_is_checked_before_anything_is_replanned(run: runs.Run, tmp_path: Path) -> None:
    """Nothing is said to be planned for a file that is refused."""
    event = '[[event]]\nkind = "line-output"\ntarget = "line/leopard-2a8-deu"\nreason = "test"\n'
    cases = {
        "unknown": event.replace("leopard-2a8-deu", "none") + 'start = "2029"\namount = 0.5\n',
        "no-surprise": event + 'start = "2027"\nknown_from = "2026-11"\namount = 0.5\n',
        "other-start": event + 'start = "2029"\namount = 0.5\n',
    }
    for code, text in cases.items():
        file = tmp_path / "bad.toml"
        file.write_text(f'title = "A test"\n{text}', encoding="utf-8")
        told: list[str] = []
        with pytest.raises(BadInput, match=code):
            replan_run(run, str(file), tmp_path / "runs", told.append)
        assert told == []


def _command(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "counterpoise", *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ},
    )


def test_stopping_leaves_no_half_run(tmp_path: Path) -> None:
    process = _command("plan", "--quick", "--calendar", "yearly", cwd=tmp_path)
    time.sleep(6)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    folder = tmp_path / "runs"
    assert not folder.exists() or list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("plan", "--scenario", "no-such-world"), 1),
        (("plan", "--key", "area", "--calendar", "monthly"), 2),
        (("plan", "--cap", "usa=2"), 2),
        (("show", "run/no-such-run"), 1),
        (("scenario", "check", "us-stays"), 0),
        (("scenario", "list", "--format", "json"), 0),
        (("runs",), 0),
        (("runs", "--format", "pdf"), 2),
        (("diff", "one", "two"), 1),
    ],
)
def test_exit_status(arguments: tuple[str, ...], status: int, tmp_path: Path) -> None:
    process = _command(*arguments, cwd=tmp_path)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == status, output + errors
    assert "Traceback" not in errors
