"""The command measure: a measure by name and key=value arguments, as a tidy table."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from counterpoise import runs
from counterpoise.cli.data import Data, Form, Leaks, Out, Runs, load_data
from counterpoise.cli.output import emit
from counterpoise.cli.words import pairs
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.asking import Row, measure_rows
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.evaluate import MEASURES, evaluated_row
from counterpoise.measures.parameters import near
from counterpoise.measures.view import View
from counterpoise.questions.plans import planner

Arguments = Annotated[
    list[str] | None, typer.Argument(help="key=value; several values a,b or 2027..2030.")
]
By = Annotated[list[str] | None, typer.Option("--by", help="Group by an argument; repeatable.")]

_SCREEN = frozenset({"sources", "inputs"})
"""Columns too long for a table on a screen; the other forms have them."""

_NUMBERS = frozenset({"low", "value", "high", "assumed_share"})


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("measure")(measure)


def progress(text: str) -> None:
    """Tell on the error stream what is being done."""
    typer.echo(f"· {text}", err=True)


def make_view(
    data: Data, without_leaks: bool, folder: Runs, notes: list[str] | None = None
) -> View:
    """The view of a command's data, with plans from its folder of runs.

    Which plans were taken is added to `notes`.
    """
    dataset = load_data(data, without_leaks)
    kept = [] if notes is None else notes
    return View(dataset, planner(dataset, folder, progress, kept.append))


def measure(
    name: Annotated[str, typer.Argument(help="A measure: see `list measures`.")],
    arguments: Arguments = None,
    by: By = None,
    data: Data = None,
    without_leaks: Leaks = False,
    folder: Runs = runs.FOLDER,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Compute a measure, with range, unit, basis and the share that rests on assumptions."""
    given = pairs(arguments)
    if name in MEASURES and name not in ALL:
        emit(_of_run(name, given, folder), form, out, name)
        return
    if name not in ALL:
        close = ", ".join(near(name, [*ALL, *MEASURES])) or "one of `list measures`"
        raise BadInput([Problem("measure", "measure", None, "", name, close, "correct the name")])
    groups = [part for text in by or [] for part in text.split(",")]
    view = make_view(data, without_leaks, folder)
    rows = measure_rows(view, name, given, groups)
    if form == "table" and out is None:
        alike = {key for key in rows[0] if len({row[key] for row in rows}) == 1} - _NUMBERS
        for key in rows[0]:
            if key in alike - _SCREEN - {"measure"} and rows[0][key]:
                typer.echo(f"{key.replace('_', ' ')}: {rows[0][key]}")
        rows = [{key: _told(key, row) for key in row if key not in _SCREEN | alike} for row in rows]
    emit(rows, form, out, name, view.dataset.id)


def _told(key: str, row: Row) -> object:
    """A cell as a table shows it: years to a tenth, not to three digits."""
    value = row[key]
    if row["unit"] != "year" or key not in _NUMBERS - {"assumed_share"}:
        return value
    return f"{value:.1f}".removesuffix(".0") if math.isfinite(value) else ""


def _of_run(name: str, given: dict[str, str], folder: Runs) -> list[Row]:
    """A measure of a saved run, as a table of one row."""
    run = runs.open_run(given.pop("run", "latest"), folder)
    return [evaluated_row(run.table, run.id, name, given)]


def measure_list() -> list[Row]:
    """All measures: of the data, of worlds and plans, and of saved runs."""
    rows = [
        {
            "measure": item.name,
            "of": item.group,
            "arguments": " ".join(
                f"{each.name}={each.default}" if each.default else f"{each.name}=…"
                for each in item.parameters
            ),
            "unit": item.unit,
            "definition": item.definition.splitlines()[0],
            "formula": item.formula_source,
        }
        for item in ALL.values()
    ]
    rows += [
        {
            "measure": name,
            "of": "saved run",
            "arguments": " ".join(f"{each}=…" for each in (*item.arguments, "run")),
            "unit": item.unit,
            "definition": item.definition.splitlines()[0],
            "formula": "the run's tables",
        }
        for name, item in MEASURES.items()
        if name not in ALL
    ]
    return rows
