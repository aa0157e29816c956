"""The least set of steps that fills all holes: weighted set cover as an exact integer model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from counterpoise.cooperation.cells import Place
from counterpoise.cooperation.joining import Step
from counterpoise.measures.view import NoAnswer

MOST_HOLES = 16
"""Holes up to which sets of equal worth are counted: the count takes two to this power states."""

SAME = 1e-6


@dataclass(frozen=True)
class Choice:
    """A step of the least set, with the steps that could stand in its place."""

    step: Step
    instead: tuple[Step, ...]


@dataclass(frozen=True)
class Least:
    """The least set: its points, its steps, and how many sets cost as little.

    `equal` counts all sets of steps at the least points, this one among them; None where there
    are too many holes to count.
    """

    cost: float
    choices: tuple[Choice, ...]
    equal: int | None


Kind = tuple[float, frozenset[Place]]
"""What matters of a step: its points and the holes it fills."""


def least(holes: Sequence[Place], steps: Sequence[Step]) -> Least:
    """The steps of fewest points that together fill every hole; of equal sets fewest steps.

    NoAnswer where some hole can't be filled.
    """
    if not holes:
        return Least(0.0, (), 1)
    open_holes = set(holes).difference(*(step.fills for step in steps))
    if open_holes:
        told = ", ".join(f"{plan}/{function}" for plan, function in sorted(open_holes))
        raise NoAnswer(f"a step that fills {told}")
    alike: defaultdict[Kind, list[Step]] = defaultdict(list)
    for step in steps:
        alike[(step.cost, step.fills)].append(step)
    kinds = _undominated(alike)
    chosen, cost = _solve(holes, kinds)
    ways = [len(alike[kind]) for kind in kinds]
    equal = _count(holes, kinds, ways, cost) if len(holes) <= MOST_HOLES else None
    choices = tuple(Choice(alike[kinds[at]][0], tuple(alike[kinds[at]][1:])) for at in chosen)
    return Least(cost, choices, equal)


def _undominated(alike: dict[Kind, list[Step]]) -> list[Kind]:
    """The kinds of step that no other fills as much as for fewer points."""
    kept: list[Kind] = []
    for cost, fills in sorted(alike, key=lambda kind: (kind[0], -len(kind[1]), sorted(kind[1]))):
        if not any(less < cost - SAME and fills <= more for less, more in kept):
            kept.append((cost, fills))
    return kept


def _solve(holes: Sequence[Place], kinds: Sequence[Kind]) -> tuple[list[int], float]:
    """The kinds chosen and their points: first fewest points, then fewest steps."""
    costs = np.array([cost for cost, _ in kinds])
    covers = np.array([[hole in fills for _, fills in kinds] for hole in holes], dtype=float)
    fill = LinearConstraint(covers, lb=1.0)
    ones = np.ones(len(kinds))
    bounds = Bounds(0, 1)
    first = milp(costs, constraints=fill, integrality=ones, bounds=bounds)
    if first.x is None:
        raise NoAnswer(f"a solution of the integer model ({first.message})")
    cost = float(costs @ np.round(first.x))
    cheap = LinearConstraint(costs[np.newaxis, :], ub=cost + SAME)
    second = milp(ones, constraints=[fill, cheap], integrality=ones, bounds=bounds)
    found = first.x if second.x is None else second.x
    return [at for at in range(len(kinds)) if found[at] > 0.5], cost


def _count(holes: Sequence[Place], kinds: Sequence[Kind], ways: Sequence[int], cost: float) -> int:
    """How many sets of steps fill all holes for the least points.

    Goes through the kinds one by one and keeps, for each set of holes filled so far, the fewest
    points and the number of sets that reach them: a part of a least set is itself least for what
    it fills, or it could be put in its place.
    """
    bit = {hole: 1 << at for at, hole in enumerate(holes)}
    size = 1 << len(holes)
    masks = np.arange(size)
    points = np.full(size, np.inf)
    number = np.zeros(size, dtype=object)
    points[0], number[0] = 0.0, 1
    for (price, fills), many in zip(kinds, ways, strict=True):
        cover = sum(bit[hole] for hole in fills)
        reached = np.flatnonzero(points + price <= cost + SAME)
        new_points, new_number = points.copy(), number.copy()
        for mask in reached:
            target = masks[mask] | cover
            told = points[mask] + price
            if told < new_points[target] - SAME:
                new_points[target], new_number[target] = told, number[mask] * many
            elif told <= new_points[target] + SAME:
                new_number[target] += number[mask] * many
        points, number = new_points, new_number
    return int(number[-1])
