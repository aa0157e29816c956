"""Kinds of argument that describe an order: line, units, time, expansion and priority."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Annotated, Any

from counterpoise.data.dates import last_day
from counterpoise.data.records import short
from counterpoise.errors import NotFound
from counterpoise.measures.parameters import Kind, Refused, choice, near
from counterpoise.measures.view import View
from counterpoise.world.calendar import MODEL_END, parse_period
from counterpoise.world.delivery import Order
from counterpoise.world.orderbook import decimal_year
from counterpoise.world.slots import PRIORITIES

USUAL = "usual"
"""Priority `own` where the line stands in the buyer's state, `queue` elsewhere."""

_LINE = "a line's address or name, or a type that one line makes"
_TIME = "a year (2027), quarter (2027-Q1) or month (2027-03)"


@dataclass(frozen=True)
class OrderTime:
    """When an order is placed: the period as given, and its middle as a decimal year."""

    period: str
    middle: float


def buyable_lines(view: View) -> list[str]:
    """Addresses of the lines that can be ordered from, in the order of their sheet."""
    return [item.address for item in view.dataset.kind("line") if item.texts.get("buyable") == "y"]


def lines_of(view: View, system: str) -> list[str]:
    """Addresses of the lines that make a type: those that can be ordered from, else all."""
    made = [item.subject for item in view.dataset.links_to.get(system, []) if item.role == "makes"]
    return [item for item in made if view.dataset.text(item, "buyable") == "y"] or made


def _read_line(text: str, view: View) -> str:
    """A line by address, id or name, or the only one that makes a type named."""
    dataset = view.dataset
    lines = {item.address for item in dataset.kind("line")}
    address = f"line/{text}"
    if address not in lines:
        try:
            address = dataset.find(text)
        except NotFound:
            address = ""
    makers = lines_of(view, address)
    if len(makers) == 1:
        address = makers[0]
    if dataset.text(address, "buyable") == "y":
        return address
    if address in lines:
        why = dataset.text(address, "buyable_reason") or "not marked as buyable"
        raise Refused(f"a line that can be ordered from ({why})")
    raise Refused(_LINE, makers or _near_lines(text, lines))


def _near_lines(text: str, lines: set[str]) -> list[str]:
    """Addresses of the lines whose names are nearest, or hold the text."""
    names = {short(item): item for item in sorted(lines)}
    wanted = text.casefold().removeprefix("line/")
    close = near(wanted, list(names))
    close += [item for item in names if wanted in item and item not in close][:4]
    return [names[item] for item in close]


def _read_units(text: str, view: View) -> float:
    told = "a number above 0"
    value = _finite(text, told)
    if value <= 0:
        raise Refused(told)
    return value


def _read_expansion(text: str, view: View) -> float:
    told = "a number of 0 or more (units a year)"
    value = _finite(text, told)
    if value < 0:
        raise Refused(told)
    return value


def _finite(text: str, told: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Refused(told) from None
    if not math.isfinite(value):
        raise Refused(told)
    return value


def _read_time(text: str, view: View) -> OrderTime:
    """The middle of the order's period, not before the release."""
    release = view.dataset.release
    first = decimal_year(release, MODEL_END) + int(last_day(release)[8:]) / 365
    try:
        start, end = parse_period(text)
    except ValueError:
        raise Refused(_TIME) from None
    if end <= first or start >= MODEL_END:
        raise Refused(f"a time from {release} to {MODEL_END - 1:.0f}")
    return OrderTime(text, max((start + end) / 2, first))


def _times(value: Any, view: View) -> list[str]:
    """The quarters of the three years after the release."""
    year = int(view.dataset.release[:4])
    return [f"{year + more}-Q{quarter}" for more in (1, 2, 3) for quarter in (1, 2, 3, 4)]


def _no_parts(value: Any, view: View) -> list[str]:
    return []


OrderedLine = Annotated[
    str,
    Kind("order line", _LINE, _read_line, lambda value, view: [*map(short, buyable_lines(view))]),
]
UnitsArgument = Annotated[float, Kind("units", "a number above 0", _read_units, _no_parts)]
OrderTimeArgument = Annotated[OrderTime, Kind("order time", _TIME, _read_time, _times)]
ExpansionArgument = Annotated[
    float,
    Kind("expansion", "units a year added to the line, 0 or more", _read_expansion, _no_parts),
]
_PRIORITY = choice(USUAL, *PRIORITIES)
PriorityArgument = Annotated[
    str, replace(_PRIORITY, told=f"{_PRIORITY.told}; usual is own at home, else queue")
]


def order_of(
    view: View,
    line: str,
    buyer: str,
    units: float,
    order: OrderTime,
    expand: float = 0.0,
    priority: str = USUAL,
) -> Order:
    """The order that arguments describe; `line` and `buyer` are addresses."""
    if priority == USUAL:
        priority = "own" if view.dataset.target(line, "located in") == buyer else "queue"
    return Order(line, buyer, units, order.middle, expand, priority, order.period)
