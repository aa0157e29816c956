"""The problem of whole units: the problem of the plan, with lots, pooled orders, units begun.

It has every row and column of the first stage, in the same places, and more behind them. Limits
that lie under one unit are raised to one, since nobody could ever buy a part of a ship.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from counterpoise.data.fill import need
from counterpoise.planning.model import Model
from counterpoise.planning.pairs import series
from counterpoise.planning.registry import Family, Ints, LinearProblem
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World

Bools = npt.NDArray[np.bool_]

SMALL = 1e-9
"""Limits below this are none, and stay so."""


@dataclass(frozen=True)
class WholeProblem:
    """The extended problem and what its columns are.

    `integral` marks the columns that take whole numbers. `order` gives for each deliver column
    the position of its row `lot` (a buyer's orders on a line), `least` the lot of each such row
    in model units.
    """

    model: Model
    integral: Bools
    order: Ints
    least: Floats

    @property
    def problem(self) -> LinearProblem:
        """The problem with no order closed and no lot asked for yet."""
        return self.model.problem

    def units(self, column: Floats) -> Floats:
        """Units of each order in a solution, in model units, shape of `least`."""
        taken = np.maximum(column[: len(self.order)], 0.0)
        total: Floats = np.zeros(len(self.least))
        np.add.at(total, self.order, taken)
        return total


def whole_areas(world: World) -> Bools:
    """Areas whose units are bought whole, shape (areas,)."""
    return np.array([world.dataset.text(area, "whole") == "y" for area in world.labels.areas])


def lots(world: World) -> Floats:
    """Least units of a buyer's orders on a line: the area's lot, else its series, (areas,)."""
    found = [world.dataset.value(area, "lot") for area in world.labels.areas]
    return np.array(
        [one if lot is None else lot for lot, one in zip(found, series(world), strict=True)]
    )


def whole_problem(world: World, model: Model) -> WholeProblem:
    """The problem whose solutions can be signed, as far as rows, bounds and marks can say it."""
    pairs, labels = model.pairs, world.labels
    size, whole = series(world), whole_areas(world)
    if (size[whole] != 1).any():
        raise ValueError("an area bought in whole units must have a series of one unit")
    joint = np.array([area in labels.joint for area in labels.areas])
    orders, order = np.unique(pairs.state * len(world.lines) + pairs.line, return_inverse=True)
    state, line = orders // len(world.lines), orders % len(world.lines)
    area_of = np.array([labels.area_index[item.area] for item in world.lines], dtype=np.int64)
    least = (lots(world) / size)[area_of[line]]
    problem = _raise_limits(world, model, whole, least[order])
    lot = Family(
        "lot",
        "series",
        "a buyer's orders on a line make up a lot, where any are placed",
        len(problem.row_low),
        len(orders),
        (("state", labels.states), ("line", labels.lines)),
        (state, line),
    )
    problem = _with_rows(problem, lot, order)
    problem = _with_pooled(world, model, problem, whole & joint)
    problem = _with_begun(world, problem, whole[area_of])
    integral = np.zeros(len(problem.cost), dtype=bool)
    integral[: pairs.size] = (whole & ~joint)[pairs.area]
    pooled = problem.column("pooled")
    integral[pooled.start : pooled.start + pooled.size] = True
    return WholeProblem(_wider(model, problem), integral, order, least)


def _wider(model: Model, problem: LinearProblem) -> Model:
    """The model of a problem with more columns, which cost nothing."""
    more = np.zeros(len(problem.cost) - len(model.money_cost))
    return replace(
        model,
        problem=problem,
        shortfall_cost=problem.cost,
        money_cost=np.concatenate([model.money_cost, more]),
        cost_terms={name: np.concatenate([cost, more]) for name, cost in model.cost_terms.items()},
    )


def _raise_limits(world: World, model: Model, whole: Bools, least: Floats) -> LinearProblem:
    """Limits of `hold`, `absorb` and `share` in whole units of the largest type on offer, or lots.

    What may be held goes up to the next unit; what is taken up in a year to the nearest one, at
    least to one; a state's share of a joint area up to the next lot. A limit of nothing stays.
    """
    problem, pairs, labels = model.problem, model.pairs, world.labels
    high, row_high = problem.high.copy(), problem.row_high.copy()
    unit, lot = np.zeros(len(labels.cells)), np.zeros(len(labels.cells))
    np.maximum.at(unit, pairs.cell, pairs.weight)
    np.maximum.at(lot, pairs.cell, pairs.weight * least)
    cell_area = np.array([labels.area_index[area] for _, area in labels.cells])
    counted = whole[cell_area] & (unit > 0)
    step = np.where(counted, unit, 1.0)

    hold = problem.column("hold")
    at, cell = _part(hold), hold.keys[0]
    upper = np.ceil(high[at] / step[cell] - SMALL) * step[cell]
    upper = np.where(counted[cell], upper, np.maximum(high[at], lot[cell]))
    high[at] = np.where(high[at] > SMALL, upper, high[at])

    absorb = problem.row("absorb")
    at, cell = _part(absorb), absorb.keys[0]
    nearest = np.maximum(np.round(row_high[at] / step[cell]), 1.0) * step[cell]
    row_high[at] = np.where(counted[cell] & (row_high[at] > SMALL), nearest, row_high[at])

    share = problem.row("share")
    at, area = _part(share), share.keys[1]
    smallest = np.zeros(len(labels.areas))
    np.maximum.at(smallest, pairs.area, pairs.weight * least)
    step = np.where(smallest > 0, smallest, 1.0)[area]
    raised = np.ceil(row_high[at] / step - SMALL) * step
    row_high[at] = np.where(whole[area] & (row_high[at] > SMALL), raised, row_high[at])
    return replace(problem, high=high, row_high=row_high)


def _part(family: Family) -> slice:
    return slice(family.start, family.start + family.size)


def _with_rows(problem: LinearProblem, lot: Family, order: Ints) -> LinearProblem:
    """The problem with rows `lot`, which ask for nothing yet."""
    width = len(problem.cost)
    entries = (np.ones(len(order)), (order, np.arange(len(order))))
    rows = sp.csc_matrix(entries, shape=(lot.size, width))
    return replace(
        problem,
        matrix=sp.vstack([problem.matrix, rows]).tocsc(),
        row_low=np.concatenate([problem.row_low, np.zeros(lot.size)]),
        row_high=np.concatenate([problem.row_high, np.full(lot.size, np.inf)]),
        rows=(*problem.rows, lot),
    )


def _with_pooled(world: World, model: Model, problem: LinearProblem, areas: Bools) -> LinearProblem:
    """The problem with `pooled`: whole units in the orders of all buyers of a joint area."""
    pairs, count = model.pairs, len(world.calendar)
    inside = np.flatnonzero(areas[pairs.area])
    key = pairs.line[inside] * count + pairs.period[inside]
    present, position = np.unique(key, return_inverse=True)
    axes = (("line", world.labels.lines), ("period", world.calendar.labels))
    keys = (present // count, present % count)
    words = "whole units in what all buyers of a joint area take together"
    size, width, height = len(present), len(problem.cost), len(problem.row_low)
    columns = Family("pooled", "units", words, width, size, axes, keys)
    rows = Family("pooled", "units", words, height, size, axes, keys)
    taken = sp.csc_matrix((np.ones(len(inside)), (position, inside)), shape=(size, width))
    matrix = sp.bmat(
        [[problem.matrix, None], [taken, -sp.identity(size)]] if size else [[problem.matrix]]
    )
    zeros = np.zeros(size)
    return LinearProblem(
        cost=np.concatenate([problem.cost, zeros]),
        low=np.concatenate([problem.low, zeros]),
        high=np.concatenate([problem.high, np.full(size, np.inf)]),
        row_low=np.concatenate([problem.row_low, zeros]),
        row_high=np.concatenate([problem.row_high, zeros]),
        matrix=matrix.tocsc(),
        columns=(*problem.columns, columns),
        rows=(*problem.rows, rows),
    )


def _with_begun(world: World, problem: LinearProblem, lines: Bools) -> LinearProblem:
    """The problem with `begun` in the rows `rate`: deliver + begun[t] - begun[t-1] <= output.

    Before a line's first delivery the part of the rule `unit-begun` is done.
    """
    rate = problem.row("rate")
    at = np.flatnonzero(lines[rate.keys[0]])
    line, size = rate.keys[0][at], len(at)
    columns = Family(
        "begun",
        "units",
        "the part done of a unit that is delivered later, at most one unit",
        len(problem.cost),
        size,
        rate.axes,
        (line, rate.keys[1][at]),
    )
    first = np.concatenate([[True], line[1:] != line[:-1]]) if size else np.zeros(0, dtype=bool)
    row_high = problem.row_high.copy()
    if size:
        row_high[rate.start + at[first]] += need(world.dataset, "rule/unit-begun", "value")
    later = np.flatnonzero(~first)
    member = np.arange(size)
    rows = np.concatenate([at, at[later]]) + rate.start
    values = np.concatenate([np.ones(size), -np.ones(len(later))])
    entries = (values, (rows, np.concatenate([member, later - 1])))
    block = sp.csc_matrix(entries, shape=(len(problem.row_low), size))
    return replace(
        problem,
        cost=np.concatenate([problem.cost, np.zeros(size)]),
        low=np.concatenate([problem.low, np.zeros(size)]),
        high=np.concatenate([problem.high, np.ones(size)]),
        row_high=row_high,
        matrix=sp.hstack([problem.matrix, block]).tocsc(),
        columns=(*problem.columns, columns),
    )
