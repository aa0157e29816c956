"""A user's own decisions: read with all that is wrong, pinned exactly, relaxed by the least.

The tiny worlds are those of test_tiny_worlds: what is delivered in a year counts half in it and
in full from the next; with one area of need N a unit short for a year is 100 / N percent-years.
"""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise import runs
from counterpoise.cli import job
from counterpoise.cli.output import as_csv
from counterpoise.cli.request import Request
from counterpoise.data.load import load
from counterpoise.errors import BadInput, NoPlan, Problem
from counterpoise.planning.behaviours import plan_alone, plan_together
from counterpoise.planning.caps import DependenceCap, cap_on
from counterpoise.planning.decided import decided_table, left_to_order, together_after
from counterpoise.planning.extract import order_table
from counterpoise.planning.relax import FixesClash
from counterpoise.questions import run_data
from counterpoise.questions.plans import read_saved, saved_run
from counterpoise.questions.run_compare import compare
from counterpoise.questions.run_fixes import fix_rows
from counterpoise.verify import verify
from counterpoise.world.fix_file import read_fixes
from counterpoise.world.fixes import Fix
from counterpoise.world.world import World, build_world
from invariants import CHECKS
from tiny import Tiny, taken

HEAD = "decision,buyer,line or system,units,year,note"
A, B = "state/AAA", "state/BBB"
ALPHA, BETA = "system/alpha", "system/beta"


def fixed(world: World, *fixes: Fix) -> World:
    return replace(world, fixes=fixes)


def year(decision: str, buyer: str, target: str, units: float | None, first: int) -> Fix:
    return Fix(decision, buyer, target, units, first, first)


def problems(folder: Path, world: World, *lines: str, head: str = HEAD) -> list[Problem]:
    """What is wrong with a file of these lines."""
    path = folder / "orders.csv"
    path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_fixes(path, world)
    return list(caught.value.problems)


def two_types(tiny: Tiny) -> World:
    """Need 100; alpha at EUR 100 m and beta at 50 m, 10 of each a year, lead time half a year."""
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=10)
    tiny.offer("beta", "tank", price=50, rate=10)
    return tiny.world()


# -- decisions hold, and cost what they must --------------------------------------------------


def test_pin_costs_what_paper_says(tiny: Tiny) -> None:
    """Free: 20 a year for five years: short 90 + 70 + 50 + 30 + 10 = 250, for 5 + 2.5 = 7.5.

    Pinned to 5 alpha in 2027, five units come later by four years: 15 in 2027, then 20 until
    the last 5 in 2032. They must come from beta then (0.25 for 0.5): 7.25. The five are missing
    by half in 2027, in full in 2028 to 2031, and by half in 2032: 5 x 5 = 25 more.
    """
    world = two_types(tiny)
    free = plan_together(world)
    assert (free.shortfall, free.cost) == pytest.approx((250, 7.5))
    plan = plan_together(fixed(world, year("buy", A, ALPHA, 5, 2027)))
    assert (plan.shortfall, plan.cost) == pytest.approx((275, 7.25))
    assert taken(plan, "AAA", "alpha")[0] == pytest.approx(5)
    row = decided_table(plan).row(0, named=True)
    assert row["ordered"] == pytest.approx(5)
    assert (row["delivery_first"], row["delivery_last"]) == (2027, 2027)
    # One unit more in 2027 closes what is missing of it: 5 unit-years of 100.
    assert row["percent_years_a_unit"] == pytest.approx(-5)


def test_dear_type_pinned(tiny: Tiny) -> None:
    """Ten are needed and beta could bring them at once: 4 pinned alpha cost 4 x 0.05 more."""
    tiny.state("AAA")
    tiny.area("tank", 10)
    tiny.offer("alpha", "tank", price=100, rate=10)
    tiny.offer("beta", "tank", price=50, rate=10)
    world = tiny.world()
    assert plan_together(world).cost == pytest.approx(0.5)
    for decision in ("buy", "at-least"):
        plan = plan_together(fixed(world, year(decision, A, "line/alpha", 4, 2027)))
        assert (plan.shortfall, plan.cost) == pytest.approx((50, 0.7))
        assert taken(plan, "AAA", "alpha")[0] == pytest.approx(4)


