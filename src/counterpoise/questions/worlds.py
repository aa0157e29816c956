"""Questions about worlds and time: does the gap close, by which dates, how to depend less."""

from __future__ import annotations

import math
from typing import Annotated

from counterpoise.errors import NotFound
from counterpoise.measures.amount import Amount
from counterpoise.measures.asking import value_of
from counterpoise.measures.cover import cover, gap_share, year_of_cover
from counterpoise.measures.parameters import (
    Areas,
    Kind,
    PlaceArgument,
    PlanYear,
    Refused,
    ScenarioArgument,
    StateArgument,
    choice,
    near,
)
from counterpoise.measures.view import Place, Planner, View, view_of
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.model import DependenceCap
from counterpoise.planning.plan import Plan
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import ends, flips_of, reply, said
from counterpoise.questions.supply import first_arrival, quarter, spent, taken_by
from counterpoise.world import scenario as scenarios
from counterpoise.world.world import build_world

PERCENT = (0.0, 100.0)
CLOSED = 1.0
"""Percent of the need up to which a gap counts as closed."""

SMALLEST_CUT, SMALLEST_GAP, SMALLEST_SUM = 0.05, 0.5, 0.01
"""What counts as a change: points of control, percent-years of shortfall, EUR bn."""

MARK_YEAR = 2030
"""The year for which is told what would carry an area past four fifths."""

CAPS = (0.5, 0.3, 0.15, 0.0)
"""Shares of each area's need that a controller may hold, for the frontier's four capped plans."""


def _read_scenarios(text: str, view: View) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split("+"))
    unknown = [name for name in names if name not in scenarios.names()]
    if unknown:
        close = [found for name in unknown for found in near(name, scenarios.names())]
        raise Refused("shipped scenarios joined by +", close)
    return names


ScenariosArgument = Annotated[
    tuple[str, ...],
    Kind(
        "scenarios",
        "shipped scenarios joined by +",
        _read_scenarios,
        lambda value, view: scenarios.names(),
    ),
]


@computed(place="NATO-EUR", year="2030", scenarios="us-stays+baseline+us-gone", behaviours="all")
def closed_gap(
    view: View,
    context: Context,
    place: PlaceArgument,
    year: PlanYear,
    scenarios: ScenariosArgument,
    behaviours: Annotated[str, choice("all", "ordered", "ordered-and-together")],
) -> Reply:
    """Cover and closed areas by year, in each scenario under each behaviour."""
    chosen = {"all": ("ordered", "alone", "together"), "ordered": ("ordered",)}.get(
        behaviours, ("ordered", "together")
    )
    rows: list[Row] = []
    chart: list[Row] = []
    amounts: list[Amount] = []
    still_open: list[tuple[float, str, Amount]] = []
    for scenario in scenarios:
        areas = view.world(scenario).labels.areas
        plans = {name: view.plan(scenario, name) for name in chosen if name != "ordered"}
        looked = view_of(view.dataset, scenario, plans) if plans else view
        everything = Areas(areas)
        for behaviour in chosen:
            met = cover(looked, place, everything, year, behaviour, scenario)
            open_parts = _open_parts(looked, place, areas, (year, behaviour, scenario))
            worst = max(open_parts, key=lambda area: open_parts[area].value)
            still_open += [
                (part.value, f"{area.split('/')[1]} ({scenario}, {behaviour})", part)
                for area, part in open_parts.items()
                if part.value > CLOSED
            ]
            reached = year_of_cover(looked, place, everything, 99.0, "met", behaviour, scenario)
            amounts.append(met)
            low, high = ends(view, met, PERCENT)
            rows.append(
                {
                    "scenario": scenario,
                    "behaviour": behaviour,
                    "cover_pct": met.value,
                    "low": low,
                    "high": high,
                    "areas_closed": sum(part.value <= CLOSED for part in open_parts.values()),
                    "areas": len(open_parts),
                    "most_open": view.dataset.things[worst].name,
                    "most_open_pct": open_parts[worst].value,
                    "closed_from": None if math.isnan(reached.value) else int(reached.value),
                }
            )
            chart += [
                {
                    "year": when,
                    "cover": cover(looked, place, everything, when, behaviour, scenario).value,
                    "series": f"{scenario}, {behaviour}",
                }
                for when in range(2027, 2036)
            ]
    best = max(rows, key=lambda row: row["cover_pct"])
    least = min(rows, key=lambda row: row["cover_pct"])
    full = [row for row in rows if row["areas_closed"] == row["areas"]]
    sentence = (
        f"{'Yes' if len(full) == len(rows) else 'In part' if full else 'No'}: in {year} "
        f"{place.name} meets between {said(least['cover_pct'])}% of its need ({least['scenario']}, "
        f"{least['behaviour']}) and {said(best['cover_pct'])}% ({best['scenario']}, "
        f"{best['behaviour']}), with {least['areas_closed']} to {best['areas_closed']} of "
        f"{best['areas']} areas closed; most open is {str(best['most_open']).lower()} even at best "
        f"({said(best['most_open_pct'])}%)."
    )
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "lines", "year", "cover", "Cover of the need by world and behaviour",
            "percent of the need", series="series", rows=tuple(chart), marked=float(year),
        ),
        reasons=[
            f"{name}: {view.world(name).scenario.title}" for name in scenarios
        ],
        flips=[
            flip
            for _, name, part in sorted(still_open)[:3]
            for flip in flips_of(view, part, CLOSED, f"{name} would be closed", count=1)
        ],
    )  # fmt: skip


