"""What all charts share: rows, axes, colours, room for names, and the drawing as SVG."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import altair as alt
import polars as pl
import vl_convert

from counterpoise.publish import theme

_GENERATED_ID = re.compile(r"\b(clip|gradient|pattern)_?(\d+)")

Row = dict[str, Any]


def read_rows(frame: pl.DataFrame, *needed: str) -> list[Row]:
    """Return the rows that have all needed columns filled; ValueError where a column lacks."""
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise ValueError(f"a chart's frame lacks {', '.join(missing)}")
    return frame.drop_nulls(list(needed)).to_dicts()


def ends_of(rows: Sequence[Row], *columns: str) -> list[float]:
    """Return all values of these columns."""
    return [row[name] for row in rows for name in columns if row.get(name) is not None]


def inline(rows: Sequence[Row]) -> alt.InlineData:
    """Return rows as the data of a layer."""
    return alt.InlineData(values=[dict(row) for row in rows])


def order_of(rows: Sequence[Row], column: str) -> list[str]:
    """Return the texts of a column in the order in which they first appear."""
    return list(dict.fromkeys(str(row[column]) for row in rows))


def marks_of(rows: Sequence[Mapping[str, Any]], *named: str) -> tuple[tuple[str, float, str], ...]:
    """Return label, value and address of each row, the label made of the named columns."""
    return tuple(
        (
            ", ".join(str(row[name]) for name in named if row.get(name) not in (None, "")),
            float(row["value"]),
            str(row.get("address") or ""),
        )
        for row in rows
    )


def years_axis(start: float, end: float) -> alt.Axis:
    """Return an axis of years that shows as many as there is room for."""
    step = 1 if end - start <= 15 else 2 if end - start <= 30 else 5
    values = list(range(int(start), int(end) + 1, step))
    return alt.Axis(format="d", values=values, grid=False, labelFlush=False)


def span_scale(low: float, high: float) -> alt.Scale:
    """Return a scale from one value to another, no further."""
    return alt.Scale(domain=[low, high], nice=False, zero=False)


def colours(count: int) -> alt.Scale:
    """Return the scale of that many series' colours."""
    return alt.Scale(range=[theme.SERIES[i % len(theme.SERIES)] for i in range(count)])


def dashes(index: int) -> list[int]:
    """Return the dash pattern of a series."""
    return list(theme.DASHES[index % len(theme.DASHES)])


def room_for(texts: Sequence[str]) -> int:
    """Return about how many pixels the longest of these texts takes beside a chart."""
    return 18 + round(6.2 * max(map(len, texts), default=0))


def title_of(text: str) -> Any:
    """Return the small title over the vertical axis."""
    return alt.TitleParams(
        text, anchor="start", frame="bounds", font=theme.FACE, fontSize=theme.CHART_TEXT,
        fontWeight=400, color=theme.MUTED, offset=8,
    )  # fmt: skip


def apart(values: Sequence[float], gap: float, top: float) -> list[float]:
    """Return the values pushed apart to at least `gap`, in place, none above `top`."""
    places = list(values)
    order = sorted(range(len(places)), key=lambda i: places[i])
    for before, after in pairwise(order):
        places[after] = max(places[after], places[before] + gap)
    ceiling = top
    for index in reversed(order):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - gap
    return places


@cache
def register_fonts() -> None:
    """Make the brief's faces known to the renderer, once a process: it reads them each time."""
    vl_convert.register_font_directory(str(theme.FONTS))


def to_svg(drawing: alt.TopLevelMixin) -> str:
    """Return a drawing as SVG, the same bytes for the same drawing."""
    register_fonts()
    version = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    svg = vl_convert.vegalite_to_svg(
        drawing.to_dict(), vl_version=version, config=theme.vega_config()
    )
    return _steady(svg)


def _steady(svg: str) -> str:
    """Return the drawing with ids counted from one, whatever was drawn before it."""
    seen: dict[str, str] = {}
    return _GENERATED_ID.sub(
        lambda found: seen.setdefault(found[0], f"{found[1]}-{len(seen) + 1}"), svg
    )
