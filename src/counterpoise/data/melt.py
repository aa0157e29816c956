"""From wide rows to things, links and observations: one reading for every sheet."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

from counterpoise.data.dates import DATE
from counterpoise.data.records import Link, Observation, Origin, Thing
from counterpoise.data.schema import BASES, PLACEHOLDER, YES, Column, Sheet
from counterpoise.data.sheets import Row, parse_number, split_list
from counterpoise.errors import Problem

NEGATIVE_ALLOWED = frozenset(
    {
        "capital_latitude",
        "capital_longitude",
        "latitude",
        "longitude",
        "gdp_growth_real",
        "deficit",
        "delay",
    }
)
"""Quantities that may lie below zero."""


@dataclass
class Melted:
    """What has been read so far, before it is checked as a whole.

    `texts` speak of things that other sheets make. `layers` says which layer made a thing,
    `cited` which sources each row names for one.
    """

    things: dict[str, Thing] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    withdrawn: list[tuple[str, str, int]] = field(default_factory=list)
    carried: dict[tuple[str, int], str] = field(default_factory=dict)
    layers: dict[str, int] = field(default_factory=dict)
    cited: list[tuple[Origin, tuple[str, ...]]] = field(default_factory=list)


def filled(template: str, row: Row) -> str:
    """A template with the row's cells in place of its braces."""
    if "{" not in template:
        return template
    cells = defaultdict(str, row.cells)
    return " ".join(template.format_map(cells).split())


def _titled(template: str, row: Row, otherwise: str) -> str:
    """A thing's name: without the words before a cell that is empty.

    `otherwise` where a column is absent or the first cell is empty.
    """
    names = PLACEHOLDER.findall(template)
    if not all(name in row.cells for name in names) or not row.get(names[0]):
        return otherwise
    for name in names[1:]:
        if not row.get(name):
            template = re.sub(rf"[^{{}}]*{{{name}}}", "", template)
    return filled(template, row)


