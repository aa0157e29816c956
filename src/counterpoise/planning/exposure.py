"""Who controls the units in service, by area and period."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from counterpoise.planning.plan import Plan
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World, accumulate, controllers, counts, wear

ALL = "all"
"""In place of a controlling state: every unit."""


def origins(world: World, system: str) -> tuple[str, ...]:
    """Marks of the states whose design a held type is, for the table of holdings."""
    return tuple(f"from:{state}" for state in world.dataset.targets(system, "designed by"))


def units_in_service(plan: Plan) -> dict[tuple[int, str], Floats]:
    """Capability units in service by area (position) and controlling state, one value a period.

    A unit under several states' control counts under each. `from:` marks the state that designed
    a held type or makes a bought one; `all` is the total.
    """
    world, labels = plan.world, plan.world.labels
    periods = len(world.calendar)
    total: defaultdict[tuple[int, str], Floats] = defaultdict(lambda: np.zeros(periods))
    arriving: defaultdict[tuple[int, str], Floats] = defaultdict(lambda: np.zeros(periods))
    before: defaultdict[tuple[int, str], float] = defaultdict(float)
    for stock in world.stocks:
        for control in (*stock.controllers, *origins(world, stock.system), ALL):
            total[(labels.area_index[stock.area], control)] += stock.path
    for entry, units in zip(world.entries, world.delivered, strict=True):
        if labels.cell_of(entry.place, entry.area) is None or not counts(entry, labels):
            continue
        for control in (*controllers(world, entry.system), *origins(world, entry.system), ALL):
            key = (labels.area_index[entry.area], control)
            arriving[key] += entry.unit_weight * units
            before[key] += entry.unit_weight * entry.before
    taken = plan.deliveries.sum(axis=0)
    for index, line in enumerate(world.lines):
        for control in (*line.controllers, f"from:{line.state}", ALL):
            arriving[(labels.area_index[line.area], control)] += line.weight * taken[index]
    keys = sorted({*total, *arriving})
    areas = [area for _, area in labels.cells]
    use = wear(world.dataset, labels)[[areas.index(labels.areas[area]) for area, _ in keys]]
    added = accumulate(
        np.array([arriving[key] for key in keys]),
        np.array([before[key] for key in keys]),
        use,
        world.calendar,
    )
    return {key: total[key] + path for key, path in zip(keys, added, strict=True)}
