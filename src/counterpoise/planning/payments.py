"""Payments of a plan, delivery by delivery: who pays whom in which year."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from counterpoise.data.fill import need
from counterpoise.planning.pairs import familiar_types
from counterpoise.planning.registry import Ints
from counterpoise.world.calendar import Floats
from counterpoise.world.money import payment_profile
from counterpoise.world.world import World


@dataclass(frozen=True)
class Payments:
    """One entry for each delivery that happens; arrays of equal length.

    `units` are items; `ordered` the decimal year of the order; `amount` EUR bn by delivery
    and budget year, with the premium for a new type in it (`premium` is its share).
    """

    state: Ints
    line: Ints
    period: Ints
    units: Floats
    ordered: Floats
    amount: Floats
    premium: Floats
    familiar: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def by_order(self) -> dict[tuple[int, int, int], list[int]]:
        """The deliveries of each order: of a state from a line, ordered in a year; sorted."""
        groups: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
        for i in range(len(self.units)):
            key = (int(self.state[i]), int(self.line[i]), int(self.ordered[i] + 1e-9))
            groups[key].append(i)
        return dict(sorted(groups.items()))


def payments(world: World, deliveries: Floats, smallest: float = 1e-6) -> Payments:
    """Payments for deliveries (states × lines × periods), by the payment profile."""
    state, line, period = np.nonzero(deliveries > smallest)
    units = deliveries[state, line, period]
    end = world.calendar.middles[period]
    start = world.ordered[line, period]
    familiar = familiar_types(world)[state, line]
    rate = need(world.dataset, "rule/introduction-premium", "value")
    extra = rate * world.introduction[state, period]
    price = np.array([item.prices for item in world.lines])[line, period]
    worth = units * price * np.where(familiar, 1.0, 1 + extra)
    years = world.calendar.budget_years
    amount = np.zeros((len(units), len(years)))
    for moment, share in payment_profile(world.dataset):
        year = np.floor(start + moment * (end - start) + 1e-9).astype(np.int64) - years[0]
        inside = year < len(years)
        np.add.at(amount, (np.flatnonzero(inside), year[inside]), share * worth[inside])
    premium = np.where(familiar, 0.0, extra / (1 + extra))
    return Payments(state, line, period, units, start, amount, premium, familiar)
