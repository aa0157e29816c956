"""Measures of forces: worked by hand, held against a run's tables, and against small moves."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.asking import measure_rows, value_of
from counterpoise.measures.evaluate import evaluate
from counterpoise.measures.shortfall import score
from counterpoise.measures.view import View
from counterpoise.planning import extract
from counterpoise.planning.behaviours import plan_ordered, plan_together
from counterpoise.planning.plan import Plan
from tiny import Tiny


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load()


@pytest.fixture(scope="module")
def view(dataset: Dataset) -> View:
    return View(dataset)


def two_states(tiny: Tiny) -> View:
    """Need 30 and a US part of 10; AAA holds 12, BBB holds 6 of a type that counts half.

    By product (equal) each has half of what is needed beyond holdings: none are frozen, so each
    needs 20. AAA has 4 on order for 2029.
    """
    tiny.state("AAA")
    tiny.state("BBB")
    tiny.area("gun", 30.0, us_part=10.0)
    tiny.offer("new", "gun", 1.0, 4.0)
    tiny.system("old", "gun", 1.0, weight=0.5)
    tiny.holding("AAA", "new", "gun", 12.0)
    tiny.holding("BBB", "old", "gun", 6.0)
    tiny.order("more", "AAA", "new", "gun", 4.0, (2029, 2029))
    return View(tiny.dataset())


def by_hand(view: View, name: str, **given: str) -> float:
    return value_of(view, name, **({"scenario": "us-stays"} | given)).value


def test_parts_by_hand(tiny: Tiny) -> None:
    view = two_states(tiny)
    # The order of 2029 counts half in its year, as everything that is delivered.
    for place, year, parts in (
        ("AAA", "2028", (20.0, 12.0, 0.0, 5.0)),
        ("AAA", "2029", (20.0, 12.0, 2.0, 5.0)),
        ("AAA", "2030", (20.0, 12.0, 4.0, 5.0)),
        ("BBB", "2030", (20.0, 3.0, 0.0, 5.0)),
    ):
        found = [
            by_hand(view, name, place=place, area="gun", year=year)
            for name in ("need", "held", "arriving", "us_part")
        ]
        assert found == pytest.approx(parts), (place, year)


def test_gap_and_shares_by_hand(tiny: Tiny) -> None:
    view = two_states(tiny)
    at = {"area": "gun", "year": "2030"}
    assert by_hand(view, "gap", place="AAA", **at) == 0.0  # 20 - 12 - 4 - 5 is a surplus of 1
    assert by_hand(view, "gap", place="BBB", **at) == pytest.approx(12.0)  # 20 - 3 - 5
    assert by_hand(view, "gap_share", place="BBB", **at) == pytest.approx(60.0)
    assert by_hand(view, "cover", place="BBB", **at) == pytest.approx(40.0)
    assert by_hand(view, "european_share", place="AAA", **at) == pytest.approx(80.0)  # 16 of 20
    assert by_hand(view, "bought", place="AAA", **at) == 0.0


def test_year_of_cover_by_hand(tiny: Tiny) -> None:
    view = two_states(tiny)
    own = {"place": "AAA", "area": "gun"}
    # 12 of 20 is 60 percent, 14 of 20 in 2029 is 70, 16 of 20 from 2030 on is 80.
    assert by_hand(view, "year_of_cover", threshold="60", **own) == 2027
    assert by_hand(view, "year_of_cover", threshold="70", **own) == 2029
    assert by_hand(view, "year_of_cover", threshold="75", **own) == 2030
    never = by_hand(view, "year_of_cover", threshold="90", **own)
    assert never != never
    assert by_hand(view, "year_of_cover", threshold="90", measured="met", **own) == 2029


def test_shortfall_by_hand(tiny: Tiny) -> None:
    view = two_states(tiny)
    # AAA lacks 3 of 20 in 2027 and 2028: 15 percent-years each. One gun comes in each quarter of
    # 2029, so on average 0.5, 1.5, 2.5, 3.5 are there and 2.5, 1.5, 0.5, 0 are short: 5.625.
    assert by_hand(view, "shortfall", place="AAA", area="gun") == pytest.approx(35.625)
    assert by_hand(view, "shortfall", place="AAA", area="gun", until="2028") == pytest.approx(30.0)


def test_ready_units_need_their_munitions(tiny: Tiny) -> None:
    tiny.state("AAA")
    tiny.area("battery", 10.0)
    tiny.area("missile", 100.0)
    tiny.sheets["areas"][1] |= {"package_of": "battery", "package_units": 16.0}
    tiny.rules["readiness"] = 0.5
    for name, area, units in (("launcher", "battery", 8.0), ("shot", "missile", 64.0)):
        tiny.offer(name, area, 1.0, 1.0)
        tiny.holding("AAA", name, area, units)
    view = View(tiny.dataset())
    # Missiles arm 64 / 16 = 4 of 8 batteries, of which half are ready.
    assert by_hand(view, "ready_units", place="AAA", area="battery") == pytest.approx(2.0)


def test_equals_the_run_tables(view: View) -> None:
    """The measure of a world and that of a saved run say the same."""
    world = view.world()
    tables = extract.tables(plan_ordered(world)) | {"packages": extract.package_table(world)}

    def read(name: str) -> pl.DataFrame:
        return tables[name]

    for place, run_place in (("EUROPE-PLAN", "all"), ("POL", "POL"), ("DEU", "DEU")):
        for area in ("sam-upper", "mbt", "shell-155", "tanker"):
            if area == "tanker" and place != "EUROPE-PLAN":
                continue
            for year in ("2027", "2030", "2035"):
                at = {"place": place, "area": area, "year": year}
                for name in ("need", "held", "arriving", "us_part", "gap"):
                    ours = value_of(view, name, **at).value
                    saved = evaluate(read, name, "ordered", run_place, area, year)
                    assert ours == pytest.approx(saved, rel=1e-9, abs=1e-9), (name, at)
                met = evaluate(read, "cover", "ordered", run_place, area, year)
                assert value_of(view, "cover", **at).value == pytest.approx(100 * met)
    ready = evaluate(read, "ready", "ordered", "all", "sam-upper", "2030")
    assert value_of(view, "ready_units", place="EUROPE-PLAN", area="sam-upper").value == (
        pytest.approx(ready)
    )


def test_shortfall_is_the_objective(view: View) -> None:
    world = view.world()
    plan = plan_ordered(world)
    assert value_of(view, "shortfall", place="EUROPE-PLAN").value == pytest.approx(
        score(world, plan.gaps, reported=True)
    )


@pytest.mark.parametrize(
    ("measure", "area"),
    [("need", "mbt"), ("held", "mbt"), ("arriving", "fighter"), ("gap", "mbt"), ("cover", "mbt")],
)
def test_slopes_are_the_moves(dataset: Dataset, view: View, measure: str, area: str) -> None:
    """Moving the heaviest inputs a little moves the measure as its slopes say."""
    at = {"place": "DEU", "area": area, "year": "2030"}
    item = value_of(view, measure, **at)
    weight = {k: abs(s * (view.inputs[k].value or 0.0)) for k, s in item.slopes.items()}
    heavy = sorted(weight, key=weight.__getitem__)
    # The keys that share needs out rest on the baseline too; slopes take the shares as given.
    for key in [key for key in heavy if not key.startswith("baseline")][-3:]:
        told = view.inputs[key]
        assert told.value is not None
        step = told.value * 1e-4
        moved = tuple(
            replace(each, value=told.value + step) if each.id == key else each
            for each in dataset.observations
        )
        after = value_of(View(replace(dataset, observations=moved)), measure, **at)
        assert after.value - item.value == pytest.approx(item.slopes[key] * step, rel=1e-3), key


def test_new_orders_count_as_the_plan_delivers(tiny: Tiny) -> None:
    tiny.state("AAA")
    tiny.area("gun", 10.0)
    tiny.offer("new", "gun", 1.0, 5.0)
    dataset = tiny.dataset()
    made: list[Plan] = []

    def planner(scenario: object, behaviour: str) -> tuple[object, object]:
        made.append(plan_together(tiny.world()))
        return made[-1].world, made[-1].deliveries

    view = View(dataset, planner)  # type: ignore[arg-type]
    at = {"place": "AAA", "area": "gun", "behaviour": "together", "scenario": "us-stays"}
    # Five a year from 2027: 2.5 in service on average in 2027, 7.5 in 2028, 10 from 2029.
    bought = [value_of(view, "bought", year=str(y), **at).value for y in (2027, 2028, 2029)]
    assert bought == pytest.approx([2.5, 7.5, 10.0])
    assert len(made) == 1  # a plan is made once
    with pytest.raises(NotFound, match="together"):
        value_of(View(dataset), "bought", **at)


def test_a_smaller_place_has_its_part_of_joint_needs(view: View) -> None:
    at = {"area": "tanker", "year": "2030"}
    whole = value_of(view, "need", place="EUROPE-PLAN", **at).value
    parts = [
        value_of(view, "need", place=state.split("/")[1], **at).value
        for state in view.place("EUROPE-PLAN").states
    ]
    assert sum(parts) == pytest.approx(whole)
    covers = {value_of(view, "cover", place=p, **at).value for p in ("DEU", "EST")}
    assert max(covers) == pytest.approx(min(covers))


def test_rows_say_who_is_not_counted(view: View) -> None:
    rows = measure_rows(view, "gap", {"place": "EU27", "area": "mbt"})
    assert rows[0]["not_counted"] == "AUT; CYP; IRL; MLT"
    with pytest.raises(NotFound, match="IRL"):
        measure_rows(view, "gap", {"place": "IRL", "area": "mbt"})
    with pytest.raises(BadInput, match="one area"):
        measure_rows(view, "gap", {"area": "all"})
