"""A delivery in words and as tidy rows: answer, what decides, who waits, what it rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from counterpoise.data.cells import shown
from counterpoise.data.records import short
from counterpoise.questions.question import Row
from counterpoise.world.calendar import period_label
from counterpoise.world.delays import Case
from counterpoise.world.delivery import SHARES, Dates, Delivery
from counterpoise.world.delivery_inputs import Input
from counterpoise.world.precedents import NEARNESS, Precedent, typical_length
from counterpoise.world.slots import HORIZON
from counterpoise.world.world import World

COLUMNS = (
    "part", "item", "address", "low", "value", "high", "unit", "cases", "units", "price_eur_bn",
    "controlled_by", "european", "basis", "sources", "text",
)  # fmt: skip
"""Columns of the tidy rows. Of dates, low, value and high are the 10, 50 and 90% dates."""


@dataclass(frozen=True)
class Delivered:
    """An order's delivery in a world, the other lines' in its place, and its figures.

    `cases` are all recorded delays.
    """

    world: World
    found: Delivery
    others: tuple[Delivery, ...]
    rests: tuple[Input, ...]
    cases: tuple[Case, ...]


def when(time: float) -> str:
    """A quarter, or that it lies beyond the horizon."""
    if math.isinf(time):
        return f"after {HORIZON - 1}"
    return period_label(math.floor(time * 4) / 4, 0.25)


def dated(dates: Dates) -> dict[str, float | None]:
    """Low, value and high: the 10, 50 and 90% dates; None beyond the horizon."""
    found = (dates.at(share) for share in (0.1, 0.5, 0.9))
    values = [None if math.isinf(time) else time for time in found]
    return dict(zip(("low", "value", "high"), values, strict=True))


def _row(part: str, item: str, **cells: object) -> Row:
    return {**dict.fromkeys(COLUMNS), "part": part, "item": item, **cells}


def sentence(world: World, found: Delivery) -> str:
    """The answer in words."""
    data, order = world.dataset, found.order
    name = data.things[found.line.system].name
    buyer, period = data.things[order.buyer].name, order.period or when(order.ordered)
    head = f"{shown(float(order.units))} × {name} for {buyer}, ordered in {period}"
    if math.isinf(found.last.planned):
        return f"{head}: not all are delivered before {HORIZON}.{_withheld(world, found)}"
    low, middle, high = (when(found.last.at(share)) for share in (0.1, 0.5, 0.9))
    first = f"the first by {when(found.first.at(0.5))}; " if order.units > 1 else ""
    return (
        f"{head}: all delivered by {middle}, in four of five cases between {low} and {high} "
        f"({first}all by {when(found.last.planned)} if nothing is late).{_withheld(world, found)}"
    )


def _withheld(world: World, found: Delivery) -> str:
    """That this very type is kept from the buyer, by a recorded case that isn't over."""
    data = world.dataset
    told = [
        f" {' and '.join(data.things[state].name for state in case.by)} "
        f"({case.kind.replace('-', ' ')}, {case.date}) kept it from this buyer, and that isn't "
        "recorded as over: the dates hold once it is."
        for case in found.precedents
        if case.near == NEARNESS[0] and found.order.buyer in case.hit and case.resolved != "y"
    ]
    return "".join(told[:1])


def warnings(world: World, found: Delivery) -> list[str]:
    """What a reader must know before using the answer."""
    buyer = world.dataset.things[found.order.buyer].name
    told = []
    if found.banned:
        told.append(f"{buyer} may not buy this type today: an embargo or its own policy (bans).")
    if found.order.buyer not in (*world.labels.states, *world.labels.slot_states):
        told.append(f"{buyer} isn't European; the open share is that of European buyers.")
    if not found.spread.levels[0].cases:
        told.append("No delay is recorded: the dates have no spread.")
    if found.last.planned > world.calendar.edges[-1]:
        last = world.calendar.edges[-1] - 1
        told.append(f"After {last:.0f} the line is taken to go on at that year's rate.")
    return told


def _answers(found: Delivery) -> list[Row]:
    return [
        _row(
            "date",
            name,
            **dated(dates),
            unit="year",
            basis="derived",
            text=f"without delay {when(dates.planned)}; "
            + ", ".join(f"{share:.0%}: {when(dates.at(share))}" for share in SHARES),
        )
        for name, dates in (("first unit", found.first), ("last unit", found.last))
    ]


