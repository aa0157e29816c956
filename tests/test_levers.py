"""Levers: each gives what the same figure changed in the dataset gives, and nothing outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterpoise.errors import BadInput
from counterpoise.planning.behaviours import plan_alone, plan_blocs, plan_together
from counterpoise.planning.plan import Plan
from counterpoise.world.levers import blocs
from counterpoise.world.scenario import EVENT_KINDS, TARGETS
from counterpoise.world.world import World
from tiny import Tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    (tmp_path / "data").mkdir()
    return Tiny(tmp_path / "data")


def lever(tiny: Tiny, kind: str, target: str, amount: float, **more: str) -> World:
    """The tiny world under one event from the start."""
    rows = {"kind": kind, "target": target, "start": "2027", "known_from": "2026-12", **more}
    lines = [f'{name} = {value if value[:1] in "[t" and name != "target" else repr(value)}'
             for name, value in rows.items()]  # fmt: skip
    text = "\n".join(["title = 'a lever'", "[[event]]", *lines, f"amount = {amount}",
                      "reason = 'a test'"])  # fmt: skip
    path = tiny.folder.parent / "lever.toml"
    path.write_text(text, encoding="utf-8")
    return tiny.world(str(path))


def basic(
    tiny: Tiny,
    *,
    budget: float = 1000.0,
    need: float = 100.0,
    price: float = 100.0,
    lead: float = 6.0,
    growth: float = 0.0,
    expansion_cost: float = 0.0,
    expansion: float = 24.0,
    open_share: float = 1.0,
    loan: float = 0.0,
    foreign: bool = False,
) -> None:
    """One state, one area, one line of ten a year."""
    tiny.state("AAA", budget=budget)
    tiny.state("ZZZ", planning="")
    tiny.area("tank", need, growth=growth, expansion_cost=expansion_cost)
    tiny.system("alpha", "tank", price, eligible=True)
    tiny.line(
        "alpha", "ZZZ" if foreign else "AAA", 10, lead=lead, expansion=expansion,
        open_share=open_share,
    )  # fmt: skip
    if loan:
        tiny.loan("AAA", loan, own=4.0, common=2.0)


def outcome(plan: Plan) -> tuple[float, float]:
    return plan.shortfall, plan.cost


GIVEN: dict[str, tuple[str, float, dict[str, float], dict[str, float]]] = {
    "price": ("line/alpha", 0.5, {"price": 100}, {"price": 50}),
    "lead-time": ("state/AAA", 3.0, {"lead": 6}, {"lead": 18}),
    "spending": ("state/AAA", 2.0, {"budget": 0.5}, {"budget": 1.0}),
    "need": ("area/tank", 0.5, {"need": 100}, {"need": 50}),
    "expansion-growth": ("area/tank", 3.0, {"growth": 0.1}, {"growth": 0.3}),
    "expansion-time": ("line/alpha", 0.5, {"growth": 0.2, "expansion": 48},
                       {"growth": 0.2, "expansion": 24}),
    "expansion-cost": ("line/alpha", 0.25, {"growth": 0.2, "expansion_cost": 0.4},
                       {"growth": 0.2, "expansion_cost": 0.1}),
    "open-output": ("line/alpha", 2.0, {"open_share": 0.4}, {"open_share": 0.8}),
    "loan": ("instrument/fund", 2.0, {"budget": 0.2, "loan": 1000},
             {"budget": 0.2, "loan": 2000}),
}  # fmt: skip
"""By kind: target, amount, the world with the lever, the world without it that is the same."""


@pytest.mark.parametrize("kind", GIVEN)
def test_lever_is_the_figure_changed(tmp_path: Path, kind: str) -> None:
    """The lever moves the result, and to where the figure itself moves it."""
    target, amount, before, after = GIVEN[kind]
    with_lever, plain, changed = (Tiny(tmp_path / name / "data") for name in "abc")
    for tiny, values in ((with_lever, before), (plain, before), (changed, after)):
        tiny.folder.mkdir(parents=True)
        basic(tiny, **values)  # type: ignore[arg-type]
    found = outcome(plan_together(lever(with_lever, kind, target, amount)))
    assert found == pytest.approx(outcome(plan_together(changed.world())), rel=1e-7)
    assert found != pytest.approx(outcome(plan_together(plain.world())), rel=1e-3)


@pytest.mark.parametrize(("name", "kind"), [("absorption", "absorption"),
                                            ("introduction-premium", "introduction")])  # fmt: skip
def test_lever_is_the_rule_changed(tmp_path: Path, name: str, kind: str) -> None:
    """Absorption and the extra cost of new types are rules; the line is abroad, the type new."""
    results = []
    for at, (value, amount) in enumerate(((0.04, 2.0), (0.08, None), (0.04, None))):
        tiny = Tiny(tmp_path / str(at) / "data")
        tiny.folder.mkdir(parents=True)
        basic(tiny, foreign=True)
        tiny.rule(name, value)
        world = tiny.world() if amount is None else lever(tiny, kind, "state/AAA", amount)
        results.append(outcome(plan_together(world)))
    assert results[0] == pytest.approx(results[1], rel=1e-7)
    assert results[0] != pytest.approx(results[2], rel=1e-3)


def test_lever_from_a_year_on(tiny: Tiny) -> None:
    """Ten a year at 0.1 until 2030, at 0.05 from 2031: 4 years dear, 6 cheap: 4 + 3."""
    basic(tiny)
    assert plan_together(lever(tiny, "price", "line/alpha", 0.5, start="2031")).cost == (
        pytest.approx(7.0)
    )


def test_filters(tiny: Tiny) -> None:
    """A lever for another area, or for what loans may pay, passes by what isn't meant."""
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.system("alpha", "tank", 100)
    tiny.line("alpha", "AAA", 10)
    for more in ({"eligible": "true"}, {"areas": "['gun']"}):
        if "areas" in more:
            tiny.area("gun", 1)
            tiny.offer("beta", "gun", price=1, rate=1)
        cost = plan_together(lever(tiny, "price", "state/AAA", 0.5, **more)).cost_parts["purchase"]
        assert cost == pytest.approx(10 if "eligible" in more else 10.0005)


