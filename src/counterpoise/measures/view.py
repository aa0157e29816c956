"""What measures look at: the dataset, the worlds over it, and the plans made in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Observation
from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures.amount import Amount, total
from counterpoise.measures.pieces import Balance
from counterpoise.world.calendar import Floats
from counterpoise.world.delays import Case, recorded
from counterpoise.world.delivery import delivery_world
from counterpoise.world.scenario import Scenario
from counterpoise.world.world import World, build_world

Planner = Callable[[str | Scenario, str], tuple[World, Floats]]
"""World and deliveries (units by state, line and period) of a scenario and a behaviour."""


class NoAnswer(NotFound):
    """What a measure or question needs isn't in the dataset; `near` says for what there is."""

    def __init__(self, lacking: str, near: Sequence[str] = ()):
        super().__init__(lacking, near)
        hint = f"; there is for {', '.join(near)}" if near else ""
        self.args = (f"no answer for want of {lacking}{hint}",)


@dataclass(frozen=True)
class Place:
    """A state, or a named group of states: `address` names it, `states` are its members."""

    address: str
    states: tuple[str, ...]

    @property
    def name(self) -> str:
        """The short name: POL, EU27."""
        return self.address.split("/", 1)[1]


@dataclass(frozen=True)
class View:
    """A dataset with the worlds and plans made over it, each made once.

    `files` says whether an argument may name a file, as a scenario's TOML; where others than
    the machine's owner ask, none may.
    """

    dataset: Dataset
    planner: Planner | None = None
    files: bool = True
    _worlds: dict[str, World] = field(default_factory=dict, repr=False)
    _later: dict[str, World] = field(default_factory=dict, repr=False)
    _plans: dict[tuple[str, str], tuple[World, Floats]] = field(default_factory=dict, repr=False)
    _balances: dict[tuple[str, str, bool], Balance] = field(default_factory=dict, repr=False)

    @cached_property
    def inputs(self) -> dict[str, Observation]:
        """All observations by id."""
        return {item.id: item for item in self.dataset.observations}

    def known(
        self, subject: str, quantity: str, period: str = "", qualifier: str = ""
    ) -> Amount | None:
        """The chosen value of a figure as an amount; None where it isn't known."""
        found = self.dataset.observation(subject, quantity, period, qualifier)
        if found is None or found.value is None:
            return None
        return Amount(found.value, {found.id: 1.0})

    def read(self, subject: str, quantity: str, period: str = "", qualifier: str = "") -> Amount:
        """The chosen value of a figure as an amount; NoAnswer where it isn't known."""
        found = self.known(subject, quantity, period, qualifier)
        if found is None:
            parts = [subject, quantity, *([period or "-"] if period or qualifier else [])]
            near = [
                self.dataset.figures[key][0].address
                for key in self.dataset.by_subject.get(subject, [])
                if key[1] == quantity
            ]
            raise NoAnswer("/".join((*parts, *([qualifier] if qualifier else []))), near[-4:])
        return found

    def figure(self, address: str) -> Amount:
        """The figure at an address `subject/quantity[/period[/qualifier]]` as an amount."""
        return self.read(*self.dataset.key(address))

    def newest(self, subject: str, quantity: str, period: str, series: str = "") -> Amount | None:
        """A figure of a period by the newest of its series whose name starts with `series`.

        Series are qualifiers such as nato-2025 and nato-2026; None where none is known.
        """
        found = sorted(
            key[3]
            for key in self.dataset.by_subject.get(subject, [])
            if key[1] == quantity and key[2] == period and key[3].startswith(series)
        )
        for qualifier in reversed(found):
            item = self.known(subject, quantity, period, qualifier)
            if item is not None:
                return item
        return None

    def over(self, place: Place, read: Callable[[str], Amount | None]) -> Amount:
        """The sum over a place's states; the states without a figure are named as missing.

        Raises NoAnswer where no state has one.
        """
        found = {state: read(state) for state in place.states}
        known = [item for item in found.values() if item is not None]
        if not known:
            raise NoAnswer(f"a figure of {place.name} for this measure")
        gone = frozenset(state for state, item in found.items() if item is None)
        whole = total(known)
        return whole.lacking(gone)

    def place(self, name: str) -> Place:
        """A state, scope, regional plan or arrangement by address, name or alias, with its states.

        NotFound with suggestions for an unknown name; BadInput for a thing that has no members.
        """
        # A code such as SOM is a state's before it is anybody's short name.
        codes = (f"{kind}/{name}" for kind in ("state", "scope"))
        address = next((code for code in codes if code in self.dataset.things), "")
        address = address or self.dataset.find(name)
        kind = self.dataset.things[address].kind
        if kind == "state":
            return Place(address, (address,))
        states = self.dataset.targets(address, "includes")
        if kind == "regional-plan":
            states = self.dataset.targets(address, "covers")
        if kind == "arrangement":
            links = self.dataset.links_from.get(address, [])
            states = [
                link.object
                for link in links
                if link.object in self.dataset.things
                and self.dataset.things[link.object].kind == "state"
                and link.role in MEMBER_ROLES
            ]
        if not states:
            expected = (
                "a state, a scope with members (NATO-EUR, EU27), a regional plan or an arrangement"
            )
            remedy = "name one of these"
            raise BadInput([Problem("place", "place", None, "", name, expected, remedy)])
        return Place(address, tuple(dict.fromkeys(states)))

    def world(self, scenario: str | Scenario = "baseline") -> World:
        """The quarterly world of a scenario, by name or at hand."""
        name = name_of(scenario)
        if name not in self._worlds:
            self._worlds[name] = build_world(self.dataset, scenario)
        return self._worlds[name]

    def delivery_world(self, scenario: str | Scenario = "baseline") -> World:
        """The world in which orders of a scenario are delivered: all its events come true."""
        name = name_of(scenario)
        if name not in self._later:
            self._later[name] = delivery_world(self.dataset, scenario)
        return self._later[name]

    @cached_property
    def delays(self) -> tuple[Case, ...]:
        """All recorded delays."""
        return recorded(self.dataset)

    def plan(self, scenario: str | Scenario, behaviour: str) -> tuple[World, Floats]:
        """World and deliveries of new orders; none under `ordered`.

        Raises NotFound where plans are asked for and none can be had.
        """
        if behaviour == "ordered":
            world = self.world(scenario)
            return world, no_deliveries(world)
        if self.planner is None:
            raise NoAnswer(f"a plan {behaviour} in {name_of(scenario)}", ["behaviour=ordered"])
        key = (name_of(scenario), behaviour)
        if key not in self._plans:
            self._plans[key] = self.planner(scenario, behaviour)
        return self._plans[key]

    def balance(self, scenario: str | Scenario, behaviour: str, assured: bool = True) -> Balance:
        """The balance of a behaviour in a scenario, with or without the part of the US."""
        key = (name_of(scenario), behaviour, assured)
        if key not in self._balances:
            self._balances[key] = Balance(*self.plan(scenario, behaviour), assured)
        return self._balances[key]


def view_of(dataset: Dataset, scenario: str, plans: dict[str, tuple[World, Floats]]) -> View:
    """A view of plans at hand in one scenario; signed orders are reckoned in the plans' world.

    Two calendars give slightly different means, so what is compared must share one.
    """
    found = View(dataset, lambda name, behaviour: plans[behaviour])
    for world, _ in plans.values():
        found._worlds[scenario] = world
    return found


def name_of(scenario: str | Scenario) -> str:
    """The name of a scenario that is named or at hand."""
    return scenario if isinstance(scenario, str) else scenario.name


MEMBER_ROLES = frozenset({"member", "framework-nation"})
"""Roles towards an arrangement that make a state one of its members."""


def no_deliveries(world: World) -> Floats:
    """Deliveries of nothing, shape (states, lines, periods)."""
    return np.zeros((len(world.labels.states), len(world.lines), len(world.calendar)))