@pytest.mark.parametrize("decision", ["forbid", "at-most"])
def test_forbidden_and_limited(tiny: Tiny, decision: str) -> None:
    """Without alpha: ten years of 10 beta, 500 for EUR 5 bn. At most 10 alpha in all: 2027 has
    20, then 10 a year to 2035: short 90, 75, 65, ..., 5: 90 + 8 x 40 = 410, for 1 + 4.5."""
    world = two_types(tiny)
    units = None if decision == "forbid" else 10.0
    plan = plan_together(fixed(world, Fix(decision, A, ALPHA, units)))
    paper = (500, 5) if units is None else (410, 5.5)
    assert (plan.shortfall, plan.cost) == pytest.approx(paper)
    assert taken(plan, "AAA", "alpha").sum() == pytest.approx(units or 0, abs=1e-7)


def test_forbidden_years_only(tiny: Tiny) -> None:
    """No alpha before 2029: 10, 10, then 20 a year: short 95 + 85 + 70 + 50 + 30 + 10 = 340."""
    world = two_types(tiny)
    plan = plan_together(fixed(world, Fix("forbid", A, ALPHA, None, 2027, 2028)))
    assert plan.shortfall == pytest.approx(340)
    assert not taken(plan, "AAA", "alpha")[:2].any()


def test_beyond_the_need(tiny: Tiny) -> None:
    """Ten tanks are needed and 25 bought; 11 ships are held of 10 needed, and 3 bought."""
    tiny.state("AAA")
    tiny.area("tank", 10)
    tiny.area("ship", 10)
    tiny.offer("alpha", "tank", price=100, rate=10)
    tiny.offer("boat", "ship", price=100, rate=10)
    tiny.holding("AAA", "boat", "ship", 11)
    world = tiny.world()
    assert not world.open_need[world.labels.cell_index[(A, "area/ship")]].any()
    pins = (Fix("buy", A, ALPHA, 25), year("buy", A, "system/boat", 3, 2030))
    plan = plan_together(fixed(world, *pins))
    assert plan.shortfall == pytest.approx(plan_together(world).shortfall)
    assert taken(plan, "AAA", "alpha").sum() == pytest.approx(25)
    assert taken(plan, "AAA", "boat")[3] == pytest.approx(3)
    assert plan.cost == pytest.approx(2.8)


def test_joint_area_beyond_the_share(tiny: Tiny) -> None:
    """AAA's share of the 8 tankers is 2; it decides to buy 3. Alone it may do so as well."""
    tiny.rule("absorption", 0.5)
    tiny.state("AAA", gdp=250)
    tiny.state("BBB", gdp=750)
    tiny.area("tanker", 8, joint=True)
    tiny.offer("alpha", "tanker", price=100, rate=10)
    world = tiny.world()
    pinned = fixed(world, year("buy", A, ALPHA, 3, 2027))
    for plan in (plan_together(pinned), plan_alone(pinned).final):
        assert taken(plan, "AAA", "alpha")[0] == pytest.approx(3)
        both = taken(plan, "AAA", "alpha") + taken(plan, "BBB", "alpha")
        assert both.max() <= 4 + 1e-6


def test_order_year_is_the_lead_time_before(tiny: Tiny) -> None:
    """With 30 months a unit ordered in 2028 comes in mid-2030, to the day at the turn of 2028."""
    tiny.state("AAA")
    tiny.area("tank", 10)
    tiny.offer("alpha", "tank", price=100, rate=10, lead=30)
    plan = plan_together(fixed(tiny.world(), year("buy", A, ALPHA, 2, 2028)))
    orders = order_table(plan).filter(pl.col("ordered") == 2028)
    assert orders["units"].to_list() == pytest.approx([2])
    assert orders["delivery_first"].to_list() == [2030]
    assert taken(plan, "AAA", "alpha")[3] == pytest.approx(2)