def test_joint_share(tiny: Tiny) -> None:
    """Two states of equal product, one without money: half of a joint need, or with 2 all."""
    tiny.state("AAA", budget=0)
    tiny.state("BBB")
    tiny.area("tank", 100, joint=True)
    tiny.offer("alpha", "tank", price=100, rate=100)
    world = lever(tiny, "joint-share", "state/BBB", 2.0)
    assert plan_together(world).cost == pytest.approx(10)
    assert plan_together(tiny.world()).cost == pytest.approx(5)


def test_joint_absorption_is_the_mean_of_states(tiny: Tiny) -> None:
    """A joint area with one of two equal states twice as quick takes up half as much again."""
    tiny.state("AAA")
    tiny.state("BBB")
    tiny.area("tank", 100, joint=True)
    tiny.offer("alpha", "tank", price=100, rate=100)
    tiny.rule("absorption", 0.1)
    plan = plan_together(lever(tiny, "absorption", "state/BBB", 2.0))
    assert plan.deliveries[:, :, 0].sum() == pytest.approx(15)


# -- blocs ------------------------------------------------------------------------------------


def rivals(tiny: Tiny) -> None:
    """Three states of equal need; the line is abroad; AAA has no money, so slots go begging."""
    tiny.state("AAA", budget=0)
    for state in ("BBB", "CCC"):
        tiny.state(state)
    tiny.state("ZZZ", planning="")
    tiny.area("tank", 60)
    tiny.system("alpha", "tank", 100)
    tiny.line("alpha", "ZZZ", 12)
    tiny.scopes |= {"EAST": "AAA;BBB", "SOUTH": "BBB;CCC", "ALL": "AAA;BBB;CCC"}


def test_bloc_of_all_is_together(tiny: Tiny) -> None:
    """A bloc of everyone is offered everything at once."""
    rivals(tiny)
    world = lever(tiny, "plans-together", "scope/ALL", 1.0)
    assert blocs(world.dataset, world.scenario, world.labels) == ((0, 1, 2),)
    found = plan_blocs(world, [(0, 1, 2)])
    assert found.final.shortfall == pytest.approx(plan_together(world).shortfall)


def test_bloc_lies_between_alone_and_together(tiny: Tiny) -> None:
    """After one round AAA's third goes begging alone; in a bloc with BBB it is used."""
    rivals(tiny)
    world = lever(tiny, "plans-together", "scope/EAST", 1.0)
    assert blocs(world.dataset, world.scenario, world.labels) == ((0, 1), (2,))
    bloc = plan_blocs(world, [(0, 1), (2,)], most_rounds=1).final.shortfall
    assert plan_alone(world).first.shortfall == pytest.approx(bloc)
    alone = plan_alone(tiny.world()).first.shortfall
    assert plan_together(world).shortfall - 1e-6 <= bloc < alone - 1


def test_blocs_that_share_a_state_are_one(tiny: Tiny) -> None:
    """EAST and SOUTH meet in BBB; without an event there is no bloc."""
    rivals(tiny)
    world = lever(tiny, "plans-together", "scope/EAST", 1.0)
    more = world.scenario.events[0].model_copy(update={"target": "scope/SOUTH"})
    both = world.scenario.with_events("both", (more,))
    assert blocs(world.dataset, both, world.labels) == ((0, 1, 2),)
    assert blocs(world.dataset, tiny.world().scenario, world.labels) == ()


# -- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_each_kind_says_what_it_may_be_aimed_at(tiny: Tiny, kind: str) -> None:
    """An event aimed at what its kind can't reach is refused, and the kinds allowed are named."""
    basic(tiny)
    with pytest.raises(BadInput) as caught:
        lever(tiny, kind, "rule/absorption", 1.0)
    assert any(
        problem.column == "target" and TARGETS[kind][0] in problem.expected
        for problem in caught.value.problems
    )
