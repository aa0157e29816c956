"""The verifier: what it passes, and what it refuses, by the name of the row that fails."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from counterpoise import runs, verify
from counterpoise.cli import app, job
from counterpoise.cli.request import Request, setting_of
from counterpoise.planning import behaviours
from counterpoise.planning.model import Model
from counterpoise.planning.registry import Family, LinearProblem
from counterpoise.planning.solver import Solver
from counterpoise.questions import run_data
from counterpoise.verify import Unreadable
from counterpoise.world.world import World
from tiny import Tiny

Arrays = dict[str, Any]
Change = Callable[[Arrays], None]


# ------------------------------------------------------------------ the tiny run


def small(folder: Path) -> Tiny:
    """Two states, a land area and a joint one, with every family of rows at work."""
    folder.mkdir(parents=True)
    tiny = Tiny(folder)
    tiny.rules["readiness"] = 0.5
    for name, value in {
        "introduction-premium": 0.15,
        "discount-rate": 0.02,
        "absorption": 0.15,
        "retirement-stretch": 1.5,
        "growth-real": 0.01,
        "inflation": 0.02,
        "committed-share": 0.6,
    }.items():
        tiny.rule(name, value)
    tiny.pay((0, 0.2), (0.35, 0.25), (0.7, 0.25), (1, 0.3))
    tiny.state("AAA", budget=0.12, gdp=500)
    tiny.state("BBB", budget=0.25, gdp=1500)
    tiny.state("USA", planning="")
    tiny.area("tank", 100, us_part=20, growth=0.2, expansion_cost=0.25, upkeep=0.05)
    tiny.area("sat", 10, us_part=5, joint=True, growth=0.2, expansion_cost=0.25, upkeep=0.05)
    tiny.system("leo", "tank", 8, eligible=True)
    tiny.line("leo", "AAA", 6, lead=18, expansion=24, open_share=0.75)
    tiny.system("abr", "tank", 9, control="USA", weight=1.1)
    tiny.line("abr", "USA", 8, lead=12, open_share=0.4, sold_until=2030)
    tiny.system("eye", "sat", 40)
    tiny.line("eye", "BBB", 1.5, lead=24, as_of=2026, target=3, target_year=2030)
    tiny.holding("AAA", "leo", "tank", 20, from_orders=1)
    tiny.holding("BBB", "abr", "tank", 10)
    tiny.order("o1", "AAA", "leo", "tank", 8, (2026, 2029), value=60, signed="2025-03")
    tiny.loan("AAA", 100, own=4, common=3, maturity=10, grace=3)
    tiny.input("powder", 1.2, {"leo": 400})
    tiny.add("lots", area="tank", whole="y", lot=2)
    tiny.add("lots", area="sat", whole="y", lot=1)
    tiny.rule("unit-begun", 0.5)
    return tiny


def planned(folder: Path, behaviour: str = "together", **asked: Any) -> runs.Run:
    """The tiny run, planned and saved as the command does it."""
    dataset = small(folder / "sheets").dataset()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_data, "load_for", lambda *given: dataset)
        asked = {"calendar": "yearly", "behaviour": behaviour, "quick": True, **asked}
        request = Request(**asked)
        return job.plan_run(request, folder / "runs")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> runs.Run:
    return planned(tmp_path_factory.mktemp("together"))


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> runs.Run:
    return planned(tmp_path_factory.mktemp("all"), "all")


@pytest.fixture
def folder(run: runs.Run, tmp_path: Path) -> Path:
    """A copy of the tiny run, to alter."""
    return Path(shutil.copytree(run.path, tmp_path / "run"))


# ------------------------------------------------------------------ the yearly run


@pytest.fixture(scope="module")
def yearly(tmp_path_factory: pytest.TempPathFactory) -> runs.Run:
    """The real problem by years, both stages solved by the second solver."""
    pytest.importorskip("ortools")
    request = Request(calendar="yearly", behaviour="together", quick=True, solver="glop")
    return job.plan_run(request, tmp_path_factory.mktemp("yearly"))


# ------------------------------------------------------------------ tools


def refusals(folder: Path) -> list[verify.Finding]:
    """What the verifier finds with the digests switched off."""
    return verify.verify(folder, digests=False).findings


def refused(folder: Path, label: str, check: str = "") -> None:
    """The run is refused, and a finding (of a check) names the row or column."""
    found = refusals(folder)
    named = [item for item in found if label in item.label and check in (item.check, "")]
    assert named, "\n".join(map(str, found)) or "nothing was refused"


def alter(path: Path, change: Change) -> None:
    """Rewrite an archive of arrays."""
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    change(arrays)
    np.savez_compressed(path, **arrays)


def stage_files(folder: Path) -> tuple[Path, Path]:
    stages = folder / "stages"
    return stages / "together-0-shortfall.npz", stages / "together-0-cost.npz"


def read(path: Path) -> verify.Stage:
    stage = verify.read_stage(path, verify.Report())
    assert stage is not None
    return stage


def set_value(folder: Path, values: dict[int, float]) -> None:
    """Other values for columns of the second stage, with row values and objective to match."""
    path = stage_files(folder)[1]
    matrix = read(path).matrix

    def change(arrays: Arrays) -> None:
        for at, value in values.items():
            arrays["column"][at] = value
        arrays["row"] = matrix @ arrays["column"]
        arrays["objective"] = np.array([arrays["cost"] @ arrays["column"]])

    alter(path, change)


def set_figure(folder: Path, subject: str, quantity: str, factor: float, more: float = 0.0) -> None:
    """Another value of a figure in the run's copy of the dataset."""
    path = folder / "dataset" / "figures.parquet"
    frame = pl.read_parquet(path)
    at = (pl.col("subject") == subject) & (pl.col("quantity") == quantity)
    assert frame.filter(at).height
    value = pl.when(at).then(pl.col("value") * factor + more).otherwise(pl.col("value"))
    frame.with_columns(value.alias("value")).write_parquet(path)


