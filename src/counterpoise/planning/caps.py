"""Caps on dependence: which states, and how much of each area's need they may control."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.world.scenario import Scenario

OUTSIDE = "outside"
"""Stands for all states that the group doesn't plan for."""


@dataclass(frozen=True)
class DependenceCap:
    """No area may depend on some states for more than a share of its need.

    A unit that any of the `controllers` (addresses) controls counts, and counts once; `name`
    says who they are.
    """

    controllers: frozenset[str]
    share: float
    name: str

    def controls(self, states: Iterable[str]) -> bool:
        """Whether one of these states is under the cap."""
        return not self.controllers.isdisjoint(states)


def cap_on(state: str, share: float) -> DependenceCap:
    """A cap on one state (address)."""
    return DependenceCap(frozenset({state}), share, state.split("/")[1])


def cap_on_outside(dataset: Dataset, share: float) -> DependenceCap:
    """A cap on all states together that the group doesn't plan for."""
    outside = {
        item.address for item in dataset.kind("state") if item.texts.get("planning") != "plans"
    }
    return DependenceCap(frozenset(outside), share, "states outside the group")


def cap_of(dataset: Dataset, scenario: Scenario) -> DependenceCap | None:
    """The tightest `origin-limit` of a scenario: on a state, or on all states outside a scope."""
    events = [event for event in scenario.events if event.kind == "origin-limit"]
    if not events:
        return None
    event = min(events, key=lambda item: item.amount)
    if event.target.startswith("state/"):
        return cap_on(event.target, event.amount)
    inside = set(dataset.targets(event.target, "includes"))
    outside = {item.address for item in dataset.kind("state")} - inside
    name = f"states outside {event.target.split('/')[1]}"
    return DependenceCap(frozenset(outside), event.amount, name)


def parse_cap(text: str, dataset: Dataset) -> DependenceCap | None:
    """A cap given as usa=0.5, usa+isr=0.3 or outside=0.25; BadInput where it is none."""
    if not text:
        return None
    names, _, number = text.partition("=")
    states = [f"state/{name.strip().upper()}" for name in names.split("+")]
    try:
        share = float(number)
    except ValueError:
        share = -1.0
    outside = names.strip().lower() == OUTSIDE
    unknown = [] if outside else [state for state in states if state not in dataset.things]
    if unknown or not 0 <= share <= 1:
        expected = "STATE=SHARE or outside=SHARE with a share from 0 to 1, as usa=0.5"
        near = [found for state in unknown for found in dataset.suggest(state)]
        remedy = f"did you mean {', '.join(near)}?" if near else "correct it"
        raise BadInput([Problem("cap", "--cap", None, "", text, expected, remedy)])
    if outside:
        return cap_on_outside(dataset, share)
    return DependenceCap(frozenset(states), share, " and ".join(s.split("/")[1] for s in states))
