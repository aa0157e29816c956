"""The command deliver: when an order would arrive, and how well recorded delays foretell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from counterpoise.cli import deliverview, scoreview
from counterpoise.cli.data import Data, Form, Leaks, Out, load_data
from counterpoise.cli.output import emit, form_problems
from counterpoise.cli.words import pairs
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.delay_score import delay_score
from counterpoise.measures.ordering import order_of
from counterpoise.measures.standing import read_arguments
from counterpoise.measures.view import View
from counterpoise.questions.delivery import delivered
from counterpoise.questions.delivery_rows import rows
from counterpoise.questions.registry import PARAMETERS

_NEEDED = frozenset({"line", "buyer", "units", "order"})
"""Arguments that the command wants to be given; the question has defaults for them."""

TAKEN = tuple(
    replace(item, default="") if item.name in _NEEDED else item
    for item in PARAMETERS["time_of_arrival"]
)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("deliver")(deliver)


def deliver(
    line: Annotated[str, typer.Argument(help="A line's address or name.")] = "",
    words: Annotated[
        list[str] | None,
        typer.Argument(help="buyer=POL units=8 order=2027-Q1; also expand=RATE, priority=first."),
    ] = None,
    scenario: Annotated[
        str, typer.Option("--scenario", help="A shipped name or a TOML file.")
    ] = "baseline",
    check: Annotated[
        bool, typer.Option("--check", help="Score the spread of delay on held-out cases instead.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the score's intervals.")] = 1,
    data: Data = None,
    without_leaks: Leaks = False,
    form: Form = "table",
    out: Out = None,
) -> None:
    """When an order would arrive, between when and when, why, and what would arrive instead."""
    problems = form_problems(form, out)
    dataset = load_data(data, without_leaks)
    if check:
        _check(dataset, (line, *(words or ())), seed, form, out, problems)
        return
    view = View(dataset)
    values = _read(view, line, words or [], scenario, problems)
    if problems:
        raise BadInput(problems)
    events = values.pop("scenario")
    found = delivered(view, order_of(view, **values), events)
    if form == "table" and out is None:
        deliverview.tell(found)
        typer.echo(f"release {dataset.id}, scenario {found.world.scenario.name}")
        return
    emit(rows(found), form, out, "deliver", dataset.id)


def _read(
    view: View, line: str, words: list[str], scenario: str, problems: list[Problem]
) -> dict[str, Any]:
    """The arguments of an order; nothing, and what is wrong in `problems`, otherwise."""
    given = {"line": line} if line else {}
    try:
        given |= pairs(words)
    except BadInput as error:
        problems.extend(error.problems)
        return {}
    if "scenario" in given:
        remedy = "use --scenario"
        problems.append(Problem("argument", "scenario=", None, "", "", "an option", remedy))
    try:
        return read_arguments("deliver", TAKEN, {**given, "scenario": scenario}, view)
    except BadInput as error:
        problems.extend(error.problems)
        return {}


def _check(
    dataset: Dataset,
    given: tuple[str, ...],
    seed: int,
    form: str,
    out: Path | None,
    problems: list[Problem],
) -> None:
    """Print the score of the spread of delay; an order has no place in it."""
    words = [word for word in given if word]
    for word in words:
        problems.append(Problem("check", word, None, "", "", "nothing beside --check", "remove it"))
    if problems:
        raise BadInput(problems)
    score = delay_score(dataset, seed)
    if form == "table" and out is None:
        scoreview.tell(score)
        typer.echo(f"release {dataset.id}")
        return
    emit(scoreview.rows(score), form, out, "delay score", dataset.id)
