"""A brief as one self-contained, accessible HTML file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from pathlib import Path

from counterpoise.publish import theme
from counterpoise.publish.blocks import Block, Document, Heading
from counterpoise.publish.html_blocks import Body, inline, step_rules


def render_html(document: Document) -> str:
    """Return the whole brief as one HTML file that asks nothing of a network."""
    body = "\n".join(Body(document.blocks).lines)
    language = escape(document.language)
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{escape(document.title)}</title>
<style>
{style_sheet(theme.ASSETS / "brief.css")}
</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="masthead">
<h1>{escape(document.title)}</h1>
<p class="subtitle">{inline(document.subtitle)}</p>
</header>
{_contents(document.blocks)}<main id="content">
{body}
</main>
<footer class="colophon"><p>{escape(document.footer)}</p></footer>
</body>
</html>
"""


def style_sheet(file: Path) -> str:
    """Return a style sheet with the colours and the faces filled in."""
    faces = []
    for (style, weight), stem in theme.FACES.items():
        data = b64encode((theme.FONTS / f"{stem}.woff2").read_bytes()).decode("ascii")
        faces.append(
            f'@font-face{{font-family:"{theme.FACE}";font-style:{style};font-weight:{weight};'
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )
    colours = "".join(f"--{name}:{colour};" for name, colour in theme.COLOURS.items())
    root = f":root{{{colours}--face:{theme.FACE_STACK}}}"
    sheet = file.read_text(encoding="utf-8").strip()
    return "\n".join([*faces, root, sheet, step_rules()])


def _contents(blocks: Sequence[Block]) -> str:
    """Return the list of sections, or nothing where there are few."""
    heads = [block for block in blocks if isinstance(block, Heading)]
    items = [
        f'<li><a href="#section-{index}">{inline(head.content)}</a></li>'
        for index, head in enumerate(heads, start=1)
        if theme.section_level(head.level) == 1
    ]
    if len(items) < 3:
        return ""
    return f'<nav class="contents" aria-label="Contents"><ul>{"".join(items)}</ul></nav>\n'
