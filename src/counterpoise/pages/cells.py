"""Rows as tables of a page: every number with an address, every name with its page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import short
from counterpoise.pages.links import stated_figure
from counterpoise.pages.page import path_of
from counterpoise.publish.blocks import Cell, Date, Name, Number, Part, Table, parts
from counterpoise.publish.cells import heading, shown
from counterpoise.publish.figures import decimals_for
from counterpoise.publish.names import called
from counterpoise.publish.theme import plain
from counterpoise.world.calendar import period_label

Row = Mapping[str, Any]

_DIGITS = re.compile(r"(\S*\d\S*)")
_DATE = re.compile(r"[(“]*\d{4}-(Q\d|\d\d)")
_CODE = re.compile(r"`+([^`]+)`+")

ANSWERS = {"y": "yes", "n": "no"}
"""Words of cells that answer yes or no."""

_PRINTED = 3
"""Significant digits of a table's numbers."""

_NOTHING = 1e-9
"""What is nearer to zero is a rounding error of a solver."""


def told(text: str) -> tuple[Part, ...]:
    """A text as parts, without links; quarters and days are dates, and code in it is quoted."""
    text = _CODE.sub(r"“\1”", text)
    return parts(
        *(
            (Date if _DATE.match(piece) else Name)(piece) if at % 2 else piece
            for at, piece in enumerate(_DIGITS.split(text))
            if piece
        )
    )


def number(value: float, address: str, unit: str = "") -> Number:
    """A number at three significant digits, with its unit; years stay whole."""
    if unit == "year" or (value == int(value) and 1900 <= value <= 2100):
        return Number(value, address, f"{value:.1f}".removesuffix(".0"), 1)
    decimals = min(decimals_for(value, _PRINTED), _PRINTED)
    told_unit = f" {unit}" if unit else ""
    shown_value = value if abs(value) > _NOTHING else 0.0
    return Number(value, address, f"{shown(float(shown_value))}{told_unit}", decimals)


def share(value: float, address: str) -> Number:
    """A share of one in whole percent."""
    return Number(value, address, f"{value:.0%}", 2)


def quarter(time: float, address: str) -> Number:
    """A decimal year as its quarter."""
    return Number(time, address, period_label(math.floor(time * 4) / 4, 0.25), 2)


def keys(found: Iterable[str]) -> Iterable[Part]:
    """Keys of sources, each leading to its page."""
    for at, key in enumerate(filter(None, found)):
        if at:
            yield "; "
        yield Name(key, f"source/{key}")


def address_of(name: str, given: Mapping[str, str]) -> str:
    """The address of a view's rows."""
    return path_of("view", name, **given)


def table(
    dataset: Dataset,
    caption: str,
    rows: Sequence[Row],
    address: str,
    columns: Mapping[str, str] | None = None,
    note: str = "",
    places: Sequence[int] = (),
    leading: str = "",
    dates: frozenset[str] = frozenset(),
) -> Table:
    """Rows as a table: `columns` names those shown, with their headings; all that say something.

    A number's address is `address/ROW/COLUMN`, that of a row's figure where the row states one
    in its column `address` and the number is its low, value or high. Text that is an address
    becomes the name of what it names, with a link; in a column `sources` keys lead to theirs.
    `places` are the rows' numbers where they are some of the rows at the address. `leading` is
    the column whose address the first one leads to. Columns in `dates` hold decimal years and
    print as quarters.
    """
    if columns is None:
        filled = [name for name in (rows[0] if rows else {}) if _filled(rows, name)]
        columns = {name: heading(name) for name in filled}
    numeric = frozenset(at for at, name in enumerate(columns) if _numeric(rows, name))
    body = tuple(
        tuple(
            Cell(
                tuple(
                    (_leading(dataset, str(row[name]), str(row[leading])),)
                    if leading and row[leading] and place == 0
                    else _parts(dataset, row, name, f"{address}/{at}/{name}", name in dates)
                ),
                hatched=name == "value" and row.get("basis") == "assumed",
            )
            for place, name in enumerate(columns)
        )
        for at, row in zip(places or range(1, len(rows) + 1), rows, strict=True)
    )
    return Table(told(caption), tuple(told(head) for head in columns.values()), body, numeric,
                 told(note))  # fmt: skip


