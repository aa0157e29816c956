"""The figures that a delivery date rests on, and what their ranges move it by."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

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


@dataclass(frozen=True)
class Turn:
    """The value of a figure at which the last unit comes so much sooner or later.

    `inside` tells whether it lies in the figure's range.
    """

    figure: Observation
    end: float
    inside: bool


NUDGE = 0.01
"""Share of a figure's value by which it is moved to see what follows."""

_TRIES = 6
_NEAR = 0.1
"""Months within which a date counts as met."""


def slopes(world: World, delivery: Delivery) -> dict[str, float]:
    """Months that the last unit moves by for one unit more of a figure, by observation id."""
    found = {}
    for figure, change in _changing(world, delivery):
        moved = _moved(world, delivery, change, _value(figure), _value(figure) * (1 + NUDGE))
        if moved:
            found[figure.id] = moved / (_value(figure) * NUDGE)
    return found


def turns(
    world: World, delivery: Delivery, months: float, steep: Mapping[str, float]
) -> tuple[Turn, ...]:
    """The values of single figures of the line that move the last unit by a number of months.

    `steep` are their slopes. Found by the secant method within a tenth and tenfold of the figure;
    those without aren't told. Figures whose range reaches come first.
    """
    found = []
    for figure, change in _changing(world, delivery):
        start = _value(figure)
        if figure.id not in steep:
            continue
        moved = partial(_moved, world, delivery, change, start)
        end = _turn(moved, start, steep[figure.id], months)
        if end is None or (figure.unit == "share" and end > 1):
            continue
        low = start if figure.low is None else figure.low
        high = start if figure.high is None else figure.high
        found.append(Turn(figure, end, low <= end <= high))
    return tuple(sorted(found, key=lambda turn: not turn.inside))


def _turn(
    moved: Callable[[float], float | None], start: float, slope: float, months: float
) -> float | None:
    """Where a figure has moved the date by so many months; None if not within reach."""
    before, gone, value = start, 0.0, start + months / slope
    for _ in range(_TRIES):
        if not start / 10 <= value <= 10 * start:
            return None
        now = moved(value)
        if now is None or now == gone:
            return None
        if abs(now - months) < _NEAR:
            return value
        before, gone, value = value, now, value + (months - now) * (value - before) / (now - gone)
    return None


def _changing(world: World, delivery: Delivery) -> list[tuple[Observation, _Change]]:
    """The figures of the line that are tried with other values, with how each changes it."""
    found = []
    for _, quantity, change in _LINE:
        figure = world.dataset.observation(delivery.line.address, quantity)
        idle = quantity == "expansion_time" and not delivery.order.expand
        if figure is not None and figure.value and change is not None and not idle:
            found.append((figure, change))
    return found


def _value(figure: Observation) -> float:
    return figure.value or 0.0


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
