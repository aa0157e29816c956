"""Assigning posts to states over years: an integer model, and its other best solutions.

Seats that a state wins are worth less one after the other (the divisors of Webster and
Sainte-Laguë), so the model's best plan is the fair share that fits, stays and stands near.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from counterpoise.errors import NoPlan

SAME = 1e-6
"""Points by which two plans may differ and still be worth the same."""


@dataclass(frozen=True)
class Slot:
    """One term of a post: the years from `first` to `last`, and the states that may hold it."""

    post: str
    first: int
    last: int
    allowed: tuple[str, ...]

    @property
    def years(self) -> int:
        """How many years it lasts."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Group:
    """Posts of which each state has a share.

    `seats` holds, by state, the points a year of its first seat, its second and so on, falling.
    At most `most` seats of the group are one state's at once, where `most` is given.
    """

    posts: frozenset[str]
    seats: Mapping[str, tuple[float, ...]]
    most: int | None = None


@dataclass(frozen=True)
class Task:
    """What is to be assigned: terms in order of post and year, and what an assignment is worth.

    `fit` is the points a year of a state in a post, `stays` those of a holder who held the term
    before; in posts of `turns` no state holds two terms running. `before` names who held a post
    before its first term.
    """

    slots: tuple[Slot, ...]
    fit: Mapping[tuple[str, str], float]
    stays: float
    turns: frozenset[str]
    before: Mapping[str, str]
    groups: tuple[Group, ...]

    @cached_property
    def years(self) -> range:
        """The years that the terms cover."""
        first = min(slot.first for slot in self.slots)
        return range(first, max(slot.last for slot in self.slots) + 1)

    @cached_property
    def previous(self) -> dict[int, int]:
        """The term before each term of the same post, by place; first terms have none."""
        last: dict[str, int] = {}
        found = {}
        for at, slot in enumerate(self.slots):
            if slot.post in last:
                found[at] = last[slot.post]
            last[slot.post] = at
        return found

    def held(self, year: int) -> list[int]:
        """Places of the terms that cover a year."""
        return [at for at, slot in enumerate(self.slots) if slot.first <= year <= slot.last]

    def limit(self, group: Group, state: str, year: int) -> int | None:
        """Seats of a group that a state may hold in a year: those it must hold always pass."""
        if group.most is None:
            return None
        forced = [
            at
            for at in self.held(year)
            if self.slots[at].post in group.posts and self.slots[at].allowed == (state,)
        ]
        return max(group.most, len(forced))


Holders = tuple[str, ...]
"""A state for each term, in the order of the task's slots."""


def worth(task: Task, holders: Holders) -> float:
    """Points of an assignment, counted from the definitions; minus infinity for a forbidden one."""
    total = 0.0
    for at, (slot, state) in enumerate(zip(task.slots, holders, strict=True)):
        if state not in slot.allowed:
            return -np.inf
        before = task.previous.get(at)
        earlier = task.before.get(slot.post, "") if before is None else holders[before]
        total += slot.years * task.fit.get((slot.post, state), 0.0)
        if earlier == state and slot.post in task.turns and len(slot.allowed) > 1:
            return -np.inf
        if earlier == state and slot.post not in task.turns:
            total += slot.years * task.stays
    for year in task.years:
        for group in task.groups:
            won: dict[str, int] = {}
            for at in task.held(year):
                if task.slots[at].post in group.posts:
                    won[holders[at]] = won.get(holders[at], 0) + 1
            for state, seats in won.items():
                limit = task.limit(group, state, year)
                if limit is not None and seats > limit:
                    return -np.inf
                total += sum(group.seats.get(state, ())[:seats])
    return total


