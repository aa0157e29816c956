"""Lead times as limits: lines beside quicker twins that take over a share of their output.

A lead time stands in no row; it decides which deliveries exist and when they are paid. Six
months are less than the calendar of years can tell apart. So a line gets a twin whose lead time
is a year shorter, and half of what the line makes passes to it: sooner by six months on average.
What passes over is a right-hand side, so that the step has a dual and a range like any other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from counterpoise.planning.model import DependenceCap, Model, build_model
from counterpoise.planning.offers import all_offers
from counterpoise.planning.pairs import line_series
from counterpoise.planning.registry import Family, Ints, LinearProblem
from counterpoise.planning.solver import Solution
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World

WHOLE = 1.0
"""Years by which a twin is quicker: the length of the calendar's periods."""

LEAD = 0.5
"""Years off a line's lead time: the step."""


def twin_world(world: World, lines: Ints) -> World:
    """The world in which some lines have twins, a year quicker, that so far make nothing.

    Twins come after the lines, in the order of `lines`. They keep their line's output, from
    which the step takes its share, but none of it is free.
    """
    twins = tuple(
        replace(
            world.lines[index],
            address=f"{world.lines[index].address}+sooner",
            lead=max(world.lines[index].lead - WHOLE, 0.0),
            growth=0.0,
        )
        for index in lines
    )
    names = (*world.labels.lines, *(line.address for line in twins))
    nothing = np.zeros((len(twins), len(world.calendar)))
    return replace(
        world,
        labels=replace(world.labels, lines=names),
        lines=(*world.lines, *twins),
        free=np.vstack([world.free, nothing]),
        booked=np.vstack([world.booked, nothing]),
    )


def twin_model(world: World, states: Ints, lines: Ints, cap: DependenceCap | None = None) -> Model:
    """The problem of a world with twins of some lines; its optimum is that without them."""
    twins = twin_world(world, lines)
    return build_model(twins, states, all_offers(twins), cap)


def slow_lines(world: World) -> Ints:
    """Lines with six months of lead time to lose."""
    return np.array(
        [index for index, line in enumerate(world.lines) if line.lead >= LEAD], dtype=np.int64
    )


def passed_over(world: World, line: int) -> Floats:
    """What passes from a line to its twin by period, in series: sooner by six months on average.

    Half of its free output where the twin is a year quicker, more where less was left to lose.
    """
    share = LEAD / min(world.lines[line].lead, WHOLE)
    passed: Floats = share * world.free[line] / line_series(world)[line]
    return passed


def lead_promises(
    world: World, model: Model, solution: Solution, cap: DependenceCap | None = None
) -> dict[int, float]:
    """The most that six months off each line's lead time can remove, percent-years.

    The duals of the plan become those of the problem with all twins: a twin's row takes what
    its best delivery is worth beyond what it costs by the other rows. They are feasible there,
    and so bound what the step does.
    """
    lines = slow_lines(world)
    twins = twin_model(world, model.states, lines, cap).problem
    dual = _carried(model.problem, solution.row_dual, twins)
    deliver, rate = twins.column("deliver"), twins.row("rate")
    reduced = -(twins.matrix[:, deliver.start : deliver.start + deliver.size].T @ dual)
    count, periods = len(world.lines), len(world.calendar)
    best = np.zeros((count + len(lines), periods))
    np.minimum.at(best, (deliver.keys[1], deliver.keys[2]), reduced)
    kept = np.zeros((count, periods))
    own = rate.keys[0] < count
    kept[rate.keys[0][own], rate.keys[1][own]] = dual[rate.start : rate.start + rate.size][own]
    return {
        int(line): float((kept[line] - best[count + place]) @ passed_over(world, int(line)))
        for place, line in enumerate(lines)
    }


def _carried(problem: LinearProblem, dual: Floats, other: LinearProblem) -> Floats:
    """Duals of a problem's rows at the same rows of another, zero elsewhere."""
    found = np.zeros(len(other.row_low))
    known = {family.name: family for family in problem.rows}
    for family in other.rows:
        if family.name in known:
            mine = known[family.name]
            values = dict(
                zip(_members(mine), dual[mine.start : mine.start + mine.size], strict=True)
            )
            found[family.start : family.start + family.size] = [
                values.get(member, 0.0) for member in _members(family)
            ]
    return found


def _members(family: Family) -> list[tuple[int, ...]]:
    return list(zip(*(key.tolist() for key in family.keys), strict=True))
