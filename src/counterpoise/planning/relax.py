"""Decisions that can't all hold: the least that must give, and the rows that stand in the way."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from counterpoise.errors import NoPlan
from counterpoise.planning.fixes import fixed_rows_of, matches
from counterpoise.planning.model import Model
from counterpoise.planning.pairs import series
from counterpoise.planning.registry import Family, LinearProblem, Registry
from counterpoise.planning.rows.fixes import FIXED
from counterpoise.planning.solver import Solution, Solver
from counterpoise.world.calendar import Floats
from counterpoise.world.fixes import Fix, lines_of
from counterpoise.world.world import World

SMALLEST = 1e-6
"""Less than this share of what was asked, or of one unit, is the solver's tolerance."""

MOST_OBSTACLES = 5

UNITS = {"rate": "items", FIXED: "items"}
"""What rows in series count; other such rows count capability units."""


@dataclass(frozen=True)
class Obstacle:
    """A row in the way of a decision.

    `limit` is what the row allows, in `unit`; `worth` EUR bn of relaxation that one more saves.
    """

    label: str
    reason: str
    limit: float | None
    unit: str
    worth: float


@dataclass(frozen=True)
class Relaxed:
    """A decision that gives way: the units that are possible, and what stands in the way."""

    fix: Fix
    possible: float
    obstacles: tuple[Obstacle, ...]


class FixesClash(NoPlan):
    """A user's decisions can't all hold; carries the least relaxation, weighed in EUR bn.

    `kept` are all decisions, as far as they can hold; `whose` the states that plan by themselves.
    """

    def __init__(
        self,
        relaxed: tuple[Relaxed, ...],
        kept: tuple[Fix, ...],
        eur_bn: float,
        whose: str = "",
    ):
        self.relaxed, self.kept, self.eur_bn, self.whose = relaxed, kept, eur_bn, whose
        super().__init__([line for item in relaxed for line in _told(item)])
        plan = f"the plan of {whose} alone" if whose else "a plan"
        head = f"the decisions can't all hold in {plan}; least relaxation, EUR {eur_bn:.3g} bn:"
        self.args = ("\n  ".join((head, *self.clash)),)


def _told(item: Relaxed) -> list[str]:
    fix = item.fix
    year = f" ordered {fix.years}" if fix.years else ""
    asked = f"{fix.decision} {fix.units:.6g} {fix.target}{year}"
    lines = [f"{fix.buyer}: {asked}: possible {item.possible:.4g}"]
    if not item.obstacles:
        lines.append("  nothing that it speaks of can be delivered")
    for row in item.obstacles:
        limit = f"; at most {row.limit:.4g} {row.unit}" if row.limit is not None else ""
        lines.append(f"  {row.label}: {row.reason}{limit}; one more saves EUR {row.worth:.3g} bn")
    return lines


def check_fixes(model: Model, world: World, whose: str = "") -> None:
    """FixesClash where the decisions in a problem can't all hold; tells the least relaxation.

    Only the rows `fixed` give way, each unit at its price. Deliveries that no decision speaks of
    are left out: they need room and money, and free none.
    """
    fixes = fixed_rows_of(world, model.states)
    if not fixes:
        return
    price = _prices(model, world, fixes)
    problem = only_fixed(model.problem)
    elastic = _elastic(problem, price)
    solution = Solver(elastic).solve()
    width, count = len(problem.cost), len(fixes)
    size = np.array([_series(fix, world) for fix in fixes])
    under = solution.column[width : width + count] * size
    over = solution.column[width + count :] * size
    asked = np.array([fix.units or 0.0 for fix in fixes])
    give = np.flatnonzero(under + over > SMALLEST * np.maximum(asked, 1.0))
    if not len(give):
        return
    relaxed = tuple(
        Relaxed(
            fixes[i],
            float(asked[i] - under[i] + over[i]),
            _obstacles(problem, solution, world, int(i), float(size[i])),
        )
        for i in give
    )
    raise FixesClash(relaxed, relax(world.fixes, relaxed), solution.objective, whose)


def relax(fixes: tuple[Fix, ...], relaxed: tuple[Relaxed, ...]) -> tuple[Fix, ...]:
    """The decisions with those that give way as far as they can hold, rounded to be possible."""
    found = {item.fix: item.possible for item in relaxed}
    kept = []
    for fix in fixes:
        if fix in found:
            more = found[fix] > (fix.units or 0.0)
            steps = found[fix] * 1e6
            units = (math.ceil(steps - 1e-3) if more else math.floor(steps + 1e-3)) / 1e6
            if units <= 0:
                continue
            fix = replace(fix, units=units)
        kept.append(fix)
    return tuple(kept)