# ------------------------------------------------------------------ what passes


def test_a_plan_together_is_verified(run: runs.Run) -> None:
    report = verify.verify(run.path)
    assert report.verified, report.findings
    assert report.counts["stages"] == 2 and report.counts["coefficients"] > 100
    assert report.largest["gap"] < 1e-9
    first, _ = stage_files(run.path)
    families = {label.split("[")[0] for label in (*read(first).rows, *read(first).columns)}
    assert families == {
        "deliver", "expand", "hold", "short", "upkeep", "fund", "national", "draw", "rate",
        "stock", "need", "share", "pay", "loan", "eligible", "absorb", "input-powder",
    }  # fmt: skip


def test_all_behaviours_are_verified_and_the_rest_is_named(every: runs.Run) -> None:
    report = verify.verify(every.path)
    assert report.verified, report.findings
    assert report.counts["stages"] == 6 and report.counts["plans"] == 4
    told = " ".join(report.unchecked)
    assert "alone-first-round" in told and "offered to single states" in told


def test_scenarios_caps_and_replans_are_verified(tmp_path: Path) -> None:
    dry = planned(tmp_path / "a", "all", scenario="us-gone", cap="usa=0.2", key="gdp")
    assert verify.verify(dry.path).verified
    shocked = planned(tmp_path / "b", "together", scenario="us-deliveries-stop-2028")
    assert verify.verify(shocked.path).verified
    dataset = small(tmp_path / "sheets").dataset()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_data, "load_for", lambda *given: dataset)
        base = job.plan_run(
            Request(calendar="yearly", behaviour="together", quick=True), tmp_path / "runs"
        )
        again = job.replan_run(base, "us-deliveries-stop-2028", tmp_path / "runs")
    report = verify.verify(again.path)
    assert report.verified, report.findings
    assert any("earlier plan" in text for text in report.unchecked)
    meta = again.meta
    assert meta["decisions"] == [2028.0]
    for key, value in (("decision", 2029.0), ("decisions", [2028.0, 2029.0]), ("release", "2026")):
        retell(again.path, key, value)
        refused(again.path, key, "run")
        retell(again.path, key, meta[key])
    retell(again.path, "request replans", "")
    refused(again.path, "request replans", "dataset")


@pytest.fixture(scope="module")
def rounded(tmp_path_factory: pytest.TempPathFactory) -> runs.Run:
    """The plan in whole units beside the one in fractions."""
    return planned(tmp_path_factory.mktemp("whole"), quick=False)


def test_a_plan_in_whole_units_is_verified(rounded: runs.Run) -> None:
    report = verify.verify(rounded.path)
    assert report.verified, "\n".join(map(str, report.findings))
    assert report.counts["orders in whole units"] > 1
    assert rounded.table("whole").height == 3


def test_parts_of_units_lots_and_bounds_are_refused(rounded: runs.Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(rounded.path, tmp_path / "run"))
    path = folder / "stages" / "whole-0-whole.npz"
    stage, kept = read(path), path.read_bytes()
    taken = stage.families["deliver"]
    bought = int(np.argmax([
        value if ",line/leo," in label else 0.0
        for label, value in zip(taken.labels(), stage.value, strict=False)
    ]))  # fmt: skip

    def less(arrays: Arrays) -> None:
        arrays["column"][bought] -= 0.5
        arrays["row"] = stage.matrix @ arrays["column"]

    def unasked(arrays: Arrays) -> None:
        lots = [at for at, label in enumerate(stage.rows) if label.startswith("lot[")]
        asked = next(at for at in lots if arrays["row_low"][at] > 0)
        arrays["row_low"][asked] = 0.0

    def lower(arrays: Arrays) -> None:
        arrays["bound"] *= 0.99

    for change, label, check in (
        (less, stage.columns[bought], "whole units"),
        (unasked, "lower bound of lot[", "problem"),
        (lower, "bound", "bound"),
    ):
        alter(path, change)
        refused(folder, label, check)
        path.write_bytes(kept)
    set_figure(folder, "rule/unit-begun", "value", 1.1)
    refused(folder, "upper bound of rate[line/leo", "problem")


FIXES = """decision,buyer,line or system,units,year,note
buy,AAA,leo,2,2028,
forbid,BBB,abr,,,
at-least,BBB,eye,2,2028-2031,
at-most,AAA,eye,1,,
"""


def test_own_decisions_are_rebuilt(tmp_path: Path) -> None:
    """Bought, at least, at most, forbidden; and each left out of the copy is noticed."""
    file = tmp_path / "fixes.csv"
    file.write_text(FIXES, encoding="utf-8")
    dataset = small(tmp_path / "sheets").dataset()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_data, "load_for", lambda *given: dataset)
        request = Request(calendar="yearly", quick=True)
        found = job.plan_run(request, tmp_path / "runs", fix=file)
    report = verify.verify(found.path)
    assert report.verified, "\n".join(map(str, report.findings))
    paths = [found.path / "run.json", found.path / "dataset" / "setting.json"]
    whole = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    fixes = whole[1]["fixes"]
    assert len(fixes) == 4
    for number, fix in enumerate(fixes):
        cut = [item for at, item in enumerate(fixes) if at != number]
        altered = [{**whole[0], "request": {**whole[0]["request"], "fixes": cut}}]
        altered.append({**whole[1], "fixes": cut})
        for path, content in zip(paths, altered, strict=True):
            path.write_text(json.dumps(content), encoding="utf-8")
        assert any(item.check == "problem" for item in refusals(found.path)), fix


