"""Reading one CSV sheet: rows with their spreadsheet numbers, and every fault found."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from counterpoise.data.schema import Sheet
from counterpoise.errors import Problem


class Row:
    """One row of a sheet: cells by column, and where it stands."""

    __slots__ = ("cells", "file", "number")

    def __init__(self, cells: dict[str, str], file: str, number: int):
        self.cells = cells
        self.file = file
        self.number = number

    def get(self, column: str) -> str:
        """The cell's text without surrounding blanks; "" where the column is absent."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Layer:
    """Rows by sheet of the release (whose `name` is empty) or of one overlay."""

    name: str
    sheets: dict[str, list[Row]]

    @cached_property
    def digest(self) -> str:
        """Sixteen hex digits that change with any cell and with any row's place."""
        total = hashlib.sha256()
        for name, rows in sorted(self.sheets.items()):
            for row in rows:
                total.update(repr((name, row.number, row.cells)).encode())
        return total.hexdigest()[:16]


def read_table(path: Path, problems: list[Problem], prefix: str = "") -> list[Row]:
    """Rows of any CSV file; faults of encoding, heading and row length go to `problems`.

    `prefix` stands before the file's name wherever it is told.
    """
    name = prefix + path.name

    def fault(code: str, row: int | None, value: str, expected: str, remedy: str) -> None:
        problems.append(Problem(code, name, row, "", value, expected, remedy))

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault(
            "encoding",
            None,
            f"byte {error.start}",
            "UTF-8 text",
            "save the file as CSV UTF-8",
        )
        return []
    except OSError as error:
        fault("unreadable", None, "", "a readable file", f"check the file: {error.strerror}")
        return []
    if "\x00" in text:
        fault("encoding", None, "NUL", "UTF-8 text", "save the file as CSV UTF-8")
        return []
    try:
        lines = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        fault("format", None, str(error), "comma-separated rows", "mend the quotation marks")
        return []
    if not lines or not any(lines[0]):
        fault("empty", None, "", "a heading row", "delete the file or give it a heading")
        return []
    heading = [cell.strip() for cell in lines[0]]
    check_once(heading, name, problems)
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if not any(line):
            continue
        if len(line) != len(heading):
            fault(
                "row-length",
                number,
                f"{len(line)} cells",
                f"{len(heading)} cells",
                "add or remove commas, or quote a cell that holds one",
            )
            continue
        cells = dict(zip(heading, (cell.strip() for cell in line), strict=True))
        rows.append(Row(cells, name, number))
    return rows


def check_once(heading: list[str], file: str, problems: list[Problem]) -> None:
    """No column may stand twice in a heading."""
    for column in sorted({cell for cell in heading if heading.count(cell) > 1}):
        problems.append(
            Problem("column-twice", file, 1, column, "", "each column once", "remove one of them")
        )


def check_heading(
    heading: Collection[str],
    file: str,
    allowed: Collection[str],
    needed: Iterable[str],
    problems: list[Problem],
) -> bool:
    """Whether a heading has all needed columns; those that aren't allowed are problems too."""
    for column in heading:
        if column not in allowed:
            near = ", ".join(difflib.get_close_matches(column, allowed, n=5, cutoff=0.0))
            expected = f"a column of the sheet (near: {near})"
            remedy = "rename or remove the column"
            problems.append(Problem("unknown-column", file, 1, column, "", expected, remedy))
    missing = [column for column in needed if column not in heading]
    for column in missing:
        problems.append(Problem("missing-column", file, 1, column, "", "this column", "add it"))
    return not missing


def read_sheet(path: Path, sheet: Sheet, problems: list[Problem], prefix: str = "") -> list[Row]:
    """Rows of a sheet; none where the heading lacks what every row needs.

    Rows are given beside other faults of the file, so that theirs are found at once.
    """
    before = len(problems)
    rows = read_table(path, problems, prefix)
    file = prefix + path.name
    if not rows:
        if len(problems) == before:
            problems.append(
                Problem("empty", file, None, "", "", "at least one row", "delete the file")
            )
        return []
    heading = rows[0].cells
    needed = sheet.keys if "withdraw" in heading else (*sheet.keys, "source", "basis")
    return rows if check_heading(heading, file, sheet.allowed, needed, problems) else []


def parse_number(text: str) -> float | None:
    """The finite number that a cell states, or None where it states none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def split_list(text: str) -> Iterator[str]:
    """The entries of a cell that holds a list separated by semicolons."""
    for entry in text.split(";"):
        if entry.strip():
            yield entry.strip()
