"""The command consents: who must agree to a pathway's levers, and who can stop them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from counterpoise.cli.data import Data, Form, Leaks, Out, load_data
from counterpoise.cli.output import aligned, emit
from counterpoise.cooperation.consent_tables import chosen, consent_rows, objector_rows
from counterpoise.cooperation.passage import read_day, read_states
from counterpoise.cooperation.reading import names_in
from counterpoise.data.dataset import Dataset
from counterpoise.world.bundles import Lever

Row = dict[str, Any]

MOST_NAMED = 6
"""Objectors named on a line; `--stoppers` names all."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("consents")(consents)


def consents(
    pathway: Annotated[
        str, typer.Argument(help="A pathway or lever by short name; all levers without one.")
    ] = "",
    against: Annotated[str, typer.Option(help="States that object, separated by commas.")] = "",
    on: Annotated[str, typer.Option("--on", help="Date whose members count; the release's.")] = "",
    stoppers: Annotated[
        bool, typer.Option("--stoppers", help="A row a pathway and state that stops a lever.")
    ] = False,
    data: Data = None,
    without_leaks: Leaks = False,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell who must agree to each lever of a pathway, who can stop it, and what then goes on."""
    dataset = load_data(data, without_leaks)
    day = read_day(dataset, on)
    objectors = read_states(dataset, names_in(against), "--against")
    levers = chosen(dataset, pathway)
    if stoppers:
        emit(objector_rows(dataset, levers, day), form, out, "stoppers", dataset.id)
        return
    rows = consent_rows(dataset, levers, day, objectors)
    if form != "table" or out is not None:
        emit(rows, form, out, "consents", dataset.id)
        return
    for line in lever_lines(dataset, rows, bool(objectors)):
        typer.echo(line)
    for line in stopper_lines(dataset, levers, day):
        typer.echo(line)
    typer.echo(f"release {dataset.id}")


def lever_lines(dataset: Dataset, rows: Sequence[Row], voted: bool) -> list[str]:
    """Each lever with what becomes of it, and below it the parties that must agree."""
    cells = [("lever and who must agree", "how", "who alone stops it", "fewest", "outcome")]
    last = ""
    for row in rows:
        if row["lever"] != last:
            last = row["lever"]
            name = dataset.things[f"lever/{last}"].name
            cells.append((f"{last}: {name}", "", "", "", row["lever_result"] if voted else ""))
        fewest = "" if row["fewest_that_stop"] is None else str(row["fewest_that_stop"])
        how = row["kind"] if row["status"] == "existing" else f"{row['kind']} ({row['status']})"
        told = row["stops_alone"] or row["missing"] or "–"
        cells.append((f"  {row['party']}", how, told, fewest, row["result"] if voted else ""))
    return aligned(cells, right={3})


def stopper_lines(dataset: Dataset, levers: Sequence[Lever], on: str) -> list[str]:
    """Who can stop each pathway, those who stop the same levers on one line."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in objector_rows(dataset, levers, on):
        found.setdefault((row["pathway"], row["stops"]), []).append(row)
    cells = [("pathway", "objector", "stops", "levers stopped")]
    for (pathway, stops), rows in found.items():
        who = ", ".join(row["objector"] for row in rows[:MOST_NAMED])
        if len(rows) > MOST_NAMED:
            who += f" and {len(rows) - MOST_NAMED} more"
        cells.append((pathway, who, f"{rows[0]['stopped']} of {rows[0]['levers']}", stops))
    return ["", "Who alone can stop what", *aligned(cells, right=set())]
