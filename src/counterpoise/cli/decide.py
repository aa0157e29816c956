"""The command decide: what each body and clause can still decide, and who can stop it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from counterpoise.cli.data import Data, Form, Leaks, Out, load_data
from counterpoise.cli.output import emit, form_problems
from counterpoise.cooperation import cases
from counterpoise.cooperation.decide_asked import (
    MANY,
    ONE,
    find_outcome,
    part_problems,
    rows_of_all,
    rows_of_one,
)
from counterpoise.cooperation.overview import Vote, days_told
from counterpoise.cooperation.passage import NO_VOTES, Outcome, outcome
from counterpoise.cooperation.reading import read_vote
from counterpoise.cooperation.runnable import outside
from counterpoise.cooperation.stages import ways_of
from counterpoise.data.dataset import Dataset
from counterpoise.measures.view import View

Row = dict[str, Any]

States = Annotated[str, typer.Option(help="States by code or name, separated by commas.")]

_BRIEF = (
    "body", "matter", "outcome", "stopped_by", "for", "of", "spending_eur_bn", "posts", "days",
    "last_case", "pivots", "probability",
)  # fmt: skip
"""Columns of the outcomes that fit a screen; the other forms have all."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("decide")(decide)


def decide(
    decider: Annotated[
        str, typer.Argument(help="A body or clause to tell in detail; none for all bodies.")
    ] = "",
    against: States = "",
    abstain: States = "",
    concerned: Annotated[
        str, typer.Option(help="States that the decision is about: no vote where a stage says so.")
    ] = "",
    on: Annotated[str, typer.Option("--on", help="Date whose members count; the release's.")] = "",
    competence: Annotated[
        str, typer.Option(help="Only bodies for this matter: operation-authorise, budget …")
    ] = "",
    support: Annotated[
        str, typer.Option(help="Your own probabilities that a state is for: HUN=0.3,SVK=0.5.")
    ] = "",
    assent: Annotated[str, typer.Option(help="What parliaments have said: DEU=yes,ESP=no.")] = "",
    part: Annotated[
        str,
        typer.Option(
            "--part",
            help=f"Of all: {', '.join(MANY)}. Of one: {', '.join(ONE)}.",
        ),
    ] = "",
    data: Data = None,
    without_leaks: Leaks = False,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Tell who can still decide when states object: outcome, who remains, forces, precedents."""
    dataset = load_data(data, without_leaks)
    problems = form_problems(form, out) + part_problems(decider, part)
    vote = read_vote(
        dataset,
        problems,
        against=against,
        abstain=abstain,
        concerned=concerned,
        on=on,
        competence=competence,
        support=support,
        assent=assent,
    )
    view = View(dataset)
    if decider:
        _one(view, vote, find_outcome(dataset, vote, decider), part, form, out)
    else:
        _all(view, vote, part, form, out)


def _all(view: View, vote: Vote, part: str, form: str, out: Out) -> None:
    """All bodies: one part, or for a screen the outcomes in blocks and what isn't run."""
    dataset = view.dataset
    screen = form == "table" and out is None
    if part or not screen:
        rows = rows_of_all(view, vote, part or "bodies")
        emit(
            _short(rows, vote) if screen and part in MANY[:2] else rows,
            form,
            out,
            part or "bodies",
            dataset.id,
        )
        return
    rows = rows_of_all(view, vote, "bodies")
    for status in dict.fromkeys(row["status"] for row in rows):
        emit(
            _short([row for row in rows if row["status"] == status], vote), title=f"{status} bodies"
        )
    gone = [row for row in rows_of_all(view, vote, "gaps") if row["kind"] == "body"]
    voted = {row["body"] for row in rows if row["outcome"] != NO_VOTES}
    other = {row["body"] for row in rows} - voted
    typer.echo(
        f"{len(voted)} bodies run with voters on {vote.on}, {len(other)} in which no state votes, "
        f"{len(gone)} not run: see --part gaps"
    )
    beyond = outside(dataset, vote.on)
    if beyond:
        typer.echo(beyond)
    typer.echo(f"recorded blocks by those against: {_blocks(dataset, vote)}; see --part cases")
    typer.echo(f"release {dataset.id}")


def _blocks(dataset: Dataset, vote: Vote) -> str:
    if not vote.positions.against:
        return "nobody is against"
    return cases.counted(cases.blocks(dataset, vote.on, states=vote.positions.against))


def _short(rows: list[Row], vote: Vote) -> list[Row]:
    found = []
    for row in rows:
        days = days_told((row["days_low"], row["days"], row["days_high"]))
        shown = {name: {**row, "days": days}[name] for name in _BRIEF if name in row}
        if vote.competence:
            del shown["matter"]
        found.append(shown)
    return found


def _one(view: View, vote: Vote, found: Outcome, part: str, form: str, out: Out) -> None:
    """One body or clause in detail: one part, or for a screen all of them."""
    dataset = view.dataset
    first = rows_of_one(view, vote, found, part or "stages")
    if part or form != "table" or out is not None:
        emit(first, form, out, part or "stages", dataset.id)
        return
    typer.echo(f"{found.name} ({found.address}, {found.status}) on {found.on}: {found.result}")
    ways = [] if vote.competence else ways_of(dataset, found.address)
    for way in ways if len(ways) > 1 else []:
        one = outcome(dataset, found.address, vote.positions, vote.on, way[0])
        typer.echo(f"  for {', '.join(way)}: {one.result}")
    for reason in found.reasons:
        typer.echo(f"  {reason}")
    for name in ONE:
        told = rows_of_one(view, vote, found, name)
        rows = [{key: row[key] for key in row if key not in _FILES} for row in told]
        emit(rows[:_MOST] if name == "blocks" else rows, title=name)
        if name == "blocks" and len(rows) > _MOST:
            typer.echo(f"and {len(rows) - _MOST} more: see --part blocks")
    typer.echo(f"release {dataset.id}")


_FILES = frozenset(
    {"sources", "note", "told", "banzhaf_error_pct", "shapley_error_pct", "swings", "until"}
)
"""Columns of the details that only files have."""

_MOST = 8
"""Blocking sets on a screen."""
