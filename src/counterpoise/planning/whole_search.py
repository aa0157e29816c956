"""Solving the problem of whole units on few columns, with orders closed and units fixed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from counterpoise.planning.registry import Ints, LinearProblem
from counterpoise.planning.solver import Solver
from counterpoise.planning.whole_problem import Bools, WholeProblem
from counterpoise.world.calendar import Floats

COST_WEIGHT = 1e-4
"""Percent-years that EUR 1bn counts for on the way to whole units; the last solve is in stages."""

GIVING = {"pay": -1.0, "rate": -1.0, "absorb": -1.0, "pooled": 1.0, "lot": 1.0}
"""Rows that may give way on the way, so that it can be seen which, and the sign by which."""

PRICE = 300.0
"""Percent-years for one unit by which a row gives way: more than anything gains by it."""

SEEN = 1e-6
"""Amounts below this are none."""


@dataclass(frozen=True)
class Found:
    """A solution on the way: all columns of the problem, units by order, rows that gave way."""

    column: Floats
    order: Floats
    given_way: Ints


class Search:
    """The problem of whole units on the orders of a support, kept between solves.

    What is decided is kept by column (`fixed`, not a number where nothing is) and by order
    (`closed`: nothing is bought; `asked`: a lot at least).
    """

    def __init__(self, whole: WholeProblem, support: Bools):
        self.whole = whole
        problem = whole.problem
        width, height = len(problem.cost), len(problem.row_low)
        self.fixed = np.full(width, np.nan)
        self.closed = ~support
        self.asked = np.zeros(len(support), dtype=bool)
        inside = np.ones(width, dtype=bool)
        inside[: len(whole.order)] = support[whole.order]
        self._columns = np.flatnonzero(inside)
        self._place = np.full(width, -1)
        self._place[self._columns] = np.arange(len(self._columns))
        rows = [problem.row(name) for name in GIVING]
        self._giving = np.concatenate([row.start + np.arange(row.size) for row in rows])
        signs = np.repeat(list(GIVING.values()), [row.size for row in rows])
        members = np.arange(len(self._giving))
        slack = sp.csc_matrix((signs, (self._giving, members)), shape=(height, len(members)))
        self._rows = problem.matrix.tocsr()
        self.cost = whole.model.shortfall_cost + COST_WEIGHT * whole.model.money_cost
        self._matrix = sp.hstack([problem.matrix[:, self._columns], slack]).tocsc()

    def _problem(self, cost: Floats) -> LinearProblem:
        """The restricted problem with what is decided so far."""
        problem, count = self.whole.problem, len(self._giving)
        whole = bounded(self.whole, self.fixed, self.closed, self.asked)
        return replace(
            problem,
            cost=np.concatenate([cost[self._columns], np.full(count, PRICE)]),
            low=np.concatenate([whole.low[self._columns], np.zeros(count)]),
            high=np.concatenate([whole.high[self._columns], np.full(count, np.inf)]),
            row_low=whole.row_low,
            matrix=self._matrix,
            columns=(),
        )

    def afresh(self, charge: Floats | None = None) -> Found:
        """Solve by interior point, with a charge a unit by order; later solves start from here."""
        cost = self.cost.copy()
        if charge is not None:
            cost[: len(self.whole.order)] += charge[self.whole.order]
        self._solver = Solver(self._problem(cost))
        found = self.again()
        self._solver.keep_basis()
        return found

    def again(self) -> Found:
        """Solve from the last basis."""
        solution = self._solver.solve()
        inside = len(self._columns)
        column = np.zeros(len(self.whole.problem.cost))
        column[self._columns] = solution.column[:inside]
        order = self.whole.units(column)
        return Found(column, order, self._giving[solution.column[inside:] > SEEN])

    def close(self, orders: Bools) -> None:
        """Nothing is bought on these orders any more."""
        self.drop(orders & self.asked)
        self.closed |= orders
        columns = self._place[: len(self.whole.order)][orders[self.whole.order]]
        columns = columns[columns >= 0]
        self._solver.set_column_bounds(columns, np.zeros(len(columns)), np.zeros(len(columns)))

    def ask(self, orders: Bools) -> None:
        """These orders make up a lot at least."""
        self.asked |= orders
        self._lots(np.flatnonzero(orders), self.whole.least)

    def drop(self, orders: Bools) -> None:
        """A lot is no longer asked of these orders."""
        self.asked &= ~orders
        self._lots(np.flatnonzero(orders), np.zeros(len(self.closed)))

    def _lots(self, orders: Ints, least: Floats) -> None:
        start = self.whole.problem.row("lot").start
        self._solver.set_row_bounds(start + orders, least[orders], np.full(len(orders), np.inf))

    def fix(self, columns: Ints, values: Floats) -> None:
        """These columns take these values."""
        self.fixed[columns] = values
        place = self._place[columns]
        inside = place >= 0
        self._solver.set_column_bounds(place[inside], values[inside], values[inside])

    def entries(self, row: int) -> tuple[Ints, Floats]:
        """Columns that stand in a row, and how; pooled orders for what buyers take of them."""
        start, end = self._rows.indptr[row : row + 2]
        columns, amounts = self._rows.indices[start:end], self._rows.data[start:end]
        pooled = self.whole.problem.row("pooled")
        block = self._rows[pooled.start : pooled.start + pooled.size]
        stands = np.zeros(len(self.fixed))
        stands[columns] = np.abs(amounts)
        found = (block @ np.where(np.arange(len(stands)) < len(self.whole.order), stands, 0.0)) > 0
        behind = self.whole.problem.column("pooled").start + np.flatnonzero(found)
        new = np.setdiff1d(behind, columns)
        return np.concatenate([columns, new]), np.concatenate([amounts, np.ones(len(new))])

    def crumbs(self, found: Found) -> Bools:
        """Orders under a lot."""
        least = self.whole.least
        crumb: Bools = (found.order > SEEN) & (found.order < least * (1 - SEEN)) & ~self.closed
        return crumb


def bounded(whole: WholeProblem, fixed: Floats, closed: Bools, asked: Bools) -> LinearProblem:
    """The problem with columns fixed, orders closed and lots asked for; no row gives way."""
    problem = whole.problem
    low, high, row_low = problem.low.copy(), problem.high.copy(), problem.row_low.copy()
    high[: len(whole.order)][closed[whole.order]] = 0.0
    known = np.flatnonzero(~np.isnan(fixed))
    low[known] = high[known] = fixed[known]
    lot = problem.row("lot")
    row_low[lot.start : lot.start + lot.size] = np.where(asked, whole.least, 0.0)
    return replace(problem, low=low, high=high, row_low=row_low)