@settings(max_examples=60)
@given(
    rates=st.tuples(st.integers(2, 12), st.integers(2, 12)),
    prices=st.tuples(st.integers(20, 200), st.integers(20, 200)),
    budgets=st.tuples(st.floats(0.3, 3), st.floats(0.3, 3)),
    wears=st.booleans(),
)
def test_pins_of_the_free_plan_change_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    rates: tuple[int, int],
    prices: tuple[int, int],
    budgets: tuple[float, float],
    wears: bool,
) -> None:
    """All orders of the free plan, line by line and year by year, give its objectives again."""
    tiny = Tiny(tmp_path_factory.mktemp("tiny"))
    tiny.state("AAA", budget=budgets[0])
    tiny.state("BBB", budget=budgets[1])
    tiny.area("tank", 60)
    tiny.sheets["areas"][0]["training_use"] = 0.2 if wears else 0.0
    tiny.offer("alpha", "tank", prices[0], rates[0])
    tiny.offer("beta", "tank", prices[1], rates[1], state="BBB", lead=18.0)
    world = tiny.world()
    free = plan_together(world)
    orders = order_table(free).filter(pl.col("units") > 1e-4)
    pins = tuple(
        year("buy", row["buyer"], row["line"], row["units"], row["ordered"])
        for row in orders.iter_rows(named=True)
    )
    plan = plan_together(fixed(world, *pins))
    assert plan.shortfall == pytest.approx(free.shortfall, rel=1e-5)
    assert plan.cost == pytest.approx(free.cost, rel=1e-4)
    for check in CHECKS:
        assert check(plan) == []


# -- decisions that can't all hold ------------------------------------------------------------


def clash(world: World, *fixes: Fix, cap: DependenceCap | None = None) -> FixesClash:
    with pytest.raises(FixesClash) as caught:
        plan_together(fixed(world, *fixes), cap)
    return caught.value


def given_way(found: FixesClash) -> list[tuple[str, str, float]]:
    return [(item.fix.buyer, item.fix.target, round(item.possible, 5)) for item in found.relaxed]


def test_beyond_the_rate(tiny: Tiny) -> None:
    """15 of a line of 10: five give way, EUR 0.5 bn; the line's rate in 2027 stands in the way."""
    found = clash(two_types(tiny), year("buy", A, ALPHA, 15, 2027), year("buy", A, BETA, 5, 2027))
    assert given_way(found) == [(A, ALPHA, 10)]
    assert found.eur_bn == pytest.approx(0.5)
    (row,) = found.relaxed[0].obstacles
    assert row.label == "rate[line/alpha,2027]"
    assert (row.limit, row.worth) == pytest.approx((10, 0.1))
    assert "possible 10" in str(found) and "rate[line/alpha,2027]" in str(found)
    assert isinstance(found, NoPlan)
    again = pickle.loads(pickle.dumps(found))
    assert (again.relaxed, again.kept, str(again)) == (found.relaxed, found.kept, str(found))


def test_the_cheaper_of_two_gives_way(tiny: Tiny) -> None:
    """Two states want 8 each of a line of 10. BBB makes the type; AAA would pay 20% more for one
    new to it. Six must go: BBB's at 0.1 are the least, EUR 0.6 bn rather than 0.72."""
    tiny.rule("introduction-premium", 0.2)
    tiny.state("AAA")
    tiny.state("BBB")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=10, state="BBB")
    world = tiny.world()
    found = clash(world, year("buy", A, ALPHA, 8, 2027), year("buy", B, ALPHA, 8, 2027))
    assert given_way(found) == [(B, ALPHA, 2)]
    assert found.eur_bn == pytest.approx(0.6)
    plan = plan_together(fixed(world, *found.kept))
    assert taken(plan, "AAA", "alpha")[0] == pytest.approx(8)
    assert taken(plan, "BBB", "alpha")[0] == pytest.approx(2)


def test_money_stands_in_the_way(tiny: Tiny) -> None:
    """EUR 0.4 bn a year pay for 4 of 6 in 2027; what lacks is EUR 0.2 bn, the money of 2027."""
    tiny.state("AAA", budget=0.4)
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=10)
    found = clash(tiny.world(), year("at-least", A, ALPHA, 6, 2027))
    assert given_way(found) == [(A, ALPHA, 4)]
    (row,) = found.relaxed[0].obstacles
    assert row.label == "pay[state/AAA,2027]"
    assert (row.limit, row.unit, row.worth) == (pytest.approx(0.4), "EUR bn", pytest.approx(1))


