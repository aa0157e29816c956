"""Industry: output of lines, growth, order books, concentration, expansion."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Annotated, get_args

from counterpoise.measures import forces
from counterpoise.measures.amount import Amount, combined, largest, total
from counterpoise.measures.lines import buyable_lines, rate_at
from counterpoise.measures.orders import signed_orders
from counterpoise.measures.parameters import (
    Areas,
    AreasArgument,
    Kind,
    PlaceArgument,
    PlanYear,
    Refused,
    choice,
    number,
    thing,
    year,
)
from counterpoise.measures.service import effective_number, proportional
from counterpoise.measures.standing import standing
from counterpoise.measures.view import NoAnswer, Place, View

GROUP = "industry"
MODEL = "docs/model.md, Open output"
_areas: Kind = get_args(AreasArgument)[1]
_line = thing("line")


@dataclass(frozen=True)
class Making:
    """What makes something: all lines of an area, or one line."""

    area: str
    line: str = ""


def _read_making(text: str, view: View) -> Making:
    if text != "all":
        try:
            return Making(str(_areas.read(text, view).addresses[0]))
        except Refused as refused:
            close = refused.near
        try:
            line = str(_line.read(text, view))
            system = view.dataset.target(line, "makes")
            return Making(view.dataset.target(system, "fills"), line)
        except Refused as refused:
            raise Refused("a planned area or a line", (*close, *refused.near)) from None
    raise Refused("one area or line: items of several can't be added")


MakingArgument = Annotated[
    Making, Kind("area or line", "a planned area or a line", _read_making, _areas.parts)
]
RateYear = Annotated[int, year(2026, 2035)]
OrderYear = Annotated[int, year(2004, 2026)]
Horizon = Annotated[float, number(0, 15, "years")]
By = Annotated[str, choice("supplier", "maker")]


def _read_units(text: str, view: View) -> str:
    if text in ("gap", "us-part"):
        return text
    try:
        number(0, 1e9, "capability units").read(text, view)
    except Refused:
        raise Refused("gap, us-part, or a number of capability units") from None
    return text


UnitsArgument = Annotated[
    str,
    Kind("units", "gap, us-part or a number", _read_units, lambda value, view: ["gap", "us-part"]),
]


def lines_of(view: View, made: Making, place: Place) -> list[str]:
    """The named line, or an area's lines that sell and stand in a place; NotFound for none."""
    if made.line:
        return [made.line]
    found = [line.address for line in buyable_lines(view, place, made.area)]
    if not found:
        raise NoAnswer(f"a line of {made.area} in {place.name}", ["place=NATO-EUR", "place=USA"])
    return found


def _output(view: View, made: Making, place: Place, moment: float, weighted: bool) -> Amount:
    parts, gone = [], []
    for line in lines_of(view, made, place):
        rate = rate_at(view, line, moment)
        if rate is None:
            gone.append(line)
            continue
        weight = view.known(view.dataset.target(line, "makes"), "weight") if weighted else None
        parts.append(rate * weight if weight is not None else rate)
    if not parts:
        raise NoAnswer(f"a rate of {made.line or made.area}")
    whole = total(parts)
    return whole.lacking(gone)


@standing(
    "items a year",
    GROUP,
    MODEL,
    defaults={"area": "shell-155", "place": "NATO-EUR", "year": "2026"},
)
def line_output(view: View, area: MakingArgument, place: PlaceArgument, year: RateYear) -> Amount:
    """What all lines of an area that stand in a place, or a named line anywhere, make in a year.

    Straight from today's rate to the announced one, then flat; whole output, whoever it goes
    to; before events, without expansion nobody has announced. Items aren't weighted.
    """
    return _output(view, area, place, year + 0.5, False)


@standing(
    "percent",
    GROUP,
    MODEL,
    bounds=(-100.0, math.inf),
    defaults={"area": "shell-155", "place": "NATO-EUR", "first": "2026", "last": "2030"},
)
def output_growth(
    view: View, area: MakingArgument, place: PlaceArgument, first: RateYear, last: RateYear
) -> Amount:
    """By how much output grows from one year to another, at today's and announced rates."""
    before = _output(view, area, place, first + 0.5, False)
    return 100 * (_output(view, area, place, last + 0.5, False) / before - 1)


