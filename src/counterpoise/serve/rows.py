"""Rows as the API gives them: cells that JSON has, a page at a time, with the release."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

Cell = str | int | float | bool | None | list[str]
Row = dict[str, Cell]

Offset = Annotated[int, Query(ge=0, le=10_000_000, description="Rows to leave out at the start.")]
Most = Annotated[int, Query(ge=1, le=1_000, description="Most rows of the reply.")]


class Rows(BaseModel):
    """A table, or a page of it: all rows have the same columns."""

    release: str = Field(description="The dataset's id: its date and digits of its digest.")
    title: str = ""
    total: int = Field(description="Rows of the whole table.")
    offset: int = 0
    rows: list[Row]


class Told(BaseModel):
    """Sentences, and the tables behind them."""

    release: str
    sentences: list[str] = []
    tables: dict[str, list[Row]]


def page(
    rows: Sequence[Mapping[str, Any]], release: str, title: str = "", offset: int = 0,
    most: int = 1_000,
) -> Rows:  # fmt: skip
    """A page of some rows."""
    kept = [plain_row(row) for row in rows[offset : offset + most]]
    return Rows(release=release, title=title, total=len(rows), offset=offset, rows=kept)


def plain_row(row: Mapping[str, Any]) -> Row:
    """A row with cells that JSON has."""
    return {str(key): _cell(value) for key, value in row.items()}


def _cell(value: Any) -> Cell:
    found = plain(value)
    if isinstance(found, list):
        return [str(item) for item in found]
    return str(found) if isinstance(found, dict) else found


def plain(value: Any) -> Any:
    """Any value of a row or an answer as JSON has it; numbers that aren't finite are None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return number if math.isfinite(number) else None
