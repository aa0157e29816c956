"""Whether joint programmes last with and without money, staff and a rule of their own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from counterpoise.cooperation.formats import words
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Thing
from counterpoise.data.schema import YES

ELEMENTS = ("money", "staff", "rule")
"""What a programme may have of its own."""

LASTS, TROUBLE, ENDED, YOUNG, NOT_JOINT = "lasts", "trouble", "ended", "young", "not-joint"
JUDGED = (LASTS, TROUBLE, ENDED)
"""Outcomes old enough to judge."""

WHICH = ("programmes", "projects", "both")
WHO = ("all", "bottom-up", "top-down")

CERTAIN = 1.96
"""Standard deviations on either side that hold 95 of 100 samples."""


@dataclass(frozen=True)
class Case:
    """A programme or project with what it has of its own (None: not known) and how it fares."""

    address: str
    name: str
    body: str
    has: tuple[bool | None, ...]
    outcome: str
    bottom_up: bool
    sources: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Elements that it lacks."""
        return tuple(name for name, has in zip(ELEMENTS, self.has, strict=True) if has is False)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Elements of which it isn't known whether it has them."""
        return tuple(name for name, has in zip(ELEMENTS, self.has, strict=True) if has is None)


@dataclass(frozen=True)
class Survival:
    """How those of one kind fare: `share` last (0 to 1; None without one), with its interval."""

    element: str
    having: str
    lasts: int
    trouble: int
    ended: int
    young: int

    @property
    def judged(self) -> int:
        """Programmes old enough to judge."""
        return self.lasts + self.trouble + self.ended

    @property
    def share(self) -> float | None:
        """Share that lasts of those old enough to judge."""
        return self.lasts / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the share's range."""
        return interval(self.lasts, self.judged)


def cases(dataset: Dataset, which: str, who: str) -> tuple[Case, ...]:
    """Programmes, projects or both, by who began them (one of WHO)."""
    found: list[Case] = []
    for row in dataset.kind("programme-support"):
        programme = dataset.target(row.address, "supports")
        statuses = words(row, "project_statuses")
        things = [dataset.things[programme]] if programme else _projects(dataset, statuses)
        if which != "both" and which != ("programmes" if programme else "projects"):
            continue
        found += [_case(dataset, row, thing) for thing in things]
    return tuple(item for item in found if who == "all" or item.bottom_up == (who == "bottom-up"))


def _projects(dataset: Dataset, statuses: Iterable[str]) -> list[Thing]:
    wanted = set(statuses)
    return [item for item in dataset.kind("project") if item.texts.get("status", "") in wanted]


def _case(dataset: Dataset, row: Thing, thing: Thing) -> Case:
    def known(name: str) -> bool | None:
        cell = row.texts.get(name, "")
        return cell.lower() in YES if cell else None

    return Case(
        thing.address,
        thing.name,
        dataset.target(row.address, "through"),
        tuple(known(name) for name in ELEMENTS),
        row.texts.get("outcome", ""),
        bool(known("bottom_up")),
        tuple(dict.fromkeys((*row.sources, *thing.sources))),
    )


def survival(found: Sequence[Case]) -> tuple[Survival, ...]:
    """How programmes fare with and without each element, with all of them, and with none."""
    rows = []
    for at, element in enumerate(ELEMENTS):
        for told, wanted in (("with", True), ("without", False)):
            rows.append(_tally(element, told, [item for item in found if item.has[at] is wanted]))
    every = [item for item in found if all(item.has)]
    none = [item for item in found if not any(has is not False for has in item.has)]
    rows.append(_tally("all three", "with", every))
    rows.append(_tally("any of them", "without", none))
    return tuple(rows)


def _tally(element: str, having: str, found: Sequence[Case]) -> Survival:
    counts = {name: sum(item.outcome == name for item in found) for name in (*JUDGED, YOUNG)}
    return Survival(element, having, counts[LASTS], counts[TROUBLE], counts[ENDED], counts[YOUNG])


def interval(hits: int, of: int) -> tuple[float, float]:
    """The range of a share by Wilson's score interval at 95 percent; 0 to 1 of nothing.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927), pages 209 to 212.
    """
    if not of:
        return 0.0, 1.0
    share, square = hits / of, CERTAIN**2 / of
    middle = share + square / 2
    half = CERTAIN * math.sqrt(share * (1 - share) / of + square / (4 * of))
    return max((middle - half) / (1 + square), 0.0), min((middle + half) / (1 + square), 1.0)
