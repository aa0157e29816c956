"""Rows `stock` and `need`, columns `hold` and `short`; rows `share` of joint areas."""

from __future__ import annotations

import numpy as np

from counterpoise.planning.fixes import fixed_stock, fixed_units
from counterpoise.planning.registry import Family
from counterpoise.planning.rows.frame import Frame, grid
from counterpoise.world.calendar import Floats
from counterpoise.world.kept import kept_arrivals, open_before_plans
from counterpoise.world.labels import GROUP
from counterpoise.world.world import World, levels, wear


def write_requirement(frame: Frame) -> Family:
    """Rows `stock` and `need`: what is bought and in service; need less it is short.

    `hold` is counted at a period's end; what meets the need is the mean over the period,
    half of its start and half of its end, so that long and short periods agree. Returns the
    columns `short`.
    """
    world, registry, pairs = frame.world, frame.registry, frame.pairs
    calendar, labels = world.calendar, world.labels
    count = len(calendar)
    open_need = frame.offers.open_need
    cells = np.union1d(pairs.cell, np.flatnonzero(open_need.max(axis=1) > 0))
    cell, period = grid(cells, np.arange(count))
    axes, keys = (frame.cell_axis, frame.period_axis), (cell, period)
    cell_area = frame.cell_area
    most = np.maximum(_most(world, open_need), fixed_stock(world, frame.states))
    hold = registry.columns(
        "hold",
        "series",
        "bought and in service, never more than any year needs or than was decided",
        axes,
        keys,
        high=most[keys] / frame.series[cell_area[cell]],
    )
    rows = registry.rows(
        "stock",
        "series",
        "what is in service is what was, less use, and what is delivered",
        axes,
        keys,
        low=0.0,
        high=0.0,
    )
    members = np.arange(len(cell))
    registry.entries(rows, members, hold, members, 1.0)
    decay = (1 - wear(world.dataset, labels)[cell]) ** calendar.lengths[period]
    later = members[period > 0]
    registry.entries(rows, later, hold, later - 1, -decay[later])
    place = np.searchsorted(cells, pairs.cell) * count + pairs.period
    registry.entries(rows, place, frame.deliver, np.arange(pairs.size), -pairs.weight)
    asked = np.flatnonzero(open_need[cell, period] > 0)
    keys = (cell[asked], period[asked])
    wanted = open_need[keys] / frame.series[cell_area[cell[asked]]]
    short = registry.columns("short", "series", "need that nothing meets", axes, keys, high=wanted)
    rows = registry.rows(
        "need",
        "series",
        "need less holdings, signed orders and the assured US part",
        axes,
        keys,
        low=wanted,
    )
    order = np.arange(len(asked))
    registry.entries(rows, order, hold, asked, 0.5)
    before = asked[period[asked] > 0]
    registry.entries(rows, order[period[asked] > 0], hold, before - 1, 0.5)
    registry.entries(rows, order, short, order, 1.0)
    return short


def write_group_shares(frame: Frame) -> None:
    """Rows `share`: a state delivers to a joint area no more than its share of the need.

    What it has ordered under earlier plans counts towards its share. What it has decided to buy
    beyond its share is its own affair, and raises the limit.
    """
    world, pairs = frame.world, frame.pairs
    labels = world.labels
    joint = [labels.area_index[area] for area in sorted(labels.joint)]
    state, area = grid(frame.states, np.array(joint, dtype=np.int64))
    cell = np.array(
        [labels.cell_index[(GROUP, labels.areas[item])] for item in area], dtype=np.int64
    )
    part = frame.offers.group_share[state] * world.joint_share[state].max(axis=1)
    most = open_before_plans(world)[cell].max(axis=1) * part
    most = np.maximum(most - _kept_orders(world)[state, area], 0.0)
    most = np.maximum(most, fixed_units(world)[state, area])
    rows = frame.registry.rows(
        "share",
        "series",
        "a state delivers to a joint area at most its share of the open need",
        (frame.state_axis, frame.area_axis),
        (state, area),
        high=most / frame.series[area],
    )
    place = {(s, a): i for i, (s, a) in enumerate(zip(state, area, strict=True))}
    inside = np.flatnonzero(np.isin(pairs.area, joint))
    at = np.array([place[(pairs.state[i], pairs.area[i])] for i in inside], dtype=np.int64)
    frame.registry.entries(rows, at, frame.deliver, inside, pairs.weight[inside])


def _most(world: World, open_need: Floats) -> Floats:
    """Most that new orders may hold by cell and period's end: the largest open need of any period.

    With orders of earlier plans: what these leave of the largest open need before them.
    """
    if world.earlier is None:
        return np.repeat(open_need.max(axis=1)[:, None], open_need.shape[1], axis=1)
    used = wear(world.dataset, world.labels)
    kept = levels(kept_arrivals(world), np.zeros(len(open_need)), used, world.calendar)
    most: Floats = np.maximum(open_before_plans(world).max(axis=1)[:, None] - kept, 0.0)
    return most


def _kept_orders(world: World) -> Floats:
    """Capability units that states have ordered under earlier plans, states × areas."""
    labels = world.labels
    total = np.zeros((len(labels.states), len(labels.areas)))
    for entry, _ in world.kept:
        place = labels.state_index[entry.place], labels.area_index[entry.area]
        total[place] += entry.unit_weight * float(entry.due.sum())
    return total
