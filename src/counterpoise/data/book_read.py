"""Reading an edited workbook of the dataset as an overlay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from counterpoise.data.changes import ROW, YOURS, Cell, Page, added_rows, as_text, changed_rows
from counterpoise.data.dates import DATE
from counterpoise.data.schema import Schema
from counterpoise.data.sheets import Layer, Row, check_heading, check_once
from counterpoise.errors import Problem

READ_ME = "read me"
"""The worksheet that explains the book and says what it was made from."""

LISTS = "lists"
"""The hidden worksheet with the entries that cells offer for choice."""

MADE_FROM = "made from"
"""First cell of a row of `read me` that names the release or an overlay, with its digest."""

Grid = list[list[Cell]]


def read_book(path: Path, below: Sequence[Layer], schema: Schema, problems: list[Problem]) -> Layer:
    """What an edited book changes in the layers that it was made from.

    Rows are numbered as in the book. Rows and worksheets that were deleted change nothing.
    """
    name = path.resolve().name
    grids = _grids(path, name, problems)
    if grids is None or not _made_from(grids.get(READ_ME, []), name, below, problems):
        return Layer(name, {})
    known = (READ_ME, "sources", "aliases", *schema.sheets, LISTS)
    for title in grids:
        if title not in known:
            expected, remedy = "one of " + ", ".join(known), "rename or delete the worksheet"
            problems.append(
                Problem("unknown-sheet", f"{name}/{title}", None, "", "", expected, remedy)
            )
    sheets: dict[str, list[Row]] = {}
    for title in ("sources", "aliases"):
        rows = [row for layer in below for row in layer.sheets.get(title, [])]
        page = _page(grids, title, name, rows, None, problems)
        sheets[title] = added_rows(page, _places(rows), problems)
    dates = {
        row.get("key"): row.get("date")
        for layer in (*below, Layer(name, sheets))
        for row in layer.sheets.get("sources", [])
        if DATE.fullmatch(row.get("date"))
    }
    for title, sheet in schema.sheets.items():
        rows = [row for layer in below for row in layer.sheets.get(title, [])]
        page = _page(grids, title, name, rows, sheet.allowed, problems)
        sheets[title] = changed_rows(page, sheet, _places(rows), dates, problems)
    return Layer(name, sheets)


def in_words(problem: Problem) -> Problem:
    """A problem whose place in a book is told as `book.xlsx, sheet lines`."""
    return replace(problem, file=re.sub(r"(?i)\.(xlsx|ods)/", r".\1, sheet ", problem.file))


def _places(rows: list[Row]) -> dict[str, Row]:
    """Rows by what stands for them in the column `row`."""
    return {f"{row.file}:{row.number}": row for row in rows}


def _grids(path: Path, name: str, problems: list[Problem]) -> dict[str, Grid] | None:
    """The cells of every worksheet; None where the file can't be read."""

    def fault(code: str, value: str, expected: str, remedy: str) -> None:
        problems.append(Problem(code, name, None, "", value, expected, remedy))

    if not path.is_file():
        problems.append(Problem("no-file", str(path), None, "", "", "a workbook", "check the path"))
        return None
    try:
        with CalamineWorkbook.from_path(path) as book:
            return {
                title: book.get_sheet_by_name(title).to_python(skip_empty_area=False)
                for title in book.sheet_names
            }
    except OSError as error:
        fault("unreadable", "", "a readable file", f"check the file: {error.strerror or error}")
    except CalamineError as error:
        remedy = "save it from the spreadsheet as .xlsx, without a password"
        fault("format", str(error), "a workbook", remedy)
    return None


def _made_from(grid: Grid, name: str, below: Sequence[Layer], problems: list[Problem]) -> bool:
    """Whether all that the book was made from lies below it, unchanged."""
    found = [row for row in grid if row[:1] == [MADE_FROM] and len(row) > 2]
    known = {layer.digest for layer in below}
    before = len(problems)

    def fault(code: str, value: str, expected: str, remedy: str) -> None:
        problems.append(Problem(code, f"{name}/{READ_ME}", None, "", value, expected, remedy))

    if not found:
        remedy = "put back the worksheet, or export the book again and carry your changes over"
        fault("no-origin", "", f"the rows {MADE_FROM!r} as they were exported", remedy)
    for at, row in enumerate(found):
        told, digest = as_text(row[1]), as_text(row[2])
        if digest in known:
            continue
        again = "export the book again and carry your changes over"
        if at == 0:
            expected = f"a book made from the release in use ({below[0].digest})"
            fault("other-release", f"{told} ({digest})", expected, again)
        else:
            expected = "this overlay, unchanged and before the book"
            fault("other-overlay", f"{told} ({digest})", expected, f"give it by --data, or {again}")
    return len(problems) == before


def _page(
    grids: dict[str, Grid],
    title: str,
    name: str,
    rows: list[Row],
    allowed: frozenset[str] | None,
    problems: list[Problem],
) -> Page:
    """A worksheet's cells by column; without rows where it was deleted or its heading is wrong.

    `rows` are those it was made from. `allowed` are the sheet's columns, None for those of `rows`.
    """
    file = f"{name}/{title}"
    exported = list(rows[0].cells) if rows else []
    grid = grids.get(title)
    if grid is None:
        return Page(file, [])
    if not grid:
        remedy = "put it back, or delete the worksheet"
        problems.append(Problem("empty", file, None, "", "", "the heading row", remedy))
        return Page(file, [])
    heading = [as_text(cell) for cell in grid[0]]
    named = [column for column in heading if column]
    before = len(problems)
    check_once(named, file, problems)
    needed = (ROW, *exported, *(YOURS if allowed is not None else ()))
    check_heading(named, file, {*needed, *(allowed or ())}, needed, problems)
    if len(problems) > before:
        return Page(file, [])
    found = []
    for number, line in enumerate(grid[1:], start=2):
        for column, cell in zip(heading, line, strict=True):
            if not column and as_text(cell):
                remedy = "delete it, or move it into your_note"
                problems.append(
                    Problem(
                        "no-heading", file, number, "", as_text(cell), "a heading above", remedy
                    )
                )
        cells = {column: cell for column, cell in zip(heading, line, strict=True) if column}
        if any(as_text(cell) for cell in cells.values()):
            found.append((number, cells))
    return Page(file, found)
