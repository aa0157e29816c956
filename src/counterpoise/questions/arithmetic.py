"""Arithmetic of amounts that worksheets need beside the four rules: powers and halvings."""

from __future__ import annotations

import math

from counterpoise.measures.amount import Amount, combined


def to_power(base: Amount, exponent: Amount) -> Amount:
    """The base raised to an exponent that is itself an amount; the base must be above zero."""
    value = base.value**exponent.value
    moves = combined(
        ((exponent.value * value / base.value, base), (value * math.log(base.value), exponent))
    )
    return Amount(value, moves.slopes, moves.missing)


def halved(times: Amount) -> Amount:
    """What is left of one after so many half-lives."""
    value = 2.0**-times.value
    moves = combined(((-math.log(2) * value, times),))
    return Amount(value, moves.slopes, moves.missing)


def percent(item: Amount) -> Amount:
    """A percentage as a share of one."""
    return item / 100
