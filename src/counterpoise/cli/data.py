"""Commands about the dataset as a whole: data check, coverage, known, diff, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterpoise.cli.output import FORMATS, emit, write_folder, write_new
from counterpoise.data.book import book
from counterpoise.data.compare import moved_figures
from counterpoise.data.coverage import coverage as count_coverage
from counterpoise.data.coverage import supported, weighted_coverage
from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import is_date
from counterpoise.data.export import csv_files, kept
from counterpoise.data.facts import check_facts
from counterpoise.data.layers import read_layers
from counterpoise.data.load import REFERENCE, load
from counterpoise.data.terms import excess, holdings
from counterpoise.errors import BadInput, Problem
from counterpoise.questions.effects import weighed_inputs
from counterpoise.runs import FOLDER

Form = Annotated[str, typer.Option("--format", help="One of: " + ", ".join(FORMATS) + ".")]
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file instead.")]
Data = Annotated[
    list[Path] | None,
    typer.Option("--data", help="Folder or workbook of your own; may be repeated."),
]
Leaks = Annotated[
    bool, typer.Option("--without-leaks", help="Leave out what only leaked documents state.")
]
Runs = Annotated[Path, typer.Option("--runs", help="Folder of the runs.")]


LONG = frozenset({"originals", "looked", "nearest"})
"""Columns too long for a table on a screen; the other forms have them."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    data = typer.Typer(help="Check, count, compare and export the dataset.", no_args_is_help=True)
    for command in (check, coverage, known, diff, export):
        data.command(command.__name__)(command)
    app.add_typer(data, name="data")


def load_data(data: list[Path] | None, without_leaks: bool = False) -> Dataset:
    """The reference release under overlays, with or without what only leaks state."""
    return load(overlays=tuple(data or ()), leaks=not without_leaks)


