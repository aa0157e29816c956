"""Units in service by type and holder: what is held, what signed orders bring, what plans buy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from counterpoise.measures.amount import Amount, amount, combined, total
from counterpoise.measures.view import NoAnswer, Place, View
from counterpoise.world.needs import shares
from counterpoise.world.world import World, accumulate, counts

POOL = "scope/NATO"
"""Holder of what allies own together."""

NOTHING = 1e-9


@dataclass(frozen=True)
class Units:
    """Units of one type that a holder has in service from one holding, order or line.

    `part` is holdings, orders or plan; `items` are units of the area, `capability` the same times
    the type's weight; `made_in` is the state of the line, else of the supplier, else of the
    design authority.
    """

    part: str
    holder: str
    area: str
    system: str
    made_in: str
    items: Amount
    capability: Amount


def proportional(view: View, value: float, figures: Iterable[tuple[str, str]]) -> Amount:
    """A value that is proportional to each of the figures (subject, quantity) that are known."""
    slopes: dict[str, float] = {}
    for subject, quantity in figures:
        found = view.dataset.observation(subject, quantity) if subject else None
        if found is not None and found.value:
            slopes[found.id] = value / found.value
    return Amount(value, slopes)


def counted(number: float, resting: Iterable[Amount]) -> Amount:
    """A count and what it rests on: it doesn't move with small changes of its inputs."""
    whole = combined((0.0, item) for item in resting)
    return Amount(number, whole.slopes, whole.missing)


def units_today(view: View, area: str, place: Place) -> list[Units]:
    """Holdings in service of a type, by holder in a place; stocks of no type are left out."""
    dataset, found = view.dataset, []
    weights = holders(view.world(), place, area)
    for holding in dataset.kind("holding"):
        if holding.texts.get("status") != "active":
            continue
        system = dataset.target(holding.address, "holding of")
        if not system or dataset.target(holding.address, "fills") != area:
            continue
        count = dataset.value(holding.address, "quantity") or 0.0
        count *= dataset.value(holding.address, "units_per_item") or 1.0
        places = dataset.targets(holding.address, "held by")
        for holder in places:
            if count and weights.get(holder):
                own = count * weights[holder] / len(places)
                found.append(_units(view, "holdings", holder, area, system, "", holding.address,
                                    own, 1.0))  # fmt: skip
    return found


def units_in(
    view: View, area: str, place: Place, year: int, behaviour: str, scenario: str
) -> list[Units]:
    """Units in service in an area in the last period of a year, by holder in a place.

    Follows the table of exposure: holdings less retirement and use, signed orders as their lines
    deliver them, new orders of a plan. Holdings of no type keep system ""; what is retired or
    not yet delivered is listed with nothing. Raises NotFound for a place that nobody plans for.
    """
    world, deliveries = view.plan(scenario, behaviour)
    weights = holders(world, place, area)
    if not weights.keys() & world.labels.state_index.keys():
        raise NoAnswer(f"a state of {place.name} that forces are planned for", ["NATO-EUR", "POL"])
    years = np.flatnonzero(world.calendar.years == year)
    if not len(years):
        raise NoAnswer(f"{year} in the calendar", ["2027", "2030", "2035"])
    at, labels = int(years[-1]), world.labels
    if area not in labels.areas:
        return []
    used = np.array([view.dataset.value(area, "training_use") or 0.0])
    found = []
    for stock in world.stocks:
        share = weights.get(stock.place, 0.0)
        if stock.area == area and share:
            own = share * float(stock.path[at])
            found.append(_units(view, "holdings", stock.place, area, stock.system, "",
                                stock.address, own))  # fmt: skip
    for entry, units in zip(world.entries, world.delivered, strict=True):
        share = weights.get(entry.place, 0.0)
        if entry.area == area and share and counts(entry, labels):
            before = np.array([entry.unit_weight * entry.before])
            path = accumulate(entry.unit_weight * units[None, :], before, used, world.calendar)[0]
            made = view.dataset.target(entry.line, "located in") if entry.line else ""
            made = made or view.dataset.target(entry.order, "supplied by")
            found.append(_units(view, "orders", entry.place, area, entry.system, made,
                                entry.order, share * float(path[at])))  # fmt: skip
    states = [place for place, state in enumerate(labels.states) if state in weights]
    lines = [place for place, item in enumerate(world.lines) if item.area == area]
    for row, column in np.argwhere(deliveries[np.ix_(states, lines)].any(axis=2)):
        state, line = states[row], lines[column]
        item = world.lines[line]
        units = item.weight * deliveries[state, line][None, :]
        path = accumulate(units, np.zeros(1), used, world.calendar)[0]
        found.append(_units(view, "plan", labels.states[state], area, item.system, item.state, "",
                            float(path[at])))  # fmt: skip
    return found


def _units(
    view: View,
    part: str,
    holder: str,
    area: str,
    system: str,
    made_in: str,
    subject: str,
    value: float,
    weight: float = 0.0,
) -> Units:
    """Units whose `value` counts capability, or items where `weight` is 1."""
    known = (view.known(system, "weight") if system else None) or amount(1.0)
    items = value if weight else value / known.value
    count = proportional(view, items, [(subject, "quantity"), (subject, "units_per_item")])
    made = made_in or view.dataset.target(system, "designed by")
    return Units(part, holder, area, system, made, count, count * known)


def holders(world: World, place: Place, area: str) -> dict[str, float]:
    """Who holds units for a place, and which share of theirs counts.

    A state's own count whole. Of pools that the allies own together a group has its members'
    share of gross domestic product; a single state has none.
    """
    labels = world.labels
    found = {state: 1.0 for state in place.states}
    inside = [labels.state_index[state] for state in place.states if state in labels.state_index]
    if len(place.states) > 1 and inside and area in labels.areas:
        found[POOL] = float(shares(world.dataset, labels, "gdp")[area][inside].sum())
    return found


def by_type(units: Iterable[Units]) -> dict[str, Amount]:
    """Items in service by type; units of no type are left out."""
    parts: defaultdict[str, list[Amount]] = defaultdict(list)
    for item in units:
        if item.system:
            parts[item.system].append(item.items)
    wholes = {system: total(found) for system, found in parts.items()}
    return {system: whole for system, whole in wholes.items() if whole.value > NOTHING}


def effective_number(parts: Mapping[str, Amount]) -> Amount:
    """Inverse of the sum of squared shares; 1 where all is one, the count where all are alike."""
    whole = total(parts.values())
    squares = combined((1.0, part**2) for part in parts.values())
    return whole**2 / squares
