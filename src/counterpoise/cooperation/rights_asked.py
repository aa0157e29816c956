"""What the command rights and the API ask: who sells a type, and who gets it."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.data.dataset import Dataset
from counterpoise.errors import Problem
from counterpoise.measures.parameters import Refused, thing
from counterpoise.measures.view import View

TOLD = {"from": "the state that holds or sells it", "to": "the state that gets it"}
"""What may be given beside the type."""


def read_parties(
    dataset: Dataset, given: Mapping[str, str], problems: list[Problem]
) -> tuple[str, str]:
    """Addresses of the states in `from` and `to`, "" for none; faults go to the problems."""
    seller, buyer = (_state(dataset, name, given.get(name, ""), problems) for name in TOLD)
    if seller and seller == buyer:
        expected = f"another state than from={given['from']}"
        remedy = "leave out to= for what its own use and upgrade need"
        problems.append(Problem("state", "to=", None, "", given["to"], expected, remedy))
    return seller, buyer


def _state(dataset: Dataset, name: str, text: str, problems: list[Problem]) -> str:
    """Address of the state that an argument names, "" for none; a fault goes to the problems."""
    if not text:
        return ""
    try:
        return str(thing("state").read(text, View(dataset)))
    except Refused as error:
        near = f" (near: {', '.join(error.near)})" if error.near else ""
        problems.append(
            Problem("state", f"{name}=", None, "", text, error.expected + near, "correct it")
        )
        return ""
