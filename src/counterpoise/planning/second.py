"""The second solver: GLOP in a process of its own, to check the first one by."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from counterpoise.errors import BadInput, CounterpoiseError, Problem
from counterpoise.planning import glop
from counterpoise.planning.registry import LinearProblem
from counterpoise.planning.solver import Solution

HIGHS, GLOP = "highs", "glop"

SOLVERS = (HIGHS, GLOP)
"""Names of the solvers that a plan may be made by."""


def solve_by_glop(problem: LinearProblem) -> Solution:
    """The optimum by GLOP's primal simplex.

    Row values, reduced costs and objective are computed from its columns and duals. BadInput where
    OR-tools isn't installed; CounterpoiseError where GLOP finds no optimum.
    """
    with TemporaryDirectory() as folder:
        given, found = Path(folder) / "problem.npz", Path(folder) / "solution.npz"
        np.savez(
            given,
            cost=problem.cost,
            low=problem.low,
            high=problem.high,
            row_low=problem.row_low,
            row_high=problem.row_high,
            data=problem.matrix.data,
            indices=problem.matrix.indices,
            indptr=problem.matrix.indptr,
        )
        command = [sys.executable, "-m", glop.__name__, str(given), str(found)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == glop.MISSING:
            remedy = "pip install 'counterpoise[second-solver]'"
            raise BadInput(
                [Problem("no-solver", "--solver", None, "", "glop", "OR-tools installed", remedy)]
            )
        if done.returncode:
            raise CounterpoiseError(f"GLOP stopped without an optimum: {done.stderr.strip()}")
        with np.load(found, allow_pickle=False) as stored:
            column, row_dual = stored["column"], stored["row_dual"]
    column = np.clip(column, problem.low, problem.high)
    return Solution(
        objective=float(problem.cost @ column),
        column=column,
        row=problem.matrix @ column,
        column_dual=problem.cost - problem.matrix.T @ row_dual,
        row_dual=row_dual,
    )
