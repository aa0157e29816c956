"""Handing a problem to HiGHS, solving it, and keeping it alive for the next solve."""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np

from counterpoise.errors import CounterpoiseError, NoPlan
from counterpoise.planning.registry import Ints, LinearProblem
from counterpoise.world.calendar import Floats

DUAL_TOLERANCE = 1e-7
"""Duals beyond this count as not zero when an optimal face is fixed."""

FEW = 400
"""Pivots from a kept basis before costs are perturbed."""

MANY = 3_000
"""The same where columns and rows keep their units: ties stall it less."""

UNLIMITED = 2**31 - 1


@dataclass(frozen=True)
class Solution:
    """Primal and dual values of an optimal solution.

    `row_dual` is the change of the objective per unit that a row's bound is raised;
    `column_dual` the reduced cost. For a minimum, a binding upper bound has a dual <= 0.
    """

    objective: float
    column: Floats
    row: Floats
    column_dual: Floats
    row_dual: Floats


class Solver:
    """One problem in HiGHS, kept between solves; bounds and costs may change.

    The algorithm is named: interior point (`ipx`) for a cold start, because money couples all
    areas and simplex then takes several times longer; `simplex` where a basis is kept.
    """

    def __init__(self, problem: LinearProblem, algorithm: str = "ipx", presolve: str = "on"):
        self.problem = problem
        self._few = 0
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("solver", algorithm)
        self._highs.setOptionValue("presolve", presolve)
        self._highs.setOptionValue("threads", 1)
        self._highs.setOptionValue("random_seed", 1)
        _pass(self._highs, problem)

    def keep_basis(self) -> None:
        """Solve by simplex from here on, each time from the basis of the last optimum.

        Costs aren't perturbed at first: after a small change few pivots are needed, and undoing
        the perturbation takes more of them than it saves. A change that needs many goes on with
        perturbed costs, without which ties can stall it.
        """
        self._highs.setOptionValue("solver", "simplex")
        self._highs.setOptionValue("presolve", "off")
        self._few = FEW

    def keep_units(self) -> None:
        """Columns and rows in the problem's own units from here on, not scaled by HiGHS.

        On the first stage one changed limit then needs half to four fifths of the pivots,
        measured in docs/speed.md; costs stay unperturbed for longer, as few changes stall.
        """
        self._highs.setOptionValue("simplex_scale_strategy", 0)
        self._few = MANY

    def _run(self) -> highspy.HighsModelStatus:
        if self._few:
            self._perturb(0.0, self._few)
            self._highs.run()
            if self._highs.getModelStatus() != highspy.HighsModelStatus.kIterationLimit:
                return self._highs.getModelStatus()
            self._perturb(1.0, UNLIMITED)
        self._highs.run()
        return self._highs.getModelStatus()

    def _perturb(self, part: float, pivots: int) -> None:
        self._highs.setOptionValue("dual_simplex_cost_perturbation_multiplier", part)
        self._highs.setOptionValue("simplex_iteration_limit", pivots)

    def basis(self) -> highspy.HighsBasis:
        """The basis of the last optimum."""
        return self._highs.getBasis()

    def start_from(self, basis: highspy.HighsBasis) -> None:
        """Take up a basis of this problem, or of one with the same rows and columns."""
        self._highs.setBasis(basis)

    def set_costs(self, cost: Floats) -> None:
        """Another objective over the same columns."""
        index = np.arange(len(cost), dtype=np.int32)
        self._highs.changeColsCost(len(cost), index, cost)

    def set_column_bounds(self, index: Ints, low: Floats, high: Floats) -> None:
        """New bounds for some columns."""
        self._highs.changeColsBounds(len(index), index.astype(np.int32), low, high)

    def set_row_bounds(self, index: Ints, low: Floats, high: Floats) -> None:
        """New bounds for some rows."""
        for row, lower, upper in zip(index.astype(int), low, high, strict=True):
            self._highs.changeRowBounds(int(row), float(lower), float(upper))

    def solve(self) -> Solution:
        """The optimum; NoPlan names the rows that clash where there is none."""
        status = self._run()
        if status != highspy.HighsModelStatus.kOptimal:
            status = self._confirm()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise NoPlan(self._clash())
        if status != highspy.HighsModelStatus.kOptimal:
            text = self._highs.modelStatusToString(status)
            raise CounterpoiseError(f"the solver stopped without an optimum: {text}")
        found = self._highs.getSolution()
        return Solution(
            objective=float(self._highs.getObjectiveValue()),
            column=np.array(found.col_value),
            row=np.array(found.row_value),
            column_dual=np.array(found.col_dual),
            row_dual=np.array(found.row_dual),
        )

    def _confirm(self) -> highspy.HighsModelStatus:
        """The verdict by simplex without presolve.

        Presolve's tighter tolerances can err near zero, and interior point may stop early; so
        nothing but an optimum is believed of them.
        """
        self._highs.setOptionValue("presolve", "off")
        self._highs.setOptionValue("solver", "simplex")
        self._perturb(1.0, UNLIMITED)
        self._highs.run()
        return self._highs.getModelStatus()

    def _clash(self) -> list[str]:
        """Rows that can't all hold: those that a relaxation of least total excess breaks."""
        problem = self.problem
        height = len(problem.row_low)
        relaxed = highspy.Highs()  # type: ignore[no-untyped-call]
        relaxed.setOptionValue("output_flag", False)
        _pass(relaxed, problem)
        relaxed.feasibilityRelaxation(-1.0, -1.0, 1.0)
        row = np.array(relaxed.getSolution().row_value)[:height]
        excess = np.maximum(problem.row_low - row, row - problem.row_high)
        worst = np.argsort(-excess)[:20]
        return [
            f"{problem.row_label(int(index))}: short by {excess[index]:.4g}"
            for index in worst
            if excess[index] > 1e-6
        ]


def _pass(highs: highspy.Highs, problem: LinearProblem) -> None:
    matrix = problem.matrix
    width, height = len(problem.cost), len(problem.row_low)
    highs.passModel(
        width,
        height,
        matrix.nnz,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        problem.cost,
        problem.low,
        problem.high,
        problem.row_low,
        problem.row_high,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        np.zeros(width, dtype=np.int32),
    )


def optimal_face(problem: LinearProblem, solution: Solution, cost: Floats) -> LinearProblem:
    """The problem restricted to the optima of the stage just solved, with another cost.

    Every column whose reduced cost isn't zero is fixed at its bound, every row with a dual at
    the bound where it lies: by complementary slackness that is exactly the optimal face, and
    the next stage may use any cost over it.
    """
    low, high = problem.low.copy(), problem.high.copy()
    at_low = solution.column_dual > DUAL_TOLERANCE
    at_high = solution.column_dual < -DUAL_TOLERANCE
    high[at_low] = low[at_low]
    low[at_high] = high[at_high]
    row_low, row_high = problem.row_low.copy(), problem.row_high.copy()
    upper = solution.row_dual < -DUAL_TOLERANCE
    lower = solution.row_dual > DUAL_TOLERANCE
    row_low[upper] = row_high[upper]
    row_high[lower] = row_low[lower]
    return replace(problem, cost=cost, low=low, high=high, row_low=row_low, row_high=row_high)
