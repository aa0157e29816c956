"""Plans under limits, made side by side: on outside control, on types, on money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.measures.amount import Amount
from counterpoise.measures.asking import value_of
from counterpoise.measures.forces import percent_years, scope_of
from counterpoise.measures.view import Place, View, view_of
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.caps import DependenceCap
from counterpoise.planning.plan import Plan, empty_plan
from counterpoise.planning.regret import reached_year
from counterpoise.planning.setting import Setting, world_of
from counterpoise.planning.workers import Workers
from counterpoise.questions.question import Row
from counterpoise.questions.reply import ends
from counterpoise.questions.supply import spent, taken_by
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World

CALENDAR = "yearly"
"""Plans made for a question run in years."""

NONNEGATIVE = (0.0, float("inf"))


@dataclass(frozen=True)
class Case:
    """What a plan is limited by: a cap on control, open types an area, a share of the money."""

    name: str
    cap: DependenceCap | None = None
    types: int | None = None
    money: float = 1.0


def plan_cases(dataset: Dataset, cases: Sequence[Case], workers: int = 2) -> list[Plan]:
    """The plan together of each case in the baseline by years, in processes side by side."""
    world = world_of(dataset, Setting(calendar=CALENDAR))
    with Workers(world, workers) as pool:
        found = pool.map(_planned, cases)
    empty = empty_plan(world, "together")
    return [replace(empty, deliveries=units, cost=cost) for units, cost in found]


def _planned(world: World, case: Case) -> tuple[Floats, float]:
    limited = replace(world, budget=world.budget * case.money)
    if case.types is not None:
        limited = fewer_types(limited, case.types)
    plan = plan_together(limited, case.cap)
    return plan.deliveries, plan.cost


def fewer_types(world: World, most: int) -> World:
    """The world with only the types open in each area that its states have most units of.

    Units held today and on signed order count; where fewer than `most` types have any, those
    whose lines make most are open too.
    """
    units: defaultdict[str, float] = defaultdict(float)
    for stock in world.stocks:
        units[stock.system] += stock.start
    for entry in world.entries:
        units[entry.system] += entry.unit_weight * (entry.before + float(entry.due.sum()))
    types: defaultdict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for line in world.lines:
        made = types[line.area].get(line.system, (0.0, 0.0))[1] + line.weight * line.output.sum()
        types[line.area][line.system] = (units[line.system], float(made))
    kept = {
        system
        for found in types.values()
        for system in sorted(found, key=lambda name: found[name], reverse=True)[:most]
    }
    closed = np.array([line.system not in kept for line in world.lines])
    lines = tuple(
        replace(line, output=line.output * 0.0, growth=0.0) if shut else line
        for line, shut in zip(world.lines, closed, strict=True)
    )
    return replace(world, lines=lines, free=np.where(closed[:, None], 0.0, world.free))


def plan_view(view: View, plan: Plan) -> View:
    """A view whose plan together in the baseline is this one."""
    return view_of(view.dataset, "baseline", {"together": (plan.world, plan.deliveries)})


def figures(view: View, plan: Plan, place: Place, year: int) -> tuple[Row, list[Amount]]:
    """What a plan comes to for a place, as columns of a table, and the amounts behind them.

    Shortfall to 2035 and to 2030 in percent-years, the year from which four fifths of the group's
    need stay met, what the place's states pay to 2035 at list prices, and in a year the shares of
    units that America and all outside states can withhold, and the types in service.
    """
    looked = plan_view(view, plan)
    areas = plan.world.labels.areas
    scope = scope_of(looked, place, "together", "baseline")
    asked = {"place": place.name, "year": str(year), "behaviour": "together"}
    short = percent_years(scope, areas, 2035)
    early = percent_years(scope, areas, 2030)
    outside = value_of(looked, "permission_dependence", controller="outside", **asked)
    america = value_of(looked, "permission_dependence", controller="USA", **asked)
    kinds = value_of(looked, "types_in_service", **asked)
    alike = value_of(looked, "effective_types", **asked)
    low, high = ends(view, short, NONNEGATIVE)
    own = taken_by(plan.world, plan.deliveries, place.states)
    paid = [spent(view, plan.world, own, area, 2035) for area in areas]
    row: Row = {
        "shortfall": short.value,
        "low": low,
        "high": high,
        "shortfall_to_2030": early.value,
        "four_fifths_from": reached_year(plan),
        "cost_eur_bn": sum(item.value for item in paid),
        "outside_pct": outside.value,
        "america_pct": america.value,
        "types": kinds.value,
        "effective_types": alike.value,
    }
    return row, [short, early, outside, america, kinds, alike]
