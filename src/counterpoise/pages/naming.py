"""Short names in rows as addresses, so that a table leads from each to its page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import near
from counterpoise.pages.registry import Row

_BETWEEN = re.compile(r"[,;]\s*|\s+")


def known(given: Mapping[str, str], names: Sequence[str], what: str) -> dict[str, str]:
    """Arguments as they are; BadInput for each whose name isn't known, with the nearest."""
    problems = []
    for name, value in given.items():
        if name not in names:
            close = near(name, names)
            remedy = f"did you mean {', '.join(close)}?" if close else "remove it"
            problems.append(
                Problem("unknown-word", what, None, name, value, " or ".join(names), remedy)
            )
    if problems:
        raise BadInput(problems)
    return dict(given)


def addressed(data: Dataset, text: object, *kinds: str) -> object:
    """Short names, in a list or alone, as addresses of things of a kind; else the text as it is."""
    if not isinstance(text, str) or not text:
        return text
    found = []
    for name in _BETWEEN.split(text):
        address = next((f"{kind}/{name}" for kind in kinds if f"{kind}/{name}" in data.things), "")
        if not address:
            return text
        found.append(address)
    return "; ".join(found)


def linked(data: Dataset, rows: Sequence[Row], kinds: Mapping[str, tuple[str, ...]]) -> list[Row]:
    """Rows whose named columns hold addresses of things of these kinds."""
    found = []
    for row in rows:
        named = {name: addressed(data, row[name], *kinds[name]) for name in kinds if name in row}
        found.append({**row, **named})
    return found
