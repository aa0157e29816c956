"""A matrix of marks: what holds for each row and column, told by colour and sign alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Part

DOWN = 17
"""Height of a row, pixels."""

_WIDEST = 190
_KEY = 15
_SLANT = 0.64
"""Sine of the slant at which long heads of columns stand."""


@dataclass(frozen=True)
class Look:
    """How a kind of mark is drawn: its words in the key, its colour, and a sign upon it.

    `sign` is cross, or "" for none; "hatch" says that the mark rests on assumption.
    """

    told: str
    fill: str
    sign: str = ""


@dataclass(frozen=True)
class Line:
    """One row: its label, and the group that it stands in ("" for none)."""

    label: str
    group: str = ""


@dataclass(frozen=True)
class Mark:
    """One cell: the name of its look, and a short text upon it."""

    look: str
    text: str = ""


Marks = Mapping[tuple[int, int], Mark]
"""Marks by row and column, both from 0; nothing is drawn where none is."""


@dataclass(frozen=True)
class _Sheet:
    """Where rows and columns stand."""

    left: float
    across: float
    tops: tuple[float, ...]

    def corner(self, row: int, column: int) -> tuple[float, float]:
        return self.left + self.across * column, self.tops[row]


def matrix(
    lines: Sequence[Line],
    columns: Sequence[str],
    marks: Marks,
    looks: Mapping[str, Look],
    *,
    caption: tuple[Part, ...],
    alternative: str,
    data: tuple[tuple[str, float, str], ...] = (),
) -> Chart:
    """Draw rows by columns with a key of the looks that occur.

    A table on the page tells the same in words; `data` lists what marks stand for in numbers.
    """
    left = 14 + _letters(max((len(line.label) for line in lines), default=0))
    across = _across(columns, left)
    used = [name for name in looks if any(mark.look == name for mark in marks.values())]
    key, key_end = _key([looks[name] for name in used])
    heads_end = key_end + _head_room(columns, across)
    sheet = _Sheet(left, across, tuple(_tops(lines, heads_end)))
    height = sheet.tops[-1] + DOWN + 4 if lines else heads_end
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{theme.CHART_WIDTH}" height="{height:g}"'
        f' viewBox="0 0 {theme.CHART_WIDTH} {height:g}" font-family="{theme.FACE}"'
        f' font-size="{theme.CHART_TEXT}" fill="{theme.INK}">',
        f'<rect width="100%" height="100%" fill="{theme.PAPER}"/>',
        key,
        *_heads(columns, sheet, heads_end),
        *_labels(lines, sheet),
        *(_cells(name, looks[name], marks, sheet) for name in used),
        *_texts(marks, looks, sheet),
        "</svg>",
    ]
    return Chart(caption, "\n".join(filter(None, drawn)), alternative, data)


def _across(columns: Sequence[str], left: float) -> float:
    """The width of a column; slanted heads need room right of the last one."""
    count = max(len(columns), 1)
    plain = min((theme.CHART_WIDTH - left - 2) / count, _WIDEST)
    if not _slanted(columns, plain):
        return plain
    return min((theme.CHART_WIDTH - left - _length(columns[-1]) * 0.77) / count, _WIDEST)


def _slanted(columns: Sequence[str], across: float) -> bool:
    longest = max(columns, key=len, default="")
    return len(longest) > 4 and _length(longest) > across


def _upright(columns: Sequence[str], across: float) -> bool:
    """Whether heads are short but columns too narrow for them."""
    longest = max(map(_length, columns), default=0.0)
    return not _slanted(columns, across) and longest + 8 > across


def _length(text: str) -> float:
    return 6.0 * len(text)


def _letters(count: int) -> float:
    """About how wide so many letters of a row's label are."""
    return 5.5 * count


def _head_room(columns: Sequence[str], across: float) -> float:
    longest = max(map(_length, columns), default=0.0)
    if _slanted(columns, across):
        return longest * _SLANT + 20
    return longest + 14 if _upright(columns, across) else 20.0


def _tops(lines: Sequence[Line], start: float) -> Iterable[float]:
    place, group = start, ""
    for line in lines:
        if line.group != group:
            place += 24
            group = line.group
        yield place
        place += DOWN