def test_absorption_stands_in_the_way(tiny: Tiny) -> None:
    """A twentieth of the need of 100 is taken up a year: 5 of 6; rows of others don't matter."""
    tiny.rule("absorption", 0.05)
    found = clash(two_types(tiny), year("buy", A, ALPHA, 6, 2027))
    assert given_way(found) == [(A, ALPHA, 5)]
    assert [row.label for row in found.relaxed[0].obstacles] == ["absorb[state/AAA:area/tank,2027]"]


def test_dependence_cap_stands_in_the_way(tiny: Tiny) -> None:
    """Of 20 no more than 10 may be under the control of the United States."""
    tiny.state("AAA")
    tiny.state("USA", planning="")
    tiny.area("tank", 20)
    tiny.system("star", "tank", 50, control="USA")
    tiny.line("star", "AAA", 20)
    tiny.offer("own", "tank", price=100, rate=20)
    world = tiny.world()
    cap = cap_on("state/USA", 0.5)
    found = clash(world, year("buy", A, "system/star", 12, 2027), cap=cap)
    assert given_way(found) == [(A, "system/star", 10)]


def test_decisions_that_contradict_each_other(tiny: Tiny) -> None:
    """At least 12 of the type and at most 5 from its only line: one of them gives way by 7."""
    found = clash(
        two_types(tiny), Fix("at-least", A, ALPHA, 12), Fix("at-most", A, "line/alpha", 5)
    )
    ((_, _, possible),) = given_way(found)
    assert possible in (5, 12)
    assert found.eur_bn == pytest.approx(0.7)
    assert found.relaxed[0].obstacles[0].reason == "what a user has decided to order"


@settings(max_examples=60)
@given(
    asked=st.lists(st.tuples(st.sampled_from("AB"), st.floats(0.5, 40)), min_size=2, max_size=5),
    budget=st.floats(0.2, 4),
)
def test_relaxed_decisions_hold(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[str, float]], budget: float
) -> None:
    """Whatever is asked, what the least relaxation leaves is possible."""
    tiny = Tiny(tmp_path_factory.mktemp("tiny"))
    tiny.state("AAA", budget=budget)
    tiny.state("BBB", budget=2.0)
    tiny.area("tank", 60)
    tiny.offer("alpha", "tank", price=100, rate=7)
    tiny.offer("beta", "tank", price=130, rate=5, state="BBB", lead=18)
    world = tiny.world()
    pins = tuple(
        year("buy", A if who == "A" else B, ALPHA if i % 2 else BETA, units, 2027 + i)
        for i, (who, units) in enumerate(asked)
    )
    try:
        plan_together(fixed(world, *pins))
    except FixesClash as found:
        before = {fix.label: fix.units or 0.0 for fix in pins}
        assert all((fix.units or 0.0) <= before[fix.label] for fix in found.kept)
        plan = plan_together(fixed(world, *found.kept))
        for check in CHECKS:
            assert check(plan) == []


# -- alone ------------------------------------------------------------------------------------


def test_alone_pins_are_served_first(tiny: Tiny) -> None:
    """BBB's share of AAA's line is a quarter of 10, yet its 8 of 2027 are kept for it.

    AAA has the 2 left in 2027. AAA may not order in 2028, so BBB can have up to all 10.
    """
    tiny.state("AAA")
    tiny.state("BBB")
    tiny.area("tank", 60)
    tiny.offer("alpha", "tank", price=100, rate=10, state="AAA")
    pins = (year("buy", B, ALPHA, 8, 2027), year("forbid", A, ALPHA, None, 2028))
    plan = plan_alone(fixed(tiny.world(), *pins)).final
    assert taken(plan, "BBB", "alpha")[0] == pytest.approx(8)
    assert taken(plan, "AAA", "alpha")[0] == pytest.approx(2, abs=1e-5)
    assert taken(plan, "AAA", "alpha")[1] == 0
    for check in CHECKS:
        assert check(plan) == []


