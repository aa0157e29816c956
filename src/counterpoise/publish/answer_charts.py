"""Charts of answers: each drawn from its declaration and the answer's rows."""

from __future__ import annotations

import altair as alt
import polars as pl

from counterpoise.publish import charts, drawing, theme
from counterpoise.publish.blocks import Chart, Name, Part
from counterpoise.publish.map_places import places_map
from counterpoise.questions.question import ChartSpec, Row

_NUMBER = ",.3~r"
_HEIGHT = 240


def draw(spec: ChartSpec, table: tuple[Row, ...], address: str = "") -> Chart:
    """The drawing of a declaration; rows without a value on an axis aren't drawn.

    A mark's address is `address/chart/ROW/COLUMN`, by the row's place among all rows.
    """
    placed = [
        (row, f"{address}/chart/{at}/{spec.y}" if address else "")
        for at, row in enumerate(spec.rows or table, start=1)
        if row[spec.x] is not None and row[spec.y] is not None
    ]
    frame = _frame(spec, placed)
    caption: tuple[Part, ...] = (Name(f"{spec.title} ({spec.unit})" if spec.unit else spec.title),)
    alternative = f"{spec.title}, {spec.unit}: {len(placed)} values, listed in the table"
    match spec.kind:
        case "lines":
            return charts.bands(
                frame, caption=caption, alternative=alternative, y_title=spec.unit, number=_NUMBER
            )
        case "heat":
            top = max(100.0, *(float(row["value"]) for row in frame.to_dicts()))
            return charts.heat(
                frame,
                caption=caption,
                alternative=alternative,
                number=",.0f",
                legend=spec.unit,
                domain=(0.0, top),
            )
        case "calendar":
            return charts.calendar(frame, caption=caption, alternative=alternative)
        case "bars":
            return charts.bars(
                frame,
                caption=caption,
                alternative=alternative,
                x_title=spec.unit,
                number=_decimals(frame),
            )
        case "ranges":
            return _ranges(spec, frame, caption, alternative)
        case "curve":
            return _curve(spec, frame, caption, alternative)
        case "points":
            return _points(spec, frame, caption, alternative)
        case "map":
            return places_map(frame.to_dicts(), caption, alternative)
    raise ValueError(f"no chart is called {spec.kind!r}")


def _frame(spec: ChartSpec, rows: list[tuple[Row, str]]) -> pl.DataFrame:
    """The rows under the names that the charts read."""
    found = []
    for row, address in rows:
        mark: Row = {"value": row[spec.y], "address": address}
        series = str(row[spec.series]) if spec.series else ""
        if spec.kind in ("lines", "curve"):
            mark |= {"series": series or spec.unit, "x": row[spec.x]}
        elif spec.kind == "map":
            place = {"longitude": row[spec.x], "latitude": row[spec.y]}
            mark |= {**place, "label": row[spec.label], "group": series, "states": row[spec.low]}
        elif spec.kind == "points":
            mark |= {"series": series, "x": row[spec.x], "label": str(row[spec.label])}
        elif spec.kind == "heat":
            mark |= {"label": series, "x": row[spec.x]}
        elif spec.kind == "calendar":
            start = row[spec.low] if spec.marked is None else spec.marked
            mark |= {"label": str(row[spec.x]), "x": start, "series": series}
            if spec.marked is not None:
                mark["low"] = row[spec.low]
        else:
            mark |= {"label": str(row[spec.x]), "series": series}
        if spec.low and spec.kind not in ("calendar", "map"):
            mark["low"] = row[spec.low]
        if spec.high:
            mark["high"] = row[spec.high]
        if row.get("basis") == "assumed" and not spec.rows:
            mark["assumed"] = True
        found.append(mark)
    return pl.DataFrame(found, infer_schema_length=None)


def _ranges(
    spec: ChartSpec, frame: pl.DataFrame, caption: tuple[Part, ...], alternative: str
) -> Chart:
    """A dot a label with a stroke over its range, and a rule at the marked value."""
    rows = drawing.read_rows(frame, "label", "value")
    labels = drawing.order_of(rows, "label")
    axis = alt.Axis(format=_NUMBER, tickCount=6, domain=False, ticks=False)
    x = alt.X("value:Q", title=spec.unit, axis=axis, scale=alt.Scale(zero=True))
    side = alt.Axis(domain=False, ticks=False, labelPadding=8, grid=True)
    y = alt.Y("label:N", title=None, sort=labels, axis=side)
    data = drawing.inline(rows)
    layers: list[alt.Chart] = []
    if spec.marked is not None:
        rule = alt.Chart(drawing.inline([{"value": spec.marked}]))
        layers.append(rule.mark_rule(color=theme.MUTED, strokeDash=[5, 4]).encode(x="value:Q"))
    ranged = drawing.inline([row for row in rows if row.get("low") is not None])
    layers.append(
        alt.Chart(ranged)
        .mark_rule(strokeWidth=4, color=theme.SERIES[0], opacity=0.35)
        .encode(x=alt.X("low:Q", title=spec.unit), x2="high:Q", y=y)
    )
    layers.append(
        alt.Chart(data)
        .mark_point(size=70, filled=True, opacity=1, color=theme.SERIES[0])
        .encode(x=x, y=y)
    )
    inner = theme.CHART_WIDTH - drawing.room_for(labels) - 20
    layered = alt.layer(*layers).properties(width=inner, height=21 * len(labels))
    return Chart(caption, drawing.to_svg(layered), alternative, drawing.marks_of(rows, "label"))


