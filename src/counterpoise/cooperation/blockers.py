"""Who alone can stop what: for each matter the bodies that decide it, and their single stoppers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from counterpoise.cooperation.blocking import pivots, smallest_blocking
from counterpoise.cooperation.overview import Row, Vote, matter, outcomes, unopposed
from counterpoise.cooperation.passage import NO_VOTES, NOT_RUN, Outcome, Positions
from counterpoise.cooperation.stages import EXISTING, competences
from counterpoise.data.records import short
from counterpoise.measures.view import View

SCOPES = ("NATO", "EU27")
"""Scopes whose states are told of as objectors."""


@dataclass(frozen=True)
class Decider:
    """A body on a matter under given votes, and the voters who alone would turn its outcome."""

    outcome: Outcome
    alone: frozenset[str]

    @property
    def existing(self) -> bool:
        """Whether the body exists."""
        return self.outcome.status == EXISTING


def objectors(view: View) -> tuple[str, ...]:
    """The states whose objection is told of: members of NATO or of the EU, by short name."""
    found = {state for name in SCOPES for state in view.place(name).states}
    return tuple(sorted(found))


def deciders_on(every: Iterable[Outcome]) -> tuple[Decider, ...]:
    """Of outcomes those in which states vote, existing ones first, the largest first."""
    found = [
        Decider(item, frozenset(pivots(item)))
        for item in every
        if item.result not in (NOT_RUN, NO_VOTES)
    ]
    found.sort(key=lambda item: (item.outcome.status, -len(item.outcome.voters)))
    return tuple(found)


def deciders_by_matter(view: View, on: str) -> Mapping[str, tuple[Decider, ...]]:
    """When nobody objects, the deciders of each matter that some body decides; "" for all ways."""
    every = {
        name: deciders_on(outcomes(view, Vote(Positions(), on, name)))
        for name in ("", *competences(view.dataset))
    }
    return {name: found for name, found in every.items() if found}


def several(found: tuple[Decider, ...]) -> tuple[Decider, ...]:
    """Those in which more than one voter has a say."""
    return tuple(item for item in found if len(item.outcome.voters) > 1)


def alone_rows(view: View, found: tuple[Decider, ...]) -> list[Row]:
    """For each body of several voters who alone stops it, and the least that stops it otherwise."""
    rows = []
    for item in several(found):
        least = smallest_blocking(unopposed(item.outcome))
        voters = item.outcome.voters
        named = ", ".join(short(voter) for voter in voters if voter in item.alone)
        rows.append(
            {
                "body": item.outcome.address,
                "status": item.outcome.status,
                "matter": matter(view, item.outcome),
                "voters": len(voters),
                "stop_it_alone": len(item.alone),
                "who": "each of them" if len(item.alone) == len(voters) else named,
                "smallest_block": least.size,
                "blocking_sets": least.count,
            }
        )
    return rows


def passing(found: tuple[Decider, ...], state: str = "") -> int:
    """How many existing bodies still pass a decision when one state objects."""
    return sum(item.existing and state not in item.alone for item in found)


def counts(vote: Vote, found: Iterable[Outcome]) -> Row:
    """How many outcomes of existing bodies in which states vote pass, and where objectors vote.

    Without a matter each way of a body counts. `stopped_by_one` are those of several voters that
    one further objection alone stops.
    """
    here = [
        item for item in found if item.result not in (NOT_RUN, NO_VOTES) and item.status == EXISTING
    ]
    refused = vote.positions.against | vote.positions.abstaining
    sits = [item for item in here if refused & set(item.voters)]
    many = [item for item in here if len(item.voters) > 1]
    return {
        "existing": len(here),
        "pass": sum(item.passed for item in here),
        "stopped": sum(not item.passed for item in here),
        "votes_in": len(sits),
        "pass_where_it_votes": sum(item.passed for item in sits),
        "of_several": len(many),
        "stopped_by_one": sum(item.passed and bool(pivots(item)) for item in many),
    }
