"""Tables of decisions: every body or clause under given votes, in one layout for every state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from counterpoise.cooperation.behind import (
    Parliaments,
    amount_behind,
    asks_parliaments,
    parliaments,
    people,
    posts_behind,
    spending,
    taking_part,
    without_figure,
)
from counterpoise.cooperation.blocking import chance, pivots, smallest_blocking
from counterpoise.cooperation.cases import names, precedents
from counterpoise.cooperation.games import Game, both
from counterpoise.cooperation.passage import (
    NO_VOTES,
    NOT_RUN,
    PASSES,
    STOPPED,
    Outcome,
    Positions,
    outcome,
)
from counterpoise.cooperation.posts import Standing, read_posts, standings
from counterpoise.cooperation.rules import game_of
from counterpoise.cooperation.runnable import outside
from counterpoise.cooperation.stages import Days, competent, deciders, ways_of
from counterpoise.data.records import short
from counterpoise.measures.amount import Amount, span
from counterpoise.measures.view import View

Row = dict[str, Any]

YEAR = 2025
"""Year of the spending behind a decision: the newest that nearly all states have told."""


@dataclass(frozen=True)
class Vote:
    """What is asked: positions, the day, the matter ("" for any), and what may be known beside.

    `support` has a probability for each state that is uncertain, and `said` what a parliament
    has said (yes or no), by the state's address.
    """

    positions: Positions
    on: str
    competence: str = ""
    support: Mapping[str, float] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)


def outcomes(view: View, vote: Vote, kind: str = "body") -> list[Outcome]:
    """What becomes of a decision in every body that may decide it, or under every clause.

    Without a competence a body that has a way of its own for some matters comes once for each.
    """
    dataset = view.dataset
    beyond = outside(dataset, vote.on)
    found = []
    for item in deciders(dataset, kind):
        if kind == "body" and not competent(dataset, item.address, vote.competence):
            continue
        ways = [(vote.competence,)] if vote.competence else ways_of(dataset, item.address)
        found += [
            outcome(dataset, item.address, vote.positions, vote.on, way[0] if way else "", beyond)
            for way in ways
        ]
    return found


def outcome_rows(
    view: View, vote: Vote, kind: str = "body", at_hand: Sequence[Outcome] | None = None
) -> list[Row]:
    """Bodies or clauses that are run: existing ones first, those that pass, the largest.

    `at_hand` are the outcomes where they are known.
    """
    every = outcomes(view, vote, kind) if at_hand is None else at_hand
    found = [item for item in every if item.result != NOT_RUN]
    order = (PASSES, STOPPED, NO_VOTES)
    found.sort(key=lambda item: (item.status, order.index(item.result), -len(item.voters)))
    posts = standings(read_posts(view.dataset).values(), vote.on)
    return [outcome_row(view, vote, item, posts) for item in found]


def gap_rows(view: View, vote: Vote, kind: str = "body") -> list[Row]:
    """Bodies or clauses that aren't run, with what is missing; historic ones are precedents."""
    return [
        {
            kind: short(item.address),
            "name": item.name,
            "status": item.status,
            "missing": item.missing,
        }
        for item in outcomes(view, vote, kind)
        if item.result == NOT_RUN
    ]


def all_gap_rows(view: View, vote: Vote) -> list[Row]:
    """Bodies and clauses that aren't run, in one layout."""
    return [
        {"kind": kind, "id": row.pop(kind), **row}
        for kind in ("body", "clause")
        for row in gap_rows(view, vote, kind)
    ]


def outcome_row(
    view: View, vote: Vote, found: Outcome, standing: Mapping[str, Standing] | None = None
) -> Row:
    """The row of a body or clause: outcome, who remains, what stands behind, who can stop it.

    `standing` is how all posts stand on the day, where that is at hand.
    """
    heard = parliaments(view.dataset, found.remain, vote.said)
    part = taking_part(found, heard)
    posts = posts_behind(view.dataset, found, standing)
    free = smallest_blocking(unopposed(found))
    days = found.days or (None, None, None)
    recorded = precedents(view.dataset, found.address, vote.on)
    row: Row = {
        "status": found.status,
        "body": short(found.address),
        "name": found.name,
        "matter": matter(view, found),
        "outcome": found.result,
        "stopped_by": stopped_by(found),
        "for": len(found.remain),
        "of": len(found.voters),
        "taking_part": len(part),
        **_share(view, "population_m", found, part),
        **_share(view, "spending_eur_bn", found, part),
        **_parliaments(found, heard),
        "posts": len(posts.own),
        "posts_of_others": len(posts.others),
        "posts_unknown": len(posts.unknown),
        "days_low": days[0],
        "days": days[1],
        "days_high": days[2],
        "stages_with_days": stages_with_days(found),
        "cases": len(recorded),
        "first_case": recorded[0].date if recorded else "",
        "last_case": recorded[-1].date if recorded else "",
        "smallest_block": free.size,
        "blocking_sets": free.count,
        "pivots": len(pivots(found)),
    }
    if vote.support:
        likely = chance(found.game, _support(vote, found))
        row |= {"probability": likely.value, "probability_error": likely.error}
    if found.result == NO_VOTES:
        row |= {name: None for name in _OF_VOTERS if name in row}
    row["pivotal"] = names(pivots(found))
    row["remain"] = names(part)
    row["reasons"] = "; ".join(found.reasons)
    sources = dict.fromkeys(key for item in found.stages for key in item.stage.sources)
    row["sources"] = "; ".join(sources)
    return row


