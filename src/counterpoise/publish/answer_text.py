"""An answer as plain text, Markdown and JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

from counterpoise.publish.cells import heading, shown
from counterpoise.questions.question import Answer, Cited, Flip, Input, Row

RESTS = "What it rests on most"
SOURCES = "Sources, by weight"

MOST_SOURCES = 12
"""Sources that a text names; a workbook and JSON have all."""


def flip_told(item: Flip) -> str:
    """What would flip the answer, in words."""
    reach = "" if item.inside else " (outside its range)"
    return (
        f"{item.what} from {shown(item.start)} to {shown(item.end)} {item.unit}{reach}: {item.told}"
    )


def flips_told(answer: Answer) -> list[str]:
    """What would flip the answer; for a worksheet with a threshold also that nothing alone does."""
    if answer.flips:
        return [flip_told(item) for item in answer.flips]
    if answer.question.threshold is None:
        return ["no single input, up to ten times its value"]
    return [f"no slider alone: {answer.question.turning} at none of their ends"]


def source_told(item: Cited) -> str:
    """A source with grade and leak."""
    leak = ", leaked" if item.leak else ""
    return f"{item.title}, {item.publisher} (source/{item.key}, grade {item.grade}{leak})"


def source_note(item: Cited) -> str:
    """A source as a footnote: publisher, title, date, where it is, grade."""
    told = [item.publisher, item.title, item.date, item.url]
    leak = ", leaked" if item.leak else ""
    return f"{', '.join(filter(None, told))} (grade {item.grade}{leak})."


LICENCE = "CC BY 4.0"
"""Terms of answers and of the reference dataset."""


def citation(answer: Answer) -> str:
    """The answer as one line to cite: title, address, release, its date, licence."""
    return (
        f"Counterpoise, \u201c{answer.question.text}\u201d, {answer.address}, "
        f"release {answer.release} of {answer.release.partition('+')[0]}, {LICENCE}."
    )


def input_told(item: Input) -> str:
    """An input with range, unit, basis and weight."""
    low, value, high = (shown(each) for each in (item.low, item.value, item.high))
    span = f" ({low} to {high})" if item.low != item.high else ""
    return (
        f"{item.address}: {value}{span} {item.unit}, {item.basis}, grade {item.grade}, "
        f"weight {item.weight:.0%}"
    )


def standing(answer: Answer) -> str:
    """Grade, grades of the sources, assumed share and release in one line."""
    grades = f"; sources by grade: {answer.source_grades}" if answer.source_grades else ""
    return (
        f"Grade: {answer.grade}{grades}. {answer.assumed_share:.0%} of the result rests on assumed "
        f"inputs. Release {answer.release}."
    )


def parameters_told(answer: Answer) -> list[str]:
    """The parameters as used."""
    return [
        f"{item.name}={item.value} ({'given' if item.given else 'default'}; {item.told})"
        for item in answer.parameters
    ]


def sections(answer: Answer) -> list[tuple[str, list[str]]]:
    """The lists under an answer's table, each with its title; empty ones left out."""
    shown = [source_told(item) for item in answer.sources[:MOST_SOURCES]]
    left = len(answer.sources) - len(shown)
    if left > 0:
        shown.append(f"and {left} more with less weight")
    found = [
        ("Reasons", list(answer.reasons)),
        ("What would flip it", flips_told(answer)),
        (RESTS, [input_told(item) for item in answer.rests_on]),
        ("Not included", list(answer.not_included)),
        ("Parameters", parameters_told(answer)),
        (SOURCES, shown),
    ]
    return [(title, lines) for title, lines in found if lines]


def markdown(answer: Answer, picture: str = "") -> str:
    """The answer as Markdown; `picture` is the file name of its drawing, if it has one."""
    lines = [f"# {answer.question.text}", "", f"**{answer.sentence}**", "", standing(answer), ""]
    if picture and answer.chart is not None:
        lines += [f"![{answer.chart.title}]({picture})", ""]
    for title, rows in tables(answer.table):
        lines += [f"## {title}", "", *_table(rows), ""]
    for title, items in sections(answer):
        lines += [f"## {title}", "", *(f"- {item}" for item in items), ""]
    return "\n".join([*lines, raised(answer), ""])


def raised(answer: Answer) -> str:
    """Which question it is, and the document that raises it, if one does."""
    by = f", raised by {answer.raised_by}" if answer.raised_by else ""
    return f"Question {answer.question.id}{by}"


def _table(rows: tuple[Row, ...]) -> list[str]:
    columns = columns_shown(rows)
    told = [
        "| " + " | ".join(heading(column) for column in columns) + " |",
        "|" + "".join(" ---: |" if numeric(rows, column) else " --- |" for column in columns),
    ]
    return told + [
        "| " + " | ".join(shown(row[column]).replace("|", "\\|") for column in columns) + " |"
        for row in rows
    ]


def tables(rows: tuple[Row, ...]) -> list[tuple[str, tuple[Row, ...]]]:
    """A table as it is shown: one for each text in its column `part`, if it has one.

    A part is a name, or a noun of what each of its rows is.
    """
    if not rows:
        return []
    if "part" not in rows[0]:
        return [("The figures", rows)]
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["part"]), []).append(
            {key: value for key, value in row.items() if key != "part"}
        )
    return [
        (part if part[:1].isupper() else f"{part.capitalize()}s", tuple(some))
        for part, some in found.items()
    ]


def numeric(rows: tuple[Row, ...], column: str) -> bool:
    """Whether all cells of a column are numbers or empty."""
    return all(isinstance(row[column], int | float | None) for row in rows)


def columns_shown(rows: tuple[Row, ...]) -> list[str]:
    """The columns that say something in at least one row."""
    return [column for column in rows[0] if any(row[column] not in (None, "") for row in rows)]


def as_json(answer: Answer) -> str:
    """The whole answer as JSON."""
    told = {
        "id": answer.question.id,
        "question": answer.question.text,
        "address": answer.address,
        "document": answer.question.document,
        **{
            item.name: getattr(answer, item.name)
            for item in dataclasses.fields(answer)
            if item.name != "question"
        },
    }
    return json.dumps(_plain(told), ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def columns_alike(rows: tuple[Row, ...], columns: list[str]) -> list[str]:
    """The columns of words that say the same in all of several rows."""
    if len(rows) < 2:
        return []
    return [
        column
        for column in columns
        if isinstance(rows[0][column], str) and len({row[column] for row in rows}) == 1
    ]
