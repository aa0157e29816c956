"""Where headquarters stand: distance and time difference to the states of the regional plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from counterpoise.cooperation.places import great_circle
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.amount import Amount, mean
from counterpoise.measures.view import NoAnswer, View

_STEP = 1e-4
"""Degrees by which a place is moved to see how a distance changes."""

_NOON = "T12:00:00"


@dataclass(frozen=True)
class Seat:
    """A headquarters: the town's place as amounts, and its time zone."""

    address: str
    town: str
    state: str
    latitude: Amount
    longitude: Amount
    zone: str
    posts: tuple[str, ...]


@dataclass(frozen=True)
class Reach:
    """From a seat to the states that a plan covers, by their capitals.

    Distances are great circles in kilometres. Hours are the seat's clock minus the capital's at
    noon, universal time, of a day; `hours` is the mean without sign, `widest` the largest one.
    `near` is the share of the states' capitals that lie within the distance asked for.
    """

    seat: Seat
    plan: str
    mean: Amount
    nearest: tuple[str, Amount]
    farthest: tuple[str, Amount]
    hours: float
    widest: float
    near: float


def distance(one: tuple[Amount, Amount], other: tuple[Amount, Amount]) -> Amount:
    """The great circle as an amount that moves with the four coordinates."""
    given = [*one, *other]
    values = [item.value for item in given]

    def at(moved: Sequence[float]) -> float:
        return great_circle((moved[0], moved[1]), (moved[2], moved[3]))

    slopes: dict[str, float] = {}
    for index, item in enumerate(given):
        up, down = list(values), list(values)
        up[index] += _STEP
        down[index] -= _STEP
        slope = (at(up) - at(down)) / (2 * _STEP)
        for key, part in item.slopes.items():
            slopes[key] = slopes.get(key, 0.0) + slope * part
    return Amount(at(values), slopes)


def clock(zone: str, on: str, where: str) -> float:
    """Hours by which a zone is ahead of universal time at noon of a day.

    BadInput for a zone that the IANA data base doesn't know; `where` names its row.
    """
    try:
        ahead = datetime.fromisoformat(on + _NOON).replace(tzinfo=ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        expected, remedy = "a time zone such as Europe/Brussels", "correct its row"
        raise BadInput(
            [Problem("time-zone", where, None, "time_zone", zone, expected, remedy)]
        ) from None
    return (ahead or timedelta()) / timedelta(hours=1)


def read_seats(view: View) -> list[Seat]:
    """All headquarters with place and time zone, in the order of their sheet."""
    dataset = view.dataset
    return [
        Seat(
            thing.address,
            thing.texts.get("town", thing.name),
            dataset.target(thing.address, "located in"),
            view.read(thing.address, "latitude"),
            view.read(thing.address, "longitude"),
            thing.texts.get("time_zone", ""),
            tuple(dataset.targets(thing.address, "seat of")),
        )
        for thing in dataset.kind("headquarters")
    ]


def reach(view: View, seat: Seat, plan: str, on: str, within: float) -> Reach:
    """How far the states that a plan covers are from a seat; its own state is among them.

    `within` is in kilometres. NoAnswer where the plan covers no state whose capital is known.
    """
    dataset = view.dataset
    here = seat.latitude, seat.longitude
    away: dict[str, Amount] = {}
    hours: list[float] = []
    own = clock(seat.zone, on, "headquarters.csv")
    for state in dataset.targets(plan, "covers"):
        latitude = view.known(state, "capital_latitude")
        longitude = view.known(state, "capital_longitude")
        zone = dataset.text(state, "time_zone")
        if latitude is None or longitude is None or not zone:
            continue
        away[state] = distance(here, (latitude, longitude))
        hours.append(own - clock(zone, on, "time-zones.csv"))
    if not away:
        raise NoAnswer(f"capitals of the states that {plan} covers")
    ranked = sorted(away.items(), key=lambda item: item[1].value)
    return Reach(
        seat,
        plan,
        mean(list(away.values())),
        ranked[0],
        ranked[-1],
        fmean(abs(gap) for gap in hours),
        max(hours, key=abs),
        fmean(item.value <= within for item in away.values()),
    )


def by_distance(
    view: View, plan: str, on: str, within: float, of: Callable[[Seat], bool] = lambda seat: True
) -> list[Reach]:
    """The seats that pass `of`, those nearest to a plan's states on average first."""
    found = [reach(view, seat, plan, on, within) for seat in read_seats(view) if of(seat)]
    return sorted(found, key=lambda item: item.mean.value)


def seat_of(seats: Sequence[Seat], post: str) -> Seat | None:
    """Where a post sits; None where no row says so."""
    return next((seat for seat in seats if post in seat.posts), None)


def leads(view: View) -> Mapping[str, str]:
    """The command that runs each regional plan."""
    dataset = view.dataset
    return {
        plan.address: dataset.target(plan.address, "run by")
        for plan in dataset.kind("regional-plan")
    }