def _open_parts(
    view: View, place: Place, areas: tuple[str, ...], asked: tuple[int, str, str]
) -> dict[str, Amount]:
    """Percent of the need that is open, by area in which the place needs anything."""
    found = {}
    for area in areas:
        try:
            found[area] = gap_share(view, place, Areas((area,)), *asked)
        except NotFound:
            continue
    return found


@computed(place="NATO-EUR", behaviour="together", scenario="baseline")
def milestones(
    view: View,
    context: Context,
    place: PlaceArgument,
    behaviour: Annotated[str, choice("together", "alone")],
    scenario: ScenarioArgument,
) -> Reply:
    """For each area: when a plan's first order is due, arrives, and carries cover past marks."""
    world, everything = view.plan(scenario, behaviour)
    deliveries = taken_by(world, everything, place.states)
    rows: list[Row] = []
    chart: list[Row] = []
    amounts: list[Amount] = []
    short: list[tuple[float, str, Amount]] = []
    for area in world.labels.areas:
        one = Areas((area,))
        try:
            marks = {
                mark: year_of_cover(view, place, one, mark, "met", behaviour, scenario)
                for mark in (50.0, 80.0, 99.0)
            }
        except NotFound:
            continue
        met = cover(view, place, one, MARK_YEAR, behaviour, scenario)
        if met.value < 80.0:
            short.append((-met.value, view.dataset.things[area].name.lower(), met))
        when = first_arrival(world, deliveries, area)
        amounts.append(marks[80.0])
        years = {
            mark: None if math.isnan(item.value) else int(item.value)
            for mark, item in marks.items()
        }
        rows.append(
            {
                "area": view.dataset.things[area].name,
                "first_order": None if when is None else quarter(when[0]),
                "first_arrival": None if when is None else quarter(when[1]),
                "half_from": years[50.0],
                "four_fifths_from": years[80.0],
                "met_from": years[99.0],
            }
        )
        end = years[99.0]
        if when is not None and end is not None:
            chart.append(
                {"area": rows[-1]["area"], "from": max(when[0], world.decision), "to": float(end)}
            )
    rows.sort(key=lambda row: (row["met_from"] or 9999, row["four_fifths_from"] or 9999))
    counts = {
        mark: {
            year: sum(row[column] is not None and row[column] <= year for row in rows)
            for year in (2028, 2030, 2032, 2035)
        }
        for mark, column in (
            ("half", "half_from"),
            ("four fifths", "four_fifths_from"),
            ("met", "met_from"),
        )
    }
    early = min((str(row["first_order"]) for row in rows if row["first_order"]), default="")
    first = f", if its first orders are placed by {early}" if early else ""
    never = [str(row["area"]).lower() for row in rows if row["met_from"] is None]
    sentence = (
        f"A plan {behaviour} meets four fifths of the need in {counts['four fifths'][2028]} of "
        f"{len(rows)} areas by 2028, {counts['four fifths'][2030]} by 2030, "
        f"{counts['four fifths'][2032]} by 2032 and {counts['four fifths'][2035]} by "
        f"2035{first}; {len(never)} areas aren't met in full by 2035."
    )
    drawing = None
    if chart:
        drawing = ChartSpec(
            "calendar", "area", "to", "From the first order to the need met in full (by 2035)", "",
            low="from", rows=tuple(chart),
        )  # fmt: skip
    return reply(
        sentence,
        rows,
        amounts,
        chart=drawing,
        reasons=[
            "dates follow from the plan's orders and the lines' lead times; the order of an area "
            "is due a lead time before its first arrival",
            *(f"not met by 2035: {name}" for name in never[:5]),
        ],
        flips=[
            flip
            for _, name, met in sorted(short)[:3]
            for flip in flips_of(view, met, 80.0, f"{name}: four fifths by {MARK_YEAR}", count=1)
        ],
    )  # fmt: skip


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
        limit = None if cap is None else DependenceCap(controller, cap)
        plan = plan_together(world, limit)
        plans.append((name, plan, View(view.dataset, _given(plan))))
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
        f"Buying around it cuts the control that {who} has over units in service in {year} from "
        f"{said(free['exposure_pct'])}% to {said(tight['exposure_pct'])}% (mean over areas), with "
        f"{said(tight['shortfall'] - free['shortfall'])} percent-years more shortfall and {money}; "
        f"without a wider gap it falls most cheaply in {' and '.join(cheap) or 'no area'}."
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


def _given(plan: Plan) -> Planner:
    """A planner that gives one plan, whatever it is asked for."""
    return lambda scenario, behaviour: (plan.world, plan.deliveries)
