"""Electorates: who has a seat in a voting college on a date, with votes and population."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import first_day, last_day
from counterpoise.data.records import Thing, short
from counterpoise.errors import BadInput, Problem

VOTING = ("vote", "veto", "lead")
"""Roles of seats that vote: plain; may stop alone; must itself be for."""

ROLES = (*VOTING, "assent", "observer", "opt-out")

MILLION = 1_000_000


@dataclass(frozen=True)
class Seat:
    """One seat: its voter (a state's address, or the seat's own), votes, and persons counted.

    `population` is None where it isn't known. `since` and `until` are ISO dates as far as known.
    """

    address: str
    voter: str
    name: str
    role: str
    votes: int
    population: int | None
    since: str
    until: str

    def held(self, on: str) -> bool:
        """Whether the seat is held on a date; a date that isn't known shuts nothing out."""
        return (not self.since or first_day(self.since) <= on) and (
            not self.until or on <= last_day(self.until)
        )


@dataclass(frozen=True)
class Electorate:
    """A voting college on a date: seats that vote, seats that don't, and those without a date.

    `size` is the number of voting seats that it always has, None where that isn't fixed.
    """

    address: str
    name: str
    on: str
    seats: tuple[Seat, ...]
    others: tuple[Seat, ...]
    size: int | None = None

    @property
    def undated(self) -> tuple[Seat, ...]:
        """Voting seats of which it isn't known since when they are held."""
        return tuple(seat for seat in self.seats if not seat.since)


def electorate_on(dataset: Dataset, address: str, on: str) -> Electorate:
    """The college with the seats held on a date (ISO day).

    BadInput with every seat whose role, votes or holder can't be used.
    """
    problems: list[Problem] = []
    found = []
    for link in dataset.links_to.get(address, []):
        if link.role == "seat in":
            seat = _seat(dataset, dataset.things[link.subject], problems)
            if seat.held(on):
                found.append(seat)
    size = dataset.value(address, "fixed_seats")
    names = [seat.voter for seat in found if seat.role in VOTING]
    for seat in found:
        if names.count(seat.voter) > 1 and seat.role in VOTING:
            thing = dataset.things[seat.address]
            _fault(problems, thing, "state", seat.name, "one voting seat a holder", "merge them")
    if problems:
        raise BadInput(problems)
    return Electorate(
        address,
        dataset.things[address].name,
        on,
        tuple(seat for seat in found if seat.role in VOTING),
        tuple(seat for seat in found if seat.role not in VOTING),
        None if size is None else round(size),
    )


def dated_days(dataset: Dataset) -> tuple[str, str]:
    """The first and the last day (ISO) that seats of the data date, the release's day included."""
    days = [dataset.release]
    for thing in dataset.kind("elector"):
        since, until = (thing.texts.get(name, "") for name in ("since", "until"))
        days += [day for day in (first_day(since), last_day(until) if until else "") if day]
    return min(days), max(days)


def _seat(dataset: Dataset, thing: Thing, problems: list[Problem]) -> Seat:
    """A seat from its row."""
    state = dataset.target(thing.address, "seat of")
    role = thing.texts.get("role", "")
    if role not in ROLES:
        _fault(problems, thing, "role", role, " or ".join(ROLES), "choose one")
    if not state and not thing.texts.get("member"):
        _fault(problems, thing, "state", "", "a state or a member", "say who holds the seat")
    votes = dataset.value(thing.address, "votes")
    if votes is not None and votes != int(votes):
        _fault(problems, thing, "weight", f"{votes:g}", "a whole number", "scale all votes")
    counted = dataset.value(thing.address, "counted_population")
    if counted is None and state:
        millions = dataset.value(state, "population")
        counted = None if millions is None else millions * MILLION
    return Seat(
        thing.address,
        state or thing.address,
        short(state) if state else thing.texts.get("member", ""),
        role,
        1 if votes is None else int(votes),
        None if counted is None else round(counted),
        thing.texts.get("since", ""),
        thing.texts.get("until", ""),
    )


def _fault(
    problems: list[Problem], thing: Thing, column: str, value: str, expected: str, remedy: str
) -> None:
    origin = thing.origin
    problems.append(Problem("seat", origin.file, origin.row, column, value, expected, remedy))