def test_alone_expands_for_its_pin(tiny: Tiny) -> None:
    """A line of 10 that may add 10 a year after two years: 18 in 2030 need 8, paid by BBB.

    They must be decided in 2027 or 2028, when BBB's quarter of the growth would be 5.
    """
    tiny.state("AAA")
    tiny.state("BBB")
    tiny.area("tank", 60, growth=1.0, expansion_cost=0.5)
    tiny.offer("alpha", "tank", price=100, rate=10, state="AAA")
    plan = plan_alone(fixed(tiny.world(), year("buy", B, ALPHA, 18, 2030))).final
    assert taken(plan, "BBB", "alpha")[3] == pytest.approx(18)
    assert plan.funds[1].sum() >= 8 * 0.05 - 1e-6
    for check in CHECKS:
        assert check(plan) == []


def test_alone_pins_are_served_inputs_first(tiny: Tiny) -> None:
    """Powder for 10 a year, of which BBB's half is 5: its 8 of 2027 take 8.

    AAA is offered half of the 2 left in each round: 2 (1 - 0.5^n) after n.
    """
    tiny.state("AAA")
    tiny.state("BBB")
    tiny.area("tank", 60)
    tiny.offer("alpha", "tank", price=100, rate=40, state="AAA")
    tiny.input("powder", 10, {"alpha": 1000})
    alone = plan_alone(fixed(tiny.world(), year("buy", B, ALPHA, 8, 2027)))
    plan = alone.final
    assert taken(plan, "BBB", "alpha")[0] == pytest.approx(8)
    assert taken(plan, "AAA", "alpha")[0] == pytest.approx(2 * (1 - 0.5**alone.rounds))


def test_alone_tells_whose_pins_clash(tiny: Tiny) -> None:
    """BBB's 15 of 2030 need the line to grow by 5, decided in 2027 or 2028 for EUR 0.25 bn.

    In these years signed orders take all its money. Together AAA pays for it; alone nobody does,
    and BBB gets the line's 10.
    """
    tiny.state("AAA")
    tiny.state("BBB", budget=1.5)
    tiny.area("tank", 60, growth=1.0, expansion_cost=0.5)
    tiny.offer("alpha", "tank", price=100, rate=10, state="AAA")
    tiny.offer("beta", "tank", price=1000, rate=30, open_share=0)
    tiny.order("first", "BBB", "beta", "tank", 30, (2027, 2028), value=3000)
    world = fixed(tiny.world(), year("buy", B, ALPHA, 15, 2030))
    assert taken(plan_together(world), "BBB", "alpha")[3] == pytest.approx(15)
    with pytest.raises(FixesClash, match="the plan of state/BBB alone") as caught:
        plan_alone(world)
    assert given_way(caught.value) == [(B, ALPHA, 10)]


# -- reading ----------------------------------------------------------------------------------


def test_everything_wrong_is_told_at_once(tiny: Tiny, tmp_path: Path) -> None:
    tiny.state("AAA")
    tiny.state("BBB")
    tiny.state("CCC", planning="slots")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=10, lead=30)
    tiny.offer("beta", "tank", price=100, rate=10)
    tiny.system("gamma", "tank", 50)
    tiny.add("bans", id="ban", buyer="BBB", system="alpha")
    found = problems(
        tmp_path,
        tiny.world(),
        "by,AAA,alpha,5,2027,",
        "buy,AAB,alpa,5,2027,",
        "buy,CCC,gamma,-1,27,",
        "forbid,AAA,alpha,5,,",
        "buy,AAA,alpha,nan,2030-2028,",
        "buy,AAA,alpha,5,2039,",
        "buy,BBB,alpha,5,2029,",
        "buy,AAA,beta,5,2029,",
        "buy,AAA,system/beta,6,2029,",
        "forbid,AAA,beta,,2029,",
        "at-least,AAA,line/beta,3,2029,",
    )
    told = [(item.row, item.code, item.column) for item in found]
    assert told == [
        (2, "decision", "decision"),
        (3, "unknown-buyer", "buyer"),
        (3, "unknown-target", "line or system"),
        (4, "not-planning", "buyer"),
        (4, "not-for-sale", "line or system"),
        (4, "units", "units"),
        (4, "year", "year"),
        (5, "units", "units"),
        (6, "units", "units"),
        (6, "year", "year"),
        (7, "year", "year"),
        (8, "banned", "line or system"),
        (10, "twice", "decision"),
        (11, "contradiction", "decision"),
        (11, "contradiction", "decision"),
        (12, "contradiction", "decision"),
    ]
    by_row = {(item.row, item.code): item for item in found}
    assert "near: buy" in by_row[2, "decision"].expected
    assert A in by_row[3, "unknown-buyer"].expected
    assert ALPHA in by_row[3, "unknown-target"].expected
    assert "2027 to 2038" in by_row[7, "year"].expected
    assert "row 9 says buy 5" in by_row[10, "twice"].expected
    assert "row 11" in by_row[12, "contradiction"].expected
    assert all(item.file == "orders.csv" and item.remedy for item in found)


