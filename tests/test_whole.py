"""Whole units, lots and pooled orders: worlds worked by hand, and what must hold of any plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import tiny
from counterpoise import runs
from counterpoise.cli.wholeview import print_whole
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.plan import Plan
from counterpoise.planning.whole import Whole, crumbs, plan_whole
from invariants import (
    added_capacity,
    early_deliveries,
    growth_exceeded,
    loans_overdrawn,
    overspent,
    unpaid,
)

SLACK = 1e-6


def whole_plan(world: tiny.Tiny) -> Whole:
    """The plan together of a tiny world in whole units."""
    return plan_whole(plan_together(world.world()))


def broken(whole: Whole) -> list[str]:
    """Rows, bounds and marks that the saved plan doesn't keep, by label."""
    problem, column = whole.stage.problem, whole.stage.solution.column
    row = problem.matrix @ column
    over = np.maximum(problem.row_low - row, row - problem.row_high)
    beyond = np.maximum(problem.low - column, column - problem.high)
    part = np.where(whole.problem.integral, np.abs(column - np.round(column)), 0.0)
    scale = abs(problem.matrix) @ np.abs(column)
    return (
        [problem.row_label(int(at)) for at in np.flatnonzero(over > SLACK * (1 + scale))]
        + [problem.column_label(int(at)) for at in np.flatnonzero(beyond > SLACK)]
        + [problem.column_label(int(at)) for at in np.flatnonzero(part > SLACK)]
    )


@pytest.fixture
def world(tmp_path: Path) -> tiny.Tiny:
    """A tiny world without states, areas and lines yet."""
    return tiny.Tiny(tmp_path)


def lot(world: tiny.Tiny, area: str, units: float, *, whole: bool) -> None:
    """The lot of an area, and whether its units are whole."""
    world.add("lots", area=area, whole="y" if whole else "n", lot=units)


@pytest.mark.parametrize(
    ("begun", "years"),
    [(0.0, (2029, 2031, 2034)), (0.5, (2028, 2030, 2033))],
)
def test_a_slow_shipyard_delivers_a_ship_when_it_is_finished(
    world: tiny.Tiny, begun: float, years: tuple[int, ...]
) -> None:
    """0.4 ships a year: 1.2 by the end of 2029, 2.0 of 2031, 3.2 of 2034; half done earlier."""
    world.state("AAA")
    world.area("ship", 3)
    lot(world, "ship", 1, whole=True)
    world.offer("frigate", "ship", 1000, 0.4)
    world.rule("unit-begun", begun)
    found = whole_plan(world)
    assert tiny.taken(found.plan, "AAA", "frigate") == pytest.approx(
        tiny.by_year(dict.fromkeys(years, 1.0))
    )
    assert not broken(found)


def test_a_small_state_may_buy_one_though_it_needs_a_third(world: tiny.Tiny) -> None:
    """Of a need of 1.3 ships by product, 1 and 0.3: both buy one, or the small one none ever."""
    world.state("AAA", gdp=1000)
    world.state("BBB", gdp=300)
    world.area("ship", 1.3)
    lot(world, "ship", 1, whole=True)
    world.offer("frigate", "ship", 1000, 2)
    found = whole_plan(world)
    assert tiny.taken(found.fractions, "BBB", "frigate").sum() == pytest.approx(0.3)
    assert tiny.taken(found.plan, "AAA", "frigate").sum() == pytest.approx(1)
    assert tiny.taken(found.plan, "BBB", "frigate").sum() == pytest.approx(1)
    assert found.plan.shortfall <= found.fractions.shortfall
    assert found.cost_distance == pytest.approx(2 / 1.3 - 1)


def test_a_state_that_cannot_pay_for_a_whole_one_buys_none(world: tiny.Tiny) -> None:
    """Money for 0.15 ships a year buys 0.3 of one in fractions, and never a whole one."""
    world.state("AAA", gdp=1000)
    world.state("BBB", 0.15, gdp=300)
    world.area("ship", 1.3)
    lot(world, "ship", 1, whole=True)
    world.offer("frigate", "ship", 1000, 2)
    found = whole_plan(world)
    assert tiny.taken(found.fractions, "BBB", "frigate").sum() == pytest.approx(0.3)
    assert tiny.taken(found.plan, "BBB", "frigate").sum() == 0
    assert tiny.taken(found.plan, "AAA", "frigate").sum() == pytest.approx(1)


def test_orders_make_up_a_lot(world: tiny.Tiny) -> None:
    """Lots of four: needs of 10 and 3 are met by 10 and 4; a need of 0.2 by nothing."""
    world.state("AAA", gdp=1000)
    world.state("BBB", gdp=300)
    world.state("CCC", gdp=20)
    world.area("tank", 13.2)
    lot(world, "tank", 4, whole=False)
    world.offer("leopard", "tank", 10, 100)
    found = whole_plan(world)
    bought = [tiny.taken(found.plan, state, "leopard").sum() for state in ("AAA", "BBB", "CCC")]
    assert bought == pytest.approx([10, 4, 0])
    assert crumbs(found) == (0, 2)
    assert not broken(found)


