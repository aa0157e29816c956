"""What one step of more would buy: candidates by the duals, ranked by solving again.

The first stage is convex in its bounds, so that dual × step bounds the gain of a step from
above; for steps that change the matrix the bound is that of the Lagrangian at the old duals.
Candidates are solved again in the order of that bound until none left can rank higher.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import highspy
import numpy as np
import numpy.typing as npt

from counterpoise.measures.shortfall import weights
from counterpoise.planning.model import DependenceCap, Model, build_model, series
from counterpoise.planning.offers import all_offers
from counterpoise.planning.plan import Plan
from counterpoise.planning.registry import Family, Ints, LinearProblem
from counterpoise.planning.solver import Solution, Solver
from counterpoise.world.calendar import Floats
from counterpoise.world.labels import GROUP
from counterpoise.world.lines import open_output
from counterpoise.world.world import World

OUTPUT_STEP = 0.10
"""More output of a line, supply of an input, or money of all states together, as a share."""

LIMIT_STEP = 0.25
"""More of a rule's limit: absorption, ramp, share of a joint area."""

OPEN_STEP = 0.10
"""More of a line's output open to European buyers, as a part of the whole output."""

MONEY_STEP, MONEY_CAP, MONEY_YEARS = 1.0, 0.25, (2027, 2035)
"""EUR bn a year more for one state, at most this share of its mean budget, in these years."""

LEAD_STEP = 0.5
"""Years off a lead time. Where the calendar counts years, a whole year is taken off and the
gain scaled to half a year: half a year alone would move some lines by a year, others by none."""

SOLVES = 6
"""At most this many candidates are solved again for each bottleneck asked for."""

Progress = Callable[[str], None]
Codes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Bottleneck:
    """A limit, the step by which it was moved, and what that removes.

    `removed` and `estimate` (a bound from the duals) are percent-years of shortfall, `share`
    is of the plan's total shortfall.
    """

    address: str
    kind: str
    step: str
    removed: float
    share: float
    estimate: float
    sentence: str


@dataclass(frozen=True)
class Basis:
    """A simplex basis: the status of each column and row, as HiGHS numbers them."""

    column: Codes
    row: Codes


@dataclass(frozen=True)
class Step:
    """A change of the first stage: upper bounds of rows and columns, or a changed line.

    `scale` turns the measured gain into that of the step in words; `line` replaces the line
    at position `index` of the world, with `free` as its open output.
    """

    address: str
    kind: str
    words: str
    estimate: float
    rows: Ints
    row_high: Floats
    columns: Ints
    column_high: Floats
    scale: float = 1.0
    world: World | None = None


class WarmSolver(Solver):
    """A problem solved by simplex from a given basis, without presolve."""

    def __init__(self, problem: LinearProblem, basis: Basis):
        super().__init__(problem, "simplex", presolve="off")
        self.set_basis(basis)

    def set_basis(self, basis: Basis) -> None:
        """Start the next solve here; a basis of the wrong size is mended by HiGHS."""
        given = highspy.HighsBasis()
        given.col_status = [highspy.HighsBasisStatus(int(code)) for code in basis.column]
        given.row_status = [highspy.HighsBasisStatus(int(code)) for code in basis.row]
        given.valid = given.alien = True
        self._highs.setBasis(given)

    def basis(self) -> Basis:
        """The basis in which the last solve ended."""
        found = self._highs.getBasis()
        return Basis(
            np.array([int(status) for status in found.col_status], dtype=np.int8),
            np.array([int(status) for status in found.row_status], dtype=np.int8),
        )


def face_basis(solution: Solution) -> Basis:
    """Every column and row without a dual as basic: HiGHS picks a basis among them."""
    codes = (highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kUpper)
    low, high, basic = (int(code) for code in (*codes, highspy.HighsBasisStatus.kBasic))

    def status(dual: Floats) -> Codes:
        held = np.where(dual > 0, low, high)
        return np.where(np.abs(dual) > 1e-9, held, basic).astype(np.int8)

    return Basis(status(solution.column_dual), status(solution.row_dual))


