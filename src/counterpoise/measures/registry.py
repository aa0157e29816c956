"""Measures: typed functions of a run's tables with a declared name, unit and arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

Tables = Callable[[str], pl.DataFrame]


@dataclass(frozen=True)
class Measure:
    """A measure: its function takes the tables of a run and the arguments named here, as text."""

    name: str
    unit: str
    definition: str
    arguments: tuple[str, ...]
    function: Callable[..., float]


MEASURES: dict[str, Measure] = {}

PRINTED = ("whole", "together", "alone", "ordered")
"""Behaviours whose calendar of orders is printed: the first of them that a run has."""


def printed(behaviours: Sequence[str]) -> str:
    """The behaviour whose orders are printed, of those in a run's summary."""
    return next(name for name in PRINTED if name in behaviours)


def measure(name: str, unit: str) -> Callable[[Callable[..., float]], Callable[..., float]]:
    """Register a function as a measure; its docstring is the definition."""

    def register(function: Callable[..., float]) -> Callable[..., float]:
        arguments = tuple(inspect.signature(function).parameters)[1:]
        definition = inspect.cleandoc(function.__doc__ or "")
        MEASURES[name] = Measure(name, unit, definition, arguments, function)
        return function

    return register
