"""Cells and headings of tables as a reader sees them."""

from __future__ import annotations

from counterpoise.data.cells import shown

__all__ = ["heading", "shown"]


_NAMES = {
    name.lower(): name
    for name in ("Belarus", "EEA", "EFTA", "EU", "EUR", "GDP", "NATO", "Russia", "SAFE", "US")
}
"""Words of columns that are names."""


def heading(column: str) -> str:
    """A column's name for people."""
    told = " ".join(_NAMES.get(word, word) for word in column.split("_"))
    return f"{told.removesuffix(' pct')}, %" if column.endswith("_pct") else told
