"""A slope chart: values before and after, a line each, named at both ends."""

from __future__ import annotations

import altair as alt
import polars as pl

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Part
from counterpoise.publish.drawing import (
    Row,
    apart,
    inline,
    marks_of,
    read_rows,
    room_for,
    title_of,
    to_svg,
)

_HEIGHT = 340


def slope(
    frame: pl.DataFrame,
    *,
    caption: tuple[Part, ...],
    alternative: str,
    before: str,
    after: str,
    y_title: str = "",
    number: str = ",.2f",
    width: float = 1.0,
) -> Chart:
    """Draw a line a `label` from `value` (under the heading `before`) to `later` (under `after`).

    Needs `label`, `value`, `later`; uses `address`. Lines that rise and that fall differ in colour
    and dash.
    """
    rows = read_rows(frame, "label", "value", "later")
    ends = [row[name] for row in rows for name in ("value", "later")]
    low, high = min(0.0, *ends), max(ends)
    high = high + (high - low) * 0.05 or 1.0
    gap = (high - low) * 15 / _HEIGHT
    left = apart([row["value"] for row in rows], gap, high)
    right = apart([row["later"] for row in rows], gap, high)
    marks: list[Row] = []
    names: list[Row] = []
    for row, one, two in zip(rows, left, right, strict=True):
        way = "rises" if row["later"] > row["value"] else "falls"
        for side, value in ((before, row["value"]), (after, row["later"])):
            marks.append({"label": row["label"], "x": side, "y": value, "way": way})
        names.append({"x": before, "y": one, "text": format(row["value"], number), "side": "left"})
        told = f"{format(row['later'], number)}  {row['label']}"
        names.append({"x": after, "y": two, "text": told, "side": "right"})
    scale = alt.Scale(domain=[low, high], nice=False)
    x = alt.X("x:N", sort=[before, after], title=None,
              axis=alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False, labelPadding=8),
              scale=alt.Scale(padding=0.02))  # fmt: skip
    y = alt.Y("y:Q", axis=None, scale=scale)
    ways = ["rises", "falls"]
    tints = alt.Scale(domain=ways, range=[theme.SERIES[1], theme.SERIES[0]])
    strokes = alt.Scale(domain=ways, range=[[6, 3], [1, 0]])
    key = alt.Legend(title=None, orient="top", offset=26)
    line = (
        alt.Chart(inline(marks))
        .mark_line(strokeWidth=2, point=True)
        .encode(
            x=x,
            y=y,
            detail="label:N",
            color=alt.Color("way:N", scale=tints, legend=key),
            strokeDash=alt.StrokeDash("way:N", scale=strokes, legend=key),
        )
    )
    looks: dict[str, Row] = {
        "left": {"align": "right", "dx": -9},
        "right": {"align": "left", "dx": 9},
    }
    texts = [
        alt.Chart(inline([row for row in names if row["side"] == side]))
        .mark_text(**look)
        .encode(x=x, y=y, text="text:N")
        for side, look in looks.items()
    ]
    inner = theme.CHART_WIDTH - 70 - room_for([row["text"] for row in names])
    drawing = alt.layer(line, *texts).properties(
        width=max(inner, 200), height=_HEIGHT, title=title_of(y_title)
    )
    return Chart(caption, to_svg(drawing), alternative, marks_of(rows, "label"), width)
