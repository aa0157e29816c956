"""The parts of an answer's page: drawing, tables, reasons that open, what would change it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from counterpoise.data.dataset import Dataset
from counterpoise.pages.cells import named, number, share, table, told
from counterpoise.pages.links import stated_figure
from counterpoise.pages.site import Site
from counterpoise.publish import answer_text
from counterpoise.publish.blocks import (
    Bullets,
    Cell,
    Chart,
    Heading,
    Name,
    Opened,
    PageBlock,
    Paragraph,
    Part,
    SourceLine,
    Table,
    parts,
)
from counterpoise.publish.cells import heading
from counterpoise.questions.question import Answer, Row

TITLES = {
    "Reasons": "Why",
    "What would flip it": "What would change it",
    answer_text.RESTS: "What it rests on most",
    "Not included": "Limits of this answer",
}
"""Sections of an answer as a page names them; those left out stand elsewhere on the page."""

HEADS = {"Alternatives": "Instead?"}
"""Tables of an answer that stand under a heading of their own."""

WHY = "reason"
"""A table's column whose rows explain: they open by what they have there."""

_ADDRESS = re.compile(r"([a-z][a-z0-9-]*/[^\s,;()]*[^\s,;().:])")


def answer_blocks(site: Site, answer: Answer, drawing: Chart | None) -> Iterator[PageBlock]:
    """All of an answer below its sentence."""
    data = site.dataset
    causes = tuple(str(row[WHY]).casefold() for row in answer.table if row.get(WHY))
    if drawing is not None:
        yield drawing
    for title, rows in answer_text.tables(answer.table):
        address = f"{answer.address}/{title.lower()}"
        if any(row.get(WHY) for row in rows):
            yield Heading(2, ("Why?",))
            yield from _causes(data, rows, address)
        else:
            if title in HEADS:
                yield Heading(2, parts(HEADS[title]))
            yield answer_table(data, title, rows, address)
    for title, lines in answer_text.sections(answer):
        if title not in TITLES:
            continue
        if title == "Reasons" and causes:
            # The causes above tell most of them, each with its figures.
            lines = [line for line in lines if not line.casefold().startswith(causes)]
        if not lines:
            continue
        yield Heading(2, parts("Beside these" if causes and title == "Reasons" else TITLES[title]))
        if title == answer_text.RESTS:
            yield _rests_on(data, answer)
        else:
            yield Bullets(tuple(linked(data, line) for line in lines))
    yield from _sources(answer)


def answer_table(data: Dataset, title: str, rows: tuple[Row, ...], address: str) -> Table:
    """A table of an answer; what all its rows share stands in its caption."""
    shown = answer_text.columns_shown(rows)
    kept = ("basis", "sources", "address")
    alike = [name for name in answer_text.columns_alike(rows, shown) if name not in kept]
    shared = ", ".join(f"{heading(name)} {rows[0][name]}" for name in alike)
    columns = {name: heading(name) for name in shown if name not in alike}
    caption = f"{title} ({shared})" if shared else title
    leading = "address" if "address" in columns and next(iter(columns)) != "address" else ""
    columns.pop(leading, None)
    return table(data, caption, rows, address, columns, leading=leading)


def _causes(data: Dataset, rows: tuple[Row, ...], address: str) -> Iterator[PageBlock]:
    """Rows that explain, by reason: the first says it, the others open below it."""
    groups: dict[str, list[tuple[int, Row]]] = {}
    for at, row in enumerate(rows, start=1):
        groups.setdefault(str(row[WHY]), []).append((at, row))
    for reason, items in groups.items():
        at, first = items[0]
        summary: list[Part] = [reason.capitalize(), ": "]
        if first.get("value") is not None:
            summary += _ranged(first, f"{address}/{at}")
            summary += [" ", *told(str(first.get("unit") or "")), ". "]
        summary += told(str(first.get("text") or ""))
        yield Opened(parts(*summary), (_cause_table(data, items, address),))


def _ranged(row: Row, address: str) -> list[Part]:
    """A row's value with its range, where it has one."""
    found: list[Part] = [number(float(row["value"]), f"{address}/value")]
    low, high = row.get("low"), row.get("high")
    if low is not None and high is not None and low != high:
        found += [" [", number(float(low), f"{address}/low"), " to "]
        found += [number(float(high), f"{address}/high"), "]"]
    return found


def _cause_table(data: Dataset, items: list[tuple[int, Row]], address: str) -> Table:
    rows = tuple(row for _, row in items)
    shown = [name for name in answer_text.columns_shown(rows) if name not in (WHY, "address")]
    columns = {name: heading(name) for name in shown}
    places = [at for at, _ in items]
    return table(
        data, "Figures behind it", rows, address, columns, places=places, leading="address"
    )


def linked(data: Dataset, text: str) -> tuple[Part, ...]:
    """A text in which the addresses of things and figures lead to their pages."""
    found: list[Part] = []
    for piece in _ADDRESS.split(text):
        source = piece.removeprefix("source/") in data.sources
        if source or piece in data.things or (piece and stated_figure(data, piece) == piece):
            found.append(named(data, piece))
        else:
            found += told(piece)
    return parts(*found)


_INPUTS = ("figure", "low", "value", "high", "unit", "basis", "grade", "weight")


def _rests_on(data: Dataset, answer: Answer) -> Table:
    """The heaviest inputs with range, unit, basis, grade and share of all effects."""
    # A worksheet's own parameter stands where the answer was given it.
    bare = f"question/{answer.question.id}/"
    body = tuple(
        (
            Cell(
                (
                    Name(item.address.removeprefix(bare), item.address)
                    if item.address.startswith(bare)
                    else named(data, item.address),
                )
            ),
            *(
                Cell(
                    (number(value, item.address.replace(bare, f"{answer.address}/") + end),),
                    hatched=hatched,
                )
                for value, end, hatched in (
                    (item.low, "/low" if item.low != item.value else "", False),
                    (item.value, "", item.basis == "assumed"),
                    (item.high, "/high" if item.high != item.value else "", False),
                )
            ),
            *(Cell(told(text)) for text in (item.unit, item.basis, item.grade)),
            Cell((share(item.weight, f"{answer.address}/weight/{item.address}"),)),
        )
        for item in answer.rests_on
    )
    heads = tuple(parts(name) for name in _INPUTS)
    return Table(("Inputs by their effect on the result",), heads, body, frozenset({1, 2, 3, 7}))


def _sources(answer: Answer) -> Iterable[PageBlock]:
    if not answer.sources:
        return
    yield Heading(2, ("Sources, by weight",))
    lines = [
        SourceLine(answer_text.source_told(item), f"source/{item.key}") for item in answer.sources
    ]
    yield from lines[: answer_text.MOST_SOURCES]
    rest = tuple(lines[answer_text.MOST_SOURCES :])
    if rest:
        yield Opened(told(f"and {len(rest)} more with less weight"), rest)
    yield Paragraph(told(answer_text.citation(answer)), "citation note")
