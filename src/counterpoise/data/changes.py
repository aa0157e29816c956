"""From the worksheets of an edited book to an overlay's rows: only what differs counts."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose

from counterpoise.data.dates import DATE
from counterpoise.data.schema import YES, Sheet
from counterpoise.data.sheets import Row, parse_number, split_list
from counterpoise.errors import Problem

Cell = str | float | bool | datetime.date | datetime.time | datetime.timedelta
"""What a workbook's cell may hold; "" where it is empty."""

ROUNDING = 1e-14
"""Relative difference up to which two numbers are the same: spreadsheets keep fifteen digits."""

ROW = "row"
"""The column that says where a row stands in the sheets; empty for new rows."""

YOURS = ("your_source", "your_basis", "your_note", "withdraw")
"""The columns for what the book's editor adds to a row."""

_PROVENANCE = ("source", "basis", "note", "error")
"""Columns that tell of the release's own figures, so that an editor can't change them."""

_DATES = ("as_of", "published")
"""Columns that may change beside a figure, but say nothing alone."""


@dataclass(frozen=True)
class Page:
    """A worksheet: `file` is how problems name it, `rows` are cells by column with row numbers."""

    file: str
    rows: list[tuple[int, dict[str, Cell]]]


def as_text(cell: Cell, was: str = "", number: bool = False) -> str:
    """A cell as the sheet would have it; `was`, the sheet's own text, where it says the same.

    In columns of words only what the spreadsheet itself took for a number is compared as one.
    """
    if isinstance(cell, bool):
        return "y" if cell else "n"
    if isinstance(cell, datetime.datetime):
        cell = cell.date()
    if isinstance(cell, datetime.date):
        # A month that was typed into the spreadsheet is kept there as the month's first day.
        month = DATE.fullmatch(was) and len(was) == 7 and cell.day == 1
        return cell.isoformat()[:7] if month else cell.isoformat()
    if isinstance(cell, int | float):
        text, number = f"{cell:.15g}", True
    else:
        text = str(cell).strip()
    if number:
        told, before = parse_number(text), parse_number(was)
        if told is not None and before is not None and isclose(told, before, rel_tol=ROUNDING):
            return was
    return text


def added_rows(page: Page, below: Mapping[str, Row], problems: list[Problem]) -> list[Row]:
    """The new rows of a worksheet whose other rows can't be changed: sources and aliases."""
    rows = []
    for number, cells in page.rows:
        was = _origin(page, number, cells, below, problems)
        if was is None:
            continue
        now = {name: as_text(cell, was.get(name)) for name, cell in cells.items() if name != ROW}
        if not was.cells:
            rows.append(Row(now, page.file, number))
            continue
        for name in now:
            if now[name] != was.get(name):
                expected = f"{was.get(name)!r}, as it was exported"
                remedy = f"put it back, and add a row of your own with an empty {ROW}"
                problems.append(
                    Problem("fixed", page.file, number, name, now[name], expected, remedy)
                )
    return rows


def _origin(
    page: Page,
    number: int,
    cells: dict[str, Cell],
    below: Mapping[str, Row],
    problems: list[Problem],
) -> Row | None:
    """The row that a book's row was made from; one without cells for a new row, None if unknown."""
    place = as_text(cells[ROW])
    if not place:
        return Row({}, "", 0)
    if place not in below:
        expected = "the place of a row of the release, or of an overlay given before the book"
        remedy = "put back what was exported, or clear the cell for a new row"
        problems.append(Problem("row-place", page.file, number, ROW, place, expected, remedy))
    return below.get(place)


