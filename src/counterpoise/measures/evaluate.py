"""The value of a measure by its name and arguments given as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures import firmness, runs  # noqa: F401 (imported to be registered)
from counterpoise.measures.registry import MEASURES, Tables

__all__ = ["MEASURES", "evaluate", "evaluated_row"]


def evaluate(tables: Tables, name: str, *arguments: str) -> float:
    """The value of a measure for arguments given as text.

    NotFound for an unknown measure, BadInput for the wrong number of arguments, and for texts that
    its tables can't be asked with.
    """
    found = MEASURES.get(name)
    if found is None:
        raise NotFound(name, sorted(MEASURES))
    if len(arguments) != len(found.arguments):
        expected = "/".join(("run/ID", name, *(f"<{item}>" for item in found.arguments)))
        given = "/".join(("run/ID", name, *arguments))
        raise BadInput(
            [Problem("arguments", "address", None, "", given, expected, "give these arguments")]
        )
    try:
        return found.function(tables, *arguments)
    except (ArithmeticError, LookupError, TypeError, ValueError, pl.exceptions.PolarsError):
        told = "/".join(("run/ID", name, *arguments))
        wanted = ", ".join(f"a {item} of the run" for item in found.arguments)
        raise BadInput(
            [Problem("arguments", "address", None, "", told, wanted, "correct the address")]
        ) from None


def evaluated_row(tables: Tables, run: str, name: str, given: Mapping[str, str]) -> dict[str, Any]:
    """A measure of the run named, for arguments by name, as a row.

    NotFound for an unknown measure; BadInput with every argument that is unknown or missing.
    """
    found = MEASURES.get(name)
    if found is None:
        raise NotFound(name, sorted(MEASURES))
    wanted = {item: given.get(item, "") for item in found.arguments}
    problems = [
        Problem("argument", name, None, key, text, ", ".join((*wanted, "run")), "leave it out")
        for key, text in given.items()
        if key not in wanted
    ]
    problems += [
        Problem("missing", name, None, key, "", f"a value for {key}", f"add {key}=…")
        for key, text in wanted.items()
        if not text
    ]
    if problems:
        raise BadInput(problems)
    value = evaluate(tables, name, *wanted.values())
    return {"measure": name, **wanted, "value": value, "unit": found.unit, "run": run}
