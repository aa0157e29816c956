"""What changed in the reference release since the one before, as the release itself records it."""

from __future__ import annotations

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
    return [row for row in history() if row["figure"].startswith(f"{address}/")]
