"""A brief as PDF: its blocks are handed as data to a Typst template, so no text is code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typst

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

_Json = dict[str, Any]


def render_pdf(document: Document, path: Path, *, date: date | None = None) -> None:
    """Write the brief to `path` as tagged A4 PDF; `date` is the creation date it states.

    The same document and date give the same bytes.
    """
    path.write_bytes(pdf_bytes(document, date=date))


def pdf_bytes(document: Document, *, date: date | None = None) -> bytes:
    """Return the brief as the bytes of a PDF file."""
    stamp = datetime(date.year, date.month, date.day, tzinfo=UTC) if date else None
    given = typst.compile(
        str(theme.ASSETS / "brief.typ"),
        root=str(theme.ASSETS),
        font_paths=[str(theme.FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs=template_inputs(document, date=date),
        timestamp=stamp,
    )
    if not isinstance(given, bytes):
        raise TypeError("the PDF writer gave no single file")
    return given


def template_inputs(document: Document, *, date: date | None = None) -> dict[str, str]:
    """Return what the template `brief.typ` is given: the brief as JSON text."""
    return {"brief": json.dumps(_brief(document, date), ensure_ascii=False)}


def _brief(document: Document, day: date | None) -> _Json:
    language, _, region = document.language.partition("-")
    return {
        "title": document.title,
        "subtitle": _parts(document.subtitle),
        "footer": document.footer,
        "language": language.lower(),
        "region": region.upper() or None,
        "date": [day.year, day.month, day.day] if day else None,
        "face": theme.FACE,
        "colours": theme.COLOURS,
        "blocks": [_run(run) for run in theme.runs(document.blocks)],
    }


def _parts(content: Iterable[Part]) -> list[_Json]:
    return [_part(part) for part in content]


def _part(part: Part) -> _Json:
    match part:
        case str():
            return {"kind": "text", "text": part}
        case Strong(text):
            return {"kind": "strong", "text": text}
        case Number(text=text) | Name(text=text) | Date(text):
            return {"kind": "whole", "text": text}


def _run(run: tuple[Block, ...]) -> _Json:
    match run[0]:
        case Finding():
            found = [block for block in run if isinstance(block, Finding)]
            cards = [{"headline": _parts(f.headline), "body": _parts(f.body)} for f in found]
            return {"kind": "findings", "cards": cards}
        case SourceLine():
            texts = [block.text for block in run if isinstance(block, SourceLine)]
            return {"kind": "sources", "lines": texts}
        case Heading(level, content):
            depth = theme.section_level(level)
            return {"kind": "heading", "level": depth, "content": _parts(content)}
        case Paragraph(content, kind):
            return {"kind": "paragraph", "style": kind, "content": _parts(content)}
        case Bullets(items, numbered):
            inner = [_parts(item) for item in items]
            return {"kind": "bullets", "numbered": numbered, "items": inner}
        case Table() as table:
            return _table(table)
        case Chart() as chart:
            return {
                "kind": "chart",
                "caption": _parts(chart.caption),
                "svg": chart.svg,
                "alternative": chart.alternative,
                "width": chart.width,
            }
        case PageBreak():
            return {"kind": "break"}


def _table(table: Table) -> _Json:
    return {
        "kind": "table",
        "caption": _parts(table.caption),
        "columns": [_parts(column) for column in table.columns],
        "weights": theme.column_weights(table),
        "numeric": [index in table.numeric for index in range(len(table.columns))],
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
        "assumed": any(cell.hatched for row in table.rows for cell in row),
        "note": _parts(table.note),
    }


def _cell(cell: Cell) -> _Json:
    return {
        "content": _parts(cell.content),
        "fill": theme.tint(cell.shade) if cell.shade > 0 else None,
        "hatched": cell.hatched,
    }
