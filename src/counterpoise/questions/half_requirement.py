"""q52: whether Europeans cover half of the requirement themselves, and from when."""

from __future__ import annotations

from typing import Annotated

from counterpoise.errors import NotFound
from counterpoise.measures.cover import european_share, year_of_cover
from counterpoise.measures.parameters import (
    Areas,
    AreasArgument,
    BehaviourArgument,
    PlaceArgument,
    PlanYear,
    ScenarioArgument,
    number,
)
from counterpoise.measures.view import View
from counterpoise.questions.question import ChartSpec, Context, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import cells, flips_of, ranged, reply, said

PERCENT = (0.0, 100.0)


@computed(
    place="NATO-EUR",
    area="all",
    year="2030",
    half="50",
    behaviour="together",
    scenario="baseline",
)
def half_requirement(
    view: View,
    context: Context,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    half: Annotated[float, number(1, 100, "percent of the requirement")],
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Reply:
    """Share of each planned requirement that European forces cover themselves in a year."""
    rows: list[Row] = []
    amounts = []
    whole = european_share(view, place, area, year, behaviour, scenario)
    for address in area.addresses:
        one = Areas((address,))
        try:
            share = european_share(view, place, one, year, behaviour, scenario)
        except NotFound:
            continue
        first = year_of_cover(view, place, one, half, "own", behaviour, scenario).value
        amounts.append(share)
        rows.append(
            {
                "capability": view.dataset.things[address].name,
                **cells(view, share, "percent", PERCENT),
                "stays_from": f"{first:.0f}" if first == first else "after 2035",
            }
        )
    rows.sort(key=lambda row: (row["value"], row["capability"]))
    below = [row for row in rows if row["value"] < half]
    answer = "Yes" if whole.value >= half else "No"
    sentence = (
        f"{answer}: in {year} {place.name} covers {ranged(view, whole, PERCENT)} percent of the "
        f"requirement itself on average over {len(rows)} capabilities, and less than "
        f"{said(half)} percent in {len(below)} of them."
    )
    reasons = [
        f"{row['capability']}: {said(row['value'])} percent, stays above {said(half)} percent "
        f"{'' if row['stays_from'].startswith('after') else 'in '}{row['stays_from']}"
        for row in rows[:3]
    ]
    return reply(
        sentence,
        rows,
        amounts,
        headline=whole,
        chart=ChartSpec(
            "ranges",
            "capability",
            "value",
            f"European share of the requirement, {year}",
            "percent",
            low="low",
            high="high",
            marked=half,
        ),
        reasons=reasons,
        flips=flips_of(view, whole, half, f"the mean share stands at {said(half)} percent"),
    )
