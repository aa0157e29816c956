"""The question `deliver`: worked by hand on a tiny world, and on the release."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest

from counterpoise.cli import main
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.errors import BadInput
from counterpoise.measures.ordering import buyable_lines, order_of
from counterpoise.measures.standing import read_arguments
from counterpoise.measures.view import View
from counterpoise.publish.answer_charts import draw
from counterpoise.publish.answer_text import tables
from counterpoise.questions.ask import ask
from counterpoise.questions.catalogue import questions
from counterpoise.questions.delivery import delivered, months_to_last
from counterpoise.questions.question import Answer, Context
from counterpoise.questions.registry import PARAMETERS
from counterpoise.world.delays import Case, Supplier, pooled, pull
from counterpoise.world.delivery import SHARES
from tiny import Tiny, overlay

Capture = pytest.CaptureFixture[str]
CONTEXT = Context(Path("runs"))
TINY = {"line": "gun-b", "buyer": "AAA", "units": "5", "order": "2027-Q1", "scenario": "us-stays"}


@pytest.fixture(scope="module")
def view() -> View:
    return View(load())


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """BBB makes four guns a year, half of them open, a year after the order; eight are sold."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    made = Tiny(folder)
    made.state("AAA")
    made.state("BBB")
    made.area("gun", 100, growth=1.0)
    made.offer("gun-b", "gun", 1.0, 4.0, "BBB", lead=12.0, open_share=0.5)
    made.order("bbb-gun", "BBB", "gun-b", "gun", 8, (2027, 2028))
    return made


def answer(view: View, **given: str) -> Answer:
    return ask(view, CONTEXT, questions(), "deliver", given)


def part(found: Answer, name: str) -> list[dict[str, object]]:
    return [row for row in found.table if row["part"] == name]


def test_by_hand(tiny: Tiny) -> None:
    # Free output starts with 2029 at two a year: the first in mid-2029, the fifth in mid-2031.
    # 12 months of lead time and 12 at four a year, 12 as half isn't open, 16.5 for the eight sold.
    found = answer(View(tiny.dataset()), **TINY)
    first, last = part(found, "date")
    assert first["value"] == pytest.approx(28.5) and first["middle"] == "2029-Q3"
    assert last["value"] == pytest.approx(52.5) and last["middle"] == "2031-Q3"
    causes = {row["item"]: row["value"] for row in part(found, "cause")}
    assert causes["rate"] == pytest.approx(24)
    assert causes["queue"] == pytest.approx(28.5)
    assert causes["restrictions"] == 0
    assert causes["bbb-gun"] == 8 and causes["lead time"] == 12
    assert "5 × gun-b for AAA, ordered in 2027-Q1: all delivered by 2031-Q3" in found.sentence
    assert any("BBB 7.5" in reason for reason in found.reasons)


def test_causes_and_record_make_the_date(view: View) -> None:
    for line in buyable_lines(view)[::9]:
        found = answer(view, line=line)
        last = part(found, "date")[1]
        causes = [row for row in part(found, "cause") if row["item"] == row["reason"]]
        told = [reason.split()[0] for reason in found.reasons]
        assert {"Queue", "Rate", "Restrictions", "Recorded"} <= set(told)
        assert [row["item"] for row in causes] == ["queue", "rate", "restrictions"]
        months = sum(float(str(row["value"])) for row in (*causes, part(found, "record")[0]))
        if last["value"] is not None:
            assert months == pytest.approx(last["value"], abs=0.3), line


def test_every_row_has_what_a_reader_opens(view: View) -> None:
    """Figures stand at their addresses with range, unit, basis and sources as the dataset has."""
    found = answer(view)
    data = view.dataset
    for row in found.table:
        assert row["basis"] and row["sources"] and (row["unit"] or row["value"] is None), row
        address = str(row["address"] or "")
        if address.count("/") > 1:
            figure = data.chosen[data.key(address)]
            assert (row["low"], row["value"], row["high"]) == (
                figure.low,
                figure.value,
                figure.high,
            )
            assert row["sources"] == "; ".join(figure.sources)
        elif address:
            assert address in data.things
        keys = str(row["sources"]).split("; ")
        assert set(keys) <= data.sources.keys()
    assert [title for title, _ in tables(found.table)] == [
        "Dates",
        "Causes",
        "Records",
        "Alternatives",
    ]


def test_ranges_are_those_of_deliveries(view: View) -> None:
    found = answer(view)
    for row in (*part(found, "date"), *part(found, "alternative")):
        assert row["low"] <= row["value"] <= row["high"]  # type: ignore[operator]
        assert row["early"] and row["middle"] and row["late"]
    values = [float(str(row["value"])) for row in part(found, "alternative")]
    assert values == sorted(values), "soonest first"
    assert found.chart is not None and draw(found.chart, found.table).svg.startswith("<svg")


def test_defaults_are_after_the_release(view: View) -> None:
    given = {item.name: item.default for item in PARAMETERS["time_of_arrival"]}
    assert given["order"] == f"{int(view.dataset.release[:4]) + 1}-Q1"
    used = {item.name: item.value for item in answer(view).parameters}
    assert used == given


