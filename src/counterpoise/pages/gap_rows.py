"""Rows of needs and gaps: of a place by area, by area and year, and under other weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from counterpoise.measures.amount import Amount, assumed_share, combined, span, weakest_basis
from counterpoise.measures.forces import Scope, scope_of, within
from counterpoise.measures.parameters import (
    BehaviourArgument,
    Kind,
    PlaceArgument,
    PlanYear,
    Refused,
    ScenarioArgument,
    choice,
    near,
)
from counterpoise.measures.standing import Parameter, parameters_of, read_arguments
from counterpoise.measures.view import Place, View
from counterpoise.pages.registry import Row, view
from counterpoise.pages.site import Site
from counterpoise.world.calendar import REPORT_END
from counterpoise.world.weights import EQUAL, area_weights, weight_sets

YEARS = range(2027, 2036)

PARTS = ("need", "held", "arriving", "us_part", "bought")
"""What makes up a gap, in the order in which it is told."""

DEFAULTS = {
    "place": "NATO-EUR",
    "behaviour": "together",
    "us_part": "counted",
    "year": "2030",
    "scenario": "baseline",
    "weights": EQUAL,
}

DUST = 1e-9
"""Part of a need that counts as nothing."""

MOSTLY = 0.5
"""Share of assumed inputs, by effect, from which on a figure is hatched as assumed."""


@dataclass(frozen=True)
class Chosen:
    """What a page of gaps is about."""

    place: Place
    behaviour: str
    us_part: str
    year: int
    scenario: str
    weights: str

    def scope(self, view: View) -> Scope:
        """The place in its balance; NotFound where nobody in it plans."""
        counted = self.us_part == "counted"
        return scope_of(view, self.place, self.behaviour, self.scenario, counted)


def _read_weights(text: str, view: View) -> str:
    known = weight_sets(view.dataset)
    if text not in known:
        raise Refused(" or ".join(known), near(text, known))
    return text


def _sets(value: object, view: View) -> list[str]:
    return weight_sets(view.dataset)


def _asked(
    view: View,
    place: PlaceArgument,
    behaviour: BehaviourArgument,
    us_part: Annotated[str, choice("counted", "left-out")],
    year: PlanYear,
    scenario: ScenarioArgument,
    weights: Annotated[str, Kind("weights", "a set of weights", _read_weights, _sets)],
) -> Chosen:
    """The arguments of a page of gaps."""
    return Chosen(place, behaviour, us_part, year, scenario, weights)


PARAMETERS = tuple(
    Parameter(item.name, item.kind, DEFAULTS[item.name]) for item in parameters_of(_asked)
)


def chosen(site: Site, given: Mapping[str, str]) -> Chosen:
    """The arguments of a page of gaps from text; BadInput with all that don't fit."""
    return Chosen(**read_arguments("gaps", PARAMETERS, given, site.view))


@view("gaps", tuple(DEFAULTS))
def gap_rows(site: Site, **given: str) -> list[Row]:
    """Need, what meets it, and the gap of a place in a year: a row an area, each with its range.

    `weighed` is the area's part of the place's weighted percent-years to 2035.
    """
    asked = chosen(site, given)
    scope = asked.scope(site.view)
    weighed = _weighed(site, scope, asked.weights)
    return [
        _row(site.view, scope, area, asked.year) | {"weighed": weighed[area]}
        for area in _ranked(areas_of(scope, (asked.year,)), asked, weighed)
    ]


@view("gap-years", tuple(DEFAULTS))
def gap_years(site: Site, **given: str) -> list[Row]:
    """Percent of the need that is open, a row an area and year, with how much is assumed."""
    asked = chosen(site, given)
    scope = asked.scope(site.view)
    rows = []
    for area in _ranked(areas_of(scope, YEARS), asked, _weighed(site, scope, asked.weights)):
        for year in YEARS:
            need = scope.part("need", area, year)
            if need.value <= 0:
                continue
            gap = _dusted(scope.gap(area, year), need)
            rests_on = gap if gap.value > 0 else _met(scope, area, year)
            rows.append(
                {
                    "area": area,
                    "year": year,
                    "open": 100 * gap.value / need.value,
                    "assumed": assumed_share(rests_on, site.view.inputs),
                }
            )
    return rows


