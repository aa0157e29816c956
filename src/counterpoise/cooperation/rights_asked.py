"""What is asked of rights, read from text: an item, who sells it, and who gets it."""

from __future__ import annotations

from collections.abc import Iterable

from counterpoise.cooperation.rights import Rights, rights
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import Refused, thing
from counterpoise.measures.view import View

TOLD = {"from": "the state that holds or sells it", "to": "the state that gets it"}
"""What may be given beside the item."""


def read_rights(
    dataset: Dataset, item: str, given: dict[str, str], problems: Iterable[Problem] = ()
) -> Rights:
    """The rights over an item between the states that `given` names under `from` and `to`.

    BadInput with all that is wrong, after the `problems` found before; NotFound for an item that
    is neither a type nor named by a case.
    """
    found = list(problems)
    seller, buyer = (_state(dataset, name, given.get(name, ""), found) for name in TOLD)
    if seller and seller == buyer:
        expected = f"another state than from={given['from']}"
        remedy = "leave out to= for what its own use and upgrade need"
        found.append(Problem("state", "to=", None, "", given["to"], expected, remedy))
    if found:
        raise BadInput(found)
    return rights(dataset, item, seller, buyer)


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