def test_lines_are_read_by_any_name(view: View) -> None:
    same = answer(view).sentence
    for name in (
        "line/patriot-fire-unit-usa",
        "patriot-fire-unit-usa",
        "system/patriot",
        "Patriot",
    ):
        assert answer(view, line=name).sentence == same
    assert answer(view, buyer="Poland").sentence == same
    with pytest.raises(BadInput) as error:
        answer(view, line="f-35a", units="0", order="2026-Q1", expand="x", priority="fast")
    told = str(error.value)
    assert "5 problems" in told and "did you mean line/f-35a-usa, line/f-35a-ita" in told


def test_usual_priority_is_own_at_home(tiny: Tiny) -> None:
    view = View(tiny.dataset())
    for buyer, priority in (("BBB", "own"), ("AAA", "queue")):
        values = read_arguments(
            "deliver", PARAMETERS["time_of_arrival"], TINY | {"buyer": buyer}, view
        )
        values.pop("scenario")
        assert order_of(view, **values).priority == priority


def test_a_line_that_cannot_grow(tiny: Tiny) -> None:
    tiny.area("fort", 10)
    tiny.offer("fort-b", "fort", 1.0, 4.0, "BBB")
    with pytest.raises(BadInput, match="the line can't grow"):
        answer(View(tiny.dataset()), **TINY | {"line": "fort-b", "expand": "2"})


def test_what_flips_is_met(tiny: Tiny, tmp_path: Path) -> None:
    """With a figure laid over at the value of its flip both lines deliver in the same month."""
    tiny.offer("gun-a", "gun", 1.0, 4.0, "AAA", lead=36.0, open_share=0.5)
    found = answer(View(tiny.dataset()), **TINY)
    flip = next(item for item in found.flips if item.what == "line/gun-b/open_share")
    assert flip.told == "gun-a (AAA) would be as soon" and flip.end < flip.start
    moved = overlay(tmp_path / "moved", {flip.what: flip.end}, unit="share")
    again = answer(View(load(tiny.folder, overlays=(moved,))), **TINY)
    other = next(row for row in part(again, "alternative") if row["item"] == "gun-a")
    assert part(again, "date")[1]["value"] == pytest.approx(other["value"], abs=0.2)


def test_what_months_move_with(view: View) -> None:
    """The slope of a figure is what the date does when the figure is nudged."""
    values = {item.name: item.default for item in PARAMETERS["time_of_arrival"]}
    read = read_arguments("deliver", PARAMETERS["time_of_arrival"], values, view)
    read.pop("scenario")
    whole = delivered(view, order_of(view, **read))
    months = months_to_last(view, whole)
    figure = view.dataset.observation("line/patriot-fire-unit-usa", "rate")
    assert figure is not None
    assert months.slopes[figure.id] < 0, "a higher rate brings it forward"
    assert months.value == pytest.approx(12 * (whole.found.last.at(SHARES[2]) - 2027.125))


def test_pull_of_a_case_is_its_slope() -> None:
    def case(name: str, months: float, **cells: str) -> Case:
        told = {"system": "s", "maker": "m", "supplier": "B", "domain": "land"} | cells
        return Case(f"delay/{name}", months, "reported", (), "", **told, past=True)

    supplier = Supplier("s", ("m",), "B", "land")
    cases = [case("a", 2.0), case("b", 12.0, maker="n", system="t"), case("c", 30.0, domain="air")]
    before = pooled(cases, supplier, 3.0, 2.0)
    for at, each in enumerate(cases):
        moved = [*cases]
        moved[at] = case(each.address.split("/")[1], each.months + 1e-4, maker=each.maker,
                         system=each.system, domain=each.domain)  # fmt: skip
        after = pooled(moved, supplier, 3.0, 2.0).quantile(0.5)
        slope = (after - before.quantile(0.5)) / 1e-4
        assert pull(cases, supplier, before)[each.address] == pytest.approx(slope, rel=1e-3)


def test_world_and_record_are_made_once(view: View) -> None:
    assert view.delivery_world() is view.delivery_world("baseline")
    assert view.delays is view.delays
    assert View(view.dataset).delivery_world() is not view.delivery_world(), "held by the view"


def test_beyond_the_horizon(view: View) -> None:
    found = answer(view, units="100000")
    assert "not all are delivered before" in found.sentence
    last = part(found, "date")[1]
    assert last["value"] is None and str(last["late"]).startswith("after")
    assert found.chart is not None and draw(found.chart, found.table).svg
    assert not math.isnan(found.assumed_share)


def run(capsys: Capture, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["counterpoise", *words])
    status = main()
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return status, said.out, said.err


def test_command_and_question_say_the_same(
    view: View, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("buyer=EST", "units=12", "order=2027", "expand=20", "priority=first")
    same: Dataset = view.dataset
    monkeypatch.setattr("counterpoise.cli.data.load", lambda overlays, leaks: same)
    _, told, _ = run(capsys, monkeypatch, "deliver", "himars-usa", *words)
    status, text, _ = run(
        capsys, monkeypatch, "ask", "deliver", "line=himars-usa", *words, "--format", "json"
    )
    assert status == 0
    assert json.loads(text)["sentence"] == told.splitlines()[0]
    assert json.loads(text)["address"].startswith("question/deliver/line=himars-usa/buyer=EST")