def _heads(columns: Sequence[str], sheet: _Sheet, bottom: float) -> Iterable[str]:
    slanted = _slanted(columns, sheet.across)
    upright = _upright(columns, sheet.across)
    for at, text in enumerate(columns):
        x, y = sheet.left + sheet.across * (at + 0.5), bottom - 6
        turn = -40 if slanted else -90 if upright else 0
        place = f'x="{x:.1f}" y="{y:.1f}"'
        look = ' text-anchor="middle"'
        if turn:
            place = f'transform="translate({x + (0 if slanted else 4):.1f} {y:.1f})rotate({turn})"'
            look = f' font-size="{theme.CHART_SMALL}"'
        yield f"<text {place}{look}>{escape(text)}</text>"


def _labels(lines: Sequence[Line], sheet: _Sheet) -> Iterable[str]:
    group = ""
    for line, top in zip(lines, sheet.tops, strict=True):
        if line.group != group:
            group = line.group
            yield (
                f'<text x="2" y="{top - 6:.1f}" font-weight="600" fill="{theme.MUTED}"'
                f' font-size="{theme.CHART_SMALL}">{escape(group)}</text>'
            )
        yield (
            f'<text x="{sheet.left - 8}" y="{top + 12.5:.1f}" text-anchor="end"'
            f' font-size="{theme.CHART_SMALL}">{escape(line.label)}</text>'
        )


def _cells(name: str, look: Look, marks: Marks, sheet: _Sheet) -> str:
    """All cells of one look as one path, and their signs as another."""
    places = [sheet.corner(*at) for at, mark in marks.items() if mark.look == name]
    wide, high = sheet.across - 1, DOWN - 1
    boxes = "".join(f"M{x:.1f} {y:.1f}h{wide:.1f}v{high}h-{wide:.1f}z" for x, y in places)
    signs = "".join(_sign(look.sign, x + wide / 2, y + high / 2) for x, y in places)
    return f'<path d="{boxes}" fill="{look.fill}"/>{_drawn_signs(signs, look)}'


def _sign(sign: str, x: float, y: float) -> str:
    """A sign's strokes around a point."""
    match sign:
        case "cross":
            return f"M{x - 3:.1f} {y - 3:.1f}l6 6m-6 0l6 -6"
        case "hatch":
            return f"M{x - 6:.1f} {y + 6:.1f}l12 -12m-6 12l6 -6m-12 0l6 -6"
    return ""


def _drawn_signs(strokes: str, look: Look) -> str:
    if not strokes:
        return ""
    ink = theme.MUTED if look.sign == "hatch" else theme.ink_on(look.fill)
    width = 0.7 if look.sign == "hatch" else 1.4
    return (
        f'<path d="{strokes}" fill="none" stroke="{ink}" stroke-width="{width}"'
        ' stroke-linecap="round"/>'
    )


def _texts(marks: Marks, looks: Mapping[str, Look], sheet: _Sheet) -> Iterable[str]:
    for at, mark in marks.items():
        if mark.text:
            x, y = sheet.corner(*at)
            ink = theme.ink_on(looks[mark.look].fill)
            yield (
                f'<text x="{x + (sheet.across - 1) / 2:.1f}" y="{y + 12:.1f}" fill="{ink}"'
                f' text-anchor="middle" font-size="{theme.CHART_SMALL}">{escape(mark.text)}</text>'
            )


def _key(looks: Sequence[Look]) -> tuple[str, float]:
    """The key above the matrix, in as many lines as it needs, and where it ends."""
    place, top, drawn = 2.0, 2.0, []
    for look in looks:
        needed = 22 + _length(look.told) + 16
        if place > 2 and place + needed > theme.CHART_WIDTH:
            place, top = 2.0, top + 20
        box = f"M{place:.1f} {top:.1f}h{_KEY}v{_KEY - 2}h-{_KEY}z"
        sign = _sign(look.sign, place + _KEY / 2, top + (_KEY - 2) / 2)
        drawn.append(
            f'<path d="{box}" fill="{look.fill}" stroke="{theme.RULE}"/>'
            f"{_drawn_signs(sign, look)}"
            f'<text x="{place + 22:.1f}" y="{top + 11:.1f}">{escape(look.told)}</text>'
        )
        place += needed
    return f'<g class="legend">{"".join(drawn)}</g>', top + 22
