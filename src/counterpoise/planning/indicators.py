"""What a plan comes to in a few figures, to set many plans beside one another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from counterpoise.measures.parameters import Areas
from counterpoise.measures.shortfall import weights
from counterpoise.measures.types import effective_types
from counterpoise.measures.view import NoAnswer, Place, view_of
from counterpoise.planning.exposure import ALL, units_in_service
from counterpoise.planning.extract import closing_rows
from counterpoise.planning.plan import Plan
from counterpoise.planning.regret import outcome
from counterpoise.world.labels import GROUP

DANGER = (2029, 2033)
"""First and last of the years in which a test is most expected."""

UNITS = {
    "shortfall": "percent-years to 2035",
    "danger": "percent-years in 2029-2033",
    "closed_2030": "areas",
    "closed_2035": "areas",
    "reached": "year",
    "cost": "EUR bn to 2040 at present value",
    "purchases": "EUR bn to 2040",
    "exposure_2030": "percent",
    "exposure_2035": "percent",
    "types_2035": "types",
}
"""Indicators by name, with their units."""

WEIGHED = {"shortfall": "shortfall", "danger": "danger", "cost": "cost",
           "exposure": "exposure_2035", "types": "types_2035"}  # fmt: skip
"""Names in a user's weights, and the indicator that each weighs: less is better in all."""


@dataclass(frozen=True)
class Indicators:
    """A plan's figures, in the units of `UNITS`; NaN where one isn't known or never comes.

    `shortfall` and `danger` are the mean over the areas of the need that isn't met, times years.
    `closed` counts the areas in which less than a hundredth stays open; `reached` is the year
    from which four fifths of the need stay met. `cost` and `purchases` count what earlier plans
    have ordered as well. `exposure` is the share of units in service that the United States can
    withhold, and `types` the effective number of types, both the mean over the areas.
    """

    shortfall: float
    danger: float
    closed_2030: float
    closed_2035: float
    reached: float
    cost: float
    purchases: float
    exposure_2030: float
    exposure_2035: float
    types_2035: float


def indicators(plan: Plan) -> Indicators:
    """The figures of a plan in its world."""
    found = outcome(plan)
    closes = [row["closes"] for row in closing_rows(plan)]
    closed = {
        year: sum(isinstance(when, int) and when <= year for when in closes)
        for year in (2030, 2035)
    }
    held = {year: 100 * controlled_share(plan, "state/USA", year) for year in (2030, 2035)}
    return Indicators(
        shortfall=found.shortfall,
        danger=danger(plan),
        closed_2030=float(closed[2030]),
        closed_2035=float(closed[2035]),
        reached=math.nan if found.reached is None else float(found.reached),
        cost=found.cost,
        purchases=found.purchases,
        exposure_2030=held[2030],
        exposure_2035=held[2035],
        types_2035=types_in(plan, 2035),
    )


def danger(plan: Plan) -> float:
    """Shortfall in the danger years, percent-years."""
    world = plan.world
    inside = (world.calendar.years >= DANGER[0]) & (world.calendar.years <= DANGER[1])
    return float((weights(world) * plan.gaps)[:, inside].sum())


def controlled_share(plan: Plan, state: str, year: int) -> float:
    """Share of units in service at a year's end that a state can withhold, mean over the areas.

    The measure `exposure` of the table of that name, without that table.
    """
    world = plan.world
    at = int(np.flatnonzero(world.calendar.years == year)[-1])
    units = units_in_service(plan)
    shares = [
        units[area, state][at] / max(units[area, ALL][at], 1e-9) if (area, state) in units else 0.0
        for area in range(len(world.labels.areas))
    ]
    return float(np.mean(shares))


def types_in(plan: Plan, year: int) -> float:
    """Effective number of types in service in a year, mean over the areas; NaN if none is known."""
    world = plan.world
    view = view_of(world.dataset, world.scenario.name, {plan.behaviour: (world, plan.deliveries)})
    states = tuple(world.dataset.targets(GROUP, "includes")) or world.labels.states
    place = Place(GROUP, states)
    try:
        return float(
            np.round(
                effective_types(
                    view, place, Areas(world.labels.areas), year, plan.behaviour,
                    world.scenario.name,
                ).value,
                9,
            )
        )  # fmt: skip
    except NoAnswer:
        return math.nan
