"""Formulas of published results: arithmetic over figures and measures, and nothing else."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simpleeval import InvalidExpression, SimpleEval

from counterpoise.errors import CounterpoiseError
from counterpoise.measures.amount import Amount, amount, largest, mean, smallest, total
from counterpoise.measures.asking import value_of
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.view import View

UNITS = frozenset({0, 1, 4, 10, 12, 100, 365, 1000, 1_000_000})
"""Numbers that turn one unit into another; any other number needs a source."""

_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}


class FormulaError(ValueError):
    """A formula that can't be read; the text says what is wrong with it."""


@dataclass(frozen=True)
class Formula:
    """A formula as text, and the measures, figures and marked numbers in it.

    `printed` are numbers that the study prints, `asked` those that the question itself sets.
    """

    text: str
    measures: tuple[str, ...]
    figures: tuple[str, ...]
    printed: tuple[float, ...]
    asked: tuple[float, ...]


def read_formula(text: str) -> Formula:
    """A formula checked before anything is computed.

    It knows + - * / **, measures by name with key=value arguments, figure("address"),
    printed(number) for what the study itself prints, asked(number) for what the statement sets
    (90 days), and largest, smallest, mean and total. Raises FormulaError for anything else, and
    for a bare number that converts no unit.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise FormulaError(f"not a formula: {error.msg}") from None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [(_name(node), _plain_values(node)) for node in calls]
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and not any(isinstance(x, ast.Call) for x in ast.walk(node)):
            raise FormulaError(f"{ast.unparse(node)} is a number without a source")
    for call in calls:
        if _name(call) in _AMOUNTS and all(isinstance(x, ast.Constant) for x in _arguments(call)):
            raise FormulaError(f"{ast.unparse(call)} is a number without a source")
    numbers = {
        id(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value not in UNITS
    }
    for call in calls:
        if _name(call) not in _AMOUNTS:
            numbers -= {id(item) for item in _arguments(call)}
    for node in ast.walk(tree):
        if id(node) in numbers and isinstance(node, ast.Constant):
            given = node.value
            raise FormulaError(f"{given!r} has no source: make it a figure, or printed({given!r})")
    return Formula(
        text,
        tuple(name for name, _ in named if name in ALL),
        tuple(str(values[0]) for name, values in named if name == "figure"),
        tuple(float(values[0]) for name, values in named if name == "printed"),
        tuple(float(values[0]) for name, values in named if name == "asked"),
    )


def _arguments(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(item.value for item in node.keywords)]


def _name(node: ast.Call) -> str:
    """The name of what is called; FormulaError for what a formula doesn't know."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in ALL and name not in _AMOUNTS and name not in _PLAIN:
        known = ", ".join((*_PLAIN, *_AMOUNTS)) + " or a measure"
        raise FormulaError(f"nothing is called {name!r}; use {known}")
    return name


def _plain_values(node: ast.Call) -> list[Any]:
    """The plain values that a call is given; FormulaError where figure or printed has none."""
    name = _name(node)
    values = [item.value for item in _arguments(node) if isinstance(item, ast.Constant)]
    alone = len(values) == len(_arguments(node)) == 1
    if name in _PLAIN and not (alone and isinstance(values[0], _PLAIN[name])):
        raise FormulaError(f"{name} takes one plain value")
    return values


def evaluate_formula(formula: Formula, view: View) -> Amount:
    """The amount that a formula gives.

    Raises NoAnswer or NotFound for a figure that the dataset lacks, BadInput for a
    measure's unfit arguments, FormulaError for arithmetic that can't be done.
    """
    functions: dict[str, Callable[..., Any]] = {
        name: _measure(view, name) for name in formula.measures
    }
    functions |= _AMOUNTS
    functions |= {"figure": view.figure, "printed": amount, "asked": amount}
    try:
        found = SimpleEval(operators=_OPERATORS, functions=functions, names={}).eval(formula.text)
    except CounterpoiseError:
        raise
    except (InvalidExpression, ArithmeticError, TypeError, ValueError) as error:
        raise FormulaError(f"can't be computed: {error}") from None
    return amount(found)


def _measure(view: View, name: str) -> Callable[..., Amount]:
    return lambda **given: value_of(view, name, **{key: str(item) for key, item in given.items()})


_PLAIN: dict[str, tuple[type, ...]] = {
    "figure": (str,),
    "printed": (int, float),
    "asked": (int, float),
}

_AMOUNTS: dict[str, Callable[..., Any]] = {
    "largest": lambda *parts: largest(amount(part) for part in parts),
    "smallest": lambda *parts: smallest(amount(part) for part in parts),
    "mean": lambda *parts: mean([amount(part) for part in parts]),
    "total": lambda *parts: total(amount(part) for part in parts),
}
