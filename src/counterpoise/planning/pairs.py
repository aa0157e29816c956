"""The deliveries that may happen: state, line, period; with weight, payments, eligibility."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from counterpoise.data.fill import need
from counterpoise.planning.registry import Ints
from counterpoise.world.calendar import Floats
from counterpoise.world.fixes import lines_of
from counterpoise.world.lines import barred_buyers
from counterpoise.world.money import payment_profile
from counterpoise.world.world import World


@dataclass(frozen=True)
class Pairs:
    """One entry for each possible delivery; arrays of equal length.

    `pay_year` (moments × size) counts from the calendar's first year; `pay` (moments × size)
    is EUR bn for one series delivered, with `premium` (1, or more for a type new to the state)
    in it; `upkeep` EUR bn a year, `upkeep_now` the part of it due in the year of delivery;
    `ordered` the decimal year of the order.
    """

    state: Ints
    line: Ints
    period: Ints
    area: Ints
    cell: Ints
    year: Ints
    weight: Floats
    ordered: Floats
    pay_year: Ints
    pay: Floats
    premium: Floats
    upkeep: Floats
    upkeep_now: Floats
    eligible: npt.NDArray[np.bool_]
    familiar: npt.NDArray[np.bool_]

    @property
    def size(self) -> int:
        """How many deliveries may happen."""
        return len(self.state)


def series(world: World) -> Floats:
    """Units in one model unit, by area (1,000 shells, 100 rockets, …), shape (areas,)."""
    return np.array([world.dataset.value(area, "series") or 1.0 for area in world.labels.areas])


def line_series(world: World) -> Floats:
    """Units in one series of each line's area, shape (lines,)."""
    area = [world.labels.area_index[line.area] for line in world.lines]
    size: Floats = series(world)[area]
    return size


def familiar_types(world: World) -> npt.NDArray[np.bool_]:
    """Whether each state holds, has ordered or makes each line's type, shape (states, lines).

    A type that only an earlier plan brings in stays new, as it would in one plan.
    """
    labels = world.labels
    known = {(stock.place, stock.system) for stock in world.stocks}
    signed = world.entries[: len(world.entries) - len(world.kept)]
    known |= {(entry.place, entry.system) for entry in signed}
    made = {(line.state, line.system) for line in world.lines}
    return np.array(
        [
            [(state, line.system) in known or (state, line.system) in made for line in world.lines]
            for state in labels.states
        ]
    )


def banned(world: World) -> npt.NDArray[np.bool_]:
    """Pairs of state and line that an embargo or a state's policy rules out (sheet `bans`)."""
    labels = world.labels
    found = np.zeros((len(labels.states), len(world.lines)), dtype=bool)
    for index, line in enumerate(world.lines):
        for buyer in barred_buyers(world.dataset, line) & labels.state_index.keys():
            found[labels.state_index[buyer], index] = True
    return found


def fixed_purchases(world: World) -> npt.NDArray[np.bool_]:
    """Pairs of state and line that a user's decisions ask units of, shape (states, lines)."""
    found = np.zeros((len(world.labels.states), len(world.lines)), dtype=bool)
    for fix in world.fixes:
        if fix.low > 0:
            found[world.labels.state_index[fix.buyer], lines_of(fix, world)] = True
    return found


def build_pairs(world: World, states: Ints) -> Pairs:
    """All deliveries to the states that a line can make in time for a need of theirs.

    What a user has decided to buy may be delivered without a need. A delivery in a period is
    ordered its lead time before the period's middle; orders before the world's decision date
    don't exist, nor does a delivery before the type is available.
    """
    labels, calendar, lines = world.labels, world.calendar, world.lines
    periods = len(calendar)
    ordered = world.ordered
    available = np.array([line.available for line in lines])
    in_time = (ordered >= world.decision - 1e-9) & (calendar.middles[None, :] >= available[:, None])
    area_of = np.array([labels.area_index[line.area] for line in lines])
    cell = np.array(
        [[labels.cell_of(state, line.area) for line in lines] for state in labels.states],
        dtype=np.int64,
    )
    wanted = world.open_need.max(axis=1) > 0
    allowed = (wanted[cell] | fixed_purchases(world)) & ~banned(world)
    useful = np.array([line.output.sum() > 0 for line in lines])
    pick = np.zeros((len(labels.states), len(lines), periods), dtype=bool)
    pick[states] = (allowed[states] & useful[None, :])[:, :, None] & in_time[None, :, :]
    state, line, period = np.nonzero(pick)
    return _priced(world, state, line, period, cell[state, line], area_of[line], ordered)


def _priced(
    world: World, state: Ints, line: Ints, period: Ints, cell: Ints, area: Ints, ordered: Floats
) -> Pairs:
    calendar, lines = world.calendar, world.lines
    first = calendar.budget_years[0]
    size = series(world)[area]
    familiar = familiar_types(world)[state, line]
    extra = need(world.dataset, "rule/introduction-premium", "value")
    premium = np.where(familiar, 1.0, 1.0 + extra * world.introduction[state, period])
    price = np.array([item.prices for item in lines])[line, period] * size
    upkeep = np.array([item.upkeep for item in lines])[line] * size
    start, end = ordered[line, period], calendar.middles[period]
    profile = payment_profile(world.dataset)
    pay_year = np.array(
        [np.floor(start + moment * (end - start) + 1e-9).astype(np.int64) for moment, _ in profile]
    )
    pay = np.array([share * price * premium for _, share in profile])
    year = calendar.years[period] - first
    return Pairs(
        state=state,
        line=line,
        period=period,
        area=area,
        cell=cell,
        year=year,
        weight=np.array([item.weight for item in lines])[line],
        ordered=start,
        pay_year=pay_year - first,
        pay=pay,
        premium=premium,
        upkeep=upkeep,
        upkeep_now=upkeep * (calendar.years[period] + 1 - end),
        eligible=np.array([item.eligible for item in lines])[line],
        familiar=familiar,
    )
