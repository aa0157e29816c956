"""Time the steps from the dataset to a plan, on both calendars; prints one table.

    python benchmarks/bench_plan.py [--yearly] [--alone] [--simplex] [--brief RUN]

Without options: the plan together, quarterly and yearly. --yearly leaves the quarterly calendar
out; --alone adds the plan of each state for itself with all its rounds; --simplex adds a cold
first stage by simplex (minutes); --brief times the brief of a saved full run. Seconds of one run
on one machine mean little; the ratios at the end are taken within the run and travel better.

The problem is written straight into arrays and handed to HiGHS in one call; `bench_frameworks.py`
sets that against modelling libraries, `bench_resolve.py` measures many changed limits.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import numpy as np

from counterpoise.data.load import load
from counterpoise.planning.behaviours import plan_alone
from counterpoise.planning.extract import tables
from counterpoise.planning.model import build_model
from counterpoise.planning.offers import all_offers, everyone
from counterpoise.planning.plan import Stage, read_plan
from counterpoise.planning.solver import Solution, Solver, optimal_face
from counterpoise.publish.brief import build_brief
from counterpoise.publish.docx import docx_bytes
from counterpoise.publish.html import render_html
from counterpoise.publish.pdf import pdf_bytes
from counterpoise.runs import open_run
from counterpoise.world.world import World, build_world

Result = TypeVar("Result")

STEP = 0.10
"""The right-hand side change of the re-solve: more output of the line with the dearest rows."""


@dataclass
class Clock:
    """Steps and what they took, in order."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, case: str, step: str, work: Callable[[], Result]) -> Result:
        start = time.perf_counter()
        result = work()
        taken = time.perf_counter() - start
        self.seconds[f"{case} {step}"] = taken
        self.note(case, step, f"{taken:.2f} s")
        return result

    def note(self, case: str, step: str, text: str) -> None:
        self.rows.append((case, step, text))
        print(f"{case:<10} {step:<44} {text:>14}", flush=True)

    def ratio(self, case: str, text: str, above: str, below: str) -> None:
        first, second = self.seconds.get(above), self.seconds.get(below)
        if first is not None and second:
            self.note(case, text, f"{first / second:.2f}")


def together(clock: Clock, case: str, world: World, simplex: bool) -> None:
    """Build, hand over, solve and read the plan together."""
    model = clock.time(
        case, "build", lambda: build_model(world, everyone(world), all_offers(world))
    )
    problem = model.problem
    clock.note(case, "columns", f"{len(problem.cost):,}")
    clock.note(case, "rows", f"{len(problem.row_low):,}")
    clock.note(case, "entries", f"{problem.matrix.nnz:,}")
    solver = clock.time(case, "hand over", lambda: Solver(problem))
    first = clock.time(case, "stage 1, interior point, cold", solver.solve)
    face = clock.time(
        case, "fix the optimal face", lambda: optimal_face(problem, first, model.money_cost)
    )
    second = clock.time(case, "stage 2, simplex", lambda: Solver(face, "simplex").solve())
    stages = (Stage("shortfall", problem, first), Stage("cost", face, second))
    plan = clock.time(case, "read", lambda: read_plan(world, "together", (model,), (stages,)))
    clock.time(case, "extract all tables", lambda: tables(plan))
    resolve(clock, case, solver, first)
    if simplex:
        clock.time(case, "stage 1, simplex, cold", Solver(problem, "simplex").solve)
    clock.note(case, "shortfall to 2040, percent-years", f"{plan.shortfall:.4f}")
    clock.note(case, "cost, EUR bn", f"{plan.cost:.2f}")


def resolve(clock: Clock, case: str, kept: Solver, first: Solution) -> None:
    """One change of a right-hand side: from the optimum's basis against a cold start."""
    problem = kept.problem
    rate = problem.row("rate")
    dual = first.row_dual[rate.start : rate.start + rate.size]
    worth = np.bincount(rate.keys[0], -dual)
    rows = rate.start + np.flatnonzero(rate.keys[0] == int(np.argmax(worth)))
    high = problem.row_high[rows] * (1 + STEP)
    kept.set_row_bounds(rows, problem.row_low[rows], high)
    kept.keep_basis()
    warm = clock.time(case, "10% more of a line, kept basis", kept.solve)
    fresh = Solver(problem)
    fresh.set_row_bounds(rows, problem.row_low[rows], high)
    cold = clock.time(case, "10% more of a line, cold", fresh.solve)
    gap = abs(warm.objective - cold.objective) / max(abs(cold.objective), 1e-9)
    if gap > 1e-6:
        raise SystemExit(f"{case}: the two re-solves differ by {gap:.1e}")


def alone(clock: Clock, case: str, world: World) -> None:
    """Each state for itself, all rounds of offers."""
    found = clock.time(case, "alone, all rounds", lambda: plan_alone(world))
    clock.note(case, "rounds", str(found.rounds))
    clock.note(case, "shortfall alone to 2040, percent-years", f"{found.final.shortfall:.4f}")


def brief(clock: Clock, name: str) -> None:
    """The brief of a saved run, in its three formats."""
    document = clock.time("", "brief, blocks", lambda: build_brief(open_run(name), load()))
    clock.time("", "brief, HTML", lambda: render_html(document))
    clock.time("", "brief, PDF", lambda: pdf_bytes(document))
    clock.time("", "brief, Word", lambda: docx_bytes(document))


def ratios(clock: Clock, cases: list[str]) -> None:
    """Ratios within the run."""
    for case in cases:
        clock.ratio(
            case,
            "simplex : interior point, stage 1",
            f"{case} stage 1, simplex, cold",
            f"{case} stage 1, interior point, cold",
        )
        clock.ratio(
            case,
            "cold : kept basis, after one change",
            f"{case} 10% more of a line, cold",
            f"{case} 10% more of a line, kept basis",
        )
        clock.ratio(
            case,
            "stage 2 : stage 1",
            f"{case} stage 2, simplex",
            f"{case} stage 1, interior point, cold",
        )
    step = "stage 1, interior point, cold"
    clock.ratio("both", "quarterly : yearly, stage 1", f"quarterly {step}", f"yearly {step}")


def main(arguments: list[str]) -> int:
    """Run what the arguments ask for."""
    clock = Clock()
    dataset = clock.time("", "load the dataset", load)
    cases = ["yearly"] if "--yearly" in arguments else ["quarterly", "yearly"]
    for case in cases:
        world = clock.time(case, "world", partial(build_world, dataset, calendar=case))
        together(clock, case, world, "--simplex" in arguments)
        if "--alone" in arguments:
            alone(clock, case, world)
    ratios(clock, cases)
    if "--brief" in arguments:
        brief(clock, arguments[arguments.index("--brief") + 1])
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    clock.note("", "peak memory of this process", f"{most:,.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
