"""Small drawings side by side: one series by year in each, with its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Name
from counterpoise.publish.cells import shown
from counterpoise.publish.spans import sheet, words

_ACROSS = 3
_WIDTH, _HEIGHT = 228, 128
_PLOT = 62
_TOP = 40


@dataclass(frozen=True)
class Point:
    """A year's value with its range, assumed or not, and its address."""

    year: int
    value: float
    low: float | None
    high: float | None
    assumed: bool
    address: str


@dataclass(frozen=True)
class Panel:
    """A series: its name, its unit, its points by year."""

    name: str
    unit: str
    points: tuple[Point, ...]


def multiples(panels: Sequence[Panel], caption: str, alternative: str) -> Chart:
    """Draw a panel for each series, each on its own scale from nought; assumed points are open."""
    lines = []
    for at, panel in enumerate(panels):
        x, y = (at % _ACROSS) * (_WIDTH + 16), (at // _ACROSS) * _HEIGHT
        lines.append(f'<g transform="translate({x + 4},{y})">{"".join(_panel(panel))}</g>')
    rows = -(-len(panels) // _ACROSS)
    data = tuple(
        (f"{panel.name}, {point.year}", point.value, point.address)
        for panel in panels
        for point in panel.points
    )
    return Chart((Name(caption),), sheet(lines, rows * _HEIGHT), alternative, data)


def _panel(panel: Panel) -> list[str]:
    years = [point.year for point in panel.points]
    ends = [
        end for point in panel.points for end in (point.value, point.low, point.high)
        if end is not None
    ]  # fmt: skip
    low, high = min(0.0, *ends), max(0.0, *ends)
    span = max(years) - min(years) or 1
    height = (high - low) or 1.0

    def across(year: float) -> float:
        return 4 + (year - min(years)) / span * (_WIDTH - 60)

    def down(value: float) -> float:
        return _TOP + _PLOT * (1 - (value - low) / height)

    points = [(across(point.year), down(point.value)) for point in panel.points]
    muted = f'fill="{theme.MUTED}" font-size="{theme.CHART_SMALL}"'
    base = down(0.0)
    found = [
        words(panel.name, 0, 14, 'font-weight="600"'),
        words(panel.unit, 0, 29, muted),
        f'<path d="M0,{base:.1f}H{_WIDTH - 52}" stroke="{theme.RULE}"/>',
    ]
    ranged = [p for p in panel.points if p.low is not None and p.high is not None]
    if ranged:
        above = [f"{across(p.year):.1f},{down(p.high or 0.0):.1f}" for p in ranged]
        below = [f"{across(p.year):.1f},{down(p.low or 0.0):.1f}" for p in reversed(ranged)]
        found.append(
            f'<path d="M{"L".join([*above, *below])}Z" fill="{theme.SERIES[0]}" opacity="0.18"/>'
        )
    path = "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    found.append(f'<path d="M{path}" fill="none" stroke="{theme.SERIES[0]}" stroke-width="2"/>')
    for point, (x, y) in zip(panel.points, points, strict=True):
        fill = theme.PAPER if point.assumed else theme.SERIES[0]
        found.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{fill}" stroke="{theme.SERIES[0]}"/>'
        )
    last = panel.points[-1]
    x, y = points[-1]
    found.append(words(shown(float(last.value)), x + 7, y + 4, 'font-weight="600"'))
    foot = _TOP + _PLOT + 16
    found.append(words(str(min(years)), 0, foot, muted))
    found.append(words(str(max(years)), across(max(years)), foot, f'text-anchor="end" {muted}'))
    return found