LEVERS = """
title = "All levers at once"
known_from = "2027"
[[event]]
kind = "lead-time"
target = "line/leo"
start = "2029"
amount = 0.5
reason = "test"
[[event]]
kind = "price"
target = "system/leo"
start = "2028"
end = "2034"
amount = 0.8
amount_end = 1.2
eligible = true
reason = "test"
[[event]]
kind = "open-output"
target = "state/AAA"
start = "2029"
amount = 1.5
reason = "test"
[[event]]
kind = "expansion-time"
target = "area/tank"
start = "2028"
amount = 0.4
reason = "test"
[[event]]
kind = "expansion-growth"
target = "line/leo"
start = "2028"
amount = 3.0
reason = "test"
[[event]]
kind = "expansion-cost"
target = "system/leo"
start = "2028"
amount = 0.5
reason = "test"
[[event]]
kind = "spending"
target = "state/AAA"
start = "2030"
amount = 1.3
reason = "test"
[[event]]
kind = "need"
target = "scope/NATO-EUR"
areas = ["tank"]
start = "2031"
amount = 1.1
reason = "test"
[[event]]
kind = "absorption"
target = "state/BBB"
start = "2029-Q2"
amount = 2.0
reason = "test"
[[event]]
kind = "joint-share"
target = "state/BBB"
start = "2032"
amount = 1.4
reason = "test"
[[event]]
kind = "introduction"
target = "state/AAA"
start = "2029"
amount = 0.0
reason = "test"
[[event]]
kind = "loan"
target = "instrument/fund"
start = "2028"
end = "2033"
amount = 2.0
reason = "test"
"""


def test_levers_are_rebuilt_from_their_events(tmp_path: Path) -> None:
    file = tmp_path / "levers.toml"
    file.write_text(LEVERS, encoding="utf-8")
    found = planned(tmp_path / "run", "all", scenario=str(file))
    report = verify.verify(found.path)
    assert report.verified, report.findings
    path = found.path / "dataset" / "setting.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    for number, event in enumerate(whole["events"]):
        cut = [item for at, item in enumerate(whole["events"]) if at != number]
        path.write_text(json.dumps({**whole, "events": cut}), encoding="utf-8")
        assert refusals(found.path), event["kind"]
    strange = {**whole["events"][0], "kind": "weather"}
    path.write_text(json.dumps({**whole, "events": [strange]}), encoding="utf-8")
    refused(found.path, "event weather", "not checked")


# ------------------------------------------------------------------ six in the finished folder


def set_units(folder: Path, label: str, units: float) -> None:
    """Another delivery in the saved plan, by its column's label, in units of the problem."""
    stage = read(stage_files(folder)[1])
    request = json.loads((folder / "run.json").read_text(encoding="utf-8"))["request"]
    world = verify.rebuild(folder / "dataset", request, verify.Report())
    places = [
        next(axis for axis in stage.families["deliver"].axes if part in axis).index(part)
        for part in label[len("deliver[") : -1].split(",")
    ]

    def change(arrays: Arrays) -> None:
        names = ("state", "line", "period")
        at = np.all([arrays[name] == place for name, place in zip(names, places, strict=True)], 0)
        for name, place in zip(names, places, strict=True):
            arrays[name] = np.append(arrays[name][~at], place)
        arrays["units"] = np.append(arrays["units"][~at], units * verify.series_of(label, world))

    alter(folder / "stages" / "together.npz", change)


def exceed_a_rate(folder: Path) -> tuple[str, str]:
    """A line at its limit delivers one percent more, in the solution and in the plan."""
    stage = read(stage_files(folder)[1])
    limit = stage.row_high
    best, most = (-1, -1), 0.0
    for at, name in enumerate(stage.rows):
        if not name.startswith("rate[") or not stage.activity[at] >= limit[at] - 1e-7 > 1e-3:
            continue
        row = stage.matrix[at]
        for column, value in zip(row.indices, stage.value[row.indices], strict=True):
            if stage.columns[column].startswith("deliver[") and value > most:
                best, most = (at, int(column)), float(value)
    row_at, column_at = best
    value = most + 0.01 * float(limit[row_at])
    set_value(folder, {column_at: value})
    set_units(folder, stage.columns[column_at], value)
    return stage.rows[row_at], "row"


def deliver_early(folder: Path) -> tuple[str, str]:
    """What a line delivers as soon as it can comes a period sooner, in the saved plan."""
    stage = read(stage_files(folder)[1])
    family = stage.families["deliver"]
    first: dict[tuple[str, str], int] = {}
    for state, line, period in zip(*family.keys, strict=True):
        key = family.axes[0][state], family.axes[1][line]
        first[key] = min(first.get(key, 99), int(period))
    for at, (state, line, period) in enumerate(family.parts):
        when = first[state, line]
        soon = family.axes[2].index(period) == when and when > 0
        if soon and stage.value[family.start + at] > 1e-3:
            earlier = f"deliver[{state},{line},{family.axes[2][when - 1]}]"
            set_units(folder, family.labels()[at], 0.0)
            set_units(folder, earlier, float(stage.value[family.start + at]))
            return earlier, "plan"
    raise AssertionError("nothing is delivered as soon as it can be")