def test_what_a_closed_order_would_have_delivered_comes_from_another_line(
    world: tiny.Tiny,
) -> None:
    """The small line adds less than a lot while the large one makes nine; then that makes ten."""
    world.state("AAA")
    world.area("tank", 10)
    lot(world, "tank", 2, whole=False)
    world.offer("large", "tank", 10, 1)
    world.offer("small", "tank", 10, 0.05)
    found = whole_plan(world)
    assert 0 < tiny.taken(found.fractions, "AAA", "small").sum() < 2
    assert tiny.taken(found.plan, "AAA", "small").sum() == 0
    assert tiny.taken(found.plan, "AAA", "large").sum() == pytest.approx(10)
    assert found.plan.shortfall > found.fractions.shortfall
    assert crumbs(found) == (0, 1)


def test_buyers_share_whole_units_of_a_joint_area(world: tiny.Tiny) -> None:
    """Two states may take 1.5 satellites each: together whole ones, as they are finished."""
    world.state("AAA")
    world.state("BBB")
    world.area("satellite", 3, joint=True)
    lot(world, "satellite", 0.25, whole=True)
    world.offer("sat", "satellite", 100, 0.75)
    found = whole_plan(world)
    both = tiny.taken(found.plan, "AAA", "sat") + tiny.taken(found.plan, "BBB", "sat")
    assert both == pytest.approx(tiny.by_year({2028: 1, 2029: 1, 2030: 1}))
    assert not broken(found)


def test_nothing_changes_where_all_is_whole_already(world: tiny.Tiny) -> None:
    """A need of three ships and a line that makes one a year: bound, whole, fractions agree."""
    world.state("AAA")
    world.area("ship", 3)
    lot(world, "ship", 1, whole=True)
    world.offer("frigate", "ship", 1000, 1)
    found = whole_plan(world)
    assert found.shortfall_distance == pytest.approx(0, abs=1e-6)
    assert found.cost_distance == pytest.approx(0, abs=1e-6)
    assert found.bound <= found.plan.shortfall * (1 + 1e-9)


def test_a_tampered_plan_is_found(world: tiny.Tiny) -> None:
    """Half a ship more breaks the mark of its column."""
    world.state("AAA")
    world.area("ship", 3)
    lot(world, "ship", 1, whole=True)
    world.offer("frigate", "ship", 1000, 0.4)
    found = whole_plan(world)
    column = found.stage.solution.column.copy()
    column[0] += 0.5
    solution = replace(found.stage.solution, column=column)
    label = found.stage.problem.column_label(0)
    assert label in broken(replace(found, stage=replace(found.stage, solution=solution)))


def test_an_area_without_a_lot_may_be_bought_in_parts(world: tiny.Tiny) -> None:
    """Its lot is its series; fractions above it stand."""
    world.state("AAA")
    world.area("tank", 2.5)
    world.offer("leopard", "tank", 10, 100)
    found = whole_plan(world)
    assert tiny.taken(found.plan, "AAA", "leopard").sum() == pytest.approx(2.5)


def test_what_is_printed_of_whole_units(
    world: tiny.Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Distance, bound, crumbs and parts of pooled orders, from the tables as saved."""
    world.state("AAA")
    world.area("ship", 3)
    lot(world, "ship", 1, whole=True)
    world.offer("frigate", "ship", 1000, 1)
    found = whole_plan(world)
    (tmp_path / "tables").mkdir()
    shares = {"name": ["crumbs", "parts"], "value": [0.0, 0.25], "text": ["", ""]}
    for name, table in (("whole", found.table()), ("plausibility", pl.DataFrame(shares))):
        table.write_parquet(tmp_path / "tables" / f"{name}.parquet")
    print_whole(runs.Run(tmp_path, {}))
    told = capsys.readouterr().out
    assert "gap 0.0%" in told
    assert "orders under a lot: 0.0%; parts of pooled orders under one unit: 25.0%" in told


@pytest.fixture(scope="module")
def real(yearly_together: Plan) -> Whole:
    """The shipped data on the yearly calendar."""
    return plan_whole(yearly_together)


@pytest.mark.slow
def test_the_real_plan_keeps_every_row_and_has_no_crumbs(real: Whole) -> None:
    """All rows, bounds and marks hold; orders are lots; whole areas are bought whole."""
    assert not broken(real)
    small, orders = crumbs(real)
    assert orders > 500
    assert small / orders < 0.01
    world = real.plan.world
    for index, line in enumerate(world.lines):
        if world.dataset.text(line.area, "whole") == "y":
            units = real.plan.deliveries[:, index]
            counted = units.sum(axis=0) if line.area in world.labels.joint else units
            assert np.abs(counted - np.round(counted)).max() < SLACK, line.address


@pytest.mark.slow
def test_the_real_plan_breaks_no_invariant_but_by_units_begun(real: Whole) -> None:
    """Money, lead times and growth hold as in fractions; a line is at most a unit ahead."""
    plan = real.plan
    for check in (early_deliveries, overspent, unpaid, loans_overdrawn, growth_exceeded):
        assert not check(plan), check.__name__
    room = np.cumsum(plan.world.free + added_capacity(plan), axis=1)
    taken = np.cumsum(plan.deliveries.sum(axis=0), axis=1)
    assert (taken <= room * (1 + SLACK) + 1).all()


@pytest.mark.slow
def test_the_real_plan_is_not_far_from_the_optimum_in_fractions(real: Whole) -> None:
    """Shortfall within three percent, cost within two, and no lower than the bound."""
    assert real.bound <= real.plan.shortfall
    assert real.shortfall_distance < 0.03
    assert abs(real.cost_distance) < 0.02
    table = {row["name"]: row["distance"] for row in real.table().to_dicts()}
    assert table["shortfall"] == real.shortfall_distance
    assert table["bound"] == pytest.approx(real.gap)
