"""Reading one CSV sheet: rows with their spreadsheet numbers, and every fault found."""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections.abc import Iterator
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
    for column in sorted({cell for cell in heading if heading.count(cell) > 1}):
        problems.append(
            Problem("column-twice", name, 1, column, "", "each column once", "remove one of them")
        )
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


def read_sheet(path: Path, sheet: Sheet, problems: list[Problem], prefix: str = "") -> list[Row]:
    """Rows of a sheet; none where the heading lacks what every row needs.

    Rows are given beside other faults of the file, so that theirs are found at once.
    """
    before = len(problems)
    rows = read_table(path, problems, prefix)
    file = prefix + path.name

    def fault(code: str, row: int | None, column: str, expected: str, remedy: str) -> None:
        problems.append(Problem(code, file, row, column, "", expected, remedy))

    if not rows:
        if len(problems) == before:
            fault("empty", None, "", "at least one row", "delete the file")
        return []
    heading = rows[0].cells
    for column in heading:
        if column not in sheet.allowed:
            near = difflib.get_close_matches(column, sheet.allowed, n=3)
            expected = "one of " + ", ".join(near or sorted(sheet.columns))
            fault("unknown-column", 1, column, expected, "rename or remove the column")
    needed = sheet.keys if "withdraw" in heading else (*sheet.keys, "source", "basis")
    missing = [column for column in needed if column not in heading]
    for column in missing:
        fault("missing-column", 1, column, "this column", "add it")
    return [] if missing else rows


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