def move_money(folder: Path) -> tuple[str, str]:
    """A tenth of what a state draws is drawn by another one, in the solution and in the plan."""
    stage = read(stage_files(folder)[1])
    family = stage.families["national"]
    drawn = stage.value[family.start :][: len(family.parts)]
    giver = int(np.argmax(drawn))
    state, year = family.parts[giver]
    taker = next(at for at, part in enumerate(family.parts) if part[0] != state and part[1] == year)
    moved = 0.1 * float(drawn[giver])
    values = {giver: float(drawn[giver]) - moved, taker: float(drawn[taker]) + moved}
    set_value(folder, {family.start + at: value for at, value in values.items()})

    def change(arrays: Arrays) -> None:
        for at, value in values.items():
            arrays["national"][family.keys[0][at], family.keys[1][at]] = value

    alter(folder / "stages" / "together.npz", change)
    return f"pay[{state},{year}]", "row"


def flip_a_dual(folder: Path, family: str = "need") -> tuple[str, str]:
    """The largest dual of a family has the other sign."""
    path = stage_files(folder)[0]
    stage = read(path)
    inside = np.array([label.startswith(f"{family}[") for label in stage.rows])
    at = int(np.argmax(np.abs(stage.dual) * inside))

    def change(arrays: Arrays) -> None:
        arrays["row_dual"][at] *= -1

    alter(path, change)
    return stage.rows[at], "duals"


def delete_a_row(folder: Path, family: str = "absorb") -> tuple[str, str]:
    """A row that binds is gone from both stages, as if it had never been."""
    stage = read(stage_files(folder)[0])
    inside = np.array([label.startswith(f"{family}[") for label in stage.rows])
    gone = int(np.argmax(np.abs(stage.dual) * inside))

    def change(arrays: Arrays) -> None:
        kept = np.arange(len(arrays["row_low"])) != gone
        columns = np.repeat(np.arange(len(arrays["cost"])), np.diff(arrays["indptr"]))
        stays = arrays["indices"] != gone
        count = np.bincount(columns[stays], minlength=len(arrays["cost"]))
        arrays["data"] = arrays["data"][stays]
        arrays["indices"] = arrays["indices"][stays] - (arrays["indices"][stays] > gone)
        arrays["indptr"] = np.append(0, np.cumsum(count))
        for name in ("row_low", "row_high", "row", "row_dual"):
            arrays[name] = arrays[name][kept]
        for name in map(str, arrays["rows"]):
            start, size = arrays[f"rows:{name}:place"]
            if start <= gone < start + size:
                arrays[f"rows:{name}:place"][1] -= 1
                for axis in map(str, arrays[f"rows:{name}:axes"]):
                    stem = f"rows:{name}:{axis}:keys"
                    arrays[stem] = np.delete(arrays[stem], gone - start)
            elif start > gone:
                arrays[f"rows:{name}:place"][0] -= 1

    for path in stage_files(folder):
        alter(path, change)
    return stage.rows[gone], "problem"


def edit_an_input(folder: Path) -> tuple[str, str]:
    """The rate of a line with a row in the problem, one percent up in the copy of the dataset."""
    stage = read(stage_files(folder)[0])
    family = next(label for label in stage.rows if label.startswith("rate["))
    line = family[len("rate[") :].split(",")[0]
    set_figure(folder, line, "rate", 1.01)
    return f"rate[{line},", "problem"


FINISHED = (exceed_a_rate, deliver_early, move_money, flip_a_dual, delete_a_row, edit_an_input)


@pytest.mark.parametrize("mutation", FINISHED)
def test_a_finished_run_that_was_altered_is_refused(
    folder: Path, mutation: Callable[[Path], tuple[str, str]]
) -> None:
    refused(folder, *mutation(folder))


@pytest.mark.parametrize("family", ["stock", "pay", "rate", "upkeep", "share"])
def test_a_flipped_dual_is_refused_whatever_the_row(folder: Path, family: str) -> None:
    refused(folder, *flip_a_dual(folder, family))


@pytest.mark.slow
@pytest.mark.parametrize("mutation", FINISHED)
def test_a_yearly_run_that_was_altered_is_refused(
    yearly: runs.Run, tmp_path: Path, mutation: Callable[[Path], tuple[str, str]]
) -> None:
    folder = Path(shutil.copytree(yearly.path, tmp_path / "run"))
    refused(folder, *mutation(folder))


# ------------------------------------------------------------------ six before solving


def other_world(tmp_path: Path, change: Callable[[World], World]) -> Path:
    """A run whose plan was made in a world other than its dataset's."""
    honest = job.world_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "world_of", lambda *given, **more: change(honest(*given, **more)))
        return planned(tmp_path / "other").path


def raised_rate(world: World) -> World:
    lines = (
        replace(world.lines[0], output=world.lines[0].output * 1.1),
        *world.lines[1:],
    )
    return replace(world, lines=lines, free=world.free * np.array([[1.1], [1], [1]]))


def cut_lead_time(world: World) -> World:
    return replace(world, lines=(replace(world.lines[0], lead=0.5), *world.lines[1:]))


def lowered_need(world: World) -> World:
    need = world.need.copy()
    need[1] *= 0.9
    return replace(world, need=need)


def moved_budget(world: World) -> World:
    budget = world.budget.copy()
    budget[:, 3] += [0.02, -0.02]
    return replace(world, budget=budget)


