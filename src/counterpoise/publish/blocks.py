"""Typed blocks: what a brief consists of, whatever it is rendered to.

Plain text in a block holds no digit: a number is a `Number` (with the address that
re-evaluates it), a name that contains digits is a `Name`, a date is a `Date`. So no
figure can stand in a document without its address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Number:
    """A computed or sourced figure: the value, the address that gives it again, and its print.

    `text` is the value as printed (rounded, with sign and unit where wanted).
    `decimals` is the rounding of `text`, in the unit of `value` (negative: tens, hundreds),
    so that a check can compare a re-evaluated value with the print.
    """

    value: float
    address: str
    text: str
    decimals: int


@dataclass(frozen=True)
class Name:
    """The name of a thing in the world that contains digits (F-35A, 155 mm)."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Date:
    """A calendar date, year or period that is a label, not a result."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Text printed in bold."""

    text: str


Part = str | Number | Name | Date | Strong


def parts(*given: Part) -> tuple[Part, ...]:
    """A run of text parts; raises ValueError for a digit outside Number, Name and Date."""
    for part in given:
        text = part if isinstance(part, str) else part.text if isinstance(part, Strong) else ""
        if any(letter.isdigit() for letter in text):
            raise ValueError(f"a digit stands in plain text; use Number, Name or Date: {text!r}")
    return tuple(given)


@dataclass(frozen=True)
class Heading:
    """A section heading, level 1 (title) to 3."""

    level: int
    content: tuple[Part, ...]


@dataclass(frozen=True)
class Paragraph:
    """Running text; `kind` is "text", "lead" (large opening), or "note" (small print)."""

    content: tuple[Part, ...]
    kind: str = "text"


@dataclass(frozen=True)
class Bullets:
    """A list, numbered or not."""

    items: tuple[tuple[Part, ...], ...]
    numbered: bool = False


@dataclass(frozen=True)
class Finding:
    """One of the opening findings: a headline sentence and what stands behind it."""

    headline: tuple[Part, ...]
    body: tuple[Part, ...]


@dataclass(frozen=True)
class Cell:
    """One table cell; `shade` from 0 (none) to 1 (full) tints it, `hatched` marks assumed."""

    content: tuple[Part, ...]
    shade: float = 0.0
    hatched: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a caption; columns listed in `numeric` are set flush right.

    `anchors` name the rows' places within a page; `unshown` are rows that a page leaves to its
    data files. Files for print have neither.
    """

    caption: tuple[Part, ...]
    columns: tuple[tuple[Part, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: frozenset[int] = frozenset()
    note: tuple[Part, ...] = ()
    anchors: tuple[str, ...] = ()
    unshown: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True)
class Chart:
    """A drawing as SVG, with alternative text and the table of what it draws.

    `data` holds one entry a mark: label, value, address.
    """

    caption: tuple[Part, ...]
    svg: str
    alternative: str
    data: tuple[tuple[str, float, str], ...] = ()
    width: float = 1.0


@dataclass(frozen=True)
class SourceLine:
    """One entry of the list of sources: digits are free here."""

    text: str
    address: str


@dataclass(frozen=True)
class PageBreak:
    """Start a new page where the medium has pages."""


Block = Heading | Paragraph | Bullets | Finding | Table | Chart | SourceLine | PageBreak


@dataclass(frozen=True)
class Opened:
    """A line that opens to more: a figure to its rivals, a reason to its figures.

    `anchor` is the place within the page that an address leads to. A line of columns also has
    a `value`, a `badge` (one word, hatched where assumed) and what stands `beside` it.
    """

    summary: tuple[Part, ...]
    blocks: tuple[PageBlock, ...]
    anchor: str = ""
    hatched: bool = False
    value: tuple[Part, ...] = ()
    badge: str = ""
    beside: tuple[Part, ...] = ()


PageBlock = Block | Opened
"""What a page of the site may hold: a file for print can't open."""


@dataclass(frozen=True)
class Document:
    """A brief: title, the line under it, its blocks, and what the foot of each page says."""

    title: str
    subtitle: tuple[Part, ...]
    blocks: Sequence[Block] = field(default_factory=tuple)
    footer: str = ""
    language: str = "en"
