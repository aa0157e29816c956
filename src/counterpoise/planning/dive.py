"""Whole units out of fractions: line by line and period by period, as many as are finished."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoise.planning.registry import Ints
from counterpoise.planning.whole_problem import WholeProblem
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World

NEAR = 1e-8
import os
BIAS = float(os.environ.get('BIAS','0.5'))


@dataclass
class Room:
    """What whole units already given leave: by row `absorb`, cell and state's money."""


class Rounding:
    """Gives whole units period by period; keeps account of what limits leave."""

    def __init__(self, world: World, whole: WholeProblem):
        self.world, self.whole = world, whole
        problem, pairs = whole.problem, whole.model.pairs
        self.problem, self.pairs = problem, pairs
        self.count = len(world.calendar)
        self.width = pairs.size
        self.years = len(world.calendar.budget_years)
        self.fixed = np.full(len(problem.cost), np.nan)
        self.value = np.zeros(len(problem.cost))
        self._rate_rows()
        self._absorb()
        self._money()

    def _rate_rows(self) -> None:
        rate = self.problem.row("rate")
        begun = self.problem.column("begun")
        pooled = self.problem.column("pooled")
        self.integral_lines = np.unique(begun.keys[0])
        self.rate_row = {
            (int(line), int(period)): rate.start + i
            for i, (line, period) in enumerate(zip(*rate.keys, strict=True))
        }
        self.pooled_at = {
            (int(line), int(period)): pooled.start + i
            for i, (line, period) in enumerate(zip(*pooled.keys, strict=True))
        }
        self.joint_lines = set(map(int, pooled.keys[0]))
        self.csr = self.problem.matrix.tocsr()
        expand = self.problem.column("expand")
        part = self.csr[rate.start : rate.start + rate.size]
        self.added = -part[:, expand.start : expand.start + expand.size]
        self.expand = slice(expand.start, expand.start + expand.size)
        self.rate = rate
        self.by_line: dict[int, dict[int, Ints]] = {}
        order = np.lexsort((self.pairs.period, self.pairs.line))
        for i in order:
            line = int(self.pairs.line[i])
            if line in set(map(int, self.integral_lines)):
                self.by_line.setdefault(line, {}).setdefault(int(self.pairs.period[i]), []).append(i)

    def _absorb(self) -> None:
        absorb, hold = self.problem.row("absorb"), self.problem.column("hold")
        self.absorb_left = {
            (int(c), int(y)): self.problem.row_high[absorb.start + i]
            for i, (c, y) in enumerate(zip(*absorb.keys, strict=True))
        }
        self.hold_left = {}
        for i, (c, p) in enumerate(zip(*hold.keys, strict=True)):
            self.hold_left[int(c)] = self.problem.high[hold.start + i]

    def _money(self) -> None:
        national = self.problem.column("national")
        states = len(self.world.labels.states)
        self.cap = np.zeros((states, self.years))
        self.cap[national.keys] = self.problem.high[national.start : national.start + national.size]
        self.spent = np.zeros_like(self.cap)

    def payments(self, i: int) -> Floats:
        """EUR bn by year of one unit of a deliver column, upkeep too."""
        pairs = self.pairs
        out = np.zeros(self.years)
        for year, pay in zip(pairs.pay_year[:, i], pairs.pay[:, i]):
            if year < self.years:
                out[year] += pay
        year = int(pairs.year[i])
        if pairs.upkeep[i] > 0:
            out[year] += pairs.upkeep_now[i]
            out[year + 1 :] += pairs.upkeep[i]
        return out

    def chunk(self, column: Floats, periods: list[int], done: int) -> dict[int, float]:
        """Whole values of all integer columns in the periods; earlier ones are given already."""
        expansions = self.added @ column[self.expand]
        room = self.cap + self._loans(column)
        given: dict[int, float] = {}
        for line in map(int, self.integral_lines):
            begun = self._begun(line, periods[0], expansions)
            wanted = 0.0
            assigned = 0
            backlog: dict[int, float] = {}
            for period in periods:
                members = self.by_line.get(line, {}).get(period)
                row = self.rate_row.get((line, period))
                if members is None or row is None:
                    continue
                amount = self.problem.row_high[row] + expansions[row - self.rate.start]
                available = begun + amount
                members = np.array(members)
                joint = line in self.joint_lines
                values = column[members]
                wanted += float(values.sum())
                most = int(np.floor(available + NEAR))
                units = int(min(max(np.floor(wanted + BIAS) - assigned, 0), most))
                if joint:
                    given[self.pooled_at[(line, period)]] = float(units)
                    taken = units
                else:
                    for i, v in zip(members, values):
                        given[int(i)] = 0.0
                        backlog[int(self.pairs.state[i])] = backlog.get(int(self.pairs.state[i]), 0.0) + v
                    taken = self._share(line, members, backlog, units, given, room)
                assigned += taken
                begun = min(max(available - taken, 0.0), 1.0)
        for i, v in given.items():
            self.fixed[i] = v
        return given

    def _share(self, line, members, backlog, units, given, room) -> int:
        pairs = self.pairs
        at = {int(pairs.state[i]): int(i) for i in members}
        taken = 0
        blocked = set()
        while taken < units:
            best = max((s for s in at if s not in blocked), key=lambda s: backlog[s], default=None)
            if best is None or backlog[best] < 0.01:
                break
            i = at[best]
            e = pairs.weight[i]
            cell, year = int(pairs.cell[i]), int(pairs.year[i])
            pay = self.payments(i)
            if (
                self.absorb_left[(cell, year)] < e - NEAR
                or self.hold_left[cell] < e - NEAR
                or (self.spent[best] + pay > room[best] + NEAR)[pay > 0].any()
            ):
                blocked.add(best)
                continue
            self.absorb_left[(cell, year)] -= e
            self.hold_left[cell] -= e
            self.spent[best] += pay
            given[i] += 1
            backlog[best] -= 1
            taken += 1
        return taken

    def take_back(self, i: int) -> None:
        """Takes one unit back."""
        pairs = self.pairs
        e = pairs.weight[i]
        self.absorb_left[(int(pairs.cell[i]), int(pairs.year[i]))] += e
        self.hold_left[int(pairs.cell[i])] += e
        self.spent[int(pairs.state[i])] -= self.payments(i)
        self.fixed[i] -= 1

    def _loans(self, column: Floats) -> Floats:
        draw = self.problem.column("draw")
        states = self.world.labels.state_index
        loans = {loan.address: loan.state for loan in self.world.loans}
        out = np.zeros_like(self.cap)
        names = draw.axes[0][1]
        for i, (loan, year) in enumerate(zip(*draw.keys, strict=True)):
            out[states[loans[names[loan]]], year] += column[draw.start + i]
        fund = self.problem.column("fund")
        out[fund.keys] -= column[fund.start : fund.start + fund.size]
        return out

    def _begun(self, line: int, before: int, expansions: Floats) -> float:
        begun, first = 0.0, True
        for period in range(before):
            row = self.rate_row.get((line, period))
            members = self.by_line.get(line, {}).get(period)
            if row is None or members is None:
                continue
            if line in self.joint_lines:
                taken = self.fixed[self.pooled_at[(line, period)]]
            else:
                taken = np.nansum(self.fixed[np.array(members)])
            available = begun + self.problem.row_high[row] + expansions[row - self.rate.start]
            begun = min(max(available - taken, 0.0), 1.0)
        return begun
