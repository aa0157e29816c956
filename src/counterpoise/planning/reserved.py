"""What decisions take of shared things before states that plan alone are offered the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoise.planning.model import DependenceCap, Model, build_model
from counterpoise.planning.offers import Offers, everyone
from counterpoise.planning.pairs import line_series, series
from counterpoise.planning.registry import Ints
from counterpoise.planning.relax import check_fixes, deliveries_of_fixes
from counterpoise.world.calendar import Floats
from counterpoise.world.labels import GROUP
from counterpoise.world.lines import added_rate
from counterpoise.world.world import World


@dataclass(frozen=True)
class Reserved:
    """What each state's decisions take first.

    `used` is a dictionary a state, with arrays as in Offers: `free` and `growth` of lines, and
    inputs by name. `absorbed` is capability units, states × cells × years, of joint areas.
    """

    used: tuple[dict[str, Floats], ...]
    absorbed: Floats

    def of(self, bloc: Ints) -> dict[str, Floats]:
        """What some states take together."""
        total = {name: np.zeros_like(value) for name, value in self.used[0].items()}
        for state in bloc:
            total = {name: value + self.used[state][name] for name, value in total.items()}
        return total


def reserve(world: World, everything: Offers, cap: DependenceCap | None = None) -> Reserved:
    """Slots, growth, inputs and joint absorption that meet all decisions at once.

    Where lines must be expanded for them, as little as possible; otherwise soonest first.
    FixesClash where the decisions can't all hold.
    """
    names = {"free": everything.free, "growth": everything.growth, **everything.inputs}
    used = tuple(
        {name: np.zeros_like(value) for name, value in names.items()} for _ in world.labels.states
    )
    years = len(world.calendar.budget_years)
    absorbed = np.zeros((len(world.labels.states), len(world.labels.cells), years))
    if any(fix.low > 0 for fix in world.fixes):
        model = build_model(world, everyone(world), everything, cap)
        check_fixes(model, world)
        _fill(world, everything, model, used, absorbed)
    return Reserved(used, absorbed)


def _fill(
    world: World,
    everything: Offers,
    model: Model,
    used: tuple[dict[str, Floats], ...],
    absorbed: Floats,
) -> None:
    taken, column = deliveries_of_fixes(model)
    pairs, size = model.pairs, series(world)
    units = np.zeros((len(used), len(world.lines), len(world.calendar)))
    np.add.at(units, (pairs.state, pairs.line, pairs.period), taken * size[pairs.area])
    joint = np.array([place == GROUP for place, _ in world.labels.cells])[pairs.cell]
    weight = taken * pairs.weight * size[pairs.area] * joint
    np.add.at(absorbed, (pairs.state, pairs.cell, pairs.year), weight)
    expand = model.problem.column("expand")
    growth = np.zeros_like(everything.growth)
    values = np.maximum(column[expand.start : expand.start + expand.size], 0.0)
    np.add.at(growth, expand.keys, values * line_series(world)[expand.keys[0]])
    added = added_output(world, growth, everything.output_share)
    part = units.sum(axis=2) / np.maximum(units.sum(axis=(0, 2)), 1e-12)
    free = np.maximum(units - part[:, :, None] * added[None], 0.0)
    free *= np.minimum(everything.free / np.maximum(free.sum(axis=0), 1e-12), 1.0)[None]
    years = world.calendar.years - world.calendar.budget_years[0]
    for state, shares in enumerate(used):
        shares["free"] += free[state]
        shares["growth"] += part[state][:, None] * growth
        for name in everything.inputs:
            amount = (everything.amounts[name][:, None] * units[state]).sum(axis=0)
            np.add.at(shares[name], years, amount)


def added_output(world: World, expansions: Floats, output_share: Floats) -> Floats:
    """Units by line and period that expansions (lines × periods of decision) make open."""
    added = np.zeros_like(expansions)
    for index, line in enumerate(world.lines):
        made = added_rate(expansions[index], line, world.calendar)
        added[index] = made * line.open_share * output_share[index]
    return added
