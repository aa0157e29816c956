"""The one shortfall function: it scores the deliveries of every behaviour."""

from __future__ import annotations

import numpy as np

from counterpoise.world.calendar import Floats
from counterpoise.world.world import World, accumulate, wear


def bought(world: World, deliveries: Floats) -> Floats:
    """Mean capability units in service from new orders, by cell and period.

    `deliveries` is units by state, line and period.
    """
    labels = world.labels
    arrivals = np.zeros((len(labels.cells), len(world.calendar)))
    for index, line in enumerate(world.lines):
        units = deliveries[:, index, :] * line.weight
        if line.area in labels.joint:
            cell = labels.cell_of("", line.area)
            if cell is not None:
                arrivals[cell] += units.sum(axis=0)
            continue
        for state, address in enumerate(labels.states):
            cell = labels.cell_of(address, line.area)
            if cell is not None:
                arrivals[cell] += units[state]
    start = np.zeros(len(labels.cells))
    return accumulate(arrivals, start, wear(world.dataset, labels), world.calendar)


def gaps(world: World, deliveries: Floats) -> Floats:
    """Capability units short, by cell and period: open need less what new orders bring."""
    return np.maximum(world.open_need - bought(world, deliveries), 0.0)


def weights(world: World) -> Floats:
    """Percent-years of one unit short over a whole period, by cell and period.

    100 / need of the group in the area × years of the period / number of areas × the weight of
    the area in the period, so that a total of 10 means: over the areas on average, a tenth of the
    need missing for a year.
    """
    areas = [world.labels.area_index[area] for _, area in world.labels.cells]
    group = np.maximum(world.group_need[areas], 1e-9)
    even = 100.0 / group * world.calendar.lengths[None, :] / len(world.labels.areas)
    return even * world.weighting[areas]


def score(world: World, short: Floats, reported: bool = False) -> float:
    """Total shortfall in percent-years; with `reported` only to the end of what is shown."""
    weight = weights(world)
    if reported:
        weight = weight * (world.calendar.reported() / world.calendar.lengths)[None, :]
    return float((weight * short).sum())
