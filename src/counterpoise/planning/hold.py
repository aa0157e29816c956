"""Holding on to a plan through a shock: its own orders, as far as lines, money and crews allow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from counterpoise.data.dataset import Dataset
from counterpoise.planning.earlier import earlier_from, placed_before
from counterpoise.planning.model import Model, build_model
from counterpoise.planning.offers import all_offers, everyone
from counterpoise.planning.pairs import series
from counterpoise.planning.plan import Plan, read_plan, solve_stages
from counterpoise.planning.registry import Family, LinearProblem
from counterpoise.planning.replan import foreseen, scenario_of, surprises
from counterpoise.planning.setting import Setting, world_of
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
    held = replace(model, problem=_held(model, rest, plan.expansions, series(world)))
    return read_plan(world, "held", (held,), (solve_stages(held),))


def _held(model: Model, rest: Floats, expansions: Floats, size: Floats) -> LinearProblem:
    """The model's problem with deliveries and expansions held to what is planned."""
    problem, pairs = model.problem, model.pairs
    high = problem.high.copy()
    deliver, expand = problem.column("deliver"), problem.column("expand")
    taken = np.cumsum(rest, axis=2)
    ahead = taken[pairs.state, pairs.line, pairs.period] / size[pairs.area]
    high[deliver.start : deliver.start + deliver.size] = ahead
    line, period = expand.keys
    area = np.zeros(expansions.shape[0], dtype=np.int64)
    area[pairs.line] = pairs.area
    planned = expansions[line, period] / size[area[line]]
    bound = slice(expand.start, expand.start + expand.size)
    high[bound] = np.minimum(high[bound], planned)
    inside = np.flatnonzero(ahead > 0)
    count = rest.shape[2]
    route = (pairs.state * rest.shape[1] + pairs.line)[inside]
    row, column = [], []
    for period_at in range(count):
        members = pairs.period[inside] <= period_at
        row.append(route[members] * count + period_at)
        column.append(inside[members] + deliver.start)
    rows, position = np.unique(np.concatenate(row), return_inverse=True)
    columns = np.concatenate(column)
    shape = (len(rows), problem.matrix.shape[1])
    extra = sp.csc_matrix((np.ones(len(columns)), (position, columns)), shape=shape)
    state, line = rows // count // rest.shape[1], rows // count % rest.shape[1]
    most = taken[state, line, rows % count] / size[area[line]]
    family = Family(
        "held",
        "series",
        "a state takes from a line at most what it had planned to take by then",
        len(problem.row_low),
        len(rows),
        deliver.axes,
        (state, line, rows % count),
    )
    return replace(
        problem,
        high=high,
        matrix=sp.vstack([problem.matrix, extra]).tocsc(),
        row_low=np.concatenate([problem.row_low, np.full(len(rows), -np.inf)]),
        row_high=np.concatenate([problem.row_high, most]),
        rows=(*problem.rows, family),
    )
