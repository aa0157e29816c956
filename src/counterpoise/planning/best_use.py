"""The best use of the next billion: one sum given to states, lines or loans, and what it buys."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from counterpoise.measures.shortfall import weights
from counterpoise.planning.ground import Ground
from counterpoise.planning.pairs import series
from counterpoise.planning.plan import second_stage
from counterpoise.planning.purse import line_prices, line_rates, open_years
from counterpoise.planning.ranking import Ranked, rank
from counterpoise.planning.registry import LinearProblem
from counterpoise.planning.steps import (
    MONEY_YEARS,
    NOTHING,
    Step,
    money_steps,
    raised,
    worth,
)
from counterpoise.planning.workers import Workers
from counterpoise.world.calendar import Floats
from counterpoise.world.labels import GROUP
from counterpoise.world.needs import outputs
from counterpoise.world.world import World

SUM = 1.0
"""EUR bn."""

TOLD = {
    "where it helps most": 1,
    "new output where it helps most": 1,
    "a state, once": 2,
    "all by product, once": 1,
    "a state, each year": 1,
    "new output at one line": 3,
    "a loan": 1,
}
"""Uses compared, and how many of each are told."""

BOUGHT = 3
"""How many needs that shrink are named with a use."""

CRUMB = 1e-3
"""Percent-years, and units, below which a change isn't named."""


@dataclass(frozen=True)
class Use:
    """A use of EUR 1bn (`eur_bn` in all): percent-years removed, solved again, and by the billion.

    `per_billion` counts a use that can't spend the whole sum by what it removes. `buys` names the
    needs that shrink most, with the orders that grow for them.
    """

    address: str
    kind: str
    use: str
    eur_bn: float
    removed: float
    per_billion: float
    buys: str


def per_billion(step: Step, removed: float) -> float:
    """Percent-years that a billion removes; where less can be spent, all that is removed."""
    return removed / max(step.eur_bn or 0.0, SUM)


def best_use(ground: Ground, workers: int = 2, kinds: dict[str, int] | None = None) -> list[Use]:
    """Uses of the next billion, best first: for each kind those that remove most."""
    steps = use_steps(ground.world, ground.base.problem)
    found: list[Ranked] = []
    with Workers(ground.base, workers) as pool:
        for kind, count in (kinds or TOLD).items():
            mine = [(s, worth(s, ground.base.solution)) for s in steps if s.kind == kind]
            hopeful = [(step, most) for step, most in mine if most > NOTHING]
            found += rank(pool, hopeful, count, per_billion)
    found = [item for item in found if item.removed > NOTHING]
    found.sort(key=lambda item: (-per_billion(item.step, item.removed), item.step.address))
    with Workers(ground, workers) as pool:
        plans = pool.map(_columns, [None, *(item.step for item in found)])
    return [
        Use(
            address=item.step.address,
            kind=item.step.kind,
            use=item.step.words,
            eur_bn=item.step.eur_bn or 0.0,
            removed=item.removed,
            per_billion=per_billion(item.step, item.removed),
            buys=bought(ground, item.step, plans[0], after),
        )
        for item, after in zip(found, plans[1:], strict=True)
    ]


def use_steps(world: World, problem: LinearProblem) -> list[Step]:
    """All uses that are compared."""
    yearly = [
        replace(step, kind="a state, each year")
        for step in money_steps(world, problem)
        if step.kind == "money"
    ]
    return [
        *_purses(problem),
        *_once(world, problem),
        *yearly,
        *_lines(world, problem),
        *_loans(problem),
    ]


def _purses(problem: LinearProblem) -> list[Step]:
    start = problem.row("purse").start
    span = f"{MONEY_YEARS[0]} to {MONEY_YEARS[1]}"
    told = (
        ("where it helps most", f"EUR 1bn to whichever states and years gain most, {span}"),
        ("new output where it helps most", "EUR 1bn for new output at whichever lines gain most"),
    )
    return [
        Step(GROUP, kind, words, SUM, np.array([start + at]), np.array([SUM]))
        for at, (kind, words) in enumerate(told)
    ]


