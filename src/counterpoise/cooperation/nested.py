"""Formats within formats, formats side by side, and formats that have fallen silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, permutations

from counterpoise.cooperation.cells import Network
from counterpoise.cooperation.formats import Format
from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import last_day

HALF = 0.5
"""Share of the smaller format's members from which two formats overlap."""


@dataclass(frozen=True)
class Pair:
    """Two formats with common functions in common plans.

    `shared` are states in both. In a nested pair `first` lies within `second`.
    """

    first: Format
    second: Format
    functions: tuple[str, ...]
    plans: tuple[str, ...]
    shared: frozenset[str]
    nested: bool


@dataclass(frozen=True)
class Sign:
    """The last dated sign of life of a format; `dormant` where it is older than asked for."""

    format: str
    date: str
    told: str
    dormant: bool
    sources: tuple[str, ...]


def nested(net: Network) -> list[Pair]:
    """Pairs in which one format has no member and no function that the other lacks."""
    return [
        pair
        for first, second in permutations(net.counted, 2)
        for pair in _pair(net, first, second, True)
        if _within(net, first, second)
    ]


def overlapping(net: Network) -> list[Pair]:
    """Pairs, none within the other, that share half of the smaller one's members or more."""
    found = [
        pair
        for first, second in combinations(net.counted, 2)
        if not _within(net, first, second) and not _within(net, second, first)
        for pair in _pair(net, first, second, False)
        if len(pair.shared) >= HALF * min(len(first.members), len(second.members))
    ]
    return sorted(found, key=lambda pair: (-len(pair.shared), pair.first.id, pair.second.id))


def _pair(net: Network, first: Format, second: Format, inside: bool) -> Iterator[Pair]:
    does = net.definition.functions(first) & net.definition.functions(second)
    plans = net.reach(first) & net.reach(second)
    shared = first.members & second.members
    if does and plans and len(shared) >= 2:
        ordered = tuple(name for name in net.functions if name in does)
        yield Pair(
            first, second, ordered, tuple(p for p in net.plans if p in plans), shared, inside
        )


def _within(net: Network, first: Format, second: Format) -> bool:
    """Whether all that the first has, the second has too; of two equal ones the later lies in."""
    mine, other = net.definition.functions(first), net.definition.functions(second)
    if not (first.members <= second.members and mine <= other):
        return False
    equal = first.members == second.members and mine == other
    return not equal or net.formats.index(first) > net.formats.index(second)


def signs(dataset: Dataset, years: float) -> dict[str, Sign]:
    """The last dated sign of each format that has one; older than `years` before the release.

    A format without a row isn't known to be awake or asleep.
    """
    year, rest = dataset.release[:4], dataset.release[4:]
    limit = f"{int(year) - int(years):04d}{rest}"
    found: dict[str, Sign] = {}
    for item in dataset.kind("format-activity"):
        address = dataset.target(item.address, "sign of")
        date = item.texts.get("date", "")
        if address in found and last_day(found[address].date) >= last_day(date):
            continue
        dormant = last_day(date) < limit
        found[address] = Sign(address, date, item.texts.get("sign", ""), dormant, item.sources)
    return found
