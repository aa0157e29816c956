"""Replanning through surprises: chains and regret worked by hand, and the shipped shocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.earlier import earlier_from
from counterpoise.planning.hold import hold
from counterpoise.planning.plan import Plan
from counterpoise.planning.regret import CASES, foresee, outcome, regret_of, regret_table
from counterpoise.planning.replan import replan, scenario_of
from counterpoise.planning.setting import Setting, world_of
from tiny import Tiny, by_year, taken


def event(kind: str, target: str, start: str, amount: float, known: str = "") -> str:
    """An event of a scenario file."""
    lines = ["[[event]]", f'kind = "{kind}"', f'target = "{target}"', f'start = "{start}"']
    lines += [f'known_from = "{known}"'] if known else []
    return "\n".join([*lines, f"amount = {amount}", 'reason = "the test"', ""])


def shocked(folder: Path, *events: str, based_on: str = "us-stays") -> Setting:
    """A yearly setting whose scenario holds some events."""
    path = folder / f"shock-{len(list(folder.glob('shock-*')))}.toml"
    path.write_text(
        f'title = "A shock"\nbased_on = "{based_on}"\n' + "\n".join(events), encoding="utf-8"
    )
    return Setting(str(path), calendar="yearly", key="gdp")


def planned(data: Dataset) -> Plan:
    return plan_together(world_of(data, Setting("us-stays", calendar="yearly", key="gdp")))


def two_lines(tiny: Tiny) -> Dataset:
    """Need 40; a cheap line of 10 a year ordered two years ahead, a dear one of 10 a year.

    The cheap one (EUR m 50) delivers 2029 on, the dear one (EUR m 100) is ordered and delivered
    in a year from 2027 on.
    """
    tiny.state("AAA")
    tiny.state("FAR", planning="")
    tiny.area("tank", 40)
    tiny.offer("cheap", "tank", price=50, rate=10, state="FAR", lead=24)
    tiny.offer("dear", "tank", price=100, rate=10, lead=6)
    return tiny.dataset()


def test_a_chain_keeps_what_each_plan_ordered(tiny: Tiny) -> None:
    """The cheap line stops in 2029; then the dear one halves from 2030.

    Planned: 10, 10, 20 in 2027 to 2029, ten of them cheap: means 5, 15, 30 of 40, short 35 + 25 +
    10 = 70 of 40 = 175; cost 30 x 0.1 + 10 x 0.05 = 3.5. In 2029 the cheap ten, ordered in 2027,
    are paid and lost; 10 dear arrive in 2029 and 10 are planned for 2030. From 2030 only 5 a year
    come: short 35 + 25 + 15 + 7.5 + 2.5 = 85 of 40 = 212.5. Cost 3.5 + 1.0 = 4.5.
    """
    data = two_lines(tiny)
    base = planned(data)
    assert base.shortfall == pytest.approx(175)
    assert base.cost == pytest.approx(3.5)
    setting = shocked(
        tiny.folder.parent,
        event("line-output", "line/cheap", "2029", 0.0),
        event("line-output", "line/dear", "2030", 0.5),
    )
    found = replan(base, data, setting)
    assert found.decisions == (2029.0, 2030.0)
    first, last = found.plans
    assert taken(first, "AAA", "dear") == pytest.approx(by_year({2029: 10, 2030: 10}))
    assert taken(last, "AAA", "dear") == pytest.approx(by_year({2030: 5, 2031: 5}))
    kept = [(e.system, e.signed, round(float(e.due.sum()), 6)) for e, _ in last.world.kept]
    assert sorted(kept) == [
        ("system/cheap", 2027.5, 10.0),
        ("system/dear", 2027.0, 10.0),
        ("system/dear", 2028.0, 10.0),
        ("system/dear", 2029.0, 10.0),
    ]
    assert outcome(last).to_2040 == pytest.approx(212.5)
    assert outcome(last).cost == pytest.approx(4.5)
    assert outcome(last).purchases == pytest.approx(4.5)


def same_lead(tiny: Tiny) -> Dataset:
    """Need 10; a cheap line and a dear one, both of 10 a year and ordered two years ahead."""
    tiny.state("AAA")
    tiny.state("FAR", planning="")
    tiny.area("tank", 10)
    tiny.offer("cheap", "tank", price=50, rate=10, state="FAR", lead=24)
    tiny.offer("dear", "tank", price=100, rate=10, lead=24)
    return tiny.dataset()


def test_regret_by_hand(tiny: Tiny) -> None:
    """Ten cheap ones are ordered for 2029, when their line stops and says so.

    Planned and foreseen: short 10 + 10 + 5 = 25 of 10 = 250, at 0.5 and 1.0. Held: short in all 14
    years, 1400 (to 2035: 900). Replanned: ten dear ones in 2031, 4 x 10 + 5 = 45 of 10 = 450, paid
    for beside the lost ones: 1.5. So regret is 200 percent-years and 0.5 EUR bn.
    """
    data = same_lead(tiny)
    base = planned(data)
    setting = shocked(tiny.folder.parent, event("line-output", "line/cheap", "2029", 0.0))
    found, cases = regret_of(base, data, setting)
    assert [cases[case].to_2040 for case in CASES] == pytest.approx([1400, 450, 250])
    assert [cases[case].shortfall for case in CASES] == pytest.approx([900, 450, 250])
    assert [cases[case].cost for case in CASES] == pytest.approx([0.5, 1.5, 1.0])
    assert [cases[case].reached for case in CASES] == [None, 2032, 2030]
    rows = [(scenario_of(data, setting), found.decisions, cases)]
    (row,) = regret_table(rows, "yearly").to_dicts()
    assert (row["regret"], row["saved"]) == pytest.approx((200, 450))
    assert (row["regret_eur_bn"], row["saved_eur_bn"]) == pytest.approx((0.5, -1.0))
    assert row["decided_anew"] == "2029-Q1"


def rich(tiny: Tiny) -> Dataset:
    """Two areas, one joint; lines that grow, loans, upkeep, payments in parts, tight money."""
    tiny.rule("introduction-premium", 0.15)
    tiny.rule("discount-rate", 0.02)
    tiny.rule("absorption", 0.3)
    tiny.pay((0.0, 0.3), (0.5, 0.3), (1.0, 0.4))
    tiny.state("AAA", budget=1.2, gdp=600)
    tiny.state("BBB", budget=0.5, gdp=400)
    tiny.area("tank", 60, growth=0.2, expansion_cost=0.25, upkeep=0.02)
    tiny.area("tanker", 10, joint=True, growth=0.1, expansion_cost=0.25)
    tiny.system("own", "tank", 90, eligible=True)
    tiny.line("own", "AAA", 5, lead=30)
    tiny.offer("far", "tank", price=60, rate=5, state="BBB", lead=18)
    tiny.offer("air", "tanker", price=300, rate=2, lead=24)
    tiny.loan("AAA", 900, own=4.0, common=2.0)
    tiny.loan("BBB", 300, own=4.0, common=2.0)
    return tiny.dataset()


def test_a_surprise_that_changes_nothing_changes_nothing(tiny: Tiny) -> None:
    """Dates without news, in a chain: the same shortfall and cost as planned once.

    Orders placed before a date wait for rate that is added after it: that rate is bound with them.
    """
    data = rich(tiny)
    base = planned(data)
    assert base.expansions[:, 1:].sum() > 0.1
    calm = [event("line-output", "line/far", "2031", 1.0, date) for date in ("2028", "2029")]
    found = replan(base, data, shocked(tiny.folder.parent, *calm))
    assert found.decisions == (2028.0, 2029.0)
    for plan in found.plans:
        seen = outcome(plan)
        assert plan.world.kept and plan.deliveries.sum() > 1
        assert seen.to_2040 == pytest.approx(base.shortfall, rel=1e-6)
        assert seen.cost == pytest.approx(base.cost, rel=1e-5)
        assert seen.purchases == pytest.approx(base.purchases.sum(), rel=1e-3)
    drawn = found.plan.world.earlier.drawn if found.plan.world.earlier else {}
    for loan in base.world.loans:
        both = drawn.get(loan.address, 0.0) + found.plan.draws[loan.address].sum()
        assert both <= loan.left + 1e-6
    held = hold(base, data, shocked(tiny.folder.parent, *calm))
    assert outcome(held).to_2040 == pytest.approx(base.shortfall, rel=1e-6)


def test_all_that_a_plan_commits_to_is_worth_its_cost(tiny: Tiny) -> None:
    base = planned(rich(tiny))
    whole = earlier_from(base, np.inf)
    assert whole.cost == pytest.approx(base.cost, rel=1e-6)
    assert whole.purchases == pytest.approx(base.purchases.sum(), rel=1e-6)
    assert whole.paid.sum() == pytest.approx(base.national.sum(), rel=1e-6)
    nothing = earlier_from(base, 2027.0)
    assert not nothing.entries and nothing.cost == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("line", ["own", "far", "air"])
@pytest.mark.parametrize("left", [0.0, 0.5])
def test_foresight_beats_replanning_and_replanning_beats_holding_on(
    tiny: Tiny, line: str, left: float
) -> None:
    data = rich(tiny)
    base = planned(data)
    setting = shocked(tiny.folder.parent, event("line-output", f"line/{line}", "2030", left))
    _, cases = regret_of(base, data, setting)
    held, again, known = (cases[case].to_2040 for case in CASES)
    assert held >= again - 1e-6
    assert again >= known - 1e-6
    assert outcome(foresee(base, data, setting)).to_2040 >= base.shortfall - 1e-6


def test_scenarios_that_cannot_be_replanned_say_why(tiny: Tiny) -> None:
    data = same_lead(tiny)
    base = planned(data)
    folder = tiny.folder.parent
    early = event("line-output", "line/cheap", "2029", 0.0, "2026-06")
    for setting, code in (
        (Setting("us-stays", calendar="yearly", key="gdp"), "no-surprise"),
        (shocked(folder, early), "no-surprise"),
        (shocked(folder, event("line-output", "line/cheap", "2040", 0.0)), "late-surprise"),
    ):
        with pytest.raises(BadInput) as refused:
            replan(base, data, setting)
        assert [problem.code for problem in refused.value.problems] == [code]
    other = plan_together(world_of(data, shocked(folder, event("need", "area/tank", "2027", 2.0))))
    with pytest.raises(BadInput, match="other-start"):
        replan(other, data, shocked(folder, event("line-output", "line/cheap", "2029", 0.0)))
