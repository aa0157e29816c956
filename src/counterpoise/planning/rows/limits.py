"""Rows that limit: what places take up, inputs that lines share, dependence on a state."""

from __future__ import annotations

import numpy as np

from counterpoise.planning.caps import DependenceCap
from counterpoise.planning.rows.frame import Frame, grid
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World, absorption, accumulate, controllers


def write_absorption(frame: Frame) -> None:
    """Rows `absorb`: what a place takes up of an area in a year, signed orders included."""
    world, pairs = frame.world, frame.pairs
    labels, count = world.labels, len(frame.years)
    most = absorption(world)
    arriving = np.zeros((len(labels.cells), count))
    np.add.at(arriving.T, frame.year_of, world.arrivals.T)
    key = pairs.cell * count + pairs.year
    present, position = np.unique(key, return_inverse=True)
    cell, year = present // count, present % count
    area = frame.cell_area[cell]
    first = world.calendar.edges[0] - frame.years[0]
    length = np.where(year == 0, 1 - first, 1.0)
    taken_up = most[cell] * length * world.uptake[cell, year]
    free = np.maximum(taken_up - arriving[cell, year], 0.0)
    offers = frame.offers
    rest = np.maximum(free - offers.absorbed_kept[cell, year], 0.0) * offers.absorption_share[cell]
    rows = frame.registry.rows(
        "absorb",
        "series",
        "crews and training limit what is taken up in a year",
        (frame.cell_axis, frame.year_axis),
        (cell, year),
        high=(offers.absorbed_first[cell, year] + rest) / frame.series[area],
    )
    frame.registry.entries(rows, position, frame.deliver, np.arange(pairs.size), pairs.weight)


def write_inputs(frame: Frame) -> None:
    """Rows `input`: what European lines take of an input within its open supply."""
    pairs = frame.pairs
    names = tuple(frame.offers.inputs)
    for number, name in enumerate(names):
        amount = frame.offers.amounts[name][pairs.line] * frame.series[pairs.area]
        inside = np.flatnonzero(amount > 0)
        if not len(inside):
            continue
        years = np.unique(pairs.year[inside])
        rows = frame.registry.rows(
            f"input-{name.split('/')[1]}",
            "t",
            "supply of an input that lines share",
            (("input", names), frame.year_axis),
            (np.full(len(years), number), years),
            high=frame.offers.inputs[name][years],
        )
        at = np.searchsorted(years, pairs.year[inside])
        frame.registry.entries(rows, at, frame.deliver, inside, amount[inside])


def write_dependence(frame: Frame, cap: DependenceCap) -> None:
    """Rows `dependence`: new units under the capped states' control within what the cap leaves.

    Where holdings and signed orders alone lie above the cap, nothing may be added. States
    that plan alone share the room by gross domestic product.
    """
    world, registry, pairs = frame.world, frame.registry, frame.pairs
    calendar, labels = world.calendar, world.labels
    controlled = np.array([cap.controls(line.controllers) for line in world.lines])
    today = controlled_base(world, cap)
    part = frame.offers.group_share[frame.states].sum()
    room = part * np.maximum(cap.share * world.group_need - today, 0.0)
    inside = np.flatnonzero(controlled[pairs.line])
    areas = np.unique(pairs.area[inside])
    area, period = grid(areas, np.arange(len(calendar)))
    axes, keys = (frame.area_axis, frame.period_axis), (area, period)
    held = registry.columns(
        "controlled", "series", f"new units under the control of {cap.name}", axes, keys
    )
    rows = registry.rows(
        "control", "series", "new units under control add up", axes, keys, 0.0, 0.0
    )
    members = np.arange(len(area))
    registry.entries(rows, members, held, members, 1.0)
    later = members[period > 0]
    use = np.array(
        [world.dataset.value(labels.areas[item], "training_use") or 0.0 for item in area]
    )
    decay = (1 - use) ** calendar.lengths[period]
    registry.entries(rows, later, held, later - 1, -decay[later])
    place = np.searchsorted(areas, pairs.area[inside]) * len(calendar) + pairs.period[inside]
    registry.entries(rows, place, frame.deliver, inside, -pairs.weight[inside])
    limit = registry.rows(
        "dependence",
        "series",
        f"no area depends on {cap.name} beyond the cap or what is held and signed",
        axes,
        keys,
        high=room[keys] / frame.series[area],
    )
    registry.entries(limit, members, held, members, 1.0)


def controlled_base(world: World, cap: DependenceCap) -> Floats:
    """Units held or signed that capped states control, by area and period (capability units)."""
    labels = world.labels
    total = np.zeros((len(labels.areas), len(world.calendar)))
    for stock in world.stocks:
        if cap.controls(stock.controllers):
            total[labels.area_index[stock.area]] += stock.path
    arriving = np.zeros_like(total)
    before = np.zeros(len(labels.areas))
    for entry, units in zip(world.entries, world.delivered, strict=True):
        cell = labels.cell_of(entry.place, entry.area)
        if cell is not None and cap.controls(controllers(world, entry.system)):
            area = labels.area_index[entry.area]
            arriving[area] += entry.unit_weight * units
            before[area] += entry.unit_weight * entry.before
    use = np.array([world.dataset.value(area, "training_use") or 0.0 for area in labels.areas])
    return total + accumulate(arriving, before, use, world.calendar)
