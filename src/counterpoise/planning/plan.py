"""The result of planning: who takes what when, who pays what, and how it was solved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoise.measures.shortfall import gaps, score
from counterpoise.planning.model import Model
from counterpoise.planning.pairs import line_series, series
from counterpoise.planning.registry import LinearProblem
from counterpoise.planning.second import GLOP, HIGHS, solve_by_glop
from counterpoise.planning.solver import Solution, Solver, optimal_face
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World


@dataclass(frozen=True)
class Stage:
    """One solved stage: its problem and its optimum."""

    name: str
    problem: LinearProblem
    solution: Solution


@dataclass(frozen=True)
class Plan:
    """A behaviour's decisions in one world.

    `deliveries` units by state, line, period; `expansions` units per year of added rate by
    line and period of decision; money in EUR bn by state and budget year (`draws` by loan).
    """

    behaviour: str
    world: World
    deliveries: Floats
    expansions: Floats
    purchases: Floats
    premiums: Floats
    upkeep: Floats
    funds: Floats
    national: Floats
    draws: dict[str, Floats]
    cost: float
    cost_parts: dict[str, float]
    models: tuple[Model, ...]
    stages: tuple[tuple[Stage, Stage], ...]

    @property
    def gaps(self) -> Floats:
        """Capability units short by cell and period."""
        return gaps(self.world, self.deliveries)

    @property
    def shortfall(self) -> float:
        """Total shortfall in percent-years over the whole horizon."""
        return score(self.world, self.gaps)


def solve_stages(model: Model, solver: str = HIGHS) -> tuple[Stage, Stage]:
    """Both stages in strict order: least shortfall, then least cost among its optima.

    `solver` is one of SOLVERS; what follows is about HiGHS.

    A single state's problem is small enough for simplex, cold and without presolve. With many
    states interior point finds the first optimum sooner, and presolve takes away most of the
    second stage, whose face has fixed more than half of the columns.
    """
    if solver == GLOP:
        first = solve_by_glop(model.problem)
        face = optimal_face(model.problem, first, model.money_cost)
        return Stage("shortfall", model.problem, first), Stage("cost", face, solve_by_glop(face))
    single = len(model.states) == 1
    first = Solver(model.problem, "simplex" if single else "ipx").solve()
    second = second_stage(model.problem, first, model.money_cost, "off" if single else "on")
    return Stage("shortfall", model.problem, first), second


def second_stage(
    problem: LinearProblem, first: Solution, cost: Floats, presolve: str = "on"
) -> Stage:
    """The least cost among the optima of a first stage."""
    face = optimal_face(problem, first, cost)
    return Stage("cost", face, Solver(face, "simplex", presolve=presolve).solve())


def empty_plan(world: World, behaviour: str) -> Plan:
    """A plan that orders nothing."""
    labels = world.labels
    shape = (len(labels.states), len(world.lines), len(world.calendar))
    years = (len(labels.states), len(world.calendar.budget_years))
    return Plan(
        behaviour=behaviour,
        world=world,
        deliveries=np.zeros(shape),
        expansions=np.zeros(shape[1:]),
        purchases=np.zeros(years),
        premiums=np.zeros(years),
        upkeep=np.zeros(years),
        funds=np.zeros(years),
        national=np.zeros(years),
        draws={},
        cost=0.0,
        cost_parts={},
        models=(),
        stages=(),
    )


def read_plan(
    world: World,
    behaviour: str,
    models: tuple[Model, ...],
    stages: tuple[tuple[Stage, Stage], ...],
) -> Plan:
    """The decisions in the solutions of one problem for all, or of one problem a state."""
    plan = empty_plan(world, behaviour)
    draws: dict[str, Floats] = {}
    cost = 0.0
    parts: dict[str, float] = {}
    for model, (_, second) in zip(models, stages, strict=True):
        column = second.solution.column
        _read_deliveries(plan, model, column)
        _read_money(plan, model, column, draws)
        cost += float(model.money_cost @ column)
        for name, values in model.cost_terms.items():
            parts[name] = parts.get(name, 0.0) + float(values @ column)
    return Plan(
        behaviour,
        world,
        plan.deliveries,
        plan.expansions,
        plan.purchases,
        plan.premiums,
        plan.upkeep,
        plan.funds,
        plan.national,
        draws,
        cost,
        parts,
        models,
        stages,
    )


def _read_deliveries(plan: Plan, model: Model, column: Floats) -> None:
    world, pairs = plan.world, model.pairs
    family = model.problem.column("deliver")
    values = np.maximum(column[family.start : family.start + family.size], 0.0)
    size = series(world)
    np.add.at(plan.deliveries, (pairs.state, pairs.line, pairs.period), values * size[pairs.area])
    count = plan.purchases.shape[1]
    for year, pay in zip(pairs.pay_year, pairs.pay, strict=True):
        inside = year < count
        worth = (pay * values / pairs.premium)[inside]
        extra = (pay * values * (1 - 1 / pairs.premium))[inside]
        np.add.at(plan.purchases, (pairs.state[inside], year[inside]), worth)
        np.add.at(plan.premiums, (pairs.state[inside], year[inside]), extra)


def _read_money(plan: Plan, model: Model, column: Floats, draws: dict[str, Floats]) -> None:
    world, problem = plan.world, model.problem
    for name, target in (
        ("upkeep", plan.upkeep),
        ("fund", plan.funds),
        ("national", plan.national),
    ):
        family = problem.column(name)
        values = column[family.start : family.start + family.size]
        np.add.at(target, (family.keys[0], family.keys[1]), values)
    expand = problem.column("expand")
    size = line_series(world)[expand.keys[0]]
    values = column[expand.start : expand.start + expand.size] * size
    np.add.at(plan.expansions, (expand.keys[0], expand.keys[1]), values)
    draw = problem.column("draw")
    names = draw.axes[0][1]
    for loan, year, value in zip(
        draw.keys[0], draw.keys[1], column[draw.start : draw.start + draw.size], strict=True
    ):
        held = draws.setdefault(names[loan], np.zeros(plan.purchases.shape[1]))
        held[year] += value
