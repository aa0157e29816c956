"""What the command deliver shows of a delivery on a screen: the sentence, and tables."""

from __future__ import annotations

import typer

from counterpoise.cli.output import Row, emit
from counterpoise.data.cells import shown
from counterpoise.data.records import short
from counterpoise.questions.delivery_rows import (
    Delivered,
    ahead_rows,
    diversion_rows,
    input_rows,
    level_rows,
    names,
    part_rows,
    sentence,
    warnings,
    when,
)
from counterpoise.world.delivery import SHARES, Delivery
from counterpoise.world.slots import PRIORITIES


def tell(whole: Delivered) -> None:
    """Print a delivery: the sentence, then a few lines or a table for each part."""
    world, found = whole.world, whole.found
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
    emit([{"months": row["value"], "for": row["item"]} for row in part_rows(found)])
    ahead = ahead_rows(found)
    total = shown(float(sum(row["value"] for row in ahead)))
    typer.echo(f"\nQueue: {total} units sold ahead")
    for row in ahead:
        typer.echo(f"  {row['item']}: {shown(row['value'])} ({row['text']})")
    typer.echo(f"  others take {shown(found.others)} units of what the line makes until the last")
    typer.echo(f"  priority {found.order.priority}: {PRIORITIES[found.order.priority]}")
    typer.echo("\nRecorded delays, from the widest pool to the nearest")
    for row in level_rows(found):
        typer.echo(f"  {_level_told(row)}")
    typer.echo(
        "\nIf diverted as in recorded cases; not in the dates above, but some delays hold one"
    )
    for row in diversion_rows(found):
        many = f"{row['cases']} case{'' if row['cases'] == 1 else 's'}"
        typer.echo(f"  {row['item']}: {many}, {row['text']}")
    typer.echo("\nWhat it rests on")
    for row in input_rows(whole.rests):
        spread = "" if row["low"] is None else f" ({shown(row['low'])} to {shown(row['high'])})"
        more = f"; {row['text']}" if row["text"] else ""
        typer.echo(
            f"  {row['item']}: {shown(row['value'])}{spread} {row['unit']}; {row['basis']}: "
            f"{row['sources']}{more}"
        )
    typer.echo("\nThe same capability from this line and others, last unit")
    emit([_instead(item) for item in (found, *whole.others)])
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
        "line": short(item.order.line),
        "10%": low,
        "50%": middle,
        "90%": high,
        "units": item.order.units,
        "EUR bn": item.price,
        "control": names(item.line.controllers) + (", barred" if item.banned else ""),
        "European": item.european,
    }
