"""A brief as one self-contained, accessible HTML file."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from counterpoise.publish import theme
from counterpoise.publish.blocks import (
    Block,
    Bullets,
    Cell,
    Chart,
    Date,
    Document,
    Finding,
    Heading,
    Name,
    Number,
    PageBreak,
    Paragraph,
    Part,
    SourceLine,
    Strong,
    Table,
)

_SVG_IDS = re.compile(r'\bid="([^"]+)"')
_SVG_NAMESPACES = re.compile(r'\sxmlns(?::\w+)?="[^"]*"')


def render_html(document: Document) -> str:
    """Return the whole brief as one HTML file that asks nothing of a network."""
    body = "\n".join(_Body(document.blocks).lines)
    language = escape(document.language)
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{escape(document.title)}</title>
<style>
{_style()}
</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="masthead">
<h1>{escape(document.title)}</h1>
<p class="subtitle">{_inline(document.subtitle)}</p>
</header>
{_contents(document.blocks)}<main id="content">
{body}
</main>
<footer class="colophon"><p>{escape(document.footer)}</p></footer>
</body>
</html>
"""


def _style() -> str:
    """Return the style sheet with the colours and the faces filled in."""
    faces = []
    for (style, weight), stem in theme.FACES.items():
        data = b64encode((theme.FONTS / f"{stem}.woff2").read_bytes()).decode("ascii")
        faces.append(
            f'@font-face{{font-family:"{theme.FACE}";font-style:{style};font-weight:{weight};'
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )
    colours = "".join(f"--{name}:{colour};" for name, colour in theme.COLOURS.items())
    root = f":root{{{colours}--face:{theme.FACE_STACK}}}"
    sheet = (theme.ASSETS / "brief.css").read_text(encoding="utf-8").strip()
    return "\n".join([*faces, root, sheet])


def _inline(content: Iterable[Part]) -> str:
    return "".join(_part(part) for part in content)


def _part(part: Part) -> str:
    match part:
        case str():
            return escape(part)
        case Number(value, address, text, decimals):
            given = escape(address)
            return (
                f'<data value="{value!r}" data-address="{given}" data-decimals="{decimals}"'
                f' title="{given}">{escape(text)}</data>'
            )
        case Name(text, address):
            given = f' data-address="{escape(address)}"' if address else ""
            return f'<span class="name"{given}>{escape(text)}</span>'
        case Date(text):
            return f'<span class="date">{escape(text)}</span>'
        case Strong(text):
            return f"<strong>{escape(text)}</strong>"


def _contents(blocks: Sequence[Block]) -> str:
    """Return the list of sections, or nothing where there are few."""
    heads = [block for block in blocks if isinstance(block, Heading)]
    items = [
        f'<li><a href="#section-{index}">{_inline(head.content)}</a></li>'
        for index, head in enumerate(heads, start=1)
        if theme.section_level(head.level) == 1
    ]
    if len(items) < 3:
        return ""
    return f'<nav class="contents" aria-label="Contents"><ul>{"".join(items)}</ul></nav>\n'


