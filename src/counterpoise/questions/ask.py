"""Asking a question: arguments in, answer out."""

from __future__ import annotations

import re

from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures.parameters import near
from counterpoise.measures.standing import Given, read_arguments
from counterpoise.measures.view import View
from counterpoise.questions.question import Answer, Context, Question, Reply, Used
from counterpoise.questions.registry import COMPUTED
from counterpoise.questions.reply import cited, grades, heaviest, mean_assumed_share, not_counted
from counterpoise.questions.table import Catalogue
from counterpoise.questions.worksheet_reply import worksheet_reply

GRADES = {"computed": "computed", "worksheet": "worksheet, illustrative"}


def ask(view: View, context: Context, catalogue: Catalogue, ident: str, given: Given) -> Answer:
    """The answer to a question for arguments given as text.

    NotFound for a registered question, with what it lacks; BadInput with all problems for an
    unknown id (with near ones) or unfit arguments.
    """
    question = find_question(catalogue, ident)
    if question.kind == "registered":
        raise NotAnswered(question)
    if question.kind == "worksheet":
        found = worksheet_reply(question, catalogue.sliders[question.id], view, given)
    else:
        arguments = read_arguments(question.id, question.parameters, given, view)
        found = COMPUTED[question.function](view, context, **arguments)
    return _answer(view, question, found, given, tuple(context.notes))


def check_arguments(view: View, catalogue: Catalogue, question: Question, given: Given) -> None:
    """NotFound for a registered question; BadInput with all that is wrong with its arguments."""
    if question.kind == "registered":
        raise NotAnswered(question)
    if question.kind == "worksheet":
        worksheet_reply(question, catalogue.sliders[question.id], view, given)
    else:
        read_arguments(question.id, question.parameters, given, view)


class NotAnswered(NotFound):
    """A question that is registered, and can't be answered for want of a piece."""

    def __init__(self, question: Question):
        super().__init__(question.id)
        self.question = question
        self.args = (f"{question.id} can't be answered yet: {question.missing}",)


def find_question(catalogue: Catalogue, ident: str) -> Question:
    """A question by its id; BadInput with near ids."""
    found = catalogue.questions.get(ident.casefold())
    if found is None:
        close = (
            near(re.sub(r"^q(\d)$", r"q0\1", ident), list(catalogue.questions))
            or list(catalogue.questions)[:4]
        )
        problem = Problem(
            "question",
            "ask",
            None,
            "",
            ident,
            "the id of a question",
            f"did you mean {', '.join(close)}? `ask` lists all",
        )
        raise BadInput([problem])
    return found


def _answer(
    view: View, question: Question, found: Reply, given: Given, notes: tuple[str, ...]
) -> Answer:
    known = view.inputs if found.inputs is None else found.inputs
    sources = cited(view, found.amounts, known, found.cites)
    weighed = found.amounts if found.headline is None else (found.headline,)
    used = found.used or tuple(
        Used(item.name, given.get(item.name, item.default), item.kind.told, item.name in given)
        for item in question.parameters
    )
    return Answer(
        question=question,
        parameters=used,
        sentence=found.sentence,
        table=found.table,
        # Where nothing is left to draw there is no drawing, as when America leaves too late.
        chart=found.chart if found.table or (found.chart and found.chart.rows) else None,
        reasons=(*found.reasons, *notes),
        flips=found.flips,
        not_included=(*question.limits, *found.not_included, *not_counted(found.amounts)),
        sources=sources,
        raised_by=_title(view, question.document),
        rests_on=heaviest(view, weighed, known),
        grade=GRADES[question.kind],
        source_grades=grades(sources),
        assumed_share=mean_assumed_share(weighed, known),
        release=view.dataset.id,
    )


def _title(view: View, key: str) -> str:
    """A source's title and publisher; its key where the dataset doesn't hold it."""
    found = view.dataset.sources.get(key)
    return f"{found.title}, {found.publisher}" if found is not None else key
