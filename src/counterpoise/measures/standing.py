"""The registry of standing measures, and how they are asked for by name and text."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_type_hints

from counterpoise.errors import BadInput, Problem
from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import Kind, Refused, near
from counterpoise.measures.view import View

Given = Mapping[str, str]
"""Arguments as text, by name."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """An argument of a measure or question: its kind, and its default as text ("" for none)."""

    name: str
    kind: Kind
    default: str


@dataclass(frozen=True)
class StandingMeasure:
    """A measure of a view: what it is, where its formula comes from, what it takes."""

    name: str
    unit: str
    group: str
    definition: str
    formula_source: str
    bounds: tuple[float, float]
    parameters: tuple[Parameter, ...]
    function: Callable[..., Amount]


STANDING: dict[str, StandingMeasure] = {}


def parameters_of(function: Callable[..., Any], skip: int = 1) -> tuple[Parameter, ...]:
    """The parameters after the first `skip`; each annotation carries a Kind.

    Defaults must be text, or numbers that print as such.
    """
    hints = get_type_hints(function, include_extras=True)
    found = []
    for item in list(inspect.signature(function).parameters.values())[skip:]:
        kind = next(mark for mark in hints[item.name].__metadata__ if isinstance(mark, Kind))
        default = "" if item.default is inspect.Parameter.empty else str(item.default)
        found.append(Parameter(item.name, kind, default))
    return tuple(found)


def standing(
    unit: str,
    group: str,
    formula: str,
    bounds: tuple[float, float] = (0.0, float("inf")),
    defaults: Given = MappingProxyType({}),
) -> Callable[[Callable[..., Amount]], Callable[..., Amount]]:
    """Register a function as a standing measure; its name and docstring are the measure's.

    `formula` is the source of the formula, `bounds` what a value can't leave, `defaults` the
    arguments' defaults as text.
    """

    def register(function: Callable[..., Amount]) -> Callable[..., Amount]:
        name = function.__name__
        parameters = tuple(
            Parameter(item.name, item.kind, defaults.get(item.name, item.default))
            for item in parameters_of(function)
        )
        definition = inspect.cleandoc(function.__doc__ or "")
        STANDING[name] = StandingMeasure(
            name, unit, group, definition, formula, bounds, parameters, function
        )
        return function

    return register


def read_arguments(
    what: str, parameters: Iterable[Parameter], given: Given, view: View
) -> dict[str, Any]:
    """The arguments of a measure or question from text.

    BadInput with every unknown, missing and unfit argument, what was expected and near misses.
    """
    known = {item.name: item for item in parameters}
    problems = []
    for name, text in given.items():
        if name not in known:
            told = ", ".join(known) or "no arguments"
            close = near(name, list(known))
            remedy = f"did you mean {' or '.join(close)}?" if close else "leave it out"
            problems.append(Problem("argument", what, None, name, text, f"one of {told}", remedy))
    values = {}
    for name, item in known.items():
        text = given.get(name, item.default)
        if not text:
            problems.append(
                Problem("missing", what, None, name, "", item.kind.told, f"add {name}=…")
            )
            continue
        try:
            values[name] = item.kind.read(text, view)
        except Refused as refused:
            remedy = (
                f"did you mean {', '.join(refused.near)}?" if refused.near else f"change {name}=…"
            )
            problems.append(Problem("argument", what, None, name, text, refused.expected, remedy))
    span = values.get("first"), values.get("last")
    if isinstance(span[0], int) and isinstance(span[1], int) and span[0] > span[1]:
        expected, remedy = f"a year up to last={span[1]}", "put the earlier year first"
        problems.append(Problem("argument", what, None, "first", str(span[0]), expected, remedy))
    if problems:
        raise BadInput(problems)
    return values
