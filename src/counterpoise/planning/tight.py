"""Bottlenecks: what one sensible step of more would buy, ranked by solving again.

Duals only point to candidates; each is solved again with its step and ranked by what it removes.
Lead times have no dual: the lines whose deliveries are worth most are tried.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

from counterpoise.planning.model import DependenceCap, build_model
from counterpoise.planning.offers import all_offers
from counterpoise.planning.pairs import series
from counterpoise.planning.plan import Plan
from counterpoise.planning.registry import Ints, LinearProblem
from counterpoise.planning.solver import Solver
from counterpoise.planning.workers import Workers
from counterpoise.world.calendar import Floats
from counterpoise.world.labels import GROUP

OUTPUT_STEP = 0.10
MONEY_STEP = 1.0
MONEY_SHARE_STEP = 0.10
MONEY_YEARS = (2027, 2035)
ABSORPTION_STEP = 0.25
LEAD_STEP = 1.0
"""A year: the variants' calendar counts in years, and half a year may move nothing in it."""

TRIED = {"output": 6, "money": 4, "money of all": 1, "absorption": 4, "lead time": 8}
"""How many candidates of each kind are solved again."""


@dataclass(frozen=True)
class Bottleneck:
    """One step: where, how much, and the percent-years of shortfall to 2040 that it removes."""

    address: str
    kind: str
    step: str
    removed: float
    share: float


@dataclass(frozen=True)
class Step:
    """A candidate: bounds raised by `more` at `rows` or `columns`, or a line made quicker.

    `worth` orders candidates of one kind: dual × step, or what a line's deliveries are worth.
    """

    address: str
    kind: str
    words: str
    worth: float
    rows: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    columns: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    more: Floats = field(default_factory=lambda: np.zeros(0))
    line: int = -1


def quicker(plan: Plan, step: Step, cap: DependenceCap | None = None) -> LinearProblem:
    """The plan's first stage with a line's lead time a year shorter."""
    line = plan.world.lines[step.line]
    quick = replace(line, lead=max(line.lead - LEAD_STEP, 0.0))
    lines = (*plan.world.lines[: step.line], quick, *plan.world.lines[step.line + 1 :])
    world = replace(plan.world, lines=lines)
    return build_model(world, plan.models[0].states, all_offers(world), cap).problem


def bottlenecks(plan: Plan, cap: DependenceCap | None = None, workers: int = 2) -> list[Bottleneck]:
    """Steps in the order of the shortfall that they remove from a plan together.

    Raised bounds are solved from the basis of one solve; a quicker line is a problem of its own.
    """
    steps = candidates(plan)
    base = plan.stages[0][0].solution.objective
    quick = [step for step in steps if step.line >= 0]
    with Workers((plan, cap), workers) as pool:
        totals = pool.map(_solve, quick)
    raised = [step for step in steps if step.line < 0]
    totals += raised_totals(plan, raised)
    found = [
        Bottleneck(s.address, s.kind, s.words, base - total, (base - total) / base)
        for s, total in zip([*quick, *raised], totals, strict=True)
    ]
    return sorted(found, key=lambda item: (-item.removed, item.address))


def _solve(shared: tuple[Plan, DependenceCap | None], step: Step) -> float:
    plan, cap = shared
    return Solver(quicker(plan, step, cap)).solve().objective


def raised_totals(plan: Plan, steps: list[Step]) -> list[float]:
    """Least shortfall, percent-years, with each step's bounds raised, one step at a time."""
    problem = plan.stages[0][0].problem
    solver = Solver(problem)
    solver.solve()
    solver.keep_basis()
    totals = []
    for step in steps:
        rows, columns = step.rows, step.columns
        row_high = problem.row_high[rows] + step.more[: len(rows)]
        high = problem.high[columns] + step.more[: len(columns)]
        solver.set_row_bounds(rows, problem.row_low[rows], row_high)
        solver.set_column_bounds(columns, problem.low[columns], high)
        totals.append(solver.solve().objective)
        solver.set_row_bounds(rows, problem.row_low[rows], problem.row_high[rows])
        solver.set_column_bounds(columns, problem.low[columns], problem.high[columns])
    return totals


