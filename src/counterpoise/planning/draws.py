"""Draws of the inputs that a plan's orders hang on: prices, rates and lead times in their ranges.

One draw gives each such figure of the lines on offer one value. A figure's values follow a
triangle between its low and its high with the peak at its value, in ratios rather than
differences: most ranges are stated as factors, and half and double are then equally far off.
"""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import polars as pl

from counterpoise.data.dataset import Dataset, Key
from counterpoise.data.records import Observation
from counterpoise.planning.values import span

SCHEMA = {"draw": pl.Int64, "address": pl.String, "value": pl.Float64}

_OUTPUT = ("rate", "rate_target")
"""Today's and the announced rate of a line move together: they are one line's output."""


def drawn_figures(dataset: Dataset) -> list[tuple[Observation, ...]]:
    """The figures that a draw moves, by the address of the first; figures of a group together.

    Of each line that may be bought from: its rate with its announced rate, its lead time, and
    the price of its type, once for all lines that make it.
    """
    groups: dict[str, tuple[Observation, ...]] = {}
    for line in dataset.kind("line"):
        if dataset.text(line.address, "buyable") != "y":
            continue
        system = dataset.target(line.address, "makes")
        for subject, quantities in (
            (line.address, _OUTPUT),
            (line.address, ("lead_time",)),
            (system, ("unit_price",)),
        ):
            stated = (dataset.observation(subject, quantity) for quantity in quantities)
            known = tuple(item for item in stated if item is not None and item.value is not None)
            if known:
                groups[known[0].address] = known
    return [groups[address] for address in sorted(groups)]


def triangular(low: float, value: float, high: float, chance: float) -> float:
    """The value below which a triangle between low and high, peak at `value`, has `chance`.

    In ratios where low lies above zero, else in differences.
    """
    if not low < high:
        return value
    if low > 0:
        found = _triangular(log(low), log(value), log(high), chance)
        return min(max(exp(found), low), high)
    return _triangular(low, value, high, chance)


def _triangular(low: float, peak: float, high: float, chance: float) -> float:
    width = high - low
    if chance * width < peak - low:
        return low + sqrt(chance * width * (peak - low))
    return high - sqrt((1 - chance) * width * (high - peak))


def draw(dataset: Dataset, count: int, seed: int) -> pl.DataFrame:
    """One row a draw and figure: the value drawn. Draws are numbered from 1.

    The first draws of a seed are the same whatever their number, so that more may be added.
    """
    groups = drawn_figures(dataset)
    rows = []
    for number in range(1, count + 1):
        chances = np.random.default_rng([seed, number]).random(len(groups))
        for group, chance in zip(groups, chances, strict=True):
            for item in group:
                rows.append((number, item.address, triangular(*span(item), float(chance))))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def drawn_values(dataset: Dataset, draws: pl.DataFrame, number: int) -> dict[Key, float]:
    """The values of one draw by figure, for `with_values`; none of a number that isn't there."""
    mine = draws.filter(pl.col("draw") == number).select("address", "value")
    return {dataset.key(address): value for address, value in mine.iter_rows()}
