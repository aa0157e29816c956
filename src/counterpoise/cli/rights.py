"""The command rights: whose consent an act with a type needs, and what cases tell of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from counterpoise.cli.data import Data, Form, Leaks, Out, load_data
from counterpoise.cli.output import emit
from counterpoise.cli.words import read_words
from counterpoise.cooperation.rights import Rights
from counterpoise.cooperation.rights import rights as find_rights
from counterpoise.cooperation.rights_asked import TOLD, read_parties
from counterpoise.cooperation.rights_told import case_rows, consent_rows, limits, sentences
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem

Row = dict[str, Any]

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
    seller, buyer = read_parties(dataset, given, problems)
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
