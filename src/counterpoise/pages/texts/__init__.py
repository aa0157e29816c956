"""Texts that pages and docs share, each told in one place: Markdown of the plainest kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

from counterpoise.pages.cells import told
from counterpoise.publish.blocks import (
    Bullets,
    Cell,
    Heading,
    PageBlock,
    Paragraph,
    Part,
    Strong,
    Table,
    parts,
)

_INLINE = re.compile(r"(\*\*[^*]+\*\*|`[^`]+`|\[[^\]]+\]\([^)]+\))")
_ITEM = re.compile(r"(?:- |\d+\. )")
_RULE = re.compile(r"\|[ |-]+\|$")


def text(name: str) -> str:
    """A text as Markdown."""
    return (files(__name__) / f"{name}.md").read_text(encoding="utf-8")


def blocks(name: str) -> list[PageBlock]:
    """A text as blocks, without its title: headings, paragraphs, lists and tables."""
    found: list[PageBlock] = []
    for piece in re.split(r"\n\s*\n", text(name).strip()):
        lines = piece.splitlines()
        if piece.startswith("# "):
            continue
        if piece.startswith("#"):
            found.append(Heading(2, told(lines[0].lstrip("# "))))
        elif piece.startswith("|"):
            found.append(_table([line for line in lines if not _RULE.match(line)]))
        elif _ITEM.match(piece):
            found.append(_list(lines))
        else:
            found.append(Paragraph(tuple(inline(" ".join(lines)))))
    return found


def _list(lines: list[str]) -> Bullets:
    items: list[str] = []
    for line in lines:
        mark = _ITEM.match(line)
        if mark:
            items.append(line[mark.end() :])
        else:
            items[-1] += " " + line.strip()
    return Bullets(tuple(tuple(inline(item)) for item in items), not lines[0].startswith("- "))


def _table(lines: list[str]) -> Table:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head, *body = rows
    return Table(
        ("",),
        tuple(tuple(inline(cell)) for cell in head),
        tuple(tuple(Cell(tuple(inline(cell))) for cell in row) for row in body),
    )


def inline(line: str) -> Iterator[Part]:
    """A line's parts: bold words, code, and links by their text."""
    for piece in _INLINE.split(line):
        if piece.startswith("**"):
            yield from parts(Strong(piece.strip("*")))
        elif piece.startswith("["):
            yield from told(piece[1 : piece.index("]")])
        else:
            yield from told(piece)
