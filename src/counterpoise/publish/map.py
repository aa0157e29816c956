"""The map of Europe: a value by state, drawn as SVG in an equal-area projection."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

import polars as pl

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Part

_SOURCE = Path(__file__).parents[1] / "reference" / "geography" / "europe.json"
_CENTRE = (12.0, 53.0)
_LEFT, _RIGHT, _BOTTOM, _TOP = -0.31, 0.44, -0.315, 0.335
_SCALE = theme.CHART_WIDTH / (_RIGHT - _LEFT)
_HEIGHT = round((_TOP - _BOTTOM) * _SCALE)
_HEAD = 62
FRAME = (theme.CHART_WIDTH, _HEAD, _HEAD + _HEIGHT)
"""Width of the sheet, and top and bottom of the map on it, pixels."""

_LABEL_AREA = 700.0
DOT_AREA = 60.0
"""States smaller than this on the sheet, pixels squared, are drawn as a dot too."""

_Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """A state on the sheet: its outline as an SVG path, and where its text may stand."""

    iso3: str
    name: str
    path: str
    area: float
    label: _Point | None


@dataclass(frozen=True)
class Paint:
    """How values become colours and text."""

    low: float
    high: float
    palette: Sequence[str]
    number: str

    def colour(self, value: float) -> str:
        """Return the fill for a value."""
        return theme.ramp(self.palette, (value - self.low) / (self.high - self.low))


def cover_map(
    frame: pl.DataFrame,
    caption: tuple[Part, ...],
    *,
    alternative: str,
    legend: str = "",
    number: str = ".0%",
    domain: tuple[float, float] = (0.0, 1.0),
    palette: Sequence[str] = theme.SEQUENTIAL,
    width: float = 1.0,
) -> Chart:
    """Draw Europe with each state coloured by its value.

    Needs `label` (ISO alpha-3) and `value`; uses `address` and `assumed` (hatched where true).
    States without a value are grey. Raises ValueError for a state that the map doesn't know.
    """
    rows = {str(row["label"]): row for row in frame.drop_nulls(["label", "value"]).to_dicts()}
    land = shapes()
    unknown = sorted(rows.keys() - {shape.iso3 for shape in land})
    if unknown:
        raise ValueError(f"the map of Europe doesn't show {', '.join(unknown)}")
    paint = Paint(*domain, palette, number)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{theme.CHART_WIDTH}"'
        f' height="{_HEAD + _HEIGHT}" viewBox="0 0 {theme.CHART_WIDTH} {_HEAD + _HEIGHT}"'
        f' font-family="{theme.FACE}" font-size="{theme.CHART_TEXT}" fill="{theme.INK}">',
        definitions(palette),
        f'<rect width="100%" height="100%" fill="{theme.PAPER}"/>',
        f'<g clip-path="url(#frame)" stroke="{theme.PAPER}" stroke-width="0.8"'
        ' stroke-linejoin="round">',
        *(state_shape(shape, None, paint) for shape in land if shape.iso3 not in rows),
        *(state_shape(shape, rows[shape.iso3], paint) for shape in land if shape.iso3 in rows),
        "</g>",
        *(_value(shape, rows[shape.iso3], paint) for shape in land if shape.iso3 in rows),
        legend_of(legend, paint, any(row.get("assumed") for row in rows.values())),
        "</svg>",
    ]
    names = {shape.iso3: shape.name for shape in land}
    data = tuple(
        (names[iso3], float(row["value"]), str(row.get("address") or ""))
        for iso3, row in rows.items()
    )
    return Chart(caption, "\n".join(filter(None, lines)), alternative, data, width)


def project(longitude: float, latitude: float) -> _Point:
    """Return a place's pixel on the sheet (Lambert's azimuthal equal-area projection)."""
    along, up = radians(longitude - _CENTRE[0]), radians(latitude)
    middle = radians(_CENTRE[1])
    scale = sqrt(2 / (1 + sin(middle) * sin(up) + cos(middle) * cos(up) * cos(along)))
    x = scale * cos(up) * sin(along)
    y = scale * (cos(middle) * sin(up) - sin(middle) * cos(up) * cos(along))
    return (x - _LEFT) * _SCALE, _HEAD + (_TOP - y) * _SCALE


def shapes() -> list[Shape]:
    """All states of the map's file."""
    collection = json.loads(_SOURCE.read_text(encoding="utf-8"))
    return [_shape(feature) for feature in collection["features"]]


