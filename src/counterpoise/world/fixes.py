"""A user's own decisions on orders: what is bought at any rate, and what never."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from counterpoise.world.calendar import Floats
from counterpoise.world.lines import barred_buyers

if TYPE_CHECKING:
    from counterpoise.world.world import World

BUY, AT_LEAST, AT_MOST, FORBID = "buy", "at-least", "at-most", "forbid"

DECISIONS = {
    BUY: "so many units are ordered, no more and no fewer",
    AT_LEAST: "so many units or more are ordered",
    AT_MOST: "so many units or fewer are ordered",
    FORBID: "nothing is ordered",
}
"""What may be decided of a buyer, a line or a system, and a span of order years."""


@dataclass(frozen=True)
class Fix:
    """One decision: a buyer's orders of a system (all its lines) or of a line.

    `units` are items, None where nothing is to be ordered. `first` and `last` are the order
    years, both None for any year. A delivery counts in the year in which it is ordered: its
    lead time before the middle of its period.
    """

    decision: str
    buyer: str
    target: str
    units: float | None = None
    first: int | None = None
    last: int | None = None
    note: str = ""

    @property
    def low(self) -> float:
        """The fewest units that it asks for."""
        return (self.units or 0.0) if self.decision in (BUY, AT_LEAST) else 0.0

    @property
    def high(self) -> float:
        """The most units that it allows."""
        if self.decision == FORBID:
            return 0.0
        return np.inf if self.decision == AT_LEAST or self.units is None else self.units

    @property
    def years(self) -> str:
        """The order years as a user writes them: 2027, 2027-2030, or nothing for any."""
        if self.first is None or self.last is None:
            return ""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def label(self) -> str:
        """One name: buy:state/POL:system/patriot:2027."""
        return ":".join((self.decision, self.buyer, self.target, self.years or "any"))

    def holds_year(self, years: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which order years it speaks of."""
        if self.first is None or self.last is None:
            return np.ones(years.shape, dtype=bool)
        return (years >= self.first) & (years <= self.last)


def in_order(fixes: tuple[Fix, ...]) -> tuple[Fix, ...]:
    """Decisions in an order that doesn't depend on how a file lists them."""
    return tuple(
        sorted(
            fixes,
            key=lambda fix: (fix.buyer, fix.target, fix.first or 0, fix.last or 0, fix.decision),
        )
    )


def lines_of(fix: Fix, world: World) -> npt.NDArray[np.int64]:
    """Positions of the lines that a decision speaks of."""
    found = [
        index for index, line in enumerate(world.lines) if fix.target in (line.address, line.system)
    ]
    return np.array(found, dtype=np.int64)


def order_years(times: Floats) -> npt.NDArray[np.int64]:
    """The calendar years of order times (decimal years)."""
    return np.floor(times + 1e-9).astype(np.int64)


def order_times(world: World, line: int) -> Floats:
    """When what a line delivers in each period is ordered (decimal year), shape (periods,).

    NaN where the line can't deliver a new order: ordered before the plan's decision, the type
    not yet available, or no output at all.
    """
    item, calendar = world.lines[line], world.calendar
    ordered = world.ordered[line]
    possible = (ordered >= world.decision - 1e-9) & (calendar.middles >= item.available)
    return np.where(possible & (item.output.sum() > 0), ordered, np.nan)


def deliverable(fix: Fix, world: World) -> npt.NDArray[np.bool_]:
    """Lines × periods in which what a decision speaks of can be delivered to its buyer."""
    found = np.zeros((len(world.lines), len(world.calendar)), dtype=bool)
    banned = barred(fix, world)
    for line in lines_of(fix, world):
        if world.lines[line].address in banned:
            continue
        times = order_times(world, int(line))
        known = np.isfinite(times)
        found[line, known] = fix.holds_year(order_years(times[known]))
    return found


def barred(fix: Fix, world: World) -> list[str]:
    """Lines of a decision that its buyer may not buy from (sheet `bans`)."""
    lines = [world.lines[index] for index in lines_of(fix, world)]
    return [line.address for line in lines if fix.buyer in barred_buyers(world.dataset, line)]
