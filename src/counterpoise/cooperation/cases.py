"""Recorded cases behind a decision: blocks of a body, uses of a clause, what is history."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise.cooperation.stages import HISTORIC, competent, deciders
from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import DATE, first_day, last_day
from counterpoise.data.records import short
from counterpoise.data.sheets import split_list


@dataclass(frozen=True)
class Case:
    """A recorded case: `kind` is block, use, historic body or historic clause.

    `states` blocked (none for a use); `months` is the delay where known, `resolved` when it was
    lifted. Sources are keys.
    """

    kind: str
    address: str
    date: str
    body: str
    states: tuple[str, ...]
    what: str
    months: float | None
    resolved: str
    sources: tuple[str, ...]
    note: str


def blocks(
    dataset: Dataset, on: str, body: str = "", states: frozenset[str] = frozenset()
) -> tuple[Case, ...]:
    """Recorded blocks up to a date, of a body and by any of some states, where these are given."""
    found = []
    for thing in dataset.kind("block"):
        date = thing.texts.get("date", "")
        blocked = dataset.target(thing.address, "blocked")
        by = tuple(dataset.targets(thing.address, "blocked by"))
        if first_day(date) > on or (body and blocked != body) or (states and not states & set(by)):
            continue
        found.append(
            Case(
                "block", thing.address, date, blocked, by, thing.name,
                dataset.value(thing.address, "delay"), thing.texts.get("resolved", ""),
                thing.sources, thing.note,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda item: item.date))


def uses(dataset: Dataset, clause: str, on: str) -> tuple[Case, ...]:
    """Recorded uses of a clause up to a date; words such as `many` and `standing` are no dates."""
    thing = dataset.things[clause]
    dates = [item for item in split_list(thing.texts.get("used", "")) if DATE.fullmatch(item)]
    return tuple(
        Case("use", clause, date, clause, (), thing.name, None, "", thing.sources, thing.note)
        for date in sorted(dates)
        if first_day(date) <= on
    )


def historic(dataset: Dataset, competence: str = "") -> tuple[Case, ...]:
    """Bodies that no longer decide and clauses that have ended, as precedents of another way."""
    return tuple(
        Case(
            f"historic {kind}", item.address, item.as_of, item.address, (), item.name, None, "",
            item.sources, item.note,
        )
        for kind in ("body", "clause")
        for item in deciders(dataset, kind)
        if item.texts.get("status") == HISTORIC and competent(dataset, item.address, competence)
    )  # fmt: skip


def precedents(dataset: Dataset, address: str, on: str) -> tuple[Case, ...]:
    """Cases of a body or clause, oldest first."""
    kind = dataset.things[address].kind
    return blocks(dataset, on, address) if kind == "body" else uses(dataset, address, on)


def counted(cases: tuple[Case, ...]) -> str:
    """Cases in words: "7, 2003-02-10 to 2024-05-27"; none where there are none."""
    if not cases:
        return "none"
    dates = [item.date for item in cases]
    first, last = min(dates), max(dates, key=last_day)
    return f"{len(cases)}, {first}" if first == last else f"{len(cases)}, {first} to {last}"


def names(states: tuple[str, ...]) -> str:
    """Short names in a list: HUN, SVK."""
    return ", ".join(short(state) for state in states)
