"""One changed limit, and many at once, solved again: from the kept basis and cold; prints tables.

    python benchmarks/bench_resolve.py [--quarterly] [--each N] [--draws N]

Of each kind of limit that binds N are raised by a tenth, one at a time (12 unless told): rows of
rates, absorption, shares of joint areas, inputs and loans, and the bounds of states' money. Each is
solved from the basis of one optimum and set against the cold solve of the same run; for the first
of each kind the objectives of both must agree to 1e-6. Then N draws (2 unless told) of all prices,
rates and lead times, cold and from the undisturbed optimum's basis, carried over by label and given
up after twice the cold solve's time.
Seconds of one run on one machine mean little; the ratios are taken within the run.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.planning.draws import draw, drawn_values
from counterpoise.planning.model import build_model
from counterpoise.planning.offers import all_offers, everyone
from counterpoise.planning.registry import Family, LinearProblem
from counterpoise.planning.solver import DUAL_TOLERANCE, Solver
from counterpoise.planning.stepped import Stepped, stepped
from counterpoise.planning.steps import Step, moved
from counterpoise.planning.values import with_values
from counterpoise.world.world import build_world

PART = 0.10
"""By how much a limit is raised."""

WANTED = 20
"""Times quicker than cold that one changed limit should be."""

MOST = 2.0
"""Times a draw's cold solve after which its carried basis is given up."""

AGREE = 1e-6
ROWS = ("rate", "absorb", "share", "input-gun-powder", "input-tnt", "loan")


@dataclass(frozen=True)
class Again:
    """One limit solved again: its kind and the seconds it took."""

    kind: str
    seconds: float


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def problem_of(dataset: Dataset, calendar: str) -> LinearProblem:
    world = build_world(dataset, calendar=calendar)
    return build_model(world, everyone(world), all_offers(world)).problem


def limits(base: Stepped, each: int) -> list[Step]:
    """Binding limits of each kind: half of them those worth most, half drawn at random."""
    problem, solution = base.problem, base.solution
    steps = []
    for name in ROWS:
        family = problem.row(name)
        dual = solution.row_dual[family.start : family.start + family.size]
        high = problem.row_high[family.start : family.start + family.size]
        for at in chosen(-dual, high, each):
            more = np.array([PART * high[at]])
            steps.append(Step(family.label(at), name, "", rows=np.array([family.start + at]),
                              row_more=more))  # fmt: skip
    family = problem.column("national")
    dual = solution.column_dual[family.start : family.start + family.size]
    high = problem.high[family.start : family.start + family.size]
    for at in chosen(-dual, high, each):
        more = np.array([PART * high[at]])
        steps.append(Step(family.label(at), "national", "", columns=np.array([family.start + at]),
                          column_more=more))  # fmt: skip
    return steps