@pytest.mark.parametrize(
    ("change", "label"),
    [
        (raised_rate, "upper bound of rate[line/leo,2029]"),
        (cut_lead_time, "deliver[state/AAA,line/leo,2027]"),
        (lowered_need, "lower bound of need[state/BBB:area/tank,2027]"),
        (moved_budget, "upper bound of national[state/AAA,2030]"),
    ],
)
def test_a_plan_of_another_world_is_refused(
    tmp_path: Path, change: Callable[[World], World], label: str
) -> None:
    refused(other_world(tmp_path, change), label, "problem")


def without_row(problem: LinearProblem, label: str) -> LinearProblem:
    """The problem without one row, relabelled as if it had been built so."""
    gone = next(at for at in range(len(problem.row_low)) if problem.row_label(at) == label)
    kept = np.arange(len(problem.row_low)) != gone
    families: list[Family] = []
    for family in problem.rows:
        keys = tuple(key[kept[family.start : family.start + family.size]] for key in family.keys)
        start = sum(item.size for item in families)
        families.append(replace(family, start=start, size=len(keys[0]), keys=keys))
    return replace(
        problem,
        row_low=problem.row_low[kept],
        row_high=problem.row_high[kept],
        matrix=problem.matrix.tocsr()[kept].tocsc(),
        rows=tuple(families),
    )


@pytest.mark.parametrize("label", ["absorb[state/AAA:area/tank,2029]", "share[state/BBB,area/sat]"])
def test_a_plan_without_a_row_is_refused(tmp_path: Path, label: str) -> None:
    honest = behaviours.build_model

    def build(*given: Any) -> Model:
        model = honest(*given)
        return replace(model, problem=without_row(model.problem, label))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(behaviours, "build_model", build)
        found = planned(tmp_path / "without").path
    refused(found, label, "problem")


# ------------------------------------------------------------------ and any other


@pytest.mark.parametrize(
    ("subject", "quantity", "label"),
    [
        ("system/leo", "unit_price", "pay[state/AAA,2028] × deliver[state/AAA,line/leo"),
        ("system/abr", "weight", "stock[state/AAA:area/tank,2028] × deliver"),
        ("system/abr", "year_available", "deliver["),
        ("line/leo", "lead_time", "deliver["),
        ("line/leo", "open_share", "rate[line/leo"),
        ("line/abr", "committed_until", "rate[line/abr"),
        ("line/eye", "rate_target", "rate[line/eye"),
        ("line/leo", "expansion_time", "rate[line/leo,2030] × expand"),
        ("area/tank", "expansion_growth", "expand[line/leo"),
        ("area/tank", "expansion_cost_share", "fund[2028] × expand[line/leo"),
        ("area/tank", "upkeep_share", "upkeep[state/AAA,2028] × deliver"),
        ("area/tank", "training_use", "stock["),
        ("need/tank", "need_2035", "need[state/AAA:area/tank"),
        ("need/sat", "us_part", "need[scope/NATO-EUR:area/sat"),
        ("holding/aaa-leo", "quantity", "need[state/AAA:area/tank"),
        ("holding/aaa-leo", "from_orders", "need[state/AAA:area/tank"),
        ("order/o1", "quantity", "need[state/AAA:area/tank"),
        ("order/o1", "value", "national[state/AAA"),
        ("payment/payment-1", "moment", "pay[state/AAA"),
        ("payment/payment-3", "share", "pay[state/AAA"),
        ("loan/fund-aaa", "allocation", "loan[loan/fund-aaa]"),
        ("loan/fund-aaa", "last_year", "draw[loan/fund-aaa,2031]"),
        ("loan/fund-aaa", "own_yield", "objective of draw[loan/fund-aaa"),
        ("input-source/powder-plant", "output", "input-powder[input/powder"),
        ("content/leo-powder", "amount", "input-powder[input/powder,2029] × deliver"),
        ("state/AAA", "gdp_eur", "national[state/AAA"),
        ("rule/money-share", "value", "national[state/AAA"),
        ("rule/absorption", "value", "absorb[state/AAA:area/tank"),
        ("rule/introduction-premium", "value", "pay[state/AAA,2027] × deliver[state/AAA,line/abr"),
        ("rule/discount-rate", "value", "objective of upkeep[state/AAA"),
        ("rule/retirement-stretch", "value", "need[state/AAA:area/tank"),
    ],
)
def test_each_input_is_checked(folder: Path, subject: str, quantity: str, label: str) -> None:
    """Plan and dataset disagree about one figure: which of both was altered doesn't matter."""
    if subject == "system/abr" and quantity == "year_available":
        path = folder / "dataset" / "figures.parquet"
        frame = pl.read_parquet(path)
        row = frame.filter(pl.col("subject") == "system/abr").head(1)
        row = row.with_columns(quantity=pl.lit("year_available"), value=pl.lit(2030.0))
        pl.concat([frame, row]).write_parquet(path)
    else:
        factor = 1.6 if quantity in ("expansion_time", "moment") else 1.1
        set_figure(folder, subject, quantity, factor, 0.01)
    assert any(label in item.label for item in refusals(folder)), "\n".join(
        map(str, refusals(folder))
    )


def test_a_bound_without_end_is_not_a_bound(folder: Path) -> None:
    """Infinite differs from every number, both ways."""
    for family, side, name, value in (
        ("need", "rows", "row_high", 1e9),
        ("national", "columns", "high", np.inf),
        ("absorb", "rows", "row_high", np.inf),
        ("upkeep", "columns", "high", 1e9),
    ):
        path = stage_files(folder)[0]
        kept, stage = path.read_bytes(), read(path)
        labels = stage.rows if side == "rows" else stage.columns
        at = next(at for at, label in enumerate(labels) if label.startswith(f"{family}["))

        def change(arrays: Arrays, name: str = name, at: int = at, value: float = value) -> None:
            arrays[name][at] = value

        alter(path, change)
        refused(folder, f"upper bound of {labels[at]}", "problem")
        path.write_bytes(kept)


