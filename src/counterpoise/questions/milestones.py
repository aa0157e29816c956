"""The dates of a plan: first orders, first arrivals, and when cover passes its marks."""

from __future__ import annotations

import math
from typing import Annotated

from counterpoise.errors import NotFound
from counterpoise.measures.amount import Amount, span
from counterpoise.measures.cover import cover, year_of_cover
from counterpoise.measures.parameters import (
    Areas,
    PlaceArgument,
    ScenarioArgument,
    choice,
)
from counterpoise.measures.view import View
from counterpoise.questions.question import ChartSpec, Context, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import flips_of, reply
from counterpoise.questions.supply import first_arrival, quarter, taken_by

MARK_YEAR = 2030
"""The year for which is told what would carry an area past four fifths."""


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
        years = {mark: _year(item.value) for mark, item in marks.items()}
        low, high = span(marks[80.0], view.inputs)
        rows.append(
            {
                "area": view.dataset.things[area].name,
                "first_order": None if when is None else quarter(when[0]),
                "first_arrival": None if when is None else quarter(when[1]),
                "half_from": years[50.0],
                "four_fifths_from": years[80.0],
                "low": _year(low),
                "high": _year(high),
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
            "low and high are the years of four fifths with the inputs at their ends, none for "
            "never; the plan's deliveries are taken as given",
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


def _year(moment: float) -> int | None:
    """A whole year; None for one that never comes."""
    return None if math.isnan(moment) else int(moment)
