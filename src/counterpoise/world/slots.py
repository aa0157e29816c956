"""Free output of one line over time, and when it adds up to an order."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from counterpoise.world.calendar import Calendar, Floats
from counterpoise.world.lines import Line, book_output, open_output, opened, rate_path
from counterpoise.world.orderbook import Entry, retime
from counterpoise.world.world import World

HORIZON = 2061
"""Output is followed to here; after the world's calendar the last year's values go on."""

PRIORITIES = {
    "queue": "behind all that is sold: takes the open output that the book leaves",
    "first": "served first: takes all open output, ahead of those who wait",
    "own": "as the supplier's own forces: takes all output, ahead of everyone",
}
"""What share of output an order is served first; a rating of precedence (15 CFR 700) is `own`."""


@dataclass(frozen=True)
class Expansion:
    """Rate added by an order: `rate` units a year at most, decided at `decided` (decimal year)."""

    rate: float
    decided: float


@dataclass(frozen=True)
class Slots:
    """A line's output to the horizon. Arrays by period of `calendar`, shape (periods,).

    `line` has its output to the horizon; `left` is the share that diversions leave of the open
    output; `booked` what the order book takes and `free` what new orders may take, in units;
    `waiting` the deliveries of each entry of the book.
    """

    line: Line
    calendar: Calendar
    left: Floats
    booked: Floats
    free: Floats
    waiting: tuple[tuple[Entry, Floats], ...]

    @cached_property
    def whole(self) -> Floats:
        """All output by period."""
        return self.line.output

    @cached_property
    def open(self) -> Floats:
        """Open output by period, sold or not."""
        return self.line.open_share * self.left * self.line.output

    def output(self, priority: str) -> Floats:
        """Units by period that an order of a priority may take."""
        return {"queue": self.free, "first": self.open, "own": self.whole}[priority]


def slots_of(world: World, line: Line, *, events: bool = True) -> Slots:
    """The output of a line to the horizon; `events` False leaves the scenario's out.

    `line` is one of the world's, or one with other figures. In the world's periods and with its
    figures `free` and `booked` are those of the world.
    """
    calendar = _longer(world.calendar)
    tail = len(calendar) - len(world.calendar)
    left = opened(world.dataset, line, world.calendar, world.scenario)
    if not events:
        output = rate_path(world.dataset, line.address, world.calendar) * world.calendar.lengths
        line = replace(line, output=output, delivering=np.ones_like(line.delivering))
        left = np.ones_like(left)
    last = line.output[-1] / world.calendar.lengths[-1]
    line = replace(
        line,
        output=np.append(line.output, np.full(tail, last)),
        delivering=np.append(line.delivering, np.full(tail, line.delivering[-1])),
    )
    left = np.append(left, np.full(tail, left[-1]))
    entries = [
        replace(entry, due=np.append(entry.due, np.zeros(tail)))
        for entry in world.entries_by_line.get(line.address, ())
    ]
    delivered, used = retime(entries, {line.address: book_output(line, left)})
    booked = used[line.address]
    free = open_output(line, booked, bool(entries), left, calendar, world.dataset)
    return Slots(line, calendar, left, booked, free, tuple(zip(entries, delivered, strict=True)))


def _longer(calendar: Calendar) -> Calendar:
    more = range(int(calendar.edges[-1]) + 1, HORIZON + 1)
    return Calendar((*calendar.edges, *(float(year) for year in more)))


@dataclass(frozen=True)
class Total:
    """Units that have added up at each of a row of rising decimal years."""

    times: Floats
    units: Floats

    def at(self, time: float) -> float:
        """Units by a decimal year."""
        return float(np.interp(time, self.times, self.units))

    def reaches(self, units: float) -> float:
        """The decimal year in which a number of units is reached; infinity if never."""
        if units <= self.units[0] + 1e-9:
            return float(self.times[0])
        step = int(np.searchsorted(self.units, units - 1e-9, side="left"))
        if step == len(self.units):
            return math.inf
        below, above = self.units[step - 1], self.units[step]
        part = min((units - below) / (above - below), 1.0)
        return float(self.times[step - 1] + part * (self.times[step] - self.times[step - 1]))


def added_up(
    slots: Slots, priority: str, expansion: Expansion | None = None, flat: bool = False
) -> Total:
    """Units open to an order of a priority since the calendar's start.

    An expansion delivers from its building time on and grows to its rate by at most the line's
    growth limit a year. `flat` keeps the rate of the first period (only with priority `own`).
    """
    output = slots.output(priority)
    if flat:
        lengths = slots.calendar.lengths
        output = slots.whole[0] / lengths[0] * lengths
    edges = np.array(slots.calendar.edges)
    base = Total(edges, np.append(0.0, np.cumsum(output)))
    if expansion is None or expansion.rate == 0 or slots.line.growth == 0:
        return base
    start = expansion.decided + slots.line.expansion_time
    grown = start + expansion.rate / slots.line.growth
    months = np.arange(start, min(grown, HORIZON), 1 / 12)
    times = np.union1d(edges, np.clip(np.append(months, grown), edges[0], edges[-1]))
    share = slots.line.delivering
    if priority != "own":
        share = share * slots.line.open_share * slots.left
    period = np.searchsorted(edges, times[:-1], side="right") - 1
    gained = np.diff(_expanded(times, start, grown, slots.line.growth)) * share[period]
    units = np.interp(times, base.times, base.units) + np.append(0.0, np.cumsum(gained))
    return Total(times, units)


def _expanded(times: Floats, start: float, grown: float, growth: float) -> Floats:
    """Integral of a rate that grows straight from `start` to `grown` and then stays."""
    rising = np.clip(times, start, grown) - start
    return growth * (rising**2 / 2 + (grown - start) * np.maximum(times - grown, 0.0))


def arrival(total: Total, ordered: float, earliest: float, units: float) -> float:
    """The decimal year in which the last of `units` ordered arrives; infinity if never.

    It is the first time, not before `earliest`, by which the free output since the order adds up
    to the units (the queue) and that since `earliest` to one unit less (the rate): the first
    unit is made during the lead time, if the line has room for it.
    """
    wanted = max(total.at(ordered) + units, total.at(earliest) + units - 1)
    return max(total.reaches(wanted), earliest)
