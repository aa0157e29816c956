"""The order book: what is signed, when it is due, and what the lines can deliver of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.fill import need
from counterpoise.world.calendar import Calendar, Floats


@dataclass(frozen=True)
class Entry:
    """Part of an order that one place receives.

    `due` holds units by period as contracted, shape (periods,); `before` what is due before
    the calendar starts (arrived, held at the start). `unit_weight` turns units into capability
    units. `signed` is a decimal year; `value` is EUR bn for the whole entry.
    """

    order: str
    place: str
    area: str
    system: str
    line: str
    signed: float
    before: float
    due: Floats
    unit_weight: float
    value: float
    financed_by: str


def decimal_year(text: str, fallback: float) -> float:
    """Decimal year of an ISO date of any length."""
    parts = text.split("-")
    if not parts[0].isdigit():
        return fallback
    month = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 7
    return int(parts[0]) + (month - 1) / 12


def order_book(
    dataset: Dataset, calendar: Calendar, statuses: frozenset[str]
) -> tuple[list[Entry], list[str]]:
    """All entries of orders with one of the statuses, and the orders that state no quantity.

    Units that the holdings already count (`from_orders` of a holding) are taken off the
    earliest deliveries of that state's orders for the type.
    """
    entries: list[Entry] = []
    unknown: list[str] = []
    for order in dataset.kind("order"):
        if order.texts.get("status") not in statuses:
            continue
        quantity = dataset.value(order.address, "quantity")
        if quantity is None:
            unknown.append(order.address)
            continue
        entries += _entries(dataset, order.address, quantity, calendar)
    return _less_counted(dataset, entries), unknown


def _entries(dataset: Dataset, address: str, quantity: float, calendar: Calendar) -> list[Entry]:
    system = dataset.target(address, "order of")
    area = dataset.target(address, "fills")
    line = _line_of(dataset, address, system)
    signed = decimal_year(dataset.text(address, "signed"), calendar.edges[0] - 1)
    first, last = _delivery_years(dataset, address, system, line, area, quantity, signed)
    share = quantity / (last - first)
    due = share * calendar.overlap(first, last)
    before = share * max(0.0, min(last, calendar.edges[0]) - first)
    weight = dataset.value(system, "weight") or 1.0
    weight *= dataset.value(address, "units_per_item") or 1.0
    stated = dataset.value(address, "value")
    price = dataset.value(system, "unit_price") or 0.0
    value = (stated if stated is not None else quantity * price) / 1000
    buyers = dataset.targets(address, "bought by")
    return [
        Entry(
            order=address,
            place=buyer,
            area=area,
            system=system,
            line=line,
            signed=signed,
            before=before / len(buyers),
            due=due / len(buyers),
            unit_weight=weight,
            value=value / len(buyers),
            financed_by=dataset.text(address, "financed_by"),
        )
        for buyer in buyers
    ]


def _line_of(dataset: Dataset, address: str, system: str) -> str:
    """The line that delivers an order: named, in a state where it is built, or the only one."""
    named = dataset.target(address, "delivered by")
    if named:
        return named
    lines = [item.subject for item in dataset.links_to.get(system, []) if item.role == "makes"]
    lines = [item for item in lines if dataset.text(item, "buyable") == "y"] or lines
    states = [*dataset.targets(address, "built in"), *dataset.targets(address, "supplied by")]
    for state in states:
        for line in lines:
            if dataset.target(line, "located in") == state:
                return line
    return lines[0] if lines else ""


def _delivery_years(
    dataset: Dataset,
    address: str,
    system: str,
    line: str,
    area: str,
    quantity: float,
    signed: float,
) -> tuple[float, float]:
    """Start and end of delivery in decimal years, by rule where the order states none."""
    first = dataset.value(address, "delivery_first")
    last = dataset.value(address, "delivery_last")
    months = dataset.value(line, "lead_time") if line else None
    if months is None:
        months = dataset.value(area, "lead_time_typical") or 36.0
    if first is None:
        first = max(signed + months / 12, 0.0)
        if last is not None:
            first = min(first, last)
    start = float(first)
    if last is not None:
        return start, max(float(last) + 1, start + 1)
    domain = dataset.text(area, "unit")
    spread = need(dataset, "rule/delivery-spread", "value")
    years = quantity if domain in ("ship", "boat") else spread + 1
    return start, start + max(1.0, years)


def _less_counted(dataset: Dataset, entries: list[Entry]) -> list[Entry]:
    counted: defaultdict[tuple[str, str], float] = defaultdict(float)
    for holding in dataset.kind("holding"):
        held = dataset.value(holding.address, "from_orders")
        if held:
            system = dataset.target(holding.address, "holding of")
            for place in dataset.targets(holding.address, "held by"):
                counted[(place, system)] += held
    done = []
    for entry in sorted(entries, key=lambda item: (_first_due(item), item.order)):
        left = counted[(entry.place, entry.system)]
        taken = min(left, entry.before)
        before, left = entry.before - taken, left - taken
        due = entry.due.copy()
        for period in range(len(due)):
            step = min(left, due[period])
            due[period] -= step
            left -= step
        counted[(entry.place, entry.system)] = left
        whole = entry.before + float(entry.due.sum())
        part = (before + float(due.sum())) / whole if whole else 0.0
        done.append(replace(entry, before=before, due=due, value=entry.value * part))
    return done


def _first_due(entry: Entry) -> int:
    if entry.before > 0:
        return -1
    found = np.flatnonzero(entry.due)
    return int(found[0]) if len(found) else len(entry.due)


def retime(
    entries: list[Entry], lines: dict[str, Floats]
) -> tuple[list[Floats], dict[str, Floats]]:
    """Deliveries by entry when no line delivers more than it makes, earliest due first.

    `lines` gives each line's output by period, in units. Entries whose line isn't among them
    arrive as contracted. Returns deliveries in the order of `entries`, and the output that
    each line's book takes.
    """
    delivered = [entry.due.copy() for entry in entries]
    used = {line: np.zeros_like(output) for line, output in lines.items()}
    by_line: defaultdict[str, list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        if entry.line in lines:
            by_line[entry.line].append(index)
    for line, indices in by_line.items():
        output = lines[line]
        waiting: list[tuple[int, float]] = []
        for index in indices:
            delivered[index] = np.zeros_like(output)
        for period in range(len(output)):
            waiting += [
                (index, float(entries[index].due[period]))
                for index in indices
                if entries[index].due[period] > 0
            ]
            free = float(output[period])
            left: list[tuple[int, float]] = []
            for index, units in waiting:
                step = min(free, units)
                delivered[index][period] += step
                free -= step
                if units - step > 1e-12:
                    left.append((index, units - step))
            waiting = left
            used[line][period] = output[period] - free
    return delivered, used