@pytest.mark.parametrize(
    ("head", "line", "code"),
    [
        (HEAD.replace(",", ";"), "buy;AAA;alpha;5;2027;", "format"),
        ("decision,buyer,system,units,year", "buy,AAA,alpha,5,2027", "unknown-column"),
        ("decision,buyer,units,year", "buy,AAA,5,2027", "missing-column"),
        (HEAD, "buy,AAA,alpha,5", "row-length"),
        (HEAD, "", "empty"),
    ],
)
def test_files_that_are_no_table(
    tiny: Tiny, tmp_path: Path, head: str, line: str, code: str
) -> None:
    assert code in {item.code for item in problems(tmp_path, two_types(tiny), line, head=head)}


def test_ways_to_write_a_decision(tiny: Tiny, tmp_path: Path) -> None:
    """With a byte order mark, by id, address or name, in any order; in a workbook as well."""
    world = two_types(tiny)
    path = tmp_path / "orders.csv"
    lines = (
        HEAD,
        "forbid,AAA,line/beta,,,not theirs",
        'at-least, state/AAA ,alpha,2.5,"2027 - 2029",',
        "at-most,aaa,alpha,7,2027-2029,",
        "buy,AAA,system/alpha,5,2027,",
    )
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    found = read_fixes(path, world)
    assert set(found) == {
        Fix("forbid", A, "line/beta", note="not theirs"),
        Fix("at-least", A, ALPHA, 2.5, 2027, 2029),
        Fix("at-most", A, ALPHA, 7, 2027, 2029),
        Fix("buy", A, ALPHA, 5, 2027, 2027),
    }
    book = tmp_path / "orders.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEAD.split(","))
        sheet.write_row(1, 0, ["buy", "AAA", "alpha", 5, 2027, ""])
        sheet.write_row(2, 0, ["forbid", "AAA", "line/beta", "", "", "not theirs"])
        sheet.write_row(3, 0, ["at-most", "AAA", "alpha", 7, "2027-2029", ""])
        sheet.write_row(4, 0, ["at-least", "AAA", "alpha", 2.5, "2027-2029", ""])
    assert read_fixes(book, world) == found
    path.write_text(as_csv(fix_rows(found)), encoding="utf-8")
    assert read_fixes(path, world) == found


def test_a_file_that_is_missing(tiny: Tiny, tmp_path: Path) -> None:
    world = two_types(tiny)
    for name in ("none.csv", "none.xlsx"):
        with pytest.raises(BadInput, match=name):
            read_fixes(tmp_path / name, world)


@pytest.mark.parametrize("name", ["orders.json", "orders.txt", "orders"])
def test_a_file_of_another_form(tiny: Tiny, tmp_path: Path, name: str) -> None:
    """Even one that holds what a CSV file would."""
    path = tmp_path / name
    path.write_text(f"{HEAD}\nbuy,AAA,system/alpha,5,2027,\n", encoding="utf-8")
    world = two_types(tiny)
    with pytest.raises(BadInput) as refused:
        read_fixes(path, world)
    (problem,) = refused.value.problems
    assert (problem.code, problem.expected) == ("format", "a name that ends in .csv, .xlsx, .ods")
    path = path.rename(tmp_path / "orders.CSV")
    assert len(read_fixes(path, world)) == 1


