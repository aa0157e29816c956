"""The figures that a delivery date rests on, and what their ranges move it by."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from counterpoise.data.records import Observation
from counterpoise.world.delivery import Delivery, planned
from counterpoise.world.lines import Line
from counterpoise.world.slots import slots_of
from counterpoise.world.world import World


@dataclass(frozen=True)
class Input:
    """A figure behind a date: its observation, and months by which the last unit moves.

    `at_low` and `at_high` are what the planned date moves by with the lowest and the highest
    value alone; None where no range is stated or the date lies beyond the horizon.
    """

    name: str
    figure: Observation
    at_low: float | None
    at_high: float | None


def _rate(line: Line, value: float, stated: float) -> Line:
    return replace(line, output=line.output * (value / stated)) if stated else line


def _lead(line: Line, value: float, stated: float) -> Line:
    return replace(line, lead=value / 12)


def _share(line: Line, value: float, stated: float) -> Line:
    return replace(line, open_share=value)


def _expansion(line: Line, value: float, stated: float) -> Line:
    return replace(line, expansion_time=value / 12)


_Change = Callable[[Line, float, float], Line]

_LINE: tuple[tuple[str, str, _Change | None], ...] = (
    ("lead time", "lead_time", _lead),
    ("rate, with the announced one in step", "rate", _rate),
    ("announced rate", "rate_target", None),
    ("year of the announced rate", "rate_target_year", None),
    ("share open to European buyers", "open_share", _share),
    ("sold until", "committed_until", None),
    ("time to expand", "expansion_time", _expansion),
)
"""Figures of a line, and how another value changes it; None where the range isn't tried."""


def inputs(world: World, delivery: Delivery) -> tuple[Input, ...]:
    """The figures of a delivery, in the order in which they enter."""
    data, line = world.dataset, delivery.line
    found = []
    for name, quantity, change in _LINE:
        figure = data.observation(line.address, quantity)
        idle = quantity == "expansion_time" and not delivery.order.expand
        taken = quantity == "committed_until" and delivery.ahead
        if figure is None or figure.value is None or idle or taken:
            continue
        moved = [
            None if change is None else _moved(world, delivery, change, figure.value, value)
            for value in (figure.low, figure.high)
        ]
        found.append(Input(name, figure, moved[0], moved[1]))
    for name, subject, quantity in (
        ("first year in which it can be delivered", line.system, "year_available"),
        ("price of a unit", line.system, "unit_price"),
        ("weight of a unit in its area", line.system, "weight"),
        ("cases that count as much as the pool", "rule/delay-pooling", "value"),
        ("months up to which delays count alike", "rule/delay-scale", "value"),
    ):
        figure = data.observation(subject, quantity)
        if figure is not None and figure.value is not None:
            found.append(Input(name, figure, None, None))
    return tuple(found)


def _moved(
    world: World, delivery: Delivery, change: _Change, stated: float, value: float | None
) -> float | None:
    if value is None or value == stated:
        return None
    line = change(delivery.line, value, stated)
    _, last = planned(slots_of(world, line), delivery.order)
    moved = 12 * (last - delivery.last.planned)
    return moved if math.isfinite(moved) else None