def check(
    facts: Annotated[
        Path | None, typer.Option("--facts", help="Folder of facts to match row by row.")
    ] = None,
    terms: Annotated[
        bool, typer.Option("--terms", help="List how much of each publisher a table holds.")
    ] = False,
    data: Data = None,
    without_leaks: Leaks = False,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Load everything and name all problems; with --facts, match every row of the facts."""
    dataset = load_data(data, without_leaks)
    if facts is not None:
        _check_facts(dataset, facts, form, out)
        return
    barred = excess(dataset)
    if terms:
        rows = [
            {
                "table": held.table,
                "publisher": held.publisher,
                "rows": len(held.rows),
                "limit": held.limit,
                "compilation": held.size,
                "over": held.over,
            }
            for held in holdings(dataset)
        ]
        emit(rows, form, out, "terms", dataset.id)
    else:
        counts = {
            "things": len(dataset.things),
            "figures": len(dataset.figures),
            "observations": len(dataset.observations),
            "links": len(dataset.links),
            "sources": len(dataset.sources),
            "leaks": sum(source.leak for source in dataset.sources.values()),
            "not_to_be_shared": len(barred),
            "problems": 0,
        }
        if form == "table" and out is None:
            told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
            typer.echo(f"{told}; release {dataset.id}")
        else:
            emit([counts], form, out, "check", dataset.id)
    for origin, reason in barred.items():
        typer.echo(f"not to be shared: {origin.file}, row {origin.row}: {reason}", err=True)
    if any("/" not in origin.file for origin in barred):
        raise typer.Exit(1)


def _check_facts(dataset: Dataset, facts: Path, form: str, out: Path | None) -> None:
    checks = check_facts(dataset, facts, REFERENCE)
    rows = [
        {
            "table": item.table,
            "sheet": item.sheet,
            "rows_in": item.rows_in,
            "carried": item.carried,
            "set_aside": item.set_aside,
            "differences": len(item.differences),
            "result": "good" if item.good else "FAILED",
        }
        for item in checks
    ]
    emit(rows, form, out, "facts", dataset.id)
    for item in checks:
        for difference in item.differences:
            typer.echo(str(difference), err=True)
    if not all(item.good for item in checks):
        raise typer.Exit(1)


def coverage(
    weighted: Annotated[
        bool, typer.Option("--weighted", help="Weigh figures by their effect on the shortfall.")
    ] = False,
    inputs: Annotated[
        int, typer.Option("--inputs", min=0, help="List so many of the most influential figures.")
    ] = 0,
    data: Data = None,
    folder: Runs = FOLDER,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Count figures by kind, basis and grade; or the share of the result resting on each."""
    dataset = load_data(data)
    if not weighted and not inputs:
        emit(count_coverage(dataset), form, out, "coverage", dataset.id)
        return
    found, told = weighed_inputs(dataset, folder)
    typer.echo(told, err=True)
    rows = supported(dataset, found.head(inputs)) if inputs else weighted_coverage(found)
    if form == "table" and out is None:
        rows = [{name: row[name] for name in row if name not in LONG} for row in rows]
    emit(rows, form, out, "coverage", dataset.id)


def known(
    on: Annotated[str, typer.Option("--on", help="A date: 2022-12-31, 2022-12 or 2022.")],
    figures: Annotated[
        bool, typer.Option("--figures", help="List the figures and not their number.")
    ] = False,
    data: Data = None,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell what had been published by a date: counts by kind, or the figures as chosen then."""
    if not is_date(on):
        expected = "YYYY, YYYY-MM or YYYY-MM-DD"
        raise BadInput([Problem("date", "--on", None, "", on, expected, "correct the date")])
    dataset = load_data(data)
    then = dataset.known(on)
    if figures:
        rows = [
            {
                "figure": item.address,
                "low": item.low,
                "value": item.value,
                "high": item.high,
                "unit": item.unit,
                "basis": item.basis,
                "published": item.published,
                "sources": "; ".join(item.sources),
            }
            for item in then.chosen.values()
        ]
    else:
        rows = [
            {
                "kind": kind,
                "figures": sum(key[0].startswith(f"{kind}/") for key in dataset.chosen),
                "known": sum(key[0].startswith(f"{kind}/") for key in then.chosen),
            }
            for kind in dataset.schema.kinds
        ]
        total = {"figures": len(dataset.chosen), "known": len(then.chosen)}
        rows = [row for row in rows if row["figures"]] + [{"kind": "all", **total}]
    emit(rows, form, out, f"known on {on}", dataset.id)


def diff(
    before: Annotated[Path, typer.Option("--from", help="Folder of the sheets to compare with.")],
    data: Data = None,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell which figures moved from another folder of sheets to this release and its overlays."""
    dataset = load_data(data)
    rows = moved_figures(load(before), dataset)
    emit(rows, form, out, f"from {before}", dataset.id)


def export(
    out: Annotated[Path, typer.Option("--out", help="A new folder, or a book ending in .xlsx.")],
    release: Annotated[
        bool, typer.Option("--release", help="Only what may be shared; what is left out is named.")
    ] = False,
    data: Data = None,
    without_leaks: Leaks = False,
) -> None:
    """Write the dataset's sheets: everything for your own work, or what may be released."""
    if out.suffix.lower() not in ("", ".xlsx"):
        expected = "a folder's name without an ending, or a name ending in .xlsx"
        raise BadInput([Problem("format", "--out", None, "", str(out), expected, "rename it")])
    overlays = tuple(data or ())
    dataset = load_data(data, without_leaks)
    barred = excess(dataset) if release else {}
    layers = kept(read_layers(REFERENCE, overlays, dataset.schema, []), dataset, barred)
    if out.suffix.lower() == ".xlsx":
        write_new(out, book(dataset, layers))
    else:
        write_folder(out, csv_files(dataset, layers))
    for origin, reason in barred.items():
        typer.echo(f"left out: {origin.file}, row {origin.row}: {reason}", err=True)
    told = f", {len(barred)} rows left out" if release else ""
    typer.echo(f"written: {out} (release {dataset.id}){told}")
