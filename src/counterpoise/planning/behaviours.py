"""The three behaviours: signed orders only, each state for itself, one plan for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from counterpoise.errors import NoPlan
from counterpoise.planning.caps import DependenceCap, cap_of
from counterpoise.planning.fixes import fixed_rows_of
from counterpoise.planning.model import Model, build_model
from counterpoise.planning.offers import (
    Offers,
    all_offers,
    bloc_offers,
    everyone,
    slot_shares,
)
from counterpoise.planning.pairs import line_series
from counterpoise.planning.plan import Plan, Stage, empty_plan, read_plan, solve_stages
from counterpoise.planning.registry import Ints
from counterpoise.planning.relax import check_fixes
from counterpoise.planning.reserved import Reserved, added_output, reserve
from counterpoise.planning.second import HIGHS
from counterpoise.planning.workers import Workers
from counterpoise.world.calendar import Floats
from counterpoise.world.levers import blocs
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


def plan_together(world: World, cap: DependenceCap | None = None, solver: str = HIGHS) -> Plan:
    """One plan for all states over everything that is open, made by one of SOLVERS.

    Without a cap that of the world's scenario holds, if it has one; so in each behaviour.
    """
    cap = cap or cap_of(world.dataset, world.scenario)
    model = build_model(world, everyone(world), all_offers(world), cap)
    check_fixes(model, world)
    return read_plan(world, "together", (model,), (solve_stages(model, solver),))


@dataclass(frozen=True)
class Alone:
    """The plan of each bloc for itself, after one round of offers and after all."""

    first: Plan
    final: Plan
    rounds: int


Shared = tuple[World, Offers, DependenceCap | None, Reserved]

Solved = tuple[Model, tuple[Stage, Stage]]


def _solve_bloc(shared: Shared, task: tuple[Ints, dict[str, Floats], bool]) -> Solved | None:
    """A bloc's own plan within its room; None where what it had before must stand.

    Its decisions hold in what it used before, but offers near the solver's tolerance are left
    out of the room: then a later round may fail by as little, and the bloc keeps its plan.
    """
    world, everything, cap, reserved = shared
    bloc, room, first = task
    offers = replace(
        bloc_offers(world, everything, bloc, room),
        absorbed_first=reserved.absorbed[bloc].sum(axis=0),
        absorbed_kept=reserved.absorbed.sum(axis=0),
    )
    model = build_model(world, bloc, offers, cap)
    if not fixed_rows_of(world, bloc):
        return model, solve_stages(model)
    try:
        check_fixes(model, world, ", ".join(world.labels.states[state] for state in bloc))
        return model, solve_stages(model)
    except NoPlan:
        if first:
            raise
        return None


def plan_alone(
    world: World,
    cap: DependenceCap | None = None,
    workers: int = 2,
    progress: Progress = lambda text: None,
) -> Alone:
    """Each state solves its own two stages; free slots are offered in rounds.

    States that the world's scenario joins plan as one bloc.
    """
    return plan_blocs(world, groups_of(world), cap, workers=workers, progress=progress)


def groups_of(world: World) -> tuple[tuple[int, ...], ...]:
    """The states that plan together, by position: the scenario's blocs, else each state alone."""
    joined = blocs(world.dataset, world.scenario, world.labels)
    return joined or tuple((int(state),) for state in everyone(world))


def plan_blocs(
    world: World,
    groups: Sequence[Sequence[int]],
    cap: DependenceCap | None = None,
    *,
    most_rounds: int = MOST_ROUNDS,
    least: float = ROUNDS_END,
    workers: int = 2,
    progress: Progress = lambda text: None,
) -> Alone:
    """Each bloc of states solves its own two stages; free slots are offered in rounds.

    `groups` holds each planning state once, by position. In each round a bloc may use what it used
    before and its share of what all left. So nobody does worse from round to round, and the plans
    fit together into one. What a user has decided is served first, before anything is offered.
    Rounds end when the total shortfall moves by less than `least`, a share.
    """
    cap = cap or cap_of(world.dataset, world.scenario)
    members = [np.array(bloc, dtype=np.int64) for bloc in groups]
    everything = all_offers(world)
    by_state = slot_shares(world, everything)
    share = [by_state[bloc].sum(axis=0) for bloc in members]
    common = [float(everything.group_share[bloc].sum()) for bloc in members]
    reserved = reserve(world, everything, cap)
    used = [reserved.of(bloc) for bloc in members]
    left = _left(everything, used)
    plans: list[Plan] = []
    before: list[Solved] = []
    last = np.inf
    rounds = 0
    with Workers((world, everything, cap, reserved), workers) as pool:
        while rounds < most_rounds:
            tasks = [
                (bloc, _room(used[at], left, share[at], common[at]), rounds == 0)
                for at, bloc in enumerate(members)
            ]
            tried = pool.map(_solve_bloc, tasks)
            found = [before[at] if item is None else item for at, item in enumerate(tried)]
            before = found
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
            left = _left(everything, used)
    return Alone(plans[0], plans[-1], rounds)


def _left(everything: Offers, used: list[dict[str, Floats]]) -> dict[str, Floats]:
    """What is left of shared slots, growth and inputs."""
    names = {"free": everything.free, "growth": everything.growth, **everything.inputs}
    return {
        name: np.maximum(value - sum(item[name] for item in used), 0.0)
        for name, value in names.items()
    }


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
    size = line_series(world)
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
