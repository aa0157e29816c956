"""Whether the gap closes: cover and closed areas by world and behaviour."""

from __future__ import annotations

import math
from typing import Annotated

from counterpoise.errors import NotFound
from counterpoise.measures.amount import Amount
from counterpoise.measures.cover import cover, gap_share, year_of_cover
from counterpoise.measures.parameters import (
    Areas,
    Kind,
    PlaceArgument,
    PlanYear,
    Refused,
    choice,
    near,
)
from counterpoise.measures.view import Place, View, view_of
from counterpoise.questions.question import ChartSpec, Context, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import ends, flips_of, reply, said
from counterpoise.world import scenario as scenarios

PERCENT = (0.0, 100.0)

CLOSED = 1.0
"""Percent of the need up to which a gap counts as closed."""


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
    verdict = "Yes" if len(full) == len(rows) else "In part" if full else "No"
    most = f"{str(best['most_open']).lower()} ({said(best['most_open_pct'])}%)"
    sentence = (
        f"{verdict}: in {year} {place.name} meets between {_case(least)} and {_case(best)}; most "
        f"open is {most} even at best."
    )
    if len(rows) == 1:
        sentence = f"{verdict}: in {year} {place.name} meets {_case(best)}; most open is {most}."
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


def _case(row: Row) -> str:
    """A case in a sentence: cover, world, behaviour and how many areas are closed."""
    return (
        f"{said(row['cover_pct'])}% of its need ({row['scenario']}, {row['behaviour']}; "
        f"{row['areas_closed']} of {row['areas']} areas closed)"
    )


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