def only_fixed(problem: LinearProblem) -> LinearProblem:
    """The problem with all deliveries closed that no row `fixed` asks units of; no objective."""
    rows, deliver = problem.row(FIXED), problem.column("deliver")
    asked = np.flatnonzero(problem.row_low[rows.start : rows.start + rows.size] > 0)
    part = problem.matrix[rows.start + asked][:, deliver.start : deliver.start + deliver.size]
    used = np.diff(part.tocsc().indptr) > 0
    high = problem.high.copy()
    high[deliver.start : deliver.start + deliver.size][~used] = 0.0
    return replace(problem, high=high, cost=np.zeros_like(problem.cost))


def _series(fix: Fix, world: World) -> float:
    area = world.lines[lines_of(fix, world)[0]].area
    return float(series(world)[world.labels.area_index[area]])


def _prices(model: Model, world: World, fixes: tuple[Fix, ...]) -> Floats:
    """EUR bn for a series of each decision, with the premium for a type new to the buyer."""
    price = []
    for fix in fixes:
        inside = np.flatnonzero(matches(fix, world, model.pairs))
        if len(inside):
            price.append(float(model.pairs.pay[:, inside].sum(axis=0).mean()))
        else:
            price.append(world.lines[lines_of(fix, world)[0]].price * _series(fix, world))
    return np.array(price)


def _elastic(problem: LinearProblem, price: Floats) -> LinearProblem:
    """The problem with columns `under` and `over` on its rows `fixed`, at the decisions' prices."""
    rows = problem.row(FIXED)
    registry, every = Registry.of(problem), np.arange(len(price))
    costs = []
    for name, reason, sign in (
        ("under", "units fewer than decided", 1.0),
        ("over", "units more than decided", -1.0),
    ):
        side = registry.columns(name, rows.unit, reason, rows.axes, rows.keys)
        registry.entries(rows, every, side, every, sign)
        costs.append((side, price))
    return registry.problem(costs)


def _obstacles(
    problem: LinearProblem, solution: Solution, world: World, number: int, size: float
) -> tuple[Obstacle, ...]:
    """Rows with a dual that deliveries of a decision stand in, by what one more is worth."""
    fixed, deliver = problem.row(FIXED), problem.column("deliver")
    matrix = problem.matrix[:, deliver.start : deliver.start + deliver.size]
    mine = np.flatnonzero(matrix[fixed.start + number].toarray())
    part = matrix[:, mine].tocsr()
    rows = np.flatnonzero((np.diff(part.indptr) > 0) & (np.abs(solution.row_dual) > 1e-9))
    found = []
    for row in rows[rows != fixed.start + number]:
        family = next(f for f in problem.rows if f.start <= row < f.start + f.size)
        scale = size if family.unit == "series" else 1.0
        worth = float(abs(solution.row_dual[row])) / scale
        limit = _limit(problem, family, int(row))
        unit = UNITS.get(family.name, "capability units")
        unit = unit if family.unit == "series" else family.unit
        told = None if limit is None else limit * scale
        found.append(Obstacle(problem.row_label(int(row)), family.reason, told, unit, worth))
    found.sort(key=lambda item: (-item.worth, item.label))
    return tuple(found[:MOST_OBSTACLES])


def _limit(problem: LinearProblem, family: Family, row: int) -> float | None:
    """What a row allows; for payments the national money of the state and year."""
    if family.name == "pay":
        national = problem.column("national")
        return float(problem.high[national.start + row - family.start])
    if family.name in ("stock", "control", "upkeep", "eligible"):
        return None
    high = problem.row_high[row]
    return float(high) if np.isfinite(high) else None


def deliveries_of_fixes(model: Model) -> tuple[Floats, Floats]:
    """Columns that meet all decisions with the least paid expansions, soonest first.

    Returns series by deliver column and the whole solution. The decisions must be able to hold.
    """
    problem, pairs = only_fixed(model.problem), model.pairs
    fund, deliver = problem.column("fund"), problem.column("deliver")
    cost = problem.cost.copy()
    cost[fund.start : fund.start + fund.size] = 1.0
    late = (pairs.ordered - pairs.ordered.min()) if pairs.size else np.zeros(0)
    soon = 1e-3 * late * pairs.pay.sum(axis=0)
    cost[deliver.start : deliver.start + deliver.size] = soon
    column = Solver(replace(problem, cost=cost)).solve().column
    return np.maximum(column[deliver.start : deliver.start + deliver.size], 0.0), column
