"""The command assess: the standing picture of a state or group of states on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Any

import typer

from counterpoise import runs
from counterpoise.cli.data import Data, Form, Leaks, Out, Runs
from counterpoise.cli.measure import make_view
from counterpoise.cli.output import aligned, emit
from counterpoise.questions.assess import DEFAULTS, picture

Row = dict[str, Any]

Place = Annotated[str, typer.Argument(help="A state, scope or arrangement: POL, NATO-EUR, EU27.")]
Scenario = Annotated[str, typer.Option("--scenario", help="What happens.")]
Behaviour = Annotated[
    str, typer.Option("--behaviour", help="What states buy: ordered, alone or together.")
]

WIDTH = 100
"""Characters of a line on the screen."""

HEADING = ("", "a: assumed, out: left out", "value (range; – for never)", "unit", "a", "out")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("assess")(assess)


def assess(
    place: Place,
    scenario: Scenario = DEFAULTS["scenario"],
    behaviour: Behaviour = DEFAULTS["behaviour"],
    data: Data = None,
    without_leaks: Leaks = False,
    folder: Runs = runs.FOLDER,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell how a state or group stands: money, forces, gaps, dependence, types, decisions."""
    view = make_view(data, without_leaks, folder)
    rows = picture(view, {"place": place, "scenario": scenario, "behaviour": behaviour})
    if form != "table" or out is not None:
        emit(rows, form, out, "assess", view.dataset.id)
        return
    name = view.dataset.things[view.place(place).address].name
    typer.echo(f"{name}, scenario {scenario}, {behaviour}, release {view.dataset.id}")
    for line in screen(rows):
        typer.echo(line)


def screen(rows: Sequence[Row]) -> list[str]:
    """The picture's lines: each row of the table of lines on one, a ranking on one each."""
    groups = [list(group) for _, group in groupby(rows, key=lambda row: (row["line"], row["item"]))]
    cells = [HEADING]
    section = ""
    for found in groups:
        told = "" if found[0]["section"] == section else found[0]["section"]
        section = found[0]["section"]
        cells.append((told, *_cells(found)))
    lines = aligned(cells, right={4, 5})
    start = lines[0].index(HEADING[2])
    for at, found in enumerate(groups, start=1):
        if found[0]["missing"]:
            lines[at] = f"{lines[at]:{start}}{found[0]['missing']}"[:WIDTH]
    return lines


def _cells(rows: Sequence[Row]) -> tuple[str, str, str, str, str]:
    """Label, figures, unit, assumed share and number of states left out of one line."""
    first = rows[0]
    label = " ".join(part for part in (first["label"], first["item"]) if part)
    if first["at"]:
        label += f" {first['at']}" + "".join(f", {row['at'][-2:]}" for row in rows[1:])
    if first["missing"]:
        return label, "", "", "", ""
    assumed = max(row["assumed_share"] for row in rows)
    gone = max(len(row["not_counted"].split("; ")) if row["not_counted"] else 0 for row in rows)
    figures = " ".join(_figure(row) for row in rows)
    return label, figures, first["unit"], f"{100 * assumed:.0f}%", str(gone or "")


def _figure(row: Row) -> str:
    low, value, high = (_number(row[name], row["unit"]) for name in ("low", "value", "high"))
    return value if low == value == high else f"{value} ({low}–{high})"


def _number(value: float | None, unit: str) -> str:
    """Two significant digits and all before the point; – where there is no number."""
    if value is None:
        return "–"
    if unit == "year":
        return f"{value:.0f}"
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2g}"