def test_bans_words_and_links_are_checked(folder: Path) -> None:
    """A ban more, a loan's rule, a holder, a maker of powder: each moves the problem."""
    dataset = folder / "dataset"
    words, links = (pl.read_parquet(dataset / f"{name}.parquet") for name in ("words", "links"))
    things = pl.read_parquet(dataset / "things.parquet")
    extra = pl.DataFrame({"address": ["ban/x"], "kind": ["ban"]})
    more = [("ban/x", "bars", "system/leo"), ("ban/x", "may not buy", "state/BBB")]
    pl.concat([things, extra]).write_parquet(dataset / "things.parquet")
    rows = pl.DataFrame(more, schema=links.columns, orient="row")
    pl.concat([links, rows]).write_parquet(dataset / "links.parquet")
    refused(folder, "deliver[state/BBB,line/leo", "problem")
    things.write_parquet(dataset / "things.parquet")
    links.write_parquet(dataset / "links.parquet")
    assert not refusals(folder)
    words.filter(pl.col("name") != "safe_eligible").write_parquet(dataset / "words.parquet")
    refused(folder, "eligible[state/AAA,2028] × deliver", "problem")
    words.filter(pl.col("text") != "active").write_parquet(dataset / "words.parquet")
    refused(folder, "need[state/AAA:area/tank", "problem")


def test_the_second_stage_is_the_face_with_the_money(folder: Path) -> None:
    """A bound loosened, an objective moved, a coefficient changed in the second stage alone."""
    path = stage_files(folder)[1]
    stage = read(path)
    fixed = next(at for at, label in enumerate(stage.columns)
                 if label.startswith("deliver[") and stage.high[at] == 0)  # fmt: skip

    def loosen(arrays: Arrays) -> None:
        arrays["high"][fixed] = np.inf

    kept = path.read_bytes()
    alter(path, loosen)
    refused(folder, stage.columns[fixed], "face")
    path.write_bytes(kept)

    def cheapen(arrays: Arrays) -> None:
        arrays["cost"][fixed] *= 0.9

    alter(path, cheapen)
    refused(folder, f"objective of {stage.columns[fixed]}", "problem")


NUMBERS = ("cost", "low", "high", "row_low", "row_high", "data", "column", "row", "column_dual",
           "row_dual", "objective")  # fmt: skip


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stage=st.integers(0, 1), name=st.sampled_from(NUMBERS), place=st.floats(0, 0.999999))
def test_no_number_of_a_stage_can_be_altered(
    run: runs.Run, tmp_path: Path, stage: int, name: str, place: float
) -> None:
    folder = tmp_path / "numbers"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(run.path, folder)

    def change(arrays: Arrays) -> None:
        finite = np.flatnonzero(np.isfinite(arrays[name]))
        at = finite[int(place * len(finite))]
        arrays[name][at] = arrays[name][at] * 1.03 + 0.0171

    alter(stage_files(folder)[stage], change)
    assert refusals(folder), name


