"""Variants beside a plan: other worlds, shocks foreseen or not, more orders counted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.measures.shortfall import score
from counterpoise.planning.behaviours import plan_ordered, plan_together
from counterpoise.planning.hold import hold
from counterpoise.planning.plan import Plan
from counterpoise.planning.regret import (
    CASES,
    Outcome,
    foresee,
    outcome,
    regret_table,
)
from counterpoise.planning.replan import replan, surprises
from counterpoise.planning.setting import Setting, world_of
from counterpoise.planning.workers import Workers
from counterpoise.world.scenario import Scenario, read_scenario
from counterpoise.world.world import build_world

WORLDS = ("us-stays", "us-gone")
"""The United States' part assured in full throughout, and not at all."""

SHOCKED = "baseline"
"""The world that the shocks are written on."""

SHOCKS = ("us-exit-2028", "us-deliveries-stop-2028", "gulf-diversion", "gulf-then-us-stop")

CALENDAR = "yearly"
"""Variants run on the yearly calendar, and the brief says so."""

SCHEMA = {
    "scenario": pl.String,
    "version": pl.String,
    "shortfall": pl.Float64,
    "ordered": pl.Float64,
    "cost": pl.Float64,
    "orders": pl.Float64,
    "reached": pl.Int64,
}


@dataclass(frozen=True)
class Variants:
    """What a run tells of other worlds and of shocks: the tables `variants` and `regret`."""

    rows: pl.DataFrame
    regret: pl.DataFrame


@dataclass(frozen=True)
class _Task:
    """A case to plan: a world to plan in, or scenarios to hold, foresee or replan."""

    case: str
    scenarios: tuple[Scenario, ...]


def variants(dataset: Dataset, setting: Setting, base: Plan, workers: int = 2) -> Variants:
    """Other worlds and shocks beside a plan together, on the setting's calendar.

    One row a variant: shortfall to 2035 under signed orders and together, cost to 2040 with all
    that earlier plans of the case have committed to. `version` is planned (`base` and other
    worlds), or for a shock held (the base plan's orders, none new), replanned (planned anew when
    it becomes known) or foreseen (known from the start). Shocks are written on the baseline and
    left out for another world.
    """
    here = base.world.scenario.name
    shocks = []
    if here == SHOCKED:
        shocks = [read_scenario(name, dataset) for name in SHOCKS]
    tasks = [_Task("replanned", chain) for chain in _chains(dataset, shocks)]
    tasks += [_Task("foreseen", (shock,)) for shock in shocks]
    tasks += [_Task("planned", (read_scenario(name, dataset),)) for name in WORLDS if name != here]
    tasks += [_Task("held", (shock,)) for shock in shocks]
    with Workers((dataset, setting, base), workers) as pool:
        answers = pool.map(_outcomes, tasks)
    found = {
        (scenario.name, task.case): result
        for task, results in zip(tasks, answers, strict=True)
        for scenario, result in zip(task.scenarios, results, strict=True)
    }
    order = [(here, "planned"), *((name, "planned") for name in WORLDS)]
    order += [(shock.name, case) for case in reversed(CASES) for shock in shocks]
    found[(here, "planned")] = outcome(base)
    rows = [_row(name, case, found[name, case]) for name, case in dict.fromkeys(order)]
    regrets = [
        (shock, surprises(dataset, shock), {case: found[shock.name, case] for case in CASES})
        for shock in shocks
    ]
    return Variants(
        pl.DataFrame(rows, schema=SCHEMA, orient="row"), regret_table(regrets, setting.calendar)
    )


def _chains(dataset: Dataset, shocks: list[Scenario]) -> list[tuple[Scenario, ...]]:
    """Shocks in groups to be planned in one go, each the start of the next; longest first.

    A chain that begins as another scenario does needs no plan of its own for that part.
    """
    steps = {
        shock.name: [
            (date, set(map(repr, shock.known_by(date).events)))
            for date in surprises(dataset, shock)
        ]
        for shock in shocks
    }
    chains: list[tuple[Scenario, ...]] = []
    for shock in sorted(shocks, key=lambda shock: -len(steps[shock.name])):
        mine = steps[shock.name]
        for at, chain in enumerate(chains):
            if steps[chain[-1].name][: len(mine)] == mine:
                chains[at] = (shock, *chain)
                break
        else:
            chains.append((shock,))
    return chains


def _outcomes(shared: tuple[Dataset, Setting, Plan], task: _Task) -> tuple[Outcome, ...]:
    dataset, setting, base = shared
    last = replace(setting, scenario=task.scenarios[-1])
    if task.case == "replanned":
        plans = replan(base, dataset, last).plans
        steps = [len(surprises(dataset, scenario)) for scenario in task.scenarios]
        return tuple(outcome(plans[count - 1]) for count in steps)
    if task.case == "foreseen":
        return (outcome(foresee(base, dataset, last)),)
    if task.case == "held":
        return (outcome(hold(base, dataset, last)),)
    return (outcome(plan_together(world_of(dataset, last), setting.cap)),)


def _row(name: str, case: str, found: Outcome) -> tuple[str, str, *tuple[float | None, ...]]:
    figures = (found.shortfall, found.ordered, found.cost, found.purchases, found.reached)
    return (name, case, *figures)


def approved_change(dataset: Dataset, setting: Setting) -> float:
    """Percent-years by which counting approved orders as arriving lowers the shortfall to 2035."""
    worlds = [
        build_world(
            dataset,
            setting.scenario,
            calendar=setting.calendar,
            key=setting.key,
            weights=setting.weights,
            statuses=frozenset(statuses),
        )
        for statuses in (("signed",), ("signed", "approved"))
    ]
    signed, both = (score(w, plan_ordered(w).gaps, reported=True) for w in worlds)
    return signed - both