class _Model:
    """The task's rows and columns for the solver: a binary for each term and state it may take."""

    def __init__(self, task: Task):
        self.task = task
        self.cost: list[float] = []
        self.binary: list[int] = []
        self.rows: list[dict[int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.choice = {
            (at, state): self.column(
                slot.years * task.fit.get((slot.post, state), 0.0), binary=True
            )
            for at, slot in enumerate(task.slots)
            for state in slot.allowed
        }
        for at, slot in enumerate(task.slots):
            self.row({self.choice[at, state]: 1.0 for state in slot.allowed}, 1.0, 1.0)
            for state in slot.allowed:
                self._term(at, slot, state)
        for group in task.groups:
            for year in task.years:
                self._shares(group, year)

    def column(self, points: float, binary: bool = False) -> int:
        """A variable between 0 and 1, worth so many points."""
        self.cost.append(-points)
        self.binary.append(int(binary))
        return len(self.cost) - 1

    def row(self, entries: dict[int, float], low: float, high: float) -> None:
        """A row between two numbers."""
        self.rows.append(entries)
        self.low.append(low)
        self.high.append(high)

    def _term(self, at: int, slot: Slot, state: str) -> None:
        """Staying, and taking turns, against the term before."""
        task, here = self.task, self.choice[at, state]
        before = task.previous.get(at)
        same = task.before.get(slot.post, "") == state if before is None else None
        there = None if before is None else self.choice.get((before, state))
        if slot.post in task.turns:
            if len(slot.allowed) > 1 and same:
                self.row({here: 1.0}, 0.0, 0.0)
            elif len(slot.allowed) > 1 and there is not None:
                self.row({here: 1.0, there: 1.0}, -np.inf, 1.0)
        elif same:
            self.cost[here] -= slot.years * task.stays
        elif there is not None:
            stay = self.column(slot.years * task.stays)
            self.row({stay: 1.0, here: -1.0}, -np.inf, 0.0)
            self.row({stay: 1.0, there: -1.0}, -np.inf, 0.0)

    def _shares(self, group: Group, year: int) -> None:
        """Seats won in a year by each state: points of the first, the second and so on."""
        held = [at for at in self.task.held(year) if self.task.slots[at].post in group.posts]
        states = {state for at in held for state in self.task.slots[at].allowed}
        for state in sorted(states):
            taken = {
                self.choice[at, state]: 1.0 for at in held if state in self.task.slots[at].allowed
            }
            seats = group.seats.get(state, ())[: len(taken)]
            won = {self.column(points): 1.0 for points in seats if points}
            if won:
                self.row({**won, **dict.fromkeys(taken, -1.0)}, -np.inf, 0.0)
            limit = self.task.limit(group, state, year)
            if limit is not None and limit < len(taken):
                self.row(taken, -np.inf, float(limit))

    def forbid(self, holders: Holders, places: Iterable[int]) -> None:
        """Leave out every assignment that agrees with this one at all of the places."""
        same = {self.choice[at, holders[at]]: 1.0 for at in places}
        self.row(same, -np.inf, len(same) - 1.0)

    def solve(self) -> Holders | None:
        """The best assignment that the rows allow, proven; None where none is left."""
        entries = [
            (number, column, value)
            for number, row in enumerate(self.rows)
            for column, value in row.items()
        ]
        number, column, value = (list(part) for part in zip(*entries, strict=True))
        shape = (len(self.rows), len(self.cost))
        found = milp(
            np.array(self.cost),
            constraints=LinearConstraint(
                csr_array((value, (number, column)), shape=shape), self.low, self.high
            ),
            integrality=np.array(self.binary),
            bounds=Bounds(0.0, 1.0),
            options={"mip_rel_gap": 0.0},
        )
        if found.x is None:
            return None
        return tuple(
            next(state for state in slot.allowed if found.x[self.choice[at, state]] > 0.5)
            for at, slot in enumerate(self.task.slots)
        )


@dataclass(frozen=True)
class Best:
    """The best assignments by name, all worth `points`; `more` if others weren't listed."""

    points: float
    plans: tuple[Holders, ...]
    more: bool


def best(task: Task, differ: Sequence[int] = (), most: int = 10) -> Best:
    """The best assignment and up to `most` in all that are worth as much.

    They differ at one of the places `differ` at least, or anywhere where none is named. Each
    found one is cut off in turn, until the best of the rest is worth less. NoPlan where terms
    clash.
    """
    empty = sorted({slot.post for slot in task.slots if not slot.allowed})
    if empty:
        raise NoPlan([f"{post}: no state may hold it" for post in empty])
    places = tuple(differ) or range(len(task.slots))
    model = _Model(task)
    first = model.solve()
    if first is None:
        raise NoPlan(sorted({f"the terms of {slot.post}" for slot in task.slots}))
    top = worth(task, first)
    plans = [first]
    while True:
        model.forbid(plans[-1], places)
        other = model.solve()
        if other is None or worth(task, other) < top - SAME:
            return Best(top, tuple(sorted(plans)), more=False)
        if len(plans) == most:
            return Best(top, tuple(sorted(plans)), more=True)
        plans.append(other)
