"""Threat: when Russia is assessed to be able to attack, and what it makes in a year."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from counterpoise.data.records import Observation
from counterpoise.measures.amount import Amount, amount, combined, mean, total
from counterpoise.measures.cover import Measured, Threshold, year_of_cover
from counterpoise.measures.forces import only
from counterpoise.measures.parameters import (
    AreasArgument,
    BehaviourArgument,
    Kind,
    PlaceArgument,
    ScenarioArgument,
    choice,
    thing,
    year,
)
from counterpoise.measures.standing import standing
from counterpoise.measures.view import NoAnswer, Place, View
from counterpoise.world.orderbook import decimal_year

GROUP = "threat"
ASSESSED = "published assessments, sheet threats"
NEWEST = "newest"
DEFAULTS = {"since": "2024"}

_A_YEAR = {"per year": 1.0, "per quarter": 4.0, "per month": 12.0, "per day": 365.0}

StatisticArgument = Annotated[str, choice("earliest", "median", "latest")]
SinceYear = Annotated[int, year(2022, 2026)]


@dataclass(frozen=True)
class Danger:
    """An assessment's danger year: first, central and last decimal year, and what it rests on.

    First and last are the central year where the assessment has no range.
    """

    first: float
    central: float
    last: float
    told: Observation

    def at(self, moment: float) -> Amount:
        """A decimal year of the assessment as an amount; it moves with what was told."""
        return Amount(moment, {self.told.id: 1.0})


def dangers(view: View, since: int) -> list[Danger]:
    """The danger years of the assessments published since a year that give one or a range.

    Published plus years. An assessment with a lower bound alone gives no year.
    Raises NoAnswer where there is none.
    """
    found = []
    for item in view.dataset.kind("threat"):
        told = view.dataset.observation(item.address, "years")
        published = decimal_year(item.texts.get("published", ""), -math.inf)
        if told is None or published < since:
            continue
        ends = [end for end in (told.low, told.high) if end is not None]
        if told.value is None and len(ends) < 2:
            continue
        central = told.value if told.value is not None else sum(ends) / 2
        low = told.low if told.low is not None else central
        high = told.high if told.high is not None else central
        found.append(Danger(published + low, published + central, published + high, told))
    if not found:
        raise NoAnswer(f"an assessment published since {since}")
    return found


@standing(
    "year",
    GROUP,
    ASSESSED,
    bounds=(2020.0, 2060.0),
    defaults=DEFAULTS | {"statistic": "median"},
)
def danger_year(view: View, statistic: StatisticArgument, since: SinceYear) -> Amount:
    """The year from which Russia is assessed to be able to attack, each under its condition.

    Date of publication plus the years stated: `earliest` and `latest` over all ends of ranges,
    `median` over the middles. Assessments that count from an end of the fighting in Ukraine are
    counted from publication, so they come as early as they can.
    """
    found = dangers(view, since)
    if statistic == "earliest":
        first = min(found, key=lambda item: item.first)
        return first.at(first.first)
    if statistic == "latest":
        last = max(found, key=lambda item: item.last)
        return last.at(last.last)
    ranked = sorted(found, key=lambda item: item.central)
    middle = {(len(ranked) - 1) // 2, len(ranked) // 2}
    return mean([ranked[i].at(ranked[i].central) for i in middle])


@standing(
    "percent",
    GROUP,
    "mean over the assessments of the part of each window before the year of cover",
    bounds=(0.0, 100.0),
    defaults=DEFAULTS
    | {
        "place": "NATO-EUR",
        "area": "all",
        "threshold": "50",
        "measured": "own",
        "behaviour": "ordered",
        "scenario": "baseline",
    },
)
def danger_year_overlap(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    threshold: Threshold,
    measured: Measured,
    since: SinceYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """How much of the assessed danger comes before a place's cover passes a threshold.

    Of each assessment's window (`danger_year`) the part that lies before the year of cover, a
    single year whole or not at all; the mean over the assessments, each alike. 0: all danger
    comes later; 100: all comes first, or the threshold isn't passed by 2035.
    """
    ready = year_of_cover(view, place, area, threshold, measured, behaviour, scenario)
    found = dangers(view, since)
    if math.isnan(ready.value):
        rests = combined((0.0, item.at(item.central)) for item in found)
        return Amount(100.0, rests.slopes, ready.missing)
    return 100 * mean([_before(item, ready) for item in found])


def _before(item: Danger, ready: Amount) -> Amount:
    """Part of a window that lies before a year."""
    known = 0 * item.at(item.central)
    if item.last <= ready.value or item.last == item.first:
        return known + (1.0 if item.central < ready.value else 0.0)
    if item.first >= ready.value:
        return known
    return known + (ready - item.first) / (item.last - item.first)


_THREAT = thing("threat")


def _estimates(view: View) -> list[str]:
    return [
        item.address
        for item in view.dataset.kind("threat")
        if item.texts.get("kind") == "production" and item.texts.get("unit") in _A_YEAR
    ]


EstimateArgument = Annotated[
    str,
    Kind(
        "estimate",
        "newest, or an estimate of output in the sheet threats",
        lambda text, view: text if text == NEWEST else _THREAT.read(text, view),
        lambda value, view: [item.split("/")[1] for item in _estimates(view)],
    ),
]


def russian_output(view: View, area: str, estimate: str) -> Amount:
    """Items a year that an estimate gives for an area.

    `newest` takes, of the newest year with estimates, the largest: the smaller ones count one
    type, or new-built items alone. Raises NoAnswer where no estimate is about the area.
    """
    known = []
    for item in _estimates(view):
        made = view.known(item, "quantity")
        if area not in view.dataset.targets(item, "about") or made is None:
            continue
        a_year = made * _A_YEAR[view.dataset.text(item, "unit")]
        known.append((item, view.dataset.things[item].as_of[:4], a_year))
    if estimate != NEWEST:
        known = [row for row in known if row[0] == estimate]
    if not known:
        raise NoAnswer(f"an estimate of Russian output in {area}: {estimate}")
    return max(known, key=lambda row: (row[1], row[2].value))[2]


ESTIMATED = {"area": "mbt", "estimate": NEWEST}


@standing(
    "ratio",
    GROUP,
    "estimated output a year over the lines' rates",
    defaults=ESTIMATED | {"place": "NATO-EUR"},
)
def output_ratio(
    view: View, place: PlaceArgument, area: AreasArgument, estimate: EstimateArgument
) -> Amount:
    """Russian output a year over the output today of the lines in a place, in items.

    Russian estimates count refurbished items where they say so; European rates are new-built.
    Totals that the data hold beside single lines aren't counted.
    """
    wanted = only(area)
    dataset = view.dataset
    rates = [
        view.known(line.address, "rate")
        for line in dataset.kind("line")
        if line.texts.get("buyable") == "y"
        and dataset.target(line.address, "located in") in place.states
        and dataset.target(dataset.target(line.address, "makes"), "fills") == wanted
    ]
    made = total(item for item in rates if item is not None)
    if made.value <= 0:
        raise NoAnswer(f"output of {place.name} in {wanted}")
    return russian_output(view, wanted, estimate) / made


@standing(
    "months",
    GROUP,
    "holdings over estimated output a month",
    defaults=ESTIMATED | {"place": "DEU"},
)
def months_to_build(
    view: View, place: PlaceArgument, area: AreasArgument, estimate: EstimateArgument
) -> Amount:
    """Months in which Russia makes as many items as a place holds in service.

    Items by number, old and new alike; refurbished ones count where the estimate has them.
    """
    wanted = only(area)
    held = holdings(view, place, wanted)
    return held / (russian_output(view, wanted, estimate) / 12)


def holdings(view: View, place: Place, area: str) -> Amount:
    """Items in service that the states of a place hold in an area, unweighted.

    Raises NoAnswer where none is stated.
    """
    dataset = view.dataset
    held = amount(0.0)
    for item in dataset.kind("holding"):
        owners = dataset.targets(item.address, "held by")
        inside = [owner for owner in owners if owner in place.states]
        stated = view.known(item.address, "quantity")
        right = item.texts.get("status") == "active"
        if not (inside and right and stated and dataset.target(item.address, "fills") == area):
            continue
        each = view.known(item.address, "units_per_item") or amount(1.0)
        held = held + stated * each * (len(inside) / len(owners))
    if not held.value:
        raise NoAnswer(f"holdings of {place.name} in {area}")
    return held
