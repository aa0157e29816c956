"""Small maps of Europe side by side, one a year or kind, under one key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Part
from counterpoise.publish.drawing import marks_of, order_of, read_rows
from counterpoise.publish.map import DOT_AREA, FRAME, Paint, Shape, definitions, legend_of, shapes

_ACROSS = 3
_GUTTER = 10
_TITLE = 20
_FINE = re.compile(r"\.\d")


def map_panels(
    frame: pl.DataFrame,
    caption: tuple[Part, ...],
    *,
    alternative: str,
    legend: str = "",
    number: str = ",.0f",
    domain: tuple[float, float] = (0.0, 100.0),
    palette: Sequence[str] = theme.SEQUENTIAL,
    width: float = 1.0,
) -> Chart:
    """Draw a map a `panel`, each with the states coloured by their values.

    Needs `panel`, `label` (ISO alpha-3) and `value`; uses `address` and `assumed` (hatched where
    true). States without a value, and those off the map, aren't coloured.
    """
    rows = read_rows(frame, "panel", "label", "value")
    panels = order_of(rows, "panel")
    paint = Paint(*domain, palette, number)
    sheet, top, bottom = FRAME
    across = min(_ACROSS, max(len(panels), 1))
    wide = (sheet - _GUTTER * (across - 1)) / across
    high = wide * (bottom - top) / sheet
    down = -(-len(panels) // across)
    height = top + down * (high + _TITLE + _GUTTER)
    land = shapes()
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sheet}" height="{height:.0f}"'
        f' viewBox="0 0 {sheet} {height:.0f}" font-family="{theme.FACE}"'
        f' font-size="{theme.CHART_TEXT}" fill="{theme.INK}">',
        definitions(palette),
        "<defs>",
        *(f'<path id="of-{shape.iso3}" d="{_FINE.sub("", shape.path)}"/>' for shape in land),
        "</defs>",
        f'<rect width="100%" height="100%" fill="{theme.PAPER}"/>',
        legend_of(legend, paint, any(row.get("assumed") for row in rows)),
    ]
    for at, panel in enumerate(panels):
        x = (at % across) * (wide + _GUTTER)
        y = top + (at // across) * (high + _TITLE + _GUTTER)
        own = {str(row["label"]): row for row in rows if str(row["panel"]) == panel}
        lines += [
            f'<text x="{x + 1:.1f}" y="{y + 13:.1f}" font-weight="600">{escape(panel)}</text>',
            f'<svg x="{x:.1f}" y="{y + _TITLE:.1f}" width="{wide:.1f}" height="{high:.1f}"'
            f' viewBox="0 {top} {sheet} {bottom - top}" stroke="{theme.PAPER}"'
            ' stroke-width="1.6" stroke-linejoin="round">',
            *(_drawn(shape, own.get(shape.iso3), paint) for shape in land),
            "</svg>",
        ]
    lines.append("</svg>")
    marks = marks_of(rows, "label", "panel")
    return Chart(caption, "\n".join(lines), alternative, marks, width)


def _drawn(shape: Shape, row: Mapping[str, Any] | None, paint: Paint) -> str:
    """Return a state drawn from its outline, which all panels share."""
    colour = theme.LAND if row is None else paint.colour(row["value"])
    drawn = f'<use href="#of-{shape.iso3}" fill="{colour}"/>'
    hatched = f'<use href="#of-{shape.iso3}" fill="url(#hatch)"/>'
    if row is not None and shape.area < DOT_AREA and shape.label:
        circle = f'<circle cx="{shape.label[0]:.0f}" cy="{shape.label[1]:.0f}" r="9"'
        drawn += f'{circle} fill="{colour}" stroke="{theme.MUTED}"/>'
        hatched = f'{circle} fill="url(#hatch)"/>'
    return drawn + hatched * bool(row is not None and row.get("assumed"))
