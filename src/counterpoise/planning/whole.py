"""Whole units: the plan together made into one that can be signed, and how far it is from it.

Orders under a lot are closed or made up to one, a part at a time, and the problem is solved again
each time, so that others deliver what they would have. Then whole units are fixed a year after
the other, and the rest solved again. Last, both stages are solved with the whole units fixed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from counterpoise.errors import CounterpoiseError
from counterpoise.planning.dive import Rounding
from counterpoise.planning.plan import Plan, Stage, read_plan
from counterpoise.planning.registry import LinearProblem
from counterpoise.planning.solver import Solution, Solver, optimal_face
from counterpoise.planning.whole_problem import Bools, WholeProblem, whole_problem
from counterpoise.planning.whole_search import SEEN, Found, Search, bounded
from counterpoise.world.calendar import Floats

BEHAVIOUR = "whole"

FAR = 0.02
"""A distance beyond this is said first."""

CHARGE = 0.02
"""Percent-years charged for an order on the way, so that few large ones are taken of equal ones."""

CLOSED_BELOW = ((0.25, False), (0.5, True))
"""Orders under these parts of a lot are closed, one part after the other; larger ones made up.

The second time the largest order of a state in an area is spared, since nothing may replace it.
"""

MOST_REPAIRS = 400
"""A guard only: every repair takes away a unit or an order."""


@dataclass(frozen=True)
class Whole:
    """A plan in whole units beside the optimum in fractions.

    `problem` has all rows, bounds and lots as saved, with nothing fixed, `integral` marks its
    columns in whole numbers; `bound` is the least shortfall with the marks and lots left out,
    which no plan in whole units can go below; `bound_dual`, one a row, proves it.
    """

    plan: Plan
    fractions: Plan
    problem: WholeProblem
    stage: Stage
    bound: float
    bound_dual: Floats

    @property
    def shortfall_distance(self) -> float:
        """Shortfall to 2040 above that of the optimum in fractions, as a share of it."""
        return _distance(self.plan.shortfall, self.fractions.shortfall)

    @property
    def cost_distance(self) -> float:
        """Cost above that of the optimum in fractions, as a share of it."""
        return _distance(self.plan.cost, self.fractions.cost)

    @property
    def gap(self) -> float:
        """Shortfall above the bound, as a share of the bound."""
        return _distance(self.plan.shortfall, self.bound)

    def table(self) -> pl.DataFrame:
        """One row a measure: in fractions, whole, distance; the bound and its gap."""
        rows = [
            ("shortfall", "percent-years", self.fractions.shortfall, self.plan.shortfall),
            ("cost", "EUR bn", self.fractions.cost, self.plan.cost),
            ("bound", "percent-years", self.bound, self.plan.shortfall),
        ]
        return pl.DataFrame(
            [(*row, _distance(row[3], row[2])) for row in rows],
            schema={
                "name": pl.String,
                "unit": pl.String,
                "against": pl.Float64,
                "whole": pl.Float64,
                "distance": pl.Float64,
            },
            orient="row",
        )


def _distance(found: float, against: float) -> float:
    return found / against - 1 if against else 0.0


def plan_whole(fractions: Plan) -> Whole:
    """The plan together in whole units and lots.

    `fractions` is a plan by one problem, with its stages. Raises CounterpoiseError where no way
    to whole units is found.
    """
    world, (stages,) = fractions.world, fractions.stages
    whole = whole_problem(world, fractions.models[0])
    relaxed = Solver(whole.problem).solve()
    units = whole.units(stages[1].solution.column)
    search = Search(whole, units > SEEN)
    rounding = Rounding(world, whole)
    found = _consolidate(search, units)
    for year in np.unique(world.calendar.years):
        periods = np.flatnonzero(world.calendar.years == year)
        columns, values = rounding.units(found.column, search.fixed, periods)
        search.fix(columns, values)
        found = _settle(search, rounding, search.again())
    found = _without_crumbs(search, rounding, found)
    search.close((found.order <= SEEN) & ~search.closed)
    search.ask(~search.closed)
    fixed = bounded(whole, search.fixed, search.closed, search.asked)
    first, second = _stages(whole, fixed)
    plan = read_plan(world, BEHAVIOUR, (whole.model,), ((first, second),))
    free = bounded(whole, np.full(len(search.fixed), np.nan), search.closed, search.asked)
    stage = Stage("whole", free, second.solution)
    return Whole(plan, fractions, whole, stage, relaxed.objective, relaxed.row_dual)


def _consolidate(search: Search, units: Floats) -> Found:
    """Fewer and larger orders, each at least a lot; rows may still give way to fractions."""
    least = search.whole.least
    found = search.afresh(np.where(units < 2 * least, CHARGE / (units + 0.3 * least), 0.0))
    for part, spared in CLOSED_BELOW:
        small = ~search.closed & (found.order < part * least)
        search.close(small & ~_largest(search.whole, found.order) if spared else small)
        found = search.again()
    search.ask(search.crumbs(found))
    search.close(~search.closed & (found.order <= SEEN))
    return search.afresh()


def _largest(whole: WholeProblem, units: Floats) -> Bools:
    """The largest order of each state in each area, in capability units."""
    pairs = whole.model.pairs
    size, place = np.zeros(len(units)), np.zeros(len(units), dtype=np.int64)
    size[whole.order] = pairs.weight
    place[whole.order] = pairs.state * (int(pairs.area.max(initial=0)) + 1) + pairs.area
    size = size * units
    most = np.zeros(int(place.max(initial=0)) + 1)
    np.maximum.at(most, place, size)
    found: Bools = (size >= most[place]) & (size > 0)
    return found


def _settle(search: Search, rounding: Rounding, found: Found) -> Found:
    """Take back what makes rows give way, unit by unit or order by order, until none does."""
    for _ in range(MOST_REPAIRS):
        if not len(found.given_way):
            return found
        for row in found.given_way:
            _repair(search, rounding, int(row), found)
        found = search.again()
    raise CounterpoiseError("no plan in whole units was found: rows give way still")


def _repair(search: Search, rounding: Rounding, row: int, found: Found) -> None:
    """Take away one thing that asks too much of a row: a lot, a whole unit, or an order."""
    whole, problem = search.whole, search.whole.problem
    lot = problem.row("lot")
    if lot.start <= row < lot.start + lot.size:
        order = np.arange(lot.size) == row - lot.start
        search.drop(order)
        if not np.nansum(search.fixed[: len(whole.order)][order[whole.order]]) > 0:
            search.close(order)
        return
    columns, amounts = search.entries(row)
    asks = np.nan_to_num(search.fixed[columns]) > 0
    if asks.any():
        most = columns[asks][np.argmax(np.abs(amounts[asks]))]
        rounding.take_back(int(most))
        search.fix(np.array([most]), np.array([search.fixed[most] - 1]))
        return
    orders = np.unique(whole.order[columns[columns < len(whole.order)]])
    orders = orders[search.asked[orders]]
    if not len(orders):
        raise CounterpoiseError(f"no plan in whole units was found: {problem.row_label(row)}")
    smallest = orders[np.argmin(found.order[orders])]
    search.close(np.arange(len(search.closed)) == smallest)


def _without_crumbs(search: Search, rounding: Rounding, found: Found) -> Found:
    """Close the orders under half a lot that the last solves have left, make up the others."""
    for _ in range(MOST_REPAIRS):
        crumbs = search.crumbs(found)
        if not crumbs.any():
            return found
        small = crumbs & ((found.order < 0.5 * search.whole.least) | search.asked)
        search.close(small)
        search.ask(crumbs & ~small)
        found = _settle(search, rounding, search.again())
    raise CounterpoiseError("no plan in whole units was found: orders under a lot are left")


def _stages(whole: WholeProblem, fixed: LinearProblem) -> tuple[Stage, Stage]:
    """Both stages with whole units fixed: least shortfall, then least cost among its optima."""
    first = _solved(fixed, "ipx")
    face = optimal_face(fixed, first, whole.model.money_cost)
    return Stage("shortfall", fixed, first), Stage("cost", face, _solved(face, "simplex"))


def _solved(problem: LinearProblem, algorithm: str) -> Solution:
    """The optimum, found without the columns that are fixed at nothing."""
    inside = (problem.low != 0) | (problem.high != 0)
    small = replace(
        problem,
        cost=problem.cost[inside],
        low=problem.low[inside],
        high=problem.high[inside],
        matrix=problem.matrix[:, inside].tocsc(),
        columns=(),
    )
    found = Solver(small, algorithm).solve()
    column = np.zeros(len(problem.cost))
    column[inside] = found.column
    prices: Floats = problem.cost - problem.matrix.T @ found.row_dual
    dual = np.where(inside, 0.0, prices)
    dual[inside] = found.column_dual
    return replace(found, column=column, row=problem.matrix @ column, column_dual=dual)


def crumbs(whole: Whole) -> tuple[int, int]:
    """Orders (a buyer's on a line) under a lot in the plan in whole units, and all of them."""
    units = whole.problem.units(whole.stage.solution.column)
    bought = units > SEEN
    small: Bools = bought & (units < whole.problem.least * (1 - SEEN))
    return int(small.sum()), int(bought.sum())
