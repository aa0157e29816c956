"""Which gaps can't be filled in time, and which come first."""

from __future__ import annotations

import math
from typing import Annotated

from counterpoise.measures.amount import Amount
from counterpoise.measures.forces import Scope, percent_years, scope_of
from counterpoise.measures.parameters import (
    PlaceArgument,
    PlanYear,
    ScenarioArgument,
    choice,
)
from counterpoise.measures.pieces import Balance
from counterpoise.measures.view import View, no_deliveries
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import ends, flips_of, listed, named, reply, said
from counterpoise.questions.supply import (
    OPEN,
    Supply,
    everyone,
    filled,
    first_arrival,
    free_of_others,
    made_in,
    quarter,
    spent,
    taken_by,
)


@computed(place="NATO-EUR", year="2030", expansion="yes", scenario="baseline")
def late_needs(
    view: View,
    context: Context,
    place: PlaceArgument,
    year: PlanYear,
    expansion: Annotated[str, choice("yes", "no")],
    scenario: ScenarioArgument,
) -> Reply:
    """Open need of each area against what lines can deliver to orders placed now."""
    scope = scope_of(view, place, "ordered", scenario)
    world = scope.balance.world
    europe = frozenset(view.place("NATO-EUR").states + view.place("EU27").states)
    kinds = {"made": made_in(europe), "free": free_of_others(europe), "all": everyone}
    grows = expansion == "yes"
    supply = {name: Supply(view, world, which, grows) for name, which in kinds.items()}
    rows: list[Row] = []
    amounts, late, lost = [], [], []
    for area in world.labels.areas:
        wanted = scope.part("need", area, year)
        gap = scope.gap(area, year)
        if gap.value <= OPEN * wanted.value:
            continue
        can = {name: item.by_end_of(area, year) for name, item in supply.items()}
        first = supply["made"].first_delivery(area)
        share = 100 * can["made"] / gap
        amounts += [gap, share]
        if can["made"].value < gap.value:
            late.append((share.value, area))
        if can["all"].value < gap.value:
            lost.append(area)
        low, high = ends(view, share, (0.0, math.inf))
        rows.append(
            {
                "area": view.dataset.things[area].name,
                "gap": gap.value,
                "unit": view.dataset.text(area, "unit"),
                "first_european_delivery": None if first is None else int(first.value),
                "european_lines_pct": min(share.value, 999.0),
                "low_pct": min(low, 999.0),
                "high_pct": min(high, 999.0),
                "free_of_outside_control_pct": min(100 * can["free"].value / gap.value, 999.0),
                "all_lines_pct": min(100 * can["all"].value / gap.value, 999.0),
                "filled_by": filled(scope, supply["made"], area),
            }
        )
    rows.sort(key=lambda row: row["european_lines_pct"])
    late.sort()
    sentence = (
        f"{len(late)} of {len(world.labels.areas)} needs can't be met by {year} from European "
        f"lines alone, even if all their free output were ordered today: least so "
        f"{listed([named(view, area) for _, area in late], 5)}; {len(lost)} can't be met from all "
        f"lines of the world together."
    )
    hopeless = [named(view, area) for value, area in late if value == 0]
    reasons = [
        f"nothing at all arrives by then in {listed(hopeless)}: no European line has free output "
        "after its lead time" if hopeless else "every open need gets something by then",
        "European lines are those that stand in Europe; the column beside counts only those "
        "that no state outside can withhold",
        "the free output is the share of a line open to European buyers less what is sold"
        + (", growing as fast as lines may from today on" if grows else ", at announced rates"),
    ]  # fmt: skip
    turning = [item for item in amounts[1::2] if item.value < 100]
    told = "the need nearest to it would be met in time"
    nearest = max(turning, key=lambda item: item.value, default=None)
    flips = () if nearest is None else flips_of(view, nearest, 100.0, told)
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "ranges", "area", "european_lines_pct",
            f"What European lines can deliver of the open need by {year}", "percent of the gap",
            low="low_pct", high="high_pct", marked=100.0,
        ),
        reasons=reasons,
        flips=flips,
    )  # fmt: skip


@computed(place="NATO-EUR", until="2030", scenario="baseline")
def first_gaps(
    view: View,
    context: Context,
    place: PlaceArgument,
    until: PlanYear,
    scenario: ScenarioArgument,
) -> Reply:
    """Areas ranked by shortfall that new orders remove by a year, per euro paid for them."""
    planned = scope_of(view, place, "together", scenario)
    world = planned.balance.world
    ordered = Scope(Balance(world, no_deliveries(world)), place)
    own = taken_by(world, planned.balance.deliveries, place.states)
    rows: list[Row] = []
    amounts = []
    worth: dict[str, Amount] = {}
    for area in world.labels.areas:
        if not ordered.part("need", area, until).value > 0:
            continue
        before = percent_years(ordered, (area,), until)
        after = percent_years(planned, (area,), until)
        removed = before - after
        paid = spent(view, world, own, area, until)
        per_euro = removed / paid if paid.value > 0 else Amount(0.0)
        when = first_arrival(world, own, area)
        amounts += [before, per_euro]
        worth[view.dataset.things[area].name] = per_euro
        low, high = ends(view, per_euro, (0.0, math.inf))
        rows.append(
            {
                "area": view.dataset.things[area].name,
                "shortfall": before.value,
                "removed": removed.value,
                "spending_eur_bn": paid.value,
                "removed_per_eur_bn": per_euro.value,
                "low": low,
                "high": high,
                "order_by": None if when is None else quarter(when[0]),
                "first_arrival": None if when is None else quarter(when[1]),
            }
        )
    rows.sort(key=lambda row: -row["removed_per_eur_bn"])
    worst = max(rows, key=lambda row: row["shortfall"])
    top = [row for row in rows[:3] if row["removed_per_eur_bn"] > 0]
    told = listed(
        [f"{str(row['area']).lower()} ({said(row['removed_per_eur_bn'])})" for row in top]
    )
    best = f"Per euro, new orders close most by {until} in {told} percent-years per EUR bn"
    if not top:
        best = f"No new order of {place.name} arrives by {until}"
    sentence = (
        f"{best}; the widest gap is {str(worst['area']).lower()} "
        f"({said(worst['shortfall'])} percent-years)."
    )
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "ranges", "area", "removed_per_eur_bn",
            f"Shortfall removed by {until} for each EUR bn", "percent-years per EUR bn",
            low="low", high="high",
        ),
        reasons=[
            "an area's shortfall is its open need in percent, added over the years to "
            f"{until}: 100 means that all of it is missing for a year",
            "removed is what the plan together takes off the shortfall under signed orders; "
            "spending is what arrives by then, at list prices",
            f"nothing can be removed by {until} where no line delivers before: "
            + listed([str(row["area"]).lower() for row in rows if row["removed"] < OPEN], 8),
        ],
        flips=_overtaking(view, worth),
    )  # fmt: skip


def _overtaking(view: View, worth: dict[str, Amount]) -> tuple[Flip, ...]:
    """What would put the second area before the first; nothing where there is one alone."""
    first, *rest = sorted(worth, key=lambda name: -worth[name].value)
    if not rest:
        return ()
    lead = worth[first] - worth[rest[0]]
    return flips_of(view, lead, 0.0, f"{rest[0].lower()} would come first")
