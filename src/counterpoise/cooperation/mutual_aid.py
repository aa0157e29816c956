"""Mutual aid: who is bound by a clause, which steps it takes, what limits and what each has ready.

Clauses, steps, limits, recorded cases and rules of assent are rows of sheets. What isn't known
of a state stays unknown: it is never counted as nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from counterpoise.cooperation.places import Place as Spot
from counterpoise.cooperation.places import great_circle
from counterpoise.data.dataset import Dataset
from counterpoise.data.fill import RULES, need
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.amount import Amount, total
from counterpoise.measures.forces import ready_units
from counterpoise.measures.parameters import Areas
from counterpoise.measures.view import Place, View

PARLIAMENT = "national-parliament"
"""Kind of body that gives a state's assent."""

ASSENT = {
    "y": "votes first",
    "ex-post": "votes afterwards",
    "limited": "votes in some cases",
    "n": "no vote needed",
    "": "not known",
}
"""How a parliament's part is told, by the sheet's word for it."""


@dataclass(frozen=True)
class Step:
    """A step of a clause; `needed` is must, may or need not, `days` low, middle and high."""

    address: str
    number: int
    who: str
    body: str
    does: str
    needed: str
    days: tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class Giver:
    """A state bound by a clause, as it stands towards a victim.

    `limits` are addresses of what limits it; `assent` is a word of ASSENT; `urgent` tells whether
    its government may act first ("" where that isn't known). `days` are those of its recorded
    cases, from the request to its decision. `planned` says whether it plans here, `listed`
    whether the sheets also list its forces, so that an area without a row means none;
    `has_forces` whether it has any at all.
    """

    state: str
    limits: tuple[str, ...]
    assent: str
    urgent: str
    rule: str
    days: tuple[float, ...]
    distance_km: float
    region: str
    border: bool
    planned: bool
    listed: bool
    has_forces: bool


def bound_states(dataset: Dataset, clause: str) -> tuple[str, ...]:
    """Addresses of the states that a clause binds."""
    scopes = dataset.targets(clause, "binds to aid")
    return tuple(dict.fromkeys(each for scope in scopes for each in scope_members(dataset, scope)))


def scope_members(dataset: Dataset, scope: str) -> list[str]:
    """Addresses of the members of a scope."""
    return dataset.targets(scope, "includes")


def steps(dataset: Dataset, clause: str) -> tuple[Step, ...]:
    """The steps of a clause in their order."""
    found = [
        Step(
            item.address,
            int(item.texts["number"]),
            item.texts["who"],
            dataset.target(item.address, "aid step taken by"),
            item.texts["name"],
            item.texts["needed"],
            _days(dataset, item.address),
        )
        for item in dataset.kind("aid-step")
        if dataset.target(item.address, "aid step of") == clause
    ]
    return tuple(sorted(found, key=lambda item: item.number))


def _days(dataset: Dataset, step: str) -> tuple[float | None, float | None, float | None]:
    found = dataset.observation(step, "days")
    return (None, None, None) if found is None else (found.low, found.value, found.high)


def givers(dataset: Dataset, clause: str, victim: str) -> tuple[Giver, ...]:
    """The states that a clause binds to help, nearest capital first.

    BadInput where the clause doesn't bind the others towards the victim.
    """
    bound = bound_states(dataset, clause)
    if victim not in bound:
        names = ", ".join(item.split("/")[1] for item in bound)
        told = f"a state that {dataset.things[clause].name} covers: {names}"
        raise BadInput([Problem("victim", "victim=", None, "", victim, told, "name one of them")])
    found = [_giver(dataset, clause, victim, state) for state in bound if state != victim]
    return tuple(sorted(found, key=lambda item: (item.distance_km, item.state)))


