"""Faults as the API tells them: a list of problems with a status, never a trace or a path."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from counterpoise.errors import BadInput, CounterpoiseError, NoPlan, NotFound, Problem
from counterpoise.measures.view import NoAnswer
from counterpoise.questions.plans import NeedsPlan

_PATH = re.compile(
    r"(?<![\w/.:])(?:[A-Za-z]:)?[\\/](?!api/)(?:[^\s\\/'\",;]+[\\/])+([^\s\\/'\",;]*)"
)
"""A path from the root of a disk; its last part is the name of the file."""


class ProblemTold(BaseModel):
    """One fault: its code, where it stands, what was given, what was expected, what to do."""

    code: str
    where: str = Field("", description="The argument, sheet or file that is at fault.")
    row: int | None = None
    column: str = ""
    value: str = ""
    expected: str = ""
    remedy: str = ""


class Problems(BaseModel):
    """Everything that is wrong with a request."""

    problems: list[ProblemTold]


class Refusal(Exception):
    """A request that isn't answered: a status, what is wrong, and headers for the reply."""

    def __init__(
        self, status: int, problems: Sequence[Problem], headers: Mapping[str, str] | None = None
    ):
        self.status, self.problems, self.headers = status, tuple(problems), dict(headers or {})
        super().__init__(status)


def refuse(
    status: int, code: str, where: str, value: str, expected: str, remedy: str, **headers: str
) -> Refusal:
    """A refusal for one problem."""
    told = Problem(code, where, None, "", value, expected, remedy)
    return Refusal(status, [told], {name.replace("_", "-"): text for name, text in headers.items()})


def told(problem: Problem) -> ProblemTold:
    """A problem without paths of this machine, and not longer than a reader can use."""
    return ProblemTold(
        code=problem.code,
        where=plain(problem.file).removeprefix("--").removesuffix("="),
        row=problem.row,
        column=plain(problem.column).removeprefix("--"),
        value=plain(problem.value),
        expected=plain(problem.expected, 600),
        remedy=plain(problem.remedy, 600),
    )


def plain(text: str, longest: int = 200) -> str:
    """A text with paths cut to their last part, and cut where it is long."""
    readable = text[: 4 * longest].encode("utf-8", "replace").decode()
    short = _PATH.sub(r"\1", readable)
    return short if len(short) <= longest else short[: longest - 1] + "…"


def reply(status: int, problems: Sequence[Problem], headers: Mapping[str, str]) -> JSONResponse:
    """The reply that tells some problems."""
    content = Problems(problems=[told(item) for item in problems]).model_dump()
    return JSONResponse(content, status, headers=dict(headers))


def refusal_of(error: CounterpoiseError) -> Refusal:
    """What an error of the library is for the person who asked.

    422 for input that can't be used, 404 for what isn't there, 409 for what needs a plan.
    """
    if isinstance(error, BadInput):
        return Refusal(422, error.problems)
    if isinstance(error, NeedsPlan):
        remedy = 'start it: POST /api/jobs with {"kind": "question", "question": …, "arguments": …}'
        return refuse(409, "needs-plan", "question", "", f"a saved plan: {error}", remedy)
    if isinstance(error, NoAnswer):
        return refuse(404, "no-answer", "", error.name, str(error), "ask for another")
    if isinstance(error, NotFound):
        # The error itself names what is near.
        remedy = "name one of these" if error.suggestions else "see the list of what there is"
        return refuse(404, "not-found", "", error.name, str(error), remedy)
    if isinstance(error, NoPlan):
        return refuse(409, "no-plan", "", "", "inputs that a plan can meet", "; ".join(error.clash))
    return refuse(422, "refused", "", "", str(error), "change what is asked")
