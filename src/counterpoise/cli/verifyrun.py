"""The command verify: whether a saved run is solved correctly."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from counterpoise import runs
from counterpoise.cli.output import emit
from counterpoise.cli.plan import Folder, Form, Out
from counterpoise.errors import BadInput, Problem
from counterpoise.verify import Report, Unreadable, lines_of, verdict, verify


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("verify")(verify_run)


def verify_run(
    run: Annotated[str, typer.Argument(help="a run's id, path, or latest")] = "latest",
    without_digests: Annotated[
        bool, typer.Option("--without-digests", help="leave the files' digests out")
    ] = False,
    folder: Folder = runs.FOLDER,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Check a run's problems, solutions, plans and tables against its copy of the dataset."""
    path = runs.find_run(run, folder)
    try:
        report = verify(path, digests=not without_digests)
    except Unreadable as error:
        expected, remedy = "a finished run that can be read", "plan again"
        problem = Problem("no-run", str(path), None, "", str(error), expected, remedy)
        raise BadInput([problem]) from None
    if form == "table" and out is None:
        for line in lines_of(report):
            typer.echo(line)
    else:
        emit(_rows(report), form, out, f"verify {path.name}")
    if not report.verified:
        raise typer.Exit(1)


def _rows(report: Report) -> list[dict[str, Any]]:
    """One row a finding, then one for each thing that isn't checked, and the verdict."""
    rows = [
        {
            "what": "refused",
            "check": item.check,
            "place": item.place,
            "label": item.label,
            "found": item.found,
            "expected": item.expected,
        }
        for item in report.findings
    ]
    told = [("not checked", text) for text in report.unchecked]
    told += [("checked", f"{number} {name}") for name, number in report.counts.items()]
    told += [("largest", f"{name} {value:.1e}") for name, value in report.largest.items()]
    for what, text in (*told, ("verdict", verdict(report))):
        rows.append(
            {"what": what, "check": "", "place": "", "label": text, "found": "", "expected": ""}
        )
    return rows
