"""Problems and solutions as plain arrays, for the folder of a run, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from counterpoise.planning.registry import Family, LinearProblem
from counterpoise.planning.solver import Solution

Arrays = dict[str, npt.NDArray[Any]]


def stage_arrays(problem: LinearProblem, solution: Solution) -> Arrays:
    """All arrays of a stage, with the families that name its rows and columns."""
    arrays: Arrays = {
        "cost": problem.cost,
        "low": problem.low,
        "high": problem.high,
        "row_low": problem.row_low,
        "row_high": problem.row_high,
        "indptr": problem.matrix.indptr,
        "indices": problem.matrix.indices,
        "data": problem.matrix.data,
        "column": solution.column,
        "row": solution.row,
        "column_dual": solution.column_dual,
        "row_dual": solution.row_dual,
        "objective": np.array([solution.objective]),
    }
    for side, families in (("columns", problem.columns), ("rows", problem.rows)):
        arrays[side] = np.array([family.name for family in families], dtype=np.str_)
        for family in families:
            stem = f"{side}:{family.name}"
            arrays[f"{stem}:place"] = np.array([family.start, family.size])
            arrays[f"{stem}:meaning"] = np.array([family.unit, family.reason], dtype=np.str_)
            arrays[f"{stem}:axes"] = np.array([axis for axis, _ in family.axes], dtype=np.str_)
            for (axis, labels), key in zip(family.axes, family.keys, strict=True):
                arrays[f"{stem}:{axis}:labels"] = np.array(labels, dtype=np.str_)
                arrays[f"{stem}:{axis}:keys"] = key.astype(np.int32)
    return arrays


def read_stage(arrays: Arrays) -> tuple[LinearProblem, Solution]:
    """The problem and solution that `stage_arrays` wrote down."""
    height, width = len(arrays["row_low"]), len(arrays["cost"])
    matrix = sp.csc_matrix(
        (arrays["data"], arrays["indices"], arrays["indptr"]), shape=(height, width)
    )
    problem = LinearProblem(
        cost=arrays["cost"],
        low=arrays["low"],
        high=arrays["high"],
        row_low=arrays["row_low"],
        row_high=arrays["row_high"],
        matrix=matrix,
        columns=_families(arrays, "columns"),
        rows=_families(arrays, "rows"),
    )
    solution = Solution(
        objective=float(arrays["objective"][0]),
        column=arrays["column"],
        row=arrays["row"],
        column_dual=arrays["column_dual"],
        row_dual=arrays["row_dual"],
    )
    return problem, solution


def _families(arrays: Arrays, side: str) -> tuple[Family, ...]:
    found = []
    for name in arrays[side]:
        stem = f"{side}:{name}"
        axes = [str(axis) for axis in arrays[f"{stem}:axes"]]
        start, size = (int(number) for number in arrays[f"{stem}:place"])
        unit, reason = (str(text) for text in arrays[f"{stem}:meaning"])
        labels = [tuple(map(str, arrays[f"{stem}:{axis}:labels"])) for axis in axes]
        keys = tuple(arrays[f"{stem}:{axis}:keys"].astype(np.int64) for axis in axes)
        named = tuple(zip(axes, labels, strict=True))
        found.append(Family(str(name), unit, reason, start, size, named, keys))
    return tuple(found)
