"""Soldiers: how many have to be recruited to reach the strength that a state aims at."""

from __future__ import annotations

from typing import Annotated

from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import PlaceArgument, year
from counterpoise.measures.standing import standing
from counterpoise.measures.stated import NATO, ORDER, over, soldiers, together
from counterpoise.measures.view import View

GROUP = "money"
UntilYear = Annotated[int, year(2027, 2040)]


COUNTED = ("", "professional")
"""Who is counted as a soldier: all in active service, or the professional ones alone."""


def _newest(view: View, state: str, quantity: str) -> tuple[Amount, int] | None:
    """A state's figure of the newest period by the first count that has one, and its year."""
    for counted in COUNTED:
        keys = view.dataset.by_subject.get(state, [])
        periods = [key[2] for key in keys if (key[1], key[3]) == (quantity, counted)]
        for period in sorted(periods, reverse=True):
            found = view.known(state, quantity, period, counted)
            if found is not None and period[:4].isdigit():
                return found, int(period[:4])
    return None


def _strength(view: View, state: str) -> tuple[Amount, int] | None:
    """Newest count of a state's soldiers in persons, and its year; else what it tells NATO."""
    own = _newest(view, state, "active_soldiers")
    if own is not None:
        return own
    for each in range(int(view.dataset.release[:4]), 2013, -1):
        told = soldiers(view, state, each, ORDER[NATO][0])
        if told is not None:
            return told * 1000, each
    return None


def _needed(view: View, state: str, until: int) -> Amount | None:
    target, leaving = (
        _newest(view, state, "strength_target"),
        _newest(view, state, "soldiers_leaving"),
    )
    strength = _strength(view, state)
    if target is None or leaving is None or strength is None:
        return None
    years = max(min(until, target[1]) - strength[1], 1)
    missing = target[0] - strength[0]
    return leaving[0] + (missing / years if missing.value > 0 else 0 * missing)


def _recruited(view: View, state: str) -> Amount | None:
    found = _newest(view, state, "soldiers_recruited")
    return None if found is None else found[0]


RECRUITS = "target less strength, by years, plus those who leave"


@standing("persons a year", GROUP, RECRUITS, defaults={"place": "DEU", "until": "2035"})
def recruits_needed(view: View, place: PlaceArgument, until: UntilYear) -> Amount:
    """Soldiers to be recruited a year to reach the target strength at the end of a year.

    What is missing to the target, spread evenly over the years since the newest count to that
    year, or to the target's own where that is sooner, and as many as leave a year today.
    Conscripts don't count as leaving where only professional soldiers are told. Only states
    whose target and leavers are known count.
    """
    return over(place, lambda each, by: _needed(view, each, until))


@standing("percent", GROUP, RECRUITS, defaults={"place": "DEU", "until": "2035"})
def recruiting_ratio(view: View, place: PlaceArgument, until: UntilYear) -> Amount:
    """Soldiers to be recruited a year in percent of those recruited in the last known year."""
    needed, recruited = together(
        place,
        lambda each, by: _needed(view, each, until),
        lambda each, by: _recruited(view, each),
    )
    return 100 * (needed / recruited)
