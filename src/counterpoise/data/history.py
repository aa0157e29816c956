"""What changed in the reference release since the one before, as the release itself records it."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

from counterpoise.data.load import REFERENCE
from counterpoise.data.sheets import read_table
from counterpoise.errors import Problem

COLUMNS = (
    "from_release", "release", "figure", "change", "before", "after", "unit", "basis_before",
    "basis_after", "sources", "effect",
)  # fmt: skip
"""Columns of `history.csv`; `effect` is percent-years of shortfall over the figure's range."""


def history(folder: Path = REFERENCE) -> list[dict[str, str]]:
    """The rows of `history.csv`, none where there is no such file."""
    path = folder / "history.csv"
    problems: list[Problem] = []
    return [row.cells for row in read_table(path, problems)] if path.is_file() else []


def changes_of(address: str) -> list[dict[str, str]]:
    """What changed about a thing in the last release."""
    return _by_thing().get(address, [])


@cache
def _by_thing() -> dict[str, list[dict[str, str]]]:
    """The package's own history, which doesn't change while it runs, by the figures' things."""
    found: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in history():
        found["/".join(row["figure"].split("/")[:2])].append(row)
    return dict(found)
