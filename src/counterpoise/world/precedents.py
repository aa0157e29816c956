"""Recorded diversions and pauses of deliveries by the states that can withhold a line's type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from counterpoise.data.dataset import Dataset
from counterpoise.world.lines import Line

KINDS = ("delivery-diversion", "delivery-pause", "delivery-withheld")
"""Kinds of restriction that keep a buyer waiting for what it has ordered."""

NEARNESS = ("this type", "another type of the area", "another type")


@dataclass(frozen=True)
class Precedent:
    """A recorded case: who kept what from whom, since when, for how many months (None: unknown).

    `near` is one of NEARNESS.
    """

    address: str
    kind: str
    date: str
    by: tuple[str, ...]
    system: str
    hit: tuple[str, ...]
    months: float | None
    resolved: str
    near: str
    basis: str
    sources: tuple[str, ...]


def precedents(dataset: Dataset, line: Line) -> tuple[Precedent, ...]:
    """Cases of the line's controlling states and of the state where it stands, nearest first."""
    states = {line.state, *line.controllers}
    found = []
    for thing in dataset.kind("restriction"):
        by = dataset.targets(thing.address, "imposed by")
        if thing.texts.get("kind") not in KINDS or not states.intersection(by):
            continue
        system = dataset.target(thing.address, "restricts")
        alike = bool(system) and dataset.target(system, "fills") == line.area
        nearness = 0 if system and system == line.system else 1 if alike else 2
        figure = dataset.observation(thing.address, "duration")
        found.append(
            Precedent(
                address=thing.address,
                kind=thing.texts.get("kind", ""),
                date=thing.texts.get("date", ""),
                by=tuple(by),
                system=system,
                hit=tuple(dataset.targets(thing.address, "hits")),
                months=figure.value if figure else None,
                resolved=thing.texts.get("resolved", ""),
                near=NEARNESS[nearness],
                basis=figure.basis if figure else thing.basis,
                sources=figure.sources if figure else thing.sources,
            )
        )
    return tuple(sorted(found, key=lambda case: (NEARNESS.index(case.near), case.date)))


def typical_length(cases: Sequence[Precedent]) -> float | None:
    """The median length in months of the cases whose length is known; None without any."""
    known = [case.months for case in cases if case.months is not None]
    return median(known) if known else None
