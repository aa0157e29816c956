"""The ground on which steps are tried: one first stage with twins and purses, solved once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoise.planning.model import DependenceCap
from counterpoise.planning.offers import everyone
from counterpoise.planning.pairs import Pairs
from counterpoise.planning.purse import with_purses
from counterpoise.planning.sooner import twin_model
from counterpoise.planning.stepped import Stepped, stepped
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World


@dataclass(frozen=True)
class Ground:
    """A world, its plan together at the optimum, and what a step may move in it.

    `pairs` are the `deliver` columns, twins of lines included; `cost` is the second objective.
    """

    world: World
    pairs: Pairs
    cost: Floats
    base: Stepped


def ground_of(world: World, cap: DependenceCap | None = None) -> Ground:
    """Build and solve the first stage of a world with all that steps may move."""
    model = twin_model(world, everyone(world), cap)
    problem = with_purses(world, model.problem)
    cost = np.append(model.money_cost, np.zeros(len(problem.cost) - len(model.money_cost)))
    return Ground(world, model.pairs, cost, stepped(problem))
