"""The command rights: whose consent an act with a type needs, and what cases tell of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from counterpoise.cli.data import Data, Form, Leaks, Out, load_data
from counterpoise.cli.output import emit
from counterpoise.cli.words import read_words
from counterpoise.cooperation.rights import Rights
from counterpoise.cooperation.rights import rights as find_rights
from counterpoise.cooperation.rights_told import case_rows, consent_rows, limits, sentences
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import Refused, thing
from counterpoise.measures.view import View

Row = dict[str, Any]

TOLD = {"from": "the state that holds or sells it", "to": "the state that gets it"}
"""What may be given beside the type."""

PARTS = ("consents", "cases")
"""Tables of the answer."""

_LONG = frozenset({"sources", "case", "by", "note"})
"""Columns too long for a screen; files have them."""

Part = Annotated[str, typer.Option("--part", help="all, or one of: " + ", ".join(PARTS) + ".")]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("rights")(rights)


def rights(
    item: Annotated[str, typer.Argument(help="A type, or an item of a recorded case.")],
    arguments: Annotated[
        list[str] | None, typer.Argument(help="from=STATE and to=STATE, each where it matters.")
    ] = None,
    part: Part = "all",
    data: Data = None,
    without_leaks: Leaks = False,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell who must consent to use, delivery, transfer, re-export and upgrade of a type."""
    problems = _part_problems(part, form)
    given = read_words(arguments or [], TOLD, problems)
    dataset = load_data(data, without_leaks)
    seller, buyer = (_state(dataset, name, given.get(name, ""), problems) for name in TOLD)
    if seller and seller == buyer:
        expected = f"another state than from={given['from']}"
        remedy = "leave out to= for what its own use and upgrade need"
        problems.append(Problem("state", "to=", None, "", given["to"], expected, remedy))
    if problems:
        raise BadInput(problems)
    found = find_rights(dataset, item, seller, buyer)
    if part == "all":
        _tell(dataset, found)
        return
    rows = case_rows(found) if part == "cases" else consent_rows(dataset, found)
    emit(rows, form, out, part, dataset.id)


def _part_problems(part: str, form: str) -> list[Problem]:
    """An unknown part, or one file for all parts."""
    allowed = " or ".join(("all", *PARTS))
    if part not in ("all", *PARTS):
        return [Problem("part", "--part", None, "", part, allowed, "choose one")]
    if part == "all" and form != "table":
        return [
            Problem("part", "--part", None, "", part, " or ".join(PARTS), "choose one to write")
        ]
    return []


def _state(dataset: Dataset, name: str, text: str, problems: list[Problem]) -> str:
    """Address of the state that an argument names, "" for none; a fault goes to the problems."""
    if not text:
        return ""
    try:
        return str(thing("state").read(text, View(dataset)))
    except Refused as error:
        near = f" (near: {', '.join(error.near)})" if error.near else ""
        problems.append(
            Problem("state", f"{name}=", None, "", text, error.expected + near, "correct it")
        )
        return ""


def _tell(dataset: Dataset, found: Rights) -> None:
    for sentence in sentences(dataset, found):
        typer.echo(sentence)
    typer.echo()
    _table("who licenses which part; needed for each act", consent_rows(dataset, found))
    _table("recorded cases", case_rows(found))
    for line in limits(dataset, found):
        typer.echo(line)
    typer.echo(f"release {dataset.id}")


def _table(title: str, rows: list[Row]) -> None:
    """A table without the columns that are too long for a screen; nothing where it is empty."""
    if rows:
        emit([{key: row[key] for key in row if key not in _LONG} for row in rows], title=title)
        typer.echo()