def candidates(plan: Plan) -> list[Step]:
    """The steps worth trying, by kind, those with most worth."""
    steps = [*_outputs(plan), *_money(plan), *_absorption(plan), *_leads(plan)]
    steps.sort(key=lambda step: (-step.worth, step.address))
    kept: list[Step] = []
    count: Counter[str] = Counter()
    for step in steps:
        count[step.kind] += 1
        if step.worth > 1e-9 and count[step.kind] <= TRIED[step.kind]:
            kept.append(step)
    return kept


def _outputs(plan: Plan) -> list[Step]:
    world, stage = plan.world, plan.stages[0][0]
    family = stage.problem.row("rate")
    size = series(world)[[world.labels.area_index[item.area] for item in world.lines]]
    steps = []
    for index in np.unique(family.keys[0]):
        line = world.lines[index]
        at = np.flatnonzero(family.keys[0] == index)
        more = OUTPUT_STEP * (line.open_share * line.output)[family.keys[1][at]] / size[index]
        rows = family.start + at
        worth = float(-stage.solution.row_dual[rows] @ more)
        words = "a tenth more output"
        steps.append(Step(line.address, "output", words, worth, rows=rows, more=more))
    return steps


def _money(plan: Plan) -> list[Step]:
    world, stage = plan.world, plan.stages[0][0]
    family = stage.problem.column("national")
    years = np.array(world.calendar.budget_years)[family.keys[1]]
    inside = (years >= MONEY_YEARS[0]) & (years <= MONEY_YEARS[1])
    every = family.start + np.flatnonzero(inside)
    more = MONEY_SHARE_STEP * stage.problem.high[every]
    worth = float(-np.minimum(stage.solution.column_dual[every], 0.0) @ more)
    words = "a tenth more money in all states"
    steps = [Step(GROUP, "money of all", words, worth, columns=every, more=more)]
    for index, state in enumerate(world.labels.states):
        columns = family.start + np.flatnonzero((family.keys[0] == index) & inside)
        worth = float(-np.minimum(stage.solution.column_dual[columns], 0.0).sum() * MONEY_STEP)
        words = f"EUR 1bn a year more from {MONEY_YEARS[0]} to {MONEY_YEARS[1]}"
        more = np.full(len(columns), MONEY_STEP)
        steps.append(Step(state, "money", words, worth, columns=columns, more=more))
    return steps


def _absorption(plan: Plan) -> list[Step]:
    world, stage = plan.world, plan.stages[0][0]
    family = stage.problem.row("absorb")
    area = np.array([world.labels.area_index[world.labels.cells[c][1]] for c in family.keys[0]])
    steps = []
    for index, address in enumerate(world.labels.areas):
        rows = family.start + np.flatnonzero(area == index)
        more = ABSORPTION_STEP * stage.problem.row_high[rows]
        worth = float(-stage.solution.row_dual[rows] @ more)
        words = "a quarter more taken up a year by all states"
        steps.append(Step(address, "absorption", words, worth, rows=rows, more=more))
    return steps


def _leads(plan: Plan) -> list[Step]:
    world, stage, pairs = plan.world, plan.stages[0][0], plan.models[0].pairs
    stock = stage.problem.row("stock")
    count = len(world.calendar)
    cells = np.unique(stock.keys[0])
    row = stock.start + np.searchsorted(cells, pairs.cell) * count + pairs.period
    taken = plan.stages[0][1].solution.column[: pairs.size]
    value = np.abs(stage.solution.row_dual[row]) * pairs.weight * taken
    worth = np.bincount(pairs.line, weights=value, minlength=len(world.lines))
    words = "a year shorter lead time"
    return [
        Step(line.address, "lead time", words, float(worth[index]), line=index)
        for index, line in enumerate(world.lines)
    ]
