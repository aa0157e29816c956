"""The same problem in arrays, in linopy, in Pyomo, and HiGHS alone on the saved matrix: one table.

    python benchmarks/bench_frameworks.py [--quarterly] [--build-only]

Each way runs in a process of its own, so that its peak of memory is its own. All start from the
coefficients by block (what a column family has in a row family), which our build gives; measured
is what each way makes of them: variables, constraints and an objective by family, and the
hand-over to HiGHS. linopy groups terms by row with xarray; Pyomo writes a rule for each row. Then
each solves the first stage, and the objectives must agree to 1e-6; --build-only leaves that out.
Needs the extra `bench`.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from counterpoise.data.load import load
from counterpoise.planning.model import build_model
from counterpoise.planning.offers import all_offers, everyone
from counterpoise.planning.registry import Family, LinearProblem
from counterpoise.planning.solver import Solver
from counterpoise.world.world import build_world
from scaled import peak_reset, peak_used

AGREE = 1e-6
OPTIONS: dict[str, Any] = {"solver": "ipx", "threads": 1, "random_seed": 1, "output_flag": False}


@dataclass(frozen=True)
class Taken:
    """Seconds and megabytes of one way; `solve` and the objective only where it was solved."""

    way: str
    build: float
    hand: float
    memory: float
    solve: float = 0.0
    objective: float = float("nan")


def problem_of(calendar: str) -> LinearProblem:
    world = build_world(load(), calendar=calendar)
    return build_model(world, everyone(world), all_offers(world)).problem


def optimum(highs: Any) -> float:
    """Solve what a HiGHS object holds, with the same options for every way."""
    for name, value in OPTIONS.items():
        highs.setOptionValue(name, value)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getObjectiveValue())


def blocks(problem: LinearProblem, family: Family) -> list[tuple[Family, sp.coo_matrix]]:
    """Coefficients of a row family, a block for each column family that has any in it."""
    part = problem.matrix.tocsr()[family.start : family.start + family.size].tocsc()
    found = [(of, part[:, of.start : of.start + of.size].tocoo()) for of in problem.columns]
    return [(of, block) for of, block in found if block.nnz]


def arrays(calendar: str, solve: bool) -> Taken:
    """World to problem straight in arrays: the coefficients themselves are part of it."""
    world = build_world(load(), calendar=calendar)
    return measured(
        "arrays (coefficients too)",
        lambda: build_model(world, everyone(world), all_offers(world)).problem,
        lambda problem: Solver(problem)._highs,
        solve,
    )


def alone(saved: str, solve: bool) -> Taken:
    """The saved matrix straight into HiGHS."""

    def read() -> dict[str, Any]:
        with np.load(saved) as held:
            return {name: held[name] for name in held.files}

    def hand(data: dict[str, Any]) -> Any:
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.setOptionValue("output_flag", False)
        width, height = len(data["cost"]), len(data["row_low"])
        highs.passModel(
            width, height, len(data["data"]), 1, 1, 0.0, data["cost"], data["low"], data["high"],
            data["row_low"], data["row_high"], data["indptr"], data["indices"], data["data"],
            np.zeros(width, dtype=np.int32),
        )  # fmt: skip
        return highs

    return measured("HiGHS alone, saved matrix", read, hand, solve)


def in_linopy(calendar: str, solve: bool) -> Taken:
    """Variables and constraints by family; each constraint groups its terms by row."""
    import linopy
    import pandas as pd
    import xarray as xr

    problem = problem_of(calendar)
    given = {family.name: blocks(problem, family) for family in problem.rows}

    def family_terms(variables: dict[str, Any], family: Family) -> Any:
        terms, rows = [], []
        for of, block in given[family.name]:
            chosen = variables[of.name].isel({of.name: xr.DataArray(block.col, dims="entry")})
            terms.append(chosen * xr.DataArray(block.data, dims="entry"))
            rows.append(block.row)
        merged = linopy.expressions.merge(
            [term.drop_vars(list(term.coords), errors="ignore") for term in terms],
            dim="entry",
        )
        at = pd.Series(np.concatenate(rows), name="row")
        at.index.name = "entry"
        return merged.assign_coords(entry=np.arange(len(at))).groupby(at).sum()

    def build() -> Any:
        model = linopy.Model()
        variables = {}
        for of in problem.columns:
            here = slice(of.start, of.start + of.size)
            index = pd.RangeIndex(of.size, name=of.name)
            low = xr.DataArray(problem.low[here], coords=[index])
            high = xr.DataArray(problem.high[here], coords=[index])
            variables[of.name] = model.add_variables(low, high, name=of.name)
        for family in problem.rows:
            left = family_terms(variables, family)
            at = left.indexes["row"].to_numpy() + family.start
            low, high = problem.row_low[at], problem.row_high[at]
            for sign, side, rows in sides(low, high):
                kept = left.isel(row=rows)
                right = xr.DataArray(side[rows], coords=[kept.indexes["row"]], dims="row")
                model.add_constraints(kept, sign, right, name=f"row-{family.name}{sign}")
        short = problem.column("short")
        weight = problem.cost[short.start : short.start + short.size]
        model.add_objective((variables["short"] * xr.DataArray(weight, dims="short")).sum())
        return model

    return measured("linopy", build, lambda model: linopy.io.to_highspy(model), solve)


def sides(low: Any, high: Any) -> list[tuple[str, Any, Any]]:
    """Rows of each sign that any has: (sign, right-hand sides, positions)."""
    equal = low == high
    found = [
        ("=", high, np.flatnonzero(equal)),
        ("<=", high, np.flatnonzero(~equal & np.isfinite(high))),
        (">=", low, np.flatnonzero(~equal & np.isfinite(low))),
    ]
    return [item for item in found if len(item[2])]


def in_pyomo(calendar: str, solve: bool) -> Taken:
    """Variables indexed by their labels; a rule writes each row."""
    import pyomo.environ as pyo
    from pyomo.contrib.appsi.solvers.highs import Highs

    problem = problem_of(calendar)
    labels = {
        family.name: list(
            zip(*[[names[i] for i in key] for (_, names), key in zip(
                family.axes, family.keys, strict=True)], strict=True)
        )
        for family in problem.columns
    }  # fmt: skip
    matrix = problem.matrix.tocsr()
    owner = np.concatenate([np.full(of.size, i) for i, of in enumerate(problem.columns)])

    def build() -> Any:
        model = pyo.ConcreteModel()
        flat: list[Any] = []
        for of in problem.columns:
            keys = labels[of.name]
            low = dict(zip(keys, problem.low[of.start :].tolist(), strict=False))
            high = dict(zip(keys, problem.high[of.start :].tolist(), strict=False))

            def bounds(_: Any, *key: Any, low: Any = low, high: Any = high) -> Any:
                most = high[key]
                return low[key], None if most == np.inf else most

            variable = pyo.Var(keys, bounds=bounds)
            model.add_component(f"column_{of.name}".replace("-", "_"), variable)
            flat += [variable[key] for key in keys]
        assert len(flat) == len(owner)
        for family in problem.rows:

            def rule(_: Any, row: int, start: int = family.start) -> Any:
                at = start + row
                inside = slice(matrix.indptr[at], matrix.indptr[at + 1])
                terms = zip(
                    matrix.data[inside].tolist(), matrix.indices[inside].tolist(), strict=True
                )
                left = pyo.quicksum((value * flat[of] for value, of in terms))
                low, high = float(problem.row_low[at]), float(problem.row_high[at])
                if inside.start == inside.stop:
                    return pyo.Constraint.Skip
                if low == high:
                    return left == low
                return left <= high if low == -np.inf else left >= low

            rows = pyo.Constraint(range(family.size), rule=rule)
            model.add_component(f"row_{family.name}".replace("-", "_"), rows)
        short = problem.column("short")
        weight = problem.cost[short.start : short.start + short.size].tolist()
        needs = flat[short.start : short.start + short.size]
        model.objective = pyo.Objective(
            expr=pyo.quicksum(w * x for w, x in zip(weight, needs, strict=True))
        )
        return model

    def hand(model: Any) -> Any:
        solver = Highs()
        solver.set_instance(model)
        return solver._solver_model

    return measured("Pyomo (appsi)", build, hand, solve)


def measured(way: str, build: Callable[[], Any], hand: Callable[[Any], Any], solve: bool) -> Taken:
    """Time both steps and the memory they add at their peak, then solve."""
    base = peak_reset()
    started = time.perf_counter()
    made = build()
    built = time.perf_counter()
    highs = hand(made)
    handed = time.perf_counter()
    memory = peak_used(base)
    taken = Taken(way, built - started, handed - built, memory)
    if not solve:
        return taken
    objective = optimum(highs)
    seconds = time.perf_counter() - handed
    return Taken(way, taken.build, taken.hand, memory, seconds, objective)


def show(taken: list[Taken]) -> None:
    """One line a way, with ratios to our arrays."""
    first = taken[0]
    print(
        f"{'':28}{'build':>9}{'hand over':>11}{'both':>9}{': arrays':>10}{'memory':>10}"
        f"{': arrays':>10}{'solve':>9}{'objective':>16}"
    )
    for item in taken:
        both = item.build + item.hand
        print(
            f"{item.way:28}{item.build:>7.2f} s{item.hand:>9.3f} s{both:>7.2f} s"
            f"{both / (first.build + first.hand):>10.1f}{item.memory:>7.0f} MB"
            f"{item.memory / first.memory:>10.1f}{item.solve:>7.1f} s{item.objective:>16.8f}"
        )


def main(arguments: list[str]) -> int:
    """Run all four ways; exit 1 where objectives differ."""
    calendar = "quarterly" if "--quarterly" in arguments else "yearly"
    solve = "--build-only" not in arguments
    problem = problem_of(calendar)
    print(
        f"{calendar}: {len(problem.cost):,} columns, {len(problem.row_low):,} rows, "
        f"{problem.matrix.nnz:,} entries"
    )
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        saved = str(Path(folder) / "stage.npz")
        matrix = problem.matrix
        np.savez(
            saved, cost=problem.cost, low=problem.low, high=problem.high,
            row_low=problem.row_low, row_high=problem.row_high, data=matrix.data,
            indptr=matrix.indptr.astype(np.int32), indices=matrix.indices.astype(np.int32),
        )  # fmt: skip
        context = multiprocessing.get_context("spawn")
        for way in (
            partial(arrays, calendar),
            partial(alone, saved),
            partial(in_linopy, calendar),
            partial(in_pyomo, calendar),
        ):
            with ProcessPoolExecutor(1, context) as pool:
                taken.append(pool.submit(way, solve).result())
            print(f"  {taken[-1].way}: done", flush=True)
    show(taken)
    if not solve:
        return 0
    apart = max(abs(item.objective / taken[0].objective - 1) for item in taken)
    print(f"objectives differ by at most {apart:.1e} of their value")
    return int(apart > AGREE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
