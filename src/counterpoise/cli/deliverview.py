"""What the command deliver shows of a delivery: sentence, tables on a screen, tidy rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

import typer

from counterpoise.cli.output import Row, emit
from counterpoise.publish.cells import shown
from counterpoise.world.calendar import period_label
from counterpoise.world.delivery import SHARES, Dates, Delivery
from counterpoise.world.delivery_inputs import Input
from counterpoise.world.precedents import NEARNESS, typical_length
from counterpoise.world.slots import HORIZON, PRIORITIES
from counterpoise.world.world import World

COLUMNS = (
    "part", "item", "address", "low", "value", "high", "unit", "cases", "units", "price_eur_bn",
    "controlled_by", "european", "basis", "sources", "text",
)  # fmt: skip
"""Columns of the tidy rows. Of dates, low, value and high are the 10, 50 and 90% dates."""


def when(time: float) -> str:
    """A quarter, or that it lies beyond the horizon."""
    if math.isinf(time):
        return f"after {HORIZON - 1}"
    return period_label(math.floor(time * 4) / 4, 0.25)


def _dated(dates: Dates) -> dict[str, float | None]:
    found = (dates.at(share) for share in (0.1, 0.5, 0.9))
    values = [None if math.isinf(time) else time for time in found]
    return dict(zip(("low", "value", "high"), values, strict=True))


def _short(address: str) -> str:
    return address.split("/", 1)[-1]


def _row(part: str, item: str, **cells: object) -> Row:
    return {**dict.fromkeys(COLUMNS), "part": part, "item": item, **cells}


def sentence(world: World, found: Delivery) -> str:
    """The answer in words."""
    data, order = world.dataset, found.order
    name = data.things[found.line.system].name
    buyer, period = data.things[order.buyer].name, order.period or when(order.ordered)
    head = f"{shown(float(order.units))} × {name} for {buyer}, ordered in {period}"
    if math.isinf(found.last.planned):
        return f"{head}: not all are delivered before {HORIZON}."
    low, middle, high = (when(found.last.at(share)) for share in (0.1, 0.5, 0.9))
    first = f"the first by {when(found.first.at(0.5))}; " if order.units > 1 else ""
    return (
        f"{head}: all delivered by {middle}, in four of five cases between {low} and {high} "
        f"({first}all by {when(found.last.planned)} if nothing is late)."
    )


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
            **_dated(dates),
            unit="year",
            basis="derived",
            text=f"without delay {when(dates.planned)}; "
            + ", ".join(f"{share:.0%}: {when(dates.at(share))}" for share in SHARES),
        )
        for name, dates in (("first unit", found.first), ("last unit", found.last))
    ]


def _ahead(found: Delivery) -> list[Row]:
    rows = [
        _row(
            "ahead",
            _short(item.buyer),
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


def _levels(found: Delivery) -> list[Row]:
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


def _diversions(found: Delivery) -> list[Row]:
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
            _short(case.address),
            address=case.address,
            value=case.months,
            unit="months",
            basis=case.basis,
            sources="; ".join(case.sources),
            text=f"{case.kind} of {_short(case.system) or 'other goods'} since {case.date} by "
            f"{_names(case.by)} from {_names(case.hit)}; over: {case.resolved}; {case.near}",
        )
        for case in found.precedents
    ]


def _names(addresses: Sequence[str]) -> str:
    return ", ".join(map(_short, addresses))


def _inputs(rests: Sequence[Input]) -> list[Row]:
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
            _short(item.order.line),
            address=item.order.line,
            **_dated(item.last),
            unit="year",
            cases=item.spread.levels[-1].cases,
            units=item.order.units,
            price_eur_bn=item.price,
            controlled_by=_names(item.line.controllers),
            european=item.european,
            basis="derived",
            text="the buyer may not buy it" if item.banned else "",
        )
        for item in others
    ]


def _reasons(found: Delivery) -> list[Row]:
    return [
        _row("decides", part.name, value=part.months, unit="months", basis="derived")
        for part in found.parts
    ]


def rows(
    world: World, found: Delivery, others: Sequence[Delivery], rests: Sequence[Input]
) -> list[Row]:
    """All that is known of a delivery as tidy rows, see COLUMNS."""
    told = [sentence(world, found), *warnings(world, found)]
    return [
        *(_row("answer", "in words", address=found.order.line, text=text) for text in told),
        *_answers(found),
        *_reasons(found),
        *_ahead(found),
        *_levels(found),
        *_diversions(found),
        *_cases(found),
        *_inputs(rests),
        *_alternatives([found, *others]),
    ]


def tell(world: World, found: Delivery, others: Sequence[Delivery], rests: Sequence[Input]) -> None:
    """Print a delivery: the sentence, then a few lines or a table for each part."""
    typer.echo(sentence(world, found))
    for told in warnings(world, found):
        typer.echo(told)
    typer.echo("\nDates by share of deliveries")
    emit(
        [
            {"delivered": name, "without delay": when(dates.planned)}
            | {f"{share:.0%}": when(dates.at(share)) for share in SHARES}
            for name, dates in (("first unit", found.first), ("last unit", found.last))
        ]
    )
    typer.echo("\nWhat decides the last unit's date, months from the order")
    emit([{"months": row["value"], "for": row["item"]} for row in _reasons(found)])
    ahead = _ahead(found)
    total = shown(float(sum(row["value"] for row in ahead)))
    typer.echo(f"\nQueue: {total} units sold ahead")
    for row in ahead:
        typer.echo(f"  {row['item']}: {shown(row['value'])} ({row['text']})")
    typer.echo(f"  others take {shown(found.others)} units of what the line makes until the last")
    typer.echo(f"  priority {found.order.priority}: {PRIORITIES[found.order.priority]}")
    typer.echo("\nRecorded delays, from the widest pool to the nearest")
    for row in _levels(found):
        typer.echo(f"  {_level_told(row)}")
    typer.echo(
        "\nIf diverted as in recorded cases; not in the dates above, but some delays hold one"
    )
    for row in _diversions(found):
        many = f"{row['cases']} case{'' if row['cases'] == 1 else 's'}"
        typer.echo(f"  {row['item']}: {many}, {row['text']}")
    typer.echo("\nWhat it rests on")
    for row in _inputs(rests):
        spread = "" if row["low"] is None else f" ({shown(row['low'])} to {shown(row['high'])})"
        more = f"; {row['text']}" if row["text"] else ""
        typer.echo(
            f"  {row['item']}: {shown(row['value'])}{spread} {row['unit']}; {row['basis']}: "
            f"{row['sources']}{more}"
        )
    typer.echo("\nThe same capability from this line and others, last unit")
    emit([_instead(item) for item in (found, *others)])
    typer.echo(
        f"sums at prices of {world.dataset.release[:4]}: stated prices, grown by the rule of "
        "inflation since their year"
    )


def _level_told(row: Row) -> str:
    if row["item"] == "pooled":
        months = (shown(row[name]) for name in ("low", "value", "high"))
        return "pooled: {}, {} and {} months late at 10, 50 and 90%".format(*months)
    of = f" ({row['address']})" if row["address"] else ""
    return (
        f"{row['item']}{of}: {row['cases']} case{'' if row['cases'] == 1 else 's'}; {row['text']}"
    )


def _instead(item: Delivery) -> Row:
    low, middle, high = (when(item.last.at(share)) for share in (0.1, 0.5, 0.9))
    return {
        "line": _short(item.order.line),
        "10%": low,
        "50%": middle,
        "90%": high,
        "units": item.order.units,
        "EUR bn": item.price,
        "control": _names(item.line.controllers) + (", barred" if item.banned else ""),
        "European": item.european,
    }
