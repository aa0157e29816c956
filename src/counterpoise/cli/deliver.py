"""The command deliver: when an order would arrive, and how well recorded delays foretell."""

from __future__ import annotations

import difflib
import math
from pathlib import Path
from typing import Annotated

import typer

from counterpoise.cli import deliverview as view
from counterpoise.cli import scoreview
from counterpoise.cli.data import Data, Form, Leaks, Out, load_data
from counterpoise.cli.output import emit, form_problems
from counterpoise.cli.words import read_words
from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import last_day
from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures.delay_score import delay_score
from counterpoise.world.calendar import MODEL_END, parse_period
from counterpoise.world.delays import recorded
from counterpoise.world.delivery import Order, alternatives, delivery_dates, delivery_world
from counterpoise.world.delivery_inputs import inputs
from counterpoise.world.orderbook import decimal_year
from counterpoise.world.scenario import Scenario, read_scenario
from counterpoise.world.slots import PRIORITIES

WORDS = {
    "buyer": "a state, as POL",
    "units": "a number above 0",
    "order": "a year (2027), quarter (2027-Q1) or month (2027-03)",
    "expand": "units a year added to the line, 0 or more",
    "priority": " or ".join(PRIORITIES),
}
NEEDED = ("buyer", "units", "order")


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
    order = read_order(dataset, line, words or [], problems)
    events = _scenario(scenario, dataset, problems)
    if order is None or events is None or problems:
        raise BadInput(problems)
    world = delivery_world(dataset, events)
    cases = recorded(dataset)
    found = delivery_dates(world, order, cases)
    if order.expand and not found.line.growth:
        raise BadInput([_word("expand", f"{order.expand:g}", "0: the line can't grow")])
    others = alternatives(world, order, cases)
    rests = inputs(world, found)
    if form == "table" and out is None:
        view.tell(world, found, others, rests)
        typer.echo(f"release {dataset.id}, scenario {world.scenario.name}")
        return
    emit(view.rows(world, found, others, rests), form, out, "deliver", dataset.id)


def read_order(
    dataset: Dataset, line: str, words: list[str], problems: list[Problem]
) -> Order | None:
    """The order that arguments describe; None, and what is wrong in `problems`, otherwise."""
    before = len(problems)
    address = _line(dataset, line, problems)
    given = read_words(words, WORDS, problems)
    for name in NEEDED:
        if name not in given and name not in {word.partition("=")[0] for word in words}:
            problems.append(Problem("missing", f"{name}=", None, "", "", WORDS[name], "add it"))
    buyer = _buyer(dataset, given.get("buyer", ""), problems)
    units = _number("units", given.get("units", ""), problems)
    if units == 0:
        problems.append(_word("units", given["units"], WORDS["units"]))
    ordered = _ordered(dataset, given.get("order", ""), problems)
    expand = _number("expand", given.get("expand", "0"), problems)
    at_home = bool(address) and dataset.target(address, "located in") == buyer
    priority = given.get("priority", "own" if at_home else "queue")
    if priority not in PRIORITIES:
        problems.append(_word("priority", priority, WORDS["priority"]))
    if len(problems) > before:
        return None
    return Order(address, buyer, units, ordered, expand, priority, given["order"])


def _word(name: str, value: str, expected: str) -> Problem:
    return Problem(name, f"{name}=", None, "", value, expected, "correct it")


def _line(dataset: Dataset, name: str, problems: list[Problem]) -> str:
    """The address of a line by address or name, or the only one that makes a type named."""
    lines = {item.address for item in dataset.kind("line")}
    buyable = {item for item in lines if dataset.text(item, "buyable") == "y"}
    address = f"line/{name}"
    if address not in lines:
        try:
            address = dataset.find(name) if name else ""
        except NotFound:
            address = ""
    made = [link.subject for link in dataset.links_to.get(address, []) if link.role == "makes"]
    makers = [item for item in made if item in buyable] or made
    if len(makers) == 1:
        address = makers[0]
    if address in buyable:
        return address
    if address in lines:
        why = dataset.text(address, "buyable_reason") or "not marked as buyable"
        expected = f"a line that can be ordered from ({why})"
    else:
        expected = " or ".join(makers or _near_lines(name, lines)) or "a line's address or name"
    remedy = "`counterpoise list line` shows all"
    problems.append(Problem("line", "line", None, "", name, expected, remedy))
    return ""


def _near_lines(name: str, lines: set[str]) -> list[str]:
    """Addresses of the lines whose names are nearest, or hold the name."""
    if not name:
        return []
    short = {item.split("/")[1]: item for item in sorted(lines)}
    wanted = name.lower().removeprefix("line/")
    near = difflib.get_close_matches(wanted, list(short), n=4, cutoff=0.4)
    near += [item for item in short if wanted in item and item not in near][:4]
    return [short[item] for item in near]


def _buyer(dataset: Dataset, name: str, problems: list[Problem]) -> str:
    if not name:
        return ""
    states = [item.address for item in dataset.kind("state")]
    for text in (f"state/{name.upper()}", name):
        try:
            found = dataset.find(text)
        except NotFound:
            continue
        if found in states:
            return found
    near = [item for item in dataset.suggest(f"state/{name}") if item in states]
    near += [item for item in dataset.suggest(name) if item in states and item not in near]
    expected = " or ".join(item.split("/")[1] for item in near[:4]) or WORDS["buyer"]
    problems.append(_word("buyer", name, expected))
    return ""


def _number(name: str, text: str, problems: list[Problem]) -> float:
    """A finite number of 0 or more; 1 with a problem for anything else."""
    if not text:
        return 1.0
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isfinite(value) and value >= 0:
        return value
    problems.append(_word(name, text, WORDS[name]))
    return 1.0


def _ordered(dataset: Dataset, text: str, problems: list[Problem]) -> float:
    """The middle of the order's period, not before the release."""
    if not text:
        return 0.0
    first = decimal_year(dataset.release, MODEL_END) + int(last_day(dataset.release)[8:]) / 365
    try:
        start, end = parse_period(text)
    except ValueError:
        problems.append(_word("order", text, WORDS["order"]))
        return 0.0
    if end <= first or start >= MODEL_END:
        between = f"a time from {dataset.release} to {MODEL_END - 1:.0f}"
        problems.append(_word("order", text, between))
    return max((start + end) / 2, first)


def _scenario(name: str, dataset: Dataset, problems: list[Problem]) -> Scenario | None:
    try:
        return read_scenario(name, dataset)
    except NotFound as error:
        expected = " or ".join(error.suggestions)
        problems.append(Problem("scenario", "--scenario", None, "", name, expected, "choose one"))
    except BadInput as error:
        problems.extend(error.problems)
    return None


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
