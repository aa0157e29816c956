"""Pages of questions: the list, and each stored answer with its steps and its files."""

from __future__ import annotations

from functools import partial

from counterpoise.pages.cells import address_of, table, told
from counterpoise.pages.page import Asked, Choice, Control, Page, path_of
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.publish.answer import document
from counterpoise.publish.answer import told as cited
from counterpoise.publish.answer_files import file_bytes
from counterpoise.publish.answer_text import standing
from counterpoise.questions.ask import ask
from counterpoise.questions.question import Answer, Question

_FORMS = ("docx", "xlsx", "md")
"""Files in which an answer can be saved."""


@view("questions")
def question_rows(site: Site) -> list[Row]:
    """All questions: their words, how they are answered, and what is missing where they aren't."""
    return [
        {"question": item.text, "page": f"question/{item.id}", "kind": item.kind,
         "missing": item.missing}
        for item in site.catalogue.questions.values()
    ]  # fmt: skip


def _stored(site: Site) -> list[str]:
    return ["ask", *(f"ask/{item.id}" for item in site.catalogue.questions.values())]


@page("ask", _stored, "Questions", "Ask")
def ask_page(site: Site, asked: Asked) -> Page:
    """The list of questions, or the answer to one."""
    if len(asked.parts) == 1:
        rows = question_rows(site)
        block = table(site.dataset, "All questions", rows, address_of("questions", {}))
        return Page(
            "ask", "Questions", told("Each opens to its answer."), (block,), told(site.basis)
        )
    question = site.catalogue.questions[asked.parts[1]]
    if question.kind == "registered":
        lead = told(f"This question can't be answered yet: {question.missing}.")
        return Page(asked.path, question.text, lead, (), told(site.basis), "Question")
    answer = ask(site.view, site.context, site.catalogue, question.id, asked.given)
    blocks = document(answer).blocks[2:]
    return Page(
        asked.path,
        question.text,
        cited(answer.sentence, ""),
        tuple(blocks),
        cited(standing(answer), ""),
        "Question",
        controls=tuple(_controls(question, answer, asked)),
        files={f"answer.{form}": partial(file_bytes, answer, form) for form in _FORMS},
    )


def _controls(question: Question, answer: Answer, asked: Asked) -> list[Control]:
    return [
        Control(
            item.name,
            item.told,
            item.value,
            (
                Choice(
                    item.value,
                    path_of("ask", question.id, **{**asked.given, item.name: item.value}),
                    True,
                    item.value,
                ),
            ),
        )
        for item in answer.parameters
    ]
