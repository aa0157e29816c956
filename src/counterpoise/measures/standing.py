"""The registry of standing measures, and how they are asked for by name and text."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_type_hints

from counterpoise.data.records import Figure
from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures.amount import Amount, assumed_share, span, weakest_basis
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
    if problems:
        raise BadInput(problems)
    return values


def find_measure(name: str, more: Iterable[str] = ()) -> StandingMeasure:
    """A standing measure by name; NotFound with near ones (and `more` names)."""
    found = STANDING.get(name)
    if found is None:
        names = [*STANDING, *more]
        raise NotFound(name, near(name, names) or sorted(names)[:5])
    return found


def value_of(view: View, name: str, **given: str) -> Amount:
    """The amount of a measure for arguments given as text."""
    found = find_measure(name)
    return found.function(view, **read_arguments(name, found.parameters, given, view))


def figure_of(
    view: View,
    item: Amount,
    address: str,
    unit: str,
    bounds: tuple[float, float] = (0.0, float("inf")),
    measure: str = "",
) -> Figure:
    """An amount as a figure with range, basis and assumed share; the range stays in bounds."""
    low, high = span(item, view.inputs)
    return Figure(
        address,
        min(max(low, bounds[0]), item.value),
        item.value,
        max(min(high, bounds[1]), item.value),
        unit,
        weakest_basis(item, view.inputs),
        assumed_share(item, view.inputs),
        measure,
        tuple(item.slopes),
    )


def split(text: str) -> list[str]:
    """The values of an argument: one, several parted by commas, or years as 2027..2030."""
    found = re.fullmatch(r"(\d{4})\.\.(\d{4})", text)
    if found:
        return [str(item) for item in range(int(found[1]), int(found[2]) + 1)]
    return [part.strip() for part in text.split(",")] if "," in text else [text]


def measure_rows(view: View, name: str, given: Given, by: Iterable[str] = ()) -> list[Row]:
    """A measure's tidy table: a row for each combination of the arguments' values.

    `by` names arguments to group by: each takes every value that lies in the given one. Rows
    of a group whose figures aren't known are left out, unless none is left.
    """
    found = find_measure(name)
    defaults = {item.name: item.default for item in found.parameters}
    kinds = {item.name: item.kind for item in found.parameters}
    lists = {key: split(text) for key, text in ({**defaults, **given}).items()}
    groups = tuple(by)
    unknown = [item for item in groups if item not in kinds]
    if unknown:
        expected = ", ".join(kinds) or "nothing: it takes no arguments"
        raise BadInput(
            [
                Problem("by", name, None, "--by", item, expected, "group by an argument")
                for item in unknown
            ]
        )
    first = {key: texts[0] for key, texts in lists.items()}
    for item in groups:
        first[item] = first[item] or defaults[item] or _any_value(kinds[item], view)
    values = read_arguments(name, found.parameters, first, view)
    for item in groups:
        if item not in given or len(lists[item]) == 1:
            lists[item] = kinds[item].parts(values[item], view) or lists[item]
    rows = []
    gone: NotFound | None = None
    for texts in itertools.product(*lists.values()):
        each = dict(zip(lists, texts, strict=True))
        arguments = read_arguments(name, found.parameters, each, view)
        try:
            rows.append(_row(view, found, each, found.function(view, **arguments)))
        except NotFound as error:
            if not groups:
                raise
            gone = error
    if not rows and gone is not None:
        raise gone
    return rows


def _any_value(kind: Kind, view: View) -> str:
    return (kind.parts(None, view) or [""])[0] if kind.name != "place" else "NATO-EUR"


def _row(view: View, found: StandingMeasure, each: Given, item: Amount) -> Row:
    address = "/".join(("measure", found.name, *each.values()))
    figure = figure_of(view, item, address, found.unit, found.bounds, found.name)
    sources = {key for ident in item.slopes for key in view.inputs[ident].sources}
    return {
        "measure": found.name,
        **each,
        "low": figure.low,
        "value": figure.value,
        "high": figure.high,
        "unit": figure.unit,
        "basis": figure.basis,
        "assumed_share": figure.assumed_share,
        "inputs": len(item.slopes),
        "not_counted": "; ".join(sorted(part.split("/")[-1] for part in item.missing)),
        "sources": "; ".join(sorted(sources)),
    }
