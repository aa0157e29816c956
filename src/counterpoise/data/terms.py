"""What may be shared: how many rows of each table rest on one publisher, against the rule.

Figures are facts, but a compilation isn't ours to copy. So a table may hold at most a tenth of a
private publisher's compilation, or 30 rows where its size isn't known. Statistics that a state,
NATO or an EU body publishes for the public, and single figures from CC BY-SA pages, are free.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Origin, Source

SHARE = 0.1
"""Part of a compilation of known size that one table may hold."""

UNKNOWN = 30
"""Rows that one table may hold of a compilation of unknown size."""

_PRIVATE = re.compile(r"\b(internal|confidential|restricted|not for release)\b", re.IGNORECASE)
"""Words in a licence that keep a source's figures to their holder."""


@dataclass(frozen=True)
class Holding:
    """The rows of one table that rest on one publisher, read directly or through a relay."""

    table: str
    publisher: str
    rows: tuple[Origin, ...]
    size: float | None

    @property
    def limit(self) -> int:
        """Rows of the table that may rest on the publisher."""
        return UNKNOWN if self.size is None else max(int(self.size * SHARE), 1)

    @property
    def over(self) -> int:
        """Rows beyond the limit."""
        return max(len(self.rows) - self.limit, 0)


def cited(dataset: Dataset) -> dict[Origin, frozenset[str]]:
    """The source keys that each row of each sheet rests on."""
    found: defaultdict[Origin, set[str]] = defaultdict(set)
    for origin, keys in _records(dataset):
        found[origin].update(keys)
    return {origin: frozenset(keys) for origin, keys in found.items()}


def _records(dataset: Dataset) -> Iterator[tuple[Origin, tuple[str, ...]]]:
    for thing in dataset.things.values():
        yield thing.origin, thing.sources
    for link in dataset.links:
        yield link.origin, link.sources
    for item in dataset.observations:
        yield item.origin, item.sources


def originals(source: Source) -> dict[str, str]:
    """Whose compilation a figure of the source is from: its publisher's, and the original's.

    Names by their letters and digits alone, so that case and commas don't make two of one.
    """
    names = {source.publisher, source.relay_of} - {"", "not named"}
    return {
        "".join(letter for letter in name.casefold() if letter.isalnum()): name for name in names
    }


def private(source: Source) -> bool:
    """Whether a source's licence keeps its figures to their holder."""
    return bool(_PRIVATE.search(source.licence))


def holdings(dataset: Dataset) -> list[Holding]:
    """For each table and private publisher the rows held, those nearest to the limit first."""
    rows: defaultdict[tuple[str, str], list[Origin]] = defaultdict(list)
    sizes: dict[tuple[str, str], float] = {}
    told: dict[str, str] = {}
    for origin, keys in cited(dataset).items():
        table = Path(origin.file).stem
        read = (dataset.sources[key] for key in sorted(keys))
        restricted = [item for item in read if item.terms == "compilation"]
        named = [originals(item) for item in restricted]
        for name in {name for found in named for name in found}:
            rows[(table, name)].append(origin)
            for source, found in zip(restricted, named, strict=True):
                if name in found:
                    told.setdefault(name, found[name])
                    known = sizes.get((table, name), 0.0)
                    sizes[(table, name)] = max(known, source.compilation_rows or 0.0)
    held = [
        Holding(table, told[name], tuple(sorted(places, key=_place)), sizes[(table, name)] or None)
        for (table, name), places in rows.items()
    ]
    return sorted(held, key=lambda item: (-len(item.rows) / item.limit, item.table, item.publisher))


def _place(origin: Origin) -> tuple[bool, str, int]:
    """Rows of the release first, an overlay's after them, in the order of the file."""
    return "/" in origin.file, origin.file, origin.row


def excess(dataset: Dataset) -> dict[Origin, str]:
    """Rows that may not be shared, each with the reason; of a table over its limit, the last."""
    found: dict[Origin, str] = {}
    for held in holdings(dataset):
        size = "of unknown size" if held.size is None else f"of {held.size:,.0f} rows"
        for origin in held.rows[held.limit :]:
            found[origin] = (
                f"{held.table} may hold {held.limit} rows of {held.publisher}'s compilation {size},"
                f" and holds {len(held.rows)}"
            )
    for origin, keys in cited(dataset).items():
        grades = {dataset.sources[key].grade for key in keys}
        if grades == {"E"}:
            found[origin] = "rests on sources of grade E alone"
        kept = sorted(key for key in keys if private(dataset.sources[key]))
        if kept:
            found[origin] = f"the licence of {kept[0]} keeps it to its holder"
    return found