def ahead_rows(found: Delivery) -> list[Row]:
    """Who waits before the order, and what was sold until a year."""
    rows = [
        _row(
            "ahead",
            short(item.buyer),
            address=item.buyer,
            value=item.units,
            unit="units",
            basis="derived",
            text=", ".join(item.orders),
        )
        for item in found.ahead
    ]
    if found.sold_ahead > 0:
        text = f"sold until {found.line.sold_until:.0f}; by whom isn't known"
        more = {"value": found.sold_ahead, "unit": "units", "basis": "derived", "text": text}
        rows.append(_row("ahead", "sold before", address=found.line.address, **more))
    return rows


def level_rows(found: Delivery) -> list[Row]:
    """The pools of recorded delays, and what comes of them."""
    rows = []
    for level in found.spread.levels:
        told = f"{level.assumed} assumed; counts {level.weight:.0%} against the levels above"
        if level.mean is not None and level.middle is not None:
            told = f"mean {shown(level.mean)}, middle {shown(level.middle)} months; {told}"
        rows.append(_row("recorded delays", level.name, address=level.of, cases=level.cases,
                         value=level.mean, unit="months", text=told))  # fmt: skip
    quantiles = {n: found.spread.quantile(s) for n, s in zip(("low", "value", "high"), (0.1, 0.5, 0.9), strict=True)}  # noqa: E501 # fmt: skip
    cases = found.spread.levels[0].cases
    return [*rows, _row("recorded delays", "pooled", **quantiles, cases=cases, unit="months",
                        basis="derived", text="10, 50 and 90% of deliveries")]  # fmt: skip


def diversion_rows(found: Delivery) -> list[Row]:
    """Recorded diversions by nearness: how many, how long, and the date with such a one."""
    rows = []
    for near in NEARNESS:
        cases = [case for case in found.precedents if case.near == near]
        months = typical_length(cases)
        if not cases:
            continue
        known = [case.months for case in cases if case.months is not None]
        told = f"{len(known)} of known length"
        if months is not None:
            then = when(found.last.at(0.5) + months / 12)
            told += f", middle {shown(months)} months (up to {shown(max(known))})"
            told += f"; the last unit then comes in {then}"
        rows.append(_row("if diverted", near, cases=len(cases), value=months, unit="months",
                         basis="derived", text=told))  # fmt: skip
    return rows


def _cases(found: Delivery) -> list[Row]:
    return [
        _row(
            "diversion on record",
            short(case.address),
            address=case.address,
            value=case.months,
            unit="months",
            basis=case.basis,
            sources="; ".join(case.sources),
            text=case_told(case),
        )
        for case in found.precedents
    ]


def case_told(case: Precedent) -> str:
    """A recorded diversion in words."""
    return (
        f"{case.kind} of {short(case.system) or 'other goods'} since {case.date} by "
        f"{names(case.by)} from {names(case.hit)}; over: {case.resolved}; {case.near}"
    )


def names(addresses: Sequence[str]) -> str:
    """Short names, parted by commas."""
    return ", ".join(map(short, addresses))


def input_rows(rests: Sequence[Input]) -> list[Row]:
    """The figures behind the dates, with what their ranges move."""
    rows = []
    for item in rests:
        figure = item.figure
        moves = (item.at_low, item.at_high)
        told = [f"{months:+.0f}" for months in moves if months is not None]
        text = f"its range moves the last unit by {' and '.join(told)} months" if told else ""
        rows.append(
            _row(
                "rests on",
                item.name,
                address=figure.address,
                low=figure.low,
                value=figure.value,
                high=figure.high,
                unit=figure.unit,
                basis="rule" if figure.layer == 0 else figure.basis,
                sources="; ".join(figure.sources),
                text=text,
            )
        )
    return rows


def _alternatives(others: Sequence[Delivery]) -> list[Row]:
    return [
        _row(
            "instead",
            short(item.order.line),
            address=item.order.line,
            **dated(item.last),
            unit="year",
            cases=item.spread.levels[-1].cases,
            units=item.order.units,
            price_eur_bn=item.price,
            controlled_by=names(item.line.controllers),
            european=item.european,
            basis="derived",
            text="the buyer may not buy it" if item.banned else "",
        )
        for item in others
    ]


def part_rows(found: Delivery) -> list[Row]:
    """What the months from the order to the last unit consist of."""
    return [
        _row("decides", part.name, value=part.months, unit="months", basis="derived")
        for part in found.parts
    ]


def rows(whole: Delivered) -> list[Row]:
    """All that is known of a delivery as tidy rows, see COLUMNS."""
    found = whole.found
    told = [sentence(whole.world, found), *warnings(whole.world, found)]
    return [
        *(_row("answer", "in words", address=found.order.line, text=text) for text in told),
        *_answers(found),
        *part_rows(found),
        *ahead_rows(found),
        *level_rows(found),
        *diversion_rows(found),
        *_cases(found),
        *input_rows(whole.rests),
        *_alternatives([found, *whole.others]),
    ]