def _giver(dataset: Dataset, clause: str, victim: str, state: str) -> Giver:
    texts = dataset.things[state].texts
    rule = dataset.things.get(f"assent-rule/{state.split('/')[1]}")
    limits = _about(dataset, "aid-limit", ("limits aid of", state), ("limits aid under", clause))
    return Giver(
        state,
        limits,
        dataset.text(parliament(dataset, state), "parliament_approval"),
        rule.texts.get("urgent", "") if rule else "",
        rule.texts.get("rule", "") if rule else "",
        tuple(
            sorted(
                days
                for case in _about(
                    dataset, "aid-case", ("aided by", state), ("aid case of", clause)
                )
                if (days := dataset.value(case, "days")) is not None
            )
        ),
        distance(dataset, state, victim),
        texts.get("region", ""),
        texts.get("borders_russia_belarus") == "y",
        texts.get("planning") == "plans",
        texts.get("planning") == "plans" and has_rows(dataset, state),
        all(dataset.text(item, "has_forces") != "n" for item in limits),
    )


def has_rows(dataset: Dataset, state: str) -> bool:
    """Whether a sheet has a holding of a state; stocks that a rule fills in don't count."""
    return any(
        item.origin.file != RULES and state in dataset.targets(item.address, "held by")
        for item in dataset.kind("holding")
    )


def parliament(dataset: Dataset, state: str) -> str:
    """Address of a state's parliament, "" where no body is it."""
    name = state.split("/")[1]
    return next(
        (
            item.address
            for item in dataset.kind("body")
            if item.texts.get("kind") == PARLIAMENT and item.texts.get("members_rule") == name
        ),
        "",
    )


def _about(dataset: Dataset, kind: str, *links: tuple[str, str]) -> tuple[str, ...]:
    """Addresses of the things of a kind that have all links."""
    return tuple(
        item.address
        for item in dataset.kind(kind)
        if all(target in dataset.targets(item.address, role) for role, target in links)
    )


def distance(dataset: Dataset, first: str, second: str) -> float:
    """Kilometres between two capitals; NotFound where the place of one isn't known."""

    def spot(state: str) -> Spot:
        return (
            need(dataset, state, "capital_latitude"),
            need(dataset, state, "capital_longitude"),
        )

    return great_circle(spot(first), spot(second))


def ready(view: View, giver: Giver, area: str, year: int, scenario: str) -> Amount | None:
    """Units of an area that a state has ready in a year; None where nothing is listed.

    Of states that plan the measure ready_units under signed orders; of the others, and of needs
    that the group has as a whole, what the state itself holds today times readiness.
    """
    joint = view.dataset.text(area, "joint") == "y"
    if giver.planned and not joint:
        place = Place(giver.state, (giver.state,))
        found = ready_units(view, place, Areas((area,)), year, "ordered", scenario)
        return found if found.value > 0 else None
    return held_ready(view, giver.state, area)


def munitions_unknown(dataset: Dataset, giver: Giver, area: str) -> bool:
    """Whether what a state has ready needs munitions of which nothing is known."""
    fed = any(dataset.target(item.address, "makes usable") == area for item in dataset.kind("area"))
    return fed and not giver.planned


def held_ready(view: View, state: str, area: str) -> Amount | None:
    """Units held today by a state in an area, weighted by type, times readiness; None of none."""
    dataset = view.dataset
    found = [
        _weighted(view, item.address)
        for item in dataset.kind("holding")
        if item.texts.get("status") == "active"
        and dataset.targets(item.address, "held by") == [state]
        and dataset.target(item.address, "fills") == area
        and dataset.value(item.address, "quantity")
    ]
    return total(found) * view.read("rule/readiness", "value") if found else None


def _weighted(view: View, holding: str) -> Amount:
    """Capability units of a holding: items, times units per item, times the type's weight."""
    parts: list[Callable[[], Amount | None]] = [
        lambda: view.known(holding, "units_per_item"),
        lambda: view.known(view.dataset.target(holding, "holding of"), "weight"),
    ]
    units = view.read(holding, "quantity")
    for part in parts:
        factor = part()
        units = units if factor is None else units * factor
    return units


def outside_areas(dataset: Dataset, state: str) -> tuple[str, ...]:
    """Holdings of a state that fit no area, in words: what, how many, and what is said of it."""
    return tuple(
        f"{dataset.value(item.address, 'quantity'):g} × {item.texts.get('named_system', '')} "
        f"({item.note}; {item.address})"
        for item in dataset.kind("holding")
        if dataset.targets(item.address, "held by") == [state]
        and not dataset.target(item.address, "fills")
        and dataset.value(item.address, "quantity") is not None
    )
