"""Printing what a command found: as a table, JSON, CSV or a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
import xlsxwriter
from rich.console import Console
from rich.table import Table

from counterpoise.errors import BadInput, Problem
from counterpoise.publish.cells import heading, shown

FORMATS = ("table", "json", "csv", "xlsx")

Row = dict[str, Any]


def emit(
    rows: Sequence[Row],
    form: str = "table",
    out: Path | None = None,
    title: str = "",
    release: str = "",
) -> None:
    """Print rows, or write them to `out`; all rows have the keys of the first, in its order.

    `release` is the dataset's id: a last column, or a line under a table.

    BadInput for an unknown format, for a spreadsheet without `out`, or where `out` can't be
    written.
    """
    problems = form_problems(form, out)
    if problems:
        raise BadInput(problems)
    if form == "table" and out is None:
        _print(rows, title)
        if release:
            typer.echo(f"release {release}")
        return
    if release:
        rows = [{**row, "release": release} for row in rows]
    if form == "xlsx" and out is not None:
        content = workbook({title or "table": rows})
    elif form == "json":
        content = (json.dumps(list(rows), ensure_ascii=False, indent=2) + "\n").encode()
    else:
        content = as_csv(rows).encode()
    if out is None:
        typer.echo(content.decode(), nl=False)
        return
    write_new(out, content)


def form_problems(form: str, out: Path | None) -> list[Problem]:
    """What is wrong with a form and a file to write to."""
    if form not in FORMATS:
        return [Problem("format", "--format", None, "", form, " or ".join(FORMATS), "choose one")]
    if form == "xlsx" and out is None:
        return [Problem("no-file", "--out", None, "", "", "a file name", "say where to write it")]
    return []


def write_new(out: Path, content: bytes) -> None:
    """Write a file whole or not at all; BadInput where that can't be done."""
    write_all({out: content})


def write_all(files: dict[Path, bytes]) -> None:
    """Write files whole, all or none; BadInput where that can't be done."""
    asides = {out: out.with_name(out.name + ".part") for out in files}
    try:
        for out, content in files.items():
            asides[out].write_bytes(content)
        for out, aside in asides.items():
            aside.replace(out)
    except OSError as error:
        for aside in asides.values():
            if aside.is_file():
                aside.unlink()
        problem = Problem(
            "cannot-write", str(out), None, "", "", "a place to write", f"{error.strerror}"
        )
        raise BadInput([problem]) from None


def write_folder(out: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files into a new folder, all or none; BadInput where it exists or can't be made."""
    if out.exists():
        problem = Problem("exists", str(out), None, "", "", "a new folder", "choose another name")
        raise BadInput([problem])
    aside = out.with_name(out.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        for name, content in files.items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        aside.rename(out)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        expected, remedy = "a place to write", f"{error.strerror}"
        raise BadInput(
            [Problem("cannot-write", str(out), None, "", "", expected, remedy)]
        ) from None


def as_csv(rows: Sequence[Row]) -> str:
    """Rows as comma-separated text with a heading."""
    buffer = io.StringIO()
    if rows:
        writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return buffer.getvalue()


def workbook(sheets: Mapping[str, Sequence[Row]]) -> bytes:
    """A spreadsheet with one sheet for each entry."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name[:31].replace("/", " "))
            sheet.freeze_panes(1, 0)
            columns = list(rows[0]) if rows else []
            for at, column in enumerate(columns):
                sheet.write(0, at, column, bold)
            for number, row in enumerate(rows, start=1):
                for at, column in enumerate(columns):
                    if row[column] is not None:
                        sheet.write(number, at, row[column])
            sheet.autofit()
    return buffer.getvalue()


def _print(rows: Sequence[Row], title: str) -> None:
    console = Console(highlight=False, soft_wrap=False, markup=False)
    if not rows:
        console.print(f"{title}: nothing" if title else "nothing")
        return
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in rows[0]:
        right = all(isinstance(row[column], int | float | None) for row in rows)
        table.add_column(heading(column), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(shown(value) for value in row.values()))
    console.print(table)


def aligned(rows: Sequence[Sequence[str]], right: Container[int] = ()) -> list[str]:
    """Lines of cells in columns, one line a row whatever its width; `right` lists columns."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        " ".join(
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
