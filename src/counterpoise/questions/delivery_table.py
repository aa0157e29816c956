"""The table of a delivery: dates, reasons with their figures, recorded delays, other lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from counterpoise.data.cells import shown
from counterpoise.data.records import Observation, short
from counterpoise.questions.delivery_rows import Delivered, case_told, names, when
from counterpoise.questions.question import Row
from counterpoise.world.delays import groups
from counterpoise.world.delivery import (
    QUEUE,
    RATE,
    RECORD,
    RESTRICTIONS,
    Dates,
    Delivery,
    supplier,
)
from counterpoise.world.delivery_inputs import Input
from counterpoise.world.precedents import NEARNESS, typical_length
from counterpoise.world.slots import HORIZON

COLUMNS = (
    "part", "reason", "item", "address", "low", "value", "high", "unit", "basis", "early",
    "middle", "late", "units", "price_eur_bn", "controlled_by", "european", "sources", "text",
)  # fmt: skip
"""`part` is date, cause, record or alternative. Of dates and other lines, low, value and high are
months from the order at which 10, 50 and 90% of deliveries have come, and early, middle and late
the quarters of these. Causes are told by `reason` (queue, rate, restrictions): a row with the
months that it adds, then the figures that stand behind it, at their addresses."""

BEHIND = {
    "lead_time": RATE,
    "rate": RATE,
    "rate_target": RATE,
    "rate_target_year": RATE,
    "expansion_time": RATE,
    "year_available": RATE,
    "open_share": QUEUE,
    "committed_until": QUEUE,
    "value": RECORD,
}
"""The reason that a figure stands behind, by its quantity; `value` is that of a rule of delays."""

_MOST_CASES = 8
"""Recorded delays of the maker or type that are told singly, longest first."""


def table(whole: Delivered) -> list[Row]:
    """All rows: see COLUMNS."""
    return [
        *_date_rows(whole),
        *_cause_rows(whole),
        *_record_rows(whole),
        *_alternative_rows(whole),
    ]


def _row(part: str, reason: str, item: str, **cells: object) -> Row:
    return {**dict.fromkeys(COLUMNS), "part": part, "reason": reason, "item": item, **cells}


def _dated(dates: Dates, ordered: float) -> Row:
    """Months from the order and quarters of the 10, 50 and 90% dates."""
    times = [dates.at(share) for share in (0.1, 0.5, 0.9)]
    months = [12 * (time - ordered) if math.isfinite(time) else None for time in times]
    cells: Row = dict(zip(("low", "value", "high"), months, strict=True))
    cells |= dict(zip(("early", "middle", "late"), map(when, times), strict=True))
    return cells | {"unit": "months", "basis": "derived"}


def _date_rows(whole: Delivered) -> Iterable[Row]:
    found = whole.found
    line = whole.world.dataset.things[found.order.line]
    for name, dates in (("first unit", found.first), ("last unit", found.last)):
        yield _row(
            "date",
            "",
            name,
            address=line.address,
            **_dated(dates, found.order.ordered),
            units=min(found.order.units, 1.0) if name == "first unit" else found.order.units,
            price_eur_bn=found.price if name == "last unit" else None,
            controlled_by=names(found.line.controllers),
            european=found.european,
            sources=_line_sources(whole, found),
            text=f"{when(dates.planned)} if nothing is late",
        )


def _line_sources(whole: Delivered, item: Delivery) -> str:
    """Sources of a line and of its type's price."""
    data = whole.world.dataset
    price = data.observation(item.line.system, "unit_price")
    more = price.sources if price is not None else ()
    return "; ".join(dict.fromkeys((*data.things[item.order.line].sources, *more)))


def months_of(found: Delivery, reason: str) -> float:
    """Months that a reason adds to the date of the last unit."""
    return sum(part.months for part in found.parts if part.reason == reason)


