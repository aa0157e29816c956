"""Rows `rate`, columns `expand`: what lines deliver, and what may be added to them."""

from __future__ import annotations

import numpy as np

from counterpoise.planning.registry import Family, Ints
from counterpoise.planning.rows.frame import Frame, grid


def write_supply(frame: Frame) -> Family:
    """Rows `rate`: deliveries of a line within its open output and paid expansions.

    Returns the columns `expand`.
    """
    world, registry, pairs = frame.world, frame.registry, frame.pairs
    calendar = world.calendar
    size = frame.series[frame.line_area]
    used = np.unique(pairs.line)
    growth = frame.offers.growth
    line, period = grid(used, np.arange(len(calendar)))
    build = np.array([item.expansion_times for item in world.lines])
    useful = (
        (growth[line, period] > 0)
        & (calendar.starts[period] >= world.decision - 1e-9)
        & (calendar.starts[period] + build[line, period] < calendar.middles[-1])
    )
    line, period = line[useful], period[useful]
    expand = registry.columns(
        "expand",
        "series per year",
        "rate added to a line, paid by states, delivering after its build time",
        (frame.line_axis, frame.period_axis),
        (line, period),
        high=growth[line, period] / size[line],
    )
    key = pairs.line * len(calendar) + pairs.period
    present, position = np.unique(key, return_inverse=True)
    row_line, row_period = present // len(calendar), present % len(calendar)
    rate = registry.rows(
        "rate",
        "series",
        "a line delivers no more than its open output and what was added to it",
        (frame.line_axis, frame.period_axis),
        (row_line, row_period),
        high=frame.offers.free[row_line, row_period] / size[row_line],
    )
    registry.entries(rate, position, frame.deliver, np.arange(pairs.size), 1.0)
    _expansion_entries(frame, rate, expand, line, period)
    return expand


def _expansion_entries(
    frame: Frame, rate: Family, expand: Family, line: Ints, period: Ints
) -> None:
    world, calendar = frame.world, frame.world.calendar
    row_line, row_period = rate.keys
    build = np.array([item.expansion_times for item in world.lines])
    ready = calendar.starts[period] + build[line, period]
    share = np.array([item.open_share for item in world.lines])
    at, of, value = [], [], []
    for item in np.unique(line):
        rows = np.flatnonzero(row_line == item)
        columns = np.flatnonzero(line == item)
        late = calendar.middles[row_period[rows]][:, None] >= ready[columns][None, :] - 1e-9
        found_row, found_column = np.nonzero(late)
        at.append(rows[found_row])
        of.append(columns[found_column])
        length = calendar.lengths[row_period[rows[found_row]]]
        halt = frame.offers.output_share[item, row_period[rows[found_row]]]
        value.append(-share[item] * length * halt)
    if at:
        frame.registry.entries(
            rate, np.concatenate(at), expand, np.concatenate(of), np.concatenate(value)
        )
