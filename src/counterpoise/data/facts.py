"""Whether every row of a folder of facts is in the dataset: matched, or named as missing.

A facts row is matched to the row of the reference sheet that carries it, and from there to
what was loaded from that row. The sheets may have more columns and more rows than the facts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from counterpoise.data.dataset import Dataset
from counterpoise.data.load import REFERENCE
from counterpoise.data.schema import PLACEHOLDER, Sheet
from counterpoise.data.sheets import Row, parse_number, read_table, split_list
from counterpoise.errors import BadInput, Problem

FOLDERS = ("cooperation", "forces", "industry", "money", "requirements")
"""The folders of facts that the dataset carries."""

ELSEWHERE = frozenset({"published_results", "sources"})
"""Tables in them that are not matched to a sheet of things."""

LOOKED_UP = frozenset({"lines"})
"""Sheets whose rows hold values looked up later: a cell that the facts leave empty may be
filled; sources may be added, and with them the note restated."""

_SOURCE = ("title", "publisher", "date", "url", "kind", "grade", "licence", "relay_of", "leak")


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
class _Exceptions:
    """Rows set aside and cells changed on purpose, each with its reason stated."""

    aside: frozenset[tuple[str, str]]
    changes: frozenset[tuple[str, ...]]


def check_facts(dataset: Dataset, facts: Path, reference: Path = REFERENCE) -> list[TableCheck]:
    """Match all tables of the folder `facts`; BadInput where a file can't be read.

    `reference` is the folder that `dataset` was loaded from.
    """
    problems: list[Problem] = []
    tables = {sheet.table: sheet for sheet in dataset.schema.sheets.values() if sheet.table}
    exceptions = _exceptions(reference, problems)
    loaded = _loaded(dataset)
    checks: list[TableCheck] = []
    for folder in FOLDERS:
        paths = sorted((facts / folder).glob("*.csv"))
        if not paths:
            problems.append(
                Problem(
                    "no-facts", str(facts / folder), None, "", "", "tables of facts",
                    "name the folder that holds cooperation, forces and so on",
                )
            )  # fmt: skip
        cited: set[str] = set()
        for path in paths:
            if path.stem in ELSEWHERE:
                continue
            rows = read_table(path, problems)
            cited.update(key for row in rows for key in split_list(row.get("source")))
            name = f"{folder}/{path.stem}"
            if name not in tables:
                gone = Difference(name, 1, "whole table", "", "", "no sheet carries this table")
                checks.append(TableCheck(name, "", len(rows), differences=[gone]))
                continue
            sheet = tables[name]
            ours = read_table(reference / f"{sheet.name}.csv", problems)
            matcher = _Matcher(name, sheet, exceptions, dataset, loaded)
            checks.append(matcher.check(rows, ours))
        if paths:
            checks.append(_check_sources(dataset, facts / folder, cited, exceptions, problems))
    if problems:
        raise BadInput(problems)
    return checks


def _exceptions(reference: Path, problems: list[Problem]) -> _Exceptions:
    aside, changes = reference / "set-aside.csv", reference / "changes.csv"
    rows = read_table(aside, problems) if aside.exists() else []
    changed = read_table(changes, problems) if changes.exists() else []
    names = ("table", "row_key", "column", "facts_value", "ours")
    return _Exceptions(
        frozenset((row.get("table"), row.get("row_key")) for row in rows if row.get("reason")),
        frozenset(tuple(map(row.get, names)) for row in changed if row.get("reason")),
    )


def _loaded(dataset: Dataset) -> dict[tuple[str, int], set[str]]:
    """Columns of each sheet row that became observations ("" for its thing or links)."""
    found: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    origins = [thing.origin for thing in dataset.things.values()]
    for origin in origins + [link.origin for link in dataset.links]:
        found[(origin.file, origin.row)].add("")
    for item in dataset.observations:
        found[(item.origin.file, item.origin.row)].add(item.id.rsplit(":", 1)[-1])
    return found


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


class _Matcher:
    """Matches the rows of one table of facts to the rows of its sheet."""

    def __init__(
        self,
        table: str,
        sheet: Sheet,
        exceptions: _Exceptions,
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
        for row in unmatched:
            found = self.nearest(row, left)
            if found is None:
                self.differ(result, row, "", "", "no row of the sheet carries it")
            else:
                left.remove(found)
                self.compare(row, found, result)
        return result

    def key(self, row: Row) -> str:
        """What tells a row from the others of its table."""
        names = self.identity or [
            name for name in PLACEHOLDER.findall(self.sheet.title) if name in self.columns
        ]
        return "/".join(row.get(name) for name in names) or f"row {row.number}"

    def differ(self, result: TableCheck, row: Row, column: str, facts: str, ours: str) -> None:
        """Name one difference."""
        result.differences.append(
            Difference(self.table, row.number, self.key(row), column, facts, ours)
        )

    def nearest(self, row: Row, left: list[Row]) -> Row | None:
        """The unmatched row of the sheet that was most likely made from a facts row."""

        def equal(other: Row, names: list[str]) -> int:
            cells = [(name, row.get(name), _mended(other, name, self.sheet)) for name in names]
            return sum(
                facts != "" and (facts == held or self.changed(row, name, held))
                for name, facts, held in cells
            )

        stated = sum(row.get(name) != "" for name in self.columns)
        likely = [
            other
            for other in left
            if equal(other, self.identity) == sum(row.get(name) != "" for name in self.identity)
        ]
        best = max(likely, key=lambda other: equal(other, self.columns), default=None)
        if best is None or (not self.identity and equal(best, self.columns) * 2 < stated):
            return None
        return best

    def changed(self, row: Row, name: str, held: str) -> bool:
        """Whether a recorded change explains that the sheet holds another cell."""
        change = (self.table, self.key(row), name, row.get(name), held)
        return change in self.exceptions.changes

    def compare(self, row: Row, ours: Row, result: TableCheck) -> None:
        """Name the cells that differ, unless a mending or a recorded change explains them."""
        more = set(split_list(ours.get("source"))) > set(split_list(row.get("source")))
        good = True
        for name in self.columns:
            facts, held = row.get(name), _mended(ours, name, self.sheet)
            if _canonical(facts) == _canonical(held):
                continue
            if self.sheet.name in LOOKED_UP and more and (not facts or name in ("source", "note")):
                continue
            if self.changed(row, name, held):
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


def _check_sources(
    dataset: Dataset,
    folder: Path,
    cited: set[str],
    exceptions: _Exceptions,
    problems: list[Problem],
) -> TableCheck:
    """Each cited source of a folder of facts, key and description.

    What the facts leave empty may be filled, and a note added to.
    """
    table = f"{folder.name}/sources"
    rows = read_table(folder / "sources.csv", problems)
    result = TableCheck(table, "sources", len(rows))
    for row in rows:
        key = row.get("key")
        ours = dataset.sources.get(key)
        if ours is None:
            if key in cited:
                gone = Difference(table, row.number, key, "", "", "not in sources.csv")
                result.differences.append(gone)
            else:
                result.set_aside += 1
            continue
        before = len(result.differences)
        for name in _SOURCE:
            value = getattr(ours, name)
            held = ("y" if value else "") if name == "leak" else value
            stated = row.get(name)
            filled = not stated or (name == "note" and held.startswith(stated))
            recorded = (table, key, name, stated, held) in exceptions.changes
            if stated != held and not filled and not recorded:
                cell = Difference(table, row.number, key, name, stated, held)
                result.differences.append(cell)
        result.carried += before == len(result.differences)
    known = {row.get("key") for row in rows}
    for key in sorted(cited - known - set(dataset.sources)):
        gone = Difference(table, 1, key, "", "", "cited, but in no sources.csv")
        result.differences.append(gone)
    return result
