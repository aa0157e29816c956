"""Commands that show what the dataset holds: show, list, why."""

from __future__ import annotations

from typing import Annotated

import typer

from counterpoise.cli.ask import question_list
from counterpoise.cli.consents import stopper_lines
from counterpoise.cli.data import Data, Form, Leaks, Out, Runs, load_data
from counterpoise.cli.formats import format_list
from counterpoise.cli.measure import measure_list
from counterpoise.cli.output import emit
from counterpoise.cooperation.consent_tables import chosen
from counterpoise.data import views
from counterpoise.data.cells import unit_told
from counterpoise.data.citations import PREFIX, show_source, sources
from counterpoise.data.conflicts import conflict_rows
from counterpoise.data.trail import why as why_figure
from counterpoise.data.views import Row
from counterpoise.publish.cells import shown
from counterpoise.questions.effects import effect_by_address, saved_inputs, slopes, weighed_inputs
from counterpoise.questions.lever_rows import lever_list
from counterpoise.runs import FOLDER

_PARTS = {
    "figure": "Figures",
    "link out": "Links",
    "link in": "Links from others; the role is theirs",
    "changed": "What changed lately",
    "provenance": "Where it comes from",
}


_BRIEF = ("effect", "figure", "chosen", "rivals", "unit", "state")
"""Columns of the conflicts that fit a screen; the other forms have all, and those of words."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("show")(show)
    app.command("list")(list_kind)
    app.command("why")(why)


def show(
    name: Annotated[str, typer.Argument(help="A name, an alias, or an address.")],
    full: Annotated[bool, typer.Option("--all", help="Cut no long lists.")] = False,
    data: Data = None,
    without_leaks: Leaks = False,
    folder: Runs = FOLDER,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Show a thing with its figures, links and sources; a figure; a source; or part of a run."""
    if name.startswith("run/"):
        from counterpoise.cli.plan import show_run

        show_run(name, form, out)
        return
    dataset = load_data(data, without_leaks)
    one = show_source if name.startswith(PREFIX) else views.show
    rows = one(dataset, name, full)
    saved = saved_inputs(dataset, folder)
    effects = effect_by_address(saved[0]) if saved else {}
    for row in rows:
        if row["part"] == "figure":
            row["effect"] = effects.get(row["address"])
    if form != "table" or out is not None:
        emit(rows, form, out, "show", dataset.id)
        return
    for row in rows:
        if row["part"] == "about":
            head = row["address"]
            told = f"{row['text']} ({row['name']}, {head})" if head else _told(row)
            typer.echo(told if head else f"  {told}")
    for part, title in _PARTS.items():
        found = [row for row in rows if row["part"] == part]
        if found:
            typer.echo(f"\n{title}")
        for row in found:
            typer.echo(f"  {_told(row)}")
    address = rows[0]["address"] or ""
    if address in dataset.things and dataset.things[address].kind == "pathway":
        for line in stopper_lines(dataset, chosen(dataset, address), dataset.release):
            typer.echo(line)
    typer.echo(f"release {dataset.id}")


def _amount(row: Row) -> str:
    """Value with range and unit: "850 (85 to 2300) EUR m"; "" where nothing is stated."""
    low, value, high = (row.get(name) for name in ("low", "value", "high"))
    parts = [] if value is None else [shown(value)]
    if low is not None and high is not None and (low, high) != (value, value):
        told = f"{shown(low)} to {shown(high)}"
        parts.append(f"({told})" if parts else told)
    elif low is not None and low != value:
        parts.append(f"(from {shown(low)})")
    elif high is not None and high != value:
        parts.append(f"(up to {shown(high)})")
    return " ".join((*parts, unit_told(row["unit"] or ""))).strip() if parts else ""


def _told(row: Row) -> str:
    """One row of `show` as a line."""
    period, rivals = row["period"] or "", row["rivals"]
    if row["part"] == "figure":
        name = " ".join(part for part in (row["name"], period) if part)
        qualifier = f" ({row['text']})" if row["text"] and row["address"] else ""
        if not row["address"]:
            return f"{name} {row['text']}"
        others = f"; {rivals} other{'s' if rivals > 1 else ''}, see why" if rivals else ""
        told = f"{row['basis']}, grade {row['grade']}: {row['sources']}{others}"
        if row["effect"]:
            told += f"; moves the shortfall by {shown(row['effect'])} percent-years"
        return f"{name}{qualifier}: {_amount(row)}; {told}"
    if row["part"].startswith("link") and row["address"]:
        since = f", since {period}" if period else ""
        amount = f", {_amount(row)}" if _amount(row) else ""
        return f"{row['name']}: {row['text']} [{row['address']}]{amount}{since}"
    if row["name"] == "source":
        return f"{row['sources']} (grade {row['grade']}): {row['text']}"
    return f"{row['name']}: {row['text']}"


