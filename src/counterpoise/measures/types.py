"""Types: how many a place has in service and on order, how evenly, and how many it shares."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any

from counterpoise.measures.amount import Amount, mean, total
from counterpoise.measures.orders import signed_orders
from counterpoise.measures.parameters import (
    AreasArgument,
    BehaviourArgument,
    Kind,
    PlaceArgument,
    Refused,
    ScenarioArgument,
    choice,
    year,
)
from counterpoise.measures.service import (
    NOTHING,
    POOL,
    Units,
    by_type,
    counted,
    effective_number,
    units_in,
    units_today,
)
from counterpoise.measures.standing import standing
from counterpoise.measures.view import NoAnswer, Place, View

GROUP = "types"
TODAY = 0
COUNT = "count of types in service, as in Munich Security Conference and McKinsey 2017"


def _read_when(text: str, view: View) -> int:
    if text == "today":
        return TODAY
    try:
        return int(plan_year.read(text, view))
    except Refused as refused:
        raise Refused(f"today, or {refused.expected}") from None


def _when_parts(value: Any, view: View) -> list[str]:
    return ["today", *plan_year.parts(value, view)]


plan_year = year(2027, 2035)
When = Annotated[int, Kind("moment", f"today, or {plan_year.told}", _read_when, _when_parts)]
Measured = Annotated[str, choice("counted", "published")]
OrderYear = Annotated[int, year(2004, 2026)]

DEFAULTS = {
    "place": "NATO-EUR",
    "area": "all",
    "year": "today",
    "behaviour": "ordered",
    "scenario": "baseline",
}


def _units(
    view: View, place: Place, area: str, year: int, behaviour: str, scenario: str
) -> list[Units]:
    if year == TODAY:
        return units_today(view, area, place)
    return units_in(view, area, place, year, behaviour, scenario)


def _none(place: Place) -> NoAnswer:
    return NoAnswer(f"units of {place.name} in service whose type is known", ["area=mbt"])


@standing("types", GROUP, COUNT, defaults=DEFAULTS)
def types_in_service(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: When,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Number of types that a place has in service, today or in a year; areas are added.

    Versions that the dataset names apart count apart; stocks of no stated type don't count. A
    group's pools count; in a plan year only states that forces are planned for do.
    """
    found: list[Amount] = []
    for item in area.addresses:
        found += by_type(_units(view, place, item, year, behaviour, scenario)).values()
    if not found:
        raise _none(place)
    return counted(len(found), found)


@standing(
    "types",
    GROUP,
    "inverse Herfindahl index (Hirschman 1945, Herfindahl 1950); Laakso and Taagepera 1979",
    bounds=(1.0, float("inf")),
    defaults=DEFAULTS,
)
def effective_types(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: When,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Effective number of types: as many alike shares of units would give the same concentration.

    One over the sum of the squares of the types' shares of units in service. Units aren't
    weighted. Over several areas the mean of those with units of a known type.
    """
    found = []
    for item in area.addresses:
        parts = by_type(_units(view, place, item, year, behaviour, scenario))
        if parts:
            found.append(effective_number(parts))
    if not found:
        raise _none(place)
    return mean(found)


@standing("percent", GROUP, COUNT, bounds=(0.0, 100.0), defaults=DEFAULTS)
def single_user_share(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: When,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Share of a place's types in service that one of its states alone has; areas are added.

    A type in a pool of the allies has more than one user.
    """
    alone = 0
    resting: list[Amount] = []
    for item in area.addresses:
        users: defaultdict[str, set[str]] = defaultdict(set)
        units = _units(view, place, item, year, behaviour, scenario)
        for part in units:
            if part.system and part.items.value > NOTHING:
                users[part.system].add(part.holder)
        alone += sum(len(found) == 1 and POOL not in found for found in users.values())
        resting += by_type(units).values()
    if not resting:
        raise _none(place)
    return counted(100 * alone / len(resting), resting)


@standing("types", GROUP, COUNT, defaults=DEFAULTS | {"first": "2022", "last": "2026"})
def types_bought(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    first: OrderYear,
    last: OrderYear,
) -> Amount:
    """Number of types in the orders that a place signed from one year to another."""
    by_system: defaultdict[str, list[Amount]] = defaultdict(list)
    for order in signed_orders(view, place, area, first, last):
        if order.system:
            by_system[order.system].append(order.units)
    if not by_system:
        raise NoAnswer(f"signed orders of {place.name} from {first} to {last}")
    return counted(len(by_system), (total(items) for items in by_system.values()))


@standing(
    "ratio",
    GROUP,
    "Munich Security Conference and McKinsey 2017: European over United States types",
    defaults={"place": "NATO-EUR", "area": "all", "measured": "counted"},
)
def types_against_us(
    view: View, place: PlaceArgument, area: AreasArgument, measured: Measured
) -> Amount:
    """Types that a place has in service for each type that the United States have.

    `counted` takes the place's types from its holdings today and the newest number of types of
    the United States. `published` takes both from one published row, of several on an area the
    one with most European types; counts derived from this dataset aren't published ones. Over
    several areas: types of all over types of all, where the American number is known and isn't
    zero. Where it counts families and Europe's versions apart, the ratio is too high.
    """
    ours, theirs = [], []
    for item in area.addresses:
        rows = _both_sides(view, item)
        if measured == "published":
            rows = [row for row in rows if view.dataset.things[row].basis != "derived"]
        if not rows:
            continue
        if measured == "published":
            chosen = max(rows, key=lambda row: view.dataset.value(row, "types_in_europe") or 0.0)
            ours.append(view.read(chosen, "types_in_europe"))
        else:
            chosen = sorted(rows, key=lambda row: view.dataset.text(row, "year"))[-1]
            found = by_type(units_today(view, item, place)).values()
            ours.append(counted(len(found), found))
        theirs.append(view.read(chosen, "types_in_us"))
    if not theirs:
        raise NoAnswer("a published number of United States types in the area", ["area=mbt"])
    return total(ours) / total(theirs)


def _both_sides(view: View, area: str) -> list[str]:
    """The rows on the types of an area that state both sides, in the order of their sheet."""
    dataset = view.dataset
    return [
        item.address
        for item in dataset.kind("variety")
        if dataset.target(item.address, "counts") == area
        and dataset.value(item.address, "types_in_us")
        and dataset.value(item.address, "types_in_europe")
    ]
