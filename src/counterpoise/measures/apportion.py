"""Sharing a requirement out: by a key, and again where states have published a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from counterpoise.measures.amount import Amount, total

Amounts = Mapping[str, Amount]
"""Amounts by place."""


@dataclass(frozen=True)
class Shares:
    """What each place is to hold, and its weight in what plans leave over; weights add up to 1."""

    parts: dict[str, Amount]
    weights: dict[str, float]


def by_key(required: Amount, own: Amounts, key: Mapping[str, float]) -> Shares:
    """A requirement shared out by a key whose shares add up to 1.

    Each place has what it holds at the baseline and its share of the rest, so that none is asked
    to fill another's surplus; the parts add up to the requirement.
    """
    rest = required - total(own.values())
    return Shares({place: own[place] + key[place] * rest for place in own}, dict(key))


def with_plans(
    required: Amount, own: Amounts, key: Mapping[str, float], planned: Amounts
) -> Shares:
    """A requirement shared out by a key where some places have published what they will hold.

    A published plan takes the place of a part, and the rest is spread again over the others,
    whose shares of the key grow alike. What plans add beyond the requirement doesn't count:
    they are scaled down together until the others are left with what they hold. Where all that
    have a share have a plan, what the plans leave goes by the key. The parts add up to the
    requirement.
    """
    rest = required - total(own.values())
    growth = {place: planned[place] - own[place] for place in planned}
    more = total(item for item in growth.values() if item.value > 0)
    room = rest - total(item for item in growth.values() if item.value <= 0)
    if more.value > room.value:
        kept = room / more if room.value > 0 else Amount(0.0)
        growth = {place: item * kept if item.value > 0 else item for place, item in growth.items()}
    open_key = {place: 0.0 if place in planned else key[place] for place in own}
    whole = sum(open_key.values())
    weights = {p: share / whole for p, share in open_key.items()} if whole > 0 else dict(key)
    left = rest - total(growth.values())
    nothing = Amount(0.0)
    parts = {
        place: own[place] + growth.get(place, nothing) + weights[place] * left for place in own
    }
    return Shares(parts, weights)
