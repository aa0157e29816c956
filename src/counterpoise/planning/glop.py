"""One problem solved by GLOP of OR-tools: python -m counterpoise.planning.glop PROBLEM SOLUTION.

A process of its own, since OR-tools and highspy both carry a library of one name. Both files are
npz archives; nothing of the package is imported here. Exit status 3 says that OR-tools is missing.
"""

from __future__ import annotations

import sys

import numpy as np
import scipy.sparse as sp

MISSING = 3
"""Exit status where OR-tools isn't installed."""

NOT_SOLVED = 4
"""Exit status where GLOP found no optimum."""

PARAMETERS = "use_dual_simplex: false use_preprocessing: true dual_feasibility_tolerance: 1e-9"
"""Primal simplex: GLOP's dual simplex finds no optimum of the yearly problem in four minutes.

The dual tolerance lies below that by which an optimal face is fixed.
"""


def main(problem: str, solution: str) -> int:
    """Read arrays of a problem, write `column` and `row_dual`; returns the exit status."""
    try:
        from ortools.linear_solver.python import model_builder_helper
    except ImportError:
        return MISSING
    with np.load(problem, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    shape = (len(arrays["row_low"]), len(arrays["cost"]))
    parts = (arrays["data"], arrays["indices"], arrays["indptr"])
    matrix = sp.csc_matrix(parts, shape=shape).tocsr()
    model = model_builder_helper.ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        arrays["low"],
        arrays["high"],
        arrays["cost"],
        arrays["row_low"],
        arrays["row_high"],
        matrix,
    )
    solver = model_builder_helper.ModelSolverHelper("glop")
    solver.set_solver_specific_parameters(PARAMETERS)
    solver.solve(model)
    if solver.status() != model_builder_helper.SolveStatus.OPTIMAL:
        print(solver.status_string() or solver.status(), file=sys.stderr)
        return NOT_SOLVED
    np.savez(solution, column=solver.variable_values(), row_dual=solver.dual_values())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
