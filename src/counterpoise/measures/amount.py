"""An amount: a value that knows by how much it moves with each figure that it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from counterpoise.data.records import Observation
from counterpoise.data.schema import BASES

Slopes = Mapping[str, float]
"""Change of an amount for one unit more of an observation's value, by the observation's id."""


@dataclass(frozen=True)
class Amount:
    """A value with its slopes, and the addresses of what it should count but can't.

    Arithmetic follows the rules of differentiation, so that ranges and shares of assumed inputs
    come from the same formula as the value. `ends` is the range of a result that moves by steps,
    where slopes give none; arithmetic drops it.
    """

    value: float
    slopes: Slopes = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    ends: tuple[float, float] | None = None

    def __add__(self, other: Amount | float) -> Amount:
        return combined(((1.0, self), (1.0, amount(other))))

    def __radd__(self, other: float) -> Amount:
        return self + other

    def __neg__(self) -> Amount:
        return combined(((-1.0, self),))

    def __sub__(self, other: Amount | float) -> Amount:
        return combined(((1.0, self), (-1.0, amount(other))))

    def __rsub__(self, other: float) -> Amount:
        return amount(other) - self

    def __mul__(self, other: Amount | float) -> Amount:
        right = amount(other)
        parts = combined(((right.value, self), (self.value, right)))
        return Amount(self.value * right.value, parts.slopes, parts.missing)

    def __rmul__(self, other: float) -> Amount:
        return self * other

    def __truediv__(self, other: Amount | float) -> Amount:
        under = amount(other)
        if under.value == 0:
            return Amount(math.nan, {}, self.missing | under.missing)
        ratio = self.value / under.value
        parts = combined(((1 / under.value, self), (-ratio / under.value, under)))
        return Amount(ratio, parts.slopes, parts.missing)

    def __rtruediv__(self, other: float) -> Amount:
        return amount(other) / self

    def lacking(self, gone: Iterable[str]) -> Amount:
        """The amount, naming more of what it should count but can't."""
        return Amount(self.value, self.slopes, self.missing.union(gone))

    def __pow__(self, power: float) -> Amount:
        slope = power * self.value ** (power - 1)
        return Amount(self.value**power, combined(((slope, self),)).slopes, self.missing)


def amount(given: Amount | float) -> Amount:
    """A plain number as an amount that rests on nothing."""
    return given if isinstance(given, Amount) else Amount(float(given))


def combined(parts: Iterable[tuple[float, Amount]]) -> Amount:
    """The sum of amounts, each times a factor."""
    value = 0.0
    slopes: dict[str, float] = {}
    missing: frozenset[str] = frozenset()
    for factor, part in parts:
        value += factor * part.value
        missing |= part.missing
        for key, slope in part.slopes.items():
            slopes[key] = slopes.get(key, 0.0) + factor * slope
    return Amount(value, slopes, missing)


def total(parts: Iterable[Amount]) -> Amount:
    """The sum of amounts; 0 of none."""
    return combined((1.0, part) for part in parts)


def mean(parts: Sequence[Amount]) -> Amount:
    """The mean of amounts, each alike; 0 of none."""
    return combined((1 / len(parts), part) for part in parts)


def largest(parts: Iterable[Amount]) -> Amount:
    """The amount with the largest value; ValueError for none."""
    return max(parts, key=lambda part: part.value)


def smallest(parts: Iterable[Amount]) -> Amount:
    """The amount with the smallest value; ValueError for none."""
    return min(parts, key=lambda part: part.value)


def at_most(item: Amount, limit: float) -> Amount:
    """The amount, or the limit where it lies above; it still rests on the same inputs."""
    return Amount(min(item.value, limit), item.slopes, item.missing)


def span(item: Amount, inputs: Mapping[str, Observation]) -> tuple[float, float]:
    """Low and high: each input moved to its own ends, the moves added in square.

    First-order propagation of independent errors (JCGM 100:2008, 5.1.2), for each side apart. The
    amount's own ends go first.
    """
    if item.ends is not None:
        return item.ends
    down = up = 0.0
    for key, slope in item.slopes.items():
        found = inputs[key]
        if found.value is None:
            continue
        below = found.value - (found.value if found.low is None else found.low)
        above = (found.value if found.high is None else found.high) - found.value
        fall, rise = (below, above) if slope > 0 else (above, below)
        down += (slope * max(fall, 0.0)) ** 2
        up += (slope * max(rise, 0.0)) ** 2
    return item.value - math.sqrt(down), item.value + math.sqrt(up)


def effects(item: Amount, inputs: Mapping[str, Observation]) -> dict[str, float]:
    """What each input weighs: by how much the amount moves if the input doubles, in size."""
    return {
        key: abs(slope * (inputs[key].value or 0.0))
        for key, slope in item.slopes.items()
        if slope and inputs[key].value
    }


def assumed_share(item: Amount, inputs: Mapping[str, Observation]) -> float:
    """Share of the inputs' effects (0 to 1) that rests on assumed ones; 0 without inputs.

    A count moves with none of its inputs: there each counts alike.
    """
    weights = effects(item, inputs) or dict.fromkeys(item.slopes, 1.0)
    whole = sum(weights.values())
    assumed = sum(weight for key, weight in weights.items() if inputs[key].basis == "assumed")
    return assumed / whole if whole else 0.0


def weakest_basis(item: Amount, inputs: Mapping[str, Observation]) -> str:
    """The worst basis among the inputs; one stated figure keeps its own, several are derived."""
    moving = effects(item, inputs) or item.slopes
    found = {inputs[key].basis for key in moving} or {"derived"}
    worst = max(found, key=BASES.index)
    return worst if len(item.slopes) == 1 or worst == "assumed" else "derived"
