"""The linear core: who takes what from which line when, paid how; columns and rows by family.

Units: capability items in series (shells by the thousand, …), money in EUR bn at prices of the
release's year, shortfall in percent of the group's need times years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoise.planning.caps import DependenceCap
from counterpoise.planning.offers import Offers
from counterpoise.planning.pairs import Pairs
from counterpoise.planning.registry import Family, Ints, LinearProblem
from counterpoise.planning.rows.fixes import write_fixes
from counterpoise.planning.rows.frame import start
from counterpoise.planning.rows.limits import write_absorption, write_dependence, write_inputs
from counterpoise.planning.rows.money import write_money
from counterpoise.planning.rows.objectives import cost_terms, shortfall_costs
from counterpoise.planning.rows.requirement import write_group_shares, write_requirement
from counterpoise.planning.rows.supply import write_supply
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World

__all__ = ["DependenceCap", "Model", "build_model"]


@dataclass(frozen=True)
class Model:
    """A built problem, and what is needed to read its solution.

    `shortfall_cost` and `money_cost` are the objectives of the two stages; `pairs` says what
    each deliver column stands for; `states` the positions of the states that decide.
    """

    problem: LinearProblem
    pairs: Pairs
    states: Ints
    shortfall_cost: Floats
    money_cost: Floats
    cost_terms: dict[str, Floats]


def build_model(
    world: World,
    states: Ints,
    offers: Offers,
    cap: DependenceCap | None = None,
) -> Model:
    """The problem of some states that decide together over what `offers` leaves them."""
    frame = start(world, states, offers)
    expand = write_supply(frame)
    short = write_requirement(frame)
    write_group_shares(frame)
    money = write_money(frame, expand)
    write_absorption(frame)
    write_inputs(frame)
    if cap is not None:
        write_dependence(frame, cap)
    write_fixes(frame)
    terms = cost_terms(frame, money)
    problem = frame.registry.problem([shortfall_costs(frame, short)])
    width = len(problem.cost)
    spread = {name: _spread(family, values, width) for name, (family, values) in terms.items()}
    total = np.sum(list(spread.values()), axis=0)
    return Model(problem, frame.pairs, states, problem.cost, total, spread)


def _spread(family: Family, values: Floats, width: int) -> Floats:
    full = np.zeros(width)
    full[family.start : family.start + family.size] = values
    return full
