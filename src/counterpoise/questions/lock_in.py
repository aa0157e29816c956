"""What today's orders fix: cohorts of holdings, orders and a plan by controlling state to 2050."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Annotated

import numpy as np

from counterpoise.errors import NotFound
from counterpoise.measures.amount import Amount, mean, total
from counterpoise.measures.cohorts import PARTS, Fleet, fleets
from counterpoise.measures.dependence import own_group
from counterpoise.measures.forces import scope_of
from counterpoise.measures.parameters import AreasArgument, PlaceArgument, PlanYear, choice
from counterpoise.measures.view import NoAnswer, Place, View
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import ends, flips_of, ranged, reply, said
from counterpoise.world.calendar import Floats

SHOWN = (2027, 2030, 2035, 2040, 2045, 2050)
AMERICA = "state/USA"
NEED_YEAR = 2035
MOST = 6
"""Controlling states in the table; those in the drawing are fewer."""

NONNEGATIVE = (0.0, float("inf"))


@computed(place="NATO-EUR", area="all", ordered_by="2035", behaviour="together", life="stated")
def lock_in(
    view: View,
    context: Context,
    place: PlaceArgument,
    area: AreasArgument,
    ordered_by: PlanYear,
    behaviour: Annotated[str, choice("together", "alone")],
    life: Annotated[str, choice("stated", "stretched")],
) -> Reply:
    """Units in service to 2050 by controlling state: held today, signed, and ordered by a plan."""
    plan = view.plan("baseline", behaviour)
    years, found = fleets(view, place, plan, ordered_by, life == "stretched")
    needs = _needs(view, place, area.addresses, behaviour)
    if not needs:
        raise NoAnswer(f"a need of {place.name} in {', '.join(area.addresses)}")
    found = [fleet for fleet in found if fleet.area in needs]
    groups = _groups(view, place, found, needs)
    end = years.index(SHOWN[-1])
    rows = []
    amounts = []
    for name, mine in groups.items():
        row: Row = {"controlled_by": name}
        for year in SHOWN:
            row[f"in_{year}"] = _value(mine, needs, years.index(year))
        last = _share(view, mine, needs, end)
        amounts.append(last)
        row["low_2050"], row["high_2050"] = ends(view, last, NONNEGATIVE)
        for part in PARTS:
            row[f"{part}_2050"] = _value([f for f in mine if f.part == part], needs, end)
        rows.append(row)
    fixed = [fleet for fleet in groups["all"] if fleet.part != "plan"]
    signed = _share(view, fixed, needs, end)
    whole = _share(view, groups["all"], needs, end)
    theirs = [fleet for fleet in found if AMERICA in fleet.controllers]
    america = _share(view, [f for f in theirs if f.part != "plan"], needs, end)
    planned = _share(view, theirs, needs, end)
    other = "stated" if life == "stretched" else "stretched"
    _, longer = fleets(view, place, plan, ordered_by, other == "stretched")
    apart = _value([fleet for fleet in longer if fleet.area in needs], needs, end)
    name = ", ".join(view.dataset.things[item].name.lower() for item in area.addresses)
    over = "mean over areas" if len(area.addresses) > 1 else name
    sentence = (
        f"What {place.name} holds and has signed today still covers {ranged(view, signed)}% of the "
        f"need in 2050 ({over}), {ranged(view, america)} points of it under American control; with "
        f"what the plan {behaviour} orders by {ordered_by} it is {ranged(view, whole)}%, "
        f"{ranged(view, planned)} points under American control."
    )
    return reply(
        sentence,
        rows,
        [signed, america, whole, planned, *amounts],
        headline=signed,
        chart=ChartSpec(
            "lines", "year", "units", "Units in service by controlling state to 2050",
            f"percent of the need in {NEED_YEAR}", series="controlled_by",
            rows=tuple(_drawn(groups, needs, years)),
        ),
        reasons=[
            f"units count against the need in {NEED_YEAR}, held constant after it; areas where "
            "more is held than needed count in full, so a sum may pass 100",
            "holdings shrink as in the plan: straight to nothing over a multiple of their type's "
            "service life (rule retirement-stretch), old types sooner",
            f"signed and planned units leave when their {life} service life ends; the plan itself, "
            "whose years end in 2040, retires none of them",
            f"with the {other} life of signed and planned units it would be {said(apart)}% in 2050",
            "a type under several states' control counts under each of them, and once under all",
            *(
                f"{row['controlled_by']}: {said(row['in_2027'])}% in 2027, {said(row['in_2040'])}% "
                f"in 2040, {said(row['in_2050'])}% in 2050"
                for row in rows
            ),
        ],
        flips=flips_of(view, signed, 50.0, "half of the need would be fixed", count=2)
        or [Flip("ordered_by", ordered_by, 2026.0, "year", "only signed orders count", True)],
        not_included=[
            "orders placed after the year named, and upgrades that prolong a type's life",
            "the range covers quantities, weights and needs; service life is the parameter `life`",
        ],
    )  # fmt: skip


def _needs(view: View, place: Place, areas: tuple[str, ...], behaviour: str) -> dict[str, Amount]:
    """The place's need in the areas in which it has one."""
    scope = scope_of(view, place, behaviour, "baseline")
    found = {}
    for area in areas:
        try:
            wanted = scope.part("need", area, NEED_YEAR)
        except NotFound:
            continue
        if wanted.value > 0:
            found[area] = wanted
    return found


