"""When an order would arrive: queue, rate and lead time of its line, and its supplier's delays."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.world.calendar import MODEL_END
from counterpoise.world.delays import Case, Spread, Supplier, recorded, spread_of
from counterpoise.world.lines import Line, barred_buyers
from counterpoise.world.precedents import Precedent, precedents
from counterpoise.world.scenario import Scenario
from counterpoise.world.slots import Expansion, Slots, added_up, arrival, slots_of
from counterpoise.world.world import World, build_world

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Shares of deliveries for which dates are told."""


@dataclass(frozen=True)
class Order:
    """What is asked for: a line, a buyer's address, units, and the decimal year of the order.

    `expand` is units a year that the line adds by an expansion ordered at the same time;
    `priority` one of PRIORITIES; `period` the time of the order as it was given, for print.
    """

    line: str
    buyer: str
    units: float
    ordered: float
    expand: float = 0.0
    priority: str = "queue"
    period: str = ""


@dataclass(frozen=True)
class Dates:
    """Decimal years of a delivery: without delay, and by share of deliveries (as SHARES)."""

    planned: float
    by_share: tuple[float, ...]

    def at(self, share: float) -> float:
        """The date that a share of deliveries doesn't exceed; one of SHARES."""
        return self.by_share[SHARES.index(share)]


QUEUE, RATE, RESTRICTIONS, RECORD = "queue", "rate", "restrictions", "record"
"""Reasons for a date: who is served before, what the line can make, who diverts, past delays."""


@dataclass(frozen=True)
class Part:
    """What moves the last delivery, and by how many months; below zero it comes sooner.

    `reason` is one of QUEUE, RATE, RESTRICTIONS and RECORD.
    """

    name: str
    months: float
    reason: str


@dataclass(frozen=True)
class Waiting:
    """Units of a buyer in the line's order book that aren't delivered when the order is placed."""

    buyer: str
    units: float
    orders: tuple[str, ...]


LONG = 10.0
"""Years at today's rate beyond which it says nothing apart from its announced growth."""


@dataclass(frozen=True)
class Delivery:
    """The answer: dates of the first and the last unit, and what they rest on.

    `parts` add up to the months from the order to the middle date of the last unit. `ahead` are
    units sold before; `sold_ahead` those of a line of which only the year is known until which
    it is sold. `others` is the number of units made between order and last delivery (without
    delay) that aren't open to the order. `price` is EUR bn at prices of the release's year.
    """

    order: Order
    line: Line
    first: Dates
    last: Dates
    spread: Spread
    parts: tuple[Part, ...]
    ahead: tuple[Waiting, ...]
    sold_ahead: float
    others: float
    precedents: tuple[Precedent, ...]
    price: float
    european: bool
    banned: bool


def delivery_world(dataset: Dataset, scenario: str | Scenario = "baseline") -> World:
    """The world in which orders are delivered: all events of the scenario come true.

    Plans reckon only with the events known when they are made; dates with those that happen.
    """
    return build_world(dataset, scenario, decision=MODEL_END)


def delivery_dates(world: World, order: Order, cases: Sequence[Case] | None = None) -> Delivery:
    """When an order arrives in a world, with what decides it.

    `cases` are the recorded delays, those of the dataset if not given (hold them for many calls).
    The planned date follows from the line's output: `slots.arrival`. Delay comes on top, equal
    for the first and the last unit: `delays.pooled`. Raises BadInput for a line that can't be
    bought from, or for a world that keeps an earlier plan's orders.
    """
    line = bought_line(world, order.line)
    cases = recorded(world.dataset) if cases is None else cases
    slots = slots_of(world, line)
    first, last = planned(slots, order)
    spread = spread_of(world.dataset, cases, supplier(world.dataset, line))
    ahead = _ahead(slots, order.ordered)
    return Delivery(
        order=order,
        line=line,
        first=_dates(first, order, spread),
        last=_dates(last, order, spread),
        spread=spread,
        parts=_parts(slots, slots_of(world, line, events=False), order, spread),
        ahead=ahead,
        sold_ahead=0.0 if slots.waiting else _sold(slots, order.ordered),
        others=_others(slots, order, last),
        precedents=precedents(world.dataset, line),
        price=line.price * order.units,
        european=is_european(world, line),
        banned=order.buyer in barred_buyers(world.dataset, line),
    )


def bought_line(world: World, address: str) -> Line:
    """The line at an address; BadInput where nothing can be ordered from it."""
    if world.earlier is not None:
        expected = "a world without an earlier plan"
        raise BadInput([Problem("replanned", "world", None, "", "", expected, "build another")])
    index = world.labels.line_index.get(address)
    if index is None:
        why = world.dataset.text(address, "buyable_reason") or "it isn't marked as buyable"
        expected = f"a line that can be ordered from ({why})"
        remedy = "counterpoise list line shows which are buyable"
        raise BadInput([Problem("not-buyable", "line", None, "", address, expected, remedy)])
    return world.lines[index]


def supplier(dataset: Dataset, line: Line) -> Supplier:
    """What the delays of a line's supplier are pooled by."""
    makers = (dataset.target(line.system, "made by"), dataset.target(line.address, "run by"))
    known = tuple(dict.fromkeys(maker for maker in makers if maker))
    return Supplier(line.system, known, line.state, dataset.text(line.area, "domain"))


