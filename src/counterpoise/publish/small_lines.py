"""Small charts side by side: lines over the years, one chart a panel, the same axes in all."""

from __future__ import annotations

import altair as alt
import polars as pl

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Part
from counterpoise.publish.drawing import (
    dashes,
    inline,
    marks_of,
    order_of,
    read_rows,
    span_scale,
    to_svg,
)

_ACROSS = 3
_HEIGHT = 120


def small_lines(
    frame: pl.DataFrame,
    *,
    caption: tuple[Part, ...],
    alternative: str,
    number: str = ",.0f",
    width: float = 1.0,
) -> Chart:
    """Draw a chart a `panel`, with a line a `series` over `x` (years).

    Needs `panel`, `series`, `x`, `value`. All panels share their axes.
    """
    rows = read_rows(frame, "panel", "series", "x", "value")
    panels, names = order_of(rows, "panel"), order_of(rows, "series")
    years = [row["x"] for row in rows]
    first, last = min(years), max(years)
    low, high = min(row["value"] for row in rows), max(row["value"] for row in rows)
    ends = span_scale(10 * (low // 10), 10 * -(-high // 10))
    below = alt.Axis(format="d", values=[first, (first + last) // 2, last], grid=False)
    side = alt.Axis(format=number, tickCount=4, domain=False, ticks=False)
    strokes = alt.Scale(domain=names, range=[dashes(at) for at in range(len(names))])
    tints = alt.Scale(domain=names, range=list(theme.SERIES[: len(names)]))
    legend = alt.Legend(title=None, columns=4, symbolType="stroke")
    inner = (theme.CHART_WIDTH - 40 * _ACROSS) // _ACROSS
    charts = [
        alt.Chart(inline([row for row in rows if row["panel"] == panel]))
        .mark_line(strokeWidth=1.8)
        .encode(
            x=alt.X("x:Q", title=None, axis=below, scale=span_scale(first, last)),
            y=alt.Y("value:Q", title=None, axis=side, scale=ends),
            color=alt.Color("series:N", sort=names, scale=tints, legend=legend),
            strokeDash=alt.StrokeDash("series:N", sort=names, scale=strokes, legend=legend),
        )
        .properties(
            width=inner,
            height=_HEIGHT,
            title=alt.TitleParams(
                panel, anchor="start", font=theme.FACE, fontSize=theme.CHART_TEXT,
                fontWeight=600, color=theme.INK, offset=6,
            ),
        )
        for panel in panels
    ]  # fmt: skip
    drawing = alt.concat(*charts, columns=_ACROSS, spacing=22)
    return Chart(
        caption, to_svg(drawing), alternative, marks_of(rows, "panel", "series", "x"), width
    )
