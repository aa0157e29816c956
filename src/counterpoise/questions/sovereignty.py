"""How much sovereignty costs: plans under limits on what states outside may control."""

from __future__ import annotations

from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import PlaceArgument, PlanYear
from counterpoise.measures.view import View
from counterpoise.planning.caps import cap_on_outside
from counterpoise.questions.cases import CALENDAR, Case, figures, plan_cases
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import reply, said

LIMITS = (1.0, 0.75, 0.5, 0.25, 0.0)
"""Shares of each area's need that states outside the group may control."""

SMALL = 0.5
"""Percent-years of shortfall that count as no change."""


@computed(place="NATO-EUR", year="2035")
def sovereignty(view: View, context: Context, place: PlaceArgument, year: PlanYear) -> Reply:
    """Five plans together under limits on outside control of each need: cost and delay."""
    cases = [Case(f"{limit:.0%}", cap_on_outside(view.dataset, limit)) for limit in LIMITS]
    context.progress(f"planning together under {len(cases)} limits on outside control")
    plans = plan_cases(view.dataset, cases)
    rows: list[Row] = []
    amounts: list[Amount] = []
    for limit, plan in zip(LIMITS, plans, strict=True):
        found, behind = figures(view, plan, place, year)
        amounts += behind
        first = rows[0] if rows else found
        start, now = first["four_fifths_from"], found["four_fifths_from"]
        rows.append(
            {
                "limit_pct": 100 * limit,
                "outside_pct": found["outside_pct"],
                "america_pct": found["america_pct"],
                "shortfall": found["shortfall"],
                "low": found["low"],
                "high": found["high"],
                "more_shortfall": found["shortfall"] - first["shortfall"],
                "four_fifths_from": now,
                "delay_years": None if start is None or now is None else now - start,
                "cost_eur_bn": found["cost_eur_bn"],
                "more_cost_eur_bn": found["cost_eur_bn"] - first["cost_eur_bn"],
            }
        )
    free, tight = rows[0], rows[-1]
    cheap = [row for row in rows[1:] if row["more_shortfall"] <= SMALL]
    until = (
        f"Down to a limit of {said(cheap[-1]['limit_pct'])}% of each need nothing is lost"
        if cheap
        else f"Any limit costs: at {said(rows[1]['limit_pct'])}% of each need "
        f"{said(rows[1]['more_shortfall'])} percent-years"
    )
    sentence = (
        f"{until}; with no new units under outside control {place.name} lacks "
        f"{said(tight['more_shortfall'])} percent-years more to 2035 (on "
        f"{said(free['shortfall'])}), four fifths of the need are met {_delay(free, tight)}, "
        f"EUR bn {said(abs(tight['more_cost_eur_bn']))} {_way(tight['more_cost_eur_bn'])} is "
        f"spent on deliveries, and outside control of units in service in {year} falls from "
        f"{said(free['outside_pct'])}% to {said(tight['outside_pct'])}%."
    )
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "curve", "limit_pct", "shortfall", "Shortfall to 2035 by limit on outside control",
            "percent-years", low="low", high="high",
            x_title="share of each need that outside states may control, percent",
        ),
        reasons=[
            f"the five plans are made for this answer, on the {CALENDAR} calendar",
            "outside are all states that the group doesn't plan for; a type that any of them can "
            "withhold counts once, wherever it is made",
            "the limit holds for new orders in each area and year: what is held or signed stays "
            "until it retires, and where that alone is above the limit nothing outside is bought",
            "spent is what deliveries to 2035 cost at list prices; upkeep, new types, added output "
            "and discounting, which a run's cost has to 2040, are left out",
            "less is spent under tight limits where only types under outside control fill a need: "
            "it stays open, and the money can't buy them elsewhere",
            *(
                f"{said(row['limit_pct'])}%: {said(row['more_shortfall'])} percent-years more, "
                f"four fifths from {row['four_fifths_from'] or 'no year to 2035'}, "
                f"EUR bn {said(row['cost_eur_bn'])}"
                for row in rows
            ),
        ],
        flips=[
            Flip("limit", 0.0, 1.0, "share of the need", "the plan is free to buy outside", True),
        ],
        not_included=[
            "the range of a shortfall is that of its need and deliveries as planned; costs, years "
            "and differences between the plans have none, since each end would need five plans",
        ],
    )  # fmt: skip


def _delay(free: Row, tight: Row) -> str:
    if tight["four_fifths_from"] is None:
        return f"in no year to 2035 (from {free['four_fifths_from'] or 'no year either'})"
    if not tight["delay_years"]:
        return f"as early, from {tight['four_fifths_from']}"
    return f"from {tight['four_fifths_from']} rather than {free['four_fifths_from']}"


def _way(change: float) -> str:
    return "more" if change > 0 else "less"
