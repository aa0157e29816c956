"""An answer as a file: Markdown, JSON, a page, a Word document or paragraph, a workbook."""

from __future__ import annotations

from counterpoise.publish.answer import document
from counterpoise.publish.answer_book import book
from counterpoise.publish.answer_charts import drawing_of
from counterpoise.publish.answer_paragraph import paragraph_docx
from counterpoise.publish.answer_text import as_json, markdown
from counterpoise.publish.blocks import Chart
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


def file_bytes(answer: Answer, form: str, drawn: Chart | None = None) -> bytes:
    """The answer in one of FORMS; KeyError for another. `drawn` spares drawing it again."""

    def drawing() -> Chart | None:
        return drawn or drawing_of(answer)

    makers = {
        "md": lambda: markdown(answer).encode(),
        "json": lambda: as_json(answer).encode(),
        "html": lambda: render_html(document(answer, drawing())).encode(),
        "docx": lambda: docx_bytes(document(answer, drawing())),
        "xlsx": lambda: book(answer, drawing()),
        PARAGRAPH: lambda: paragraph_docx(answer),
    }
    return makers[form]()
