"""The US part: what its replacement costs at European prices, and how long it takes."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from counterpoise.measures.amount import Amount, combined, largest, total
from counterpoise.measures.lines import buyable_lines, output_amount
from counterpoise.measures.parameters import (
    AreasArgument,
    PlaceArgument,
    ScenarioArgument,
    choice,
)
from counterpoise.measures.standing import standing
from counterpoise.measures.view import NoAnswer, View
from counterpoise.world.calendar import Floats
from counterpoise.world.lines import Line, price_today

GROUP = "dependence"
OWN = "docs/model.md, Requirement and Open output"
Price = Annotated[str, choice("median", "cheapest")]


def _american(view: View, area: str) -> Amount | None:
    """The US part of an area; None where there is none."""
    found = view.known(f"need/{area.split('/')[1]}", "us_part")
    return found if found is not None and found.value > 0 else None


def unit_price(view: View, system: str) -> Amount:
    """EUR bn for a capability unit of a type, at prices of the release's year."""
    stated = view.read(system, "unit_price")
    grown = price_today(view.dataset, system) / stated.value if stated.value else 1.0
    weight = view.known(system, "weight") or Amount(1.0)
    return stated * (grown / 1000) / weight


def middle(items: list[Amount]) -> Amount:
    """The median: the middle amount, or the mean of the two in the middle."""
    ordered = sorted(items, key=lambda item: item.value)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return combined(((0.5, ordered[half - 1]), (0.5, ordered[half])))


@standing(
    "EUR bn",
    GROUP,
    "US part times price of a unit, as in International Institute for Strategic Studies 2025",
    defaults={"area": "all", "place": "NATO-EUR", "price": "median"},
)
def us_part_replacement_cost(
    view: View, area: AreasArgument, place: PlaceArgument, price: Price
) -> Amount:
    """What it costs to buy the US part of the need from lines that stand in a place.

    US part times the price of a capability unit, the median or the cheapest of the types that
    are made there. Purchase alone: no upkeep, people or munitions. Areas are added; those where
    the place makes nothing are named as not counted.
    """
    parts, gone = [], []
    for item in area.addresses:
        american = _american(view, item)
        if american is None:
            continue
        systems = dict.fromkeys(line.system for line in buyable_lines(view, place, item))
        prices = [unit_price(view, system) for system in systems]
        if not prices:
            gone.append(item)
            continue
        chosen = middle(prices) if price == "median" else min(prices, key=lambda one: one.value)
        parts.append(american * chosen)
    if not parts:
        raise NoAnswer(f"a US part with a line in {place.name}", ["area=all", "area=fighter"])
    whole = total(parts)
    return whole.lacking(gone)


@standing(
    "years",
    GROUP,
    OWN,
    defaults={"area": "all", "place": "NATO-EUR", "scenario": "baseline"},
)
def us_part_replacement_years(
    view: View, area: AreasArgument, place: PlaceArgument, scenario: ScenarioArgument
) -> Amount:
    """Years until lines in a place, ordered from now, have delivered the US part of the need.

    Each line gives what it has open to new orders, from its lead time on, at announced rates
    and without expansion. Over several areas the slowest; not a number where nothing is ever
    open. Areas where the place makes nothing are named as not counted.
    """
    found, gone = [], []
    for item in area.addresses:
        american = _american(view, item)
        if american is None:
            continue
        lines = buyable_lines(view, place, item, scenario)
        if lines:
            found.append(_years(view, american, lines, scenario))
        else:
            gone.append(item)
    if not found:
        raise NoAnswer(f"a US part with a line in {place.name}", ["area=all", "area=fighter"])
    never = [item for item in found if math.isnan(item.value)]
    slowest = never[0] if never else largest(found)
    return slowest.lacking(gone)


def _years(view: View, american: Amount, lines: list[Line], scenario: str) -> Amount:
    """Years from the calendar's start until the lines' open output adds up to the US part."""
    world = view.world(scenario)
    calendar = world.calendar
    start, index = calendar.edges[0], world.labels.line_index
    yearly: Floats = np.zeros(len(calendar))
    reach: list[tuple[Line, Floats]] = []
    for line in lines:
        inside = calendar.overlap(start + line.lead, calendar.edges[-1]) / calendar.lengths
        reach.append((line, inside))
        yearly += line.weight * inside * world.free[index[line.address]] / calendar.lengths
    level = np.concatenate([[0.0], np.cumsum(yearly * calendar.lengths)])
    missing = american.value - float(level[-1])
    if missing > 0 and yearly[-1] <= 0:
        return Amount(math.nan, american.slopes)
    if missing > 0:
        at, speed = calendar.edges[-1] + missing / float(yearly[-1]), float(yearly[-1])
    else:
        period = int(np.searchsorted(level, american.value - 1e-12)) - 1
        speed = float(yearly[period])
        at = calendar.edges[period] + (american.value - float(level[period])) / speed
    through = calendar.overlap(start, min(at, calendar.edges[-1])) / calendar.lengths
    made = total(
        output_amount(view, line, inside * through) * (line.weight * line.open_share)
        for line, inside in reach
    )
    slopes = combined(((1 / speed, american), (-1 / speed, made))).slopes
    return Amount(at - start, slopes)
