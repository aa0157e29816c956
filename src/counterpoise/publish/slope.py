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

_LEAST, _EACH = 100, 24
"""Height of the drawing, pixels: at least, and for each line."""


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

    Needs `label`, `value`, `later`; uses `address`, `address_later`. Lines that rise and that fall
    differ in colour and dash.
    """
    rows = read_rows(frame, "label", "value", "later")
    ends = [row[name] for row in rows for name in ("value", "later")]
    low, high = min(ends), max(ends)
    room = 0.06 * (high - low) or 1.0
    low, high = low - room, high + room
    height = _LEAST + _EACH * len(rows)
    gap = (high - low) * 15 / height
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
    looks_of = {"rises": (theme.SERIES[1], [6, 3]), "falls": (theme.SERIES[0], [1, 0])}
    ways = [way for way in looks_of if any(mark["way"] == way for mark in marks)]
    tints = alt.Scale(domain=ways, range=[looks_of[way][0] for way in ways])
    strokes = alt.Scale(domain=ways, range=[looks_of[way][1] for way in ways])
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
        width=max(inner, 200), height=height, title=title_of(y_title)
    )
    ends_told = [
        {"label": row["label"], "side": side, "value": row[name], "address": row.get(address)}
        for row in rows
        for side, name, address in ((before, "value", "address"), (after, "later", "address_later"))
    ]
    return Chart(caption, to_svg(drawing), alternative, marks_of(ends_told, "label", "side"), width)