def _once(world: World, problem: LinearProblem) -> list[Step]:
    family = problem.column("national")
    product = outputs(world.dataset, world.labels)
    years = np.array(world.calendar.budget_years)[family.keys[1]]
    steps = []
    for year in range(MONEY_YEARS[0], MONEY_YEARS[1] + 1):
        at = np.flatnonzero(years == year)
        state = family.keys[0][at]
        share = SUM * (product / product.sum())[state]
        words = f"EUR 1bn once, in {year}"
        steps.append(
            Step(
                GROUP,
                "all by product, once",
                f"{words}, to all states by product",
                SUM,
                columns=family.start + at,
                column_more=share,
            )
        )
        steps += [
            Step(
                world.labels.states[int(item)],
                "a state, once",
                words,
                SUM,
                columns=np.array([family.start + place]),
                column_more=np.array([SUM]),
            )
            for place, item in zip(at, state, strict=True)
        ]
    return steps


def _lines(world: World, problem: LinearProblem) -> list[Step]:
    """New output at one line, on top of its growth limit: for EUR 1bn, at most as much again."""
    family, price, most = problem.row("rate"), line_prices(world), line_rates(world)
    opened = open_years(world)
    steps = []
    for index, line in enumerate(world.lines):
        if price[index] <= 0 or most[index] <= 0:
            continue
        added = min(SUM / price[index], most[index])
        rows = np.flatnonzero(family.keys[0] == index)
        more = added * opened[index, family.keys[1][rows]]
        words = "its output doubled" if added == most[index] else "new output for EUR 1bn"
        steps.append(
            Step(
                line.address,
                "new output at one line",
                words,
                added * price[index],
                family.start + rows,
                more,
            )
        )
    return steps


def _loans(problem: LinearProblem) -> list[Step]:
    family = next((item for item in problem.rows if item.name == "loan"), None)
    if family is None:
        return []
    return [
        Step(
            family.axes[0][1][family.keys[0][at]],
            "a loan",
            "EUR 1bn more to draw",
            SUM,
            np.array([family.start + at]),
            np.array([SUM]),
        )
        for at in range(family.size)
    ]


def _columns(ground: Ground, step: Step | None) -> Floats:
    """The columns of the plan of least cost after a step: both stages."""
    problem, first = ground.base.problem, ground.base.solution
    if step is not None:
        first = ground.base.at(step, 1.0)
        problem = raised(problem, step)
    return second_stage(problem, first, ground.cost).solution.column


def bought(ground: Ground, step: Step, before: Floats, after: Floats) -> str:
    """The needs that shrink most from one plan to another, with the orders that grow for them.

    Those of the state that is given the money, or of the area of the line that grows; elsewhere
    others may shrink too, where a slot or money comes free.
    """
    world, problem, pairs = ground.world, ground.base.problem, ground.pairs
    short, labels = problem.column("short"), world.labels
    place = slice(short.start, short.start + short.size)
    cell, period = short.keys
    size = series(world)
    area = np.array([labels.area_index[labels.cells[item][1]] for item in cell])
    fall = (before - after)[place] * weights(world)[cell, period] * size[area]
    total = np.bincount(cell, weights=fall, minlength=len(labels.cells))
    total = np.where(_meant(world, step), total, 0.0)
    more = (after - before)[: pairs.size] * size[pairs.area]
    lines = len(world.lines)
    told = []
    for index in np.argsort(-total, kind="stable")[:BOUGHT]:
        if total[index] < CRUMB:
            break
        where, what = labels.cells[index]
        own = (pairs.cell == index) & (pairs.line < lines)
        units = np.bincount(pairs.line[own], weights=more[own], minlength=lines)
        line = int(units.argmax())
        told.append(f"{what} in {where} {total[index]:.2g} less")
        if units[line] > CRUMB:
            told[-1] += f": {units[line]:.3g} more from {world.lines[line].address}"
    return "; ".join(told)


def _meant(world: World, step: Step) -> npt.NDArray[np.bool_]:
    """The cells that a use is meant for."""
    line = world.labels.line_index.get(step.address)
    owners = {loan.address: loan.state for loan in world.loans}
    state = owners.get(step.address, step.address)
    return np.array(
        [
            what == world.lines[line].area
            if line is not None
            else state == GROUP or where in (state, GROUP)
            for where, what in world.labels.cells
        ]
    )
