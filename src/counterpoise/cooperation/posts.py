"""Command posts on a date: who holds them, who is to follow, who deputises, where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import first_day
from counterpoise.data.records import Thing
from counterpoise.errors import BadInput, Problem

YES = "y"
ALWAYS, WHEN_VACANT, NEVER = "always", "when vacant", "never"
"""When a post of a kind is assigned anew."""

HELD, VACANT = "held", "vacant"
"""A post has a holder; its holder has stepped back. Other words are those of its kind."""

UNDATED = "decided, date not found"
SUPPOSED = "assumed, date not found"
"""Said of a next holder without a date, by whether the row that names it is reported."""


@dataclass(frozen=True)
class Appointment:
    """How posts of a kind are filled.

    Nothing is decided of posts that don't exist yet. `counted` posts count as one command post
    each. A state that steps back leaves those that are `left`. They are `assigned` anew always,
    when vacant, or never. `without_holder` is what a post is whose holder isn't known.
    """

    address: str
    exists: bool
    counted: bool
    left: bool
    assigned: str
    without_holder: str


@dataclass(frozen=True)
class Tenure:
    """One holder of a post from a date on; `until` is empty while it lasts.

    `known` is the date for which its row is stated, "" for ever. A month or year counts from its
    first day.
    """

    address: str
    states: tuple[str, ...]
    since: str
    until: str
    known: str = ""


@dataclass(frozen=True)
class Post:
    """A command post; states are addresses.

    `stated` is the holder that the sheet of posts names as known on `as_of`, `planned` the one
    that it says is decided. `only` lists the states to which the post is reserved, who take
    `turns` or not; `stars` is None where the rank isn't known.
    """

    address: str
    name: str
    appointment: Appointment
    stars: float | None
    superior: str
    theatre: str
    plans: tuple[str, ...]
    seat: str
    host: str
    tenures: tuple[Tenure, ...]
    stated: tuple[str, ...]
    as_of: str
    basis: str
    planned: tuple[str, ...]
    planned_year: str
    deputies: tuple[str, ...]
    only: tuple[str, ...]
    turns: bool

    @property
    def id(self) -> str:
        """The short name."""
        return self.address.split("/", 1)[1]

    def tenure(self, on: str) -> Tenure | None:
        """The tenure that a date falls into: of rows that overlap the one that began last.

        Without one the holder of the sheet of posts counts from the date for which it is stated,
        unless a tenure has ended since.
        """
        running = [item for item in self.tenures if _within(item, on)]
        if running:
            return max(running, key=lambda item: first_day(item.since))
        known = first_day(self.as_of)
        ended = max((first_day(item.until) for item in self.tenures if item.until), default="")
        later = any(on < first_day(item.since) for item in self.tenures)
        if self.stated and ended <= known <= on and not later:
            return Tenure(self.address, self.stated, "", "")
        return None

    def successor(self, on: str) -> tuple[tuple[str, ...], str]:
        """The states decided to follow, and from when, or that no date is known; none: ((), "").

        A holder who is only known of later wasn't decided on the day.
        """
        coming = [
            item
            for item in self.tenures
            if first_day(item.since) > on and (not item.known or first_day(item.known) <= on)
        ]
        if coming:
            first = min(coming, key=lambda item: first_day(item.since))
            return first.states, first.since
        holder = self.tenure(on)
        keeps = holder is not None and set(self.planned) <= set(holder.states)
        if not self.planned or not self.appointment.exists or keeps or first_day(self.as_of) > on:
            return (), ""
        undated = SUPPOSED if self.basis == "assumed" else UNDATED
        return self.planned, self.planned_year or undated


def _within(item: Tenure, on: str) -> bool:
    return first_day(item.since) <= on and (not item.until or on < first_day(item.until))


@dataclass(frozen=True)
class Standing:
    """A post on a date once some states have stepped back.

    `status` is held, vacant, or what its kind calls a post without known holder. `acting` are the
    known deputies of a vacant post who stay; `left_by` are those who have left it. `coming` are
    the states decided to follow who stay, `when` the date, or that none is known.
    """

    post: Post
    holders: tuple[str, ...]
    since: str
    status: str
    left_by: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()
    when: str = ""

    @property
    def led(self) -> bool:
        """Whether somebody known leads: a holder, or a deputy in the holder's place."""
        return self.status == HELD or bool(self.acting)


