"""Typed blocks as HTML: what a brief's file and a site's pages share.

What addresses lead to differs: `href` tells it, "" for an address without a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from itertools import zip_longest

from counterpoise.publish import theme
from counterpoise.publish.blocks import (
    Bullets,
    Cell,
    Chart,
    Date,
    Finding,
    Heading,
    Name,
    Number,
    Opened,
    PageBlock,
    PageBreak,
    Paragraph,
    Part,
    SourceLine,
    Strong,
    Table,
)

Href = Callable[[str], str]
"""Where the page of an address lies; "" for an address without one."""

STEPS = 20
"""Steps in which shades of cells and widths of figures are told to the style sheet."""

_SVG_IDS = re.compile(r'\bid="([^"]+)"')
# A drawing is one image with one name: its marks must not ask for names of their own.
_SVG_ROLES = re.compile(r'\s(?:role|aria-[a-z]+)="[^"]*"')
_SVG_NAMESPACES = re.compile(r'\sxmlns(?::\w+)?="[^"]*"')


def no_page(address: str) -> str:
    """Lead nowhere: a brief stands alone."""
    return ""


def no_file(figure: int) -> str:
    """A figure that stands in no file of its own."""
    return ""


def step_rules() -> str:
    """Return the style sheet's rules for shades and widths."""
    shares = range(1, STEPS + 1)
    shades = (f".shade-{n}{{background-color:{theme.tint(n / STEPS)}}}" for n in shares)
    widths = (f".part-{n}{{--share:{n / STEPS:g}}}" for n in shares)
    return "".join((*shades, *widths))


def inline(content: Iterable[Part], href: Href = no_page) -> str:
    """Return a run of text as HTML."""
    return "".join(_part(part, href) for part in content)


def _part(part: Part, href: Href) -> str:
    match part:
        case str():
            return escape(part)
        case Number(value, address, text, decimals):
            given, place = escape(address), href(address)
            # A link shows by itself where it leads.
            title = "" if place else f' title="{given}"'
            return _linked(
                f'<data value="{value!r}" data-address="{given}" data-decimals="{decimals}"'
                f"{title}>{escape(text)}</data>",
                place,
            )
        case Name(text, address):
            if place := href(address) if address else "":
                return _linked(escape(text), place)
            given = f' data-address="{escape(address)}"' if address else ""
            return f'<span class="name"{given}>{escape(text)}</span>'
        case Date(text):
            return f'<span class="date">{escape(text)}</span>'
        case Strong(text):
            return f"<strong>{escape(text)}</strong>"


def _linked(told: str, place: str) -> str:
    return f'<a href="{escape(place)}">{told}</a>' if place else told


