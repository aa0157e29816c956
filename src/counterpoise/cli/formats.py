"""The command formats: cells of function and plan, holes, and the least that fills them."""

from __future__ import annotations

from typing import Annotated

import typer

from counterpoise.cli.data import Data, Form, Leaks, Out, load_data
from counterpoise.cli.output import emit
from counterpoise.cooperation.cells import read_definitions
from counterpoise.cooperation.format_asked import MAIN, read_formats_asked
from counterpoise.cooperation.format_tables import TABLES, list_rows
from counterpoise.cooperation.told import Row, tell
from counterpoise.data.dataset import Dataset
from counterpoise.errors import Problem
from counterpoise.measures.parameters import near

ALL = "all"
FIRST = ("matrix", "definitions", "apart", "steps", "working")
"""Parts that are told where none is named."""

Part = Annotated[str, typer.Option("--part", help=f"{ALL}, or one of: {', '.join(TABLES)}.")]
Without = Annotated[
    list[str] | None, typer.Option("--without", help="A state to leave out; may be repeated.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("formats")(formats)


def formats(
    definition: Annotated[
        str, typer.Option("--definition", help="What fills a cell: see `list format-definition`.")
    ] = MAIN,
    without: Without = None,
    part: Part = "",
    data: Data = None,
    without_leaks: Leaks = False,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell what formats of cooperation cover by function and regional plan, and where holes are."""
    dataset = load_data(data, without_leaks)
    problems: list[Problem] = []
    names = _parts(part, form, out is not None, problems)
    told = read_formats_asked(dataset, definition, without or [], problems)
    for number, name in enumerate(names, start=1):
        title, rows = TABLES[name]
        last = number == len(names)
        emit(rows(told), form, out, title if len(names) > 1 else name, dataset.id if last else "")
    if "steps" in names and form == "table" and out is None:
        least = told.least
        equal = "too many holes to count" if least.equal is None else str(least.equal)
        typer.echo(f"points of the least set: {least.cost:g}; sets of equal worth: {equal}")


def format_list(dataset: Dataset) -> list[Row]:
    """All arrangements as formats, for `list formats`."""
    return list_rows(tell(dataset, next(iter(read_definitions(dataset).values()))))


def _parts(part: str, form: str, kept: bool, problems: list[Problem]) -> tuple[str, ...]:
    if part not in ("", ALL, *TABLES):
        close = ", ".join(near(part, list(TABLES)) or TABLES)
        problems.append(Problem("part", "--part", None, "", part, close, "choose one"))
    if part in TABLES:
        return (part,)
    if form != "table" or kept:
        expected = " or ".join(TABLES)
        problems.append(Problem("part", "--part", None, "", part, expected, "choose one to write"))
    return tuple(TABLES) if part == ALL else FIRST
