"""From wide rows to things, links and observations: one reading for every sheet."""

from __future__ import annotations

from dataclasses import dataclass, field

from counterpoise.data.records import Link, Observation, Origin, Thing
from counterpoise.data.schema import BASES, Column, Sheet
from counterpoise.data.sheets import Row, parse_number, split_list
from counterpoise.errors import Problem

_YES = frozenset({"y", "yes", "true", "1"})

NEGATIVE_ALLOWED = frozenset(
    {"capital_latitude", "capital_longitude", "gdp_growth_real", "deficit", "delay"}
)
"""Quantities that may lie below zero."""


@dataclass
class Melted:
    """What has been read so far, before it is checked as a whole."""

    things: dict[str, Thing] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    withdrawn: list[tuple[str, str, int]] = field(default_factory=list)
    carried: dict[tuple[str, int], str] = field(default_factory=dict)


def _filled(template: str, row: Row) -> str:
    if "{" not in template:
        return template
    return template.format_map({name: row.get(name) for name in row.cells}).strip()


class _Reader:
    """Melts the rows of one sheet into `into`, collecting faults."""

    def __init__(self, sheet: Sheet, into: Melted, layer: int, problems: list[Problem]):
        self.sheet = sheet
        self.into = into
        self.layer = layer
        self.problems = problems

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
        return _filled(self.sheet.address, row)

    def read(self, row: Row) -> None:
        subject = self.subject(row)
        if subject is None:
            return
        into, sheet, origin = self.into, self.sheet, Origin(row.file, row.number)
        if row.get("withdraw").lower() in _YES:
            into.withdrawn.append((subject, row.file, row.number))
            return
        into.carried[(row.file, row.number)] = subject
        sources, basis = self.provenance(row, "")
        texts = {
            name: row.get(name)
            for name, column in sheet.columns.items()
            if column.role == "text" and row.get(name)
        }
        if sheet.kind:
            self.thing(row, subject, sources, basis, texts, origin)
        else:
            period = _filled(sheet.period, row)
            into.texts += [(subject, f"{name} {period}".strip(), texts[name]) for name in texts]
        if sheet.link_object:
            role, target = _filled(sheet.link_role, row), _filled(sheet.link_object, row)
            since = row.get("since")
            into.links.append(
                Link(subject, role, target, since, sources, basis, row.get("note"), origin)
            )
        for column in sheet.columns.values():
            if column.role == "quantity":
                self.observation(row, subject, column, origin)
            elif column.role == "link" and row.get(column.name):
                entries = split_list(row.get(column.name)) if column.many else [row.get(column.name)]
                for entry in entries:
                    target = f"{column.link_kind}/{entry}"
                    link = Link(subject, column.link_role, target, "", sources, basis, "", origin)
                    into.links.append(link)

    def thing(
        self,
        row: Row,
        subject: str,
        sources: tuple[str, ...],
        basis: str,
        texts: dict[str, str],
        origin: Origin,
    ) -> None:
        sheet, into = self.sheet, self.into
        known = into.things.get(subject)
        if known is not None and known.origin.file == row.file and not sheet.period:
            self.fault("duplicate", row, sheet.keys[-1], "each row once", f"merge with row {known.origin.row}")
            return
        if known is not None:
            return
        name = _filled(sheet.title, row) or subject
        into.things[subject] = Thing(
            subject, sheet.kind, name, texts, sources, row.get("as_of"), basis, row.get("note"), origin
        )

    def observation(self, row: Row, subject: str, column: Column, origin: Origin) -> None:
        quantity = _filled(column.quantity, row)
        name = column.name
        low, value, high = (
            self.number(row, cell, quantity) for cell in (f"{name}_low", name, f"{name}_high")
        )
        if low is None and value is None and high is None:
            return
        stated = [bound for bound in (low, value, high) if bound is not None]
        if stated != sorted(stated):
            self.fault("range", row, name, "low <= value <= high", "put the three in order")
            return
        sources, basis = self.provenance(row, name)
        if basis not in BASES:
            return
        as_of = row.get("as_of")
        self.into.observations.append(
            Observation(
                id=f"{row.file.removesuffix('.csv')}:{row.number}:{name}",
                subject=subject,
                quantity=quantity,
                period=_filled(self.sheet.period, row),
                qualifier=_filled(self.sheet.qualifier, row),
                low=low,
                value=value,
                high=high,
                unit=_filled(column.unit, row),
                price_basis="nominal" if "EUR" in column.unit or "USD" in column.unit else "",
                basis=basis,
                sources=sources,
                as_of=as_of,
                published=row.get("published") or as_of,
                note=row.get("note"),
                error=row.get("error").lower() in _YES,
                layer=self.layer,
                origin=origin,
            )
        )


def melt(
    rows: list[Row],
    sheet: Sheet,
    into: Melted,
    layer: int,
    problems: list[Problem],
) -> None:
    """Read rows of one sheet into `into`; faults go to `problems`."""
    reader = _Reader(sheet, into, layer, problems)
    for row in rows:
        reader.read(row)
