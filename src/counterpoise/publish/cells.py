"""Cells and headings of tables as a reader sees them."""

from __future__ import annotations

from counterpoise.data.cells import shown

__all__ = ["heading", "shown"]


def heading(column: str) -> str:
    """A column's name for people."""
    told = column.replace("_", " ").removesuffix(" pct").replace("eur bn", "EUR bn")
    return f"{told}, %" if column.endswith("_pct") else told
