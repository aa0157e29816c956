"""Lead times as limits: each line beside a quicker twin that takes over a share of its output.

A lead time stands in no row; it decides which deliveries exist and when they are paid. Six
months are less than the calendar of years can tell apart. So a line gets a twin whose lead time
is a year shorter, and half of what the line makes passes to it: sooner by six months on average.
What passes over is a right-hand side, so that the step has a dual and a range like any other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from counterpoise.planning.model import DependenceCap, Model, build_model
from counterpoise.planning.offers import all_offers
from counterpoise.planning.registry import Ints
from counterpoise.world.world import World

WHOLE = 1.0
"""Years by which a twin is quicker: the length of the calendar's periods."""


def twin_world(world: World) -> World:
    """The world in which each line has a twin, a year quicker, that so far makes nothing.

    Twins come after the lines, in their order. They keep their line's output, from which the
    step takes its share, but none of it is free.
    """
    lines = tuple(
        replace(
            line,
            address=f"{line.address}+sooner",
            lead=max(line.lead - WHOLE, 0.0),
            growth=0.0,
        )
        for line in world.lines
    )
    labels = replace(world.labels, lines=(*world.labels.lines, *(line.address for line in lines)))
    nothing = np.zeros_like(world.free)
    return replace(
        world,
        labels=labels,
        lines=(*world.lines, *lines),
        free=np.vstack([world.free, nothing]),
        booked=np.vstack([world.booked, nothing]),
    )


def twin_model(world: World, states: Ints, cap: DependenceCap | None = None) -> Model:
    """The problem of a world with twins; its optimum is that of the world without."""
    twins = twin_world(world)
    return build_model(twins, states, all_offers(twins), cap)
