"""Questions that plan under limits, and cohorts to 2050: worked by hand on tiny worlds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.measures.cohorts import survivors
from counterpoise.measures.standing import read_arguments
from counterpoise.measures.view import View
from counterpoise.planning.behaviours import plan_together
from counterpoise.publish.answer_charts import draw
from counterpoise.questions import catalogue
from counterpoise.questions.cases import Case, fewer_types, plan_cases
from counterpoise.questions.fast import GOALS, dominates
from counterpoise.questions.question import Context, Reply
from counterpoise.questions.registry import COMPUTED, PARAMETERS
from counterpoise.world.calendar import yearly
from counterpoise.world.world import accumulate
from tiny import Tiny

assert catalogue  # registers the functions


def answer(view: View, name: str, **given: str) -> Reply:
    values = read_arguments(name, PARAMETERS[name], given, view)
    return COMPUTED[name](view, Context(Path("runs")), **values)


# Limits on outside control


def two_types(tiny: Tiny) -> View:
    """Need 20: an American type at EUR m 50, 10 a year, and an own one at 100, 5 a year."""
    tiny.state("AAA")
    tiny.state("USA", planning="")
    tiny.area("tank", 20)
    tiny.system("star", "tank", 50, control="USA")
    tiny.line("star", "AAA", 10)
    tiny.system("own", "tank", 100, control="AAA")
    tiny.line("own", "AAA", 5)
    return View(tiny.dataset())


def test_five_limits_by_hand(tiny: Tiny) -> None:
    """Room for 20, 15, 10, 5 and 0 American ones.

    With room for 10 and more 15 come in 2027 and 5 in 2028: short 12.5 + 2.5 of 20 = 75. With 5:
    10, 5, 5: short 15 + 7.5 + 2.5 = 125. With none 5 a year: 17.5 + 12.5 + 7.5 + 2.5 = 200.
    """
    found = answer(two_types(tiny), "sovereignty", place="AAA")
    table = found.table
    assert [row["limit_pct"] for row in table] == [100, 75, 50, 25, 0]
    assert [row["shortfall"] for row in table] == pytest.approx([75, 75, 75, 125, 200])
    assert [row["outside_pct"] for row in table] == pytest.approx([75, 75, 50, 25, 0])
    assert [row["america_pct"] for row in table] == pytest.approx([75, 75, 50, 25, 0])
    assert [row["cost_eur_bn"] for row in table] == pytest.approx([1.25, 1.25, 1.5, 1.75, 2.0])
    assert [row["four_fifths_from"] for row in table] == [2028, 2028, 2028, 2029, 2030]
    assert [row["delay_years"] for row in table] == [0, 0, 0, 1, 2]
    assert found.sentence.startswith("Down to a limit of 50% of each need nothing is lost")
    assert "from 2030 rather than 2028" in found.sentence
    assert found.chart is not None
    assert draw(found.chart, found.table).svg.startswith("<svg")


def test_spending_fast_weighs_all_limits(tiny: Tiny) -> None:
    found = answer(two_types(tiny), "spend_fast", place="AAA")
    rows = {row["limited"]: row for row in found.table}
    assert len(rows) == 8
    assert rows["no limit"]["shortfall"] == pytest.approx(75)
    assert rows["outside 25%"]["shortfall"] == pytest.approx(125)
    assert rows["two types an area"]["shortfall"] == pytest.approx(75)
    assert rows["America 15%"]["america_pct"] == pytest.approx(15)
    assert not rows["no limit"]["worse_than"]
    for row in found.table:
        beaten = [other["limited"] for other in found.table if dominates(other, row)]
        assert row["worse_than"] == "; ".join(beaten)
        assert (row["frontier"] == "beaten") == bool(beaten)
    assert found.chart is not None
    drawn = draw(found.chart, found.table)
    assert "outside 25%" in drawn.svg


def goals(*values: float) -> dict[str, Any]:
    return dict(zip(GOALS, values, strict=True))


def test_a_plan_beats_another_if_no_goal_is_worse_and_one_better() -> None:
    plain = goals(100, 50, 10, 20, 4)
    assert dominates(goals(99, 50, 10, 20, 4), plain)
    assert not dominates(plain, plain)
    assert not dominates(goals(99, 51, 10, 20, 4), plain)
    assert not dominates(goals(99.95, 50, 10, 20, 4), plain), "alike within rounding"


def test_fewer_types_keep_those_with_most_units(tiny: Tiny) -> None:
    """Held: 5 of one type, 3 on order of the second, none of the others; then the larger line."""
    tiny.state("AAA")
    tiny.state("USA", planning="")
    tiny.area("tank", 60)
    for name, rate in (("held", 2.0), ("signed", 2.0), ("large", 9.0), ("small", 1.0)):
        tiny.offer(name, "tank", 50, rate)
    tiny.holding("AAA", "held", "tank", 5)
    tiny.order("more", "AAA", "signed", "tank", 3, (2028, 2028))
    world = tiny.world()
    for most, kept in ((1, {"held"}), (2, {"held", "signed"}), (3, {"held", "signed", "large"})):
        plan = plan_together(fewer_types(world, most))
        units = plan.deliveries.sum(axis=(0, 2))
        bought = {
            line.system.split("/")[1]
            for line, n in zip(world.lines, units, strict=True)
            if n > 1e-6
        }
        assert bought == kept
    free, poor = plan_cases(tiny.dataset(), [Case("free"), Case("poor", money=0.0)], workers=1)
    assert free.deliveries.sum() > 0 and poor.deliveries.sum() == pytest.approx(0)


# Cohorts


def test_cohorts_leave_at_the_end_of_their_life() -> None:
    """Ten arrive in 2028 and serve three years: 5, 10, 10, 5; four of 2030 follow."""
    assert survivors([0, 10, 0, 4, 0, 0, 0, 0], 3) == pytest.approx([0, 5, 10, 12, 9, 4, 2, 0])
    assert survivors([8, 0, 0], 1) == pytest.approx([4, 4, 0])
    assert survivors([8, 0, 0, 0], 2, used=0.5) == pytest.approx([4, 6, 2, 0])


@given(st.lists(st.floats(0, 100), min_size=14, max_size=14), st.floats(0, 0.5))
def test_cohorts_that_outlive_the_plan_are_counted_as_the_plan_counts(
    arrivals: list[float], used: float
) -> None:
    mean = accumulate(np.array([arrivals]), np.zeros(1), np.array([used]), yearly(2027.0))[0]
    assert survivors(arrivals, 40, used) == pytest.approx(mean, abs=1e-9)


def test_lock_in_by_hand(tiny: Tiny) -> None:
    """Need 10: 2 held of an American type, 6 signed and 2 planned for 2027, serving three years.

    Held ones don't wear out here. Signed: 3, 6, 6, 3, then none; planned: 1, 2, 2, 1. So 60
    percent in 2027 and 2030, 20 from 2035 on, all of it American. Stretched, all stay.
    """
    tiny.rule("service-life", 3)
    tiny.state("AAA")
    tiny.state("USA", planning="")
    tiny.area("tank", 10)
    tiny.system("star", "tank", 50, control="USA")
    tiny.system("own", "tank", 100, control="AAA")
    tiny.line("own", "AAA", 2)
    tiny.holding("AAA", "star", "tank", 2)
    tiny.system("other", "tank", 100, control="AAA")
    tiny.order("more", "AAA", "other", "tank", 6, (2027, 2027))
    world = tiny.world("baseline")
    found = plan_together(world)
    assert found.deliveries.sum() == pytest.approx(2)
    view = View(tiny.dataset(), lambda scenario, behaviour: (world, found.deliveries))
    reply = answer(view, "lock_in", place="AAA")
    rows = {row["controlled_by"]: row for row in reply.table}
    assert [rows["all"][f"in_{year}"] for year in (2027, 2030, 2035, 2050)] == pytest.approx(
        [60, 60, 20, 20]
    )
    assert rows["USA"]["in_2050"] == pytest.approx(20)
    assert rows["own group alone"]["in_2030"] == pytest.approx(40)
    assert rows["all"]["holdings_2050"] == pytest.approx(20)
    assert "still covers 20" in reply.sentence
    kept = answer(view, "lock_in", place="AAA", life="stretched")
    assert kept.table[0]["in_2050"] == pytest.approx(100)
    early = answer(view, "lock_in", place="AAA", life="stretched", ordered_by="2027")
    assert early.table[0]["plan_2050"] == pytest.approx(20)
