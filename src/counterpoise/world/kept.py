"""Orders of earlier plans in a world: what they bring, and what would be open without them."""

from __future__ import annotations

import numpy as np

from counterpoise.world.calendar import Floats
from counterpoise.world.world import World, accumulate, wear


def kept_arrivals(world: World) -> Floats:
    """Capability units that orders of earlier plans bring, shape (cells, periods)."""
    total = np.zeros_like(world.arrivals)
    for entry, units in world.kept:
        cell = world.labels.cell_of(entry.place, entry.area)
        if cell is not None:
            total[cell] += entry.unit_weight * units
    return total


def open_before_plans(world: World) -> Floats:
    """Open need if nothing of earlier plans were kept, shape (cells, periods)."""
    start, used = np.zeros(len(world.need)), wear(world.dataset, world.labels)
    signed = world.arriving - accumulate(kept_arrivals(world), start, used, world.calendar)
    return np.maximum(world.need - world.held - signed - world.us_covered, 0.0)