def _cause_rows(whole: Delivered) -> Iterable[Row]:
    """Each reason with the months that it adds, then the figures behind it."""
    found = whole.found
    behind = {
        QUEUE: [*_ahead_rows(whole), *_behind(whole.rests, QUEUE)],
        RATE: _behind(whole.rests, RATE),
        RESTRICTIONS: list(_case_rows(whole)),
    }
    told = {
        QUEUE: queue_told(found),
        RATE: rate_told(found),
        RESTRICTIONS: restrictions_told(found),
    }
    for reason, rows in behind.items():
        yield _cause(whole, reason, told[reason], rows)
        yield from rows


def _cause(whole: Delivered, reason: str, text: str, behind: Sequence[Row]) -> Row:
    """A reason's row; its range moves each of its figures to its ends, added in square."""
    months = months_of(whole.found, reason)
    # Beyond the horizon nothing tells how long an order waits.
    dated = math.isfinite(whole.found.last.planned)
    moves = [
        move
        for item in whole.rests
        if BEHIND.get(item.figure.quantity) == reason
        for move in (item.at_low, item.at_high)
        if move is not None
    ]
    line = whole.world.dataset.things[whole.found.order.line]
    keys = dict.fromkeys(key for row in behind for key in row["sources"].split("; "))
    return _row(
        "cause",
        reason,
        reason,
        address=line.address,
        low=months - math.hypot(*(min(move, 0.0) for move in moves)) if dated else None,
        value=months if dated else None,
        high=months + math.hypot(*(max(move, 0.0) for move in moves)) if dated else None,
        unit="months",
        basis="derived",
        sources="; ".join(keys or line.sources),
        text=text,
    )


def _ahead_rows(whole: Delivered) -> Iterable[Row]:
    """The orders ahead, by the quantities that they state."""
    for waiting in whole.found.ahead:
        left = f"{shown(waiting.units)} still to come for {short(waiting.buyer)} when ordered"
        for order in waiting.orders:
            figure = whole.world.dataset.observation(order, "quantity")
            if figure is not None:
                yield _figure("cause", QUEUE, short(order), figure, left)


def _case_rows(whole: Delivered) -> Iterable[Row]:
    """Recorded diversions, with how long they lasted where that is known."""
    for case in whole.found.precedents:
        figure = whole.world.dataset.observation(case.address, "duration")
        if figure is not None and figure.value is not None:
            yield _figure("cause", RESTRICTIONS, short(case.address), figure, case_told(case))
        else:
            yield _row(
                "cause", RESTRICTIONS, short(case.address),
                address=case.address, basis=case.basis, sources="; ".join(case.sources),
                text=case_told(case),
            )  # fmt: skip


def _behind(rests: Sequence[Input], reason: str) -> list[Row]:
    """The figures that stand behind a reason, with what their ranges move."""
    found = []
    for item in rests:
        if BEHIND.get(item.figure.quantity) != reason:
            continue
        moves = [f"{months:+.0f}" for months in (item.at_low, item.at_high) if months is not None]
        told = f"its range moves the last unit by {' and '.join(moves)} months" if moves else ""
        part, name = ("record", "") if reason == RECORD else ("cause", reason)
        found.append(_figure(part, name, item.name, item.figure, told))
    return found


def _figure(part: str, reason: str, item: str, figure: Observation, text: str) -> Row:
    return _row(
        part,
        reason,
        item,
        address=figure.address,
        low=figure.low,
        value=figure.value,
        high=figure.high,
        unit=figure.unit,
        basis=figure.standing,
        sources="; ".join(figure.sources),
        text=text,
    )


def _record_rows(whole: Delivered) -> Iterable[Row]:
    """What recorded delays add, the rules of the pool, and the nearest cases."""
    data, found = whole.world.dataset, whole.found
    low, middle, high = (found.spread.quantile(share) for share in (0.1, 0.5, 0.9))
    cells: Row = {"low": low, "value": middle, "high": high, "unit": "months", "basis": "derived"}
    yield _row(
        "record", "", "delays as recorded", **cells, sources="cp-rules", text=record_told(found)
    )
    yield from _behind(whole.rests, RECORD)
    *_, (_, _, nearest) = groups(whole.cases, supplier(data, found.line))
    for case in sorted(nearest, key=lambda item: (-item.months, item.address))[:_MOST_CASES]:
        figure = data.observation(case.address, "delay")
        if figure is not None:
            name = data.things[case.system].name if case.system else short(case.address)
            yield _figure("record", "", short(case.address), figure, f"{name}: {case.cause}")