def read_posts(dataset: Dataset) -> dict[str, Post]:
    """All posts of the dataset by address, in the order of their sheet.

    BadInput where a post has no row in the sheet of appointments, or a kind an unknown word.
    """
    tenures: dict[str, list[Tenure]] = {}
    for thing in dataset.kind("tenure"):
        row = Tenure(
            thing.address,
            tuple(dataset.targets(thing.address, "by")),
            thing.texts.get("since", ""),
            thing.texts.get("until", ""),
            thing.as_of,
        )
        tenures.setdefault(dataset.target(thing.address, "tenure of"), []).append(row)
    seats = {
        post: thing.address
        for thing in dataset.kind("headquarters")
        for post in dataset.targets(thing.address, "seat of")
    }
    kinds = {item.address: _appointment(item) for item in dataset.kind("appointment-kind")}
    words = (ALWAYS, WHEN_VACANT, NEVER)
    problems = [
        Problem("assigned", item.origin.file, item.origin.row, "assigned",
                kinds[item.address].assigned, ", ".join(words), "use one of these words")
        for item in dataset.kind("appointment-kind")
        if kinds[item.address].assigned not in words
    ]  # fmt: skip
    found = {}
    for thing in dataset.kind("post"):
        kind = kinds.get(dataset.target(thing.address, "filled as"))
        if kind is None:
            remedy = "add a row that says how it is filled"
            problems.append(
                Problem("post", "appointments.csv", None, "post", thing.address, "a row", remedy)
            )
            continue
        found[thing.address] = _post(dataset, thing, kind, tenures, seats)
    if problems:
        raise BadInput(problems)
    return found


def _appointment(thing: Thing) -> Appointment:
    told = thing.texts
    return Appointment(
        thing.address,
        told.get("exists") == YES,
        told.get("counted") == YES,
        told.get("left") == YES,
        told.get("assigned", ""),
        told.get("without_holder", ""),
    )


def _post(
    dataset: Dataset,
    thing: Thing,
    appointment: Appointment,
    tenures: dict[str, list[Tenure]],
    seats: dict[str, str],
) -> Post:
    address = thing.address
    theatre = f"theatre/{thing.texts.get('region', '')}"
    year = dataset.value(address, "planned_year")
    return Post(
        address=address,
        name=thing.texts.get("post", thing.name),
        appointment=appointment,
        stars=dataset.value(address, "rank"),
        superior=dataset.target(address, "reports to"),
        theatre=theatre,
        plans=tuple(dataset.targets(theatre, "covered by")),
        seat=seats.get(address, ""),
        host=dataset.target(address, "located in"),
        tenures=tuple(tenures.get(address, ())),
        stated=tuple(dataset.targets(address, "held by")),
        as_of=thing.as_of,
        basis=thing.basis,
        planned=tuple(dataset.targets(address, "to be held by")),
        planned_year="" if year is None else f"{year:.0f}",
        deputies=tuple(dataset.targets(address, "deputised by")),
        only=tuple(dataset.targets(address, "reserved to")),
        turns=thing.texts.get("turns") == YES,
    )


def standings(posts: Iterable[Post], on: str, without: Sequence[str] = ()) -> dict[str, Standing]:
    """How each post stands on a date once the states of `without` have stepped back."""
    return {post.address: _standing(post, on, frozenset(without)) for post in posts}


def _standing(post: Post, on: str, gone: frozenset[str]) -> Standing:
    tenure = post.tenure(on)
    holders = tenure.states if tenure else ()
    named, told = post.successor(on)
    coming = tuple(state for state in named if state not in gone)
    when = told if coming else ""
    if holders and post.appointment.left and gone.issuperset(holders):
        acting = tuple(state for state in post.deputies if state not in gone)
        return Standing(post, (), "", VACANT, holders, acting, coming, when)
    if tenure is not None:
        stay = tuple(state for state in holders if state not in gone) or holders
        return Standing(post, stay, tenure.since, HELD, coming=coming, when=when)
    empty = post.appointment.without_holder
    return Standing(post, (), "", empty, coming=coming, when=when)
