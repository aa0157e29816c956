"""The planning cycle: parts by key, published plans, replies, shortfalls and the review."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.cli import main
from counterpoise.data.load import load
from counterpoise.errors import BadInput
from counterpoise.measures.amount import Amount
from counterpoise.measures.apportion import by_key, with_plans
from counterpoise.measures.asking import value_of
from counterpoise.measures.cycle import added, round_of
from counterpoise.measures.view import View
from counterpoise.questions.cycle import Cycle, cycle
from counterpoise.questions.cycle_tables import CHANGES
from counterpoise.world.needs import KEYS
from tiny import Tiny


@pytest.fixture(scope="module")
def view() -> View:
    return View(load())


def two_states(folder: Path) -> Tiny:
    """A need of 10: AAA with three quarters of the product holds 2, BBB has 1 on order for 2028."""
    tiny = Tiny(folder)
    tiny.state("AAA", gdp=3000.0)
    tiny.state("BBB", gdp=1000.0)
    tiny.area("tanks", 10.0)
    tiny.offer("tank", "tanks", 10.0, 5.0)
    tiny.holding("AAA", "tank", "tanks", 2.0)
    tiny.add("baseline", id="aaa-tanks", state="AAA", area="tanks", holding=2.0, ordered=0.0)
    tiny.add("baseline", id="bbb-tanks", state="BBB", area="tanks", holding=0.0, ordered=1.0)
    tiny.order("one", "BBB", "tank", "tanks", 1.0, (2028, 2028))
    return tiny


def walked(tiny: Tiny, **more: str) -> Cycle:
    dataset = tiny.dataset()
    states = {"place": "AAA"} | more
    return cycle(View(dataset), {"key": "gdp", "scenario": "us-stays"} | states)


def rows(found: Cycle, table: str, **wanted: object) -> list[dict[str, object]]:
    return [
        row
        for row in found.tables[table]
        if all(row[name] == value for name, value in wanted.items())
    ]


def test_two_states_by_hand(tmp_path: Path) -> None:
    """Of the 8 above the baseline AAA is asked for 6 beside its own 2, BBB for 2."""
    tiny = two_states(tmp_path)
    [first] = rows(walked(tiny), "reply", year=2035)
    [second] = rows(walked(tiny, place="BBB"), "reply", year=2035)
    assert (first["part"], first["reply"]) == pytest.approx((8.0, 2.0))
    assert (second["part"], second["reply"]) == pytest.approx((2.0, 1.0))
    assert first["replied_by"] == second["replied_by"] == "rule"
    [short] = rows(walked(tiny), "shortfall", year=2035)
    assert short["shortfall"] == pytest.approx(6.0)


def test_a_published_plan_takes_the_place_of_a_part(tmp_path: Path) -> None:
    """BBB means to hold 6: the other 4 fall to AAA; without its word BBB still has but 1."""
    tiny = two_states(tmp_path)
    tiny.add("national-plans", id="bbb", state="BBB", area="tanks", total=6.0, year=2030)
    [first] = rows(walked(tiny), "shortfall", year=2035)
    [second] = rows(walked(tiny, place="BBB"), "shortfall", year=2035)
    [told] = rows(walked(tiny, place="BBB"), "reply", year=2035)
    assert first["part"] == pytest.approx(4.0) and first["shortfall"] == pytest.approx(2.0)
    assert second["part"] == pytest.approx(6.0) and second["shortfall"] == pytest.approx(0.0)
    assert second["without_announced"] == pytest.approx(5.0)
    assert (told["replied_by"], told["part_by_key"]) == ("plan", pytest.approx(2.0))


def test_an_announced_order_adds_to_a_reply_and_moves_no_part(tmp_path: Path) -> None:
    tiny = two_states(tmp_path)
    tiny.order("more", "BBB", "tank", "tanks", 3.0, (2029, 2029))
    tiny.sheets["orders"][-1]["status"] = "planned"
    [told] = rows(walked(tiny, place="BBB"), "reply", year=2035)
    assert (told["part"], told["announced"], told["reply"]) == pytest.approx((2.0, 3.0, 4.0))
    assert told["rests_on"] == "order/more"


def test_the_review_moves_by_what_changed_alone(tmp_path: Path) -> None:
    """Between 2027 and 2029 BBB's one tank arrives, and nothing else happens."""
    found = walked(two_states(tmp_path), place="BBB", first="2027", review="2")
    [row] = rows(found, "review")
    assert (row["from"], row["to"]) == (pytest.approx(2.0), pytest.approx(1.0))
    assert {name: row[name] for name in CHANGES if abs(row[name]) > 1e-6} == {
        "arrivals": pytest.approx(-1.0)
    }
    [other] = rows(walked(two_states(tmp_path), first="2027"), "review")
    assert all(abs(other[name]) < 1e-6 for name in CHANGES)


