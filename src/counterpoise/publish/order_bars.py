"""Orders as lying bars from order to delivery; the firmer an order, the stronger its bar."""

from __future__ import annotations

import altair as alt
import polars as pl

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Part
from counterpoise.publish.drawing import (
    colours,
    ends_of,
    inline,
    marks_of,
    order_of,
    read_rows,
    room_for,
    span_scale,
    to_svg,
    years_axis,
)

_FAINT = 0.18
"""Opacity of an order that comes back in no draw."""


def order_bars(
    frame: pl.DataFrame,
    *,
    caption: tuple[Part, ...],
    alternative: str,
    width: float = 1.0,
) -> Chart:
    """Draw one bar an order, from `x` (year ordered) to `value` (year of the last delivery).

    Needs `label`, `x`, `value`, `share` (of the draws in which it comes back, 0 to 1: the bar's
    opacity) and `series` (its firmness in a word: the bar's colour).
    """
    rows = read_rows(frame, "label", "x", "value", "share", "series")
    rows = [row | {"opacity": _FAINT + (1 - _FAINT) * row["share"]} for row in rows]
    labels, names = order_of(rows, "label"), order_of(rows, "series")
    dates = ends_of(rows, "x", "value")
    start, end = int(min(dates)), int(max(dates))
    x = alt.X("x:Q", title=None, axis=years_axis(start, end), scale=span_scale(start, end + 0.3))
    side = alt.Axis(domain=False, ticks=False, labelPadding=8, grid=True, tickBand="extent")
    y = alt.Y("label:N", title=None, sort=labels, axis=side)
    legend = alt.Legend(title=None, symbolType="square", offset=18)
    colour = alt.Color("series:N", sort=names, scale=colours(len(names)), legend=legend)
    opacity = alt.Opacity("opacity:Q", scale=None, legend=None)
    base = alt.Chart(inline(rows)).encode(y=y)
    bars = base.mark_bar(height=10).encode(x=x, x2="value:Q", color=colour, opacity=opacity)
    ends = base.mark_point(shape="diamond", size=44, filled=True, opacity=1, color=theme.INK)
    drawing = alt.layer(bars, ends.encode(x=alt.X("value:Q", title=None)))
    inner = theme.CHART_WIDTH - room_for(labels) - 16
    drawing = drawing.properties(width=inner, height=21 * len(labels))
    return Chart(caption, to_svg(drawing), alternative, marks_of(rows, "label", "series"), width)
