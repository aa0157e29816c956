"""Solving a step again from the kept basis; its dual, and how far that dual holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import highspy
import numpy as np
import scipy.sparse as sp

from counterpoise.planning.registry import LinearProblem
from counterpoise.planning.solver import DUAL_TOLERANCE, Solution, Solver
from counterpoise.planning.steps import NOTHING, Step, moved, worth

SLIGHT = 1e-3
"""The share of a step at which its dual is taken: past the ties of a degenerate optimum."""

CUTS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Shares of a step at which its dual is looked at again."""

HOLDS = 0.02
"""A dual holds as long as it has fallen by no more than this share."""


@dataclass(frozen=True)
class Holding:
    """Percent-years that a whole step removes by its dual, and how far the dual holds.

    The dual is that after a slight part of the step. `exact` is the largest share up to which it
    then doesn't move at all, at most 1;
    `cut` the larger of that and the largest of `CUTS` at which it has fallen by no more than two
    percent.
    """

    dual: float
    exact: float
    cut: float


@dataclass(frozen=True)
class Stepped:
    """A first stage at its optimum, and the basis to start from.

    Each answer starts from that basis, so that none depends on what was asked before.
    """

    problem: LinearProblem
    solution: Solution
    basis: highspy.HighsBasis

    @property
    def least(self) -> float:
        """The least shortfall, percent-years."""
        return self.solution.objective

    @cached_property
    def _solver(self) -> Solver:
        solver = Solver(self.problem)
        solver.keep_basis()
        solver.keep_units()
        return solver

    def at(self, step: Step, share: float) -> Solution:
        """The least shortfall after a share of a step, and its duals."""
        solver, problem = self._solver, self.problem
        rows, columns = step.rows, step.columns
        row_high, high = moved(problem, step, share)
        solver.start_from(self.basis)
        solver.set_row_bounds(rows, problem.row_low[rows], row_high)
        solver.set_column_bounds(columns, problem.low[columns], high)
        try:
            return solver.solve()
        finally:
            solver.set_row_bounds(rows, problem.row_low[rows], problem.row_high[rows])
            solver.set_column_bounds(columns, problem.low[columns], problem.high[columns])

    def removed(self, step: Step, share: float = 1.0) -> float:
        """Percent-years that a share of a step removes, solved again."""
        return self.least - self.at(step, share).objective


def stepped(problem: LinearProblem) -> Stepped:
    """Solve a first stage once and keep its basis; by simplex at the end, so that it has one."""
    solver = Solver(problem)
    solver.solve()
    solver.keep_basis()
    return Stepped(problem, solver.solve(), solver.basis())


def holding(base: Stepped, step: Step) -> Holding:
    """The dual of a step on its right side, and how far it holds.

    By the duals alone: the least shortfall is convex, so that a dual that has fallen by a
    hundredth at the end of a step was never further off before.
    """
    slight = base.at(step, SLIGHT)
    dual = worth(step, slight)
    cut = 0.0
    if dual > NOTHING:
        for share in CUTS:
            if worth(step, base.at(step, share)) < (1 - HOLDS) * dual:
                break
            cut = share
    exact = reach(base.problem, step, slight)
    return Holding(dual, exact, max(cut, exact))


def reach(problem: LinearProblem, step: Step, solution: Solution) -> float:
    """The largest share of a step at which the duals of a solution are still optimal, at most 1.

    They are as long as some feasible point is complementary to them: each column with a reduced
    cost at its bound, each row with a dual at its own, moved by the step. The share is a column
    of that problem, and it is maximised. Unlike the ratio test of one basis this doesn't end
    where only the basis changes and the duals don't. After Jansen, de Jong, Roos and Terlaky,
    Sensitivity analysis in linear programming: just be careful!, European Journal of
    Operational Research 101 (1997).
    """
    width, height = len(problem.cost), len(problem.row_low)
    low, high = problem.low.copy(), problem.high.copy()
    at_low = solution.column_dual > DUAL_TOLERANCE
    at_high = solution.column_dual < -DUAL_TOLERANCE
    high[at_low] = low[at_low]
    low[at_high] = high[at_high]
    row_low, row_high = problem.row_low.copy(), problem.row_high.copy()
    upper, lower = solution.row_dual < -DUAL_TOLERANCE, solution.row_dual > DUAL_TOLERANCE
    row_low[upper] = row_high[upper]
    row_high[lower] = row_low[lower]
    columns = step.columns
    kept = len(columns)
    low[columns] = problem.low[columns]
    high[columns] = np.where(at_low[columns], problem.low[columns], np.inf)
    shift = sp.csc_matrix(
        (-step.row_more, (step.rows, np.zeros(len(step.rows), dtype=np.int64))), shape=(height, 1)
    )
    pick = sp.csc_matrix((np.ones(kept), (np.arange(kept), columns)), shape=(kept, width))
    limits = sp.hstack([pick, sp.csc_matrix(-step.column_more[:, None])])
    matrix = sp.vstack([sp.hstack([problem.matrix, shift]), limits], format="csc")
    limit = problem.high[columns]
    face = replace(
        problem,
        cost=np.append(np.zeros(width), -1.0),
        low=np.append(low, 0.0),
        high=np.append(high, 1.0),
        row_low=np.append(row_low, np.where(at_high[columns], limit, -np.inf)),
        row_high=np.append(row_high, limit),
        matrix=matrix,
    )
    return float(Solver(face, "simplex").solve().column[width])
