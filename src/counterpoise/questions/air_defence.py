"""Whether and when air defence is a multiple of what it is today."""

from __future__ import annotations

import math
from typing import Annotated

from counterpoise.measures.amount import Amount, total
from counterpoise.measures.forces import Scope, scope_of
from counterpoise.measures.parameters import (
    PlaceArgument,
    ScenarioArgument,
    number,
)
from counterpoise.measures.view import NoAnswer, View
from counterpoise.questions.question import ChartSpec, Context, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import ends, flips_of, reply, said


@computed(place="NATO-EUR", factor="4", scenario="baseline")
def air_defence(
    view: View,
    context: Context,
    place: PlaceArgument,
    factor: Annotated[float, number(1, 10, "times today's units")],
    scenario: ScenarioArgument,
) -> Reply:
    """Units in service of the air-defence areas as a multiple of today's, by year."""
    rows: list[Row] = []
    chart: list[Row] = []
    amounts, told = [], []
    last: dict[str, Amount] = {}
    start = scope_of(view, place, "ordered", scenario)
    for behaviour in ("ordered", "together"):
        scope = scope_of(view, place, behaviour, scenario)
        world = scope.balance.world
        areas = [a for a in world.labels.areas if view.dataset.text(a, "domain") == "air defence"]
        for area in areas:
            today = _today(start, area)
            if today.value <= 0:
                continue
            by_year = {when: _in_service(scope, area, when) for when in range(2027, 2036)}
            ratios = {when: item / today for when, item in by_year.items()}
            reached = next((w for w, item in ratios.items() if item.value >= factor), None)
            amounts += [ratios[2030], ratios[2035]]
            name = view.dataset.things[area].name
            low, high = ends(view, ratios[2035], (0.0, math.inf))
            rows.append(
                {
                    "area": name,
                    "behaviour": behaviour,
                    "today": today.value,
                    "units_2030": by_year[2030].value,
                    "units_2035": by_year[2035].value,
                    "times_2030": ratios[2030].value,
                    "times_2035": ratios[2035].value,
                    "low": low,
                    "high": high,
                    "reached": reached,
                }
            )
            if behaviour == "together":
                last[name] = ratios[2035]
                told.append((name.lower(), ratios[2030].value, ratios[2035].value, reached))
            chart += [
                {"year": when, "times": item.value, "series": f"{name}, {behaviour}"}
                for when, item in ratios.items()
            ]
    if not rows:
        raise NoAnswer(f"air defence that {place.name} holds today", ["NATO-EUR", "DEU"])
    done = [item for item in told if item[3] is not None]
    words = "; ".join(
        f"{name} {said(first)} times in 2030 and {said(last)} in 2035"
        + (f" ({said(factor)} times from {when})" if when else "")
        for name, first, last, when in told
    )
    verdict = "Yes" if len(done) == len(told) else ("In part" if done else "Not by 2035")
    sentence = f"{verdict}: planning together, {place.name} would have {words} as much as today."
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "lines", "year", "times", "Air defence as a multiple of today's units", "times today's",
            series="series", rows=tuple(chart),
        ),
        reasons=[
            "units are weighted by type; today's are holdings at the calendar's start",
            "stocks of interceptors start from what is published or one load a launcher, so "
            "their multiples rest on assumptions",
            "what is asked for is about four to five times; the needs of the plan follow it",
        ],
        flips=[
            flip
            for name, item in last.items()
            for flip in flips_of(
                view, item, factor, f"{name.lower()} would be just {said(factor)} times in 2035",
                count=1,
            )
        ],
    )  # fmt: skip


def _in_service(scope: Scope, area: str, when: int) -> Amount:
    return total(scope.part(name, area, when) for name in ("held", "arriving", "bought"))


def _today(scope: Scope, area: str) -> Amount:
    """Weighted units in service at the calendar's start, before any retirement."""
    weights = scope.cells(area)
    world = scope.balance.world
    periods = world.calendar.lengths * 0.0
    periods[0] = 1.0
    return scope.balance.amount("held", weights, periods)
