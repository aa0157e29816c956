"""Sources as a reader asks for them: all of them with what rests on each, or one."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import Any

from counterpoise.data.dataset import Dataset
from counterpoise.data.terms import cited
from counterpoise.data.views import figure_row, view_row
from counterpoise.errors import NotFound

Row = dict[str, Any]

PREFIX = "source/"

SHOWN = 20
"""The figures of one source that are shown unless asked for all."""


def sources(dataset: Dataset) -> list[Row]:
    """All sources with what rests on each: rows of the sheets, and figures that it decides."""
    rests = Counter(key for keys in cited(dataset).values() for key in keys)
    decides = Counter(key for item in dataset.chosen.values() for key in item.sources)
    return [
        {
            "address": PREFIX + source.key,
            "title": source.title,
            "publisher": source.publisher,
            "date": source.date,
            "grade": source.grade,
            "licence": source.licence,
            "terms": source.terms,
            "compilation_rows": source.compilation_rows,
            "relay_of": source.relay_of,
            "leak": "yes" if source.leak else "",
            "rows": rests[source.key],
            "figures": decides[source.key],
            "url": source.url,
        }
        for source in dataset.sources.values()
    ]


def show_source(dataset: Dataset, address: str, full: bool = False) -> list[Row]:
    """A source by its address, with the figures that rest on it; NotFound with the nearest."""
    key = address.removeprefix(PREFIX)
    source = dataset.sources.get(key)
    if source is None:
        near = difflib.get_close_matches(key, dataset.sources, n=5, cutoff=0.3)
        raise NotFound(address, [PREFIX + name for name in near])
    rows = [view_row("about", "source", source.title or key, address=PREFIX + key)]
    for name in ("publisher", "date", "url", "kind", "grade", "licence", "terms", "relay_of"):
        if getattr(source, name):
            rows.append(view_row("about", name.replace("_", " "), getattr(source, name)))
    if source.compilation_rows:
        size = f"{source.compilation_rows:,.0f}"
        rows.append(view_row("about", "rows of the compilation", size))
    if source.leak:
        rows.append(view_row("about", "leak", "its figures stem from a leaked document"))
    if source.note:
        rows.append(view_row("about", "note", source.note))
    figures = [place for place, item in dataset.chosen.items() if key in item.sources]
    for place in figures if full else figures[:SHOWN]:
        row = figure_row(dataset, place)
        rows.append(row | {"name": f"{place[0]} {row['name']}"})
    if not full and len(figures) > SHOWN:
        rows.append(view_row("figure", "and", f"{len(figures) - SHOWN} more; --all shows them"))
    return rows
