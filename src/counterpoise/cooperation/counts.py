"""What documents count of arrangements, against the same count over ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from counterpoise.cooperation.formats import Format, words
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Thing
from counterpoise.errors import NotFound


@dataclass(frozen=True)
class Filter:
    """One step from all arrangements to those that the documents count, and how many are left."""

    told: str
    left: tuple[Format, ...]


@dataclass(frozen=True)
class Count:
    """A class of the documents: their count, ours in that class alone, and ours beside others."""

    name: str
    theirs: float
    ours: tuple[Format, ...]
    beside: tuple[Format, ...]
    sources: tuple[str, ...]


def filters(dataset: Dataset, formats: Sequence[Format]) -> tuple[Filter, ...]:
    """From all arrangements to those of the kind that the documents count, one step at a time.

    NotFound where no row of `format-counts` says of which states and years they are.
    """
    rule = _rule(dataset)
    since = int(rule.texts.get("since", "0"))
    between = _states(dataset, rule)
    layers, statuses = set(words(rule, "layers")), set(words(rule, "statuses"))
    found = [Filter("all in the release", tuple(formats))]

    def step(told: str, kept: Sequence[Format]) -> None:
        found.append(Filter(told, tuple(kept)))

    step(
        "not group entries and others added after the facts",
        [item for item in found[-1].left if "format-mark/added" not in item.marks],
    )
    step("active", [item for item in found[-1].left if item.status in statuses])
    step(
        f"begun in {since} or later",
        [item for item in found[-1].left if item.founded is not None and item.founded >= since],
    )
    step(
        f"{' or '.join(sorted(layers))} (NATO's and the EU's aren't)",
        [item for item in found[-1].left if item.layer in layers],
    )
    step(
        "between states of the EU, Britain and Ukraine alone",
        [item for item in found[-1].left if len(item.states) > 1 and item.states <= between],
    )
    return tuple(found)


def counts(dataset: Dataset, formats: Sequence[Format]) -> tuple[Count, ...]:
    """Each class of the documents, ours put into the first class whose domains it keeps to."""
    ours = filters(dataset, formats)[-1].left
    rows = [item for item in dataset.kind("format-count") if item != _rule(dataset)]
    placed = {item.id: _class(item, rows) for item in ours}
    found = [_count(dataset, _rule(dataset), ours, ())]
    for row in rows:
        own = tuple(item for item in ours if placed[item.id] == row.address)
        needs = set(words(row, "needs"))
        beside = [item for item in ours if item not in own and needs & set(item.domains)]
        found.append(_count(dataset, row, own, tuple(beside)))
    return tuple(found)


def _count(
    dataset: Dataset, row: Thing, own: tuple[Format, ...], beside: tuple[Format, ...]
) -> Count:
    theirs = dataset.value(row.address, "arrangements") or 0.0
    return Count(row.name, theirs, own, beside, row.sources)


def _class(item: Format, rows: Sequence[Thing]) -> str:
    """The first class, of those with fewest domains, that an arrangement keeps to."""
    own = set(item.domains)
    for row in rows:
        needs, only = set(words(row, "needs")), set(words(row, "only"))
        if (not needs or own & needs) and (not only or own <= only):
            return row.address
    return ""


def _rule(dataset: Dataset) -> Thing:
    """The row that says of which states and years the documents' counts are."""
    for item in dataset.kind("format-count"):
        if dataset.targets(item.address, "between"):
            return item
    raise NotFound("a count of the sheet format-counts with its states")


def _states(dataset: Dataset, rule: Thing) -> frozenset[str]:
    """The states between which the documents count, groups by their members."""
    found: set[str] = set()
    for address in dataset.targets(rule.address, "between"):
        inside = dataset.targets(address, "includes")
        found |= set(inside) if inside else {address}
    return frozenset(found)
