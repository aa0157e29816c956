"""Checks of the rows of questions and of worksheets' parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from counterpoise.data.schema import BASES
from counterpoise.data.sheets import Row, parse_number, split_list
from counterpoise.errors import Problem
from counterpoise.measures.parameters import near
from counterpoise.questions.question import KINDS
from counterpoise.questions.registry import COMPUTED, WORKSHEETS, parameter_names

FILLED = {
    "computed": ("function", "limits"),
    "worksheet": ("function", "slider", "limits", "sentence", "units"),
    "registered": ("missing",),
}
"""Cells that a row of a kind must fill, beside those that every row must."""

_ONLY_SOME = ("function", "slider", "missing", "sentence", "units")

_LEAST_RANGE = 2.0
"""An assumed slider must span at least this factor."""


@dataclass(frozen=True)
class Slider:
    """A worksheet's parameter: a number in a range, by default `value`.

    `value` is a number, or the addresses of figures and measures joined by " + ".
    """

    question: str
    name: str
    told: str
    low: float
    value: str
    high: float
    unit: str
    basis: str
    sources: tuple[str, ...]
    reason: str


def tell(problems: list[Problem], row: Row, column: str, expected: str, remedy: str) -> None:
    """Add a problem of a row's cell."""
    problems.append(
        Problem("question", row.file, row.number, column, row.get(column), expected, remedy)
    )


def _filled(row: Row, columns: Sequence[str], problems: list[Problem]) -> None:
    for column in columns:
        if not row.get(column):
            tell(problems, row, column, "a filled cell", "fill it")


def read_slider(row: Row, problems: list[Problem]) -> Slider | None:
    """A row's parameter; None where something is wrong with it, which goes to the problems."""
    before = len(problems)
    _filled(row, ("question", "name", "told", "value", "unit"), problems)
    low, high = parse_number(row.get("low")), parse_number(row.get("high"))
    value = parse_number(row.get("value"))
    if low is None or high is None or low >= high:
        tell(problems, row, "low", "two numbers, low below high", "correct the range")
    elif value is not None and not low <= value <= high:
        tell(problems, row, "value", f"a number from {low:g} to {high:g}", "correct it")
    if value is not None:
        _check_stated(row, problems)
    elif "/" not in row.get("value") or row.get("source") or row.get("basis"):
        expected = "a number with basis and source, or the address of a figure without these"
        tell(problems, row, "value", expected, "correct the row")
    if len(problems) > before or low is None or high is None:
        return None
    return Slider(
        row.get("question"),
        row.get("name"),
        row.get("told"),
        low,
        row.get("value"),
        high,
        row.get("unit"),
        row.get("basis"),
        tuple(split_list(row.get("source"))),
        row.get("reason"),
    )


def _check_stated(row: Row, problems: list[Problem]) -> None:
    """A number needs basis and source; an assumed one a reason and a wide range."""
    if row.get("basis") not in BASES:
        tell(problems, row, "basis", " or ".join(BASES), "say how the number came about")
    _filled(row, ("source",), problems)
    if row.get("basis") == "assumed":
        _filled(row, ("reason",), problems)
        low, high = parse_number(row.get("low")) or 0.0, parse_number(row.get("high")) or 0.0
        if 0 < high < _LEAST_RANGE * low:
            tell(problems, row, "high", "a range of a factor of two or more", "widen it")


def check_question(row: Row, sliders: Sequence[Slider], problems: list[Problem]) -> None:
    """Whether a row is complete for its kind, and its function exists."""
    _filled(row, ("id", "question", "keywords"), problems)
    kind = row.get("kind")
    if kind not in KINDS:
        tell(problems, row, "kind", " or ".join(KINDS), "choose one")
        return
    _filled(row, FILLED[kind], problems)
    for column in _ONLY_SOME:
        if column not in FILLED[kind] and row.get(column):
            tell(problems, row, column, f"nothing for a {kind} question", "empty it")
    if bool(row.get("threshold")) != bool(row.get("turning")):
        tell(problems, row, "turning", "a threshold with what holds from there on", "fill both")
    if row.get("threshold") and parse_number(row.get("threshold")) is None:
        tell(problems, row, "threshold", "a number", "correct it")
    if any("=" not in item for item in split_list(row.get("units"))):
        tell(problems, row, "units", "result=unit; …", "correct it")
    if kind == "computed":
        _function(row, COMPUTED, problems)
    elif kind == "worksheet" and _function(row, WORKSHEETS, problems):
        _check_worksheet(row, WORKSHEETS[row.get("function")], sliders, problems)


def _function(row: Row, functions: dict[str, Callable[..., Any]], problems: list[Problem]) -> bool:
    """Whether a row's function exists."""
    name = row.get("function")
    if name in functions or not name:
        return bool(name)
    close = near(name, list(functions))
    remedy = f"did you mean {' or '.join(close)}?" if close else "write the function"
    tell(problems, row, "function", f"the function of a {row.get('kind')} question", remedy)
    return False


def _check_worksheet(
    row: Row, formula: Callable[..., Any], sliders: Sequence[Slider], problems: list[Problem]
) -> None:
    """A worksheet's formula has a row for each of its arguments, and a docstring."""
    wanted, found = parameter_names(formula), [item.name for item in sliders]
    if sorted(wanted) != sorted(found):
        problems.append(
            Problem(
                "parameters",
                "parameters.csv",
                None,
                row.get("id"),
                ", ".join(found),
                "a row for each of " + ", ".join(wanted),
                "add or remove rows",
            )
        )
    if row.get("slider") not in found:
        tell(problems, row, "slider", " or ".join(found), "name a parameter")
    if not inspect.getdoc(formula):
        tell(problems, row, "function", "a docstring that tells the formula", "write it")
