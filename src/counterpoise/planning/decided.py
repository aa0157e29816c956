"""What came of a user's decisions in a plan, and what is left of them when it is made anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.fixes import fixed_rows_of
from counterpoise.planning.model import DependenceCap
from counterpoise.planning.pairs import series
from counterpoise.planning.plan import Plan
from counterpoise.planning.relax import FixesClash
from counterpoise.planning.rows.fixes import FIXED
from counterpoise.world.calendar import Floats
from counterpoise.world.fixes import AT_LEAST, FORBID, Fix, lines_of, order_years
from counterpoise.world.world import World

SCHEMA = {
    "behaviour": pl.String,
    "decision": pl.String,
    "buyer": pl.String,
    "target": pl.String,
    "years": pl.String,
    "units": pl.Float64,
    "ordered": pl.Float64,
    "delivery_first": pl.Int64,
    "delivery_last": pl.Int64,
    "percent_years_a_unit": pl.Float64,
    "note": pl.String,
}


def decided_table(plan: Plan) -> pl.DataFrame:
    """One row a decision: units decided and ordered, delivery years, and what a unit costs.

    `percent_years_a_unit` is the dual of its row: by how much the shortfall to 2040 grows if
    one unit more were decided; empty for what is forbidden and for plans without a problem.
    """
    worth = _duals(plan)
    rows = []
    for fix in plan.world.fixes:
        units = taken(fix, plan)
        when = plan.world.calendar.years[units > 1e-6]
        rows.append(
            {
                "behaviour": plan.behaviour,
                "decision": fix.decision,
                "buyer": fix.buyer,
                "target": fix.target,
                "years": fix.years,
                "units": fix.units,
                "ordered": float(units.sum()),
                "delivery_first": int(when.min()) if len(when) else None,
                "delivery_last": int(when.max()) if len(when) else None,
                "percent_years_a_unit": worth.get(fix),
                "note": fix.note,
            }
        )
    return pl.DataFrame(rows, schema=SCHEMA)


def _duals(plan: Plan) -> dict[Fix, float]:
    found: dict[Fix, float] = {}
    size = series(plan.world)
    for model, (first, _) in zip(plan.models, plan.stages, strict=True):
        fixes = fixed_rows_of(plan.world, model.states)
        if fixes:
            rows = first.problem.row(FIXED)
            for number, fix in enumerate(fixes):
                area = plan.world.lines[lines_of(fix, plan.world)[0]].area
                dual = first.solution.row_dual[rows.start + number]
                found[fix] = float(dual / size[plan.world.labels.area_index[area]])
    return found


def taken(fix: Fix, plan: Plan, before: float = np.inf) -> Floats:
    """Units by delivery period of what a decision speaks of, ordered before a decimal year."""
    world = plan.world
    total = np.zeros(len(world.calendar))
    for line in lines_of(fix, world):
        ordered = world.ordered[line]
        counted = fix.holds_year(order_years(ordered)) & (ordered < before - 1e-9)
        total += plan.deliveries[world.labels.state_index[fix.buyer], line] * counted
    return total


def left_to_order(plan: Plan, before: float) -> tuple[Fix, ...]:
    """A plan's decisions less what it has ordered before a decimal year.

    What is ordered in full is forbidden from then on; years gone by are left out.
    """
    kept = []
    for fix in plan.world.fixes:
        if fix.last is not None and fix.last + 1 <= before:
            continue
        first = None if fix.first is None else max(fix.first, int(before))
        rest = replace(fix, first=first)
        if fix.units is not None:
            units = fix.units - float(taken(fix, plan, before).sum())
            if units > 1e-6:
                rest = replace(rest, units=units)
            elif fix.decision == AT_LEAST:
                continue
            else:
                rest = replace(rest, decision=FORBID, units=None)
        kept.append(rest)
    return tuple(kept)


def together_after(
    plan: Plan, world: World, decision: float, cap: DependenceCap | None = None
) -> Plan:
    """The plan together in a new world, with what is left of an earlier plan's decisions.

    Decisions that can't hold any more give way by the least; the new world's `fixes` tell them.
    """
    fixes = left_to_order(plan, decision)
    try:
        return plan_together(replace(world, fixes=fixes), cap)
    except FixesClash as clash:
        return plan_together(replace(world, fixes=clash.kept), cap)