def planned(slots: Slots, order: Order) -> tuple[float, float]:
    """Decimal years of the first and the last unit without delay; infinity beyond the horizon."""
    total = added_up(slots, order.priority, Expansion(order.expand, order.ordered))
    earliest = max(order.ordered + slots.line.lead, slots.line.available)
    first = arrival(total, order.ordered, earliest, min(1.0, order.units))
    return first, arrival(total, order.ordered, earliest, order.units)


def alternatives(world: World, order: Order, cases: Sequence[Case]) -> tuple[Delivery, ...]:
    """The same capability from the other lines of the area, soonest first.

    Units are those of equal weight, in whole units if the order's are whole. Expansion and
    priority belong to the line asked for and are left out.
    """
    line = bought_line(world, order.line)
    found = []
    for other in world.lines:
        if other.area != line.area or other.address == line.address:
            continue
        units = order.units * line.weight / other.weight
        if order.units == int(order.units):
            units = float(math.ceil(units - 1e-9))
        same = Order(other.address, order.buyer, units, order.ordered)
        found.append(delivery_dates(world, same, cases))
    return tuple(sorted(found, key=lambda item: (item.last.at(0.5), item.order.line)))


def is_european(world: World, line: Line) -> bool:
    """Whether only states that plan, or take slots on lines, control the line's type."""
    european = {*world.labels.states, *world.labels.slot_states}
    return bool(line.controllers) and european.issuperset(line.controllers)


def _dates(date: float, order: Order, spread: Spread) -> Dates:
    """Dates with delay: planned date and quantile, never before the order."""
    late = (max(date + spread.quantile(share) / 12, order.ordered) for share in SHARES)
    return Dates(date, tuple(late))


def _ahead(slots: Slots, ordered: float) -> tuple[Waiting, ...]:
    """The line's book still to be delivered when the order is placed, largest buyer first."""
    units: defaultdict[str, float] = defaultdict(float)
    orders: defaultdict[str, list[str]] = defaultdict(list)
    later = slots.calendar.overlap(ordered, slots.calendar.edges[-1]) / slots.calendar.lengths
    for entry, delivered in slots.waiting:
        left = float(delivered @ later)
        if left > 1e-9:
            units[entry.place] += left
            orders[entry.place].append(entry.order)
    ranked = sorted(units, key=lambda buyer: (-units[buyer], buyer))
    return tuple(Waiting(buyer, units[buyer], tuple(orders[buyer])) for buyer in ranked)


def _sold(slots: Slots, ordered: float) -> float:
    """Units of open output sold after a date, where only a year is known until which it is."""
    later = slots.calendar.overlap(ordered, slots.calendar.edges[-1]) / slots.calendar.lengths
    return float((slots.open - slots.free) @ later)


def _others(slots: Slots, order: Order, last: float) -> float:
    """Units made between order and last delivery that the order may not take."""
    end = min(last, slots.calendar.edges[-1])
    between = slots.calendar.overlap(order.ordered, end) / slots.calendar.lengths
    return float((slots.whole - slots.output(order.priority)) @ between)


def _parts(slots: Slots, plain: Slots, order: Order, spread: Spread) -> tuple[Part, ...]:
    """What the months from order to the last unit consist of, largest first.

    Each part is what the date moves by when one more thing is reckoned with, in the order: lead
    time, today's rate, announced ramp, other customers' share, book, events, priority, expansion,
    and the middle of the recorded delays. Priority takes away what the others had added.
    `plain` are the line's slots without the scenario's events.
    """
    earliest = max(order.ordered + plain.line.lead, plain.line.available)

    def date(priority: str, flat: bool = False) -> float:
        total = added_up(plain, priority, flat=flat)
        return arrival(total, order.ordered, earliest, order.units)

    flat, growing = date("own", flat=True), date("own")
    rate = [("the rate, announced growth in it", growing, RATE)]
    if flat - earliest <= LONG:
        rate = [("today's rate", flat, RATE), ("announced growth of the rate", growing, RATE)]
    diverted = _last(slots, order, "queue", 0.0)
    steps = [
        ("lead time from order to delivery", order.ordered + plain.line.lead, RATE),
        ("not available before its first year", earliest, RATE),
        *rate,
        ("own forces and other customers come first", date("first"), QUEUE),
        ("orders already sold", date("queue"), QUEUE),
        ("diversions and slowdowns of the scenario", diverted, RESTRICTIONS),
        ("priority", _last(slots, order, order.priority, 0.0), QUEUE),
        ("expansion", _last(slots, order, order.priority, order.expand), RATE),
    ]
    parts, before = [], order.ordered
    for name, after, reason in steps:
        if math.isinf(after):
            continue
        parts.append(Part(name, 12 * (after - before), reason))
        before = after
    parts.append(Part("delays as recorded, middle", spread.quantile(0.5), RECORD))
    told = (part for part in parts if abs(part.months) >= 0.05)
    return tuple(sorted(told, key=lambda part: -abs(part.months)))


def _last(slots: Slots, order: Order, priority: str, expand: float) -> float:
    return planned(slots, replace(order, priority=priority, expand=expand))[1]
