"""Who must agree to a lever, who can stop it, and what becomes of it when one state objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from counterpoise.cooperation.blocking import pivots, smallest_blocking
from counterpoise.cooperation.passage import (
    NO_VOTES,
    NOT_RUN,
    PASSES,
    STOPPED,
    Positions,
    outcome,
)
from counterpoise.cooperation.stages import EXISTING, status_of
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Address
from counterpoise.world.bundles import Lever

DECIDES, AGREES, EACH = "a body decides", "a state agrees", "each state for itself"

WITHOUT = "goes on without it"
"""What becomes of a consent that each state gives for itself when one of them objects."""

WORST_FIRST = (STOPPED, NOT_RUN, WITHOUT, PASSES)
"""Outcomes of consents: a lever fares as its worst one."""


@dataclass(frozen=True)
class Consent:
    """One party's agreement to a lever: a body's decision, a state's, or that of each of a group.

    `members` are the states with a say; `alone` those that stop it by themselves; `fewest` how
    many states together stop it (None where no number of states can). `missing` tells why a body
    can't be run; `alone` and `fewest` aren't known then.
    """

    lever: Address
    party: Address
    name: str
    kind: str
    status: str
    members: tuple[Address, ...]
    alone: tuple[Address, ...]
    fewest: int | None
    missing: str


def consents_of(dataset: Dataset, lever: Lever, on: str) -> tuple[Consent, ...]:
    """All agreements that a lever needs, as states and bodies stand on a day (ISO)."""
    return tuple(_consents(dataset, lever, on))


def _consents(dataset: Dataset, lever: Lever, on: str) -> Iterator[Consent]:
    for party in lever.states:
        name = dataset.things[party].name
        inside = tuple(dataset.targets(party, "includes"))
        if inside:
            yield Consent(lever.address, party, name, EACH, EXISTING, inside, (), None, "")
        else:
            own = (party,)
            yield Consent(lever.address, party, name, AGREES, EXISTING, own, own, 1, "")
    for body in lever.bodies:
        found = outcome(dataset, body, Positions(), on, lever.competence)
        missing = found.missing
        least = None if missing else smallest_blocking(found.game)
        yield Consent(
            lever.address,
            body,
            found.name,
            DECIDES,
            status_of(dataset, body),
            found.voters,
            pivots(found) if found.passed else (),
            least.size if least else None,
            missing,
        )


def result_of(
    dataset: Dataset, lever: Lever, consent: Consent, objectors: Iterable[Address], on: str
) -> str:
    """What becomes of a consent when states (addresses) object: one of WORST_FIRST.

    A body in which no state votes can't be stopped by one, so its consent passes.
    """
    against = frozenset(objectors)
    if consent.kind == DECIDES:
        found = outcome(dataset, consent.party, Positions(against), on, lever.competence).result
        return PASSES if found == NO_VOTES else found
    if not against & set(consent.members):
        return PASSES
    return STOPPED if consent.kind == AGREES else WITHOUT


def lever_result(
    dataset: Dataset,
    lever: Lever,
    consents: Iterable[Consent],
    objectors: Iterable[Address],
    on: str,
) -> str:
    """What becomes of a lever when states object: the worst of its consents; passes without any."""
    against = tuple(objectors)
    found = {result_of(dataset, lever, item, against, on) for item in consents}
    return next((result for result in WORST_FIRST if result in found), PASSES)
