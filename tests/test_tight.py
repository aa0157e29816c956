"""Bottlenecks and influence on tiny worlds worked by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from counterpoise.cli import main
from counterpoise.errors import NoPlan
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.influence import assumed_share
from counterpoise.planning.setting import Setting
from counterpoise.planning.solver import Solver
from counterpoise.planning.tight import bottlenecks, candidates, quicker
from tiny import Tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """An empty tiny dataset."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    return Tiny(folder)


def test_a_tenth_more_output_where_the_line_binds(tiny: Tiny) -> None:
    """Need 100, a line of 10 a year: 500 percent-years; at 11 a year nine years of 11 and one of 1.

    At the years' ends 11, 22, ... 99, 100: means 5.5, 16.5, ... 93.5, 99.5. Short: 94.5 + 83.5 +
    ... + 6.5 = 9 · 50.5 = 454.5, and 0.5 in the tenth year: 455. Removed: 45.
    """
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=10)
    found = bottlenecks(plan_together(tiny.world()))
    output = next(item for item in found if item.kind == "output")
    assert output.address == "line/alpha"
    assert output.removed == pytest.approx(45)
    assert output.share == pytest.approx(45 / 500)
    assert [item.removed for item in found] == sorted((i.removed for i in found), reverse=True)


def test_duals_bound_the_gain_of_a_step(tiny: Tiny) -> None:
    """The first stage is convex in its bounds: dual × step is never less than the gain."""
    tiny.state("AAA", budget=0.5)
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=10)
    plan = plan_together(tiny.world())
    gains = {(item.address, item.kind): item.removed for item in bottlenecks(plan)}
    for step in candidates(plan):
        if step.kind != "lead time":
            assert gains[(step.address, step.kind)] <= step.worth + 1e-6
    assert gains[("state/AAA", "money")] > 0


def test_a_quicker_line_is_a_problem_of_its_own(tiny: Tiny) -> None:
    """Lead time 30 months to 18: one empty year fewer, 100 percent-years of need 100."""
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=50, lead=30)
    plan = plan_together(tiny.world())
    step = next(item for item in candidates(plan) if item.kind == "lead time")
    assert quicker(plan, step).column("deliver").size > plan.models[0].pairs.size
    found = next(item for item in bottlenecks(plan) if item.kind == "lead time")
    assert found.removed == pytest.approx(100)


def test_a_clash_names_its_rows_and_exits_three(tiny: Tiny, monkeypatch, capsys) -> None:
    """A rate row asked to exceed what its line makes: no plan, and the row is named."""
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=10)
    problem = plan_together(tiny.world()).stages[0][0].problem
    rate = problem.row("rate")
    low = problem.row_low.copy()
    low[rate.start] = problem.row_high[rate.start] + 5
    impossible = replace(problem, row_low=low, row_high=np.maximum(problem.row_high, low))
    need = problem.row("absorb")
    high = impossible.row_high.copy()
    high[need.start : need.start + need.size] = 1.0
    with pytest.raises(NoPlan, match=r"(rate|absorb)\[.*short by") as error:
        Solver(replace(impossible, row_high=high)).solve()
    assert error.value.clash

    def clash(*_: object, **__: object) -> None:
        raise error.value

    monkeypatch.setattr("counterpoise.cli.plan.plan_run", clash)
    monkeypatch.setattr("sys.argv", ["counterpoise", "plan"])
    assert main() == 3
    assert "these rows clash" in capsys.readouterr().err


def test_shares_of_influence_add_up_and_name_the_basis(tiny: Tiny) -> None:
    """All inputs of a tiny world are assumed; the binding rate moves the result."""
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=10)
    weighed = assumed_share(plan_together(tiny.world()))
    shares = dict(weighed.by_basis().iter_rows())
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["assumed"] == pytest.approx(1)
    exact = assumed_share(plan_together(tiny.world()), Setting("us-stays", "yearly", "gdp"))
    solved = {item.address: item for item in exact.inputs}["line/alpha/rate"]
    assert solved.method == "solved at both ends"
    by_address = {item.address: item.effect for item in weighed.inputs}
    assert by_address["line/alpha/rate"] > 0
    assert list(by_address.values()) == sorted(by_address.values(), reverse=True)
