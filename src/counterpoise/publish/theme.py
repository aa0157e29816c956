"""How a brief looks: colours, faces, sizes, and what all its renderings share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, groupby
from pathlib import Path
from typing import Any, TypeVar

from counterpoise.publish.blocks import Finding, PageBlock, Part, SourceLine, Table

AnyBlock = TypeVar("AnyBlock", bound=PageBlock)

FACE = "Fira Sans"
FACE_STACK = f'"{FACE}", "Segoe UI", "Helvetica Neue", Arial, sans-serif'
ASSETS = Path(__file__).parent / "assets"
FONTS = ASSETS / "fonts"
FACES = {
    ("normal", 400): "FiraSans-Regular",
    ("italic", 400): "FiraSans-Italic",
    ("normal", 600): "FiraSans-SemiBold",
}

INK = "#1a2430"
MUTED = "#505d69"
ACCENT = "#17456b"
RULE = "#c7cfd6"
WASH = "#f2f5f7"
PAPER = "#ffffff"
BLACK = "#000000"
DANGER = "#d3a878"
LAND = "#e4e7ea"
TINT = "#8db5d1"

COLOURS = {
    "ink": INK,
    "muted": MUTED,
    "accent": ACCENT,
    "rule": RULE,
    "wash": WASH,
    "paper": PAPER,
}

# The least contrast of text with its ground that WCAG 2 asks for at level AA.
READABLE = 4.5

# Told apart by people with each common colour blindness, and in greyscale by order.
SERIES = ("#1f5f8b", "#c8571b", "#2a8f76", "#8b5a9f", "#a67c00", "#6b7680", "#7db3d8", "#e39a76")
DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3])
SEQUENTIAL = ("#edf3f8", "#c3daea", "#8dbad8", "#4d8ebc", "#1f5f8b", "#123f61")
DIVERGING = ("#d3713c", "#e59b69", "#f4cda9", "#f1efe9", "#c3dbe9", "#92bfdb", "#5f9fc8")

CHART_WIDTH = 720
CHART_TEXT = 12
CHART_SMALL = 11


def channels(colour: str) -> tuple[int, int, int]:
    """Return the red, green and blue of "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: str, second: str, share: float) -> str:
    """Return the colour that lies `share` of the way from `first` to `second`."""
    share = min(max(share, 0.0), 1.0)
    pairs = zip(channels(first), channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def ramp(colours: Sequence[str], share: float) -> str:
    """Return the colour at `share` (0 to 1) of a palette of equally spaced colours."""
    place = min(max(share, 0.0), 1.0) * (len(colours) - 1)
    step = min(int(place), len(colours) - 2)
    return mix(colours[step], colours[step + 1], place - step)


def tint(shade: float) -> str:
    """Return the background of a table cell; dark text stays readable on each."""
    return mix(PAPER, TINT, shade)


def luminance(colour: str) -> float:
    """Return the relative luminance as WCAG defines it."""
    light = [value / 255 for value in channels(colour)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in light)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def ink_on(background: str) -> str:
    """Return an ink that reads well on `background`: dark, else white, else black."""
    return next((ink for ink in (INK, PAPER) if contrast(ink, background) >= READABLE), BLACK)


def vega_config() -> dict[str, Any]:
    """Return the Vega-Lite configuration that gives each chart the look of the brief."""
    label = {"font": FACE, "fontSize": CHART_TEXT, "fontWeight": 400, "color": INK}
    axis = {
        "labelFont": FACE,
        "labelFontSize": CHART_TEXT,
        "labelColor": INK,
        "labelLimit": 360,
        "labelPadding": 5,
        "titleFont": FACE,
        "titleFontSize": CHART_TEXT,
        "titleFontWeight": 400,
        "titleColor": MUTED,
        "titlePadding": 8,
        "domainColor": RULE,
        "tickColor": RULE,
        "gridColor": mix(PAPER, RULE, 0.6),
    }
    legend = {
        "orient": "top",
        "labelFont": FACE,
        "labelFontSize": CHART_TEXT,
        "labelColor": INK,
        "labelLimit": 360,
        "titleFont": FACE,
        "titleFontSize": CHART_TEXT,
        "titleFontWeight": 400,
        "titleColor": MUTED,
        "titleLimit": 400,
        "columnPadding": 18,
        "symbolSize": 110,
        "offset": 10,
        "layout": {"top": {"direction": "horizontal", "anchor": "start", "margin": 30}},
    }
    return {
        "aria": False,
        "background": PAPER,
        "font": FACE,
        "padding": 4,
        "axis": axis,
        "legend": legend,
        "text": label,
        "view": {"stroke": None},
        "range": {"category": list(SERIES)},
    }


def plain(content: Iterable[Part]) -> str:
    """Return a run of parts as plain text."""
    return "".join(part if isinstance(part, str) else part.text for part in content)


def runs(blocks: Iterable[AnyBlock]) -> Iterator[tuple[AnyBlock, ...]]:
    """Yield blocks one by one, but neighbouring findings, or sources, together."""
    alone = count()
    together = (Finding, SourceLine)
    for _, group in groupby(
        blocks, key=lambda b: type(b).__name__ if isinstance(b, together) else next(alone)
    ):
        yield tuple(group)


def section_level(level: int) -> int:
    """Return the depth below the title: 1 for a section (levels 1 and 2), 2 for level 3."""
    return max(level - 1, 1)


def column_weights(table: Table) -> tuple[float, ...]:
    """Return relative column widths that suit the longest words and typical cells."""
    weights = []
    for index, head in enumerate(table.columns):
        texts = [plain(row[index].content) for row in table.rows if index < len(row)]
        words = [len(word) for word in plain(head).replace("-", "- ").split()]
        longest = max(map(len, texts), default=1)
        typical = sum(map(len, texts)) / max(len(texts), 1)
        if index in table.numeric:
            wanted = max(longest, max(words, default=1))
        else:
            word = max((len(w) for text in texts for w in text.split()), default=1)
            wanted = max(word, max(words, default=1), round(min(longest, 1.3 * typical + 4, 44)))
        weights.append(float(max(wanted, 3)) + 2.0)
    return tuple(weights)
