"""Why an order stands: the rows that keep it, and what would be short without the line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from counterpoise.errors import NotFound
from counterpoise.planning.registry import Ints, LinearProblem
from counterpoise.planning.solver import Solution, Solver
from counterpoise.world.calendar import Floats


@dataclass(frozen=True)
class Reason:
    """Shortfall (percent-years to 2040) that orders on a line avoid, and the rows behind it.

    `rows` gives label, reason and worth: percent-years per unit of the row's bound, times
    what the orders bring to it.
    """

    avoided: float
    units: float
    rows: tuple[tuple[str, str, float], ...]


def columns_of(problem: LinearProblem, line: str, buyer: str = "") -> Ints:
    """Positions of the deliver columns of a line, and of one buyer where given."""
    family = problem.column("deliver")
    states, lines = family.axes[0][1], family.axes[1][1]
    if line not in lines or (buyer and buyer not in states):
        raise NotFound(line if line not in lines else buyer)
    wanted = family.keys[1] == lines.index(line)
    if buyer:
        wanted &= family.keys[0] == states.index(buyer)
    return np.asarray(family.start + np.flatnonzero(wanted), dtype=np.int64)


def closed(problem: LinearProblem, columns: Ints) -> LinearProblem:
    """The problem with some columns closed."""
    high = problem.high.copy()
    high[columns] = 0.0
    return replace(problem, high=high)


def why_orders(
    problem: LinearProblem, first: Solution, decided: Floats, line: str, buyer: str = ""
) -> Reason:
    """What the orders on a line (of one buyer) avoid: the problem solved with them closed.

    `problem` and `first` are the first stage, `decided` the columns after the second.
    """
    columns = columns_of(problem, line, buyer)
    taken = decided[columns]
    without = Solver(closed(problem, columns)).solve()
    rows = _rows(problem, first, columns, taken)
    return Reason(without.objective - first.objective, float(taken.sum()), rows)


def _rows(
    problem: LinearProblem, first: Solution, columns: Ints, taken: Floats
) -> tuple[tuple[str, str, float], ...]:
    """The needs that the columns serve, by what each is worth: dual × units brought to it.

    A delivery reaches a need through the stock that it adds to; so the worth of a cell is
    read off the stock rows, whose dual is what one more unit in service is worth.
    """
    stock = problem.row("stock")
    part = problem.matrix[stock.start : stock.start + stock.size][:, columns]
    worth = (
        np.asarray(part @ taken).ravel() * first.row_dual[stock.start : stock.start + stock.size]
    )
    order = np.argsort(-np.abs(worth))[:5]
    reason = "need less holdings, signed orders and the assured US part"
    return tuple(
        (stock.label(int(i)).replace("stock[", "need["), reason, float(abs(worth[i])))
        for i in order
        if abs(worth[i]) > 1e-9
    )
