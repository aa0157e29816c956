"""A user's decisions in a problem: which deliveries they speak of, and what they make room for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from counterpoise.planning.pairs import Pairs
from counterpoise.planning.registry import Ints
from counterpoise.world.calendar import Floats
from counterpoise.world.fixes import FORBID, Fix, deliverable, lines_of, order_years
from counterpoise.world.world import World, wear

Mask = npt.NDArray[np.bool_]


def fixed_rows_of(world: World, states: Ints) -> tuple[Fix, ...]:
    """The decisions that stand as rows in a problem of some states: all but what is forbidden."""
    deciding = {world.labels.states[state] for state in states}
    return tuple(fix for fix in world.fixes if fix.buyer in deciding and fix.decision != FORBID)


def matches(fix: Fix, world: World, pairs: Pairs) -> Mask:
    """Which of the possible deliveries a decision speaks of, shape (pairs,)."""
    found: Mask = (
        (pairs.state == world.labels.state_index[fix.buyer])
        & np.isin(pairs.line, lines_of(fix, world))
        & fix.holds_year(order_years(pairs.ordered))
    )
    return found


def forbidden(world: World, pairs: Pairs) -> Mask:
    """Which of the possible deliveries a user forbids, shape (pairs,)."""
    found = np.zeros(pairs.size, dtype=bool)
    for fix in world.fixes:
        if fix.decision == FORBID:
            found |= matches(fix, world, pairs)
    return found


def fixed_units(world: World) -> Floats:
    """Capability units that decisions ask for at least, by state and area."""
    labels = world.labels
    total = np.zeros((len(labels.states), len(labels.areas)))
    for fix in world.fixes:
        line = world.lines[lines_of(fix, world)[0]]
        state, area = labels.state_index[fix.buyer], labels.area_index[line.area]
        total[state, area] += fix.low * line.weight
    return total


def fixed_stock(world: World, states: Ints) -> Floats:
    """Capability units that decisions alone may put in service, cells × periods, at period ends.

    Each decision counts in full from its first possible delivery, and wears from its last one.
    """
    labels, calendar = world.labels, world.calendar
    total = np.zeros((len(labels.cells), len(calendar)))
    use = wear(world.dataset, labels)
    for fix in fixed_rows_of(world, states):
        periods = np.flatnonzero(deliverable(fix, world).any(axis=0))
        line = world.lines[lines_of(fix, world)[0]]
        cell = labels.cell_of(fix.buyer, line.area)
        if fix.low == 0 or not len(periods) or cell is None:
            continue
        age = np.cumsum(np.where(np.arange(len(calendar)) > periods[-1], calendar.lengths, 0.0))
        path = fix.low * line.weight * (1 - use[cell]) ** age
        path[: periods[0]] = 0.0
        total[cell] += path
    return total
