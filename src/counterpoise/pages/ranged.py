"""Figures with their ranges: a value and its ends in one cell or one run of text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from counterpoise.data.dataset import Dataset
from counterpoise.pages.cells import named, number, told, words
from counterpoise.publish.blocks import Cell, Opened, Part, SourceLine, Table
from counterpoise.publish.cells import shown

Row = Mapping[str, Any]

NBSP = "\u00a0"

_MAIN = ("open", "figure", "units", "cover")
"""Columns that hold a table's main figure."""


def ranged(row: Row, name: str, address: str, unit: str = "") -> list[Part]:
    """The value `name` of a view's row with its ends `name_low` and `name_high`, if they differ.

    `address` is the row's: view/NAME/k=v/ROW. `unit` stands close behind the value; a row whose
    own unit is the year prints years.
    """
    value = row[name]
    if value is None or not math.isfinite(value):
        return ["none"]
    kind = "year" if row.get("unit") == "year" else ""
    found: list[Part] = [number(value, f"{address}/{name}", kind), *([unit] if unit else [])]
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    if low is None or high is None or shown(float(low)) == shown(float(high)):
        return found
    ends = [
        number(row[each], f"{address}/{each}", kind) for each in (f"{name}_low", f"{name}_high")
    ]
    return [*found, " [", ends[0], f"{NBSP}to{NBSP}", ends[1], "]"]


def ranged_table(
    dataset: Dataset,
    caption: str,
    rows: Sequence[Row],
    address: str,
    columns: Mapping[str, str],
    note: str = "",
) -> Table:
    """Rows as a table of figures with ranges; a column of text names a thing, or says it plain.

    A row's main figure is hatched where most of it is assumed: its `assumed` (percent), or else its
    `basis`.
    """
    numeric = frozenset(
        at
        for at, name in enumerate(columns)
        if all(isinstance(row[name], int | float | None) for row in rows)
    )
    main = next((name for name in _MAIN if name in columns), "")
    body = []
    for at, row in enumerate(rows, start=1):
        body.append(
            tuple(
                Cell(
                    tuple(_cell(dataset, row, name, f"{address}/{at}")),
                    hatched=name == main and _assumed(row),
                )
                for name in columns
            )
        )
    heads = tuple(told(text) for text in columns.values())
    return Table(told(caption), heads, tuple(body), numeric, told(note))


def _assumed(row: Row) -> bool:
    if "assumed" in row:
        return float(row["assumed"] or 0.0) > 50
    return row.get("basis") == "assumed"


def _cell(dataset: Dataset, row: Row, name: str, address: str) -> Iterable[Part]:
    value = row[name]
    if isinstance(value, str):
        return (named(dataset, value),) if value in dataset.things else words(dataset, value)
    return () if value is None else ranged(row, name, address)


def sources_of(dataset: Dataset, rows: Iterable[Row]) -> Opened:
    """What rows rest on, folded: the sources that they list in their column `sources`."""
    keys = sorted(
        {
            key.strip().removeprefix("source/")
            for row in rows
            for key in str(row["sources"]).split(";")
            if key.strip()
        }
    )
    lines = []
    for key in keys:
        source = dataset.sources[key]
        text = ", ".join(part for part in (source.title, source.publisher, source.date) if part)
        lines.append(SourceLine(f"{text or key} (grade {source.grade})", f"source/{key}"))
    return Opened(told(f"{len(keys)} sources that these figures rest on"), tuple(lines))