# -- planning anew ----------------------------------------------------------------------------


def test_what_is_left_after_a_date(tiny: Tiny) -> None:
    """10 of 25 alpha are ordered in 2027; 5 beta of 2027 are done, those of 2029 still come."""
    world = fixed(
        two_types(tiny),
        Fix("buy", A, ALPHA, 25),
        year("buy", A, BETA, 5, 2027),
        year("at-least", A, "line/beta", 4, 2029),
    )
    plan = plan_together(world)
    ordered = float(taken(plan, "AAA", "alpha")[0])
    left = left_to_order(plan, 2028.0)
    assert [fix.label for fix in left] == [f"buy:{A}:{ALPHA}:any", f"at-least:{A}:line/beta:2029"]
    assert left[0].units == pytest.approx(25 - ordered)
    assert {fix.decision for fix in left_to_order(plan, 2040.0)} == {"forbid"}


def test_left_decisions_give_way_where_they_must(tiny: Tiny) -> None:
    """At 2028 a world in which a line makes half: 5 of the 10 of 2029 remain possible."""
    world = two_types(tiny)
    plan = plan_together(fixed(world, year("buy", A, ALPHA, 10, 2029)))
    later = replace(world, decision=2028.0, free=world.free / 2)
    again = together_after(plan, later, 2028.0)
    assert taken(again, "AAA", "alpha")[2] == pytest.approx(5)
    assert [fix.units for fix in again.world.fixes] == pytest.approx([5])


# -- runs -------------------------------------------------------------------------------------


def rows(found: Sequence[dict[str, object]], part: str) -> dict[str, tuple[object, object]]:
    return {str(row["what"]): (row["before"], row["after"]) for row in found if row["part"] == part}


@pytest.mark.slow
def test_pinned_run_of_the_release(yearly_runs: Path, tmp_path: Path) -> None:
    """Poland buys 8 Patriot units and no K2: the run keeps the decisions, diff tells the cost."""
    orders = tmp_path / "orders.csv"
    orders.write_text(
        f"{HEAD}\nbuy,POL,patriot,8,2027-2031,\nforbid,POL,system/k2,,,\n", encoding="utf-8"
    )
    shutil.copytree(yearly_runs, tmp_path / "runs")
    free = runs.open_run("latest", tmp_path / "runs")
    asked = Request(calendar="yearly", behaviour="together", quick=True)
    pinned = job.plan_run(asked, tmp_path / "runs", fix=orders)
    assert free.id != pinned.id
    assert job.request_of(pinned).fixes == (
        Fix("forbid", "state/POL", "system/k2"),
        Fix("buy", "state/POL", "system/patriot", 8, 2027, 2031),
    )
    table = pinned.table("decisions").filter(pl.col("behaviour") == "together")
    assert table["ordered"].to_list() == pytest.approx([0, 8], abs=1e-6)
    assert "fixed" in pinned.arrays("together-0-shortfall")["rows"]
    world = build_world(load(), calendar="yearly")
    plan = read_saved(pinned, world)
    k2 = [index for index, line in enumerate(world.lines) if line.system == "system/k2"]
    assert not plan.deliveries[world.labels.state_index["state/POL"], k2].any()
    found = compare(free, pinned, 10)
    told = rows(found, "decision")
    assert told["state/POL system/patriot 2027-2031"] == ("free", "buy 8")
    assert told["state/POL system/k2"] == ("free", "forbid")
    before, after = rows(found, "result")["shortfall/together"]
    assert float(str(after)) > float(str(before))
    assert "together/POL" in rows(found, "state money")
    taken_run = saved_run(load(), "baseline", "together", tmp_path / "runs")
    assert taken_run is not None and taken_run.id == free.id


SLOWER = """
title = "Alpha makes half from 2030, known in 2029"
based_on = "us-stays"
[[event]]
kind = "line-output"
target = "line/alpha"
start = "2030"
known_from = "2029-01"
amount = 0.5
reason = "a fire"
"""


