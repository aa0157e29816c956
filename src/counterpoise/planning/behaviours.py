"""The three behaviours: signed orders only, each state for itself, one plan for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from counterpoise.planning.caps import DependenceCap, cap_of
from counterpoise.planning.model import Model, build_model
from counterpoise.planning.offers import (
    Offers,
    all_offers,
    bloc_offers,
    everyone,
    slot_shares,
)
from counterpoise.planning.pairs import series
from counterpoise.planning.plan import Plan, Stage, empty_plan, read_plan, solve_stages
from counterpoise.planning.registry import Ints
from counterpoise.planning.workers import Workers
from counterpoise.world.calendar import Floats
from counterpoise.world.lines import added_rate
from counterpoise.world.world import World

BEHAVIOURS = ("ordered", "alone", "together")

ROUNDS_END = 0.001
"""Rounds end when the total shortfall moves by less than this share."""

MOST_ROUNDS = 12

CRUMB = 1e-6
"""Offers below this many units are none: bounds near the solver's tolerance mislead it."""

Progress = Callable[[str], None]


def plan_ordered(world: World) -> Plan:
    """Signed orders only, delivered through their lines."""
    return empty_plan(world, "ordered")


def plan_together(world: World, cap: DependenceCap | None = None) -> Plan:
    """One plan for all states over everything that is open.

    Without a cap that of the world's scenario holds, if it has one; so in each behaviour.
    """
    cap = cap or cap_of(world.dataset, world.scenario)
    model = build_model(world, everyone(world), all_offers(world), cap)
    return read_plan(world, "together", (model,), (solve_stages(model),))


@dataclass(frozen=True)
class Alone:
    """The plan of each bloc for itself, after one round of offers and after all."""

    first: Plan
    final: Plan
    rounds: int


def _solve_bloc(
    shared: tuple[World, Offers, DependenceCap | None], task: tuple[Ints, dict[str, Floats]]
) -> tuple[Model, tuple[Stage, Stage]]:
    world, everything, cap = shared
    bloc, room = task
    model = build_model(world, bloc, bloc_offers(world, everything, bloc, room), cap)
    return model, solve_stages(model)


def plan_alone(
    world: World,
    cap: DependenceCap | None = None,
    workers: int = 2,
    progress: Progress = lambda text: None,
) -> Alone:
    """Each state solves its own two stages; free slots are offered in rounds."""
    single = tuple((int(state),) for state in everyone(world))
    return plan_blocs(world, single, cap, workers=workers, progress=progress)


def plan_blocs(
    world: World,
    blocs: Sequence[Sequence[int]],
    cap: DependenceCap | None = None,
    *,
    most_rounds: int = MOST_ROUNDS,
    least: float = ROUNDS_END,
    workers: int = 2,
    progress: Progress = lambda text: None,
) -> Alone:
    """Each bloc of states solves its own two stages; free slots are offered in rounds.

    `blocs` holds each planning state once, by position. In each round a bloc may use what it used
    before and its share of what all left. So nobody does worse from round to round, and the plans
    fit together into one. Rounds end when the total shortfall moves by less than `least`, a share.
    """
    cap = cap or cap_of(world.dataset, world.scenario)
    members = [np.array(bloc, dtype=np.int64) for bloc in blocs]
    everything = all_offers(world)
    by_state = slot_shares(world, everything)
    share = [by_state[bloc].sum(axis=0) for bloc in members]
    common = [float(everything.group_share[bloc].sum()) for bloc in members]
    left: dict[str, Floats] = {
        "free": everything.free,
        "growth": everything.growth,
        **everything.inputs,
    }
    used = [{name: np.zeros_like(value) for name, value in left.items()} for _ in members]
    plans: list[Plan] = []
    last = np.inf
    rounds = 0
    with Workers((world, everything, cap), workers) as pool:
        while rounds < most_rounds:
            tasks = [
                (bloc, _room(used[at], left, share[at], common[at]))
                for at, bloc in enumerate(members)
            ]
            found = pool.map(_solve_bloc, tasks)
            models = tuple(model for model, _ in found)
            plan = read_plan(world, "alone", models, tuple(stages for _, stages in found))
            plans = [*plans[:1], plan] if len(plans) > 1 else [*plans, plan]
            total = plan.shortfall
            rounds += 1
            progress(f"round {rounds}: shortfall {total:.4g}")
            if last - total < least * last:
                break
            last = total
            used = [_used(everything, plan, at) for at in range(len(members))]
            left = {
                name: np.maximum(value - sum(item[name] for item in used), 0.0)
                for name, value in (
                    ("free", everything.free),
                    ("growth", everything.growth),
                    *everything.inputs.items(),
                )
            }
    return Alone(plans[0], plans[-1], rounds)


def _room(
    used: dict[str, Floats],
    left: dict[str, Floats],
    share: Floats,
    common: float,
) -> dict[str, Floats]:
    """What a bloc may use: its `share` of each line's slots and growth, `common` of inputs."""
    part = {"free": share[:, None], "growth": share[:, None]}
    room = {name: used[name] + part.get(name, common) * value for name, value in left.items()}
    return {name: np.where(value > CRUMB, value, 0.0) for name, value in room.items()}


def _used(everything: Offers, plan: Plan, at: int) -> dict[str, Floats]:
    """What the plan of the bloc at a position takes of shared slots, expansions and inputs.

    Units from rate that the bloc has added itself take no shared slots.
    """
    world, model = plan.world, plan.models[at]
    taken = plan.deliveries[model.states].sum(axis=0)
    family = model.problem.column("expand")
    own = np.zeros_like(taken)
    stage = plan.stages[at][1].solution.column
    areas = [world.labels.area_index[line.area] for line in world.lines]
    size = series(world)[areas]
    values = stage[family.start : family.start + family.size]
    np.add.at(own, (family.keys[0], family.keys[1]), values * size[family.keys[0]])
    added = added_output(world, own, everything.output_share)
    used = {"free": np.maximum(taken - added, 0.0), "growth": own}
    years = world.calendar.years - world.calendar.budget_years[0]
    for name, supply in everything.inputs.items():
        amount = np.zeros_like(supply)
        np.add.at(amount, years, (everything.amounts[name][:, None] * taken).sum(axis=0))
        used[name] = amount
    return used


def added_output(world: World, expansions: Floats, output_share: Floats) -> Floats:
    """Units by line and period that expansions (lines × periods of decision) make open."""
    added = np.zeros_like(expansions)
    for index, line in enumerate(world.lines):
        made = added_rate(expansions[index], line, world.calendar)
        added[index] = made * line.open_share * output_share[index]
    return added
