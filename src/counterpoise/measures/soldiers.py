"""Soldiers: how many have to be recruited to reach the strength that a state aims at."""

from __future__ import annotations

from typing import Annotated

from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import PlaceArgument, year
from counterpoise.measures.standing import standing
from counterpoise.measures.stated import together
from counterpoise.measures.view import View

GROUP = "money"
UntilYear = Annotated[int, year(2027, 2040)]


def _strength(view: View, state: str) -> tuple[Amount, int] | None:
    """Newest count of a state's soldiers in persons, and its year."""
    dataset = view.dataset
    for quantity, factor in (("active_soldiers", 1.0), ("personnel", 1000.0)):
        periods = {key[2] for key in dataset.by_subject.get(state, []) if key[1] == quantity}
        for period in sorted(periods, reverse=True):
            series = "" if quantity == "active_soldiers" else "nato-2"
            found = view.newest(state, quantity, period, series)
            if found is not None:
                return found * factor, int(period[:4])
    return None


def _newest(view: View, state: str, quantity: str) -> Amount | None:
    """The figure of the newest period."""
    keys = [key for key in view.dataset.by_subject.get(state, []) if key[1] == quantity]
    for key in sorted(keys, key=lambda item: item[2], reverse=True):
        found = view.known(*key)
        if found is not None:
            return found
    return None


def _needed(view: View, state: str, until: int) -> Amount | None:
    target, leaving = (
        _newest(view, state, "strength_target"),
        _newest(view, state, "soldiers_leaving"),
    )
    strength = _strength(view, state)
    if target is None or leaving is None or strength is None:
        return None
    today, counted = strength
    missing = target - today
    rise = missing / (until - counted) if missing.value > 0 else 0 * missing
    return leaving + rise


RECRUITS = "target less strength, by years, plus those who leave"


@standing("persons a year", GROUP, RECRUITS, defaults={"place": "DEU", "until": "2035"})
def recruits_needed(view: View, place: PlaceArgument, until: UntilYear) -> Amount:
    """Soldiers to be recruited a year to reach the target strength at the end of a year.

    What is missing to the target, spread evenly over the years since the newest count, and as
    many as leave a year today. Only states whose target and leavers are known count.
    """
    return view.over(place, lambda state: _needed(view, state, until))


@standing("percent", GROUP, RECRUITS, defaults={"place": "DEU", "until": "2035"})
def recruiting_ratio(view: View, place: PlaceArgument, until: UntilYear) -> Amount:
    """Soldiers to be recruited a year in percent of those recruited in the last known year."""
    needed, recruited = together(
        place,
        lambda each: _needed(view, each, until),
        lambda each: _newest(view, each, "soldiers_recruited"),
    )
    return 100 * (needed / recruited)
