"""Origin and cooperation: whence a place's arms come, and how much is bought together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, get_args

import numpy as np

from counterpoise.measures.amount import Amount, amount, mean, total
from counterpoise.measures.orders import Signed, signed_orders
from counterpoise.measures.parameters import (
    Areas,
    AreasArgument,
    BehaviourArgument,
    Kind,
    PlaceArgument,
    ScenarioArgument,
    choice,
    year,
)
from counterpoise.measures.service import proportional, units_today
from counterpoise.measures.standing import standing
from counterpoise.measures.view import NoAnswer, Place, View

GROUP = "dependence"
IMPORT_SHARES = {"state/USA": "us_share_of_arms_imports"}
"""Published shares of arms imports by supplier: names of the quantities."""

_place: Kind = get_args(PlaceArgument)[1]


def _suppliers(value: Any, view: View) -> list[str]:
    roles = ("supplied by", "designed by")
    found = {link.object for link in view.dataset.links if link.role in roles}
    found |= {view.dataset.target(item.address, "located in") for item in view.dataset.kind("line")}
    return sorted(item.split("/")[1] for item in found if item.startswith("state/"))


Origin = Annotated[Place, Kind("place", _place.told, _place.read, _suppliers)]
OriginBase = Annotated[
    str, choice("orders", "order-count", "holdings", "imports", "transfers", "plan")
]
CommonBase = Annotated[str, choice("orders", "order-count", "published")]
EARLIEST = 2004
SpanYear = Annotated[int, year(EARLIEST, 2040)]


@dataclass(frozen=True)
class Piece:
    """Something of one origin on a base: an order, a type given, what a plan buys on a line."""

    state: str
    value: Amount


def _from_orders(orders: list[Signed], base: str) -> Iterator[Piece]:
    for order in orders:
        if base == "order-count":
            yield Piece(order.supplier, amount(order.share))
        else:
            gone = frozenset([order.address])
            yield Piece(order.supplier, order.value or Amount(0.0, {}, gone))


def _from_transfers(
    view: View, place: Place, area: Areas, first: int, last: int
) -> Iterator[Piece]:
    dataset = view.dataset
    for item in dataset.kind("transfer"):
        if dataset.target(item.address, "given by") not in place.states:
            continue
        started = dataset.value(item.address, "delivery_first")
        fills = dataset.target(item.address, "fills")
        if started is None or not first <= started <= last or fills not in area.addresses:
            continue
        system = dataset.target(item.address, "transfer of")
        quantity = view.known(item.address, "quantity")
        price = view.known(system, "unit_price")
        value = Amount(0.0, {}, frozenset([item.address]))
        if quantity is not None and price is not None:
            value = quantity * price / 1000
        yield Piece(dataset.target(system, "designed by"), value)


def _from_plan(
    view: View, place: Place, area: Areas, years: tuple[int, int], behaviour: str, scenario: str
) -> Iterator[Piece]:
    world, deliveries = view.plan(scenario, behaviour)
    labels = world.labels
    inside = (world.calendar.years >= years[0]) & (world.calendar.years <= years[1])
    rows = [labels.state_index[state] for state in place.states if state in labels.state_index]
    units = deliveries[rows][:, :, inside].sum(axis=(0, 2))
    for index in np.flatnonzero(units):
        line = world.lines[int(index)]
        if line.area in area.addresses:
            value = float(units[index]) * line.price
            yield Piece(line.state, proportional(view, value, [(line.system, "unit_price")]))


def _share(pieces: list[Piece], states: frozenset[str]) -> Amount | None:
    whole = total(piece.value for piece in pieces)
    if whole.value <= 0:
        return None
    return total(piece.value for piece in pieces if piece.state in states) / whole


@standing(
    "percent",
    GROUP,
    "share of a named base by origin; orders as in International Institute for Strategic Studies "
    "2024, imports as in Stockholm International Peace Research Institute",
    bounds=(0.0, 100.0),
    defaults={
        "base": "orders",
        "origin": "USA",
        "place": "NATO-EUR",
        "area": "all",
        "first": "2022",
        "last": "2026",
        "behaviour": "together",
        "scenario": "baseline",
    },
)
def origin_share(
    view: View,
    base: OriginBase,
    origin: Origin,
    place: PlaceArgument,
    area: AreasArgument,
    first: SpanYear,
    last: SpanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Share of what a place buys, has or gives that comes from a state or group.

    Bases: `orders` signed in the years by value (stated, else units times price) and
    `order-count` by number, both by supplier; `holdings` today in capability units by design
    authority, mean over the areas; `imports` as published for the period that ends with
    `last`; `transfers` to Ukraine begun in the years, at the types' prices, by design
    authority; `plan` deliveries in the years of a behaviour in a scenario, by value and line.
    """
    states = frozenset(origin.states)
    if base == "imports":
        name = IMPORT_SHARES.get(origin.address)
        if name is None:
            raise NoAnswer(f"a published share of {origin.name} in arms imports", ["origin=USA"])
        return view.read(place.address, name, str(last))
    if base == "holdings":
        found = []
        for item in area.addresses:
            part = _share(
                [Piece(u.made_in, u.capability) for u in units_today(view, item, place)], states
            )
            found += [part] if part is not None else []
        if not found:
            raise NoAnswer(f"holdings of {place.name} whose type is known")
        return 100 * mean(found)
    if base == "transfers":
        pieces = list(_from_transfers(view, place, area, first, last))
    elif base == "plan":
        pieces = list(_from_plan(view, place, area, (first, last), behaviour, scenario))
    else:
        pieces = list(_from_orders(signed_orders(view, place, area, first, last), base))
    share = _share(pieces, states)
    if share is None:
        raise NoAnswer(f"{base} of {place.name} from {first} to {last}")
    return 100 * share


@standing(
    "percent",
    GROUP,
    "European Defence Agency benchmark: collaborative over all equipment procurement",
    bounds=(0.0, 100.0),
    defaults={
        "base": "orders",
        "place": "EU27",
        "area": "all",
        "first": "2022",
        "last": "2026",
    },
)
def collaborative_share(
    view: View,
    base: CommonBase,
    place: PlaceArgument,
    area: AreasArgument,
    first: SpanYear,
    last: SpanYear,
) -> Amount:
    """Share of a place's signed orders that several states buy together.

    Orders through a joint programme, through the joint armament agencies, or of several
    buyers: by value (`orders`) or number (`order-count`). `published` is the agency's own share
    of equipment procurement, the latest up to the last year.
    """
    if base == "published":
        for at in range(last, EARLIEST - 1, -1):
            found = view.known(place.address, "collaborative_procurement_share", str(at))
            if found is not None:
                return found
        raise NoAnswer(
            f"a published collaborative share of {place.name} up to {last}", ["place=EU27"]
        )
    orders = signed_orders(view, place, area, first, last)
    parts = list(_from_orders(orders, base))
    marked = [
        Piece("joint" if order.joint else "", part.value)
        for order, part in zip(orders, parts, strict=True)
    ]
    share = _share(marked, frozenset(["joint"]))
    if share is None:
        raise NoAnswer(f"{base} of {place.name} from {first} to {last}")
    return 100 * share