def test_new_need_and_retirement_are_told_apart(tmp_path: Path) -> None:
    """The need of 2035 is 19: from 2027 on one more a year, three quarters of it AAA's."""
    tiny = two_states(tmp_path)
    tiny.sheets["needs"][0] |= {"need_2026": 10.0, "need_2035": 19.0}
    tiny.rule("retirement-stretch", 1.0)
    tiny.rule("service-life", 20.0)
    [row] = rows(walked(tiny, first="2028", review="4"), "review")
    assert row["new_need"] == pytest.approx(0.75 * 4)
    assert row["retirement"] == pytest.approx(2 * 4 / 20)
    assert row["to"] - row["from"] == pytest.approx(3.4)


amounts = st.floats(0, 1e4)


@given(
    required=st.floats(1, 1e5),
    places=st.lists(
        st.tuples(amounts, st.floats(0.01, 1), st.none() | amounts), min_size=1, max_size=8
    ),
)
def test_parts_add_up_to_the_requirement(
    required: float, places: list[tuple[float, float, float | None]]
) -> None:
    own = {str(at): Amount(item[0]) for at, item in enumerate(places)}
    whole = sum(item[1] for item in places)
    key = {str(at): item[1] / whole for at, item in enumerate(places)}
    planned = {str(at): Amount(item[2]) for at, item in enumerate(places) if item[2] is not None}
    wanted = Amount(required)
    for shared in (by_key(wanted, own, key), with_plans(wanted, own, key, planned)):
        assert sum(part.value for part in shared.parts.values()) == pytest.approx(required)
        assert sum(shared.weights.values()) == pytest.approx(1.0)
    none, plain = with_plans(wanted, own, key, {}), by_key(wanted, own, key)
    for place, part in plain.parts.items():
        assert none.parts[place].value == pytest.approx(part.value)


def test_plans_that_fit_stand_and_plans_beyond_the_requirement_are_scaled() -> None:
    """Of 10 with 2 held: a plan of 6 stands; plans of 12 and 6 share the 8 as 12 to 4."""
    own = {"a": Amount(0.0), "b": Amount(2.0), "c": Amount(0.0)}
    key = {"a": 0.5, "b": 0.25, "c": 0.25}
    one = with_plans(Amount(10.0), own, key, {"a": Amount(6.0)}).parts
    assert [one[name].value for name in "abc"] == pytest.approx([6.0, 3.0, 1.0])
    two = with_plans(Amount(10.0), own, key, {"a": Amount(12.0), "b": Amount(6.0)}).parts
    assert [two[name].value for name in "abc"] == pytest.approx([6.0, 4.0, 0.0])


@pytest.mark.parametrize("key", KEYS)
def test_parts_of_the_release_add_up_under_every_key(view: View, key: str) -> None:
    held = round_of(view, view.place("NATO-EUR"), key, "ordered", "baseline")
    for year in (2026, 2028, 2035):
        for area in held.areas:
            cells = held.cells(area, year)
            required = held.required(area, year).value
            assert added(cells, "by_key").value == pytest.approx(required)
            assert added(cells, "part").value == pytest.approx(required)
            us = sum(cell.us.value for cell in cells)
            assert us == pytest.approx(held._amount("us_part", held._mask(area), year).value)