def test_no_number_of_a_plan_or_table_can_be_altered(every: runs.Run, tmp_path: Path) -> None:
    """The first, a middle and the last number of each array and each checked column."""
    folder = Path(shutil.copytree(every.path, tmp_path / "run"))
    for path in sorted((folder / "stages").glob("*.npz")):
        if verify.STAGE_FILE.fullmatch(path.stem):
            continue
        kept = path.read_bytes()
        for name in ("units", "expansions", "purchases", "upkeep", "national", "draws"):
            with np.load(path) as stored:
                size = stored[name].size
            if not size:
                continue

            def change(arrays: Arrays, name: str = name, at: int = size // 2) -> None:
                arrays[name].flat[at] += 0.01

            alter(path, change)
            assert refusals(folder), (path.name, name)
            path.write_bytes(kept)
    for table in verify.KEYS:
        path = folder / "tables" / f"{table}.parquet"
        if not path.exists():
            continue
        frame = pl.read_parquet(path)
        if not frame.height:
            continue
        keys = verify.KEYS[table]
        numeric = [
            name for name, kind in frame.schema.items() if kind.is_numeric() and name not in keys
        ]
        moved = {}
        for place, name in enumerate(numeric):
            cells = frame[name].to_list()
            at = place * (frame.height - 1) // len(numeric)
            cells[at] = (cells[at] or 0) + 1
            moved[name] = pl.Series(name, cells, frame.schema[name])
        frame.with_columns(**moved).write_parquet(path)
        told = [item.label for item in refusals(folder) if item.place.endswith(path.name)]
        assert len(told) >= min(len(numeric), verify.NAMED + 1), (table, told)
        frame.head(frame.height - 1).write_parquet(path)
        assert frame.height == 0 or refusals(folder), table
        frame.write_parquet(path)
    assert not refusals(folder)


TEXTS = [
    (table, column)
    for table, columns in {
        "gaps": "behaviour place area period",
        "closing": "behaviour area",
        "orders": "behaviour buyer line system area origin controllers familiar published stated",
        "lines": "behaviour line period",
        "spending": "behaviour state area origin controllers",
        "money": "behaviour state overcommitted",
        "exposure": "behaviour area controller period",
        "summary": "behaviour",
        "cost-parts": "behaviour part",
        "unavoidable-cells": "area place",
        "evidence": "place area",
        "packages": "munition launcher",
        "whole": "name unit",
        "figures": "address unit basis sources",
    }.items()
    for column in columns.split()
]
"""Each column of the tables that are checked which holds no numbers."""


@pytest.mark.parametrize(("table", "column"), TEXTS)
def test_no_text_of_a_table_can_be_altered(
    rounded: runs.Run, tmp_path: Path, table: str, column: str
) -> None:
    """One cell alone, in the middle of the table."""
    folder = Path(shutil.copytree(rounded.path, tmp_path / "run"))
    path = folder / "tables" / f"{table}.parquet"
    frame = pl.read_parquet(path)
    cells = frame[column].to_list()
    at = len(cells) // 2
    cells[at] = not cells[at] if isinstance(cells[at], bool) else f"{cells[at]}x"
    frame.with_columns(pl.Series(column, cells)).write_parquet(path)
    assert any(item.place == f"tables/{table}.parquet" for item in refusals(folder))


def test_all_texts_of_tables_are_tried(rounded: runs.Run) -> None:
    for table in verify.KEYS:
        frame = rounded.table(table)
        texts = {
            name
            for name, kind in frame.schema.items()
            if not (kind.is_numeric() or kind == pl.Null)
        }
        assert {(table, name) for name in texts} <= set(TEXTS)


@pytest.mark.parametrize("table", ["orders", "figures", "packages"])
def test_a_column_more_is_refused(folder: Path, table: str) -> None:
    path = folder / "tables" / f"{table}.parquet"
    pl.read_parquet(path).with_columns(more=pl.lit("x")).write_parquet(path)
    refused(folder, "more", "table")


TOLD: dict[str, Any] = {
    "kind": "pathways",
    "format": 2,
    "status": "failed",
    "release": "2030-01-01",
    "release_id": "2030-01-01+00000000",
    "scenario_title": "All is well",
    "unknown_orders": ["order/none"],
    "size": {},
    "dataset": "0" * 16,
    "version": "9",
    "decision": 2029.0,
    "decisions": [2029.0],
    "more": "x",
    "request scenario": "us-stays",
    "request calendar": "quarterly",
    "request key": "population",
    "request behaviour": "ordered",
    "request cap": "usa=0.1",
    "request quick": False,
    "request overlays": ["x"],
    "request leaks": False,
    "request replans": "baseline-00000000",
    "request weights": "threat-first",
    "request fixes": [{"decision": "forbid"}],
    "request draws": 3,
    "request seed": 7,
    "request draws_calendar": "quarterly",
    "request solver": "glop",
    "request more": "x",
}
"""Another value for each key of run.json but the digests, and keys that it doesn't have."""

BY_NAME = ("version", "request overlays", "request leaks", "request draws", "request seed",
           "request draws_calendar", "request solver")  # fmt: skip
"""Keys that nothing in the folder shows: checked by the run's name, else named as not checked."""


def retell(folder: Path, key: str, value: Any) -> None:
    """Write another value for a key of run.json or of its request."""
    path = folder / "run.json"
    meta = json.loads(path.read_text(encoding="utf-8"))
    part = meta["request"] if key.startswith("request ") else meta
    part[key.removeprefix("request ")] = value
    path.write_text(json.dumps(meta), encoding="utf-8")


@pytest.mark.parametrize("key", TOLD)
def test_no_key_of_a_run_can_be_altered(run: runs.Run, tmp_path: Path, key: str) -> None:
    """Neither under the run's own name nor, unless said to be unchecked, under another one."""
    for name in (run.id, "run"):
        folder = Path(shutil.copytree(run.path, tmp_path / name))
        assert verify.verify(folder).verified
        retell(folder, key, TOLD[key])
        try:
            report = verify.verify(folder, digests=False)
        except Unreadable:
            continue
        if name == "run" and key in BY_NAME:
            assert report.verified
            assert key.removeprefix("request ") in " ".join(report.unchecked)
        else:
            assert report.findings, (name, key)


def test_all_keys_of_a_run_are_tried(every: runs.Run) -> None:
    own = {f"request {key}" for key in every.meta["request"]} | set(every.meta)
    assert own - set(TOLD) == {"request", "files", "digest", "rounds"}
    assert any("rounds" in text for text in verify.verify(every.path).unchecked)


@pytest.mark.parametrize("behaviour", ["together", "alone", "ordered", "each"])
def test_another_behaviour_than_the_plans_is_refused(
    every: runs.Run, tmp_path: Path, behaviour: str
) -> None:
    folder = Path(shutil.copytree(every.path, tmp_path / "run"))
    retell(folder, "request behaviour", behaviour)
    refused(folder, "together" if behaviour == "alone" else "alone", "plan")


def test_offers_to_single_states_add_up_to_what_there_is(every: runs.Run, tmp_path: Path) -> None:
    """More output than a line has, offered to both states, though each offer is possible."""
    folder = Path(shutil.copytree(every.path, tmp_path / "run"))
    full: dict[str, float] = {}
    whole = read(folder / "stages" / "together-0-shortfall.npz")
    for at, label in enumerate(whole.rows):
        full[label] = float(whole.row_high[at])
    label = "rate[line/abr,2035]"
    for number in range(2):
        for name in verify.STAGES:
            path = folder / "stages" / f"alone-{number}-{name}.npz"
            at = read(path).row_at[label]

            def change(arrays: Arrays, at: int = at) -> None:
                arrays["row_high"][at] = full[label]

            alter(path, change)
    refused(folder, label, "offers")


def test_missing_stages_plans_and_tables_are_refused(every: runs.Run, tmp_path: Path) -> None:
    for name in ("alone-1-cost", "together-0-shortfall", "together", "alone-first-round"):
        folder = Path(shutil.copytree(every.path, tmp_path / name))
        (folder / "stages" / f"{name}.npz").unlink()
        assert any(name in item.place for item in refusals(folder)), name
    folder = Path(shutil.copytree(every.path, tmp_path / "tables"))
    (folder / "tables" / "money.parquet").unlink()
    assert any("money" in item.place for item in refusals(folder))
    (folder / "stages" / "together-0-cost.npz").write_bytes(b"PK")
    assert any("together-0-cost" in item.place for item in refusals(folder))


def test_what_the_verifier_does_not_know_is_refused(folder: Path) -> None:
    path = folder / "run.json"
    meta = json.loads(path.read_text(encoding="utf-8"))
    meta["request"]["rounding"] = "whole"
    path.write_text(json.dumps(meta), encoding="utf-8")
    refused(folder, "request rounding", "not checked")


# ------------------------------------------------------------------ digests and the command


def test_any_altered_file_is_refused(run: runs.Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(run.path, tmp_path / "run"))
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert {path.parent.name for path in files} == {"run", "tables", "stages", "dataset"}
    for path in files:
        kept = path.read_bytes()
        changes = [kept[:-1] + bytes([kept[-1] ^ 1]), kept + b" ", None]
        for content in changes:
            path.unlink() if content is None else path.write_bytes(content)
            if path.name == "run.json" and content != kept + b" ":
                with pytest.raises(Unreadable):
                    verify.verify(folder)
            else:
                found = verify.verify(folder).findings
                name = path.relative_to(folder).as_posix()
                assert [item.place for item in found] == [name], name
            path.write_bytes(kept)
    meta = (folder / "run.json").read_text(encoding="utf-8")
    (folder / "run.json").write_text(meta.replace("baseline", "basement"), encoding="utf-8")
    assert [item.place for item in verify.verify(folder).findings] == ["run.json"]
    (folder / "run.json").write_text(meta, encoding="utf-8")
    (folder / "tables" / "more.parquet").write_bytes(b"")
    assert verify.verify(folder).findings[0].place == "tables/more.parquet"


def test_a_brief_written_later_counts_among_the_files(folder: Path) -> None:
    found = runs.Run(folder, json.loads((folder / "run.json").read_text(encoding="utf-8")))
    brief = folder / "brief.html"
    brief.write_text("<p>told</p>", encoding="utf-8")
    assert verify.verify(folder).findings
    made = (folder / "run.json").stat().st_mtime_ns
    runs.keep_with(found, [brief])
    assert verify.verify(folder).verified
    assert (folder / "run.json").stat().st_mtime_ns == made
    brief.write_text("<p>other</p>", encoding="utf-8")
    assert verify.verify(folder).findings[0].place == "brief.html"


def test_the_command_tells_and_its_status(run: runs.Run, folder: Path) -> None:
    runner = CliRunner()
    good = runner.invoke(app, ["verify", str(run.path)])
    assert good.exit_code == 0 and good.stdout.splitlines()[-1] == verify.VERDICT
    rows = json.loads(runner.invoke(app, ["verify", str(run.path), "--format", "json"]).stdout)
    assert rows[-1]["label"] == verify.VERDICT
    set_figure(folder, "line/leo", "rate", 1.01)
    bad = runner.invoke(app, ["verify", str(folder)])
    assert bad.exit_code == 1 and "digest: dataset/figures.parquet" in bad.stdout
    bad = runner.invoke(app, ["verify", str(folder), "--without-digests"])
    assert bad.exit_code == 1 and "rate[line/leo,20" in bad.stdout
    shutil.rmtree(folder / "tables")
    (folder / "run.json").unlink()
    with pytest.raises(Exception, match="no-run"):
        runner.invoke(app, ["verify", str(folder)], catch_exceptions=False)


def test_the_file_runs_by_itself(run: runs.Run) -> None:
    command = [sys.executable, str(verify.__file__), str(run.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=run.path)
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == verify.VERDICT
    assert subprocess.run(command[:2], capture_output=True, check=False).returncode == 2
    imports = "import sys, runpy; runpy.run_path(sys.argv[1]); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", imports, str(verify.__file__)], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert not {name for name in done.stdout.split() if name.startswith("counterpoise")}


# ------------------------------------------------------------------ the second solver


@pytest.mark.slow
def test_a_second_solver_agrees_on_the_yearly_problem(yearly: runs.Run) -> None:
    """Both stages by GLOP pass; HiGHS's first optimum is the same to a millionth."""
    report = verify.verify(yearly.path)
    assert report.verified, report.findings
    dataset = run_data.load_for((), True)
    request = Request(calendar="yearly")
    world = job.world_of(dataset, setting_of(request, dataset))
    model = behaviours.build_model(
        world, behaviours.everyone(world), behaviours.all_offers(world), None
    )
    first = Solver(model.problem).solve()
    found = read(stage_files(yearly.path)[0])
    assert found.objective == pytest.approx(first.objective, rel=1e-6)


def test_a_second_solver_agrees_on_a_tiny_problem(run: runs.Run, tmp_path: Path) -> None:
    pytest.importorskip("ortools")
    other = planned(tmp_path / "glop", solver="glop")
    assert verify.verify(other.path).verified
    for mine, theirs in zip(stage_files(run.path), stage_files(other.path), strict=True):
        assert read(theirs).objective == pytest.approx(read(mine).objective, rel=1e-6)