@standing(
    "years",
    GROUP,
    "order book over output, as in company reports",
    defaults={"area": "fighter", "place": "NATO-EUR"},
)
def backlog_years(view: View, area: MakingArgument, place: PlaceArgument) -> Amount:
    """How long lines are busy with signed orders not yet due when the calendar starts.

    Items still due over whole output at the start. The order book knows European buyers alone,
    so backlogs of lines abroad are larger. Not a number where nothing is made yet.
    """
    world, lines = view.world(), set(lines_of(view, area, place))
    due = total(
        proportional(view, float(entry.due.sum()), [(entry.order, "quantity")])
        for entry in world.entries
        if entry.line in lines
    )
    return due / _output(view, area, place, world.calendar.edges[0], False)


@standing(
    "years",
    GROUP,
    "units over output a year",
    defaults={"area": "mbt", "place": "NATO-EUR", "units": "gap", "year": "2027"},
)
def years_at_rate(
    view: View,
    area: MakingArgument,
    place: PlaceArgument,
    units: UnitsArgument,
    year: PlanYear,
) -> Amount:
    """Years in which lines that stand in a place make a number of units, at a year's rate.

    Capability units over output weighted by type, all of it, whoever has ordered. `gap` is the
    place's gap in the year under signed orders, `us-part` what the United States provide today.
    """
    if units == "gap":
        wanted = forces.gap(view, place, Areas((area.area,)), year, "ordered", "baseline")
    elif units == "us-part":
        wanted = view.read(f"need/{area.area.split('/')[1]}", "us_part")
    else:
        wanted = Amount(float(units))
    return wanted / _output(view, area, place, year + 0.5, True)


@standing(
    "suppliers",
    GROUP,
    "inverse Herfindahl index (Hirschman 1945, Herfindahl 1950); Laakso and Taagepera 1979",
    bounds=(1.0, math.inf),
    defaults={
        "place": "NATO-EUR",
        "by": "supplier",
        "area": "all",
        "first": "2022",
        "last": "2026",
    },
)
def order_concentration(
    view: View,
    place: PlaceArgument,
    by: By,
    area: AreasArgument,
    first: OrderYear,
    last: OrderYear,
) -> Amount:
    """Effective number of suppliers of a place's signed orders, by value; 1 if all go to one.

    By supplier state, or by the maker of the type. Orders without a known value aren't counted.
    """
    parts: defaultdict[str, list[Amount]] = defaultdict(list)
    gone: set[str] = set()
    for order in signed_orders(view, place, area, first, last):
        name = order.supplier if by == "supplier" else order.maker
        if order.value is None or not name:
            gone.add(order.address)
        else:
            parts[name].append(order.value)
    if not parts:
        raise NoAnswer(f"signed orders of {place.name} from {first} to {last} with a value")
    found = effective_number({name: total(items) for name, items in parts.items()})
    return found.lacking(gone)


@standing(
    "items a year",
    GROUP,
    "docs/model.md, The problem: column expand",
    defaults={"area": "shell-155", "place": "NATO-EUR", "horizon": "5"},
)
def expansion_possible(
    view: View, area: MakingArgument, place: PlaceArgument, horizon: Horizon
) -> Amount:
    """Output a year that lines can add within a horizon if each starts to grow at once.

    Each year a line adds at most the area's growth limit times its largest announced rate, and
    what it adds delivers after its expansion time. Money and inputs aren't counted.
    """
    growth = view.read(area.area, "expansion_growth")
    parts = []
    for line in lines_of(view, area, place):
        rates = [rate_at(view, line, moment) for moment in (2026.5, 2041.0)]
        months = view.read(line, "expansion_time")
        known = [rate for rate in rates if rate is not None]
        if known and months.value / 12 < horizon:
            parts.append(growth * largest(known) * (horizon - months / 12))
    return combined((1.0, part) for part in parts)
