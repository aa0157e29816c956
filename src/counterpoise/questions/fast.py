"""Spending fast without lock-in: plans under limits on dependence, types and money compared."""

from __future__ import annotations

from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import PlaceArgument, PlanYear
from counterpoise.measures.view import View
from counterpoise.planning.caps import cap_on, cap_on_outside
from counterpoise.questions.cases import CALENDAR, Case, figures, plan_cases
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import reply, said

GOALS = ("shortfall", "cost_eur_bn", "america_pct", "outside_pct", "effective_types")
"""What a plan is weighed by: less of each is better."""

FREE, OUTSIDE, TYPES = "no limit", "outside 25%", "three types an area"
BOTH, POOR = "outside 25%, three types", "four fifths of the money"

SAME = 0.002
"""Shares of a goal within which two plans count as alike."""


@computed(place="NATO-EUR", year="2035")
def spend_fast(view: View, context: Context, place: PlaceArgument, year: PlanYear) -> Reply:
    """Plans together under limits on control, types and money: the frontier of four goals."""
    data = view.dataset
    cases = [
        Case(FREE),
        Case("America 15%", cap_on("state/USA", 0.15)),
        Case(OUTSIDE, cap_on_outside(data, 0.25)),
        Case("outside 0%", cap_on_outside(data, 0.0)),
        Case(TYPES, types=3),
        Case("two types an area", types=2),
        Case(BOTH, cap_on_outside(data, 0.25), types=3),
        Case(POOR, money=0.8),
    ]
    context.progress(f"planning together under {len(cases)} limits")
    plans = plan_cases(data, cases)
    rows: list[Row] = []
    amounts: list[Amount] = []
    for case, plan in zip(cases, plans, strict=True):
        found, behind = figures(view, plan, place, year)
        amounts += behind
        rows.append({"limited": case.name, **found})
    for row in rows:
        row["worse_than"] = "; ".join(other["limited"] for other in rows if dominates(other, row))
        row["frontier"] = "beaten" if row["worse_than"] else "on the frontier"
    told = {row["limited"]: row for row in rows}
    free, outside, types = (told[name] for name in (FREE, OUTSIDE, TYPES))
    both = told[BOTH]
    poor = told[POOR]
    sentence = (
        f"Without limits {place.name} lacks "
        f"{said(free['shortfall'])} percent-years to 2035; {POOR} adds {_given_up(poor, free)}, "
        f"holding outside control to a quarter of each need adds {_given_up(outside, free)} and "
        f"brings it in {year} from {said(free['outside_pct'])}% to {said(outside['outside_pct'])}% "
        f"of units, three types an area add {_given_up(types, free)} and bring effective types "
        f"from {said(free['effective_types'])} to {said(types['effective_types'])}, these two "
        f"together {_given_up(both, free)}; "
        f"{sum(not row['worse_than'] for row in rows)} of {len(rows)} plans are beaten by no other."
    )
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "points", "cost_eur_bn", "shortfall",
            "Shortfall to 2035 against cost, by what is limited", "percent-years",
            series="frontier", label="limited", x_title="EUR bn paid to 2035 at list prices",
        ),
        reasons=[
            f"the plans are made for this answer, on the {CALENDAR} calendar; each needs speed "
            "first, so cost, dependence and types follow from its limit",
            "a plan is beaten where another is no worse in shortfall, cost, control by America, "
            "control by all outside states and effective types, and better in one",
            "outside are all states that the group doesn't plan for; a limit on control is a share "
            "of each area's need, and holds for new orders on top of what is held and signed",
            "types an area: only those stay open that the group has most of, held and on order; "
            "prices don't fall with larger batches, so fewer types only cost here",
            *(
                f"{row['limited']}: {said(row['shortfall_to_2030'])} percent-years to 2030, four "
                f"fifths from {row['four_fifths_from'] or 'no year to 2035'}, "
                f"{said(row['america_pct'])}% under America, {said(row['types'])} types"
                for row in rows
            ),
        ],
        flips=[
            Flip("money", 1.0, 0.8, "share of the budgets", "the plan has to choose among areas",
                 True),
        ],
        not_included=[
            "the range of a shortfall is that of its need and deliveries as planned; cost, control "
            "and types of the plans have none here, since each end would need all plans again",
        ],
    )  # fmt: skip


def dominates(one: Row, other: Row) -> bool:
    """Whether a plan is no worse than another in any goal, and better in one."""
    margins = [SAME * max(abs(one[goal]), abs(other[goal]), 1e-9) for goal in GOALS]
    pairs = [(one[goal], other[goal]) for goal in GOALS]
    no_worse = all(a <= b + margin for (a, b), margin in zip(pairs, margins, strict=True))
    better = any(a < b - margin for (a, b), margin in zip(pairs, margins, strict=True))
    return no_worse and better


def _given_up(row: Row, free: Row) -> str:
    """What a limit adds to the plan without one: shortfall, and money in brackets."""
    money = row["cost_eur_bn"] - free["cost_eur_bn"]
    spent = f"EUR bn {said(abs(money))} {'more' if money > 0 else 'less'} spent"
    return f"{said(row['shortfall'] - free['shortfall'])} ({spent})"
