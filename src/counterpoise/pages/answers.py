"""Pages of questions: the list, and each stored answer with its steps and its files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from counterpoise.measures.standing import Parameter
from counterpoise.pages.answer_parts import answer_blocks
from counterpoise.pages.cells import address_of, table, told
from counterpoise.pages.page import Asked, Choice, Control, Given, Page, path_of
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.publish.answer_charts import drawing_of
from counterpoise.publish.answer_files import file_bytes
from counterpoise.publish.answer_text import standing
from counterpoise.publish.blocks import Chart
from counterpoise.questions.ask import find_question
from counterpoise.questions.question import Answer, Question, Used
from counterpoise.questions.steps import stored_arguments

_FEWEST = 3
"""Steps of a number from which on they are a slider."""

_FILES = ("docx", "paragraph", "xlsx")
"""Forms in which an answer can be saved from its page."""

KINDS = {
    "computed": "answered from the data and the plan",
    "worksheet": "answered by one illustrative formula",
    "registered": "not answered yet",
}

_LISTED = {"question": "question", "missing": "what is missing"}


@view("questions")
def question_rows(site: Site, kind: str) -> list[Row]:
    """The questions of a kind: their words, and what is missing where there is no answer."""
    return [
        {"question": item.text, "page": f"page/ask/{item.id}", "missing": item.missing}
        for item in site.catalogue.questions.values()
        if item.kind == kind
    ]  # fmt: skip


def _stored(site: Site) -> Iterator[str]:
    yield "ask"
    for question in site.catalogue.questions.values():
        for given in stored_arguments(question, site.steps):
            yield path_of("ask", question.id, **given)


@page("ask", _stored, "Questions", "Ask")
def ask_page(site: Site, asked: Asked) -> Page:
    """The list of questions, or the answer to one."""
    if len(asked.parts) == 1:
        return _list(site)
    question = find_question(site.catalogue, asked.parts[1])
    if question.kind == "registered":
        lead = told(f"This question can't be answered yet: {question.missing}.")
        return Page(asked.path, question.text, lead, (), told(site.basis), "Question")
    answer = site.answer(question, asked.given)
    drawing = drawing_of(answer)
    return Page(
        asked.path,
        question.text,
        told(answer.sentence),
        tuple(answer_blocks(site, answer, drawing)),
        told(standing(answer)),
        "Question",
        controls=tuple(_controls(site, question, answer, asked.given)),
        files=dict(_files(answer, drawing)),
    )


def _list(site: Site) -> Page:
    tables = [
        table(
            site.dataset,
            f"Questions {name}",
            rows,
            address_of("questions", {"kind": kind}),
            {name: head for name, head in _LISTED.items() if rows[0][name]},
            leading="page",
        )
        for kind, name in KINDS.items()
        if (rows := question_rows(site, kind))
    ]
    lead = told("Each opens to an answer in a sentence, with its table, reasons and sources.")
    return Page("ask", "Questions", lead, tuple(tables), told(site.basis))


def _files(answer: Answer, drawing: Chart | None) -> Iterator[tuple[str, partial[bytes]]]:
    for form in _FILES:
        name = "paragraph.docx" if form == "paragraph" else f"answer.{form}"
        yield name, partial(file_bytes, answer, form, drawing)


def _controls(site: Site, question: Question, answer: Answer, given: Given) -> Iterator[Control]:
    """The question's arguments, the main slider first, each with its stored steps."""
    used = {item.name: item for item in answer.parameters}
    order = sorted(question.parameters, key=lambda item: item.name != question.slider)
    for item in order:
        yield _control(site, question, item, used[item.name], given)


def _control(site: Site, question: Question, item: Parameter, used: Used, given: Given) -> Control:
    steps = site.steps.get((question.id, item.name), ())
    sliders = {each.name: each for each in site.catalogue.sliders.get(question.id, ())}
    slider = sliders.get(item.name)
    values = list(steps)
    default = used.value if item.name not in given else item.default
    if slider is not None and "/" in item.default:
        default = used.value if item.name not in given else ""
    if default and default not in values:
        values.append(default)
    if used.value not in values:
        values.append(used.value)
    numbers = _numbers(values)
    if numbers:
        values.sort(key=float)
    choices = tuple(_choice(question, item, value, used, given) for value in values)
    if slider is not None:
        ends = (slider.low, slider.high)
        return Control(
            item.name, slider.told, used.value, choices, "slider", *ends, slider.unit
        )  # fmt: skip
    if len(numbers) < _FEWEST:
        return Control(item.name, used.told, used.value, choices)
    whole = all(each.is_integer() for each in numbers)
    return Control(
        item.name, used.told, used.value, choices, "slider", min(numbers), max(numbers),
        whole=whole,
    )  # fmt: skip


def _numbers(values: list[str]) -> list[float]:
    """The values as numbers; none where one isn't."""
    try:
        return [float(each) for each in values]
    except ValueError:
        return []


def _choice(question: Question, item: Parameter, value: str, used: Used, given: Given) -> Choice:
    """A step to another value of one argument, the others kept."""
    wanted = {**given, item.name: value}
    if value == item.default or (value == used.value and item.name not in given):
        wanted.pop(item.name)
    ordered = {each.name: wanted[each.name] for each in question.parameters if each.name in wanted}
    path = path_of("ask", question.id, **ordered)
    return Choice(value, path, value == used.value, value)
