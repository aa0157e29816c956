"""A page's twins: all that it states as tidy rows (CSV), and as it is built (JSON)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from counterpoise.pages.page import Page
from counterpoise.publish import theme
from counterpoise.publish.blocks import (
    Bullets,
    Chart,
    Finding,
    Heading,
    Number,
    Opened,
    PageBlock,
    Paragraph,
    Part,
    SourceLine,
    Table,
)

Row = dict[str, Any]

COLUMNS = ("section", "part", "row", "column", "text", "value", "address")
"""Columns of the CSV: a line for each cell of a table, and for each number in running text."""


def as_csv(page: Page) -> str:
    """A page's rows as comma-separated text."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows_of(page))
    return buffer.getvalue()


def as_json(page: Page, release: str) -> str:
    """A page as JSON: what it is, and its rows."""
    told = {
        "path": page.path,
        "title": page.title,
        "sentence": theme.plain(page.lead),
        "standing": theme.plain(page.standing),
        "release": release,
        "columns": COLUMNS,
        "rows": [[row[name] for name in COLUMNS] for row in rows_of(page)],
    }
    return json.dumps(told, ensure_ascii=False) + "\n"


def rows_of(page: Page) -> Iterator[Row]:
    """The rows of a page, in the order in which it tells them."""
    yield from _text("", "lead", page.lead)
    yield from _rows(page.blocks, "")
    yield from _text("", "standing", page.standing)


def _rows(blocks: Iterable[PageBlock], section: str) -> Iterator[Row]:
    for block in blocks:
        match block:
            case Heading(_, content):
                section = theme.plain(content)
            case Paragraph(content, kind):
                yield from _text(section, kind, content)
            case Bullets(items):
                for item in items:
                    yield from _text(section, "list", item)
            case Finding(headline, body):
                yield from _text(section, "finding", (*headline, " ", *body))
            case SourceLine(text, address):
                yield _row(section, "source", "", "", text, None, address)
            case Table():
                yield from _table(section, block)
            case Chart():
                part = theme.plain(block.caption)
                for label, value, address in block.data:
                    yield _row(section, part, label, "value", "", value, address)
            case Opened() as opened:
                yield from _text(section, "figure", line_of(opened))
                yield from _rows(opened.blocks, section)


def line_of(opened: Opened) -> tuple[Part, ...]:
    """The words of a line that opens."""
    more = [opened.value, (opened.badge,) if opened.badge else (), opened.beside]
    line = list(opened.summary)
    for part in filter(None, more):
        line += [", ", *part]
    return tuple(line)


def _table(section: str, table: Table) -> Iterator[Row]:
    part = theme.plain(table.caption)
    heads = [theme.plain(head) for head in table.columns]
    for row in (*table.rows, *table.unshown):
        label = theme.plain(row[0].content) if row else ""
        for head, cell in zip(heads, row, strict=True):
            numbers = [each for each in cell.content if isinstance(each, Number)]
            text = theme.plain(cell.content)
            if len(numbers) == 1:
                yield _row(section, part, label, head, text, numbers[0].value, numbers[0].address)
            elif text:
                yield _row(section, part, label, head, text, None, "")
            if len(numbers) > 1:
                for each in numbers:
                    yield _row(section, part, label, head, each.text, each.value, each.address)
    yield from _text(section, part, table.note)


def _text(section: str, kind: str, content: tuple[Part, ...]) -> Iterator[Row]:
    if content:
        yield _row(section, kind, "", "", theme.plain(content), None, "")
    for part in content:
        if isinstance(part, Number):
            yield _row(section, kind, "", "", part.text, part.value, part.address)


def _row(
    section: str, part: str, row: str, column: str, text: str, value: float | None, address: str
) -> Row:
    return dict(zip(COLUMNS, (section, part, row, column, text, value, address), strict=True))
