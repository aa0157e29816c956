"""The command bottlenecks: what limits a saved plan, the best next billion, what rules cost."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from counterpoise import runs
from counterpoise.cli.data import Form, Out, Runs
from counterpoise.cli.output import emit
from counterpoise.errors import BadInput, Problem
from counterpoise.planning.variants import CALENDAR

Row = dict[str, Any]

PARTS = {
    "bottlenecks": ("bottlenecks", ("rank", "address", "step", "removed", "share", "per_eur_bn")),
    "check": (
        "bottlenecks",
        ("rank", "address", "dual", "exact", "cut", "promised", "found", "difference", "why_not"),
    ),
    "best-use": (
        "best-use",
        ("rank", "address", "use", "eur_bn", "removed", "per_billion", "buys"),
    ),
    "rule-costs": ("rule-costs", ("rank", "name", "rule", "removed", "share", "cost")),
}
"""What is told: the run's table and its columns."""

TITLES = {
    "bottlenecks": "bottlenecks: percent-years that a step removes, and by EUR bn",
    "check": "their duals: dual × step against what solving again finds, as far as the dual holds",
    "best-use": "the best use of the next billion: percent-years that it removes",
    "rule-costs": "what rules cost: each relaxed alone; percent-years removed, EUR bn moved",
}

Part = Annotated[str, typer.Option("--part", help="all, or one of: " + ", ".join(PARTS) + ".")]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("bottlenecks")(bottlenecks)


def bottlenecks(
    run: Annotated[str, typer.Argument(help="A run's id, path, or latest.")] = "latest",
    part: Part = "all",
    folder: Runs = runs.FOLDER,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell what limits a run's plan together: ten bottlenecks, the best use of money, rules."""
    found = runs.open_run(run, folder)
    _check(found, part, form)
    release = found.meta["release_id"]
    if part != "all":
        emit(rows(found, part), form, out, part, release)
        return
    for number, name in enumerate(PARTS):
        emit(rows(found, name), form, out, TITLES[name], release if number == 3 else "")
    typer.echo(f"run {found.id}, solved again on the {CALENDAR} calendar, to 2040")


def rows(run: runs.Run, part: str) -> list[Row]:
    """The rows of a part, with the columns that are told."""
    table, columns = PARTS[part]
    return [dict(row) for row in run.table(table).select(columns).iter_rows(named=True)]


def _check(run: runs.Run, part: str, form: str) -> None:
    """BadInput for an unknown part, one file for all parts, or a run without the tables."""
    problems = []
    if part not in ("all", *PARTS):
        allowed = " or ".join(("all", *PARTS))
        problems.append(Problem("part", "--part", None, "", part, allowed, "choose one"))
    if part == "all" and form != "table":
        expected = " or ".join(PARTS)
        problems.append(Problem("part", "--part", None, "", part, expected, "choose one to write"))
    if any(table not in run.tables() for table, _ in PARTS.values()):
        remedy = "plan again, without --quick and with every behaviour"
        problems.append(Problem("quick-run", run.id, None, "", "", "a full run", remedy))
    if problems:
        raise BadInput(problems)
