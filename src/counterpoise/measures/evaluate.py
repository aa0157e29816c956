"""The value of a measure by its name and arguments given as text."""

from __future__ import annotations

from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures import firmness, runs  # noqa: F401 (imported to be registered)
from counterpoise.measures.registry import MEASURES, Tables

__all__ = ["MEASURES", "evaluate"]


def evaluate(tables: Tables, name: str, *arguments: str) -> float:
    """The value of a measure for arguments given as text.

    NotFound for an unknown measure, BadInput for the wrong number of arguments.
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
    return found.function(tables, *arguments)
