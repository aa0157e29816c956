"""Routes to questions and measures."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from counterpoise.errors import BadInput
from counterpoise.measures.asking import find_measure, measure_rows
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.standing import Parameter
from counterpoise.publish.answer_text import as_json
from counterpoise.questions.ask import find_question
from counterpoise.questions.question import Question
from counterpoise.serve.given import Name, free, given
from counterpoise.serve.problems import Refusal, refusal_of
from counterpoise.serve.rows import Rows, page
from counterpoise.serve.service import Service

By = Annotated[str, Query(max_length=200, description="Arguments to group by, with commas.")]


class ParameterTold(BaseModel):
    """What a question or measure takes."""

    name: str
    told: str
    default: str


class QuestionTold(BaseModel):
    """A question; `missing` says what it lacks where it can't be answered yet."""

    id: str
    question: str
    kind: str
    parameters: list[ParameterTold]
    limits: list[str]
    missing: str


class MeasureTold(BaseModel):
    """A measure of the dataset, its worlds and plans."""

    measure: str
    group: str
    unit: str
    definition: str
    formula_source: str
    parameters: list[ParameterTold]


class AnswerTold(BaseModel):
    """An answer with its reasons, sources and limits."""

    id: str
    question: str
    address: str
    sentence: str
    document: str
    raised_by: str
    grade: str
    source_grades: str
    assumed_share: float
    release: str
    parameters: list[dict[str, Any]]
    table: list[dict[str, Any]]
    chart: dict[str, Any] | None
    reasons: list[str]
    flips: list[dict[str, Any]]
    not_included: list[str]
    sources: list[dict[str, Any]]
    rests_on: list[dict[str, Any]]


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["questions and measures"])
    dataset = service.dataset

    @routes.get("/questions")
    async def all_questions() -> list[QuestionTold]:
        """All questions with what they take."""
        return [_question(item) for item in service.catalogue.questions.values()]

    @routes.get("/questions/{ident}")
    async def one_question(ident: Name) -> QuestionTold:
        """One question."""
        return _question(_found(service, ident))

    @routes.get(
        "/questions/{ident}/answer",
        response_model=AnswerTold,
        openapi_extra=free("The question's arguments by name, as withdrawal=2029."),
    )
    async def answer(ident: Name, request: Request) -> Response:
        """The answer for arguments; 409 `needs-plan` where no saved run holds what it needs."""
        question = _found(service, ident)
        arguments = given(request)
        content = await service.do(
            lambda: answer_json(service, question, arguments), f"answer {request.url}"
        )
        return Response(content, media_type="application/json")

    @routes.get("/measures")
    async def all_measures() -> list[MeasureTold]:
        """All measures with what they take; those of runs stand with the runs."""
        return [
            MeasureTold(
                measure=item.name,
                group=item.group,
                unit=item.unit,
                definition=item.definition,
                formula_source=item.formula_source,
                parameters=_parameters(item.parameters),
            )
            for item in ALL.values()
        ]

    @routes.get(
        "/measures/{name}",
        openapi_extra=free("The measure's arguments by name, as place=POL; a list as POL,DEU."),
    )
    async def measure(name: Name, request: Request, by: By = "") -> Rows:
        """A measure for arguments, a row for each of their combinations."""
        find_measure(name)
        arguments = given(request, ("by",))
        groups = [part.strip() for part in by.split(",") if part.strip()]

        def rows() -> list[dict[str, Any]]:
            return measure_rows(service.view(), name, arguments, groups, service.limits.measured)

        return page(await service.do(rows), dataset.id, name)

    return routes


def answer_json(service: Service, question: Question, arguments: dict[str, str]) -> bytes:
    """An answer as JSON, as `ask … --format json` writes it; kept for who asks the same."""
    key = json.dumps(["answer", question.id, sorted(arguments.items())])
    kept = service.cache.get(key)
    if kept is None:
        kept = as_json(service.site.answer(question, arguments)).encode()
        service.cache.put(key, kept)
    return kept


def _found(service: Service, ident: str) -> Question:
    try:
        return find_question(service.catalogue, ident)
    except BadInput as error:
        raise Refusal(404, refusal_of(error).problems) from None


def _question(item: Question) -> QuestionTold:
    return QuestionTold(
        id=item.id,
        question=item.text,
        kind=item.kind,
        parameters=_parameters(item.parameters),
        limits=list(item.limits),
        missing=item.missing,
    )


def _parameters(found: tuple[Parameter, ...]) -> list[ParameterTold]:
    return [
        ParameterTold(name=item.name, told=item.kind.told, default=item.default) for item in found
    ]