class _Reader:
    """Melts the rows of one sheet into `into`, collecting faults."""

    def __init__(self, sheet: Sheet, into: Melted, layer: int, problems: list[Problem]):
        self.sheet = sheet
        self.into = into
        self.layer = layer
        self.problems = problems
        self.seen: dict[tuple[str, ...], int] = {}
        # Where a row speaks of another's thing, what names its figures or its link is no text.
        self.silent = {"since"} if sheet.link_object else set()
        if not sheet.kind:
            self.silent |= sheet.addressing

    def fault(self, code: str, row: Row, column: str, expected: str, remedy: str) -> None:
        value = row.get(column)
        self.problems.append(Problem(code, row.file, row.number, column, value, expected, remedy))

    def number(self, row: Row, column: str, quantity: str) -> float | None:
        text = row.get(column)
        if not text:
            return None
        value = parse_number(text)
        if value is None:
            self.fault("not-a-number", row, column, "a number", "write digits with . or clear it")
        elif value < 0 and quantity not in NEGATIVE_ALLOWED:
            self.fault("negative", row, column, "zero or more", "correct the sign")
            return None
        return value

    def provenance(self, row: Row, column: str) -> tuple[tuple[str, ...], str]:
        sources = row.get(f"{column}_source") or row.get("source")
        basis = row.get(f"{column}_basis") or row.get("basis")
        if basis not in BASES:
            where = f"{column}_basis" if row.get(f"{column}_basis") else "basis"
            self.fault("basis", row, where, " or ".join(BASES), "state how the figure came about")
        return tuple(split_list(sources)), basis

    def subject(self, row: Row) -> str | None:
        for key in self.sheet.keys:
            if not row.get(key):
                self.fault("key-empty", row, key, "a value", "say what the row is about")
                return None
        return filled(self.sheet.address, row)

    def once(self, row: Row, subject: str) -> bool:
        """Whether the row stands in its file for the first time."""
        sheet = self.sheet
        key: tuple[str, ...] = tuple(row.cells.values())
        if sheet.kind:
            key = (subject, filled(sheet.period, row), filled(sheet.qualifier, row))
        first = self.seen.setdefault(key, row.number)
        if first != row.number:
            self.fault("duplicate", row, sheet.keys[-1], "each row once", f"merge with row {first}")
        return first == row.number

    def read(self, row: Row) -> None:
        subject = self.subject(row)
        if subject is None:
            return
        into, sheet, origin = self.into, self.sheet, Origin(row.file, row.number)
        if row.get("withdraw").lower() in YES:
            self.withdraw(row, subject)
            return
        if not self.once(row, subject):
            return
        for column in ("as_of", "published"):
            if row.get(column) and not DATE.fullmatch(row.get(column)):
                self.fault("date", row, column, "YYYY, YYYY-MM or YYYY-MM-DD", "correct the date")
        into.carried[(row.file, row.number)] = subject
        sources, basis = self.provenance(row, "")
        texts = {
            name: row.get(name)
            for name, column in sheet.columns.items()
            if column.role == "text" and row.get(name) and name not in self.silent
        }
        restated = self.thing(row, subject, sources, basis, texts, origin)
        if sheet.link_object:
            role, target = filled(sheet.link_role, row), filled(sheet.link_object, row)
            note = "; ".join((*texts.values(), row.get("note"))).strip("; ")
            since = row.get("since")
            if self.layer > 1:
                self.unlink((subject, role, target), but=row.file)
            into.links.append(Link(subject, role, target, since, sources, basis, note, origin))
        elif not sheet.kind:
            period = filled(sheet.period, row)
            into.texts += [(subject, f"{name} {period}".strip(), texts[name]) for name in texts]
        for item in sheet.columns.values():
            if item.role == "quantity":
                self.observation(row, subject, item, (sources, basis), origin)
            elif item.role == "link" and row.get(item.name):
                self.link(row, subject, item, sources, basis, origin, restated)

    def unlink(self, edge: tuple[str, str, str], but: str = "") -> None:
        """Take out a link from subject by role to object, save one that the file `but` states."""
        self.into.links = [
            item
            for item in self.into.links
            if (item.subject, item.role, item.object) != edge or item.origin.file == but
        ]

    def withdraw(self, row: Row, subject: str) -> None:
        """Take a thing out, or, in a sheet that speaks of another's thing, figures or a link."""
        into, sheet = self.into, self.sheet
        period, qualifier = filled(sheet.period, row), filled(sheet.qualifier, row)
        if sheet.kind and not period:
            into.withdrawn.append((subject, row.file, row.number))
            return
        before = len(into.links) + len(into.observations)
        if sheet.link_object:
            self.unlink((subject, filled(sheet.link_role, row), filled(sheet.link_object, row)))
        if not sheet.link_object or qualifier:
            columns = [item for item in sheet.columns.values() if item.role == "quantity"]
            gone = {(subject, filled(item.quantity, row), period, qualifier) for item in columns}
            into.observations = [item for item in into.observations if item.key not in gone]
        if len(into.links) + len(into.observations) == before:
            remedy = "check what names the row"
            self.fault("withdraw", row, sheet.keys[-1], "a row that is there", remedy)

    def thing(
        self,
        row: Row,
        subject: str,
        sources: tuple[str, ...],
        basis: str,
        texts: dict[str, str],
        origin: Origin,
    ) -> bool:
        """Make the row's thing; True where an earlier layer made it and this one restates it."""
        sheet, into = self.sheet, self.into
        if not sheet.kind:
            return False
        into.cited.append((origin, sources))
        known = into.things.get(subject)
        if known is None:
            into.layers[subject] = self.layer
            otherwise = subject if self.layer > 1 else subject.split("/", 1)[1]
            into.things[subject] = Thing(
                subject, sheet.kind, _titled(sheet.title, row, otherwise), texts, sources,
                row.get("as_of"), basis, row.get("note"), origin,
            )  # fmt: skip
            return False
        if into.layers[subject] == self.layer:
            return False
        into.things[subject] = replace(
            known,
            name=_titled(sheet.title, row, known.name),
            texts={**known.texts, **texts},
            sources=tuple(dict.fromkeys((*known.sources, *sources))),
        )
        return True

    def link(
        self,
        row: Row,
        subject: str,
        column: Column,
        sources: tuple[str, ...],
        basis: str,
        origin: Origin,
        restated: bool,
    ) -> None:
        """Add a cell's links; where a later layer restates the row, instead of the earlier."""
        into, role = self.into, column.link_role
        if restated:
            if column.name in self.sheet.keys:
                return  # The same key makes the same link, which stays its first source's.
            earlier = (subject, role, self.sheet.name)
            into.links = [
                item
                for item in into.links
                if (item.subject, item.role, Path(item.origin.file).stem) != earlier
            ]
        cell = row.get(column.name)
        for entry in split_list(cell) if column.many else [cell]:
            target = f"{column.link_kind}/{entry}"
            into.links.append(Link(subject, role, target, "", sources, basis, "", origin))

    def observation(
        self,
        row: Row,
        subject: str,
        column: Column,
        provenance: tuple[tuple[str, ...], str],
        origin: Origin,
    ) -> None:
        """Add what a cell and its low and high state; `provenance` is the row's."""
        name = column.name
        cells = (f"{name}_low", name, f"{name}_high")
        if not any(map(row.get, cells)):
            return
        quantity = filled(column.quantity, row)
        low, value, high = (self.number(row, cell, quantity) for cell in cells)
        if low is None and value is None and high is None:
            return
        stated = [bound for bound in (low, value, high) if bound is not None]
        if stated != sorted(stated):
            self.fault("range", row, name, "low <= value <= high", "put the three in order")
            return
        own = row.get(f"{name}_source") or row.get(f"{name}_basis")
        sources, basis = self.provenance(row, name) if own else provenance
        if basis not in BASES:
            return
        as_of = row.get("as_of")
        self.into.observations.append(
            Observation(
                id=f"{row.file.removesuffix('.csv')}:{row.number}:{name}",
                subject=subject,
                quantity=quantity,
                period=filled(self.sheet.period, row),
                qualifier=filled(self.sheet.qualifier, row),
                low=low,
                value=value,
                high=high,
                unit=filled(column.unit, row),
                price_basis="nominal" if "EUR" in column.unit or "USD" in column.unit else "",
                basis=basis,
                sources=sources,
                as_of=as_of,
                published=row.get("published"),
                note=row.get("note"),
                error=row.get("error").lower() in YES,
                layer=self.layer,
                origin=origin,
            )
        )


def melt(rows: list[Row], sheet: Sheet, into: Melted, layer: int, problems: list[Problem]) -> None:
    """Read rows of one sheet into `into`; faults go to `problems`."""
    reader = _Reader(sheet, into, layer, problems)
    for row in rows:
        reader.read(row)
