"""What a thing touches by year: its series, and the dates of what is linked to it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from counterpoise.data.cells import unit_told
from counterpoise.data.dataset import Dataset, Key
from counterpoise.publish.blocks import Chart
from counterpoise.publish.multiples import Panel, Point, multiples
from counterpoise.publish.spans import Span, spans

_YEAR = re.compile(r"\d{4}")
_LEAST = 3
"""Years of a series, or dated things, from which a drawing says more than a table."""

_PANELS = 9
_ROWS = 20


def drawings(data: Dataset, address: str) -> list[Chart]:
    """The drawings of a thing by year; none where it has no series and nothing dated."""
    panels = series(data, address)
    found = []
    name = data.things[address].name
    if panels:
        years = [point.year for panel in panels for point in panel.points]
        caption = f"{name} by year, {min(years)} to {max(years)}"
        told = f"{caption}: {len(panels)} series, each value listed below; open dots are assumed"
        found.append(multiples(panels, caption, told))
    rows = dated(data, address)
    if rows:
        caption = f"Years stated for {name} and for what is linked to it"
        found.append(spans(rows, caption, f"{caption}: {len(rows)} bars, each year listed below"))
    return found


def series(data: Dataset, address: str) -> list[Panel]:
    """The longest series of each quantity with values for at least three years."""
    groups: defaultdict[tuple[str, str], list[Key]] = defaultdict(list)
    for key in data.by_subject.get(address, []):
        if _YEAR.fullmatch(key[2]) and data.chosen[key].value is not None:
            groups[(key[1], key[3])].append(key)
    best: dict[str, list[Key]] = {}
    for (quantity, _), keys in groups.items():
        if len(keys) >= _LEAST and len(keys) > len(best.get(quantity, ())):
            best[quantity] = sorted(keys, key=lambda key: key[2])
    found = []
    for quantity, keys in best.items():
        unit = unit_told(data.chosen[keys[0]].unit)
        qualifier = f", {keys[0][3]}" if keys[0][3] else ""
        points = tuple(_points(data, keys))
        found.append(Panel(quantity.replace("_", " "), f"{unit}{qualifier}", points))
    return found[:_PANELS]


def _points(data: Dataset, keys: Iterable[Key]) -> Iterable[Point]:
    for key in keys:
        item = data.chosen[key]
        if item.value is not None:
            yield Point(
                int(key[2]), item.value, item.low, item.high, item.basis == "assumed", item.address
            )


def dated(data: Dataset, address: str) -> list[Span]:
    """Things with years, this one or those that have a role towards it, as bars by first year.

    Where more than fit are dated, those with the latest years.
    """
    linked = dict.fromkeys(link.subject for link in data.links_to.get(address, []))
    own = _span(data, address, True)
    others = [found for other in linked if (found := _span(data, other, False)) is not None]
    if len(others) < _LEAST:
        others = []
    if not others:
        return []
    kept = sorted(others, key=lambda item: (-item.end, -item.start, item.label))[:_ROWS]
    kept.sort(key=lambda item: (item.start, item.end, item.label))
    return [*([own] if own is not None else []), *kept]


def _span(data: Dataset, address: str, own: bool) -> Span | None:
    """From the first to the last year that a thing's own figures state."""
    years = [
        (item.value, item.address)
        for key in data.by_subject.get(address, [])
        if (item := data.chosen[key]).unit == "year" and item.value and item.value > _OLDEST
    ]
    if not years:
        return None
    start, end = min(years), max(years)
    kind = data.things[address].kind.replace("-", " ")
    # A year's figure means any day of it: the bar holds the whole of the last one.
    name = data.things[address].name
    return Span(name, start[0], end[0] + 1, end[0], end[1], series=kind, own=own)


_OLDEST = 1990
"""Years before it (a founding, a first flight) would squeeze the rest of a drawing."""
