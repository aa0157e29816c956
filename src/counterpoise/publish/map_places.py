"""A map of Europe with places as dots, over states coloured by the group they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Part
from counterpoise.publish.map import FRAME, Shape, project, shapes

_TINT = "4d"
"""Opacity of a group's colour over its states, in hex."""

Row = dict[str, Any]


def places_map(rows: Sequence[Row], caption: tuple[Part, ...], alternative: str) -> Chart:
    """Draw places over Europe.

    Each row has `label`, `latitude`, `longitude`, `group` and `states` (ISO alpha-3, semicolons
    between). A place with a group is named and coloured, as are its states; the others are grey
    dots. Places off the sheet are named below it.
    """
    groups = list(dict.fromkeys(str(row["group"]) for row in rows if row["group"]))
    colours = {name: theme.SERIES[at % len(theme.SERIES)] for at, name in enumerate(groups)}
    states = {
        state: colours[str(row["group"])]
        for row in rows
        if row["group"]
        for state in str(row["states"]).split(";")
    }
    width, top, bottom = FRAME
    inside: list[tuple[Row, float, float]] = []
    outside: list[tuple[Row, float, float]] = []
    for row in rows:
        x, y = project(float(row["longitude"]), float(row["latitude"]))
        shown = 0 <= x <= width and top <= y <= bottom
        (inside if shown else outside).append((row, x, y))
    named = [f"{row['label']} ({row['group']})" for row, _, _ in outside if row["group"]]
    note = f"Off the map: {', '.join(named)}" if named else ""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{bottom + 22}"'
        f' viewBox="0 0 {width} {bottom + 22}" font-family="{theme.FACE}"'
        f' font-size="{theme.CHART_TEXT}" fill="{theme.INK}">',
        f'<defs><clipPath id="frame"><rect y="{top}" width="{width}" height="{bottom - top}"/>'
        "</clipPath></defs>",
        f'<rect width="100%" height="100%" fill="{theme.PAPER}"/>',
        f'<g clip-path="url(#frame)" stroke="{theme.PAPER}" stroke-width="0.8"'
        ' stroke-linejoin="round">',
        *(_state(shape, states.get(shape.iso3)) for shape in shapes()),
        "</g>",
        *(_dot(x, y) for row, x, y in inside if not row["group"]),
        *(_named(row, x, y, colours[str(row["group"])]) for row, x, y in inside if row["group"]),
        *(_key(at, name, colours[name]) for at, name in enumerate(groups)),
        f'<text x="1" y="{bottom + 16}" fill="{theme.MUTED}">{escape(note)}</text>' if note else "",
        "</svg>",
    ]
    data = tuple((str(row["label"]), float(row["latitude"]), str(row["address"])) for row in rows)
    return Chart(caption, "\n".join(filter(None, lines)), alternative, data, 1.0)


def _state(shape: Shape, colour: str | None) -> str:
    outline = f'd="{shape.path}" fill-rule="evenodd"'
    land = f'<path {outline} fill="{theme.LAND}"/>'
    return land + (f'<path {outline} fill="{colour}{_TINT}"/>' if colour else "")


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{theme.MUTED}"/>'


def _named(row: Row, x: float, y: float, colour: str) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" fill="{colour}" stroke="{theme.PAPER}"/>'
        f'<text x="{x + 9:.1f}" y="{y + 4:.1f}" stroke="{theme.PAPER}" stroke-width="3"'
        f' stroke-linejoin="round" paint-order="stroke" font-weight="600">'
        f"{escape(str(row['label']))}</text>"
    )


def _key(at: int, name: str, colour: str) -> str:
    x = 1 + 130 * at
    return (
        f'<rect x="{x}" y="19" width="22" height="13" fill="{colour}{_TINT}" stroke="{colour}"/>'
        f'<text x="{x + 30}" y="30">{escape(name)}</text>'
    )
