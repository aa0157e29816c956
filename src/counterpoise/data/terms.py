"""What may be shared: how many rows of each table rest on one publisher, against the rule.

Figures are facts, but a compilation isn't ours to copy. So a table may hold at most a tenth of a
private publisher's compilation, or 30 rows where its size isn't known. Statistics that a state,
NATO or an EU body publishes for the public, and single figures from CC BY-SA pages, are free.
"""

from __future__ import annotations

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


def originals(source: Source) -> frozenset[str]:
    """Whose compilation a figure of the source is from: its publisher's, and the original's."""
    return frozenset({source.publisher, source.relay_of} - {"", "not named"})


def holdings(dataset: Dataset) -> list[Holding]:
    """For each table and private publisher the rows held, those nearest to the limit first."""
    rows: defaultdict[tuple[str, str], list[Origin]] = defaultdict(list)
    sizes: dict[tuple[str, str], float] = {}
    for origin, keys in cited(dataset).items():
        table = Path(origin.file).stem
        private = [dataset.sources[key] for key in keys if key in dataset.sources]
        private = [item for item in private if item.terms == "compilation"]
        for name in frozenset[str]().union(*map(originals, private)):
            rows[(table, name)].append(origin)
            for source in private:
                if source.compilation_rows and name in originals(source):
                    known = sizes.get((table, name), 0.0)
                    sizes[(table, name)] = max(known, source.compilation_rows)
    found = [
        Holding(table, name, tuple(sorted(held, key=_place)), sizes.get((table, name)))
        for (table, name), held in rows.items()
    ]
    return sorted(found, key=lambda item: (-len(item.rows) / item.limit, item.table))


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
        grades = {dataset.sources[key].grade for key in keys if key in dataset.sources}
        if grades == {"E"}:
            found[origin] = "rests on sources of grade E alone"
    return found
