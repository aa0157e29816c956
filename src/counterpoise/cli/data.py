"""Commands that read the dataset: data check, data coverage, show, list, why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from counterpoise.cli.output import FORMATS, emit
from counterpoise.data import views
from counterpoise.data.coverage import coverage as count_coverage
from counterpoise.data.dataset import Dataset
from counterpoise.data.facts import check_facts
from counterpoise.data.load import REFERENCE, load

Form = Annotated[str, typer.Option("--format", help="One of: " + ", ".join(FORMATS) + ".")]
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file instead.")]
Data = Annotated[
    list[Path] | None, typer.Option("--data", help="Folder of your own sheets; may be repeated.")
]

_OBSERVATION = (
    "figure", "outcome", "low", "value", "high", "unit", "basis", "as_of", "published", "from",
    "note",
)  # fmt: skip
_SOURCE = (
    "source", "grade", "publisher", "title", "date", "licence", "relay_of", "leak", "url",
)  # fmt: skip
_PARTS = {
    "figure": "Figures",
    "link out": "Links",
    "link in": "Links from others (the role is theirs)",
    "provenance": "Where it comes from",
}


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    data = typer.Typer(help="Check the dataset and count what it knows.", no_args_is_help=True)
    data.command("check")(check)
    data.command("coverage")(coverage)
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
    _about([row for row in rows if row["part"] == "about"])
    for part, title in _PARTS.items():
        found = [row for row in rows if row["part"] == part]
        if found:
            emit(_pruned(found, part), title=title)


def _about(rows: list[views.Row]) -> None:
    if not rows:
        return
    head, *texts = rows
    typer.echo(f"{head['text']}  ({head['name']}, {head['address']})")
    for row in texts:
        typer.echo(f"  {row['name']}: {row['text']}")


def _pruned(rows: list[views.Row], part: str) -> list[dict[str, Any]]:
    """Rows without the column `part` and without columns that are empty in all of them."""
    left_out = {"part"} | ({"address"} if part == "provenance" else set())
    kept = [
        column
        for column in rows[0]
        if column not in left_out and any(row[column] not in (None, "") for row in rows)
    ]
    return [{column: row[column] for column in kept} for row in rows]


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
    seen = {row["observation"]: row for row in rows}
    emit([{name: row[name] for name in _OBSERVATION} for row in seen.values()], title="Observations")
    sources = {row["source"]: row for row in rows}
    emit([{name: row[name] for name in _SOURCE} for row in sources.values()], title="Sources")


