"""States, systems and lines many times over: everything but the solve; prints one table.

    python benchmarks/bench_scaled.py [TIMES] [--quarterly]

Ten times by default, on the yearly calendar, beside the same steps on the release itself. The plan
that is read and put into tables isn't solved: deliveries are drawn at random, as many for the
problem's rows as a solved plan has, for an optimum at a vertex has no more values than rows. Each
size runs in a process of its own. Seconds of one run on one machine mean little; the ratios
are taken within the run. Pairs of state and line grow by the square of the copies.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from counterpoise.data.load import load
from counterpoise.measures.shortfall import score
from counterpoise.planning.extract import tables
from counterpoise.planning.model import Model, build_model
from counterpoise.planning.offers import all_offers, everyone
from counterpoise.planning.plan import Plan, Stage, read_plan
from counterpoise.planning.solver import Solution, Solver
from counterpoise.world.world import World, build_world
from scaled import peak_reset, peak_used, scaled

Result = TypeVar("Result")

TAKEN = 0.2
"""Deliveries of the made-up plan for each row of the problem, as in a solved one."""


@dataclass
class Table:
    """Seconds, megabytes and counts of one size, by step."""

    cells: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, step: str, work: Callable[[], Result]) -> Result:
        base = peak_reset()
        started = time.perf_counter()
        found = work()
        self.seconds[step] = time.perf_counter() - started
        self.note(step, f"{self.seconds[step]:.2f} s {max(peak_used(base), 0):6,.0f} MB")
        return found

    def note(self, step: str, text: str) -> None:
        self.cells[step] = text
        print(f"    {step}: {text}", flush=True)


def show(small: Table, large: Table, times: int) -> None:
    """Both sizes side by side."""
    print(f"{'':26}{'the release':>20}{f'{times} times':>20}{'ratio':>8}")
    for step, cell in large.cells.items():
        before = small.seconds.get(step, 0.0)
        ratio = f"{large.seconds[step] / before:>8.1f}" if before else ""
        print(f"{step:26}{small.cells.get(step, ''):>20}{cell:>20}{ratio}")


def made_up(model: Model, world: World) -> Plan:
    """A plan of random deliveries, as many as a solved one has."""
    problem = model.problem
    width, height = len(problem.cost), len(problem.row_low)
    column = np.zeros(width)
    chance = np.random.default_rng(1)
    happening = chance.choice(model.pairs.size, int(TAKEN * height), replace=False)
    column[happening] = chance.random(len(happening))
    solution = Solution(0.0, column, np.zeros(height), np.zeros(width), np.zeros(height))
    stage = Stage("shortfall", problem, solution)
    return read_plan(world, "together", (model,), ((stage, stage),))


def run(times: int, calendar: str) -> Table:
    """All steps for one size."""
    table = Table()
    base = peak_reset()
    dataset = table.time("load", load)
    if times > 1:
        dataset = table.time("copy the dataset", lambda: scaled(dataset, times))
    table.time("choose the figures", lambda: dataset.chosen)
    world = table.time("world", lambda: build_world(dataset, calendar=calendar))
    offers = table.time("offers", lambda: all_offers(world))
    model = table.time("build", lambda: build_model(world, everyone(world), offers))
    most = peak_used(base)
    problem = model.problem
    table.time("hand over", lambda: Solver(problem))
    plan = table.time("read a plan", lambda: made_up(model, world))
    table.time("score it", lambda: score(world, plan.gaps))
    table.time("extract all tables", lambda: tables(plan))
    table.note("peak to the build", f"{most:,.0f} MB")
    for name, count in (
        ("states", len(world.labels.states)),
        ("lines", len(world.lines)),
        ("types", len(dataset.kind("system"))),
        ("columns", len(problem.cost)),
        ("rows", len(problem.row_low)),
        ("entries", problem.matrix.nnz),
    ):
        table.note(name, f"{count:,}")
    return table


def main(arguments: list[str]) -> int:
    """Measure the release and its copies."""
    given = [int(item) for item in arguments if item.isdigit()]
    times = given[0] if given else 10
    calendar = "quarterly" if "--quarterly" in arguments else "yearly"
    found = []
    for size in (1, times):
        print(f"  {size} times:")
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            found.append(pool.submit(run, size, calendar).result())
    once, many = found
    show(once, many, times)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
