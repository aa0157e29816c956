"""Cover: how much of the need is met, by whom, and from which year it is enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Annotated

from counterpoise.measures.amount import Amount, at_most, combined, mean, span
from counterpoise.measures.forces import DEFAULTS, GROUP, OWN, OWN_PARTS, Scope, scope_of
from counterpoise.measures.parameters import (
    Areas,
    AreasArgument,
    BehaviourArgument,
    PlaceArgument,
    PlanYear,
    ScenarioArgument,
    choice,
    number,
)
from counterpoise.measures.standing import standing
from counterpoise.measures.view import NoAnswer, View

ROUNDING = 1e-4
"""Percent by which a cover may miss a threshold and still pass it."""

Threshold = Annotated[float, number(1, 100, "percent of the need")]
Measured = Annotated[str, choice("own", "met")]


@standing("percent", GROUP, OWN, bounds=(0.0, 100.0), defaults=DEFAULTS | {"area": "all"})
def gap_share(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Share of the need that is open in a year; over several areas, their mean."""
    return 100 * _open(scope_of(view, place, behaviour, scenario), area, year)


@standing("percent", GROUP, OWN, bounds=(0.0, 100.0), defaults=DEFAULTS | {"area": "all"})
def cover(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Share of the need that is met in a year, by whomever; over several areas, their mean."""
    return 100 - 100 * _open(scope_of(view, place, behaviour, scenario), area, year)


def _open(scope: Scope, area: Areas, year: int) -> Amount:
    return _of_need(scope, area, year, lambda item: scope.gap(item, year))


def _of_need(scope: Scope, area: Areas, year: int, part: Callable[[str], Amount]) -> Amount:
    """A part over the need, mean over the areas that the place needs anything in."""
    found = []
    for item in area.addresses:
        wanted = scope.part("need", item, year)
        if wanted.value > 0:
            found.append(part(item) / wanted)
    if not found:
        raise NoAnswer(f"a need of {scope.place.name} in {', '.join(area.addresses)}")
    return mean(found)


@standing("percent", GROUP, OWN, defaults=DEFAULTS | {"area": "all"})
def arriving_share(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """What signed orders have added by a year, in percent of the need; over areas, their mean."""
    scope = scope_of(view, place, behaviour, scenario)
    return 100 * _of_need(scope, area, year, lambda item: scope.part("arriving", item, year))


@standing("percent", GROUP, OWN, bounds=(0.0, 100.0), defaults=DEFAULTS | {"area": "all"})
def european_share(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Share of the requirement that the place's own forces cover, US part left out.

    Holdings and orders over the need, at most the whole of it; over several areas, their mean.
    A surplus in one state makes up for a gap in another here, unlike in `cover`.
    """
    scope = scope_of(view, place, behaviour, scenario)
    found = []
    for item in area.addresses:
        wanted = scope.part("need", item, year)
        if wanted.value > 0:
            own = combined((1.0, scope.part(name, item, year)) for name in OWN_PARTS)
            found.append(at_most(own / wanted, 1.0))
    if not found:
        raise NoAnswer(f"a need of {place.name} in {', '.join(area.addresses)}")
    return 100 * mean(found)


@standing(
    "year",
    GROUP,
    OWN,
    bounds=(2027.0, 2035.0),
    defaults=DEFAULTS | {"area": "all", "threshold": "50", "measured": "own"},
)
def year_of_cover(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    threshold: Threshold,
    measured: Measured,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """The first year from which the cover stays at a threshold to 2035; not a number if never.

    `measured=own` takes `european_share`, `measured=met` takes `cover`. The range is the year of
    the cover's high end to that of its low end, again not a number if that never holds.
    """
    of = european_share if measured == "own" else cover
    years = range(2027, 2036)
    by_year = [of(view, place, area, year, behaviour, scenario) for year in years]
    paths = [(item.value, *span(item, view.inputs)) for item in by_year]
    middle, low, high = (_first_above(years, path, threshold) for path in zip(*paths, strict=True))
    at = by_year[years.index(int(middle))] if math.isfinite(middle) else by_year[-1]
    return Amount(middle, at.slopes, at.missing, (high, low))


def _first_above(years: range, path: Sequence[float], threshold: float) -> float:
    first = math.nan
    for year, value in reversed(list(zip(years, path, strict=True))):
        if value < threshold - ROUNDING:
            break
        first = float(year)
    return first