def list_kind(
    kind: Annotated[
        str,
        typer.Argument(
            help="A kind of thing (system, line, state …), sources, conflicts, measures, questions."
        ),
    ],
    data: Data = None,
    without_leaks: Leaks = False,
    folder: Runs = FOLDER,
    form: Form = "table",
    out: Out = None,
) -> None:
    """List things of a kind, sources, rival values by effect, measures, or questions."""
    if kind in ("measures", "questions"):
        emit(measure_list() if kind == "measures" else question_list(), form, out, kind)
        return
    dataset = load_data(data, without_leaks)
    if kind in ("lever", "levers"):
        emit(lever_list(dataset), form, out, kind, dataset.id)
        return
    if kind == "formats":
        formats = format_list(dataset)
        if form == "table" and out is None:
            formats = [{name: row[name] for name in row if name != "states"} for row in formats]
        emit(formats, form, out, kind, dataset.id)
        return
    if kind == "conflicts":
        found, told = weighed_inputs(dataset, folder)
        typer.echo(told, err=True)
        rows = conflict_rows(dataset, slopes(found))
        if form == "table" and out is None:
            rows = [{name: row[name] for name in _BRIEF} for row in rows if row["figure"]]
        emit(rows, form, out, kind, dataset.id)
        return
    rows = sources(dataset) if kind == "sources" else views.listing(dataset, kind)
    emit(rows, form, out, kind, dataset.id)


def why(
    address: Annotated[str, typer.Argument(help="A figure's address, or a thing's name.")],
    data: Data = None,
    without_leaks: Leaks = False,
    folder: Runs = FOLDER,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell why a figure is what it is: its observations, which won and why, their sources."""
    if address.startswith("run/"):
        from counterpoise.cli.plan import why_run

        why_run(address, form, out)
        return
    dataset = load_data(data, without_leaks)
    saved = saved_inputs(dataset, folder)
    rows = why_figure(dataset, address, effect_by_address(saved[0]) if saved else {})
    if form != "table" or out is not None:
        emit(rows, form, out, "why", dataset.id)
        return
    figure = observation = ""
    for row in rows:
        if row["figure"] != figure:
            figure = row["figure"]
            typer.echo(figure)
            typer.echo(f"  {_effect(row, saved[1] if saved else '')}")
            if row["looked"]:
                typer.echo(f"  looked for a better one: {row['looked']}; nearest: {row['nearest']}")
        if row["observation"] != observation:
            observation = row["observation"]
            typer.echo(f"  {_amount(row)}: {row['outcome']}")
            dates = f"as of {row['as_of'] or 'unknown'}, published {row['published'] or 'unknown'}"
            typer.echo(f"    {row['basis']}, {dates}, from the {row['from']}, {observation}")
            if row["note"]:
                typer.echo(f"    {row['note']}")
        typer.echo(f"    {row['source']} (grade {row['grade']}): {_document(row)}")
    typer.echo(f"release {dataset.id}")


def _effect(row: Row, run: str) -> str:
    """What a figure does to the result, and how many independent sources state it."""
    support = f"{row['independent']} independent source{'' if row['independent'] == 1 else 's'}"
    if not run:
        return f"{support}; what it does to the result is told after `counterpoise plan`"
    if row["effect"] is None:
        return f"{support}; no part of the plan, or without effect on it (run {run})"
    moved = f"moves the shortfall by {shown(row['effect'])} percent-years over its range"
    return f"{support}; {moved} (run {run})"


def _document(row: Row) -> str:
    """What is known of a source, in one line."""
    told = [row["publisher"], row["title"], row["date"], row["url"], row["licence"]]
    if row["relay_of"]:
        told.append(f"relay of {row['relay_of']}")
    if row["leak"]:
        told.append("from a leaked document")
    return "; ".join(part for part in told if part)