def _alternative_rows(whole: Delivered) -> Iterable[Row]:
    data = whole.world.dataset
    for item in whole.others:
        line = data.things[item.order.line]
        yield _row(
            "alternative",
            "",
            short(line.address),
            address=line.address,
            **_dated(item.last, item.order.ordered),
            units=item.order.units,
            price_eur_bn=item.price,
            controlled_by=names(item.line.controllers),
            european=item.european,
            sources=_line_sources(whole, item),
            text="the buyer may not buy it" if item.banned else "",
        )


def reason_lines(whole: Delivered) -> list[str]:
    """The reasons in words, each with the months that it adds."""
    found = whole.found
    return [
        f"Queue adds {_added(found, QUEUE)}: {queue_told(found)}",
        f"Rate adds {_added(found, RATE)}: {rate_told(found)}",
        f"Restrictions add {_added(found, RESTRICTIONS)}: {restrictions_told(found)}",
        f"Recorded delays add {_added(found, RECORD)}: {record_told(found)}",
    ]


def _added(found: Delivery, reason: str) -> str:
    if math.isinf(found.last.planned):
        return f"what can't be told beyond {HORIZON}"
    return f"{shown(round(months_of(found, reason), 1))} months"


def queue_told(found: Delivery) -> str:
    """Who is served before, and how many units."""
    total = sum(item.units for item in found.ahead)
    buyers = ", ".join(f"{short(item.buyer)} {shown(item.units)}" for item in found.ahead[:5])
    more = f" and {len(found.ahead) - 5} more" if len(found.ahead) > 5 else ""
    told = (
        f"{shown(total)} units are sold ahead ({buyers}{more})" if found.ahead else "none is sold"
    )
    if found.sold_ahead > 0:
        told = f"sold until {found.line.sold_until:.0f}, {shown(found.sold_ahead)} units"
    share = shown(100 * found.line.open_share)
    return f"{told}; {share}% of output is open, the rest goes to own forces and other customers"


def rate_told(found: Delivery) -> str:
    """Lead time and rate of the line."""
    line = found.line
    now = 12 * line.lead
    first = line.output[0] / line.delivering[0] if line.delivering[0] else line.output[0]
    return f"{shown(now)} months from order to delivery; {shown(4 * float(first))} units a year"


def restrictions_told(found: Delivery) -> str:
    """Who can withhold or divert, and what is on record of them."""
    control = names(found.line.controllers) or "nobody that is known"
    if not found.precedents:
        return f"{control} can withhold; no diversion by them is on record"
    near = next(name for name in NEARNESS if any(case.near == name for case in found.precedents))
    cases = [case for case in found.precedents if case.near == near]
    length = typical_length(cases)
    told = f"{control} can withhold; {len(found.precedents)} diversions or pauses on record, "
    told += f"{len(cases)} of {near}"
    if length is None or not math.isfinite(found.last.at(0.5)):
        return told
    then = when(found.last.at(0.5) + length / 12)
    return f"{told}, middle {shown(length)} months: such a one would make it {then}"


def record_told(found: Delivery) -> str:
    """Recorded delays of the supplier, pooled."""
    low, middle, high = (shown(found.spread.quantile(share)) for share in (0.1, 0.5, 0.9))
    nearest = found.spread.levels[-1]
    return (
        f"{found.spread.levels[0].cases} recorded deliveries, {nearest.cases} of this maker or "
        f"type, pooled: {low}, {middle} and {high} months late in 10, 50 and 90% of cases"
    )
