"""Drawings of dates and of series by year, written as SVG without a chart's runtime.

They stand on hundreds of pages, so they are kept plain: lines, boxes and words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Name
from counterpoise.publish.drawing import room_for

_ROW = 23
_HEAD = 26
_MOST_ROOM = 300
_LETTERS = 44
"""Letters of a row's name that are shown."""


@dataclass(frozen=True)
class Span:
    """A row of dates: a bar from `start` to `end`, and a middle with its range where known.

    All are decimal years; `address` gives `value` again. `own` rows are those that the page is
    about.
    """

    label: str
    start: float
    end: float
    value: float
    address: str
    middle: float | None = None
    low: float | None = None
    high: float | None = None
    series: str = ""
    own: bool = False


@dataclass(frozen=True)
class _Axis:
    first: int
    last: int
    left: float
    width: float

    def at(self, time: float) -> float:
        """Pixels from the left of a date; dates beyond the end stand at it."""
        share = (min(max(time, self.first), self.last) - self.first) / (self.last - self.first)
        return self.left + share * self.width


def spans(items: Sequence[Span], caption: str, alternative: str, told: str = "") -> Chart:
    """Draw a row for each item; `told` names the range in the key, `series` colour the rows."""
    dates = [
        date
        for item in items
        for date in (item.start, item.end, item.middle, item.low, item.high)
        if date is not None and math.isfinite(date)
    ]
    left = min(room_for([item.label[:_LETTERS] for item in items]), _MOST_ROOM)
    first, last = math.floor(min(dates)), math.ceil(max(dates) + 0.01)
    axis = _Axis(first, max(last, first + 1), left, theme.CHART_WIDTH - left - 24)
    names = list(dict.fromkeys(item.series for item in items))
    key = _key(names, told)
    top = _HEAD + (22 if key else 0)
    bottom = top + _ROW * len(items)
    lines = [*key, *_years(axis, top, bottom)]
    for at, item in enumerate(items):
        colour = theme.SERIES[names.index(item.series) % len(theme.SERIES)]
        lines += _row(axis, item, top + _ROW * at + _ROW / 2, colour)
    data = tuple(
        (
            f"{item.label}, {item.series}" if item.series else item.label,
            item.value,
            item.address,
        )
        for item in items
    )
    return Chart((Name(caption),), sheet(lines, bottom + 6), alternative, data)


def sheet(lines: Sequence[str], height: float) -> str:
    """The drawing's SVG: its lines on a sheet as wide as all charts."""
    size = f'width="{theme.CHART_WIDTH}" height="{height:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'viewBox="0 0 {theme.CHART_WIDTH} {height:g}" font-family="{theme.FACE}" '
        f'font-size="{theme.CHART_TEXT}" fill="{theme.INK}">{"".join(lines)}</svg>'
    )


def words(text: str, x: float, y: float, more: str = "") -> str:
    """A text at its place."""
    return f'<text x="{x:g}" y="{y:g}"{" " + more if more else ""}>{escape(text)}</text>'


def _years(axis: _Axis, top: float, bottom: float) -> list[str]:
    span = axis.last - axis.first
    step = next((step for step in (1, 2, 5, 10, 20) if span / step <= axis.width / 44), 50)
    found = []
    for year in range(-(-axis.first // step) * step, axis.last + 1, step):
        x = axis.at(year)
        found.append(
            f'<path d="M{x:.1f},{top}V{bottom:g}" stroke="{theme.RULE}" stroke-width="1"/>'
            + words(str(year), x, top - 8, f'text-anchor="middle" fill="{theme.MUTED}"')
        )
    return found


def _row(axis: _Axis, item: Span, y: float, colour: str) -> list[str]:
    weight = ' font-weight="600"' if item.own else ""
    label = item.label if len(item.label) <= _LETTERS else f"{item.label[: _LETTERS - 1]}…"
    found = [words(label, axis.left - 10, y + 4, f'text-anchor="end"{weight}')]
    start, end = axis.at(item.start), axis.at(item.end)
    ranged = item.low is not None and item.high is not None
    thin = ranged
    found.append(
        f'<rect x="{start:.1f}" y="{y - (2 if thin else 5):g}" width="{max(end - start, 2):.1f}" '
        f'height="{4 if thin else 10}" fill="{colour}" opacity="{0.35 if thin else 0.85}"/>'
    )
    if ranged and item.low is not None and item.high is not None:
        low, high = axis.at(item.low), axis.at(item.high)
        found.append(
            f'<rect x="{low:.1f}" y="{y - 6:g}" width="{max(high - low, 2):.1f}" height="12" '
            f'fill="{colour}" opacity="0.6"/>'
        )
    if item.middle is not None:
        x = axis.at(item.middle)
        found.append(
            f'<path d="M{x:.1f},{y - 8:g}l5,8l-5,8l-5,-8z" fill="{theme.INK}" '
            f'stroke="{theme.PAPER}"/>'
        )
    return found


def _key(names: Sequence[str], told: str) -> list[str]:
    """What colours and marks mean, in a line above; nothing where there is one kind of row."""
    entries = [
        (name, f'<rect width="12" height="10" y="-9" fill="{theme.SERIES[at % 8]}"/>')
        for at, name in enumerate(names)
        if len(names) > 1
    ]
    if told:
        box = f'<rect width="18" height="12" y="-10" fill="{theme.SERIES[0]}" opacity="0.6"/>'
        mark = f'<path d="M6,-12l5,8l-5,8l-5,-8z" fill="{theme.INK}"/>'
        entries += [(told, box), ("middle", mark)]
    found, x = [], 4.0
    for name, mark in entries:
        found.append(f'<g transform="translate({x:g},16)">{mark}{words(name, 24, 0)}</g>')
        x += 40 + 6.4 * len(name)
    return found
