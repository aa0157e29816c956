"""Kinds of argument that measures and questions take: how each is read, and what there is of it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from counterpoise.errors import CounterpoiseError
from counterpoise.measures.view import Place, View
from counterpoise.world import scenario as scenarios
from counterpoise.world.calendar import parse_period

EVERY = "all"

BEHAVIOURS = ("ordered", "alone", "together")


class Refused(ValueError):
    """A text that is no argument of a kind: what was expected, and the nearest ones."""

    def __init__(self, expected: str, near: Sequence[str] = ()):
        self.expected, self.near = expected, tuple(near)
        super().__init__(expected)


@dataclass(frozen=True)
class Kind:
    """A kind of argument.

    `read` turns text into a value or raises Refused; `parts` lists the texts that grouping by
    the argument gives for a value; `told` says in words what may be given.
    """

    name: str
    told: str
    read: Callable[[str, View], Any]
    parts: Callable[[Any, View], list[str]]


@dataclass(frozen=True)
class Areas:
    """One planned area or all of them, by address."""

    addresses: tuple[str, ...]


def near(text: str, known: Sequence[str]) -> list[str]:
    """The known names nearest to a text."""
    folded = {item.casefold(): item for item in known}
    found = difflib.get_close_matches(text.casefold(), list(folded), n=4, cutoff=0.4)
    return [folded[item] for item in found]


def _nothing(value: Any, view: View) -> list[str]:
    return []


def choice(*known: str) -> Kind:
    """One of a few words."""

    def read(text: str, view: View) -> str:
        if text not in known:
            raise Refused(" or ".join(known), near(text, known))
        return text

    return Kind("choice", " or ".join(known), read, lambda value, view: list(known))


def number(low: float, high: float, unit: str) -> Kind:
    """A number in a range, with its unit."""
    told = f"a number from {low:.10g} to {high:.10g} ({unit})"

    def read(text: str, view: View) -> float:
        try:
            value = float(text)
        except ValueError:
            raise Refused(told) from None
        if not low <= value <= high:
            raise Refused(told)
        return value

    return Kind("number", told, read, _nothing)


def year(first: int, last: int) -> Kind:
    """A calendar year in a range."""
    told = f"a year from {first} to {last}"

    def read(text: str, view: View) -> int:
        if not re.fullmatch(r"\d{4}", text) or not first <= int(text) <= last:
            raise Refused(told)
        return int(text)

    def parts(value: int, view: View) -> list[str]:
        return [str(item) for item in range(first, last + 1)]

    return Kind("year", told, read, parts)


def thing(kind: str) -> Kind:
    """A thing of a kind by address, name or alias; its address."""
    told = f"a {kind} by address, name or alias"

    def read(text: str, view: View) -> str:
        dataset = view.dataset
        for name in (text, f"{kind}/{text}", f"{kind}/{text.upper()}"):
            if name in dataset.things and dataset.things[name].kind == kind:
                return name
        names = {dataset.things[item.address].name: item.address for item in dataset.kind(kind)}
        names |= {item.address.split("/", 1)[1]: item.address for item in dataset.kind(kind)}
        try:
            found = dataset.find(text)
        except CounterpoiseError:
            found = ""
        if found in dataset.things and dataset.things[found].kind == kind:
            return found
        raise Refused(told, [names[item] for item in near(text, list(names))])

    def parts(value: Any, view: View) -> list[str]:
        return [item.address.split("/", 1)[1] for item in view.dataset.kind(kind)]

    return Kind(kind, told, read, parts)


def _read_place(text: str, view: View) -> Place:
    told = "a state (POL), a scope (NATO-EUR, EU27), a regional plan or an arrangement of states"
    try:
        return view.place(text)
    except CounterpoiseError:
        dataset = view.dataset
        kinds = ("state", "scope", "regional-plan", "arrangement")
        known = [item.name for kind in kinds for item in dataset.kind(kind)]
        known += [item.address.split("/", 1)[1] for kind in kinds for item in dataset.kind(kind)]
        raise Refused(told, near(text, known)) from None


def _place_parts(value: Place, view: View) -> list[str]:
    return [state.split("/")[1] for state in value.states]


def _read_areas(text: str, view: View) -> Areas:
    planned = [
        item.address for item in view.dataset.kind("area") if item.texts.get("planned") == "y"
    ]
    if text == EVERY:
        return Areas(tuple(planned))
    names = {item.split("/")[1]: item for item in planned}
    names |= {view.dataset.things[item].name.casefold(): item for item in planned}
    found = names.get(text.removeprefix("area/")) or names.get(text.casefold())
    if found is None:
        raise Refused("a planned area, or all", near(text, list(names)))
    return Areas((found,))


def _area_parts(value: Areas, view: View) -> list[str]:
    return [item.split("/")[1] for item in _read_areas(EVERY, view).addresses]


def _read_scenario(text: str, view: View) -> str:
    if not view.files and text not in scenarios.names():
        raise Refused("a scenario's name", near(text, scenarios.names()))
    try:
        scenarios.read_scenario(text, view.dataset)
    except CounterpoiseError:
        raise Refused(
            "a scenario's name or TOML file that `scenario check` passes",
            near(text, scenarios.names()),
        ) from None
    return text


def _read_period(text: str, view: View) -> str:
    try:
        parse_period(text)
    except ValueError:
        raise Refused("a year (2028), quarter (2028-Q1) or month (2028-03)") from None
    return text


PlaceArgument = Annotated[
    Place,
    Kind("place", "a state, scope or arrangement of states", _read_place, _place_parts),
]
AreasArgument = Annotated[Areas, Kind("area", "a planned area, or all", _read_areas, _area_parts)]
BehaviourArgument = Annotated[str, choice(*BEHAVIOURS)]
ScenarioArgument = Annotated[
    str,
    Kind(
        "scenario",
        "a scenario's name or TOML file",
        _read_scenario,
        lambda value, view: scenarios.names(),
    ),
]
PeriodArgument = Annotated[str, Kind("period", "2028, 2028-Q1 or 2028-03", _read_period, _nothing)]
StateArgument = Annotated[str, thing("state")]
SystemArgument = Annotated[str, thing("system")]
LineArgument = Annotated[str, thing("line")]
PastYear = Annotated[int, year(2014, 2026)]
PlanYear = Annotated[int, year(2027, 2035)]
AnyYear = Annotated[int, year(2014, 2035)]