def _shape(feature: Mapping[str, Any]) -> Shape:
    given = feature["properties"]
    path, largest = [], 0.0
    for polygon in feature["geometry"]["coordinates"]:
        for index, ring in enumerate(polygon):
            points = [project(*place) for place in ring]
            path.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + "Z")
            largest = max(largest, 0.0 if index else _area(points))
    label = project(*given["label"]) if "label" in given else None
    return Shape(given["iso3"], given["name"], "".join(path), largest, label)


def _area(points: Sequence[_Point]) -> float:
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2


def definitions(palette: Sequence[str]) -> str:
    """Return what a map's drawing refers to: the frame, the ramp of colours, the hatching."""
    stops = "".join(
        f'<stop offset="{index / (len(palette) - 1):.3f}" stop-color="{colour}"/>'
        for index, colour in enumerate(palette)
    )
    return (
        f'<defs><clipPath id="frame"><rect y="{_HEAD}" width="{theme.CHART_WIDTH}"'
        f' height="{_HEIGHT}"/>'
        f'</clipPath><linearGradient id="ramp">{stops}</linearGradient>'
        '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)">'
        f'<rect width="1" height="6" fill="{theme.INK}" fill-opacity="0.5"/></pattern></defs>'
    )


def state_shape(shape: Shape, row: Mapping[str, Any] | None, paint: Paint) -> str:
    """Return a state's outline, filled by its value, hatched where that is assumed."""
    colour = theme.LAND if row is None else paint.colour(row["value"])
    outline = f'd="{shape.path}" fill-rule="evenodd"'
    drawn = f'<path {outline} fill="{colour}"/>'
    if row is None:
        return drawn
    assumed = bool(row.get("assumed"))
    if shape.area < DOT_AREA and shape.label:
        outline = f'cx="{shape.label[0]:.1f}" cy="{shape.label[1]:.1f}" r="5.5"'
        drawn += f'<circle {outline} fill="{colour}" stroke="{theme.MUTED}"/>'
        return drawn + f'<circle {outline} fill="url(#hatch)" class="hatched"/>' * assumed
    return drawn + f'<path {outline} fill="url(#hatch)" class="hatched"/>' * assumed


def _value(shape: Shape, row: Mapping[str, Any], paint: Paint) -> str:
    if shape.area < _LABEL_AREA or shape.label is None:
        return ""
    colour = paint.colour(row["value"])
    ink = theme.ink_on(colour)
    x, y = shape.label
    return (
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" fill="{ink}" stroke="{colour}"'
        f' stroke-width="3" stroke-linejoin="round" paint-order="stroke" font-weight="600">'
        f"{escape(format(row['value'], paint.number))}</text>"
    )


def legend_of(title: str, paint: Paint, hatched: bool) -> str:
    """Return the key to a map's colours, above it."""
    left, top, width = 1, 20, 220
    ends = (
        (left, "start", paint.low),
        (left + width // 2, "middle", (paint.low + paint.high) / 2),
        (left + width, "end", paint.high),
    )
    texts = "".join(
        f'<text x="{x}" y="{top + 27}" text-anchor="{anchor}">'
        f"{escape(format(value, paint.number))}</text>"
        for x, anchor, value in ends
    )
    keys = [(theme.LAND, False, "no value")]
    if hatched:
        keys.insert(0, (theme.PAPER, True, "mostly assumed"))
    boxes = []
    for index, (fill, lines, text) in enumerate(keys):
        x = left + width + 50 + 150 * index
        box = f'x="{x}" y="{top - 1}" width="22" height="13"'
        boxes.append(f'<rect {box} fill="{fill}" stroke="{theme.RULE}"/>')
        boxes.append(f'<rect {box} fill="url(#hatch)"/>' * lines)
        boxes.append(f'<text x="{x + 30}" y="{top + 10}">{text}</text>')
    return (
        f'<g class="legend"><text x="{left}" y="{top - 10}" fill="{theme.MUTED}">{escape(title)}'
        f'</text><rect x="{left}" y="{top}" width="{width}" height="11" fill="url(#ramp)"/>'
        f"{texts}{''.join(boxes)}</g>"
    )
