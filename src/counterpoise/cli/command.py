"""The command command: who holds which post, what falls vacant, who could follow, and where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from counterpoise.cli.data import Data, Form, Leaks, Out, load_data
from counterpoise.cli.output import emit, form_problems
from counterpoise.cooperation.arguments import NOBODY, KilometresArgument, read_one
from counterpoise.cooperation.command_asked import EVERY, NEAR, PARTS, POOL, read_command
from counterpoise.cooperation.reassignment import LAST
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import near, year
from counterpoise.measures.view import View

SHOWN_SEATS = 4
"""Nearest seats that a table on the screen shows for each plan."""

Without = Annotated[str, typer.Option("--without", help="States that step back: USA or USA,GBR.")]
On = Annotated[str, typer.Option("--on", help="Day; the release's where none is given.")]
Region = Annotated[str, typer.Option("--region", help="north, centre, south, or all.")]
Part = Annotated[str, typer.Option("--part", help="One of: " + ", ".join(PARTS) + ".")]
ByYear = Annotated[bool, typer.Option("--by-year", help="Assign posts by year to 2035.")]
Year = Annotated[int | None, typer.Option("--year", help="Assign posts in this year.")]
Pool = Annotated[str, typer.Option("--candidates", help="States that may be assigned posts.")]
Within = Annotated[float, typer.Option("--within", help="Kilometres that count as near.")]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("command")(command)


def command(
    without: Without = NOBODY,
    on: On = "",
    region: Region = EVERY,
    part: Part = "",
    by_year: ByYear = False,
    at_year: Year = None,
    pool: Pool = POOL,
    within: Within = NEAR,
    data: Data = None,
    without_leaks: Leaks = False,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell chains of command, what falls vacant if a state steps back, and who could follow."""
    view = View(load_data(data, without_leaks))

    base = read_command(view, without=without, on=on, region=region, pool=pool)
    parts = _parts(part, by_year, at_year, bool(base.without), form, out)
    near_by = read_one(KilometresArgument, f"{within:.10g}", view, "command", "--within")
    few = SHOWN_SEATS if form == "table" and out is None else None
    asked = replace(base, year=at_year or 0, within=near_by, seats=few)
    if at_year is not None:
        first = asked.task.task.years.start
        read_one(Annotated[int, year(first, LAST)], str(at_year), view, "command", "--year")
    found = [(name, asked.rows(name)) for name in parts]
    for number, (name, rows) in enumerate(found, start=1):
        title = PARTS[name] if form == "table" else name
        emit(rows, form, out, title, view.dataset.id if number == len(found) else "")


def _parts(
    part: str, by_year: bool, at_year: int | None, steps_back: bool, form: str, out: Path | None
) -> tuple[str, ...]:
    """The parts to tell; BadInput for an unknown one, or for several in one file."""
    problems = form_problems(form, out)
    asked: tuple[str, ...] = ("next", "functions", "chains") if steps_back else ("counts", "chains")
    if by_year:
        asked = ("years", "equal")
    if at_year is not None:
        asked = ("year",)
    if part:
        asked = (part,)
    if part and part not in PARTS:
        close = ", ".join(near(part, list(PARTS))) or ", ".join(PARTS)
        problems.append(Problem("part", "--part", None, "", part, close, "choose one"))
    elif part == "year" and at_year is None:
        problems.append(Problem("part", "--part", None, "", part, "a year", "add --year 2030"))
    if form != "table" or out is not None:
        if by_year and not part:
            asked = ("years",)
        elif len(asked) > 1:
            expected = " or ".join(asked)
            problems.append(Problem("part", "--part", None, "", "", expected, "choose one"))
    if problems:
        raise BadInput(problems)
    return asked