def chosen(worth: np.ndarray, high: np.ndarray, each: int) -> list[int]:
    """Members that bind and can be raised by a part of themselves."""
    binding = np.flatnonzero((worth > DUAL_TOLERANCE) & (high > 0))
    best = binding[np.argsort(-(worth * high)[binding])][: each // 2]
    rest = np.random.default_rng(1).permutation(np.setdiff1d(binding, best))
    return [int(at) for at in (*best, *rest)][:each]


def cold_total(problem: LinearProblem, step: Step) -> float:
    """The least shortfall after a step, from nothing."""
    solver = Solver(problem)
    row_high, high = moved(problem, step, 1.0)
    solver.set_row_bounds(step.rows, problem.row_low[step.rows], row_high)
    solver.set_column_bounds(step.columns, problem.low[step.columns], high)
    return solver.solve().objective


def one_limit(calendar: str, problem: LinearProblem, each: int) -> Stepped:
    """Print the times of limits raised one at a time; the base for what follows."""
    cold = timed(lambda: Solver(problem).solve())
    base = stepped(problem)
    print(f"{calendar}: {len(problem.cost):,} columns, {len(problem.row_low):,} rows, "
          f"{problem.matrix.nnz:,} entries; cold {cold:.2f} s")  # fmt: skip
    base.at(Step("", "", ""), 0.0)
    found, apart = [], 0.0
    seen: set[str] = set()
    for step in limits(base, each):
        started = time.perf_counter()
        total = base.at(step, 1.0).objective
        found.append(Again(step.kind, time.perf_counter() - started))
        if step.kind not in seen:
            seen.add(step.kind)
            fresh = cold_total(problem, step)
            apart = max(apart, abs(total - fresh) / max(abs(fresh), 1e-9))
    print(f"  {'one limit 10% up':<20}{'changes':>8}{'median':>10}{'worst':>10}"
          f"{'cold : median':>15}{'cold : worst':>14}")  # fmt: skip
    for kind in (*seen_in_order(found), "all"):
        times = [item.seconds for item in found if kind in (item.kind, "all")]
        middle, worst = statistics.median(times), max(times)
        print(f"  {kind:<20}{len(times):>8}{middle:>8.3f} s{worst:>8.3f} s"
              f"{cold / middle:>15.1f}{cold / worst:>14.1f}")  # fmt: skip
    reached = sum(cold / item.seconds >= WANTED for item in found)
    print(f"  {reached} of {len(found)} at least {WANTED} times quicker than cold; "
          f"objectives differ by at most {apart:.0e}", flush=True)  # fmt: skip
    if apart > AGREE:
        raise SystemExit(f"{calendar}: kept basis and cold differ by {apart:.1e}")
    return base


def seen_in_order(found: list[Again]) -> list[str]:
    return list(dict.fromkeys(item.kind for item in found))


def many(dataset: Dataset, calendar: str, base: Stepped, count: int) -> None:
    """Print the times of draws that move all prices, rates and lead times at once."""
    drawn = draw(dataset, count, 1)
    ratios = []
    for number in range(1, count + 1):
        changed = with_values(dataset, drawn_values(dataset, drawn, number))
        problem = problem_of(changed, calendar)
        fresh = Solver(problem)
        started = time.perf_counter()
        first = fresh.solve().objective
        cold = time.perf_counter() - started
        kept = Limited(problem, "simplex", presolve="off")
        kept.start_from(carried(base, problem))
        started = time.perf_counter()
        second = kept.within(MOST * cold)
        warm = time.perf_counter() - started
        ratios.append(cold / warm)
        ended = "" if second is not None else ", given up"
        print(f"  draw {number}: cold {cold:.2f} s, from the carried basis {warm:.2f} s{ended}, "
              f"ratio {cold / warm:.2f}", flush=True)  # fmt: skip
        if second is not None and abs(first - second) > AGREE * max(abs(first), 1e-9):
            raise SystemExit(f"draw {number}: {first} cold, {second} from the carried basis")
    if not ratios:
        return
    middle = statistics.median(ratios)
    quicker = "cold" if middle < 1 else "the carried basis"
    print(f"  many at once, cold : carried basis {middle:.2f}; quicker here: {quicker}")


class Limited(Solver):
    """A solver that gives up after some seconds."""

    def within(self, seconds: float) -> float | None:
        """The objective, or None where the time ran out."""
        self._highs.setOptionValue("time_limit", seconds)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return float(self._highs.getObjectiveValue())


def carried(base: Stepped, problem: LinearProblem) -> highspy.HighsBasis:
    """The base's basis in another problem: rows and columns of the same label keep their place."""
    basis = highspy.HighsBasis()
    low, basic = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic
    basis.col_status = places(
        base.problem.columns, list(base.basis.col_status), problem.columns, low
    )
    basis.row_status = places(base.problem.rows, list(base.basis.row_status), problem.rows, basic)
    basis.valid = True
    basis.alien = True
    return basis


def places(
    before: tuple[Family, ...],
    status: list[highspy.HighsBasisStatus],
    after: tuple[Family, ...],
    new: highspy.HighsBasisStatus,
) -> list[highspy.HighsBasisStatus]:
    held = {
        family.label(at): status[family.start + at]
        for family in before
        for at in range(family.size)
    }
    return [held.get(family.label(at), new) for family in after for at in range(family.size)]


def after(arguments: list[str], option: str, default: int) -> int:
    return int(arguments[arguments.index(option) + 1]) if option in arguments else default


def main(arguments: list[str]) -> int:
    """Measure the yearly calendar, and the quarterly one if asked."""
    dataset = load()
    for calendar in ("yearly", "quarterly") if "--quarterly" in arguments else ("yearly",):
        base = one_limit(calendar, problem_of(dataset, calendar), after(arguments, "--each", 12))
        many(dataset, calendar, base, after(arguments, "--draws", 2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
