"""Whole units out of fractions: a year after the other, line by line, as many as are finished."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from counterpoise.planning.registry import Family, Ints
from counterpoise.planning.whole_problem import WholeProblem
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World

ROUND_UP = 0.7
"""A line's deliveries in fractions, added up, are rounded down after adding this.

More than a half, because a unit too few leaves money that comes back to other orders in the next
solve only where it can still be spent.
"""

EXACT = 1e-8
"""What a solution may miss a whole number by; less than the solver's own tolerance."""

LEAST = 0.01
"""Buyers who are behind by less than this part of a unit get none."""

Keyed = dict[tuple[int, int], int]


class Rounding:
    """Gives whole units period by period, and keeps account of what limits leave.

    A line delivers a whole unit when it is finished: what it makes adds up, and at most one unit
    is carried over. It goes to the buyer who is furthest behind the solution in fractions,
    where money, the places to put it and what can be taken up in the year allow.
    """

    def __init__(self, world: World, whole: WholeProblem):
        self.pairs, self.problem = whole.model.pairs, whole.problem
        problem = whole.problem
        rate, expand = problem.row("rate"), problem.column("expand")
        self._rate, self._rate_at = rate, _positions(rate)
        self._expand = slice(expand.start, expand.start + expand.size)
        rows = problem.matrix.tocsr()[rate.start : rate.start + rate.size]
        self._added = -rows[:, self._expand]
        self._pooled_at = _positions(problem.column("pooled"))
        self.lines = np.unique(problem.column("begun").keys[0])
        self._pooled_keys = {column: key for key, column in self._pooled_at.items()}
        self._joint = {line for line, _ in self._pooled_at}
        self._members: dict[tuple[int, int], list[int]] = defaultdict(list)
        for member in np.flatnonzero(np.isin(self.pairs.line, self.lines)):
            self._members[(int(self.pairs.line[member]), int(self.pairs.period[member]))].append(
                int(member)
            )
        absorb, hold = problem.row("absorb"), problem.column("hold")
        self._absorb_at = _positions(absorb)
        self._absorb = problem.row_high[absorb.start : absorb.start + absorb.size].copy()
        self._hold = np.zeros(len(world.labels.cells))
        self._hold[hold.keys[0]] = problem.high[hold.start : hold.start + hold.size]
        states, years = len(world.labels.states), len(world.calendar.budget_years)
        self._money = np.zeros((states, years))
        national = problem.column("national")
        part = slice(national.start, national.start + national.size)
        self._money[national.keys[0], national.keys[1]] = problem.high[part]
        index = world.labels.state_index
        owner = {loan.address: index.get(loan.state, 0) for loan in world.loans}
        names = problem.column("draw").axes[0][1]
        self._owner = np.array([owner[name] for name in names], dtype=np.int64)

    def units(self, column: Floats, fixed: Floats, periods: Ints) -> tuple[Ints, Floats]:
        """Columns and whole values for all that is delivered in some periods, in their order.

        `column` is the solution in fractions; `fixed` holds the whole values given before.
        """
        added = self._added @ column[self._expand]
        money = self._money + self._other_money(column)
        given: dict[int, float] = {}
        for line in map(int, self.lines):
            begun = self._begun(line, int(periods[0]), added, fixed)
            wanted, taken = 0.0, 0
            behind: dict[int, float] = defaultdict(float)
            for period in map(int, periods):
                members = self._members.get((line, period))
                if members is None:
                    continue
                made = begun + self._made(line, period, added)
                wanted += float(column[members].sum())
                units = min(int(wanted + ROUND_UP) - taken, int(made + EXACT))
                units = max(units, 0)
                if line in self._joint:
                    units = min(units, self._room(members[0]))
                    self._take_up(members[0], float(units))
                    given[self._pooled_at[(line, period)]] = units
                else:
                    for member in members:
                        given[member] = 0.0
                        behind[int(self.pairs.state[member])] += float(column[member])
                    units = self._hand_out(members, behind, units, given, money)
                taken += units
                begun = min(made - units, 1.0)
        columns = np.array(sorted(given), dtype=np.int64)
        return columns, np.array([given[int(item)] for item in columns])

    def take_back(self, column: int) -> None:
        """One unit of a column, deliver or pooled, isn't bought after all."""
        if column < self.pairs.size:
            self._book(column, -1.0)
        else:
            self._take_up(self._members[self._pooled_keys[column]][0], -1.0)

    def _made(self, line: int, period: int, added: Floats) -> float:
        at = self._rate_at[(line, period)]
        return float(self.problem.row_high[self._rate.start + at] + added[at])

    def _begun(self, line: int, before: int, added: Floats, fixed: Floats) -> float:
        """The part done of a unit when a period starts."""
        begun = 0.0
        for period in range(before):
            members = self._members.get((line, period))
            if members is None:
                continue
            joint = line in self._joint
            columns = [self._pooled_at[(line, period)]] if joint else members
            left = begun + self._made(line, period, added) - float(np.nansum(fixed[columns]))
            begun = min(max(left, 0.0), 1.0)
        return begun

    def _hand_out(
        self,
        members: list[int],
        behind: dict[int, float],
        units: int,
        given: dict[int, float],
        money: Floats,
    ) -> int:
        """Give units one by one to the buyer furthest behind; returns how many found one."""
        at = {int(self.pairs.state[member]): member for member in members}
        taken = 0
        while taken < units and at:
            state = max(at, key=lambda item: (behind[item], -item))
            if behind[state] < LEAST:
                break
            if not self._allowed(at[state], money[state]):
                del at[state]
                continue
            self._book(at[state], 1.0)
            money[state] -= self._payments(at[state])
            given[at[state]] += 1
            behind[state] -= 1
            taken += 1
        return taken

    def _allowed(self, member: int, money: Floats) -> bool:
        due = self._payments(member)
        return self._room(member) >= 1 and bool((money >= due - EXACT)[due > 0].all())

    def _room(self, member: int) -> int:
        """Whole units that a place can put somewhere and takes up in the year."""
        cell, year = int(self.pairs.cell[member]), int(self.pairs.year[member])
        left = min(self._absorb[self._absorb_at[(cell, year)]], self._hold[cell])
        return max(int(left / self.pairs.weight[member] + EXACT), 0)

    def _take_up(self, member: int, units: float) -> None:
        cell, year = int(self.pairs.cell[member]), int(self.pairs.year[member])
        weight = units * self.pairs.weight[member]
        self._absorb[self._absorb_at[(cell, year)]] -= weight
        self._hold[cell] -= weight

    def _book(self, member: int, units: float) -> None:
        self._take_up(member, units)
        self._money[self.pairs.state[member]] -= units * self._payments(member)

    def _payments(self, member: int) -> Floats:
        """EUR bn by budget year for one unit, upkeep with it."""
        pairs, due = self.pairs, np.zeros(self._money.shape[1])
        for year, pay in zip(pairs.pay_year[:, member], pairs.pay[:, member], strict=True):
            if year < len(due):
                due[year] += pay
        year = int(pairs.year[member])
        due[year] += pairs.upkeep_now[member]
        due[year + 1 :] += pairs.upkeep[member]
        return due

    def _other_money(self, column: Floats) -> Floats:
        """What loans add to the states' own money in a solution, less what expansions take."""
        total = np.zeros_like(self._money)
        draw, fund = self.problem.column("draw"), self.problem.column("fund")
        drawn = column[draw.start : draw.start + draw.size]
        np.add.at(total, (self._owner[draw.keys[0]], draw.keys[1]), drawn)
        paid = column[fund.start : fund.start + fund.size]
        np.add.at(total, (fund.keys[0], fund.keys[1]), -paid)
        return total


def _positions(family: Family) -> Keyed:
    """Where a family's members stand in the problem (columns) or in it (rows), by their keys."""
    first, second = family.keys
    base = family.start if family.name == "pooled" else 0
    return {
        (int(one), int(other)): base + at
        for at, (one, other) in enumerate(zip(first, second, strict=True))
    }