def keys_of(families: Sequence[Family]) -> dict[str, npt.NDArray[np.int64]]:
    """One number for each member of each family, equal for equal labels on the same axes."""
    return {
        family.name: np.ravel_multi_index(
            family.keys, tuple(max(len(names), 1) for _, names in family.axes)
        )
        if family.size
        else np.zeros(0, dtype=np.int64)
        for family in families
    }


def positions(old: Sequence[Family], new: Sequence[Family]) -> Ints:
    """For each member of the new families its position in the old ones; -1 where it is new."""
    held, wanted = keys_of(old), keys_of(new)
    start = {family.name: family.start for family in old}
    found = []
    for family in new:
        keys = held.get(family.name, np.zeros(0, dtype=np.int64))
        order = np.argsort(keys)
        place = np.searchsorted(keys[order], wanted[family.name])
        inside = np.minimum(place, max(len(keys) - 1, 0))
        if not len(keys):
            found.append(np.full(family.size, -1, dtype=np.int64))
            continue
        hit = keys[order][inside] == wanted[family.name]
        found.append(np.where(hit, order[inside] + start.get(family.name, 0), -1))
    return np.concatenate(found).astype(np.int64)


def carried(basis: Basis, old: LinearProblem, new: LinearProblem) -> Basis:
    """A basis for a changed problem: members by label, new columns at zero, new rows free."""
    column, row = positions(old.columns, new.columns), positions(old.rows, new.rows)
    lower, basic = (
        int(highspy.HighsBasisStatus.kLower),
        int(highspy.HighsBasisStatus.kBasic),
    )
    return Basis(
        np.where(column >= 0, basis.column[column], lower).astype(np.int8),
        np.where(row >= 0, basis.row[row], basic).astype(np.int8),
    )


def outside(world: World, model: Model) -> float:
    """Percent-years short in cells that nothing in the model can meet."""
    open_cells = np.ones(world.open_need.shape, dtype=bool)
    need = model.problem.row("need")
    open_cells[need.keys[0], need.keys[1]] = False
    return float((weights(world) * world.open_need)[open_cells].sum())


def start_basis(plan: Plan) -> Basis:
    """A basis of the plan's first stage, from its stored optimum (about a second)."""
    stage = plan.stages[0][0]
    solver = WarmSolver(stage.problem, face_basis(stage.solution))
    solver.solve()
    return solver.basis()


def rebuilt(world: World, plan: Plan, cap: DependenceCap | None) -> Model:
    """The plan's problem in a changed world."""
    return build_model(world, plan.models[0].states, all_offers(world), cap)


def total_in(
    world: World, plan: Plan, basis: Basis, cap: DependenceCap | None = None
) -> float:
    """Least total shortfall in a changed world, percent-years, from the plan's basis."""
    model = rebuilt(world, plan, cap)
    start = carried(basis, plan.stages[0][0].problem, model.problem)
    return WarmSolver(model.problem, start).solve().objective + outside(world, model)


def solve_steps(
    plan: Plan, basis: Basis, steps: Sequence[Step], cap: DependenceCap | None
) -> list[float]:
    """Percent-years that each step removes, each from the plan's own optimum."""
    problem = plan.stages[0][0].problem
    base = plan.stages[0][0].solution.objective
    rest = outside(plan.world, plan.models[0])
    solver = WarmSolver(problem, basis)
    gains = []
    for step in steps:
        if step.world is not None:
            gains.append((base + rest - total_in(step.world, plan, basis, cap)) * step.scale)
            continue
        rows, columns = step.rows, step.columns
        solver.set_basis(basis)
        solver.set_row_bounds(rows.astype(float), problem.row_low[rows], step.row_high)
        solver.set_column_bounds(columns.astype(float), problem.low[columns], step.column_high)
        gains.append((base - solver.solve().objective) * step.scale)
        solver.set_row_bounds(rows.astype(float), problem.row_low[rows], problem.row_high[rows])
        solver.set_column_bounds(columns.astype(float), problem.low[columns], problem.high[columns])
    return gains