_OF_VOTERS = (
    "for", "of", "taking_part", "posts", "posts_of_others", "posts_unknown", "smallest_block",
    "blocking_sets", "pivots", "probability", "probability_error",
)  # fmt: skip
"""Columns that tell of voters: empty where no state votes."""


def matter(view: View, found: Outcome) -> str:
    """The matters that an outcome holds for: those of the way that it was run for, or any."""
    ways = ways_of(view.dataset, found.address)
    return ", ".join(next((way for way in ways if found.competence in way), ())) or "any"


def days_told(days: Days | None) -> str:
    """Days in words: "69", "38 to 59", "21, 38 to 59" with the middle first; "" where unknown."""
    if days is None:
        return ""
    low, mid, high = (None if end is None else f"{end:.0f}" for end in days)
    if low == high:
        return low or mid or ""
    span = f"{low or '?'} to {high or '?'}"
    return span if mid is None or mid in (low, high) else f"{mid}, {span}"


def stages_with_days(found: Outcome) -> str:
    """How many stages the days cover: "1 of 2"; "" where no case tells any."""
    told = sum(item.stage.days is not None for item in found.stages)
    return f"{told} of {len(found.stages)}" if told else ""


def unopposed(found: Outcome) -> Game:
    """The game of a body or clause when nobody abstains."""
    return both(game_of(item.stage.rule, item.seats) for item in found.stages)


def stopped_by(found: Outcome) -> str:
    """Who alone stops it; `too few for` where a count isn't reached; "" where it passes."""
    if found.result != STOPPED:
        return ""
    seats = {seat.voter: seat.name for item in found.stages for seat in item.seats}
    return ", ".join(seats[voter] for voter in found.stoppers) or "too few for"


def _share(view: View, name: str, found: Outcome, part: tuple[str, ...]) -> Row:
    """A measure over those who take part, and in percent of that over all voters.

    Voters without a figure are named; the percentage is then empty.
    """
    read = people if name == "population_m" else spending(YEAR)
    own, whole = (amount_behind(view, states, read) for states in (part, found.voters))
    stem = name.split("_")[0]
    low, high, percent, lacking = (f"{stem}_{end}" for end in ("low", "high", "pct", "not_known"))
    gone = without_figure(found.voters, whole)
    row: Row = dict.fromkeys((name, low, high, percent))
    row[lacking] = names(tuple(sorted(gone)))
    if whole is None or not whole.value or (own is None and part):
        return row
    item = Amount(0.0) if own is None else own
    row[name] = item.value
    row[low], row[high] = span(item, view.inputs)
    row[percent] = None if gone else 100 * item.value / whole.value
    return row


def _parliaments(found: Outcome, heard: Parliaments) -> Row:
    """Parliaments of those who are for, apart; nothing where no stage asks them."""
    if not asks_parliaments(found):
        return dict.fromkeys(
            (
                "parliaments_before", "parliaments_partly", "parliaments_not_needed",
                "parliaments_unknown", "assent_yes", "assent_no", "assent_unknown",
            )
        )  # fmt: skip
    return {
        "parliaments_before": len(heard.needed),
        "parliaments_partly": len(heard.partly),
        "parliaments_not_needed": len(heard.not_needed),
        "parliaments_unknown": len(heard.unknown),
        "assent_yes": len(heard.given),
        "assent_no": len(heard.refused),
        "assent_unknown": len(heard.open),
    }


def _support(vote: Vote, found: Outcome) -> dict[str, float]:
    """The probability that each voter is for: as given, else by its position."""
    refused = vote.positions.against | vote.positions.abstaining
    return {
        voter: vote.support.get(voter, 0.0 if voter in refused else 1.0) for voter in found.voters
    }