def _groups(
    view: View, place: Place, found: list[Fleet], needs: dict[str, Amount]
) -> dict[str, list[Fleet]]:
    """Fleets by who can withhold their use: all, the place's own states alone, and by state."""
    inside = own_group(view, place)
    by_state: defaultdict[str, list[Fleet]] = defaultdict(list)
    for fleet in found:
        for state in fleet.controllers:
            by_state[state].append(fleet)
    outside = [state for state in by_state if state not in inside]
    weight = {state: _path(by_state[state], needs).sum() for state in outside}
    top = sorted(outside, key=lambda state: -weight[state])[:MOST]

    def known(test: Callable[[Fleet], bool]) -> list[Fleet]:
        return [fleet for fleet in found if test(fleet)]

    return {
        "all": found,
        "own group alone": known(
            lambda f: bool(f.controllers) and inside.issuperset(f.controllers)
        ),
        "outside, any": known(lambda f: not inside.issuperset(f.controllers)),
        **{view.dataset.things[state].name: by_state[state] for state in top},
        "not known": known(lambda f: not f.controllers),
    }


def _path(mine: Iterable[Fleet], needs: dict[str, Amount]) -> Floats:
    """Percent of the need by year, mean over the areas."""
    parts = [fleet.units / needs[fleet.area].value for fleet in mine]
    whole: Floats = 100 * np.sum(parts, axis=0) / len(needs) if parts else np.zeros(1)
    return whole


def _value(mine: list[Fleet], needs: dict[str, Amount], at: int) -> float:
    return float(_path(mine, needs)[at]) if mine else 0.0


def _share(view: View, mine: list[Fleet], needs: dict[str, Amount], at: int) -> Amount:
    """Percent of the need in a year, mean over the areas, with what it rests on."""
    units: defaultdict[str, list[Amount]] = defaultdict(list)
    for fleet in mine:
        if fleet.units[at] > 0:
            units[fleet.area].append(fleet.at(view, at))
    return 100 * mean([total(units[area]) / wanted for area, wanted in needs.items()])


def _drawn(
    groups: dict[str, list[Fleet]], needs: dict[str, Amount], years: tuple[int, ...]
) -> Iterable[Row]:
    """The lines of the drawing: who controls all, and what is held and signed without a plan."""
    lines = dict(list(groups.items())[:4])
    fixed = [fleet for fleet in groups["all"] if fleet.part != "plan"]
    lines["held and signed alone"] = fixed
    for name, mine in lines.items():
        if mine:
            for year, units in zip(years, _path(mine, needs), strict=True):
                yield {"year": year, "units": float(units), "controlled_by": name}
