"""Money beside the plan: purses that pay where it brings most, and money carried over."""

from __future__ import annotations

import numpy as np

from counterpoise.planning.pairs import line_series
from counterpoise.planning.registry import Family, LinearProblem, Registry
from counterpoise.planning.steps import MONEY_YEARS
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World

PURSES = ("states", "lines")
"""What the rows `purse` pay for: states' payments in any year, new output at any line."""


def with_purses(world: World, problem: LinearProblem) -> LinearProblem:
    """The problem with two purses that hold nothing yet.

    `aid` (state, year) pays what a state's own money would; `capacity` (line) is rate added on
    top of the growth limit, decided at once, at most the line's rate again. The rows `purse`
    hold their EUR bn within a right-hand side of zero, which a step raises.
    """
    registry = Registry.of(problem)
    purse = registry.rows(
        "purse",
        "EUR bn",
        "money beside the states' own",
        (("purse", PURSES),),
        (np.arange(len(PURSES)),),
        high=0.0,
    )
    pay = problem.row("pay")
    years = np.array(world.calendar.budget_years)[pay.keys[1]]
    paid = np.flatnonzero((years >= MONEY_YEARS[0]) & (years <= MONEY_YEARS[1]))
    aid = registry.columns(
        "aid", "EUR bn", "paid for a state", pay.axes, (pay.keys[0][paid], pay.keys[1][paid])
    )
    members = np.arange(aid.size)
    registry.entries(pay, paid, aid, members, -1.0)
    registry.entries(purse, np.zeros(aid.size, dtype=np.int64), aid, members, 1.0)
    _capacity(world, problem.row("rate"), registry, purse)
    return registry.problem([])


def _capacity(world: World, rate: Family, registry: Registry, purse: Family) -> None:
    price, most = line_prices(world), line_rates(world)
    lines = np.flatnonzero((price > 0) & (most > 0))
    added = registry.columns(
        "capacity",
        "series a year",
        "rate added to a line beyond its growth limit",
        rate.axes[:1],
        (lines,),
        high=most[lines],
    )
    members = np.arange(len(lines))
    registry.entries(purse, np.ones(len(lines), dtype=np.int64), added, members, price[lines])
    opened = open_years(world)
    for member, line in enumerate(lines):
        rows = np.flatnonzero(rate.keys[0] == line)
        output = opened[line, rate.keys[1][rows]]
        use = output > 0
        of = np.full(int(use.sum()), member)
        registry.entries(rate, rows[use], added, of, -output[use])


def open_years(world: World) -> Floats:
    """What one unit a year of rate, added now, brings to European buyers, lines × periods."""
    calendar = world.calendar
    found = np.zeros((len(world.lines), len(calendar)))
    for index, line in enumerate(world.lines):
        ready = world.decision + line.expansion_times[0]
        share = line.open_share * line.delivering * calendar.lengths
        found[index] = np.where(calendar.middles >= ready - 1e-9, share, 0.0)
    return found


def line_rates(world: World) -> Floats:
    """Largest rate of each line over the periods, in series a year."""
    lengths = world.calendar.lengths
    rates = np.array([float((line.output / lengths).max(initial=0.0)) for line in world.lines])
    return rates / line_series(world)


def line_prices(world: World) -> Floats:
    """EUR bn for one series a year of rate added to each line now."""
    price = np.array([float(line.expansion_costs[0]) for line in world.lines])
    return price * line_series(world)


def with_savings(problem: LinearProblem) -> LinearProblem:
    """The problem with money of a year that may be spent in the next, without interest."""
    registry = Registry.of(problem)
    national = problem.column("national")
    limit = registry.rows(
        "saved",
        "EUR bn",
        "what is drawn and kept of a year's money, less what is kept from before",
        national.axes,
        national.keys,
        high=problem.high[national.start : national.start + national.size],
    )
    members = np.arange(national.size)
    kept = registry.columns("kept", "EUR bn", "for the next year", national.axes, national.keys)
    registry.entries(limit, members, national, members, 1.0)
    registry.entries(limit, members, kept, members, 1.0)
    later = members[national.keys[1] > 0]
    registry.entries(limit, later, kept, later - 1, -1.0)
    found = registry.problem([])
    found.high[national.start : national.start + national.size] = np.inf
    return found