class _Comparer:
    """Turns the rows of one worksheet into an overlay's, collecting faults."""

    def __init__(self, page: Page, sheet: Sheet, dates: Mapping[str, str], problems: list[Problem]):
        self.page = page
        self.sheet = sheet
        self.dates = dates
        self.problems = problems
        self.seen: dict[str, int] = {}
        numbers = [item.name for item in sheet.columns.values() if item.role == "quantity"]
        self.parts = {name: (f"{name}_low", name, f"{name}_high") for name in numbers}
        self.whole = {part: name for name, parts in self.parts.items() for part in parts}
        self.fixed = {name for name in _PROVENANCE if name not in sheet.columns}
        self.fixed |= {f"{name}_{kind}" for name in numbers for kind in ("source", "basis")}
        words = {item.name for item in sheet.columns.values() if item.role in ("text", "note")}
        # A link is one record: its words go along when one of them changes.
        self.record = words if sheet.link_object else set()
        if not sheet.link_object:
            self.fixed |= {name for name in words if sheet.columns[name].role == "note"}

    def fault(
        self, code: str, number: int, column: str, value: str, expected: str, remedy: str
    ) -> None:
        self.problems.append(Problem(code, self.page.file, number, column, value, expected, remedy))

    def texts(self, cells: dict[str, Cell], was: Row) -> dict[str, str]:
        """The cells that the sheet itself has, as text."""
        return {
            name: as_text(cell, was.get(name), name in self.whole)
            for name, cell in cells.items()
            if name != ROW and name not in YOURS
        }

    def read(self, number: int, cells: dict[str, Cell], was: Row) -> Row | None:
        """The overlay's row; None where nothing differs or something is wrong."""
        yours = {name: as_text(cells.get(name, "")) for name in YOURS}
        now = self.texts(cells, was)
        if yours["withdraw"] and yours["withdraw"].lower() not in YES:
            remedy = "write y to take the row out, or clear the cell"
            self.fault("withdraw", number, "withdraw", yours["withdraw"], "y or nothing", remedy)
            return None
        if not was.cells:
            return self.new(number, now, yours) if any((*now.values(), *yours.values())) else None
        place = as_text(cells[ROW])
        first = self.seen.setdefault(place, number)
        if first != number:
            remedy = "clear the cell if this is a new row, else delete the row"
            self.fault("duplicate", number, ROW, place, f"each place once (row {first})", remedy)
            return None
        changed = [name for name in now if now[name] != was.get(name)]
        before = len(self.problems)
        self.check(number, changed, now, was, yours)
        if len(self.problems) > before or not (changed or yours["withdraw"]):
            return None
        kept = {name: was.get(name) for name in now if name in self.sheet.addressing}
        if yours["withdraw"]:
            return Row({**kept, "withdraw": "y"}, self.page.file, number)
        kept |= self.kept(changed, now)
        kept |= {"source": yours["your_source"], "note": yours["your_note"]}
        kept["basis"] = yours["your_basis"] or "reported"
        return Row(self.dated(kept), self.page.file, number)

    def check(
        self, number: int, changed: list[str], now: dict[str, str], was: Row, yours: dict[str, str]
    ) -> None:
        """Faults of what was changed: an overlay can state things anew, and nothing else."""
        if not changed and not yours["withdraw"]:
            for name in [name for name in YOURS if yours[name]]:
                expected = "a changed cell in the row"
                remedy = "change what your source states otherwise, or clear the cell"
                self.fault("no-change", number, name, yours[name], expected, remedy)
        for name in changed:
            back = f"put back {was.get(name)!r}" if was.get(name) else "clear the cell"
            told = (number, name, now[name])
            if yours["withdraw"]:
                self.fault("withdraw", *told, "no change in a row that is withdrawn", back)
            elif name in self.sheet.addressing:
                remedy = f"{back}; for another row add one with an empty {ROW}"
                self.fault("key-changed", *told, "what names the row, unchanged", remedy)
            elif name in self.fixed or set(changed) <= {*_DATES} - self.sheet.columns.keys():
                remedy = f"{back}, change a figure, and use your_source, your_basis and your_note"
                self.fault("fixed", *told, "what tells of the figure as exported", remedy)
            elif not now[name] and not self.rest(name, now):
                remedy = f"write another value or {back}; withdraw = y takes the whole row out"
                self.fault("emptied", *told, "a value: an overlay can't unstate one", remedy)
            elif not yours["your_source"]:
                remedy = f"write a key of the sheet sources into your_source, or {back}"
                self.fault("no-source", *told, "a source of yours beside a changed cell", remedy)

    def rest(self, name: str, now: dict[str, str]) -> bool:
        """Whether a figure is left when its low or high is emptied."""
        whole = self.whole.get(name, name)
        return name != whole and any(now.get(part) for part in self.parts[whole])

    def kept(self, changed: list[str], now: dict[str, str]) -> dict[str, str]:
        """The changed cells. The old range goes where the value alone was changed."""
        kept = {name: now[name] for name in changed if name not in self.whole}
        for whole in dict.fromkeys(self.whole[name] for name in changed if name in self.whole):
            parts = self.parts[whole]
            alone = [part for part in parts if part in changed] == [whole]
            kept |= {part: now.get(part, "") for part in ((whole,) if alone else parts)}
        return kept | {name: now[name] for name in self.record if name in now}

    def new(self, number: int, now: dict[str, str], yours: dict[str, str]) -> Row | None:
        """A row that the book's editor added, taken whole."""
        row = {**now, "withdraw": yours["withdraw"]}
        row["source"] = yours["your_source"] or now.get("source", "")
        row["basis"] = yours["your_basis"] or now.get("basis", "") or "reported"
        row["note"] = yours["your_note"] or now.get("note", "")
        if not row["source"] and not row["withdraw"]:
            remedy = "write a key of the sheet sources into your_source"
            self.fault("no-source", number, "your_source", "", "a source of a new row", remedy)
            return None
        return Row(self.dated(row), self.page.file, number)

    def dated(self, row: dict[str, str]) -> dict[str, str]:
        """The row with the newest date of its sources, where it states none itself."""
        date = max((self.dates.get(key, "") for key in split_list(row["source"])), default="")
        for name in _DATES:
            if not row.get(name) and name not in self.sheet.addressing | self.sheet.columns.keys():
                row[name] = date
        return row


def changed_rows(
    page: Page,
    sheet: Sheet,
    below: Mapping[str, Row],
    dates: Mapping[str, str],
    problems: list[Problem],
) -> list[Row]:
    """The overlay's rows of a worksheet: those that are new, and of the others what changed.

    `below` has the rows that the book was made from by their places, `dates` those of sources.
    """
    comparer = _Comparer(page, sheet, dates, problems)
    rows = []
    for number, cells in page.rows:
        was = _origin(page, number, cells, below, problems)
        row = comparer.read(number, cells, was) if was is not None else None
        if row is not None:
            rows.append(row)
    return rows
