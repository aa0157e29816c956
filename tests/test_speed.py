"""What makes solving quick gives the same answers: stages, kept bases, copies, sizes."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from counterpoise.errors import CounterpoiseError
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.model import build_model
from counterpoise.planning.offers import all_offers, everyone
from counterpoise.planning.plan import Plan, solve_stages
from counterpoise.planning.registry import LinearProblem
from counterpoise.planning.size import size_of, size_words
from counterpoise.planning.solver import Solver, optimal_face
from counterpoise.planning.stepped import stepped
from counterpoise.planning.steps import Step
from counterpoise.planning.workers import Beside
from counterpoise.world.world import build_world
from tiny import Tiny

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))
from scaled import scaled


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Two states that compete for two lines with scarce money."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    made = Tiny(folder)
    made.state("AAA", budget=0.6)
    made.state("BBB", budget=0.3)
    made.area("tank", 100, growth=0.2, expansion_cost=0.25)
    made.area("gun", 50, upkeep=0.02)
    made.offer("alpha", "tank", price=100, rate=4)
    made.offer("beta", "gun", price=40, rate=3, state="BBB")
    return made


def raised(problem: LinearProblem, step: Step) -> LinearProblem:
    """The problem with a step's bounds moved, written anew."""
    row_high, high = problem.row_high.copy(), problem.high.copy()
    row_high[step.rows] += step.row_more
    high[step.columns] += step.column_more
    return replace(problem, row_high=row_high, high=high)


def single_steps(problem: LinearProblem) -> list[Step]:
    """Every rate and every state's money of a year, up and down by a fifth, one at a time."""
    rate, money = problem.row("rate"), problem.column("national")
    steps = []
    for part in (0.2, -0.2):
        for row in range(rate.start, rate.start + rate.size):
            more = np.array([part * problem.row_high[row]])
            steps.append(Step("", "output", "", rows=np.array([row]), row_more=more))
        for column in range(money.start, money.start + money.size):
            more = np.array([part * problem.high[column]])
            steps.append(Step("", "money", "", columns=np.array([column]), column_more=more))
    return steps


def test_one_changed_limit_from_the_kept_basis_is_the_cold_optimum(tiny: Tiny) -> None:
    """Whatever was asked before, each answer is that of the problem written anew."""
    problem = plan_together(tiny.world()).stages[0][0].problem
    base = stepped(problem)
    moved = 0
    for step in single_steps(problem):
        fresh = Solver(raised(problem, step)).solve().objective
        assert base.at(step, 1.0).objective == pytest.approx(fresh, rel=1e-7)
        moved += abs(fresh - base.least) > 1e-6
    assert moved > 5


def check_stages(plan: Plan) -> None:
    """Both ways to solve each stage give its optimum, on the first one's optimal face."""
    for model, (first, second) in zip(plan.models, plan.stages, strict=True):
        for algorithm in ("ipx", "simplex"):
            again = Solver(model.problem, algorithm).solve()
            assert first.solution.objective == pytest.approx(again.objective, rel=1e-6)
        face = optimal_face(model.problem, first.solution, model.money_cost)
        for presolve in ("on", "off"):
            again = Solver(face, "simplex", presolve=presolve).solve()
            assert second.solution.objective == pytest.approx(again.objective, rel=1e-7)
        assert model.problem.cost @ second.solution.column == pytest.approx(
            first.solution.objective, rel=1e-6
        )


def test_stages_are_the_same_with_presolve_and_without(tiny: Tiny) -> None:
    """Together, and one state by itself, which is solved by simplex."""
    world = tiny.world()
    check_stages(plan_together(world))
    model = build_model(world, np.array([0]), all_offers(world))
    check_stages(replace(plan_together(world), models=(model,), stages=(solve_stages(model),)))


def test_copies_have_the_same_shortfall_as_the_one(tiny: Tiny) -> None:
    """Three copies with three times the need: percent-years of the group stay what they were."""
    dataset = tiny.dataset()
    options = {"scenario": "us-stays", "calendar": "yearly", "key": "gdp"}
    one, three = (build_world(scaled(dataset, n), **options) for n in (1, 3))
    assert len(three.labels.states) == 3 * len(one.labels.states)
    assert len(three.lines) == 3 * len(one.lines)
    pairs = [build_model(w, everyone(w), all_offers(w)).pairs.size for w in (one, three)]
    assert pairs[1] == 9 * pairs[0]
    assert plan_together(three).shortfall == pytest.approx(plan_together(one).shortfall, rel=1e-6)


def test_the_size_of_a_model_is_that_of_its_problem(tiny: Tiny) -> None:
    """Two states, two areas, two lines, fourteen years; what solves nothing isn't there."""
    plan = plan_together(tiny.world())
    size = size_of(plan.world, [plan, replace(plan, behaviour="ordered", models=())])
    assert size["world"] == {"states": 2, "areas": 2, "cells": 4, "lines": 2, "periods": 14}
    problem = plan.models[0].problem
    assert size["together"] == {
        "problems": 1,
        "columns": problem.matrix.shape[1],
        "rows": problem.matrix.shape[0],
        "entries": problem.matrix.nnz,
    }
    assert "ordered" not in size
    assert size_words(size)[0] == "world: 2 states, 2 areas, 4 cells, 2 lines, 14 periods"


def _doubled(number: int) -> int:
    return 2 * number


def _refused(number: int) -> int:
    raise CounterpoiseError(f"{number} is refused")


def _gone(number: int) -> int:
    os._exit(number)


def test_a_process_beside_gives_its_answer_or_its_error() -> None:
    with Beside(_doubled, 21) as later:
        assert later.result() == 42
    with Beside(_refused, 3) as later, pytest.raises(CounterpoiseError, match="3 is refused"):
        later.result()
    with Beside(_gone, 1) as later, pytest.raises(CounterpoiseError, match="from outside"):
        later.result()
