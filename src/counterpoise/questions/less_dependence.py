"""How dependence can fall: plans under caps, and what each area pays for buying elsewhere."""

from __future__ import annotations

from counterpoise.errors import NotFound
from counterpoise.measures.amount import Amount
from counterpoise.measures.asking import value_of
from counterpoise.measures.parameters import (
    PlaceArgument,
    PlanYear,
    StateArgument,
)
from counterpoise.measures.view import Place, View, view_of
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.caps import cap_on
from counterpoise.planning.plan import Plan
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import ends, listed, reply, said
from counterpoise.questions.supply import spent, taken_by
from counterpoise.world.world import build_world

SMALLEST_CUT, SMALLEST_GAP, SMALLEST_SUM = 0.05, 0.5, 0.01
"""What counts as a change: points of control, percent-years of shortfall, EUR bn."""

CAPS = (0.5, 0.3, 0.15, 0.0)
"""Shares of each area's need that a controller may hold, for the frontier's four capped plans."""


@computed(place="NATO-EUR", controller="USA", year="2035")
def less_dependence(
    view: View,
    context: Context,
    place: PlaceArgument,
    controller: StateArgument,
    year: PlanYear,
) -> Reply:
    """Five plans together under ever tighter caps on what one state controls, and their price."""
    world = build_world(view.dataset, calendar="yearly")
    asked = {
        "place": place.name, "controller": controller.split("/")[1], "year": str(year),
        "behaviour": "together",
    }  # fmt: skip
    plans: list[tuple[str, Plan, View]] = []
    for cap in (None, *CAPS):
        name = "no cap" if cap is None else f"{cap:.0%} of each need"
        context.progress(f"planning together with {name} under {controller.split('/')[1]}")
        limit = None if cap is None else cap_on(controller, cap)
        plan = plan_together(world, limit)
        at_hand = {"together": (plan.world, plan.deliveries)}
        plans.append((name, plan, view_of(view.dataset, "baseline", at_hand)))
    points: list[Row] = []
    amounts: list[Amount] = []
    for name, plan, looked in plans:
        short = value_of(looked, "shortfall", place=place.name, behaviour="together")
        exposed = value_of(looked, "permission_dependence", **asked)
        amounts += [short, exposed]
        low, high = ends(view, short)
        points.append(
            {
                "cap": name, "exposure_pct": exposed.value, "shortfall": short.value,
                "low": low, "high": high,
                "cost_eur_bn": _paid(view, plan, place),
            }
        )  # fmt: skip
    rows = _swaps(view, plans[0], plans[-1], asked)
    free, tight = points[0], points[-1]
    who = view.dataset.things[controller].name
    cheap = [str(row["area"]).lower() for row in rows if row["paid_in"] != "gap"][:3]
    more = tight["cost_eur_bn"] - free["cost_eur_bn"]
    money = f"EUR bn {said(abs(more))} {'more' if more > 0 else 'less'} spent"
    sentence = (
        f"Buying elsewhere lowers the share of units in service that {who} can withhold in {year} "
        f"from {said(free['exposure_pct'])}% to {said(tight['exposure_pct'])}% (mean over areas), "
        f"with {said(tight['shortfall'] - free['shortfall'])} percent-years more shortfall and "
        f"{money}; without a wider gap it falls most cheaply in {listed(cheap)}."
    )
    return reply(
        sentence,
        rows,
        amounts,
        headline=amounts[-1],
        chart=ChartSpec(
            "curve", "exposure_pct", "shortfall",
            f"Shortfall to 2035 against what {who} controls in {year}", "percent-years",
            low="low", high="high", x_title="units in service under control, percent",
            rows=tuple(sorted(points, key=lambda row: row["exposure_pct"])),
        ),
        reasons=[
            *(
                f"{row['cap']}: {said(row['exposure_pct'])}% controlled, "
                f"{said(row['shortfall'])} percent-years short, EUR bn {said(row['cost_eur_bn'])}"
                for row in points
            ),
            "the five plans are made for this answer, by years; costs are what the place's states "
            "pay to 2035 for what arrives, at list prices",
            "a cap limits new orders only: what is held or signed stays under control until it "
            "retires, so no plan gets to nothing",
        ],
        flips=[
            Flip("cap", 0.0, 1.0, "share of the need", "the plan is free to buy there", True),
        ],
    )  # fmt: skip


def _paid(view: View, plan: Plan, place: Place) -> float:
    """EUR bn that a place's states pay to 2035 for a plan's deliveries, at list prices."""
    own = taken_by(plan.world, plan.deliveries, place.states)
    return sum(spent(view, plan.world, own, a, 2035).value for a in plan.world.labels.areas)


def _swaps(
    view: View,
    free: tuple[str, Plan, View],
    tight: tuple[str, Plan, View],
    asked: dict[str, str],
) -> list[Row]:
    """By area: what the tightest cap changes in control, spending and shortfall, and its price.

    First where it costs nothing, then where it costs money alone, by points of control cut for
    each EUR bn; last where it opens a gap, by points for each percent-year.
    """
    rows: list[Row] = []
    asked_place = view.place(asked["place"])
    for area in free[1].world.labels.areas:
        name = area.split("/")[1]
        one = {"place": asked["place"], "area": name, "behaviour": "together"}
        shares, paid, short = [], [], []
        for _, plan, looked in (free, tight):
            try:
                part = value_of(looked, "permission_dependence", area=name, **asked)
            except NotFound:
                break
            shares.append(part.value)
            own = taken_by(plan.world, plan.deliveries, asked_place.states)
            paid.append(spent(view, plan.world, own, area, 2035).value)
            short.append(value_of(looked, "shortfall", **one).value)
        if len(shares) < 2 or shares[0] - shares[1] < SMALLEST_CUT:
            continue
        cut, money, gap = (shares[0] - shares[1], paid[1] - paid[0], short[1] - short[0])
        price = "gap" if gap > SMALLEST_GAP else "money" if money > SMALLEST_SUM else "nothing"
        rows.append(
            {
                "area": view.dataset.things[area].name,
                "controlled_free_pct": shares[0],
                "controlled_capped_pct": shares[1],
                "points_cut": cut,
                "more_spending_eur_bn": money,
                "more_shortfall": gap,
                "paid_in": price,
                "points_per_eur_bn": cut / money if money > SMALLEST_SUM else None,
                "points_per_percent_year": cut / gap if gap > SMALLEST_GAP else None,
            }
        )
    order = ("nothing", "money", "gap")
    rows.sort(key=lambda row: (order.index(row["paid_in"]), -_worth(row)))
    return rows


def _worth(row: Row) -> float:
    """Points cut for what an area's swap is paid in; the points themselves where in nothing."""
    prices = {"money": "points_per_eur_bn", "gap": "points_per_percent_year"}
    return float(row[prices.get(row["paid_in"], "points_cut")])
