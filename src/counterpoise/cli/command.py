"""The command command: who holds which post, what falls vacant, who could follow, and where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import typer

from counterpoise.cli.data import Data, Form, Leaks, Out, load_data
from counterpoise.cli.output import Row, emit, form_problems
from counterpoise.cooperation import command as tables
from counterpoise.cooperation import command_years as years
from counterpoise.cooperation.arguments import (
    NOBODY,
    DayArgument,
    KilometresArgument,
    PlansArgument,
    StatesArgument,
    read_one,
)
from counterpoise.cooperation.posts import Standing
from counterpoise.cooperation.reassignment import LAST, Reassignment, reassignment
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import PlaceArgument, near, year
from counterpoise.measures.view import Place, View

PARTS = {
    "counts": "counts by state",
    "posts": "posts and holders",
    "chains": "chains, three assumed regions",
    "functions": "what stops",
    "next": "vacancies and who is next",
    "years": "assignment by year, * one of several",
    "equal": "other assignments worth as much",
    "year": "assignment in one year",
    "headquarters": "seats, nearest first",
}
"""What can be told, with its title."""

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
    region: Region = "all",
    part: Part = "",
    by_year: ByYear = False,
    at_year: Year = None,
    pool: Pool = "NATO-EUR",
    within: Within = 1500.0,
    data: Data = None,
    without_leaks: Leaks = False,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell chains of command, what falls vacant if a state steps back, and who could follow."""
    view = View(load_data(data, without_leaks))

    def read(kind: Any, text: str, option: str) -> Any:
        return read_one(kind, text, view, "command", option)

    gone = read(StatesArgument, without, "--without")
    parts = _parts(part, by_year, at_year, bool(gone), form, out)
    asked = _Asked(
        view,
        read(DayArgument, on or view.dataset.release, "--on"),
        gone,
        read(PlansArgument, region, "--region"),
        read(PlaceArgument, pool, "--candidates"),
        at_year or 0,
        read(KilometresArgument, f"{within:.10g}", "--within"),
        SHOWN_SEATS if form == "table" and out is None else None,
    )
    if at_year is not None:
        first = asked.task.task.years.start
        read(Annotated[int, year(first, LAST)], str(at_year), "--year")
    found = [(name, asked.rows(name)) for name in parts]
    for number, (name, rows) in enumerate(found, start=1):
        title = PARTS[name] if form == "table" else name
        emit(rows, form, out, title, view.dataset.id if number == len(found) else "")


@dataclass(frozen=True)
class _Asked:
    """What is asked, and the tables that answer it."""

    view: View
    on: str
    without: tuple[str, ...]
    plans: tuple[str, ...]
    pool: Place
    year: int
    within: float
    seats: int | None

    @cached_property
    def standing(self) -> dict[str, Standing]:
        """How the posts stand."""
        return tables.standing_on(self.view, self.on, self.without)

    @cached_property
    def task(self) -> Reassignment:
        """The assignment of posts by year."""
        return reassignment(self.view, self.standing, self.on, self.pool, self.without)

    def rows(self, part: str) -> list[Row]:
        """The rows of a part."""
        view, standing = self.view, self.standing
        match part:
            case "counts":
                return tables.count_rows(view, standing, self.on)
            case "posts":
                return tables.post_rows(view, standing)
            case "chains":
                return tables.chain_rows(view, standing, self.plans)
            case "functions":
                return tables.function_rows(view, standing)
            case "next":
                return tables.next_rows(view, standing, self.on, self.pool, self.without)
            case "years":
                return years.by_year_rows(self.task)
            case "equal":
                return years.equal_rows(self.task)
            case "year":
                steady = years.steadiness(
                    view, standing, self.on, self.pool, self.without, self.year
                )
                return years.year_rows(self.task, self.year, steady)
            case _:
                return tables.headquarters_rows(view, self.plans, self.on, self.within, self.seats)


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
