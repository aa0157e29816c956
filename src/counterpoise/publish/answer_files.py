"""An answer as a file: Markdown, JSON, a page, a Word document or paragraph, a workbook."""

from __future__ import annotations

from counterpoise.publish.answer import document
from counterpoise.publish.answer_book import book
from counterpoise.publish.answer_charts import draw
from counterpoise.publish.answer_paragraph import paragraph_docx
from counterpoise.publish.answer_text import as_json, markdown
from counterpoise.publish.docx import docx_bytes
from counterpoise.publish.html import render_html
from counterpoise.questions.question import Answer

PARAGRAPH = "paragraph"
"""The form of one paragraph with footnotes, for a report; its file is a Word document."""

FORMS = ("md", "docx", "xlsx", "html", "json", PARAGRAPH)

BINARY = ("docx", "xlsx", PARAGRAPH)
"""Forms that are no text."""

ENDINGS = {form: "docx" if form == PARAGRAPH else form for form in FORMS}
"""The ending of each form's file."""


def file_bytes(answer: Answer, form: str) -> bytes:
    """The answer in one of FORMS; KeyError for another."""
    makers = {
        "md": lambda: markdown(answer).encode(),
        "json": lambda: as_json(answer).encode(),
        "html": lambda: render_html(document(answer)).encode(),
        "docx": lambda: docx_bytes(document(answer)),
        "xlsx": lambda: book(answer),
        PARAGRAPH: lambda: paragraph_docx(answer),
    }
    return makers[form]()


def picture(answer: Answer) -> str:
    """The answer's drawing as SVG; "" where it has none."""
    return draw(answer.chart, answer.table).svg if answer.chart is not None else ""
