"""Charts of answers: each drawn from its declaration and the answer's rows."""

from __future__ import annotations

import math

import altair as alt
import polars as pl

from counterpoise.publish import charts, drawing, theme
from counterpoise.publish.blocks import Chart, Name, Part
from counterpoise.publish.map_places import places_map
from counterpoise.questions.question import Answer, ChartSpec, Row

_NUMBER = ",.3~r"
_HEIGHT = 240


def drawing_of(answer: Answer) -> Chart | None:
    """The answer's drawing; None where it has none."""
    return draw(answer.chart, answer.table, answer.address) if answer.chart is not None else None


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
            values = [float(row["value"]) for row in frame.to_dicts()]
            return charts.heat(
                frame,
                caption=caption,
                alternative=alternative,
                number=",.0f",
                legend=spec.unit,
                palette=theme.SEQUENTIAL,
                domain=(10 * math.floor(min(values) / 10), 10 * (math.floor(max(values) / 10) + 1)),
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
    """Dots over a number, named beside them, coloured by series; an axis may start at zero."""
    rows = drawing.read_rows(frame, "series", "label", "x", "value")
    names = sorted({row["series"] for row in rows}, reverse=True)
    inner = theme.CHART_WIDTH - 62 - drawing.room_for(drawing.order_of(rows, "label"))
    across, up = (_domain([row[axis] for row in rows]) for axis in ("x", "value"))
    axis = alt.Axis(format=_NUMBER, tickCount=6, domain=False, ticks=False, labelPadding=6)
    below = alt.Axis(format=_NUMBER, tickCount=8, grid=False, labelFlush=False)
    x = alt.X("x:Q", title=spec.x_title or None, axis=below, scale=drawing.span_scale(*across))
    y = alt.Y("value:Q", title=None, axis=axis, scale=drawing.span_scale(*up))
    legend = alt.Legend(title=None, orient="top")
    colour = alt.Color("series:N", sort=names, scale=drawing.colours(len(names)), legend=legend)
    dots = alt.Chart(drawing.inline(rows)).mark_point(size=70, filled=True, opacity=1)
    size = (inner / (across[1] - across[0]), _HEIGHT / (up[1] - up[0]))
    places = _named_places(rows, size, up)
    layers = [dots.encode(x=x, y=y, color=colour)]
    moved = [row for row in places if abs(row["value"] - row["from"]) * size[1] > _NEAR]
    if moved:
        lines = alt.Chart(drawing.inline(moved)).mark_rule(color=theme.MUTED, strokeWidth=0.8)
        layers.insert(0, lines.encode(x=x, y=alt.Y("from:Q", title=None), y2="value:Q"))
    right = [row for row in places if row["side"] == "left"]
    left = [row for row in places if row["side"] == "right"]
    beside = [alt.Chart(drawing.inline(right)).mark_text(align="left", dx=_GAP, fontSize=11)]
    if left:
        text = alt.Chart(drawing.inline(left)).mark_text(align="right", dx=-_GAP, fontSize=11)
        beside.append(text)
    layers += [item.encode(x=x, y=y, text="label:N") for item in beside]
    layered = alt.layer(*layers).properties(
        width=inner, height=_HEIGHT, title=drawing.title_of(spec.unit)
    )
    return Chart(caption, drawing.to_svg(layered), alternative, drawing.marks_of(rows, "label"))


_GAP = 8
"""Pixels between a dot and its name."""

_NEAR = 9
"""Pixels that a name may stand higher or lower than its dot without a line between them."""


def _domain(values: list[float]) -> tuple[float, float]:
    """Ends of an axis with a margin; it starts at zero where the values reach near to it."""
    low, high = min(values), max(values)
    margin = 0.06 * (high - low) or abs(high) or 1.0
    if low == 0:
        return -margin / 3, high + margin  # a dot on the axis would lie over its numbers
    return 0.0 if 0 < low < high / 2 else low - margin, high + margin


def _far(move: float) -> float:
    """How far a name is moved, downwards counting more."""
    return move if move >= 0 else -4 * move


def _named_places(
    rows: list[Row], size: tuple[float, float], span: tuple[float, float]
) -> list[Row]:
    """Places of the names of dots: on the side and at the height nearest to each that is clear.

    `size` is pixels by unit across and up; `span` the ends of the axis up, which no name leaves.
    A row gets `side` ("left" where the name begins at its dot), `value` for its name's height,
    and `from` for the dot's.
    """
    dots = [(row["x"] * size[0], row["value"] * size[1]) for row in rows]
    low, high = span[0] * size[1] + 6, span[1] * size[1] - 4
    first = min(x for x, _ in dots)
    taken: list[tuple[float, float, float]] = []
    found = []

    def clear(left: float, right: float, place: float) -> bool:
        apart = all(
            right <= start or end <= left or abs(place - other) >= 14 for start, end, other in taken
        )
        over = any(left - 4 < x < right + 4 and abs(place - y) < 11 for x, y in dots)
        return apart and not over and low <= place <= high and left >= first - _GAP

    for row in sorted(rows, key=lambda row: -row["value"]):
        x, at = row["x"] * size[0], row["value"] * size[1]
        width = 6.2 * len(row["label"])
        sides = (("left", x + _GAP), ("right", x - _GAP - width))
        # Names rise rather than fall: a line down to one would cross the names of lower dots.
        moves = sorted((7.0 * step for step in range(-25, 26)), key=_far)
        tried = ((side, left, at + move) for move in moves for side, left in sides)
        side, left, place = next(
            (found for found in tried if clear(found[1], found[1] + width, found[2])),
            ("left", x + _GAP, at),
        )
        taken.append((left, left + width, place))
        found.append({**row, "from": row["value"], "value": place / size[1], "side": side})
    return found


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