@view("gap-weights", tuple(DEFAULTS))
def gap_weights(site: Site, **given: str) -> list[Row]:
    """The open need of a place to 2035 in percent-years, under each set of weights."""
    scope = chosen(site, given).scope(site.view)
    return [
        {
            "weights": f"weight-set/{name}" if name in _named_sets(site) else name,
            "percent_years": sum(_weighed(site, scope, name).values()),
        }
        for name in weight_sets(site.dataset)
    ]


def _weighed(site: Site, scope: Scope, weights: str) -> dict[str, float]:
    """By area its part of the place's open need to 2035, in percent-years under a set of weights.

    Their sum is the place's: the weighted mean over the areas in which it needs anything.
    """
    world = scope.balance.world
    shown = world.calendar.overlap(world.calendar.edges[0], REPORT_END)
    factor = area_weights(site.dataset, weights, world.labels, world.calendar) * shown
    areas = areas_of(scope, YEARS)
    found = {}
    for area in areas:
        cells = scope.cells(area)
        need = cells @ scope.balance.parts["need"].totals
        gap = cells @ scope.balance.gap
        share = np.divide(gap, need, out=np.zeros_like(gap), where=need > 0)
        weight = factor[world.labels.area_index[area]]
        found[area] = 100 * float((share * weight).sum()) / len(areas)
    return found


def _ranked(areas: list[str], asked: Chosen, weighed: Mapping[str, float]) -> list[str]:
    """Areas in their usual order, or by what is open under other weights, the most first."""
    usual = asked.weights == DEFAULTS["weights"]
    return areas if usual else sorted(areas, key=lambda area: -weighed[area])


def _named_sets(site: Site) -> set[str]:
    return {item.address.split("/")[1] for item in site.dataset.kind("weight-set")}


def areas_of(scope: Scope, years: range | tuple[int, ...]) -> list[str]:
    """The planned areas in which a place needs anything in one of the years."""
    world = scope.balance.world
    weights = np.sum([within(world, year) for year in years], axis=0)
    need = scope.balance.parts["need"].totals @ weights
    return [area for area in world.labels.areas if float(scope.cells(area) @ need) > 0]


def _dusted(gap: Amount, need: Amount) -> Amount:
    """A gap without what rounding leaves of a closed one; its range stays."""
    return gap if gap.value > DUST * need.value else replace(gap, value=0.0)


def _met(scope: Scope, area: str, year: int) -> Amount:
    parts = ((-1.0 if name == "need" else 1.0, scope.part(name, area, year)) for name in PARTS)
    return combined(parts)


def _row(view: View, scope: Scope, area: str, year: int) -> Row:
    found = {name: scope.part(name, area, year) for name in PARTS}
    gap = _dusted(scope.gap(area, year), found["need"])
    rests_on = gap if gap.value > 0 else _met(scope, area, year)
    row: Row = {"area": area}
    for name, item in (*found.items(), ("gap", gap)):
        low, high = span(item, view.inputs)
        row |= {f"{name}_low": max(low, 0.0), name: item.value, f"{name}_high": high}
    open_part = 100 * gap / found["need"]
    low, high = span(open_part, view.inputs)
    return row | {
        "open_low": max(low, 0.0),
        "open": open_part.value,
        "open_high": min(high, 100.0),
        "basis": weakest_basis(rests_on, view.inputs),
        "assumed": 100 * assumed_share(rests_on, view.inputs),
        "sources": "; ".join(
            f"source/{key}"
            for key in sorted(
                {key for each in rests_on.slopes for key in view.inputs[each].sources}
            )
        ),
    }