class _Body:
    """Walks the blocks once, counting sections, tables and figures for their anchors."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.sections = self.tables = self.figures = 0
        self.lines = [self._run(run) for run in theme.runs(blocks)]

    def _run(self, run: tuple[Block, ...]) -> str:
        match run[0]:
            case Finding():
                cards = "\n".join(_card(block) for block in run if isinstance(block, Finding))
                return f'<ol class="findings">\n{cards}\n</ol>'
            case SourceLine():
                rows = "\n".join(_source(b) for b in run if isinstance(b, SourceLine))
                return f'<ul class="sources">\n{rows}\n</ul>'
            case Heading(level, content):
                self.sections += 1
                tag = f"h{theme.section_level(level) + 1}"
                return f'<{tag} id="section-{self.sections}">{_inline(content)}</{tag}>'
            case Paragraph(content, kind):
                return f'<p class="{escape(kind)}">{_inline(content)}</p>'
            case Bullets(items, numbered):
                tag = "ol" if numbered else "ul"
                inner = "".join(f"<li>{_inline(item)}</li>" for item in items)
                return f'<{tag} class="list">{inner}</{tag}>'
            case Table() as table:
                self.tables += 1
                return _table(table, f"table-{self.tables}")
            case Chart() as chart:
                self.figures += 1
                return _figure(chart, f"figure-{self.figures}")
            case PageBreak():
                return '<div class="page-break"></div>'


def _card(finding: Finding) -> str:
    headline, body = _inline(finding.headline), _inline(finding.body)
    return f'<li><p class="headline">{headline}</p><p>{body}</p></li>'


def _source(line: SourceLine) -> str:
    return f'<li><cite data-address="{escape(line.address)}">{escape(line.text)}</cite></li>'


def _table(table: Table, anchor: str) -> str:
    head = "".join(
        f'<th scope="col"{_classes("number" if index in table.numeric else "")}>'
        f"{_inline(column)}</th>"
        for index, column in enumerate(table.columns)
    )
    rows = "\n".join(
        "<tr>" + "".join(_cell(cell, i, i in table.numeric) for i, cell in enumerate(row)) + "</tr>"
        for row in table.rows
    )
    assumed = any(cell.hatched for row in table.rows for cell in row)
    key = '<span class="key"><span class="swatch hatched"></span> assumed</span>' * assumed
    note = f'<p class="note">{key}{_inline(table.note)}</p>' if key or table.note else ""
    wide = " wide" if len(table.columns) > 5 else ""
    return (
        f'<div class="table{wide}" id="{anchor}">\n'
        f'<div class="scroll" role="region" aria-labelledby="{anchor}-caption" tabindex="0">\n'
        f'<table>\n<caption id="{anchor}-caption">{_inline(table.caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n"
        f"{note}</div>"
    )


def _cell(cell: Cell, index: int, numeric: bool) -> str:
    classes = _classes("number" if numeric else "", "hatched" if cell.hatched else "")
    colour = f' style="background-color:{theme.tint(cell.shade)}"' if cell.shade > 0 else ""
    said = '<span class="unseen"> (assumed)</span>' if cell.hatched else ""
    tag, scope = ("th", ' scope="row"') if index == 0 else ("td", "")
    return f"<{tag}{scope}{classes}{colour}>{_inline(cell.content)}{said}</{tag}>"


def _classes(*names: str) -> str:
    given = " ".join(name for name in names if name)
    return f' class="{given}"' if given else ""


def _figure(chart: Chart, anchor: str) -> str:
    width = f' style="--share:{chart.width:.3f}"' if chart.width < 1 else ""
    return (
        f'<figure id="{anchor}"{width}>\n<figcaption>{_inline(chart.caption)}</figcaption>\n'
        f'<div class="scroll" role="region" aria-label="Figure" tabindex="0">\n'
        f"{inline_svg(chart.svg, anchor, chart.alternative)}\n</div>\n"
        f"{_data(chart)}</figure>"
    )


def _data(chart: Chart) -> str:
    if not chart.data:
        return ""
    rows = "\n".join(
        f'<tr><th scope="row"><span class="name">{escape(label)}</span></th>'
        f'<td class="number">{_part(chart_number(value, address))}</td>'
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


def chart_number(value: float, address: str) -> Number:
    """Return the value of a chart's mark as a `Number`, rounded to suit its size."""
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return Number(value, address, f"{value:,.{decimals}f}", decimals)


def inline_svg(svg: str, prefix: str, alternative: str) -> str:
    """Return a drawing fit to stand inside a page: own ids, an accessible name, no prolog."""
    svg = _SVG_NAMESPACES.sub("", svg[svg.index("<svg") :].strip())
    for name in sorted(set(_SVG_IDS.findall(svg))):
        svg = svg.replace(f'id="{name}"', f'id="{prefix}-{name}"')
        svg = svg.replace(f"url(#{name})", f"url(#{prefix}-{name})")
        svg = svg.replace(f'href="#{name}"', f'href="#{prefix}-{name}"')
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(alternative)}"', 1)
