"""Recorded cases in which a state withheld an item, and what they tell of the time it takes."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise.data.dataset import Dataset, folded


@dataclass(frozen=True)
class Case:
    """One recorded case; `months` is None where no span is known.

    `act` is the act that it stopped ("" for none); `own_step` says who kept back its own units
    or money: buyer, controller or "".
    """

    address: str
    date: str
    controllers: tuple[str, ...]
    hit: tuple[str, ...]
    kind: str
    act: str
    own_step: str
    months: float | None
    resolved: str
    basis: str
    sources: tuple[str, ...]
    note: str


def cases_of(dataset: Dataset, system: str, name: str) -> tuple[Case, ...]:
    """Cases about a type or, where it is none, about the item of that name; oldest first."""
    found = [
        case(dataset, item.address)
        for item in dataset.kind("restriction")
        if (system and dataset.target(item.address, "restricts") == system)
        or (not system and name in _names(dataset, item.address))
    ]
    return tuple(sorted(found, key=lambda item: (item.date, item.address)))


def case(dataset: Dataset, address: str) -> Case:
    """A recorded case by its address."""
    thing = dataset.things[address]
    kind = f"case-kind/{thing.texts['kind']}"
    return Case(
        address,
        thing.texts.get("date", ""),
        tuple(dataset.targets(address, "imposed by")),
        tuple(dataset.targets(address, "hits")),
        thing.texts["kind"],
        dataset.target(kind, "withholds"),
        dataset.text(kind, "own_step"),
        dataset.value(address, "duration"),
        thing.texts.get("resolved", ""),
        thing.basis,
        thing.sources,
        thing.note,
    )


def own_name(dataset: Dataset, item: str) -> tuple[str, str] | None:
    """Type ("" for none) and name of an item that a recorded case names; None if none does."""
    wanted = folded(item)
    for thing in dataset.kind("restriction"):
        for name in _names(dataset, thing.address):
            if folded(name) == wanted:
                system = dataset.target(thing.address, "restricts")
                return system, dataset.things[system].name if system else name
    return None


def _names(dataset: Dataset, address: str) -> tuple[str, ...]:
    """Names of the item of a case: as the source's table has it, and in words."""
    texts = dataset.things[address].texts
    told = texts.get("item", "") or texts.get("named_system", "")
    slug = address.split("/", 1)[1]
    names = (told, texts.get("named_system", ""), address, slug)
    return tuple(dict.fromkeys(name for name in names if name))


def span(cases: tuple[Case, ...]) -> str:
    """The months that cases took, in words: of how many they are known, shortest and longest.

    No mean and no forecast: cases are few and unlike.
    """
    known = sorted(item.months for item in cases if item.months is not None)
    if not cases:
        return "no recorded case"
    told = f"{len(cases)} recorded case{'s' if len(cases) > 1 else ''}, months known of"
    if not known:
        return f"{told} none: no estimate"
    ends = f"{known[0]:g}" if known[0] == known[-1] else f"{known[0]:g} to {known[-1]:g}"
    return f"{told} {len(known)}: {ends}; no estimate beyond them"
