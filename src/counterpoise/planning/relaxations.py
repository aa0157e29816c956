"""What each rule costs: the plan made again with one rule relaxed or removed, alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.planning.model import Model, build_model
from counterpoise.planning.offers import all_offers, everyone
from counterpoise.planning.plan import Plan, second_stage
from counterpoise.planning.purse import with_savings
from counterpoise.planning.registry import LinearProblem
from counterpoise.planning.setting import Setting, scenario_of, world_of
from counterpoise.planning.solver import Solver
from counterpoise.planning.workers import Workers
from counterpoise.world.calendar import Floats
from counterpoise.world.labels import label
from counterpoise.world.lines import LINE_LEVERS
from counterpoise.world.scenario import Event

ALL = 1e3
"""A factor after which a share is everything."""


@dataclass(frozen=True)
class Relaxation:
    """A rule and what is done to it: levers with their factor, or families of rows without limit.

    `bans` lifts every ban, `cap` the dependence cap; `saved` lets money of a year wait.
    """

    name: str
    words: str
    levers: tuple[tuple[str, float], ...] = ()
    families: tuple[str, ...] = ()
    bans: bool = False
    cap: bool = False
    saved: bool = False


@dataclass(frozen=True)
class RuleCost:
    """What a rule costs: shortfall to 2040 that goes without it, and what the plan costs more.

    `removed` percent-years, `share` of the plan's shortfall; `cost` EUR bn in present value, by
    which the plan is dearer (cheaper where below zero).
    """

    name: str
    rule: str
    removed: float
    share: float
    cost: float


def relaxations(dataset: Dataset, setting: Setting) -> list[Relaxation]:
    """The rules of the model that can be relaxed, in the order in which they are told."""
    money = dataset.figure("rule/money-share/value")
    found = [
        Relaxation("absorption", "no limit to what is taken up a year", families=("absorb",)),
        Relaxation(
            "money-share",
            f"{money.high:.0%} instead of {money.value:.0%} of equipment money for these areas",
            (("spending", money.high / money.value),),
        ),
        Relaxation("budget-years", "money of a year may wait for the next", saved=True),
        Relaxation("growth", "lines may grow twice as fast", (("expansion-growth", 2.0),)),
        Relaxation("building", "added rates deliver in half the time", (("expansion-time", 0.5),)),
        Relaxation("open-share", "all output open to European buyers", (("open-output", ALL),)),
        Relaxation("introduction", "no extra cost for a new type", (("introduction", 0.0),)),
        Relaxation("group-share", "joint areas paid by whoever will", families=("share",)),
        Relaxation("loan-rules", "loans pay for any type", families=("eligible",)),
        Relaxation("bans", "every ban lifted", bans=True),
    ]
    if setting.cap is not None:
        found.append(Relaxation("dependence-cap", "no cap on dependence", cap=True))
    return found


def rule_costs(dataset: Dataset, setting: Setting, plan: Plan, workers: int = 2) -> list[RuleCost]:
    """Each rule relaxed alone, both stages solved again; those that cost most first.

    `plan` is the plan together in the setting, with every rule.
    """
    asked = relaxations(dataset, setting)
    least, cost = (stage.solution.objective for stage in plan.stages[0])
    with Workers((dataset, setting), workers) as pool:
        found = pool.map(_solved, asked)
    rows = [
        RuleCost(item.name, item.words, least - short, (least - short) / least, spent - cost)
        for item, (short, spent) in zip(asked, found, strict=True)
    ]
    return sorted(rows, key=lambda row: (-row.removed, row.name))


def _solved(shared: tuple[Dataset, Setting], asked: Relaxation) -> tuple[float, float]:
    """Least shortfall and least cost with a rule relaxed."""
    problem, money_cost = relaxed(*shared, asked)
    first = Solver(problem).solve()
    second = second_stage(problem, first, money_cost)
    return first.objective, second.solution.objective


def relaxed(dataset: Dataset, setting: Setting, asked: Relaxation) -> tuple[LinearProblem, Floats]:
    """The first stage with a rule relaxed, and the costs of the second."""
    if asked.bans:
        kept = {name: item for name, item in dataset.things.items() if item.kind != "ban"}
        dataset = replace(dataset, things=kept)
    if asked.cap:
        setting = replace(setting, cap=None)
    if asked.levers:
        scenario = scenario_of(dataset, setting)
        start = str(int(dataset.release[:4]))
        events = tuple(
            Event(kind=kind, target=target, start=start, amount=amount, reason=asked.words)
            for kind, amount in asked.levers
            for target in _reached(dataset, kind)
        )
        setting = replace(setting, scenario=scenario.with_events(scenario.name, events))
    model = _model(dataset, setting)
    problem, cost = model.problem, model.money_cost
    row_high = problem.row_high.copy()
    for family in problem.rows:
        if family.name in asked.families:
            row_high[family.start : family.start + family.size] = np.inf
    problem = replace(problem, row_high=row_high)
    if asked.saved:
        problem = with_savings(problem)
        cost = np.append(cost, np.zeros(len(problem.cost) - len(cost)))
    return problem, cost


def _reached(dataset: Dataset, kind: str) -> tuple[str, ...]:
    """Targets that together reach everything: the areas for levers of lines, else the states."""
    labels = label(dataset)
    return labels.areas if kind in LINE_LEVERS or kind == "open-output" else labels.states


def _model(dataset: Dataset, setting: Setting) -> Model:
    world = world_of(dataset, setting)
    return build_model(world, everyone(world), all_offers(world), setting.cap)