def cut(table: Table, most: int) -> Table:
    """A table that leaves all rows beyond the first `most` to the page's data files."""
    return replace(table, rows=table.rows[:most], unshown=(*table.rows[most:], *table.unshown))


def compact(table: Table, least: int = 3) -> Table:
    """A table without the columns that say nothing, or the same in all of its many rows.

    What all rows share is told in the note. The first column stays.
    """
    rows = (*table.rows, *table.unshown)
    texts = [{row[at].content for row in rows} for at in range(len(table.columns))]
    shared = [
        at
        for at, found in enumerate(texts)
        if at and len(found) == 1 and (len(rows) >= least or found == {()})
    ]
    kept = [at for at in range(len(table.columns)) if at not in shared]
    note: list[Part] = []
    for at in shared:
        if rows[0][at].content:
            lead = "; " if note else "all rows: "
            note += [lead, *table.columns[at], " ", *rows[0][at].content]
    between = " " if plain(table.note).endswith(".") else ". "
    return replace(
        table,
        columns=tuple(table.columns[at] for at in kept),
        rows=tuple(tuple(row[at] for at in kept) for row in table.rows),
        unshown=tuple(tuple(row[at] for at in kept) for row in table.unshown),
        numeric=frozenset(place for place, at in enumerate(kept) if at in table.numeric),
        note=(*table.note, *((between,) if table.note and note else ()), *note),
    )


def _leading(dataset: Dataset, text: str, address: str) -> Name:
    """A row's first cell: what is called by its id there is told by its name."""
    thing = "/".join(address.split("/")[:2])
    own = thing in dataset.things and text == short(thing)
    return Name(called(dataset, thing) if own else text, address)


def _filled(rows: Sequence[Row], name: str) -> bool:
    return any(row[name] not in (None, "") for row in rows)


def _numeric(rows: Sequence[Row], name: str) -> bool:
    return all(isinstance(row[name], int | float | None) for row in rows)


def _parts(
    dataset: Dataset, row: Row, name: str, address: str, date: bool = False
) -> Iterable[Part]:
    value = row[name]
    if isinstance(value, float | int) and not isinstance(value, bool):
        if math.isfinite(value) and name.endswith("share"):
            yield share(float(value), address)
        elif math.isfinite(value):
            place = _figure(dataset, row, name) or address
            yield quarter(float(value), place) if date else number(float(value), place)
    elif isinstance(value, str) and name == "sources":
        yield from keys(part.strip() for part in value.split(";"))
    elif isinstance(value, str):
        yield from words(dataset, value)
    elif value is not None:
        yield from told(shown(value))


def _figure(dataset: Dataset, row: Row, name: str) -> str:
    """The address of the figure that a cell prints; "" where it is a result of its own."""
    stated = row.get("address")
    if name not in ("low", "value", "high") or not stated or not isinstance(stated, str):
        return ""
    if stated_figure(dataset, stated) != stated:
        return ""
    return stated if name == "value" else f"{stated}/{name}"


def words(dataset: Dataset, text: str) -> Iterable[Part]:
    """Text in which addresses, alone or listed, are told by name and lead to their pages."""
    found = [each.strip() for each in text.split(";")]
    if not all(each in dataset.things or _other(dataset, each) for each in found):
        yield from told(text.replace("source/", ""))
        return
    for at, each in enumerate(found):
        if at:
            yield "; "
        yield named(dataset, each)


def _other(dataset: Dataset, text: str) -> bool:
    kind, _, name = text.partition("/")
    return kind == "measure" or (kind == "source" and name in dataset.sources)


def named(dataset: Dataset, address: str) -> Name:
    """The name of a thing, figure, measure or source, leading to its page."""
    if address in dataset.things:
        return Name(called(dataset, address), address)
    if address and stated_figure(dataset, address) == address:
        kind, name, *figure = address.split("/")
        told = " ".join(part.replace("_", " ") for part in figure if part != "-")
        return Name(f"{called(dataset, f'{kind}/{name}')}: {told}", address)
    if address.startswith("measure/"):
        return Name(address.removeprefix("measure/"), address)
    source = dataset.sources.get(address.removeprefix("source/"))
    return Name((source.title or source.key) if source else address, address)
