"""What all families of rows and columns share: the world, the pairs, axes and the registry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from counterpoise.planning.fixes import forbidden
from counterpoise.planning.offers import Offers
from counterpoise.planning.pairs import Pairs, build_pairs, series
from counterpoise.planning.registry import Family, Ints, Registry
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World

Axis = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Frame:
    """A problem in the making: `states` decide together over what `offers` leaves them."""

    world: World
    states: Ints
    offers: Offers
    pairs: Pairs
    registry: Registry
    deliver: Family

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The budget years."""
        return self.world.calendar.budget_years

    @cached_property
    def year_of(self) -> Ints:
        """Position of each period's year among the budget years."""
        return self.world.calendar.years - self.years[0]

    @cached_property
    def series(self) -> Floats:
        """Units in one model unit, by area."""
        return series(self.world)

    @cached_property
    def line_area(self) -> Ints:
        """Position of each line's area."""
        index = self.world.labels.area_index
        return np.array([index[line.area] for line in self.world.lines], dtype=np.int64)

    @cached_property
    def cell_area(self) -> Ints:
        """Position of each cell's area."""
        index = self.world.labels.area_index
        return np.array([index[area] for _, area in self.world.labels.cells], dtype=np.int64)

    @property
    def state_axis(self) -> Axis:
        """States by address."""
        return ("state", self.world.labels.states)

    @property
    def line_axis(self) -> Axis:
        """Lines by address."""
        return ("line", self.world.labels.lines)

    @property
    def period_axis(self) -> Axis:
        """Periods by label."""
        return ("period", self.world.calendar.labels)

    @property
    def year_axis(self) -> Axis:
        """Budget years."""
        return ("year", tuple(map(str, self.years)))

    @property
    def cell_axis(self) -> Axis:
        """Cells as place:area."""
        return ("cell", tuple(f"{place}:{area}" for place, area in self.world.labels.cells))

    @property
    def area_axis(self) -> Axis:
        """Areas by address."""
        return ("area", self.world.labels.areas)


def start(world: World, states: Ints, offers: Offers) -> Frame:
    """A frame with the columns `deliver`, the first of every problem, in its registry."""
    pairs, registry = build_pairs(world, states), Registry()
    deliver = registry.columns(
        "deliver",
        "series",
        "units that a state takes from a line in a period",
        (
            ("state", world.labels.states),
            ("line", world.labels.lines),
            ("period", world.calendar.labels),
        ),
        (pairs.state, pairs.line, pairs.period),
        high=np.where(forbidden(world, pairs), 0.0, np.inf),
    )
    return Frame(world, states, offers, pairs, registry, deliver)


def grid(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """All pairs of two index arrays, the first varying slowest."""
    return np.repeat(first, len(second)), np.tile(second, len(first))
