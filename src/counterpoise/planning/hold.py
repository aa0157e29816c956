"""Holding on to a plan through a shock: its own orders, as far as lines, money and crews allow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.planning.earlier import earlier_from, placed_before
from counterpoise.planning.model import Model, build_model
from counterpoise.planning.offers import all_offers, everyone
from counterpoise.planning.pairs import line_series
from counterpoise.planning.plan import Plan, read_plan, solve_stages
from counterpoise.planning.registry import LinearProblem, Registry
from counterpoise.planning.replan import foreseen, surprises
from counterpoise.planning.setting import Setting, scenario_of, world_of
from counterpoise.world.calendar import Floats


def hold(plan: Plan, dataset: Dataset, setting: Setting) -> Plan:
    """A plan's orders delivered through the setting's scenario, with no decision taken anew.

    What is ordered by the first surprise is kept and re-timed as in a replanned world. Of the
    rest each state takes from each line at most what the plan has it take by the same year:
    later, never more and never elsewhere; rate is added as planned or less.
    """
    scenario = scenario_of(dataset, setting)
    date = surprises(dataset, scenario)[0]
    shocked = replace(setting, scenario=foreseen(dataset, scenario))
    world = world_of(dataset, shocked, date, earlier_from(plan, date))
    model = build_model(world, everyone(world), all_offers(world), setting.cap)
    rest = plan.deliveries - placed_before(plan, date).deliveries
    held = replace(model, problem=_held(model, rest, plan.expansions, line_series(world)))
    return read_plan(world, "held", (held,), (solve_stages(held),))


def _held(model: Model, rest: Floats, expansions: Floats, size: Floats) -> LinearProblem:
    """The model's problem with deliveries and expansions held to what is planned.

    `size` is units in one series of each line's area.
    """
    problem, pairs = model.problem, model.pairs
    high = problem.high.copy()
    deliver, expand = problem.column("deliver"), problem.column("expand")
    taken = np.cumsum(rest, axis=2)
    ahead = taken[pairs.state, pairs.line, pairs.period] / size[pairs.line]
    high[deliver.start : deliver.start + deliver.size] = ahead
    line, period = expand.keys
    bound = slice(expand.start, expand.start + expand.size)
    high[bound] = np.minimum(high[bound], expansions[line, period] / size[line])
    inside = np.flatnonzero(ahead > 0)
    count = rest.shape[2]
    route = (pairs.state * rest.shape[1] + pairs.line)[inside]
    row, column = [], []
    for period_at in range(count):
        members = pairs.period[inside] <= period_at
        row.append(route[members] * count + period_at)
        column.append(inside[members])
    rows, position = np.unique(np.concatenate(row), return_inverse=True)
    state, line = rows // count // rest.shape[1], rows // count % rest.shape[1]
    registry = Registry.of(replace(problem, high=high))
    held = registry.rows(
        "held",
        "series",
        "a state takes from a line at most what it had planned to take by then",
        deliver.axes,
        (state, line, rows % count),
        high=taken[state, line, rows % count] / size[line],
    )
    registry.entries(held, position, deliver, np.concatenate(column), 1.0)
    return registry.problem([])
