"""Values with their ranges side by side, written as SVG without a chart's runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Name
from counterpoise.publish.drawing import room_for
from counterpoise.publish.spans import sheet, words

_ROW = 20
_HEAD = 30
_LETTERS = 48


@dataclass(frozen=True)
class Range:
    """A value with its range: `own` is the chosen one, which names the row; others are rivals."""

    label: str
    value: float
    low: float | None
    high: float | None
    address: str
    own: bool = False


def ranges(items: Sequence[Range], caption: str, alternative: str) -> Chart:
    """Draw a row for each item from nought to the largest end, cut at four times a hundred."""
    left = min(room_for([item.label[:_LETTERS] for item in items]), 320)
    ends = [end for item in items for end in (item.value, item.low, item.high) if end is not None]
    top = min(max(ends), 400.0)
    width = theme.CHART_WIDTH - left - 60

    def across(value: float) -> float:
        return left + min(value, top) / top * width

    bottom = _HEAD + _ROW * len(items)
    lines = []
    for mark in (0, 50, 100, 200, 300, 400):
        if mark <= top:
            x = across(mark)
            stroke = theme.MUTED if mark == 100 else theme.RULE
            lines.append(f'<path d="M{x:.1f},{_HEAD - 6}V{bottom}" stroke="{stroke}"/>')
            centred = f'text-anchor="middle" fill="{theme.MUTED}"'
            lines.append(words(f"{mark}%", x, _HEAD - 12, centred))
    data = []
    name = ""
    for at, item in enumerate(items):
        y = _HEAD + _ROW * at + _ROW / 2
        colour = theme.SERIES[0] if item.own else theme.SERIES[1]
        if item.label:
            name = item.label
            cut = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
            lines.append(words(cut, left - 10, y + 4, 'text-anchor="end"'))
        low = item.value if item.low is None else item.low
        high = item.value if item.high is None else item.high
        lines.append(
            f'<rect x="{across(low):.1f}" y="{y - 3:g}" '
            f'width="{max(across(high) - across(low), 1):.1f}" height="6" fill="{colour}" '
            'opacity="0.35"/>'
        )
        shape = f'r="4.5" fill="{colour if item.own else theme.PAPER}" stroke="{colour}"'
        lines.append(f'<circle cx="{across(item.value):.1f}" cy="{y:g}" {shape} stroke-width="2"/>')
        if item.value > top:
            lines.append(words(f"{item.value:,.0f}%", across(top) + 8, y + 4))
        data.append((f"{name}, {'chosen' if item.own else 'rival'}", item.value, item.address))
    key = f'<g transform="translate({left:g},{bottom + 16})">'
    lines.append(
        f'{key}<circle r="4.5" cx="6" fill="{theme.SERIES[0]}" cy="-4"/>{words("chosen", 16, 0)}'
        f'<circle r="4.5" cx="86" cy="-4" fill="{theme.PAPER}" stroke="{theme.SERIES[1]}" '
        f'stroke-width="2"/>{words("rival", 96, 0)}</g>'
    )
    return Chart((Name(caption),), sheet(lines, bottom + 26), alternative, tuple(data))