def test_without_plans_the_shortfall_is_the_gap(view: View) -> None:
    """Where no state of the group has published a plan, what forces leave open is the measure."""
    found = cycle(view, {"place": "POL"})
    table = {row["area"]: row for row in found.tables["areas"]}
    for area in ("fighter", "howitzer", "sam-upper", "isr-air"):
        expected = value_of(view, "gap", place="POL", area=area, year="2035").value
        assert table[area]["without_announced"] == pytest.approx(expected)
        share = value_of(view, "european_share", place="POL", area=area, year="2030").value
        assert table[area]["european_share"] == pytest.approx(share)


def test_the_changes_add_up_to_the_difference(view: View) -> None:
    for row in cycle(view, {}).tables["review"]:
        moved = sum(row[name] for name in CHANGES)
        assert row["to"] - row["from"] == pytest.approx(moved, abs=1e-6)


def test_each_published_plan_rests_on_rows_of_its_state(view: View) -> None:
    for item in view.dataset.kind("national-plan"):
        rests = view.dataset.targets(item.address, "rests on")
        assert rests
        state = view.dataset.target(item.address, "plan of")
        for row in rests:
            of = view.dataset.targets(row, "of") + view.dataset.targets(row, "bought by")
            assert state in of


def test_a_year_of_cover_has_the_range_of_the_cover(view: View) -> None:
    """The year of the value lies between those of the high and of the low end."""
    from counterpoise.measures.amount import span

    for area, text in (("submarine", "90"), ("mbt", "50"), ("rocket-launcher", "75")):
        when = value_of(view, "year_of_cover", area=area, threshold=text)
        covers = {
            year: value_of(view, "european_share", area=area, year=str(year))
            for year in range(2027, 2036)
        }
        low, high = span(when, view.inputs)
        for end, year in ((0, high), (1, low)):
            stays = [
                first
                for first in covers
                if all(
                    span(covers[at], view.inputs)[end] >= float(text) - 1e-9
                    for at in covers
                    if at >= first
                )
            ]
            assert [year] == stays[:1] or (not stays and year != year)


def test_bad_arguments_are_told_together(view: View) -> None:
    with pytest.raises(BadInput) as refused:
        cycle(view, {"place": "PLO", "key": "gpd", "revue": "2"})
    text = str(refused.value)
    assert "POL" in text and "gdp" in text and "review" in text
    with pytest.raises(BadInput, match="at most 1 years after 2034"):
        cycle(view, {"first": "2034", "review": "3"})


def run(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["counterpoise", "cycle", *arguments])
    return main()


def test_the_command_saves_each_step_whole_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "round"
    assert run("place=EST", "--out", str(out), monkeypatch=monkeypatch) == 0
    names = sorted(path.stem for path in out.iterdir())
    assert names == sorted(
        [
            "1-guidance",
            "2-requirement",
            "3-apportionment",
            "4-reply",
            "4-shortfall",
            "5-review",
            "areas",
            "states",
            "steps",
        ]
    )
    with (out / "steps.csv").open(encoding="utf-8", newline="") as handle:
        assert [row["step"] for row in csv.DictReader(handle)] == ["1", "2", "3", "4", "4", "5"]
    assert run("place=EST", "--out", str(out), monkeypatch=monkeypatch) == 2
    assert "new folder" in capsys.readouterr().err


def test_the_command_prints_valid_json_and_a_line_an_area(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("place=EST", "--format", "json", monkeypatch=monkeypatch) == 0
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert told["years"] == [2026, 2028, 2035]
    assert run("place=EST", monkeypatch=monkeypatch) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith(tuple(r["area"] for r in told["tables"]["areas"])) for line in lines)
    assert run("place=ESX", monkeypatch=monkeypatch) == 2
    assert "EST" in capsys.readouterr().err
