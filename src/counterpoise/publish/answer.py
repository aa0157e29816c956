"""An answer as typed blocks, for pages and Word documents."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from counterpoise.publish import answer_text
from counterpoise.publish.blocks import (
    Block,
    Bullets,
    Cell,
    Chart,
    Document,
    Heading,
    Name,
    Number,
    Paragraph,
    Part,
    SourceLine,
    Table,
    parts,
)
from counterpoise.publish.cells import heading, shown
from counterpoise.publish.figures import decimals_for
from counterpoise.questions.question import Answer, Row

_DIGITS = re.compile(r"(\S*\d\S*)")
_RESTS_NUMERIC = frozenset({1, 2, 3, 7})

_PRINTED = 3
"""Significant digits of a table's numbers."""


def document(answer: Answer, drawing: Chart | None) -> Document:
    """An answer as a document: sentence, standing, drawing, table, and the lists behind them."""
    blocks: list[Block] = [
        Paragraph(told(answer.sentence, answer.address), "lead"),
        Paragraph(told(answer_text.standing(answer), answer.address), "note"),
    ]
    if drawing is not None:
        blocks.append(drawing)
    blocks += [_table(answer, title, rows) for title, rows in answer_text.tables(answer.table)]
    for title, lines in answer_text.sections(answer):
        if title == answer_text.RESTS:
            blocks += [Heading(2, parts(title)), _rests_on(answer)]
        elif title != answer_text.SOURCES:
            blocks.append(Heading(2, parts(title)))
            blocks.append(Bullets(tuple(told(line, answer.address) for line in lines)))
    if answer.sources:
        blocks.append(Heading(2, parts(answer_text.SOURCES)))
        shown = answer.sources[: answer_text.MOST_SOURCES]
        blocks += [
            SourceLine(answer_text.source_told(item), f"source/{item.key}") for item in shown
        ]
        left = len(answer.sources) - len(shown)
        if left:
            blocks.append(
                Paragraph(told(f"and {left} more with less weight", answer.address), "note")
            )
    subtitle = told(answer_text.raised(answer), answer.address)
    return Document(answer.question.text, subtitle, blocks, answer.address)


def told(text: str, address: str) -> tuple[Part, ...]:
    """A text as parts: each word that holds a digit refers to the answer that gives it."""
    found: list[Part] = [
        Name(piece, address) if index % 2 else piece
        for index, piece in enumerate(_DIGITS.split(text))
        if piece
    ]
    return parts(*found)


def _table(answer: Answer, title: str, rows: tuple[Row, ...]) -> Table:
    """A table of the answer; what all its rows share stands in its caption."""
    shown = answer_text.columns_shown(rows)
    alike = answer_text.columns_alike(rows, shown)
    columns = [column for column in shown if column not in alike]
    shared = ", ".join(f"{heading(name)} {rows[0][name]}" for name in alike)
    numeric = frozenset(
        at for at, column in enumerate(columns) if answer_text.numeric(rows, column)
    )
    body = tuple(
        tuple(
            Cell(
                tuple(
                    _cell(
                        row[column], f"{answer.address}/{title.lower()}/{number}/{column}", column
                    )
                ),
                hatched=column == "value" and row.get("basis") == "assumed",
            )
            for column in columns
        )
        for number, row in enumerate(rows, start=1)
    )
    heads = tuple(told(heading(column), answer.address) for column in columns)
    caption = told(f"{title} ({shared})" if shared else title, answer.address)
    return Table(caption, heads, body, numeric)


def _rests_on(answer: Answer) -> Table:
    """The heaviest inputs with range, unit, basis, grade and weight."""
    columns = ("figure", "low", "value", "high", "unit", "basis", "grade", "weight")
    body = tuple(
        (
            Cell((Name(item.address, item.address),)),
            *(
                Cell(tuple(_cell(value, f"{item.address}/{name}", name)))
                for name, value in (("low", item.low), ("value", item.value), ("high", item.high))
            ),
            *(Cell(told(text, item.address)) for text in (item.unit, item.basis, item.grade)),
            Cell(tuple(_cell(item.weight, f"{answer.address}/weight/{item.address}", "share"))),
        )
        for item in answer.rests_on
    )
    heads = tuple(parts(column) for column in columns)
    return Table(parts("Inputs by their effect on the result"), heads, body, _RESTS_NUMERIC)


def _cell(value: object, address: str, column: str) -> Iterable[Part]:
    """A cell's parts; a share of one is told in percent."""
    if isinstance(value, float) and column.endswith("share"):
        yield Number(value, address, f"{value:.0%}", 2)
    elif isinstance(value, float | int) and not isinstance(value, bool) and math.isfinite(value):
        decimals = decimals_for(float(value), _PRINTED)
        yield Number(float(value), address, shown(value), min(decimals, _PRINTED))
    elif value not in (None, ""):
        yield from told(shown(value), address)
