"""Rows of money: payments equal draws, state by state and year by year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoise.planning.registry import Family, Ints
from counterpoise.planning.rows.frame import Frame, grid
from counterpoise.world.calendar import Floats


@dataclass(frozen=True)
class Money:
    """Columns of money that an objective counts; `saving` per euro of each `draw` column."""

    upkeep: Family
    fund: Family
    draw: Family
    saving: Floats


def write_money(frame: Frame, expand: Family) -> Money:
    """Rows `upkeep`, `pay`, `fund`, `eligible`, `loan`: payments equal draws, year by year."""
    world, registry, pairs = frame.world, frame.registry, frame.pairs
    count = len(frame.years)
    state, year = grid(frame.states, np.arange(count))
    where = {int(item): index * count for index, item in enumerate(frame.states)}
    axes, keys = (frame.state_axis, frame.year_axis), (state, year)
    members = np.arange(len(state))
    base = np.array([where[int(item)] for item in pairs.state], dtype=np.int64)
    upkeep = registry.columns("upkeep", "EUR bn a year", "upkeep of new units", axes, keys)
    rows = registry.rows(
        "upkeep", "EUR bn", "upkeep grows with what is delivered", axes, keys, 0.0, 0.0
    )
    registry.entries(rows, members, upkeep, members, 1.0)
    later = members[year > 0]
    registry.entries(rows, later, upkeep, later - 1, -1.0)
    for shift, part in ((0, pairs.upkeep_now), (1, pairs.upkeep - pairs.upkeep_now)):
        inside = np.flatnonzero((part > 0) & (pairs.year + shift < count))
        registry.entries(
            rows, base[inside] + pairs.year[inside] + shift, frame.deliver, inside, -part[inside]
        )
    fund = registry.columns("fund", "EUR bn", "what a state pays for expansions", axes, keys)
    national = registry.columns(
        "national",
        "EUR bn",
        "drawn from the state's own equipment budget",
        axes,
        keys,
        high=world.cap_years[state, year],
    )
    pay = registry.rows(
        "pay",
        "EUR bn",
        "payments of a state in a year equal what it draws",
        axes,
        keys,
        0.0,
        0.0,
    )
    for moment in range(pairs.pay_year.shape[0]):
        inside = np.flatnonzero((pairs.pay[moment] > 0) & (pairs.pay_year[moment] < count))
        registry.entries(
            pay,
            base[inside] + pairs.pay_year[moment][inside],
            frame.deliver,
            inside,
            pairs.pay[moment][inside],
        )
    registry.entries(pay, members, upkeep, members, 1.0)
    registry.entries(pay, members, fund, members, 1.0)
    registry.entries(pay, members, national, members, -1.0)
    _expansion_money(frame, expand, fund)
    draw, saving = _loans(frame, pay, where)
    return Money(upkeep, fund, draw, saving)


def _expansion_money(frame: Frame, expand: Family, fund: Family) -> None:
    """Rows `fund`: in each year states pay for the expansions decided in it."""
    world = frame.world
    rows = frame.registry.rows(
        "fund",
        "EUR bn",
        "expansions are paid by states",
        (frame.year_axis,),
        (np.arange(len(frame.years)),),
        0.0,
        0.0,
    )
    frame.registry.entries(rows, fund.keys[1], fund, np.arange(fund.size), 1.0)
    line, period = expand.keys
    size = frame.series[frame.line_area]
    cost = np.array([item.expansion_costs for item in world.lines]) * size[:, None]
    frame.registry.entries(
        rows, frame.year_of[period], expand, np.arange(expand.size), -cost[line, period]
    )


def _loans(frame: Frame, pay: Family, where: dict[int, int]) -> tuple[Family, Floats]:
    """Columns `draw` with rows `loan` (envelope) and `eligible` (only what the rules allow)."""
    world, registry = frame.world, frame.registry
    index = world.labels.state_index
    loans = [
        (loan, index[loan.state])
        for loan in world.loans
        if loan.state in index and index[loan.state] in where
    ]
    names = tuple(loan.address for loan, _ in loans)
    keys = [
        (number, year - frame.years[0])
        for number, (loan, _) in enumerate(loans)
        for year in frame.years
        if loan.first_year <= year <= loan.last_year and year >= int(world.decision)
    ]
    number = np.array([key[0] for key in keys], dtype=np.int64)
    year = np.array([key[1] for key in keys], dtype=np.int64)
    axes = (("loan", names), frame.year_axis)
    draw = registry.columns("draw", "EUR bn", "drawn from a loan", axes, (number, year))
    saving = np.array([loan.saving for loan, _ in loans])[number] if loans else np.zeros(0)
    if not loans:
        return draw, saving
    members = np.arange(len(number))
    state = np.array([item for _, item in loans], dtype=np.int64)[number]
    at = np.array([where[int(item)] for item in state], dtype=np.int64) + year
    registry.entries(pay, at, draw, members, -1.0)
    left = frame.offers.loan_left
    rows = registry.rows(
        "loan",
        "EUR bn",
        "a state draws no more of a loan than was allotted to it",
        (("loan", names),),
        (np.arange(len(loans)),),
        high=np.array([left[loan.address] for loan, _ in loans]),
    )
    registry.entries(rows, number, draw, members, 1.0)
    _eligible(frame, draw, state, year)
    return draw, saving


def _eligible(frame: Frame, draw: Family, state: Ints, year: Ints) -> None:
    """Rows `eligible`: all loans of a state pay in a year only for what the rules allow."""
    pairs, count = frame.pairs, len(frame.years)
    present, position = np.unique(state * count + year, return_inverse=True)
    rows = frame.registry.rows(
        "eligible",
        "EUR bn",
        "loans pay only for what their rules allow",
        (frame.state_axis, frame.year_axis),
        (present // count, present % count),
        high=0.0,
    )
    frame.registry.entries(rows, position, draw, np.arange(len(state)), 1.0)
    for pay_year, pay in zip(pairs.pay_year, pairs.pay, strict=True):
        key = pairs.state * count + pay_year
        inside = np.flatnonzero(
            pairs.eligible & (pay > 0) & (pay_year < count) & np.isin(key, present)
        )
        at = np.searchsorted(present, key[inside])
        frame.registry.entries(rows, at, frame.deliver, inside, -pay[inside])