def test_runs_with_decisions(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run keeps the decisions and is named by them; diff tells them; replan goes on with them.

    The pin of 2030 is 8 of alpha's 10. From 2030 the line makes 5, which gives way by 3.
    """
    tiny.rules["readiness"] = 1.0
    two_types(tiny)
    dataset = tiny.dataset()
    monkeypatch.setattr(run_data, "load_for", lambda overlays, leaks=True: dataset)
    orders = tmp_path / "orders.csv"
    asked = Request("us-stays", "yearly", "gdp", "together", quick=True)
    free = job.plan_run(asked, tmp_path)
    lines = ("buy,AAA,alpha,5,2027,", "buy,AAA,alpha,8,2030,")
    names = []
    for order in (lines, lines[::-1]):
        orders.write_text("\n".join((HEAD, *order)), encoding="utf-8")
        pinned = job.plan_run(asked, tmp_path, fix=orders)
        names.append(pinned.id)
    assert names[0] == names[1] != free.id
    found = compare(free, pinned, 10)
    assert rows(found, "decision") == {
        "state/AAA system/alpha 2027": ("free", "buy 5"),
        "state/AAA system/alpha 2030": ("free", "buy 8"),
    }
    assert rows(found, "request") == {}
    before = rows(found, "state money")["together/AAA"][0]
    assert float(str(before)) == pytest.approx(7.5)
    scenario = tmp_path / "slower.toml"
    scenario.write_text(SLOWER, encoding="utf-8")
    again = job.replan_run(pinned, str(scenario), tmp_path)
    table = again.table("decisions").filter(pl.col("behaviour") == "together")
    assert table["years"].to_list() == ["2030"]
    assert table["units"].to_list() == pytest.approx([5])
    assert table["ordered"].to_list() == pytest.approx([5])


def test_verified_with_decisions(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verifier rebuilds decisions from the request: together, alone, joint, without a need.

    It refuses a run whose decisions aren't those of its problem.
    """
    tiny.rules["readiness"] = 1.0
    tiny.rule("absorption", 0.5)
    tiny.state("AAA", gdp=250)
    tiny.state("BBB", gdp=750)
    tiny.area("tank", 60, upkeep=0.02)
    tiny.sheets["areas"][0]["training_use"] = 0.1
    tiny.area("tanker", 8, joint=True)
    tiny.area("ship", 10)
    tiny.offer("alpha", "tank", price=100, rate=10)
    tiny.offer("beta", "tank", price=50, rate=10, lead=18)
    tiny.offer("airlift", "tanker", price=200, rate=4)
    tiny.offer("boat", "ship", price=100, rate=10)
    for state in ("AAA", "BBB"):
        tiny.holding(state, "boat", "ship", 11)
    dataset = tiny.dataset()
    monkeypatch.setattr(run_data, "load_for", lambda overlays, leaks=True: dataset)
    orders = tmp_path / "orders.csv"
    lines = (
        "buy,BBB,alpha,6,2027,",
        "at-least,AAA,alpha,40,,more than ever needed",
        "buy,AAA,airlift,3,2027-2029,",
        "buy,AAA,boat,1,2030,",
        "at-most,BBB,beta,10,2028-2030,",
        "forbid,AAA,line/beta,,2028,",
    )
    orders.write_text("\n".join((HEAD, *lines)), encoding="utf-8")
    run = job.plan_run(Request("us-stays", "yearly", "gdp", quick=True), tmp_path, fix=orders)
    for behaviour in ("together", "alone"):
        table = run.table("decisions").filter(pl.col("behaviour") == behaviour)
        told = dict(zip(table["target"], table["ordered"], strict=True))
        assert told["system/airlift"] == pytest.approx(3)
        assert told["system/boat"] == pytest.approx(1)
    report = verify(run.path)
    assert [str(item) for item in report.findings] == []
    assert report.verified
    for file, old, new in (
        ("run.json", '"units": 3.0', '"units": 2.0'),
        ("dataset/setting.json", '"units": 3.0', '"units": 2.0'),
    ):
        text = (run.path / file).read_text(encoding="utf-8")
        assert old in text
        (run.path / file).write_text(text.replace(old, new), encoding="utf-8")
        report = verify(run.path, digests=False)
        assert not report.verified
    assert any("fixed[buy:state/AAA:system/airlift" in item.label for item in report.findings)
