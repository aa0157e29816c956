"""An answer as a workbook: the answer, its figures, the drawing, what it rests on, its sources."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

import vl_convert
import xlsxwriter

from counterpoise.publish import answer_text
from counterpoise.publish.blocks import Chart
from counterpoise.publish.cells import heading, shown
from counterpoise.questions.question import Answer, Row

_WIDEST = 60

_FRONT_WIDTH = 100
"""Width of the first sheet's text, in characters."""

_LINE = 15.5
"""Height of a line, in points."""

_DECIMALS = "[>=100]#,##0;[>=1]0.0#;0.0###"
"""How numbers with decimals are shown; the cells hold them in full."""


def book(answer: Answer, drawing: Chart | None) -> bytes:
    """The answer as the bytes of a workbook; the same answer gives the same cells."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        _front(workbook, answer)
        _sheet(workbook, "figures", answer.table)
        if answer.chart is not None and drawing is not None:
            sheet = workbook.add_worksheet("chart")
            sheet.hide_gridlines(2)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            image = io.BytesIO(vl_convert.svg_to_png(drawing.svg, scale=2.0))
            sheet.write(0, 0, f"{answer.chart.title} ({answer.chart.unit})")
            told = {"image_data": image, "x_scale": 0.5, "y_scale": 0.5}
            told |= {"description": answer.chart.title}
            sheet.insert_image(2, 0, "chart.png", told)
            if answer.chart.rows:
                _sheet(workbook, "drawn", answer.chart.rows)
        _sheet(workbook, "rests on", [vars(item) for item in answer.rests_on])
        _sheet(workbook, "sources", [vars(item) for item in answer.sources])
    return buffer.getvalue()


def _front(workbook: Any, answer: Answer) -> None:
    """The first sheet: question, sentence, standing, and the lists."""
    bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet = workbook.add_worksheet("answer")
    sheet.hide_gridlines(2)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, _FRONT_WIDTH)
    lines = [("Question", answer.question.text), ("Answer", answer.sentence)]
    lines.append(("Standing", answer_text.standing(answer)))
    for title, items in answer_text.sections(answer):
        if title not in (answer_text.SOURCES, answer_text.RESTS):
            lines += [(title if not at else "", item) for at, item in enumerate(items)]
    lines.append(("Address", answer.address))
    for row, (title, text) in enumerate(lines):
        sheet.set_row(row, _LINE * math.ceil(len(text) / _FRONT_WIDTH))
        sheet.write_string(row, 0, title, bold)
        sheet.write_string(row, 1, text, bold if title == "Answer" else wrap)


def _sheet(workbook: Any, name: str, rows: Sequence[Row]) -> None:
    """A table of rows with a fixed heading; numbers that aren't finite stay empty."""
    bold = workbook.add_format({"bold": True})
    decimals = workbook.add_format({"num_format": _DECIMALS})
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    columns = list(rows[0]) if rows else []
    for at, column in enumerate(columns):
        sheet.write_string(0, at, heading(column), bold)
        longest = max(len(shown(row[column])) for row in rows)
        sheet.set_column(at, at, min(max(len(column), min(longest, _WIDEST)) + 2, _WIDEST))
    for number, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            value = row[column]
            if isinstance(value, str):
                sheet.write_string(number, at, value)
            elif value is not None and (isinstance(value, bool) or math.isfinite(value)):
                whole = isinstance(value, bool) or value == int(value)
                sheet.write(number, at, value, None if whole else decimals)
