"""Steps: a limit raised by a sensible amount, as one move of bounds in the first stage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from counterpoise.planning.pairs import line_series
from counterpoise.planning.registry import Family, Ints, LinearProblem
from counterpoise.planning.solver import Solution
from counterpoise.planning.sooner import passed_over
from counterpoise.world.calendar import Floats
from counterpoise.world.labels import GROUP
from counterpoise.world.needs import outputs
from counterpoise.world.world import World

OUTPUT = 0.10
"""A line's output, and the supply of an input: a tenth more."""

MONEY = 1.0
"""EUR bn a year, for a state or for all states together."""

MONEY_YEARS = (2027, 2035)
ABSORPTION = 0.25
"""What all states take up a year in an area: a quarter more."""

NOTHING = 1e-9
"""Percent-years below which a step is worth nothing."""


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Step:
    """Upper bounds of rows and columns moved by `row_more` and `column_more`.

    `eur_bn` is what the step itself costs, where a price is known: the money given, or what the
    model asks for adding output. All bounds are in the problem's units.
    """

    address: str
    kind: str
    words: str
    eur_bn: float | None = None
    rows: Ints = field(default_factory=_none)
    row_more: Floats = field(default_factory=lambda: np.zeros(0))
    columns: Ints = field(default_factory=_none)
    column_more: Floats = field(default_factory=lambda: np.zeros(0))


def worth(step: Step, solution: Solution) -> float:
    """Dual × step: percent-years that the duals of a solution promise for the whole step.

    The least shortfall is convex in its bounds, so that no step removes more than the duals of
    any dual feasible point say.
    """
    rows = np.minimum(solution.row_dual[step.rows], 0.0) @ step.row_more
    columns = np.minimum(solution.column_dual[step.columns], 0.0) @ step.column_more
    return -float(rows + columns)


def moved(problem: LinearProblem, step: Step, share: float) -> tuple[Floats, Floats]:
    """Upper bounds of the step's rows and columns after a share of it."""
    rows = np.maximum(problem.row_high[step.rows] + share * step.row_more, 0.0)
    return rows, problem.high[step.columns] + share * step.column_more


def raised(problem: LinearProblem, step: Step, share: float = 1.0) -> LinearProblem:
    """The problem after a share of a step."""
    row_high, high = problem.row_high.copy(), problem.high.copy()
    row_high[step.rows], high[step.columns] = moved(problem, step, share)
    return replace(problem, row_high=row_high, high=high)


def bottleneck_steps(world: World, problem: LinearProblem, twins: Ints) -> list[Step]:
    """All steps that a bottleneck may be: output, lead time, money, absorption, inputs.

    `problem` is that of the world with twins of some lines (`sooner.twin_model`).
    """
    return [
        *output_steps(world, problem),
        *lead_steps(world, problem, twins),
        *money_steps(world, problem),
        *absorption_steps(world, problem),
        *input_steps(problem),
    ]


def output_steps(world: World, problem: LinearProblem) -> list[Step]:
    """A tenth more of what each line makes and leaves open, in every period."""
    family, size = problem.row("rate"), line_series(world)
    steps = []
    for index, line in enumerate(world.lines):
        at = np.flatnonzero(family.keys[0] == index)
        more = OUTPUT * (line.open_share * line.output)[family.keys[1][at]] / size[index]
        rate = line.output / np.maximum(world.calendar.lengths, 1e-9)
        price = OUTPUT * float(rate.max(initial=0.0)) * float(line.expansion_costs[0])
        words = "a tenth more output"
        if more.any():
            steps.append(Step(line.address, "output", words, price, family.start + at, more))
    return steps


def lead_steps(world: World, problem: LinearProblem, twins: Ints) -> list[Step]:
    """Six months off the lead time of each line with a twin, to which a share of it passes."""
    family, count = problem.row("rate"), len(world.lines)
    steps = []
    for place, index in enumerate(twins):
        line = world.lines[index]
        mine = np.flatnonzero(family.keys[0] == index)
        twin = np.flatnonzero(family.keys[0] == count + place)
        passed = passed_over(world, int(index))
        more = np.concatenate([-passed[family.keys[1][mine]], passed[family.keys[1][twin]]])
        rows = family.start + np.concatenate([mine, twin])
        if more.any():
            words = "six months off its lead time"
            steps.append(Step(line.address, "lead time", words, None, rows, more))
    return steps


def money_steps(world: World, problem: LinearProblem) -> list[Step]:
    """EUR 1bn a year more for each state, and for all together by product."""
    family = problem.column("national")
    years = np.array(world.calendar.budget_years)[family.keys[1]]
    inside = (years >= MONEY_YEARS[0]) & (years <= MONEY_YEARS[1])
    product = outputs(world.dataset, world.labels)
    span = f"from {MONEY_YEARS[0]} to {MONEY_YEARS[1]}"
    every = np.flatnonzero(inside)
    share = (product / product.sum())[family.keys[0][every]]
    words = f"EUR 1bn a year more for all states by product {span}"
    total = MONEY * len(np.unique(years[inside]))
    steps = [_raised(GROUP, "money of all", words, total, family, every, MONEY * share)]
    for index, state in enumerate(world.labels.states):
        at = np.flatnonzero(inside & (family.keys[0] == index))
        words = f"EUR 1bn a year more {span}"
        steps.append(_raised(state, "money", words, total, family, at, np.full(len(at), MONEY)))
    return steps


def absorption_steps(world: World, problem: LinearProblem) -> list[Step]:
    """A quarter more taken up a year in each area by all states."""
    family = problem.row("absorb")
    area = np.array([world.labels.area_index[world.labels.cells[c][1]] for c in family.keys[0]])
    steps = []
    for index, address in enumerate(world.labels.areas):
        rows = family.start + np.flatnonzero(area == index)
        more = ABSORPTION * problem.row_high[rows]
        if more.any():
            words = "a quarter more taken up a year by all states"
            steps.append(Step(address, "absorption", words, None, rows, more))
    return steps


def input_steps(problem: LinearProblem) -> list[Step]:
    """A tenth more supply of each input that lines share."""
    steps = []
    for family in problem.rows:
        if family.axes[0][0] == "input" and family.size:
            rows = family.start + np.arange(family.size)
            address = family.axes[0][1][family.keys[0][0]]
            more = OUTPUT * problem.row_high[rows]
            steps.append(Step(address, "input", "a tenth more supply", None, rows, more))
    return steps


def _raised(
    address: str, kind: str, words: str, eur_bn: float, family: Family, at: Ints, more: Floats
) -> Step:
    columns = family.start + at
    return Step(address, kind, words, eur_bn, columns=columns, column_more=more)