class Body:
    """Walks the blocks once, counting sections, tables and figures for their anchors."""

    def __init__(
        self,
        blocks: Iterable[PageBlock],
        href: Href = no_page,
        saved: Callable[[int], str] = no_file,
    ) -> None:
        self.sections = self.tables = self.figures = 0
        self.href, self.saved = href, saved
        self.lines = self._lines(blocks)

    def _lines(self, blocks: Iterable[PageBlock]) -> list[str]:
        return [self._run(run) for run in theme.runs(blocks)]

    def _inline(self, content: Iterable[Part]) -> str:
        return inline(content, self.href)

    def _run(self, run: tuple[PageBlock, ...]) -> str:
        match run[0]:
            case Finding():
                cards = "\n".join(self._card(block) for block in run if isinstance(block, Finding))
                return f'<ol class="findings">\n{cards}\n</ol>'
            case SourceLine():
                rows = "\n".join(self._source(b) for b in run if isinstance(b, SourceLine))
                return f'<ul class="sources">\n{rows}\n</ul>'
            case Heading(level, content):
                self.sections += 1
                tag = f"h{theme.section_level(level) + 1}"
                return f'<{tag} id="section-{self.sections}">{self._inline(content)}</{tag}>'
            case Paragraph(content, kind):
                return f'<p class="{escape(kind)}">{self._inline(content)}</p>'
            case Bullets(items, numbered):
                tag = "ol" if numbered else "ul"
                inner = "".join(f"<li>{self._inline(item)}</li>" for item in items)
                return f'<{tag} class="list">{inner}</{tag}>'
            case Table() as table:
                self.tables += 1
                return self._table(table, f"table-{self.tables}")
            case Chart() as chart:
                self.figures += 1
                return self._figure(chart, f"figure-{self.figures}")
            case PageBreak():
                return '<div class="page-break"></div>'
            case Opened() as opened:
                return self._opened(opened)

    def _card(self, finding: Finding) -> str:
        headline, body = self._inline(finding.headline), self._inline(finding.body)
        return f'<li><p class="headline">{headline}</p><p>{body}</p></li>'

    def _source(self, line: SourceLine) -> str:
        told = _linked(escape(line.text), self.href(line.address))
        return f'<li><cite data-address="{escape(line.address)}">{told}</cite></li>'

    def _table(self, table: Table, anchor: str) -> str:
        head = "".join(
            f'<th scope="col"{_classes("number" if index in table.numeric else "")}>'
            f"{self._inline(column)}</th>"
            for index, column in enumerate(table.columns)
        )
        rows = "\n".join(
            f"<tr{_place(place)}>"
            f"{''.join(self._cell(cell, i, table.numeric) for i, cell in enumerate(row))}</tr>"
            for row, place in zip_longest(table.rows, table.anchors, fillvalue="")
            if not isinstance(row, str)
        )
        assumed = any(cell.hatched for row in table.rows for cell in row)
        key = '<span class="key"><span class="swatch hatched"></span> assumed</span>' * assumed
        more = (
            f"{len(table.unshown):,} more rows are in this page's CSV and JSON."
            if table.unshown
            else ""
        )
        told = " ".join(filter(None, (self._inline(table.note), more)))
        note = f'<p class="note">{key}{told}</p>' if key or told else ""
        wide = " wide" if len(table.columns) > 5 else ""
        return (
            f'<div class="table{wide}" id="{anchor}">\n'
            f'<div class="scroll" role="region" aria-labelledby="{anchor}-caption" tabindex="0">\n'
            f'<table>\n<caption id="{anchor}-caption">{self._inline(table.caption)}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n"
            f"{note}</div>"
        )

    def _cell(self, cell: Cell, index: int, numeric: frozenset[int]) -> str:
        step = round(cell.shade * STEPS)
        classes = _classes(
            "number" if index in numeric else "",
            "hatched" if cell.hatched else "",
            f"shade-{step}" if step else "",
        )
        said = '<span class="unseen"> (assumed)</span>' if cell.hatched else ""
        tag, scope = ("th", ' scope="row"') if index == 0 else ("td", "")
        return f"<{tag}{scope}{classes}>{self._inline(cell.content)}{said}</{tag}>"

    def _figure(self, chart: Chart, anchor: str) -> str:
        width = _classes(f"part-{round(chart.width * STEPS)}" if chart.width < 1 else "")
        return (
            f'<figure id="{anchor}"{width}>\n'
            f"<figcaption>{self._inline(chart.caption)}</figcaption>\n"
            f'<div class="scroll" role="region" aria-label="Figure" tabindex="0">\n'
            f"{inline_svg(chart.svg, anchor, chart.alternative)}\n</div>\n"
            f"{self.saved(self.figures)}{self._data(chart)}</figure>"
        )

    def _data(self, chart: Chart) -> str:
        if not chart.data:
            return ""
        rows = "\n".join(
            f'<tr><th scope="row"><span class="name">{escape(label)}</span></th>'
            f'<td class="number">{_part(chart_number(value, address), self.href)}</td>'
            f'<td class="address"><span class="name">{escape(address)}</span></td></tr>'
            for label, value, address in chart.data
        )
        return (
            '<details><summary>The figures behind this drawing</summary>\n<div class="scroll"'
            ' role="region" aria-label="The figures behind the drawing" tabindex="0">\n'
            '<table><thead><tr><th scope="col">Mark</th><th scope="col" class="number">Value</th>'
            f'<th scope="col">Address</th></tr></thead>\n<tbody>\n{rows}\n</tbody></table>\n'
            "</div></details>\n"
        )

    def _opened(self, opened: Opened) -> str:
        inner = "\n".join(self._lines(opened.blocks))
        kind = "figure" if opened.value else "hatched" if opened.hatched else ""
        return (
            f"<details{_classes('opened', kind)}{_place(opened.anchor)}>\n"
            f"<summary>{_summary(opened)}</summary>\n{inner}\n</details>"
        )


def _summary(opened: Opened) -> str:
    """The line that opens: in columns where it tells a value."""
    if not opened.value:
        return inline(opened.summary)
    swatch = '<span class="swatch hatched"></span> ' if opened.hatched else ""
    badge = f'<span class="badge">{swatch}{escape(opened.badge)}</span>' if opened.badge else ""
    return (
        f'<span class="what">{inline(opened.summary)}</span> '
        f'<span class="value">{inline(opened.value)}</span> {badge} '
        f'<span class="beside">{inline(opened.beside)}</span>'
    )


def _place(anchor: str) -> str:
    return f' id="{escape(anchor)}"' if anchor else ""


def _classes(*names: str) -> str:
    given = " ".join(name for name in names if name)
    return f' class="{given}"' if given else ""


def chart_number(value: float, address: str) -> Number:
    """Return the value of a chart's mark as a `Number`, rounded to suit its size; years as such."""
    if 1900 <= value <= 2100:
        return Number(value, address, f"{value:.2f}".rstrip("0").rstrip("."), 2)
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return Number(value, address, f"{value:,.{decimals}f}", decimals)


def inline_svg(svg: str, prefix: str, alternative: str) -> str:
    """Return a drawing fit to stand inside a page: own ids, an accessible name, no prolog."""
    svg = _SVG_NAMESPACES.sub("", svg[svg.index("<svg") :].strip())
    svg = _SVG_ROLES.sub("", svg)
    for name in sorted(set(_SVG_IDS.findall(svg))):
        svg = svg.replace(f'id="{name}"', f'id="{prefix}-{name}"')
        svg = svg.replace(f"url(#{name})", f"url(#{prefix}-{name})")
        svg = svg.replace(f'href="#{name}"', f'href="#{prefix}-{name}"')
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(alternative)}"', 1)