def _curve(
    spec: ChartSpec, frame: pl.DataFrame, caption: tuple[Part, ...], alternative: str
) -> Chart:
    """Lines over a number, named at their ends, with a rule at the marked place."""
    rows = drawing.read_rows(frame, "series", "x", "value")
    names = drawing.order_of(rows, "series")
    axis = alt.Axis(format=_NUMBER, tickCount=6, domain=False, ticks=False, labelPadding=6)
    below = alt.Axis(format=_NUMBER, tickCount=8, grid=False)
    first, last = min(row["x"] for row in rows), max(row["x"] for row in rows)
    x = alt.X("x:Q", title=spec.x_title or None, axis=below, scale=drawing.span_scale(first, last))
    y = alt.Y("value:Q", title=None, axis=axis, scale=alt.Scale(zero=True, nice=True))
    colour = alt.Color("series:N", sort=names, scale=drawing.colours(len(names)), legend=None)
    ends = _ends(rows, names)
    layers: list[alt.Chart] = []
    if spec.marked is not None:
        rule = alt.Chart(drawing.inline([{"x": spec.marked}]))
        layers.append(rule.mark_rule(color=theme.MUTED, strokeDash=[5, 4]).encode(x=x))
    layers.append(
        alt.Chart(drawing.inline(rows)).mark_line(strokeWidth=2.4).encode(x=x, y=y, color=colour)
    )
    if len(names) > 1:
        text = alt.Chart(drawing.inline(ends)).mark_text(align="left", dx=7, fontWeight=600)
        layers.append(text.encode(x=x, y=y, text="series:N", color=colour))
    inner = theme.CHART_WIDTH - 62 - (drawing.room_for(names) if len(names) > 1 else 0)
    layered = alt.layer(*layers).properties(
        width=inner, height=_HEIGHT, title=drawing.title_of(spec.unit)
    )
    return Chart(
        caption, drawing.to_svg(layered), alternative, drawing.marks_of(rows, "series", "x")
    )


def _points(
    spec: ChartSpec, frame: pl.DataFrame, caption: tuple[Part, ...], alternative: str
) -> Chart:
    """Dots over a number, each with its name beside it, coloured by series."""
    rows = drawing.read_rows(frame, "series", "label", "x", "value")
    names = sorted({row["series"] for row in rows}, reverse=True)
    labels = drawing.order_of(rows, "label")
    axis = alt.Axis(format=_NUMBER, tickCount=6, domain=False, ticks=False, labelPadding=6)
    below = alt.Axis(format=_NUMBER, tickCount=8, grid=False)
    loose = alt.Scale(zero=False, nice=True, padding=12)
    wide = alt.Scale(zero=False, nice=True, padding=0 if min(row["x"] for row in rows) == 0 else 12)
    x = alt.X("x:Q", title=spec.x_title or None, axis=below, scale=wide)
    y = alt.Y("value:Q", title=None, axis=axis, scale=loose)
    legend = alt.Legend(title=None, orient="top")
    colour = alt.Color("series:N", sort=names, scale=drawing.colours(len(names)), legend=legend)
    dots = alt.Chart(drawing.inline(rows)).mark_point(size=70, filled=True, opacity=1)
    places = drawing.inline(_named_places(rows))
    text = alt.Chart(places).mark_text(align="left", dx=8, fontSize=11)
    inner = theme.CHART_WIDTH - 62 - drawing.room_for(labels)
    layered = alt.layer(
        dots.encode(x=x, y=y, color=colour), text.encode(x=x, y=y, text="label:N")
    ).properties(width=inner, height=_HEIGHT, title=drawing.title_of(spec.unit))
    return Chart(caption, drawing.to_svg(layered), alternative, drawing.marks_of(rows, "label"))


def _named_places(rows: list[Row]) -> list[Row]:
    """The places of the dots' names, pushed apart where they'd overlap."""
    top = max(row["value"] for row in rows)
    low = min(row["value"] for row in rows)
    gap = (top - low) * 14 / _HEIGHT
    places = drawing.apart([row["value"] for row in rows], gap, top)
    return [{**row, "value": place} for row, place in zip(rows, places, strict=True)]


def _decimals(frame: pl.DataFrame) -> str:
    """A number format that suits the values: none after the point where all are whole."""
    if all(float(value).is_integer() for value in frame["value"]):
        return ",.0f"
    top = max(abs(float(value)) for value in frame["value"])
    return ",.0f" if top >= 100 else ",.1f" if top >= 10 else ",.2f"


def _ends(rows: list[Row], names: list[str]) -> list[Row]:
    """The places of the lines' names at their right ends, pushed apart where they'd overlap."""
    last = [[row for row in rows if row["series"] == name][-1] for name in names]
    top = max(row["value"] for row in rows)
    low = min(0.0, *(row["value"] for row in rows))
    gap = (top - low) * 16 / _HEIGHT
    places = drawing.apart([row["value"] for row in last], gap, top)
    return [{**row, "value": place} for row, place in zip(last, places, strict=True)]
