"""Arguments in a query: free names, each once, of a length that a person writes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import Path, Query, Request

from counterpoise.errors import BadInput, Problem

LONGEST = 200
MOST = 20

Name = Annotated[str, Path(max_length=200, description="Its name.")]
Words = Annotated[str, Query(max_length=LONGEST)]


def given(request: Request, reserved: Collection[str] = ()) -> dict[str, str]:
    """The arguments of a request; BadInput for a name given twice, or texts that are too long."""
    problems = []
    found: dict[str, str] = {}
    for name, text in request.query_params.multi_items():
        if name in reserved:
            continue
        if name in found:
            problems.append(Problem("word-twice", name, None, "", text, "each once", "remove one"))
        check_text(name, name, problems)
        check_text(name, text, problems)
        found[name] = text
    if len(found) > MOST:
        expected = f"up to {MOST} arguments"
        problems.append(
            Problem("too-many", "query", None, "", str(len(found)), expected, "leave some out")
        )
    if problems:
        raise BadInput(problems[:MOST])
    return found


def check_text(where: str, text: str, problems: list[Problem]) -> None:
    """A text must be of a length that a person writes, and without control characters."""
    if len(text) > LONGEST:
        expected = f"up to {LONGEST} characters"
        problems.append(Problem("too-long", where, None, "", text, expected, "shorten it"))
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        expected = "letters that can be read"
        problems.append(Problem("letters", where, None, "", text.strip(), expected, "correct it"))


def free(told: str) -> dict[str, Any]:
    """How OpenAPI tells of arguments with free names."""
    return {
        "parameters": [
            {
                "name": "arguments",
                "in": "query",
                "style": "form",
                "explode": True,
                "description": told,
                "schema": {"type": "object", "additionalProperties": {"type": "string"}},
            }
        ]
    }
