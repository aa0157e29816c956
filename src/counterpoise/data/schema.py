"""Which sheets there are and what each of their columns means: read from two tables."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

RESERVED = ("source", "as_of", "published", "basis", "note", "error", "withdraw")
"""Columns every sheet may have: the provenance of all its cells."""

BASES = ("reported", "estimated", "derived", "assumed")
"""How a figure came about, best first."""

GRADES = ("A", "B", "C", "D", "E")
"""Source grades, best first."""

TERMS = ("public", "share-alike", "own", "compilation")
"""By which rule a source's figures may be shared: statistics that a state, NATO or an EU body
publishes for the public; single figures with credit from a CC BY-SA page; this project's own
judgement; or, for every other publisher, a part of its compilation."""

PLACEHOLDER = re.compile(r"{(\w+)}")

YES = frozenset({"y", "yes", "true", "1"})
"""What a cell says for yes, in small letters."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    `role` is key (part of the address), text, link (names another thing; `many` for a list
    separated by semicolons) or quantity (a number with `unit`). `quantity` and `unit` may hold
    `{column}` where the row itself says which.
    """

    sheet: str
    name: str
    role: str
    quantity: str
    unit: str
    link_role: str
    link_kind: str
    many: bool
    required: bool
    meaning: str


@dataclass(frozen=True)
class Sheet:
    """One kind of row: which thing it makes or speaks of, and its columns by name.

    `kind` is empty where a row only adds figures to, or links between, things that other
    sheets make. `link_role` and `link_object` are set where each row is itself a link.
    """

    name: str
    table: str
    kind: str
    address: str
    title: str
    period: str
    qualifier: str
    link_role: str
    link_object: str
    columns: dict[str, Column]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The columns that the address is made of."""
        return tuple(PLACEHOLDER.findall(self.address))

    @cached_property
    def addressing(self) -> frozenset[str]:
        """The columns that say which figures or which link a row is about, and in which unit."""
        templates = [self.address, self.period, self.qualifier, self.link_role, self.link_object]
        templates += [column.quantity + column.unit for column in self.columns.values()]
        return frozenset(PLACEHOLDER.findall(" ".join(templates)))

    @cached_property
    def allowed(self) -> frozenset[str]:
        """Every column name that a file of this sheet may hold."""
        names = set(self.columns) | set(RESERVED)
        for column in self.columns.values():
            if column.role == "quantity":
                name = column.name
                names |= {f"{name}_low", f"{name}_high", f"{name}_source", f"{name}_basis"}
        return frozenset(names)


@dataclass(frozen=True)
class Schema:
    """All sheets by name."""

    sheets: dict[str, Sheet]

    @cached_property
    def kinds(self) -> dict[str, Sheet]:
        """The sheet that makes the things of each kind."""
        return {sheet.kind: sheet for sheet in self.sheets.values() if sheet.kind}

    @cached_property
    def quantities(self) -> frozenset[str]:
        """Names of all quantities that stand in a column heading."""
        return frozenset(
            column.quantity
            for sheet in self.sheets.values()
            for column in sheet.columns.values()
            if column.role == "quantity" and "{" not in column.quantity
        )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def load_schema(folder: Path) -> Schema:
    """The schema in `sheets.csv` and `columns.csv` of a folder."""
    columns: dict[str, dict[str, Column]] = {}
    for row in _rows(folder / "columns.csv"):
        columns.setdefault(row["sheet"], {})[row["column"]] = Column(
            sheet=row["sheet"],
            name=row["column"],
            role=row["role"],
            quantity=row["quantity"],
            unit=row["unit"],
            link_role=row["link_role"],
            link_kind=row["link_kind"],
            many=row["list"] == "y",
            required=row["required"] == "y",
            meaning=row["meaning"],
        )
    sheets = {
        row["sheet"]: Sheet(
            name=row["sheet"],
            table=row["table"],
            kind=row["kind"],
            address=row["address"],
            title=row["name"],
            period=row["period"],
            qualifier=row["qualifier"],
            link_role=row["link_role"],
            link_object=row["link_object"],
            columns=columns.get(row["sheet"], {}),
        )
        for row in _rows(folder / "sheets.csv")
    }
    return Schema(sheets)
