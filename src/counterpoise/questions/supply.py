"""What lines could deliver to new orders by a year: the capacity side of the questions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from counterpoise.measures.amount import Amount, total
from counterpoise.measures.forces import Scope
from counterpoise.measures.view import View
from counterpoise.world.calendar import Floats
from counterpoise.world.lines import Line
from counterpoise.world.world import World

Which = Callable[[Line], bool]


OPEN = 0.01
"""A gap up to this share of the need counts as none."""


@dataclass(frozen=True)
class Supply:
    """Lines of a world that may be ordered from now on, chosen by `which`.

    With `expansion` each line's rate grows as fast as it may from today on, paid or not.
    """

    view: View
    world: World
    which: Which
    expansion: bool

    def lines(self, area: str) -> list[int]:
        """Indices of the chosen lines of an area."""
        return [
            index
            for index, line in enumerate(self.world.lines)
            if line.area == area and self.which(line)
        ]

    def first_delivery(self, area: str) -> Amount | None:
        """Decimal year of the first delivery that a chosen line can make; None without lines."""
        found = []
        for index in self.lines(area):
            line = self.world.lines[index]
            lead = self.view.known(line.address, "lead_time")
            when = Amount(self.world.decision) + (lead / 12 if lead else line.lead)
            found.append(when if line.available <= when.value else Amount(line.available))
        return min(found, key=lambda item: item.value) if found else None

    def by_end_of(self, area: str, year: int) -> Amount:
        """Capability units that the chosen lines can deliver to new orders by a year's end.

        Free open output from the lead time on, times the type's weight; it moves with rate, open
        share, weight and lead time.
        """
        return total(self._of_line(index, year + 1.0) for index in self.lines(area))

    def _of_line(self, index: int, end: float) -> Amount:
        world, line = self.world, self.world.lines[index]
        start = max(world.decision + line.lead, line.available)
        inside = world.calendar.overlap(start, end) / world.calendar.lengths
        units = float(world.free[index] @ inside)
        opened = float((line.open_share * line.output) @ inside)
        added = 0.0
        ready = world.decision + line.expansion_time
        begin = max(start, ready)
        if self.expansion and end > begin:
            added = line.open_share * line.growth * ((end - ready) ** 2 - (begin - ready) ** 2) / 2
        whole = units + added
        slopes: dict[str, float] = {}
        moved = {
            (line.address, "rate"): opened + added,
            (line.address, "open_share"): opened + added,
            (line.system, "weight"): whole,
        }
        for (subject, quantity), amount in moved.items():
            found = self.view.dataset.observation(subject, quantity)
            if found is not None and found.value:
                slopes[found.id] = line.weight * amount / found.value
        lead = self.view.dataset.observation(line.address, "lead_time")
        if lead is not None and line.available <= world.decision + line.lead:
            slopes[lead.id] = -line.weight * _speed(world, index, start) / 12
        slopes = {key: slope for key, slope in slopes.items() if slope}
        return Amount(line.weight * whole, slopes)


def _speed(world: World, index: int, time: float) -> float:
    """Free units a year of a line at a time; 0 after the calendar."""
    period = world.calendar.containing(time)
    if not 0 <= period < len(world.calendar):
        return 0.0
    return float(world.free[index][period] / world.calendar.lengths[period])


def everyone(line: Line) -> bool:
    """Any line."""
    return True


def made_in(states: frozenset[str]) -> Which:
    """Lines that stand in one of the states."""
    return lambda line: line.state in states


def free_of_others(states: frozenset[str]) -> Which:
    """Lines in one of the states that no state outside can withhold."""
    return lambda line: line.state in states and set(line.controllers) <= states


def taken_by(world: World, deliveries: Floats, states: tuple[str, ...]) -> Floats:
    """A plan's deliveries to some states alone, in the shape of all."""
    inside = np.array([state in states for state in world.labels.states])
    part: Floats = deliveries * inside[:, None, None]
    return part


def spent(view: View, world: World, deliveries: Floats, area: str, until: int) -> Amount:
    """EUR bn for a plan's deliveries of an area by a year's end, at list prices."""
    inside = world.calendar.overlap(world.calendar.edges[0], until + 1.0) / world.calendar.lengths
    parts = []
    for index, line in enumerate(world.lines):
        if line.area != area:
            continue
        units = float(deliveries[:, index, :].sum(axis=0) @ inside)
        price = view.known(line.system, "unit_price")
        if units > 0:
            worth = units * line.price
            slopes = {key: worth / price.value for key in price.slopes} if price else {}
            parts.append(Amount(worth, slopes))
    return total(parts)


def first_arrival(world: World, deliveries: Floats, area: str) -> tuple[float, float] | None:
    """When a plan's first new units of an area are ordered and arrive; decimal years."""
    found = []
    for index, line in enumerate(world.lines):
        periods = np.flatnonzero(deliveries[:, index, :].sum(axis=0) > 1e-6)
        if line.area == area and len(periods):
            arrives = float(world.calendar.middles[periods[0]])
            found.append((arrives - line.lead, arrives))
    return min(found, key=lambda item: item[1]) if found else None


def quarter(moment: float) -> str:
    """2027-Q3 for a decimal year."""
    year = math.floor(moment + 1e-9)
    return f"{year}-Q{min(int((moment - year + 1e-9) * 4) + 1, 4)}"


def filled(scope: Scope, supply: Supply, area: str) -> int | None:
    """The first year from which the lines could fill an area's gap to 2035; None if none."""
    found = None
    for when in range(2035, 2026, -1):
        if supply.by_end_of(area, when).value < scope.gap(area, when).value:
            return found
        found = when
    return found
