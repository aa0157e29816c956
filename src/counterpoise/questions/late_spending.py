"""What spending some years late costs in cover and shortfall."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np

from counterpoise.measures.amount import Amount
from counterpoise.measures.cover import cover
from counterpoise.measures.forces import percent_years, scope_of
from counterpoise.measures.parameters import (
    Areas,
    PlaceArgument,
    PlanYear,
    choice,
)
from counterpoise.measures.view import Place, View, view_of
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.plan import Plan
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import ends, ranged, reply, said
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World, build_world


@computed(place="NATO-EUR", delay="2", until="2030")
def late_spending(
    view: View,
    context: Context,
    place: PlaceArgument,
    delay: Annotated[str, choice("1", "2", "3", "4", "5")],
    until: PlanYear,
) -> Reply:
    """Plans together under the pledged spending path, a path some years late, and a faster one."""
    years = int(delay)
    world = build_world(view.dataset, calendar="yearly")
    late = replace(world, budget=delayed(world.budget, years))
    fast = build_world(view.dataset, calendar="yearly", spending_case="fast")
    plans: dict[str, Plan] = {}
    for name, item in (("pledged", world), ("late", late), ("fast", fast)):
        context.progress(f"planning together on the {name} path")
        plans[name] = plan_together(item)
    views = {
        name: view_of(view.dataset, "baseline", {"together": (plan.world, plan.deliveries)})
        for name, plan in plans.items()
    }
    everything = Areas(world.labels.areas)
    rows: list[Row] = []
    amounts: list[Amount] = []
    chart: list[Row] = []
    for when in range(2027, 2036):
        met = {
            name: cover(item, place, everything, when, "together", "baseline")
            for name, item in views.items()
        }
        lost = met["pledged"] - met["late"]
        amounts += [lost, met["late"]]
        low, high = ends(view, lost)
        rows.append(
            {
                "year": when,
                "cover_pledged": met["pledged"].value,
                "cover_late": met["late"].value,
                "cover_fast": met["fast"].value,
                "lost_points": lost.value,
                "low": low,
                "high": high,
                "money_pledged_eur_bn": _money(world, place, when),
                "money_late_eur_bn": _money(late, place, when),
            }
        )
        chart += [{"year": when, "cover": item.value, "path": name} for name, item in met.items()]
    window = {
        name: percent_years(
            scope_of(item, place, "together", "baseline"), world.labels.areas, until
        )
        for name, item in views.items()
    }
    row = next(each for each in rows if each["year"] == until)
    worst = max(rows, key=lambda each: each["lost_points"])
    extra = window["late"] - window["pledged"]
    late_by = f"{years} year{'' if years == 1 else 's'} late"
    sentence = (
        f"Spending {late_by} costs {place.name} {said(row['lost_points'])} points of the "
        f"{said(row['cover_pledged'])}% cover in {until}, {ranged(view, extra)} percent-years of "
        f"shortfall until then, and most in {worst['year']}: {said(worst['lost_points'])} points."
    )
    if worst["lost_points"] <= 0:
        sentence = (
            f"Spending {late_by} costs {place.name} no cover in any year to 2035: what the plan "
            f"gives it isn't bound by its money ({said(row['cover_late'])}% in {until})."
        )
    return reply(
        sentence,
        rows,
        [extra, *amounts],
        headline=extra,
        chart=ChartSpec(
            "lines", "year", "cover", "Cover of the need by spending path", "percent of the need",
            series="path", rows=tuple(chart),
        ),
        reasons=[
            "the three plans are made for this answer, by years",
            "late holds each state's money at this year's level for the delay and then follows "
            "the pledged path; fast takes the quicker pledges where states made them",
            "money before the danger years counts more than later money, since every line has a "
            "lead time of one to seven years",
            f"until {until} the first years' loss is small: what arrives then is ordered already "
            "or bound by lead times, not by money"
            if row["lost_points"] < 1
            else f"by {until} orders of the first years would have arrived",
        ],
        flips=[
            Flip("delay", float(years), 0.0, "years", "nothing would be lost", False),
        ],
    )  # fmt: skip


def delayed(budget: Floats, years: int) -> Floats:
    """Budgets by state and year that come some years late: the first year's until then."""
    index = np.maximum(np.arange(budget.shape[1]) - years, 0)
    return budget[:, index]


def _money(world: World, place: Place, year: int) -> float:
    inside = [world.labels.state_index[s] for s in place.states if s in world.labels.state_index]
    return float(world.budget[inside, world.calendar.budget_years.index(year)].sum())
