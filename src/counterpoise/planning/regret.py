"""What shocks cost a plan: held, replanned, and made by someone who had known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.measures.shortfall import score
from counterpoise.planning.decided import together_after
from counterpoise.planning.hold import hold
from counterpoise.planning.plan import Plan
from counterpoise.planning.replan import (
    Replanned,
    date_label,
    foreseen,
    replan,
)
from counterpoise.planning.setting import Setting, scenario_of, world_of
from counterpoise.world.calendar import REPORT_END
from counterpoise.world.kept import open_before_plans
from counterpoise.world.scenario import Scenario

CASES = ("held", "replanned", "foreseen")
"""No new decision; decided anew when a surprise becomes known; known from the start."""

REACHED = 0.8
"""The share of the need, on average over the areas, whose year of reaching is told."""

SCHEMA = {
    "scenario": pl.String,
    "calendar": pl.String,
    "decided_anew": pl.String,
    "held": pl.Float64,
    "replanned": pl.Float64,
    "foreseen": pl.Float64,
    "regret": pl.Float64,
    "saved": pl.Float64,
    "held_to_2040": pl.Float64,
    "replanned_to_2040": pl.Float64,
    "foreseen_to_2040": pl.Float64,
    "cost_held": pl.Float64,
    "cost_replanned": pl.Float64,
    "cost_foreseen": pl.Float64,
    "regret_eur_bn": pl.Float64,
    "saved_eur_bn": pl.Float64,
}
"""Percent-years to 2035 (to 2040 where said), EUR bn to 2040 at present value."""


@dataclass(frozen=True)
class Outcome:
    """What a plan comes to, with all that it keeps of plans before it.

    `shortfall` and `ordered` (signed orders alone) are percent-years to 2035, `to_2040` the
    shortfall over all years; `cost` is EUR bn at present value and `purchases` EUR bn, both to
    2040; `reached` is the year from which four fifths of the need stay met.
    """

    shortfall: float
    to_2040: float
    ordered: float
    cost: float
    purchases: float
    reached: int | None


def outcome(plan: Plan) -> Outcome:
    """The outcome of a plan in its world."""
    world = plan.world
    before = world.earlier
    return Outcome(
        shortfall=score(world, plan.gaps, reported=True),
        to_2040=plan.shortfall,
        ordered=score(world, open_before_plans(world), reported=True),
        cost=plan.cost + (before.cost if before is not None else 0.0),
        purchases=float(plan.purchases.sum()) + (before.purchases if before is not None else 0.0),
        reached=reached_year(plan),
    )


def reached_year(plan: Plan) -> int | None:
    """First year from which four fifths of the need stay met to 2035, on average over areas."""
    world, labels = plan.world, plan.world.labels
    short = np.zeros_like(world.group_need)
    for cell, (_, area) in enumerate(labels.cells):
        short[labels.area_index[area]] += plan.gaps[cell]
    cover = (1 - short / np.maximum(world.group_need, 1e-9)).mean(axis=0)
    inside = world.calendar.starts < REPORT_END
    low = np.flatnonzero((cover < REACHED) & inside)
    last = int(low[-1]) + 1 if len(low) else 0
    return int(world.calendar.years[last]) if last < inside.sum() else None


def foresee(plan: Plan, dataset: Dataset, setting: Setting) -> Plan:
    """The plan of someone who had known all of a scenario from the start.

    A user's decisions in the plan stand in it too, as far as they can.
    """
    known = foreseen(dataset, scenario_of(dataset, setting))
    world = world_of(dataset, replace(setting, scenario=known))
    return together_after(plan, world, world.decision, setting.cap)


def regret_of(
    plan: Plan, dataset: Dataset, setting: Setting
) -> tuple[Replanned, dict[str, Outcome]]:
    """A plan met by a scenario's surprises: replanned, and the outcome of each case."""
    found = replan(plan, dataset, setting)
    return found, {
        "held": outcome(hold(plan, dataset, setting)),
        "replanned": outcome(found.plan),
        "foreseen": outcome(foresee(plan, dataset, setting)),
    }


def regret_table(
    rows: Sequence[tuple[Scenario, tuple[float, ...], Mapping[str, Outcome]]], calendar: str
) -> pl.DataFrame:
    """One row a scenario: its cases beside one another, and their differences.

    `regret` is what having committed costs (replanned less foreseen), `saved` what planning
    anew gains (held less replanned).
    """
    found = []
    for scenario, dates, cases in rows:
        held, again, known = (cases[case] for case in CASES)
        found.append(
            {
                "scenario": scenario.name,
                "calendar": calendar,
                "decided_anew": "; ".join(map(date_label, dates)),
                **{case: cases[case].shortfall for case in CASES},
                "regret": again.shortfall - known.shortfall,
                "saved": held.shortfall - again.shortfall,
                **{f"{case}_to_2040": cases[case].to_2040 for case in CASES},
                **{f"cost_{case}": cases[case].cost for case in CASES},
                "regret_eur_bn": again.cost - known.cost,
                "saved_eur_bn": held.cost - again.cost,
            }
        )
    return pl.DataFrame(found, schema=SCHEMA)
