"""Published results held against ours: computed independently, by their own numbers, or not."""

from __future__ import annotations

import math
from dataclasses import dataclass

from counterpoise.data.dataset import Dataset, folded
from counterpoise.data.records import Figure, Observation, Source
from counterpoise.data.support import original
from counterpoise.errors import BadInput, NotFound
from counterpoise.evidence.formula import FormulaError, evaluate_formula
from counterpoise.evidence.published import Published
from counterpoise.measures.amount import effects
from counterpoise.measures.asking import figure_of
from counterpoise.measures.view import View

CLASSES = ("independent", "arithmetic", "not computable")
"""Computed from independent inputs; arithmetic on the study's own numbers; not computable."""

CLOSE = 0.10
"""A difference up to which a result counts as reproduced."""


@dataclass(frozen=True)
class Reproduction:
    """A published result beside ours.

    `ours` is None where it can't be computed; `why` says what makes the class. `difference` is
    ours over the published value less 1; for a year, the years between them over the years
    from the study's date to the published one. `inputs` are ours, the weightiest first.
    """

    published: Published
    verdict: str
    why: str
    ours: Figure | None
    difference: float
    inputs: tuple[Observation, ...]

    @property
    def close(self) -> bool:
        """Whether ours lies within a tenth of the published value."""
        return self.ours is not None and abs(self.difference) <= CLOSE + 1e-12

    @property
    def inside(self) -> bool:
        """Whether ours lies in the printed range; one end alone is no range."""
        low, high = self.published.low, self.published.high
        if self.ours is None or low is None or high is None:
            return False
        return low <= self.ours.value <= high


def reproduce(row: Published, view: View) -> Reproduction:
    """A published result computed here, and classed by what it rests on."""
    if row.formula is None:
        return Reproduction(row, "not computable", row.missing, None, math.nan, ())
    try:
        found = evaluate_formula(row.formula, view)
    except (NotFound, BadInput, FormulaError) as error:
        why = " ".join(str(error).split())
        return Reproduction(row, "not computable", why, None, math.nan, ())
    if not math.isfinite(found.value):
        why = "the formula gives no number with today's figures"
        return Reproduction(row, "not computable", why, None, math.nan, ())
    weights = effects(found, view.inputs)
    inputs = tuple(
        view.inputs[key] for key in sorted(found.slopes, key=lambda key: -weights.get(key, 0.0))
    )
    own = _own_numbers(row, inputs, view.dataset)
    verdict = "arithmetic" if own else "independent"
    ours = figure_of(
        view, found, f"published/{row.id}", row.unit, (-math.inf, math.inf), row.formula.text
    )
    why = own or f"{len(inputs)} inputs, none of them from the study"
    return Reproduction(row, verdict, why, ours, difference(row, ours.value), inputs)


def difference(row: Published, ours: float) -> float:
    """Ours over the published value, less 1; for years, in relation to the years ahead."""
    if row.unit == "year":
        ahead = max(row.centre - float(row.as_of[:4]), 1.0)
        return (ours - row.centre) / ahead
    return ours / row.centre - 1 if row.centre else math.nan


def _own_numbers(row: Published, inputs: tuple[Observation, ...], dataset: Dataset) -> str:
    """Why a result is arithmetic on the study's own numbers; "" where it isn't."""
    if row.formula is not None and row.formula.printed:
        told = ", ".join(f"{value:g}" for value in row.formula.printed)
        return f"uses what the study prints: {told}"
    if not inputs:
        return "rests on no figure"
    shared = [
        f"{item.address} ({key})"
        for item in inputs
        for key in item.sources
        if same_study(dataset.sources[key], row, dataset)
    ]
    return f"an input rests on the same study: {'; '.join(shared[:3])}" if shared else ""


def same_study(source: Source, row: Published, dataset: Dataset) -> bool:
    """Whether a source is the study itself or a text of those who made it.

    It is where it is the row's source, has its title, or has the same original; a data
    collection of the same publisher is what studies are made from, and counts apart.
    """
    if source.key in row.sources:
        return True
    known = [dataset.sources[key] for key in row.sources if key in dataset.sources]
    if any(folded(source.title) == folded(item.title) for item in known):
        return True
    if source.kind == "dataset" or source.terms == "own":
        return False
    return any(folded(original(source)) == folded(original(item)) for item in known)
