"""The ground on which steps are tried: one first stage with twins and purses, solved once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoise.planning.model import DependenceCap
from counterpoise.planning.pairs import Pairs
from counterpoise.planning.plan import Plan
from counterpoise.planning.purse import with_purses
from counterpoise.planning.registry import Ints
from counterpoise.planning.sooner import lead_promises, twin_model
from counterpoise.planning.stepped import Stepped, stepped
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World


@dataclass(frozen=True)
class Ground:
    """A world, its plan together at the optimum, and what a step may move in it.

    `twins` are the lines with a quicker twin; `pairs` the `deliver` columns, twins included;
    `cost` is the second objective; `untried` the most that six months off the lead time of any
    line without a twin can remove, percent-years.
    """

    world: World
    twins: Ints
    pairs: Pairs
    cost: Floats
    base: Stepped
    untried: float


def ground_of(plan: Plan, cap: DependenceCap | None = None, twins: int = 16) -> Ground:
    """Build and solve the first stage of a plan together with all that steps may move.

    Twins, which make the problem larger, stand beside the lines whose lead time promises most.
    """
    world, model = plan.world, plan.models[0]
    promises = lead_promises(world, model, plan.stages[0][0].solution, cap)
    order = sorted(promises, key=lambda line: (-promises[line], line))
    lines = np.array(sorted(order[:twins]), dtype=np.int64)
    untried = max((promises[line] for line in order[twins:]), default=0.0)
    found = twin_model(world, model.states, lines, cap)
    problem = with_purses(world, found.problem)
    cost = np.append(found.money_cost, np.zeros(len(problem.cost) - len(found.money_cost)))
    return Ground(world, lines, found.pairs, cost, stepped(problem), untried)
