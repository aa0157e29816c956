"""Computed questions: tiny worlds whose answers are worked by hand, and the real data's sums."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from counterpoise.data.load import load
from counterpoise.measures.standing import read_arguments
from counterpoise.measures.view import View
from counterpoise.planning.behaviours import plan_together
from counterpoise.questions import catalogue
from counterpoise.questions.late_spending import delayed
from counterpoise.questions.question import Context, Reply
from counterpoise.questions.registry import COMPUTED, PARAMETERS
from tiny import Tiny

assert catalogue  # registers the functions


def answer(view: View, name: str, **given: str) -> Reply:
    values = read_arguments(name, PARAMETERS[name], given, view)
    return COMPUTED[name](view, Context(Path("runs")), **values)


def with_plan(tiny: Tiny) -> View:
    """The tiny dataset with plans together in years, whatever the scenario."""
    dataset = tiny.dataset()

    def planner(scenario: Any, behaviour: str) -> Any:
        world = tiny.world()
        return world, plan_together(world).deliveries

    return View(dataset, planner)


def test_without_america_by_hand(tiny: Tiny) -> None:
    """Need 10 with a US part of 4; 5 held: 1 short with America, 5 without; 4 at EUR m 2."""
    tiny.state("AAA")
    tiny.area("gun", 6.0, us_part=4.0)
    tiny.offer("new", "gun", 2.0, 4.0)
    tiny.holding("AAA", "new", "gun", 5.0)
    view = View(tiny.dataset())
    found = answer(view, "without_america", place="AAA", withdrawal="2028", year="2030")
    (row,) = found.table
    assert (row["gap_with_america"], row["gap_without"], row["missing"]) == pytest.approx(
        (1.0, 5.0, 4.0)
    )
    assert row["value"] == pytest.approx(40.0)
    assert row["cost_eur_bn"] == pytest.approx(0.008)
    assert "from 90% to 50" in found.sentence
    later = answer(view, "without_america", place="AAA", withdrawal="2031", year="2030")
    assert not later.table
    assert "nothing more is missing" in later.sentence


def test_deliveries_that_stop_widen_the_gap(tiny: Tiny) -> None:
    """Four on order from an American line for 2029: gone if deliveries stop with 2028."""
    tiny.state("AAA")
    tiny.state("USA", planning="")
    tiny.area("gun", 6.0, us_part=4.0)
    tiny.offer("new", "gun", 2.0, 4.0, state="USA")
    tiny.order("more", "AAA", "new", "gun", 4.0, (2029, 2029))
    view = View(tiny.dataset())
    at = {"place": "AAA", "withdrawal": "2028", "year": "2030"}
    goes = answer(view, "without_america", deliveries="go-on", **at).table[0]
    stops = answer(view, "without_america", deliveries="stop", **at).table[0]
    assert (goes["gap_without"], stops["gap_without"]) == pytest.approx((6.0, 10.0))


def test_late_needs_by_hand(tiny: Tiny) -> None:
    """Need 10. From 2027-07 a European line makes 2 a year: 7 to the end of 2030, 70 percent.

    A foreign line makes 1 a year from 2028 on: 3 more, so that all lines reach the need.
    """
    tiny.state("AAA")
    tiny.state("ZZZ", planning="")
    tiny.area("gun", 10.0)
    tiny.offer("home", "gun", 1.0, 2.0, lead=6.0)
    tiny.offer("abroad", "gun", 1.0, 1.0, state="ZZZ", lead=12.0)
    tiny.write()
    view = View(tiny.dataset())
    tiny_scopes(tiny, view)
    view = View(tiny.dataset())
    found = answer(view, "late_needs", place="AAA", year="2030", scenario="us-stays")
    (row,) = found.table
    assert row["gap"] == pytest.approx(10.0)
    assert row["european_lines_pct"] == pytest.approx(70.0)
    assert row["all_lines_pct"] == pytest.approx(100.0)
    assert row["first_european_delivery"] == 2027
    assert found.sentence.startswith("1 of 1 needs can't be met by 2030")


def tiny_scopes(tiny: Tiny, view: View) -> None:
    """Scopes with members: AAA alone is Europe."""
    write = tiny.write

    def with_members() -> None:
        write()
        (tiny.folder / "scopes.csv").write_text(
            "id,name,members,source,as_of,basis\n"
            "NATO,NATO,AAA,cp-rules,2026,assumed\n"
            "NATO-EUR,NATO-EUR,AAA,cp-rules,2026,assumed\n"
            "EU27,EU27,AAA,cp-rules,2026,assumed\n",
            encoding="utf-8",
        )

    tiny.write = with_members  # type: ignore[method-assign]


def test_first_gaps_by_hand(tiny: Tiny) -> None:
    """Two areas of need 10, each closed by 5 a year; one costs ten times as much a unit."""
    tiny.state("AAA")
    for name, price in (("cheap", 1.0), ("dear", 10.0)):
        tiny.area(name, 10.0)
        tiny.offer(f"{name}-type", name, price, 5.0)
    found = answer(with_plan(tiny), "first_gaps", place="AAA", until="2030", scenario="us-stays")
    assert [row["area"] for row in found.table] == ["cheap", "dear"]
    per_euro = [row["removed_per_eur_bn"] for row in found.table]
    assert per_euro[0] == pytest.approx(10 * per_euro[1])
    # Four years of nothing are 400 percent-years; in service are 2.5, 7.5, 10 and 10 of 10.
    assert found.table[0]["shortfall"] == pytest.approx(400.0)
    assert found.table[0]["removed"] == pytest.approx(300.0)
    assert found.table[0]["spending_eur_bn"] == pytest.approx(0.01)


def test_milestones_by_hand(tiny: Tiny) -> None:
    """Five a year from 2027: 2.5, 7.5 and 10 of 10; half and four fifths pass in 2028 and 2029."""
    tiny.state("AAA")
    tiny.area("gun", 10.0)
    tiny.offer("new", "gun", 1.0, 5.0)
    found = answer(with_plan(tiny), "milestones", place="AAA", scenario="us-stays")
    (row,) = found.table
    assert (row["half_from"], row["four_fifths_from"], row["met_from"]) == (2028, 2029, 2029)
    assert row["first_order"] == "2027-Q1"


def test_closed_gap_counts_areas(tiny: Tiny) -> None:
    tiny.state("AAA")
    for name, held in (("full", 10.0), ("half", 5.0)):
        tiny.area(name, 10.0)
        tiny.offer(f"{name}-type", name, 1.0, 0.0)
        tiny.holding("AAA", f"{name}-type", name, held)
    found = answer(
        View(tiny.dataset()), "closed_gap",
        place="AAA", scenarios="us-stays", behaviours="ordered",
    )  # fmt: skip
    (row,) = found.table
    assert (row["areas_closed"], row["areas"], row["most_open"]) == (1, 2, "half")
    assert row["cover_pct"] == pytest.approx(75.0)
    assert found.sentence.startswith("No: in 2030 AAA meets 75%")


def test_less_dependence_by_hand(tiny: Tiny) -> None:
    """A cheap foreign line and a dear one at home, both enough: the cap costs money, no gap."""
    tiny.state("AAA")
    tiny.state("USA", planning="")
    tiny.area("gun", 10.0)
    tiny.system("cheap", "gun", 1.0, control="USA")
    tiny.line("cheap", "USA", 20.0)
    tiny.system("home", "gun", 3.0)
    tiny.line("home", "AAA", 20.0)
    found = answer(View(tiny.dataset()), "less_dependence", place="AAA")
    (row,) = found.table
    assert row["paid_in"] == "money"
    assert row["controlled_free_pct"] == pytest.approx(100.0)
    assert row["controlled_capped_pct"] == pytest.approx(0.0, abs=1e-6)
    assert row["more_spending_eur_bn"] == pytest.approx(0.02)  # ten at EUR m 3 instead of 1
    assert row["more_shortfall"] == pytest.approx(0.0, abs=1e-6)
    assert len(found.chart.rows) == 5 if found.chart else False


def test_delayed_budgets() -> None:
    budget = np.array([[1.0, 2.0, 3.0, 4.0]])
    assert delayed(budget, 2).tolist() == [[1.0, 1.0, 1.0, 2.0]]
    assert delayed(budget, 0).tolist() == budget.tolist()


def test_air_defence_multiples_by_hand(tiny: Tiny) -> None:
    """Two held and two on order for 2028: two thirds in 2028 half there, twice today's after."""
    tiny.state("AAA")
    tiny.area("battery", 8.0)
    tiny.sheets["areas"][0]["domain"] = "air defence"
    tiny.offer("launcher", "battery", 1.0, 2.0)
    tiny.holding("AAA", "launcher", "battery", 2.0)
    tiny.order("more", "AAA", "launcher", "battery", 2.0, (2028, 2028))
    found = answer(with_plan(tiny), "air_defence", place="AAA", factor="2", scenario="us-stays")
    ordered = next(row for row in found.table if row["behaviour"] == "ordered")
    assert ordered["times_2035"] == pytest.approx(2.0, rel=1e-4)
    together = next(row for row in found.table if row["behaviour"] == "together")
    assert together["times_2035"] == pytest.approx(4.0, rel=1e-4)
    assert found.sentence.startswith("Yes")


def test_shares_of_a_group_add_up() -> None:
    view = View(load())
    rows = answer(view, "burdens").table
    for name in ("spending", "equipment", "personnel", "gdp", "population"):
        assert sum(row[name] or 0.0 for row in rows) == pytest.approx(100.0), name
    rise = answer(view, "drivers").table
    assert sum(row["value"] for row in rise) == pytest.approx(100.0)
    assert rise[0]["state"] == "Germany"
