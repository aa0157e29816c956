"""Rows of one table of facts matched to the rows of the sheet that was made from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from counterpoise.data.dataset import Dataset
from counterpoise.data.schema import PLACEHOLDER, Sheet
from counterpoise.data.sheets import Row, parse_number, split_list

LOOKED_UP = frozenset({"lines"})
"""Sheets whose rows hold values looked up later: a cell that the facts leave empty may be
filled; sources may be added, and with them the note restated."""


@dataclass(frozen=True)
class Difference:
    """A cell of the facts that the dataset has otherwise, or (no `column`) a row it lacks."""

    table: str
    row: int
    key: str
    column: str
    facts: str
    ours: str

    def __str__(self) -> str:
        place = f"{self.table}, row {self.row} ({self.key})"
        if not self.column:
            return f"{place}: {self.ours}"
        return f"{place}, column {self.column}: facts {self.facts!r}, ours {self.ours!r}"


@dataclass
class TableCheck:
    """One table: rows in must equal rows carried and set aside."""

    table: str
    sheet: str
    rows_in: int = 0
    carried: int = 0
    set_aside: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether each row is carried as it stands, or set aside with a reason."""
        return not self.differences and self.rows_in == self.carried + self.set_aside


@dataclass(frozen=True)
class Exceptions:
    """Rows set aside and cells changed on purpose, each with its reason stated."""

    aside: frozenset[tuple[str, str]]
    changes: frozenset[tuple[str, ...]]


def _canonical(cell: str) -> str:
    """A cell so written that equal numbers look alike."""
    number = parse_number(cell)
    return cell if number is None else repr(number)


def _mended(row: Row, column: str, sheet: Sheet) -> str:
    """A sheet's cell as the facts wrote it, before the mendings that the data's notes tell."""
    if column == "system" and row.get("named_system"):
        return row.get("named_system")
    if column == "pair" and sheet.name == "exchange-rates":
        return row.get(column).replace("-", "/")
    return row.get(column)


class Matcher:
    """Matches the rows of one table of facts to the rows of its sheet."""

    def __init__(
        self,
        table: str,
        sheet: Sheet,
        exceptions: Exceptions,
        dataset: Dataset,
        loaded: dict[tuple[str, int], set[str]],
    ):
        self.table = table
        self.sheet = sheet
        self.exceptions = exceptions
        self.dataset = dataset
        self.loaded = loaded
        self.columns: list[str] = []
        self.identity: list[str] = []

    def check(self, rows: list[Row], ours: list[Row]) -> TableCheck:
        """All rows of the facts against all rows of the sheet, each used once."""
        result = TableCheck(self.table, self.sheet.name, len(rows))
        self.columns = list(rows[0].cells) if rows else []
        template = self.sheet
        named = [
            *template.keys,
            *PLACEHOLDER.findall(template.period + template.qualifier + template.link_role),
            *PLACEHOLDER.findall(template.link_object),
        ]
        if set(named) <= set(self.columns):
            self.identity = list(dict.fromkeys(named))
        free: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in ours:
            cells = (_canonical(_mended(row, name, template)) for name in self.columns)
            free[tuple(cells)].append(row)
        unmatched = []
        for row in rows:
            same = free[tuple(_canonical(row.get(name)) for name in self.columns)]
            if same:
                self.carry(row, same.pop(0), result)
            elif (self.table, self.key(row)) in self.exceptions.aside:
                result.set_aside += 1
            else:
                unmatched.append(row)
        left = [row for same in free.values() for row in same]
        for row in list(unmatched):
            explained = next(
                (other for other in left if not any(self.unexplained(row, other))), None
            )
            if explained is not None:
                left.remove(explained)
                unmatched.remove(row)
                self.carry(row, explained, result)
        for row in unmatched:
            found = self.nearest(row, left)
            if found is None:
                self.differ(result, row, "", "", "no row of the sheet carries it")
            else:
                left.remove(found)
                self.compare(row, found, result)
        return result

    @property
    def naming(self) -> list[str]:
        """The columns that tell a row from the others: its identity, else those of its name."""
        return self.identity or [
            name for name in PLACEHOLDER.findall(self.sheet.title) if name in self.columns
        ]

    def key(self, row: Row) -> str:
        """What tells a row from the others of its table."""
        names = self.naming
        return "/".join(row.get(name) for name in names) or f"row {row.number}"

    def differ(self, result: TableCheck, row: Row, column: str, facts: str, ours: str) -> None:
        """Name one difference."""
        result.differences.append(
            Difference(self.table, row.number, self.key(row), column, facts, ours)
        )

    def nearest(self, row: Row, left: list[Row]) -> Row | None:
        """The unmatched row of the sheet that was most likely made from a facts row.

        The sheet may have rows of its own: one that shares no part of the name isn't meant.
        """

        def equal(other: Row, names: list[str]) -> int:
            return sum(
                row.get(name) != "" and row.get(name) == _mended(other, name, self.sheet)
                for name in names
            )

        stated = sum(row.get(name) != "" for name in self.columns)
        likely = [
            other
            for other in left
            if equal(other, self.identity) == sum(row.get(name) != "" for name in self.identity)
            and (equal(other, self.naming) or not any(map(row.get, self.naming)))
        ]
        best = max(likely, key=lambda other: equal(other, self.columns), default=None)
        if best is None or (not self.identity and equal(best, self.columns) * 2 < stated):
            return None
        return best

    def unexplained(self, row: Row, ours: Row) -> Iterator[tuple[str, str, str]]:
        """Column, facts and ours of each cell that differs, recorded changes aside."""
        for name in self.columns:
            facts, held = row.get(name), _mended(ours, name, self.sheet)
            change = (self.table, self.key(row), name, facts, held)
            if _canonical(facts) != _canonical(held) and change not in self.exceptions.changes:
                yield name, facts, held

    def compare(self, row: Row, ours: Row, result: TableCheck) -> None:
        """Name the cells that differ, unless a mending or a recorded change explains them."""
        more = set(split_list(ours.get("source"))) > set(split_list(row.get("source")))
        good = True
        for name, facts, held in self.unexplained(row, ours):
            if self.sheet.name in LOOKED_UP and more and (not facts or name in ("source", "note")):
                continue
            good = False
            self.differ(result, row, name, facts, held)
        if good:
            self.carry(row, ours, result)

    def carry(self, row: Row, ours: Row, result: TableCheck) -> None:
        """Count a matched row if the dataset holds what its sheet row says."""
        place = (ours.file, ours.number)
        address = self.dataset.carried.get(place)
        held = self.loaded.get(place, set())
        if address is None or address not in self.dataset.things:
            self.differ(result, row, "", "", f"{ours.file} row {ours.number} has no address")
            return
        if not held:
            self.differ(result, row, "", "", f"nothing was loaded from row {ours.number}")
            return
        lost = [
            name
            for name in self.columns
            if row.get(name)
            and (column := self.sheet.columns.get(name))
            and column.role == "quantity"
            and name not in held
        ]
        for name in lost:
            self.differ(result, row, name, row.get(name), "no observation")
        result.carried += not lost
