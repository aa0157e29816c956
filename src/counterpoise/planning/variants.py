"""Variants beside a plan: other worlds, shocks foreseen or not, more orders counted."""

from __future__ import annotations

import numpy as np
import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.measures.shortfall import score
from counterpoise.planning.behaviours import plan_ordered, plan_together
from counterpoise.planning.model import DependenceCap
from counterpoise.planning.plan import Plan
from counterpoise.planning.replan import replan
from counterpoise.planning.workers import Workers
from counterpoise.world.calendar import REPORT_END
from counterpoise.world.world import build_world

WORLDS = ("us-stays", "us-gone")
"""The United States' part assured in full throughout, and not at all."""

SHOCKED = "baseline"
"""The world that the shocks are written on."""

SHOCKS = ("us-exit-2028", "us-deliveries-stop-2028", "gulf-diversion")

CALENDAR = "yearly"
"""Variants run on the yearly calendar, and the brief says so."""

SCHEMA = {
    "scenario": pl.String,
    "version": pl.String,
    "shortfall": pl.Float64,
    "ordered": pl.Float64,
    "cost": pl.Float64,
    "orders": pl.Float64,
    "reached": pl.Int64,
}

REACHED = 0.8
"""The share of the need, on average over the areas, whose year of reaching is told."""


def variants(
    dataset: Dataset,
    scenario: str,
    key: str,
    base: Plan,
    cap: DependenceCap | None = None,
    workers: int = 2,
) -> pl.DataFrame:
    """One row a variant: shortfall to 2035 under signed orders and together, cost to 2040.

    `base` is the plan together on the yearly calendar. Shocks are written on the baseline and
    left out for another world. `version` is planned (the base and other worlds),
    foreseen (known from the start) or replanned (known when it happens).
    """
    tasks = [(scenario, "planned"), *((world, "planned") for world in WORLDS)]
    if scenario == SHOCKED:
        tasks += [(f"{shock}-foreseen", "foreseen") for shock in SHOCKS]
        tasks += [(shock, "replanned") for shock in SHOCKS]
    with Workers((dataset, key, base, cap), workers) as pool:
        rows = pool.map(_variant, tasks)
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _variant(
    shared: tuple[Dataset, str, Plan, DependenceCap | None], task: tuple[str, str]
) -> tuple[str, str, float, float, float, float, int | None]:
    dataset, key, base, cap = shared
    scenario, version = task
    if version == "replanned":
        plan = replan(base, dataset, scenario, calendar=CALENDAR, key=key, cap=cap).plan
    elif scenario == base.world.scenario.name:
        plan = base
    else:
        plan = plan_together(build_world(dataset, scenario, calendar=CALENDAR, key=key), cap)
    world = plan.world
    name = scenario.removesuffix("-foreseen")
    ordered = score(world, world.open_need, reported=True)
    total = score(world, plan.gaps, reported=True)
    spent = float(plan.purchases.sum())
    return name, version, total, ordered, plan.cost, spent, reached_year(plan)


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


def approved_change(dataset: Dataset, scenario: str, calendar: str, key: str) -> float:
    """Percent-years by which counting approved orders as arriving lowers the shortfall to 2035."""
    worlds = [
        build_world(dataset, scenario, calendar=calendar, key=key, statuses=frozenset(statuses))
        for statuses in (("signed",), ("signed", "approved"))
    ]
    signed, both = (score(w, plan_ordered(w).gaps, reported=True) for w in worlds)
    return signed - both
