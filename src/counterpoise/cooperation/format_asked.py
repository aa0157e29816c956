"""What is asked of formats, read from text: a definition, and states that are left out."""

from __future__ import annotations

from collections.abc import Iterable

from counterpoise.cooperation.cells import Definition, read_definitions
from counterpoise.cooperation.told import Told, tell
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, CounterpoiseError, Problem
from counterpoise.measures.parameters import near

MAIN = "main"
"""The definition that counts where none is named."""


def read_formats_asked(
    dataset: Dataset,
    definition: str = MAIN,
    without: Iterable[str] = (),
    problems: Iterable[Problem] = (),
) -> Told:
    """The network under a definition less some states, each text with commas between names.

    BadInput with all that is wrong, after the `problems` found before.
    """
    found = list(problems)
    rule = _definition(dataset, definition, found)
    gone = _states(dataset, without, found)
    if found or rule is None:
        raise BadInput(found)
    return tell(dataset, rule, gone)


def _definition(dataset: Dataset, name: str, problems: list[Problem]) -> Definition | None:
    known = read_definitions(dataset)
    if name not in known:
        close = ", ".join(near(name, list(known)) or list(known))
        problems.append(Problem("definition", "--definition", None, "", name, close, "choose one"))
    return known.get(name)


def _states(dataset: Dataset, names: Iterable[str], problems: list[Problem]) -> list[str]:
    found = []
    for name in (each.strip() for text in names for each in text.split(",")):
        try:
            address = dataset.find(name)
        except CounterpoiseError:
            address = ""
        if address and dataset.things[address].kind == "state":
            found.append(address)
            continue
        states = [item.address.split("/", 1)[1] for item in dataset.kind("state")]
        states += [item.name for item in dataset.kind("state")]
        close = ", ".join(near(name, states)) or "a state by code or name"
        problems.append(Problem("state", "--without", None, "", name, close, "correct it"))
    return found
