"""Commands that read the dataset: data check, data coverage, show, list, why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from counterpoise.cli.output import FORMATS, emit, shown, write_new
from counterpoise.data import views
from counterpoise.data.book import book
from counterpoise.data.coverage import coverage as count_coverage
from counterpoise.data.dataset import Dataset
from counterpoise.data.facts import check_facts
from counterpoise.data.layers import read_layers
from counterpoise.data.load import REFERENCE, load
from counterpoise.errors import BadInput, Problem

Form = Annotated[str, typer.Option("--format", help="One of: " + ", ".join(FORMATS) + ".")]
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file instead.")]
Data = Annotated[
    list[Path] | None,
    typer.Option("--data", help="Folder of your own sheets, or an edited book; may be repeated."),
]

_PARTS = {
    "figure": "Figures",
    "link out": "Links",
    "link in": "Links from others; the role is theirs",
    "provenance": "Where it comes from",
}


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    data = typer.Typer(
        help="Check the dataset, count what it knows, export it.", no_args_is_help=True
    )
    data.command("check")(check)
    data.command("coverage")(coverage)
    data.command("export")(export)
    app.add_typer(data, name="data")
    app.command("show")(show)
    app.command("list")(list_kind)
    app.command("why")(why)


def _load(data: list[Path] | None) -> Dataset:
    return load(overlays=tuple(data or ()))


def check(
    facts: Annotated[
        Path | None, typer.Option("--facts", help="Folder of facts to match row by row.")
    ] = None,
    data: Data = None,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Load everything and name all problems; with --facts, match every row of the facts."""
    dataset = _load(data)
    if facts is None:
        counts = {
            "things": len(dataset.things),
            "figures": len(dataset.figures),
            "observations": len(dataset.observations),
            "links": len(dataset.links),
            "sources": len(dataset.sources),
            "problems": 0,
        }
        if form == "table" and out is None:
            typer.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
        else:
            emit([counts], form, out, "check")
        return
    checks = check_facts(dataset, facts, REFERENCE)
    emit(
        [
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
        ],
        form,
        out,
        "facts",
    )
    for item in checks:
        for difference in item.differences:
            typer.echo(str(difference), err=True)
    if not all(item.good for item in checks):
        raise typer.Exit(1)


def coverage(data: Data = None, form: Form = "table", out: Out = None) -> None:
    """Count figures by kind, basis and grade, and those on general knowledge or leaks."""
    emit(count_coverage(_load(data)), form, out, "coverage")


def export(
    out: Annotated[Path, typer.Option("--out", help="Workbook to write, ending in .xlsx.")],
    data: Data = None,
) -> None:
    """Write all sheets into a workbook; edited, it may be given by --data."""
    if out.suffix.lower() != ".xlsx":
        expected = "a file name ending in .xlsx"
        raise BadInput([Problem("format", "--out", None, "", str(out), expected, "rename it")])
    dataset = _load(data)
    layers = read_layers(REFERENCE, tuple(data or ()), dataset.schema, [])
    write_new(out, book(dataset, layers))


def show(
    name: Annotated[str, typer.Argument(help="A name, an alias, or an address.")],
    full: Annotated[bool, typer.Option("--all", help="Cut no long lists.")] = False,
    data: Data = None,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Show a thing with its figures, links and sources; or one figure; or part of a run."""
    if name.startswith("run/"):
        from counterpoise.cli.plan import show_run

        show_run(name, form, out)
        return
    rows = views.show(_load(data), name, full)
    if form != "table" or out is not None:
        emit(rows, form, out, "show")
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


def _amount(row: views.Row) -> str:
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
    return " ".join((*parts, _unit(row["unit"] or ""))).strip() if parts else ""


def _unit(unit: str) -> str:
    """A unit as a reader knows it: "eur_bn" is "EUR bn", "year" goes without saying."""
    if unit == "year":
        return ""
    if unit[:1].isdigit():
        return f"on a scale of {unit}"
    money = re.fullmatch(r"([a-z]{3})_(bn|m)", unit)
    return f"{money[1].upper()} {money[2]}" if money else unit.replace("_", " ")


def _told(row: views.Row) -> str:
    """One row of `show` as a line."""
    period, rivals = row["period"] or "", row["rivals"]
    if row["part"] == "figure":
        name = " ".join(part for part in (row["name"], period) if part)
        qualifier = f" ({row['text']})" if row["text"] and row["address"] else ""
        if not row["address"]:
            return f"{name} {row['text']}"
        others = f"; {rivals} other{'s' if rivals > 1 else ''}, see why" if rivals else ""
        told = f"{row['basis']}, grade {row['grade']}: {row['sources']}{others}"
        return f"{name}{qualifier}: {_amount(row)}; {told}"
    if row["part"].startswith("link") and row["address"]:
        since = f", since {period}" if period else ""
        amount = f", {_amount(row)}" if _amount(row) else ""
        return f"{row['name']}: {row['text']} [{row['address']}]{amount}{since}"
    if row["name"] == "source":
        return f"{row['sources']} (grade {row['grade']}): {row['text']}"
    return f"{row['name']}: {row['text']}"


def list_kind(
    kind: Annotated[str, typer.Argument(help="A kind of thing: system, line, state, order …")],
    data: Data = None,
    form: Form = "table",
    out: Out = None,
) -> None:
    """List all things of a kind with their main figures."""
    emit(views.listing(_load(data), kind), form, out, kind)


def why(
    address: Annotated[str, typer.Argument(help="A figure's address, or a thing's name.")],
    data: Data = None,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell why a figure is what it is: its observations, which won and why, their sources."""
    if address.startswith("run/"):
        from counterpoise.cli.plan import why_run

        why_run(address, form, out)
        return
    rows = views.why(_load(data), address)
    if form != "table" or out is not None:
        emit(rows, form, out, "why")
        return
    figure = observation = ""
    for row in rows:
        if row["figure"] != figure:
            figure = row["figure"]
            typer.echo(figure)
        if row["observation"] != observation:
            observation = row["observation"]
            typer.echo(f"  {_amount(row)}: {row['outcome']}")
            dates = f"as of {row['as_of'] or 'unknown'}, published {row['published'] or 'unknown'}"
            typer.echo(f"    {row['basis']}, {dates}, from the {row['from']}, {observation}")
            if row["note"]:
                typer.echo(f"    {row['note']}")
        typer.echo(f"    {row['source']} (grade {row['grade']}): {_document(row)}")


def _document(row: views.Row) -> str:
    """What is known of a source, in one line."""
    told = [row["publisher"], row["title"], row["date"], row["url"], row["licence"]]
    if row["relay_of"]:
        told.append(f"relay of {row['relay_of']}")
    if row["leak"]:
        told.append("from a leaked document")
    return "; ".join(part for part in told if part)
