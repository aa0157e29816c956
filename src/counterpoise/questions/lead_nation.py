"""Which state should lead a new regional format: candidates by plan, columns apart."""

from __future__ import annotations

from typing import Annotated

from counterpoise.cooperation.cells import network, read_definitions
from counterpoise.cooperation.lead import HEADS, Candidate, candidates, firsts, unbeaten
from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import EVERY, Kind, PastYear, thing
from counterpoise.measures.view import NoAnswer, View
from counterpoise.questions.formats import DefinitionArgument, StatesArgument
from counterpoise.questions.question import ChartSpec, Context, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import ends, listed, reply

POSITIVE = (0.0, float("inf"))


def _read_plans(text: str, view: View) -> tuple[str, ...]:
    if text == EVERY:
        return tuple(item.address for item in view.dataset.kind("regional-plan"))
    return (thing("regional-plan").read(text, view),)


PlansArgument = Annotated[
    tuple[str, ...],
    Kind("plan", "a regional plan, or all", _read_plans, lambda value, view: []),
]


@computed(plan=EVERY, year="2025", definition="main", without="USA")
def lead_nation(
    view: View,
    context: Context,
    plan: PlansArgument,
    year: PastYear,
    definition: DefinitionArgument,
    without: StatesArgument,
) -> Reply:
    """States that could lead a format of each plan: capacity, geography, industry, ties apart."""
    rule = read_definitions(view.dataset)[definition.split("/", 1)[1]]
    net = network(view.dataset, rule, without)
    rows: list[Row] = []
    amounts: list[Amount] = []
    told: list[str] = []
    for address in plan:
        found = candidates(view, net, address, year)
        if not found:
            raise NoAnswer(f"a state of {address} when those named are left out")
        best, top = unbeaten(found), firsts(found)
        rows += [_row(view, item, item.state in best) for item in found]
        amounts += [
            item for each in found for item in (each.spending, each.personnel, each.revenue) if item
        ]
        working = net.working(address)
        need = (
            f"has {listed([item.id for item in working])}" if working else "has no working format"
        )
        heads = ", ".join(f"{head} {_short(top[head])}" for head in HEADS)
        told.append(
            f"{view.dataset.things[address].name} {need}; first by {heads}; "
            f"no other is as good in all four as {listed(sorted(map(_short, best)), 6)}"
        )
    return reply(
        f"{'. '.join(told)}.",
        rows,
        amounts,
        chart=ChartSpec(
            "points", "mean_km", "spending_eur_bn", "Capacity and geography of candidates",
            "EUR bn a year", series="plan", label="state",
            x_title="mean distance of the capital to those of the plan's other states, km",
        ),
        reasons=[
            "the columns stand apart: no index adds them up, since any weighting is a judgement",
            "a state is a candidate where no other equals it by all of spending, mean distance, "
            "lines and ties, and betters it by one",
            "ties are the part of the plan's other states with which it is in an active format "
            "that isn't for all Europe; forces for one another aren't weighed",
            f"left out by the parameter: {listed([_short(item) for item in without])}",
        ],
        not_included=[
            "readiness to lead, trust in the leader, and what parliaments would say",
            "lines and makers are those of the data, not all that a state has",
        ],
        cites=[key for item in net.counted for key in item.sources],
    )  # fmt: skip


def _short(address: str) -> str:
    return address.split("/", 1)[1] if address else "none"


def _row(view: View, item: Candidate, best: bool) -> Row:
    low, high = ends(view, item.spending, POSITIVE) if item.spending else (None, None)
    return {
        "plan": _short(item.plan),
        "state": view.dataset.things[item.state].name,
        "candidate": "yes" if best else "",
        "spending_eur_bn": item.spending.value if item.spending else None,
        "low": low,
        "high": high,
        "personnel_k": item.personnel.value if item.personnel else None,
        "mean_km": item.distance,
        "border": "" if item.border is None else "yes" if item.border else "no",
        "lines": item.lines,
        "revenue_usd_bn": item.revenue.value if item.revenue else None,
        "tied_pct": item.tied,
        "formats": item.formats,
        "leads": ", ".join(item.leads),
        "frictions": " ".join(item.frictions),
    }
