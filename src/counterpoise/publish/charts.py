"""Charts from tidy frames: each function returns a `Chart` block with its drawing as SVG.

A frame holds one mark a row. Columns read, where a chart has use for them: `label` (row or
category), `series` (colour), `x` (year), `value`, `low` and `high` (range), `address` (the
figure's address) and `assumed` (true where the value rests on assumption). Values that are
missing aren't drawn. `number` is a format such as ".0%" or ",.0f", read alike by Python and
by the chart's axes.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Part
from counterpoise.publish.drawing import (
    Row,
    apart,
    colours,
    dashes,
    ends_of,
    inline,
    marks_of,
    order_of,
    read_rows,
    room_for,
    span_scale,
    title_of,
    to_svg,
    years_axis,
)

DANGER_YEARS = (2029, 2033)


def bands(
    frame: pl.DataFrame,
    *,
    caption: tuple[Part, ...],
    alternative: str,
    y_title: str = "",
    number: str = ",.0f",
    danger: tuple[int, int] | None = DANGER_YEARS,
    width: float = 1.0,
) -> Chart:
    """Draw one line a series over the years, each with its low-high band.

    Needs `series`, `x`, `value`; uses `low`, `high`. `danger` shades a span of years.
    """
    rows = read_rows(frame, "series", "x", "value")
    names = order_of(rows, "series")
    ends = ends_of(rows, "low", "high", "value")
    low, high = min(0.0, *ends), max(0.0, *ends)
    high = high + (high - low) * 0.06 or 1.0
    height = 230
    years = [row["x"] for row in rows]
    start, end = min(years), max(years)
    x = alt.X("x:Q", title=None, axis=years_axis(start, end), scale=span_scale(start, end))
    y_axis = alt.Axis(format=number, tickCount=6, domain=False, ticks=False, labelPadding=6)
    y = alt.Y("value:Q", title=None, axis=y_axis, scale=span_scale(low, high))
    colour = alt.Color("series:N", sort=names, scale=colours(len(names)), legend=None)
    dash_scale = alt.Scale(domain=names, range=[dashes(i) for i in range(len(names))])
    dash = alt.StrokeDash("series:N", scale=dash_scale, legend=None)
    last = {name: [r for r in rows if r["series"] == name][-1] for name in names}
    places = apart([last[name]["value"] for name in names], (high - low) * 16 / height, high)
    ticks = [
        {"series": name, "x": last[name]["x"], "value": place}
        for name, place in zip(names, places, strict=True)
    ]
    ranged = [r for r in rows if r.get("low") is not None and r.get("high") is not None]
    area = alt.Chart(inline(ranged)).mark_area(opacity=0.16)
    line = alt.Chart(inline(rows)).mark_line(strokeWidth=2.4, clip=True)
    text = alt.Chart(inline(ticks)).mark_text(align="left", dx=7, fontWeight=600)
    layers: list[alt.Chart] = [
        *_danger(danger, start, end),
        area.encode(x=x, y=alt.Y("low:Q", title=None, axis=y_axis), y2="high:Q", color=colour),
        line.encode(x=x, y=y, color=colour, strokeDash=dash),
        text.encode(x=x, y=y, text="series:N", color=colour),
    ]
    inner = theme.CHART_WIDTH - 62 - room_for(names)
    drawing = alt.layer(*layers).properties(width=inner, height=height, title=title_of(y_title))
    return Chart(caption, to_svg(drawing), alternative, marks_of(rows, "series", "x"), width)


def heat(
    frame: pl.DataFrame,
    *,
    caption: tuple[Part, ...],
    alternative: str,
    legend: str = "",
    number: str = ".0%",
    domain: tuple[float, float] = (0.0, 1.0),
    palette: Sequence[str] = theme.DIVERGING,
    width: float = 1.0,
) -> Chart:
    """Draw a grid of coloured cells, rows by `label` and columns by `x`.

    Columns that are texts keep the frame's order; numbers are sorted.
    Needs `label`, `x`, `value`; cells whose `assumed` is true are hatched.
    """
    rows = read_rows(frame, "label", "x", "value")
    labels, columns = order_of(rows, "label"), list(dict.fromkeys(row["x"] for row in rows))
    if not any(isinstance(column, str) for column in columns):
        columns.sort()
    room = room_for(labels)
    across = (theme.CHART_WIDTH - room) // max(len(columns), 1)
    down = 18
    for row in rows:
        share = (row["value"] - domain[0]) / (domain[1] - domain[0])
        row["ink"] = theme.ink_on(theme.ramp(palette, share))
        row["print"] = format(row["value"], number)
    head = alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False, labelPadding=4)
    side = alt.Axis(domain=False, ticks=False, labelPadding=6)
    x = alt.X("x:O", title=None, axis=head, sort=columns)
    y = alt.Y("label:N", title=None, axis=side, sort=labels)
    ends = [domain[0], (domain[0] + domain[1]) / 2, domain[1]]
    look: Row = {"format": number, "gradientLength": 220, "gradientThickness": 10, "values": ends}
    key = alt.Legend(title=legend or None, **look)
    step = (domain[1] - domain[0]) / (len(palette) - 1)
    steps = [domain[0] + step * index for index in range(len(palette))]
    scale = alt.Scale(domain=steps, range=list(palette), clamp=True, interpolate="rgb")
    base = alt.Chart(inline(rows)).encode(x=x, y=y)
    layers: list[alt.Chart] = [
        base.mark_rect(stroke=theme.PAPER, strokeWidth=1).encode(
            color=alt.Color("value:Q", scale=scale, legend=key)
        )
    ]
    assumed = [row | {"mark": "assumed"} for row in rows if row.get("assumed")]
    if assumed:
        layers.append(_hatching(assumed, x, y, across, down))
    layers.append(
        base.mark_text(fontSize=theme.CHART_SMALL, baseline="middle").encode(
            text="print:N", color=alt.Color("ink:N", scale=None)
        )
    )
    size = {"width": across * len(columns), "height": down * len(labels)}
    drawing = alt.layer(*layers).resolve_scale(color="independent").properties(**size)
    return Chart(caption, to_svg(drawing), alternative, marks_of(rows, "label", "x"), width)


def bars(
    frame: pl.DataFrame,
    *,
    caption: tuple[Part, ...],
    alternative: str,
    x_title: str = "",
    number: str = ",.0f",
    width: float = 1.0,
) -> Chart:
    """Draw one lying bar a `label`, stacked by `series`, with its total at the end.

    Needs `label`, `series`, `value` (not negative). Bars and parts keep the frame's order.
    """
    rows = read_rows(frame, "label", "series", "value")
    labels, names = order_of(rows, "label"), order_of(rows, "series")
    totals = {label: sum(r["value"] for r in rows if r["label"] == label) for label in labels}
    ends = [
        {"label": label, "value": total, "print": format(total, number)}
        for label, total in totals.items()
    ]
    rows = [row | {"place": names.index(row["series"])} for row in rows]
    axis = alt.Axis(format=number, tickCount=6, domain=False, ticks=False)
    x = alt.X("value:Q", stack="zero", title=x_title or None, axis=axis)
    side = alt.Axis(domain=False, ticks=False, labelPadding=6)
    y = alt.Y("label:N", title=None, sort=labels, axis=side)
    legend = alt.Legend(title=None, symbolType="square") if len(names) > 1 else None
    colour = alt.Color("series:N", sort=names, scale=colours(len(names)), legend=legend)
    bar = alt.Chart(inline(rows)).mark_bar(
        height={"band": 0.72}, stroke=theme.PAPER, strokeWidth=0.6
    )
    text = alt.Chart(inline(ends)).mark_text(align="left", dx=5)
    layers = [
        bar.encode(x=x, y=y, color=colour, order=alt.Order("place:Q")),
        text.encode(x="value:Q", y=y, text="print:N"),
    ]
    inner = theme.CHART_WIDTH - room_for(labels) - room_for([row["print"] for row in ends]) + 10
    drawing = alt.layer(*layers).properties(width=inner, height=22 * len(labels))
    return Chart(caption, to_svg(drawing), alternative, marks_of(rows, "label", "series"), width)


def calendar(
    frame: pl.DataFrame,
    *,
    caption: tuple[Part, ...],
    alternative: str,
    danger: tuple[int, int] | None = DANGER_YEARS,
    width: float = 1.0,
) -> Chart:
    """Draw one bar an order from `x` (ordered) to `value` (delivered), both as decimal years.

    Needs `label`, `x`, `value`; uses `series` (colour) and `low`, `high` (range of delivery).
    """
    rows = read_rows(frame, "label", "x", "value")
    rows = [row | {"series": row.get("series") or ""} for row in rows]
    labels, names = order_of(rows, "label"), order_of(rows, "series")
    dates = ends_of(rows, "x", "value", "low", "high")
    start, end = int(min(dates)), -int(-max(dates) // 1)
    x = alt.X("x:Q", title=None, axis=years_axis(start, end), scale=span_scale(start, end))
    side = alt.Axis(domain=False, ticks=False, labelPadding=8, grid=True, tickBand="extent")
    y = alt.Y("label:N", title=None, sort=labels, axis=side)
    key = alt.Legend(title=None, symbolType="square", offset=24)
    legend = key if len(names) > 1 else None
    colour = alt.Color("series:N", sort=names, scale=colours(len(names)), legend=legend)
    base = alt.Chart(inline(rows)).encode(y=y)
    height = 23 * len(labels)
    ranged = [row for row in rows if row.get("low") is not None and row.get("high") is not None]
    spread = alt.Chart(inline(ranged)).mark_rule(strokeWidth=1.4, color=theme.INK)
    layers: list[alt.Chart] = [
        *_danger(danger and (danger[0], danger[1] + 1), start, end, above=True),
        base.mark_bar(height=9).encode(x=x, x2="value:Q", color=colour),
        spread.encode(x=alt.X("low:Q", title=None), x2="high:Q", y=y),
        _events(rows, y, bool(ranged)),
    ]
    inner = theme.CHART_WIDTH - room_for(labels) - 16
    drawing = alt.layer(*layers).properties(width=inner, height=height)
    return Chart(caption, to_svg(drawing), alternative, marks_of(rows, "label", "series"), width)


def hatch_path(width: float, height: float, gap: float = 6.0) -> str:
    """Return slanted strokes that fill a box around the origin, as an SVG path."""
    half_w, half_h = width / 2, height / 2
    strokes = []
    place = -half_w - half_h + gap / 2
    while place < half_w + half_h:
        left, right = max(-half_w, place - half_h), min(half_w, place + half_h)
        strokes.append(f"M{left:g},{place - left:g}L{right:g},{place - right:g}")
        place += gap
    return "".join(strokes)


def _hatching(rows: Sequence[Row], x: alt.X, y: alt.Y, across: float, down: float) -> alt.Chart:
    path = hatch_path(across - 1, down - 1)
    legend = alt.Legend(
        title=None,
        symbolSize=4,
        symbolStrokeWidth=0.8,
        symbolOffset=across / 2,
        labelOffset=across / 2 + 6,
    )
    shape = alt.Shape("mark:N", scale=alt.Scale(domain=["assumed"], range=[path]), legend=legend)
    look: Row = {
        "size": 4,
        "filled": False,
        "stroke": theme.INK,
        "strokeWidth": 0.7,
        "opacity": 0.55,
    }
    hatching: alt.Chart = alt.Chart(inline(rows)).mark_point(**look).encode(x=x, y=y, shape=shape)
    return hatching


def _events(rows: Sequence[Row], y: alt.Y, ranged: bool) -> alt.Chart:
    """Return the layer of marks for ordering and delivery, with the key to them."""
    places = [("ordered", "x"), ("delivered", "value")]
    points = [
        {"label": row["label"], "event": event, "place": row[column]}
        for row in rows
        for event, column in places
    ]
    looks = [("ordered", "circle", theme.PAPER), ("delivered", "diamond", theme.INK)]
    looks += [("earliest to latest delivery", "stroke", theme.INK)] * ranged
    events, shapes, fills = (list(column) for column in zip(*looks, strict=True))
    key = alt.Legend(title=None, offset=24)
    shape = alt.Shape("event:N", scale=alt.Scale(domain=events, range=shapes), legend=key)
    fill = alt.Fill("event:N", scale=alt.Scale(domain=events, range=fills), legend=key)
    inks = alt.Scale(domain=events, range=[theme.INK] * len(events))
    stroke = alt.Stroke("event:N", scale=inks, legend=key)
    marks = alt.Chart(inline(points)).mark_point(size=70, opacity=1, strokeWidth=1.6)
    layer: alt.Chart = marks.encode(x="place:Q", y=y, shape=shape, fill=fill, stroke=stroke)
    return layer


def _danger(
    danger: tuple[int, int] | None, start: float, end: float, *, above: bool = False
) -> list[alt.Chart]:
    """Return the layers that shade a span of years and name it, cut to what the axis shows."""
    if danger is None or danger[1] < start or danger[0] > end:
        return []
    first, last = max(danger[0], start), min(danger[1], end)
    data = inline([{"x": first, "end": last, "text": "danger years"}])
    scale = span_scale(start, end)
    shade = alt.Chart(data).mark_rect(color=theme.DANGER, opacity=0.24)
    look: Row = {"align": "left", "fontSize": theme.CHART_SMALL, "color": theme.MUTED}
    look |= {"baseline": "bottom", "dy": -5} if above else {"baseline": "top", "dx": 5, "dy": 5}
    name = alt.Chart(data).mark_text(**look)
    x = alt.X("x:Q", title=None, scale=scale)
    return [shade.encode(x=x, x2="end:Q"), name.encode(x=x, y=alt.value(0), text="text:N")]
