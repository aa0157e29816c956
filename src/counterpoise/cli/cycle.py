"""The command cycle: NATO's planning process walked through once, each step a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from counterpoise import runs
from counterpoise.cli.data import Data, Form, Leaks, Runs
from counterpoise.cli.measure import make_view
from counterpoise.cli.output import FORMATS, aligned, as_csv, emit, workbook, write_folder
from counterpoise.cli.words import pairs
from counterpoise.errors import BadInput, Problem
from counterpoise.publish.cells import shown
from counterpoise.questions.cycle import Cycle, cycle
from counterpoise.questions.cycle_tables import SHARE_YEAR

Row = dict[str, Any]

Arguments = Annotated[
    list[str] | None,
    typer.Argument(help="key=value: place, key, first, review, threshold, behaviour, scenario."),
]
Folder = Annotated[
    Path | None, typer.Option("--out", help="Write all tables into this new folder.")
]
Scenario = Annotated[str | None, typer.Option("--scenario", help="What happens.")]
Behaviour = Annotated[
    str | None, typer.Option("--behaviour", help="What states buy: ordered, alone or together.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("cycle")(walk)


def walk(
    arguments: Arguments = None,
    scenario: Scenario = None,
    behaviour: Behaviour = None,
    data: Data = None,
    without_leaks: Leaks = False,
    folder: Runs = runs.FOLDER,
    form: Form = "table",
    out: Folder = None,
) -> None:
    """Walk a planning cycle: requirement, parts by a key, replies, shortfall, review."""
    if form not in FORMATS:
        expected = " or ".join(FORMATS)
        raise BadInput([Problem("format", "--format", None, "", form, expected, "choose one")])
    given = pairs(arguments)
    for name, text in (("scenario", scenario), ("behaviour", behaviour)):
        if text is not None:
            given.setdefault(name, text)
    view = make_view(data, without_leaks, folder)
    found = cycle(view, given)
    if out is not None:
        write_folder(out, files(found, form, view.dataset.id))
        typer.echo(f"{len(found.tables) + 1} tables written to {out}")
    elif form == "table":
        _tell(found, view.dataset.id)
    elif form == "json":
        typer.echo(_as_json(found, view.dataset.id), nl=False)
    else:
        emit(found.tables["areas"], form, None, "areas", view.dataset.id)


def step_rows(found: Cycle) -> list[Row]:
    """The steps in their order, the tables that stand for them, and what each says."""
    known = [name for step in found.steps for name in step.tables]
    rows = [
        {"step": step.number, "name": step.name, "table": name, "says": found.sentences[name]}
        for step in found.steps
        for name in step.tables
        if name in found.sentences
    ]
    rows += [
        {"step": "", "name": name, "table": name, "says": text}
        for name, text in found.sentences.items()
        if name not in known
    ]
    return rows


def files(found: Cycle, form: str, release: str) -> dict[str, str | bytes]:
    """All tables as the files of a folder: one spreadsheet, one JSON file, or a CSV file each."""
    number = {name: step.number for step in found.steps for name in step.tables}
    sheets = {
        f"{number[name]}-{name}" if name in number else name: [
            {**row, "release": release} for row in rows
        ]
        for name, rows in found.tables.items()
    }
    named = {"steps": [{**row, "release": release} for row in step_rows(found)], **sheets}
    if form == "xlsx":
        return {"cycle.xlsx": workbook(named)}
    if form == "json":
        return {"cycle.json": _as_json(found, release)}
    return {f"{name}.csv": as_csv(rows) for name, rows in named.items()}


def _as_json(found: Cycle, release: str) -> str:
    content = {
        "place": found.place.name,
        "years": found.years,
        "release": release,
        "steps": step_rows(found),
        "tables": dict(found.tables),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _tell(found: Cycle, release: str) -> None:
    for row in step_rows(found):
        typer.echo(f"{row['step']} {row['name']}: {row['says']}".strip())
    first, later, end = found.years
    typer.echo(
        f"{found.place.name} by area: plans published; percent open if all keep their word; "
        "percent that own forces cover"
    )
    heading = (
        "area",
        f"asked in {end}",
        "replied",
        "plans",
        f"open {first}",
        f"{later}",
        f"{end}",
        f"own {SHARE_YEAR}",
        f"{found.threshold:g}% from",
    )
    body = [
        (
            row["area"],
            f"{shown(row[f'part_{end}'])} {row['unit']}",
            shown(row[f"reply_{end}"]),
            str(row["by_plan"] or ""),
            f"{row[f'open_{first}']:.0f}",
            f"{row[f'open_{later}']:.0f}",
            _range(row, f"open_{end}"),
            _range(row, "european_share"),
            _years(row),
        )
        for row in found.tables["areas"]
    ]
    for line in aligned([heading, *body], right={2, 3, 4, 5}):
        typer.echo(line)
    typer.echo(f"release {release}; shares of {first} are told by the year's end; – for never")


def _range(row: Row, name: str) -> str:
    low, value, high = (row[f"{name}{end}"] for end in ("_low", "", "_high"))
    return f"{value:.0f} ({max(low, 0.0):.0f}–{min(high, 100.0):.0f})"


def _years(row: Row) -> str:
    """The year from which the own share is enough to the end, and its range; – for never."""
    low, value, high = (
        "–" if found is None else f"{found:.0f}"
        for found in (row[f"enough_from{end}"] for end in ("_low", "", "_high"))
    )
    return value if low == value == high else f"{value} ({low[-2:]}, {high[-2:]})"
