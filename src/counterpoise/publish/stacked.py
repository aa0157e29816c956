"""Standing bars by year, stacked, with a line over them."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Part
from counterpoise.publish.drawing import (
    Row,
    inline,
    marks_of,
    order_of,
    read_rows,
    room_for,
    title_of,
    to_svg,
)


def stacked(
    frame: pl.DataFrame,
    *,
    caption: tuple[Part, ...],
    alternative: str,
    line: str,
    palette: Sequence[str] = theme.SERIES,
    y_title: str = "",
    number: str = ",.0f",
    width: float = 1.0,
) -> Chart:
    """Draw a bar a year, stacked by `series`; the series named `line` is drawn as a line.

    Needs `series`, `x` (year), `value` (not negative). Parts keep the frame's order, from below.
    """
    rows = read_rows(frame, "series", "x", "value")
    below = [row for row in rows if row["series"] != line]
    above = [row for row in rows if row["series"] == line]
    names = order_of(below, "series")
    below = [row | {"place": names.index(row["series"])} for row in below]
    totals: dict[int, float] = {}
    for row in below:
        totals[row["x"]] = totals.get(row["x"], 0.0) + row["value"]
    top = max([*totals.values(), *(row["value"] for row in above)], default=1.0)
    inner = theme.CHART_WIDTH - 50 - room_for([line])
    band = inner / max(len(totals), 1)
    axis = alt.Axis(format=number, tickCount=6, domain=False, ticks=False, labelPadding=6)
    scale = alt.Scale(domain=[0.0, top * 1.04], nice=False)
    x = alt.X("x:O", title=None, axis=alt.Axis(labelAngle=0, ticks=False, labelPadding=5))
    scheme = alt.Scale(domain=names, range=[palette[at % len(palette)] for at in range(len(names))])
    legend = alt.Legend(title=None, symbolType="square", columns=4)
    bar = (
        alt.Chart(inline(below))
        .mark_bar(width={"band": 0.62}, stroke=theme.PAPER, strokeWidth=0.6)
        .encode(
            x=x,
            y=alt.Y("value:Q", stack="zero", title=None, axis=axis, scale=scale),
            color=alt.Color("series:N", sort=names, scale=scheme, legend=legend),
            order=alt.Order("place:Q"),
        )
    )
    drawn = alt.Chart(inline(above)).encode(x=x, y=alt.Y("value:Q", axis=axis, scale=scale))
    layers = [bar, drawn.mark_line(strokeWidth=2.4, color=theme.INK)]
    layers.append(drawn.mark_point(size=34, filled=True, opacity=1, color=theme.INK))
    if above:
        name = alt.Chart(inline([above[-1] | {"text": line}]))
        look: Row = {"align": "left", "dx": 8 + band / 2, "fontWeight": 600, "color": theme.INK}
        layers.append(name.mark_text(**look).encode(x=x, y="value:Q", text="text:N"))
    drawing = alt.layer(*layers).properties(width=inner, height=250, title=title_of(y_title))
    return Chart(caption, to_svg(drawing), alternative, marks_of(rows, "series", "x"), width)
