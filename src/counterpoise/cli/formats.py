"""The command formats: cells of function and plan, holes, and the least that fills them."""

from __future__ import annotations

from typing import Annotated

import typer

from counterpoise.cli.data import Data, Form, Leaks, Out, load_data
from counterpoise.cli.output import emit
from counterpoise.cooperation.cells import Definition, read_definitions
from counterpoise.cooperation.format_tables import TABLES, list_rows
from counterpoise.cooperation.told import Row, tell
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, CounterpoiseError, Problem
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
    ] = "main",
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
    rule = _definition(dataset, definition, problems)
    gone = _states(dataset, without or [], problems)
    names = _parts(part, form, out is not None, problems)
    if problems or rule is None:
        raise BadInput(problems)
    told = tell(dataset, rule, gone)
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


def _definition(dataset: Dataset, name: str, problems: list[Problem]) -> Definition | None:
    known = read_definitions(dataset)
    if name not in known:
        close = ", ".join(near(name, list(known)) or list(known))
        problems.append(Problem("definition", "--definition", None, "", name, close, "choose one"))
    return known.get(name)


def _states(dataset: Dataset, names: list[str], problems: list[Problem]) -> list[str]:
    found = []
    for name in (each.strip() for text in names for each in text.split(",")):
        try:
            address = dataset.find(name)
        except CounterpoiseError:
            address = ""
        if address and dataset.things[address].kind == "state":
            found.append(address)
            continue
        states = [item.address.split("/", 1)[1] for item in dataset.kind("state")]
        states += [item.name for item in dataset.kind("state")]
        close = ", ".join(near(name, states)) or "a state by code or name"
        problems.append(Problem("state", "--without", None, "", name, close, "correct it"))
    return found


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
