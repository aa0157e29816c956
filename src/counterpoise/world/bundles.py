"""Levers bundled by pathway, and the worlds they are tried in: scenarios made of sheets.

A cell of the matrix of pathways and worlds is a world's scenario with the events of some levers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Address
from counterpoise.data.sheets import split_list
from counterpoise.errors import BadInput, Problem
from counterpoise.world.calendar import parse_period
from counterpoise.world.scenario import Event, Scenario, read_events, read_scenario

NOTHING = "none"
"""The mix without any pathway."""

FACTORLESS = frozenset({"plans-together", "loan", "origin-limit"})
"""Kinds of event that no factor takes back."""


@dataclass(frozen=True)
class Lever:
    """A measure that somebody may take: the events that it stands for, and who must agree.

    `pathways`, `states`, `bodies` and `posts` are addresses; `competence` is the matter that the
    bodies decide, `posts` those that it fills anew or creates. Without events, `without_effect`
    says why.
    """

    address: Address
    name: str
    pathways: tuple[Address, ...]
    states: tuple[Address, ...]
    bodies: tuple[Address, ...]
    competence: str
    posts: tuple[Address, ...]
    without_effect: str
    events: tuple[Event, ...]

    @property
    def id(self) -> str:
        """The short name."""
        return self.address.split("/", 1)[1]


@dataclass(frozen=True)
class Outlook:
    """A world to try levers in: its scenario, and who refuses levers there from when on."""

    id: str
    name: str
    explanation: str
    scenario: str
    refuses: tuple[Address, ...]
    refused_from: str


def read_levers(dataset: Dataset) -> tuple[Lever, ...]:
    """All levers of a dataset with their events; BadInput with everything wrong in them.

    Events are known from the release on: levers are pulled on purpose.
    """
    events: dict[Address, list[Event]] = {}
    problems: list[Problem] = []
    for thing in dataset.kind("lever-event"):
        found, faults = read_events((_content(dataset, thing.address),), dataset, "lever-events")
        problems += faults
        events.setdefault(dataset.target(thing.address, "event of"), []).extend(found)
    levers = tuple(
        Lever(
            thing.address,
            thing.name,
            tuple(dataset.targets(thing.address, "lever of")),
            tuple(dataset.targets(thing.address, "needs")),
            tuple(dataset.targets(thing.address, "needs a decision of")),
            dataset.text(thing.address, "competence"),
            tuple(dataset.targets(thing.address, "moves")),
            dataset.text(thing.address, "without_effect"),
            tuple(events.get(thing.address, ())),
        )
        for thing in dataset.kind("lever")
    )
    for lever in levers:
        if bool(lever.events) == bool(lever.without_effect):
            expected = "events, or a reason in without_effect"
            problems.append(
                Problem("lever", "levers", None, "", lever.id, expected, "state one of them")
            )
    if problems:
        raise BadInput(problems)
    return levers


def _content(dataset: Dataset, address: Address) -> dict[str, object]:
    """A row of the sheet `lever-events` as the content of a scenario's event."""
    row = dataset.things[address]
    end = dataset.value(address, "amount_end")
    return {
        "kind": row.texts.get("event_kind", ""),
        "target": row.texts.get("target", ""),
        "start": row.texts.get("start", ""),
        "end": row.texts.get("end", ""),
        "known_from": dataset.release[:7],
        "amount": dataset.value(address, "amount"),
        **({} if end is None else {"amount_end": end}),
        "areas": split_list(row.texts.get("areas", "")),
        "eligible": row.texts.get("eligible", "") == "y",
        "source": row.sources[0],
        "basis": row.basis,
        "reason": row.note,
    }


def read_outlooks(dataset: Dataset) -> tuple[Outlook, ...]:
    """The worlds of the sheet `worlds`, in its order."""
    return tuple(
        Outlook(
            thing.address.split("/", 1)[1],
            thing.name,
            dataset.text(thing.address, "explanation"),
            dataset.text(thing.address, "scenario"),
            tuple(dataset.targets(thing.address, "refused by")),
            dataset.text(thing.address, "refused_from"),
        )
        for thing in dataset.kind("world")
    )


def mixes(pathways: Sequence[Address]) -> dict[str, tuple[Address, ...]]:
    """Every set of pathways by its name: none, 1, 2, …, 1+2, …; numbers count from one."""
    numbers = range(len(pathways))
    found: dict[str, tuple[Address, ...]] = {NOTHING: ()}
    for size in range(1, len(pathways) + 1):
        for chosen in combinations(numbers, size):
            name = "+".join(str(number + 1) for number in chosen)
            found[name] = tuple(pathways[number] for number in chosen)
    return found


def pulled(levers: Iterable[Lever], pathways: Iterable[Address]) -> tuple[Lever, ...]:
    """The levers of some pathways, each once, in their order."""
    wanted = set(pathways)
    return tuple(lever for lever in levers if wanted & set(lever.pathways))


def refused(lever: Lever, outlook: Outlook) -> bool:
    """Whether a world's refusals take a lever back."""
    return bool(set(lever.states) & set(outlook.refuses))


def combined(dataset: Dataset, outlook: Outlook, levers: Sequence[Lever]) -> Scenario:
    """A world's scenario with the events of levers; refusals come as surprises.

    From the year in which a state refuses, events of the levers that need it are taken back.
    """
    base = read_scenario(outlook.scenario, dataset)
    events = [event for lever in levers for event in lever.events]
    for lever in levers:
        if refused(lever, outlook):
            events += [taken_back(event, outlook.refused_from) for event in lever.events]
    return Scenario(outlook.id, base.title, base.based_on, (*base.events, *events))


def effects(events: Iterable[Event]) -> tuple[str, ...]:
    """What events do, without their reasons and sources: equal where worlds are equal."""
    words = {"reason", "source", "basis", "chosen_by"}
    return tuple(sorted(repr(event.model_dump(exclude=words)) for event in events))


def taken_back(event: Event, period: str) -> Event:
    """The event that undoes another from a period on, known then; BadInput where none can."""
    if event.kind in FACTORLESS or event.amount_end is not None or not event.amount:
        raise BadInput(
            [
                Problem(
                    "refusal",
                    "lever-events",
                    None,
                    "amount",
                    event.kind,
                    "one factor above zero",
                    "let the lever need nobody who refuses, or give it a constant factor",
                )
            ]
        )
    start = max((period, event.start), key=lambda text: parse_period(text)[0])
    change = {"amount": 1 / event.amount, "start": start, "known_from": period}
    return event.model_copy(update=change)
