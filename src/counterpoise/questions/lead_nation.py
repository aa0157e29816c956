"""Which state should lead a new regional format: candidates by plan, columns apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from counterpoise.cooperation.arguments import StatesArgument
from counterpoise.cooperation.cells import network, read_definitions
from counterpoise.cooperation.lead import (
    HEADS,
    Candidate,
    candidates,
    firsts,
    strongest,
    weaknesses,
)
from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import EVERY, Kind, PastYear, thing
from counterpoise.measures.view import NoAnswer, View
from counterpoise.questions.formats import DefinitionArgument
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


@computed(plan=EVERY, year="2025", definition="own-defence", without="USA")
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
    first: list[str] = []
    for address in plan:
        found = candidates(view, net, address, year)
        if not found:
            raise NoAnswer(f"a state of {address} when those named are left out")
        best, top, weak = strongest(found), firsts(found), weaknesses(found)
        rows += [_row(view, item, best, weak[item.state]) for item in found]
        amounts += [
            item for each in found for item in (each.spending, each.personnel, each.revenue) if item
        ]
        working = net.working(address)
        need = f"has {listed([item.id for item in working])}" if working else "has none that works"
        count = len(weak[best[0]])
        told.append(
            f"{_short(address)} {need}; "
            f"{listed([view.dataset.things[state].name for state in best], 6)} could lead, "
            + (f"below the middle in {count} of four heads" if count else "weak in no head")
        )
        heads = ", ".join(f"{head} {_short(top[head])}" for head in HEADS)
        first.append(f"{_short(address)}: first by {heads}")
    return reply(
        f"{'. '.join(told)}.",
        rows,
        amounts,
        chart=ChartSpec(
            "points", "mean_km", "spending_eur_bn", "Who could lead: capacity and place",
            "EUR bn a year", series="plan", label="state",
            rows=tuple(row for row in rows if row["could_lead"]),
            x_title="mean distance of the capital to those of the plan's other states, km",
        ),
        reasons=[
            *first,
            "the columns stand apart: no index adds them up, since any weighting is a judgement",
            "a state could lead where it is below the plan's middle state in the fewest of four "
            "heads: spending, mean distance to the other capitals, lines of production, ties",
            "ties are active formats of a region that it has in common with another state of the "
            "plan, on average; all formats count alike",
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


def _row(view: View, item: Candidate, best: Sequence[str], weak: tuple[str, ...]) -> Row:
    low, high = ends(view, item.spending, POSITIVE) if item.spending else (None, None)
    return {
        "plan": _short(item.plan),
        "state": view.dataset.things[item.state].name,
        "could_lead": "yes" if item.state in best else "",
        "weak_in": ", ".join(weak),
        "spending_eur_bn": item.spending.value if item.spending else None,
        "low": low,
        "high": high,
        "personnel_k": item.personnel.value if item.personnel else None,
        "mean_km": item.distance,
        "border": "" if item.border is None else "yes" if item.border else "no",
        "lines": item.lines,
        "revenue_usd_bn": item.revenue.value if item.revenue else None,
        "common_formats": item.common,
        "tied_pct": item.tied,
        "leads": ", ".join(item.leads),
        "frictions": " ".join(item.frictions),
    }
