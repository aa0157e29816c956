"""One registry of rows and columns: each has a label, a unit and a reason; arrays underneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from counterpoise.world.calendar import Floats

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Family:
    """A block of rows or columns of one kind, contiguous in the problem.

    `keys` gives, for each member, the position of its labels in `axes` (one array an axis).
    """

    name: str
    unit: str
    reason: str
    start: int
    size: int
    axes: tuple[tuple[str, tuple[str, ...]], ...]
    keys: tuple[Ints, ...]

    def label(self, position: int) -> str:
        """The name of a member: family and labels, as in rate[line/pac-3-mse-usa,2029]."""
        parts = [names[key[position]] for (_, names), key in zip(self.axes, self.keys, strict=True)]
        return f"{self.name}[{','.join(parts)}]"


@dataclass(frozen=True)
class LinearProblem:
    """min cost·x with row_low <= A x <= row_high and low <= x <= high, with names throughout."""

    cost: Floats
    low: Floats
    high: Floats
    row_low: Floats
    row_high: Floats
    matrix: sp.csc_matrix
    columns: tuple[Family, ...]
    rows: tuple[Family, ...]

    def column(self, name: str) -> Family:
        """The family of columns of a name."""
        return next(family for family in self.columns if family.name == name)

    def row(self, name: str) -> Family:
        """The family of rows of a name."""
        return next(family for family in self.rows if family.name == name)

    def row_label(self, index: int) -> str:
        """The name of one row."""
        family = next(f for f in self.rows if f.start <= index < f.start + f.size)
        return family.label(index - family.start)

    def column_label(self, index: int) -> str:
        """The name of one column."""
        family = next(f for f in self.columns if f.start <= index < f.start + f.size)
        return family.label(index - family.start)


class Registry:
    """Collects families of columns and rows and their entries; `problem` puts them together."""

    def __init__(self) -> None:
        self._columns: list[Family] = []
        self._rows: list[Family] = []
        self._column_data: list[tuple[Floats, Floats]] = []
        self._row_data: list[tuple[Floats, Floats]] = []
        self._entries: list[tuple[Ints, Ints, Floats]] = []
        self._cost: Floats = np.zeros(0)

    @classmethod
    def of(cls, problem: LinearProblem) -> Registry:
        """A registry that holds a problem already, to which more is added."""
        found = cls()
        found._columns, found._rows = list(problem.columns), list(problem.rows)
        found._column_data = [(problem.low, problem.high)]
        found._row_data = [(problem.row_low, problem.row_high)]
        entries = problem.matrix.tocoo()
        found._entries = [(entries.row, entries.col, entries.data)]
        found._cost = problem.cost
        return found

    def columns(
        self,
        name: str,
        unit: str,
        reason: str,
        axes: Sequence[tuple[str, Sequence[str]]],
        keys: Sequence[Ints],
        low: Floats | float = 0.0,
        high: Floats | float = np.inf,
    ) -> Family:
        """Add a block of columns; returns it with its place."""
        start = sum(family.size for family in self._columns)
        family = _family(name, unit, reason, start, axes, keys)
        self._columns.append(family)
        self._column_data.append((_full(low, family.size), _full(high, family.size)))
        return family

    def rows(
        self,
        name: str,
        unit: str,
        reason: str,
        axes: Sequence[tuple[str, Sequence[str]]],
        keys: Sequence[Ints],
        low: Floats | float = -np.inf,
        high: Floats | float = np.inf,
    ) -> Family:
        """Add a block of rows; returns it with its place."""
        start = sum(family.size for family in self._rows)
        family = _family(name, unit, reason, start, axes, keys)
        self._rows.append(family)
        self._row_data.append((_full(low, family.size), _full(high, family.size)))
        return family

    def entries(
        self, rows: Family, at: Ints, columns: Family, of: Ints, values: Floats | float
    ) -> None:
        """Add coefficients: member `at` of `rows` takes `values` of member `of` of `columns`."""
        amount = _full(values, len(at))
        self._entries.append((at + rows.start, of + columns.start, amount))

    def problem(self, costs: Sequence[tuple[Family, Floats]]) -> LinearProblem:
        """The problem with an objective; entries that meet in one place are added."""
        width = sum(family.size for family in self._columns)
        height = sum(family.size for family in self._rows)
        cost = np.zeros(width)
        cost[: len(self._cost)] = self._cost
        for family, values in costs:
            cost[family.start : family.start + family.size] += values
        at = np.concatenate([entry[0] for entry in self._entries])
        of = np.concatenate([entry[1] for entry in self._entries])
        values = np.concatenate([entry[2] for entry in self._entries])
        matrix = sp.csc_matrix((values, (at, of)), shape=(height, width))
        matrix.sum_duplicates()
        return LinearProblem(
            cost=cost,
            low=np.concatenate([data[0] for data in self._column_data]),
            high=np.concatenate([data[1] for data in self._column_data]),
            row_low=np.concatenate([data[0] for data in self._row_data]),
            row_high=np.concatenate([data[1] for data in self._row_data]),
            matrix=matrix,
            columns=tuple(self._columns),
            rows=tuple(self._rows),
        )


def _family(
    name: str,
    unit: str,
    reason: str,
    start: int,
    axes: Sequence[tuple[str, Sequence[str]]],
    keys: Sequence[Ints],
) -> Family:
    sizes = {len(key) for key in keys}
    if len(sizes) != 1 or len(axes) != len(keys):
        raise ValueError(f"{name}: keys of different lengths {sizes} or axes without keys")
    named = tuple((axis, tuple(labels)) for axis, labels in axes)
    return Family(name, unit, reason, start, sizes.pop(), named, tuple(keys))


def _full(value: Floats | float, size: int) -> Floats:
    if isinstance(value, np.ndarray):
        if value.shape != (size,):
            raise ValueError(f"expected {size} values, got shape {value.shape}")
        return value.astype(np.float64)
    return np.full(size, float(value))
