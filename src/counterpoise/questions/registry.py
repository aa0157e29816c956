"""The registry of the functions that answer questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from counterpoise.measures.amount import Amount
from counterpoise.measures.standing import Parameter, parameters_of
from counterpoise.questions.question import Reply

Computed = Callable[..., Reply]
Formula = Callable[..., "Amount | dict[str, Amount]"]

COMPUTED: dict[str, Computed] = {}
"""Functions of computed questions by name: `(view, context, **typed arguments) -> Reply`."""

PARAMETERS: dict[str, tuple[Parameter, ...]] = {}
"""What the functions of computed questions take, with defaults as text."""

WORKSHEETS: dict[str, Formula] = {}
"""Functions of worksheets by name: `(**amounts)` or `(view, **amounts)`."""


def computed(**defaults: str) -> Callable[[Computed], Computed]:
    """Register a function that answers a question; its arguments' defaults are given as text."""

    def register(function: Computed) -> Computed:
        name = function.__name__
        COMPUTED[name] = function
        PARAMETERS[name] = tuple(
            replace(item, default=defaults.get(item.name, item.default))
            for item in parameters_of(function, skip=2)
        )
        return function

    return register


def worksheet(function: Formula) -> Formula:
    """Register a worksheet's formula; its docstring tells the formula."""
    WORKSHEETS[function.__name__] = function
    return function


def takes_view(function: Callable[..., Any]) -> bool:
    """Whether a worksheet's formula reads figures of its own from a view."""
    return _names(function)[:1] == ("view",)


def parameter_names(formula: Callable[..., Any]) -> tuple[str, ...]:
    """Names of a worksheet's parameters."""
    return _names(formula)[1:] if takes_view(formula) else _names(formula)


def _names(function: Callable[..., Any]) -> tuple[str, ...]:
    code = function.__code__
    return code.co_varnames[: code.co_argcount]
