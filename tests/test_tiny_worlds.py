"""Tiny worlds whose optimum is worked by hand: each isolates one mechanism of the plan.

The calendar is fourteen full years, 2027 to 2040. What is delivered in a year counts half in
that year and in full from the next (the mean of the year's start and end). With one area of
need N, one unit short for a year is 100 / N percent-years; with two areas half of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from counterpoise.errors import BadInput
from counterpoise.planning.behaviours import (
    MOST_ROUNDS,
    plan_alone,
    plan_ordered,
    plan_together,
)
from counterpoise.planning.caps import cap_on, parse_cap
from counterpoise.planning.offers import all_offers, slot_shares
from counterpoise.planning.plan import Plan
from tiny import FIRST, YEARS, Tiny, by_year, costs, shortfalls, taken

RELATIVE = 1e-6


def check(plan: Plan, *, shortfall: float, cost: float) -> None:
    """Both stages' optima, and what the plan says of itself, equal the numbers on paper."""
    paper = pytest.approx(shortfall, rel=RELATIVE, abs=1e-7)
    assert plan.shortfall == paper
    assert shortfalls(plan) == paper
    money = pytest.approx(cost, rel=RELATIVE, abs=1e-7)
    assert costs(plan) == money
    assert plan.cost == money
    assert sum(plan.cost_parts.values()) == money


def check_taken(plan: Plan, state: str, system: str, units: Mapping[int, float]) -> None:
    """Deliveries of a line to a state, by year."""
    assert taken(plan, state, system) == pytest.approx(by_year(units), rel=RELATIVE, abs=1e-6)


# -- the line ---------------------------------------------------------------------------------


def test_rate(tiny: Tiny) -> None:
    """Need 100, a line of 10 a year: ten years of 10 from 2027 to 2036.

    In year k the state has (10k - 10 + 10k) / 2 = 10k - 5; short 105 - 10k for k = 1..10:
    1050 - 550 = 500 unit-years of 100 = 500 percent-years. Cost: EUR 1 bn a year (10 units at
    EUR 100 m) for ten years, discounted at 2%: (1 - 1.02^-10) / (1 - 1.02^-1).
    """
    tiny.rule("discount-rate", 0.02)
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=10)
    plan = plan_together(tiny.world())
    check(plan, shortfall=500, cost=(1 - 1.02**-10) / (1 - 1.02**-1))
    check_taken(plan, "AAA", "alpha", {2027 + k: 10 for k in range(10)})


def test_open_share(tiny: Tiny) -> None:
    """A line of 20 a year of which half is open is a line of 10: test_rate's 500; 100 units."""
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=20, open_share=0.5)
    check(plan_together(tiny.world()), shortfall=500, cost=10)


def test_ramp(tiny: Tiny) -> None:
    """10 a year as of 2026, 18 a year in 2030: 2 more each year, so 12, 14, 16, 18, 18, ...

    Need 60 is met by 12 + 14 + 16 + 18 at the end of 2030. In service on average: 6, 19, 34,
    51; short 54 + 41 + 26 + 9 = 130 unit-years of 60 = 216.67. Cost 60 x 0.1 = 6.
    """
    tiny.state("AAA")
    tiny.area("tank", 60)
    tiny.offer("alpha", "tank", price=100, rate=10, as_of=2026, target=18, target_year=2030)
    plan = plan_together(tiny.world())
    assert plan.world.lines[0].output[:6] == pytest.approx([12, 14, 16, 18, 18, 18])
    check(plan, shortfall=130 * 100 / 60, cost=6)


def test_sold_until(tiny: Tiny) -> None:
    """A line of 10 sold until 2030: sold in full at the start of 2027, not at all after 2030.

    Sold in the middle of 2027 to 2030: 7/8, 5/8, 3/8, 1/8. Free: 1.25, 3.75, 6.25, 8.75, 10.
    Need 30: at the ends 1.25, 5, 11.25, 20, 30; means 0.625, 3.125, 8.125, 15.625, 25, in sum
    52.5; short 150 - 52.5 = 97.5 of 30 = 325. Cost 3.
    """
    tiny.state("AAA")
    tiny.area("tank", 30)
    tiny.offer("alpha", "tank", price=100, rate=10, sold_until=2030)
    check(plan_together(tiny.world()), shortfall=325, cost=3)


# -- time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("months", "first"), [(6, 2027), (18, 2028), (30, 2029), (31, 2030)])
def test_lead_time(tiny: Tiny, months: int, first: int) -> None:
    """Nothing before the lead time: a delivery in mid-year Y is ordered months / 12 earlier.

    30 months before mid-2029 is the start of 2027, the first day on which one can order; with
    31 months 2030 is the first year. Need 100, rate 50: n empty years, then 50 and 50: short
    100 n + 75 + 25 = 100 n + 100.
    """
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=50, lead=months)
    plan = plan_together(tiny.world())
    check(plan, shortfall=100 * (first - FIRST) + 100, cost=10)
    check_taken(plan, "AAA", "alpha", {first: 50, first + 1: 50})


def test_type_available(tiny: Tiny) -> None:
    """A type that exists from 2029 delivers nothing before: two empty years, 50, 50: 300."""
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.system("alpha", "tank", 100, available=2029)
    tiny.line("alpha", "AAA", 50)
    plan = plan_together(tiny.world())
    check(plan, shortfall=300, cost=10)
    check_taken(plan, "AAA", "alpha", {2029: 50, 2030: 50})


# -- the order book ---------------------------------------------------------------------------


def test_order_book_is_retimed(tiny: Tiny) -> None:
    """30 units due in 2027 and 2028 from a line of 10 a year arrive in 2027, 2028, 2029.

    Need 60. The book brings on average 5, 15, 25, then 30; new units can follow in 2030, 2031,
    2032: 10 each. Short: 55, 45, 35, then 25, 15, 5 = 180 of 60 = 300. New units cost 3.
    """
    tiny.state("AAA")
    tiny.area("tank", 60)
    tiny.offer("alpha", "tank", price=100, rate=10)
    tiny.order("first", "AAA", "alpha", "tank", 30, (2027, 2028))
    world = tiny.world()
    assert world.delivered[0] == pytest.approx(by_year({2027: 10, 2028: 10, 2029: 10}))
    assert world.free[0, :4] == pytest.approx([0, 0, 0, 10])
    plan = plan_together(world)
    check(plan, shortfall=300, cost=3)
    check_taken(plan, "AAA", "alpha", {2030: 10, 2031: 10, 2032: 10})


def test_ordered_is_the_order_book_alone(tiny: Tiny) -> None:
    """The same world without new orders: short 55, 45, 35, then 30 in the 11 years to 2040.

    135 + 330 = 465 of 60 = 775.
    """
    tiny.state("AAA")
    tiny.area("tank", 60)
    tiny.offer("alpha", "tank", price=100, rate=10)
    tiny.order("first", "AAA", "alpha", "tank", 30, (2027, 2028))
    assert plan_ordered(tiny.world()).shortfall == pytest.approx(775)


def test_orders_of_others_take_slots(tiny: Tiny) -> None:
    """CCC isn't planned for, but its 10 units take the line's 2027.

    Need 20: 10 in 2028, 10 in 2029; short 20 + 15 + 5 = 40 of 20 = 200. Cost 2.
    """
    tiny.state("AAA")
    tiny.state("CCC", planning="slots")
    tiny.area("tank", 20)
    tiny.offer("alpha", "tank", price=100, rate=10)
    tiny.order("other", "CCC", "alpha", "tank", 10, (2027, 2027))
    plan = plan_together(tiny.world())
    check(plan, shortfall=200, cost=2)
    check_taken(plan, "AAA", "alpha", {2028: 10, 2029: 10})


def test_signed_orders_are_paid_first(tiny: Tiny) -> None:
    """20 units for EUR 2 bn, 10 in 2027 and 10 in 2028, paid at delivery: EUR 1 bn each year.

    Budget 1.5: 0.5 is left in 2027 and in 2028, 1.5 later. Need 40; the book brings 5, 15, then
    20. New alpha at 0.1 from a line of 10: 5, 5, 10; means 2.5, 7.5, 15. Short 40 - 7.5,
    40 - 22.5, 40 - 35: 32.5 + 17.5 + 5 = 55 of 40 = 137.5. Cost 2.
    """
    tiny.state("AAA", budget=1.5)
    tiny.area("tank", 40)
    tiny.offer("alpha", "tank", price=100, rate=10)
    tiny.offer("beta", "tank", price=1000, rate=10, open_share=0)
    tiny.order("first", "AAA", "beta", "tank", 20, (2027, 2028), value=2000)
    world = tiny.world()
    assert world.committed[0] == pytest.approx(by_year({2027: 1, 2028: 1}))
    plan = plan_together(world)
    check(plan, shortfall=137.5, cost=2)
    check_taken(plan, "AAA", "alpha", {2027: 5, 2028: 5, 2029: 10})


def test_delivered_part_of_an_order_is_paid(tiny: Tiny) -> None:
    """20 units for EUR 2 bn, due in 2026 and 2027; the 10 of 2026 are held and counted there.

    Paid at delivery: the 10 of 2027 cost EUR 1 bn, the other EUR 1 bn was paid in 2026. So of
    a budget of 1.5 there is 0.5 left in 2027. Need 40, held 10, arriving 5 then 10: open 25,
    then 20. New alpha at 0.1: 5 in 2027, 15 in 2028; short 25 - 2.5 + 20 - 12.5 = 30 of
    40 = 75. Cost 2.
    """
    tiny.state("AAA", budget=1.5)
    tiny.area("tank", 40)
    tiny.offer("alpha", "tank", price=100, rate=100)
    tiny.offer("beta", "tank", price=1000, rate=10, open_share=0)
    tiny.order("first", "AAA", "beta", "tank", 20, (2026, 2027), value=2000)
    tiny.holding("AAA", "beta", "tank", 10, from_orders=10)
    world = tiny.world()
    assert world.delivered[0] == pytest.approx(by_year({2027: 10}))
    assert world.committed[0] == pytest.approx(by_year({2027: 1}))
    check(plan_together(world), shortfall=75, cost=2)


# -- money ------------------------------------------------------------------------------------


def test_budget_binds(tiny: Tiny) -> None:
    """EUR 1 bn a year, units at 0.1, half paid at the order, half at delivery 18 months later.

    A unit delivered in mid-2028 is ordered at the start of 2027: halves fall in the years
    before and of the delivery. With d units in a year: d(2028) <= 20, d(t) + d(t+1) <= 20. So
    20 every second year, 2028 to 2036, is the most at every time. Need 100. At the ends 0, 20,
    20, 40, 40, ..., 100; means 0, 10, 20, ..., 90 in 2036, then 100: short 100 + 90 + ... +
    10 = 550. Every year from 2027 to 2036 pays EUR 1 bn: at 2% (1 - 1.02^-10) / (1 - 1.02^-1).
    """
    tiny.rule("discount-rate", 0.02)
    tiny.state("AAA", budget=1)
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=1000, lead=18)
    tiny.pay((0, 0.5), (1, 0.5))
    plan = plan_together(tiny.world())
    check(plan, shortfall=550, cost=(1 - 1.02**-10) / (1 - 1.02**-1))
    check_taken(plan, "AAA", "alpha", {2028 + 2 * k: 20 for k in range(5)})
    ten = by_year({2027 + k: 1 for k in range(10)})
    assert plan.national[0] == pytest.approx(ten, abs=1e-6)
    assert plan.purchases[0] == pytest.approx(ten, abs=1e-6)


def test_four_payments(tiny: Tiny) -> None:
    """Lead 54 months: a delivery of mid-2031 is ordered at the start of 2027.

    Moments 0, 1/4, 1/2 and 1 fall on 2027.0, 2028.125, 2029.25 and 2031.5: of EUR 1 bn for 10
    units 0.1, 0.2, 0.3 and 0.4 bn. Need 10, rate 10: short for four years and a half: 450.
    """
    tiny.state("AAA")
    tiny.area("tank", 10)
    tiny.offer("alpha", "tank", price=100, rate=10, lead=54)
    tiny.pay((0, 0.1), (0.25, 0.2), (0.5, 0.3), (1, 0.4))
    plan = plan_together(tiny.world())
    check(plan, shortfall=450, cost=1)
    paid = by_year({2027: 0.1, 2028: 0.2, 2029: 0.3, 2031: 0.4})
    assert plan.national[0] == pytest.approx(paid, abs=1e-7)


def test_without_money_the_need_stays_open(tiny: Tiny) -> None:
    """Two states of one size, 10 units each; BBB has no money.

    AAA takes its 10 in 2027: short 5. BBB stays short of 10 in all 14 years: 145 of 20 = 725.
    """
    tiny.state("AAA")
    tiny.state("BBB", budget=0)
    tiny.area("tank", 20)
    tiny.offer("alpha", "tank", price=100, rate=10)
    plan = plan_together(tiny.world())
    check(plan, shortfall=725, cost=1)
    assert not taken(plan, "BBB", "alpha").any()


def test_upkeep_is_paid(tiny: Tiny) -> None:
    """10 units at 0.1 in mid-2027, upkeep 10% of the price a year: 0.05, then 0.1 for 13 years.

    Cost 1 + 0.05 + 1.3 = 2.35; the draws are 1.05 and then 0.1.
    """
    tiny.state("AAA")
    tiny.area("tank", 10, upkeep=0.1)
    tiny.offer("alpha", "tank", price=100, rate=10)
    plan = plan_together(tiny.world())
    check(plan, shortfall=50, cost=2.35)
    assert plan.cost_parts["upkeep"] == pytest.approx(1.35)
    assert plan.national[0] == pytest.approx(np.array([1.05] + [0.1] * 13))


# -- loans ------------------------------------------------------------------------------------

CHEAPER = 0.01 / 1.04 + 0.01 / 1.04**2
"""Saved per euro borrowed for two years at 3% instead of 4%, discounted at 4%."""

DEARER = 0.01 / 1.02 + 0.01 / 1.02**2
"""Lost per euro borrowed for two years at 3% instead of 2%, discounted at 2%."""


@pytest.mark.parametrize(
    ("own", "budget", "drawn", "cost"),
    [
        pytest.param(4, 2.0, 0.6, 1 - 0.6 * CHEAPER, id="lower than the own yield: drawn in full"),
        pytest.param(2, 2.0, 0.0, 1.0, id="higher than the own yield: not drawn"),
        pytest.param(2, 0.4, 0.6, 1 + 0.6 * DEARER, id="higher, but the need comes first"),
    ],
)
def test_loan(tiny: Tiny, own: float, budget: float, drawn: float, cost: float) -> None:
    """10 units for EUR 1 bn in 2027; a loan of EUR 0.6 bn at 3% for two years is on offer.

    The loan pays interest of 0.03 after one year and 1.03 after two. Against the own yield of
    4% each euro saves 0.01 / 1.04 + 0.01 / 1.04^2; against 2% it loses 0.01 / 1.02 + .../1.02^2.
    """
    tiny.state("AAA", budget=budget)
    tiny.area("tank", 10)
    tiny.system("alpha", "tank", 100, eligible=True)
    tiny.line("alpha", "AAA", 10)
    tiny.loan("AAA", 600, own=own, common=3)
    plan = plan_together(tiny.world())
    check(plan, shortfall=50, cost=cost)
    assert plan.draws["loan/fund-aaa"] == pytest.approx(by_year({2027: drawn}), abs=1e-7)
    assert plan.national[0] == pytest.approx(by_year({2027: 1 - drawn}), abs=1e-7)


@pytest.mark.parametrize(
    ("budget", "shortfall", "cost"), [(2.0, 50, 2 - CHEAPER), (0.0, 725, 1 - CHEAPER)]
)
def test_loan_for_eligible_systems(
    tiny: Tiny, budget: float, shortfall: float, cost: float
) -> None:
    """Two areas, 10 units of EUR 0.1 bn each; alpha is eligible, beta isn't; the loan is large.

    It pays for alpha alone: EUR 1 bn drawn. With own money both needs are met in 2027: short
    5 of 10 in both, 50. Without, beta's area stays open: (5 + 140) / 2 x 100 / 10 = 725.
    """
    tiny.state("AAA", budget=budget)
    tiny.area("tank", 10)
    tiny.area("gun", 10)
    tiny.system("alpha", "tank", 100, eligible=True)
    tiny.line("alpha", "AAA", 10)
    tiny.offer("beta", "gun", price=100, rate=10)
    tiny.loan("AAA", 5000, own=4, common=3)
    plan = plan_together(tiny.world())
    check(plan, shortfall=shortfall, cost=cost)
    assert plan.draws["loan/fund-aaa"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("years", "drawn"),
    [((2026, 2027), {2027: 1.0}), ((2028, 2030), {2028: 1.0}), ((2030, 2032), {})],
)
def test_loan_within_its_years(tiny: Tiny, years: tuple[int, int], drawn: dict[int, float]) -> None:
    """20 units at 0.1, 10 in 2027 and 10 in 2028: EUR 1 bn each year; a loan of EUR 5 bn.

    It is drawn only in the years it is open. Short 15 + 5 = 20 of 20 = 100.
    """
    tiny.state("AAA")
    tiny.area("tank", 20)
    tiny.system("alpha", "tank", 100, eligible=True)
    tiny.line("alpha", "AAA", 10)
    tiny.loan("AAA", 5000, own=4, common=3, years=years)
    plan = plan_together(tiny.world())
    check(plan, shortfall=100, cost=2 - sum(drawn.values()) * CHEAPER)
    assert plan.draws["loan/fund-aaa"] == pytest.approx(by_year(drawn), abs=1e-7)


def test_two_loans_of_one_state(tiny: Tiny) -> None:
    """Two instruments lend EUR 0.3 bn each for one purchase of EUR 1 bn: both are drawn."""
    tiny.state("AAA")
    tiny.area("tank", 10)
    tiny.system("alpha", "tank", 100, eligible=True)
    tiny.line("alpha", "AAA", 10)
    tiny.loan("AAA", 300, own=4, common=3)
    tiny.loan("AAA", 300, own=4, common=3, instrument="other")
    plan = plan_together(tiny.world())
    check(plan, shortfall=50, cost=1 - 0.6 * CHEAPER)


# -- expansion --------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "open_share", "cost"), [(10, 1.0, 8.75), (20, 0.5, 9.5)])
def test_expansion(tiny: Tiny, rate: float, open_share: float, cost: float) -> None:
    """A line of 10 may add 5 a year (half its rate), delivering 24 months after the decision.

    5 decided at the start of 2027, of 2028 and of 2029: 10, 10, 15, 20, 25 meet the need of
    80. Means 5, 15, 27.5, 45, 67.5: short 75 + 65 + 52.5 + 35 + 12.5 = 240 of 80 = 300. Units
    cost 8; 15 a year of added rate at half the price of a year's output cost 15 x 0.05 = 0.75,
    paid by the state in the years of the decision. A line of 20 of which half is open serves
    as well, but 30 a year must be added for 15 that are open: 1.5.
    """
    tiny.state("AAA")
    tiny.area("tank", 80, growth=0.5, expansion_cost=0.5)
    tiny.offer("alpha", "tank", price=100, rate=rate, expansion=24, open_share=open_share)
    plan = plan_together(tiny.world())
    check(plan, shortfall=300, cost=cost)
    check_taken(plan, "AAA", "alpha", {2027: 10, 2028: 10, 2029: 15, 2030: 20, 2031: 25})
    decided = dict.fromkeys((2027, 2028, 2029), 5 / open_share)
    assert plan.expansions[0] == pytest.approx(by_year(decided), abs=1e-6)
    paid = {year: units * 0.05 for year, units in decided.items()}
    assert plan.funds[0] == pytest.approx(by_year(paid), abs=1e-7)
    bought = np.array([1, 1, 1.5, 2])
    assert plan.national[0, :4] == pytest.approx(bought + by_year(paid)[:4])


def test_expansion_needs_a_payer(tiny: Tiny) -> None:
    """With EUR 1 bn a year, 10 units are all that can be paid: more rate helps nobody.

    Seven years of 10: short 65 + 55 + ... + 5 = 245 of 70 = 350. Cost 7, nothing is expanded.
    """
    tiny.state("AAA", budget=1)
    tiny.area("tank", 70, growth=0.5, expansion_cost=0.5)
    tiny.offer("alpha", "tank", price=100, rate=10, expansion=24)
    plan = plan_together(tiny.world())
    check(plan, shortfall=350, cost=7)
    assert plan.funds == pytest.approx(0, abs=1e-7)


def test_expansion_paid_by_one_serves_another(tiny: Tiny) -> None:
    """BBB can pay for its units only (EUR 1 bn a year, 10 units); AAA needs 10 and has more.

    Need 100 by gross domestic product 1 : 9: AAA 10, BBB 90. BBB can have 10 k after k years,
    the line 10 and 20 after two: so at most 10, 20, then 10 k + 10. BBB takes 10 in each year
    from 2027 to 2035; 10 a year of added rate, decided in 2027 for 10 x 0.05 = 0.5, bring AAA's
    10 in 2029. At the ends 10, 20, 40, 50, ..., 100; means 5, 15, 30, 45, 55, 65, 75, 85, 95:
    short 95 + 85 + 70 + 55 + 45 + 35 + 25 + 15 + 5 = 430 of 100 = 430. Cost 10 + 0.5.
    """
    tiny.state("AAA", gdp=100, budget=100)
    tiny.state("BBB", gdp=900, budget=1)
    tiny.area("tank", 100, growth=1.0, expansion_cost=0.5)
    tiny.offer("alpha", "tank", price=100, rate=10, expansion=24)
    plan = plan_together(tiny.world())
    check(plan, shortfall=430, cost=10.5)
    assert plan.funds[0] == pytest.approx(by_year({2027: 0.5}), abs=1e-7)
    assert plan.funds[1] == pytest.approx(0, abs=1e-7)


# -- what a force takes up --------------------------------------------------------------------


def test_absorption(tiny: Tiny) -> None:
    """A fifth of the need of 100 a year: 20, whatever the line makes.

    Means 10, 30, 50, 70, 90: short 90 + 70 + 50 + 30 + 10 = 250. Cost 10.
    """
    tiny.rule("absorption", 0.2)
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=500)
    plan = plan_together(tiny.world())
    check(plan, shortfall=250, cost=10)
    check_taken(plan, "AAA", "alpha", {2027 + k: 20 for k in range(5)})


def test_absorption_counts_signed_orders(tiny: Tiny) -> None:
    """The same with 20 units signed for 2027 and 2028: 10 new in both years, then 20.

    As many arrive as before, so 250; 80 new units cost 8.
    """
    tiny.rule("absorption", 0.2)
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=500)
    tiny.order("first", "AAA", "alpha", "tank", 20, (2027, 2028))
    plan = plan_together(tiny.world())
    check(plan, shortfall=250, cost=8)
    check_taken(plan, "AAA", "alpha", {2027: 10, 2028: 10, 2029: 20, 2030: 20, 2031: 20})


def test_nothing_is_bought_that_no_year_needs(tiny: Tiny) -> None:
    """Need 10, a line of 20 a year: 10 units close the need for good, and no year needs more.

    With 10 units at the end of 2027 every later year is met; an eleventh is never needed.
    """
    tiny.state("AAA")
    tiny.area("tank", 10)
    tiny.offer("alpha", "tank", price=100, rate=20)
    plan = plan_together(tiny.world())
    assert taken(plan, "AAA", "alpha").sum() == pytest.approx(10)


# -- which line -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beta", "choice", "cost"), [(100, "alpha", 1.0), (90, "alpha", 1.0), (85, "beta", 0.9775)]
)
def test_familiar_types(tiny: Tiny, beta: float, choice: str, cost: float) -> None:
    """AAA makes alpha (EUR 100 m); beta from BBB costs it 15% more for being new.

    90 x 1.15 = 103.5 > 100 > 97.75 = 85 x 1.15. Need 10 in 2027: short 5 of 10 = 50.
    """
    tiny.rule("introduction-premium", 0.15)
    tiny.rule("absorption", 1.0)
    tiny.state("AAA")
    tiny.state("BBB", planning="")
    tiny.area("tank", 10)
    tiny.offer("alpha", "tank", price=100, rate=10, state="AAA")
    tiny.offer("beta", "tank", price=beta, rate=10, state="BBB")
    plan = plan_together(tiny.world())
    check(plan, shortfall=50, cost=cost)
    check_taken(plan, "AAA", choice, {2027: 10})


@pytest.mark.parametrize("how", ["held", "ordered"])
def test_held_or_ordered_types_are_familiar(tiny: Tiny, how: str) -> None:
    """AAA makes neither type; it holds or has ordered one beta, which then costs no more.

    Both EUR 100 m. The one unit leaves 9 open (ordered for 2027: 9.5 open in 2027), and 9 are
    taken up in 2027: 0.9. Held: short 9 - 4.5 of 10 = 45; ordered: 9.5 - 4.5 = 5 of 10 = 50.
    """
    tiny.rule("introduction-premium", 0.15)
    tiny.rule("absorption", 0.9 if how == "held" else 1.0)
    tiny.state("AAA")
    tiny.state("BBB", planning="")
    tiny.area("tank", 10)
    for system in ("alpha", "beta"):
        tiny.offer(system, "tank", price=100, rate=10, state="BBB")
    if how == "held":
        tiny.holding("AAA", "beta", "tank", 1)
    else:
        tiny.order("first", "AAA", "beta", "tank", 1, (2027, 2027))
    plan = plan_together(tiny.world())
    check(plan, shortfall=45 if how == "held" else 50, cost=0.9)
    check_taken(plan, "AAA", "beta", {2027: 9})


@pytest.mark.parametrize(("lead", "choice", "cost"), [(6, "cheap", 0.5), (18, "dear", 1.0)])
def test_need_before_price(tiny: Tiny, lead: float, choice: str, cost: float) -> None:
    """The cheaper of two lines is chosen where both deliver in 2027, not where it comes later.

    Need 10, rates 10: short 5 in 2027 = 50, for EUR 0.5 bn if `cheap` can deliver in 2027; if
    it can only in 2028 that would leave 10 + 5 short, so `dear` is bought for EUR 1 bn.
    """
    tiny.rule("absorption", 1.0)
    tiny.state("AAA")
    tiny.area("tank", 10)
    tiny.offer("cheap", "tank", price=50, rate=10, lead=lead)
    tiny.offer("dear", "tank", price=100, rate=10)
    plan = plan_together(tiny.world())
    check(plan, shortfall=50, cost=cost)
    check_taken(plan, "AAA", choice, {2027: 10})


def test_dear_line_fills_up(tiny: Tiny) -> None:
    """Need 20 and two lines of 10: both deliver in 2027; 10 x 0.05 + 10 x 0.1 = 1.5.

    Short 10 of 20 = 50.
    """
    tiny.state("AAA")
    tiny.area("tank", 20)
    tiny.offer("cheap", "tank", price=50, rate=10)
    tiny.offer("dear", "tank", price=100, rate=10)
    check(plan_together(tiny.world()), shortfall=50, cost=1.5)


def test_bans(tiny: Tiny) -> None:
    """AAA may not buy what CCC controls: it takes the dear type; 10 x 0.1 = 1."""
    tiny.rule("absorption", 1.0)
    tiny.state("AAA")
    tiny.state("CCC", planning="")
    tiny.area("tank", 10)
    tiny.system("cheap", "tank", 50, control="CCC")
    tiny.line("cheap", "AAA", 10)
    tiny.offer("dear", "tank", price=100, rate=10)
    tiny.add("bans", id="ban", buyer="AAA", controller="CCC")
    plan = plan_together(tiny.world())
    check(plan, shortfall=50, cost=1)
    check_taken(plan, "AAA", "dear", {2027: 10})


@pytest.mark.parametrize(
    ("share", "american", "cost"), [(1.0, 20, 1.0), (0.5, 10, 1.5), (0.0, 0, 2.0)]
)
def test_dependence_cap(tiny: Tiny, share: float, american: float, cost: float) -> None:
    """Need 20, an American type at 50 and an own one at 100: under a cap of 0.5, 10 of each.

    10 x 0.05 + 10 x 0.1 = 1.5. Lines and absorption let all come in 2027: short 10 of 20 = 50.
    The American type is made in AAA: who controls it counts, not where it is made.
    """
    tiny.rule("absorption", 1.0)
    tiny.state("AAA")
    tiny.state("USA", planning="")
    tiny.area("tank", 20)
    tiny.system("star", "tank", 50, control="USA")
    tiny.line("star", "AAA", 20)
    tiny.offer("own", "tank", price=100, rate=20)
    plan = plan_together(tiny.world(), cap_on("state/USA", share))
    check(plan, shortfall=50, cost=cost)
    check_taken(plan, "AAA", "star", {2027: american})
    check_taken(plan, "AAA", "own", {2027: 20 - american})


@pytest.mark.parametrize(
    ("text", "star", "koala"), [("", 8, 12), ("usa=0.4", 8, 12), ("outside=0.5", 8, 2),
                                ("usa+aus=0.2", 4, 0), ("outside=0", 0, 0)]
)  # fmt: skip
def test_dependence_cap_on_several_states(tiny: Tiny, text: str, star: float, koala: float) -> None:
    """Need 20: American types at 50 (8 a year), jointly controlled at 60, own ones at 100.

    What both states control counts once: under a half from outside there is room for 10.
    """
    tiny.rule("absorption", 1.0)
    tiny.state("AAA")
    for state in ("USA", "AUS"):
        tiny.state(state, planning="")
    tiny.area("tank", 20)
    tiny.system("star", "tank", 50, control="USA")
    tiny.line("star", "AAA", 8)
    tiny.system("koala", "tank", 60, control="USA;AUS" if text == "outside=0.5" else "AUS")
    tiny.line("koala", "AAA", 20)
    tiny.offer("own", "tank", price=100, rate=20)
    plan = plan_together(tiny.world(), parse_cap(text, tiny.dataset()))
    check_taken(plan, "AAA", "star", {2027: star})
    check_taken(plan, "AAA", "koala", {2027: koala})
    check_taken(plan, "AAA", "own", {2027: 20 - star - koala})


@pytest.mark.parametrize("text", ["usa", "usa=2", "xyz=0.5", "usa+xyz=0.5", "outside=x"])
def test_caps_that_are_none_are_refused(tiny: Tiny, text: str) -> None:
    tiny.state("AAA")
    tiny.state("USA", planning="")
    with pytest.raises(BadInput, match="STATE=SHARE or outside=SHARE"):
        parse_cap(text, tiny.dataset())


def test_dependence_cap_already_passed(tiny: Tiny) -> None:
    """12 of 20 are American already, more than a half: the other 8 are all of the own type.

    Short 8 - 4 = 4 of 20 = 20; cost 0.8.
    """
    tiny.rule("absorption", 0.4)
    tiny.state("AAA")
    tiny.state("USA", planning="")
    tiny.area("tank", 20)
    tiny.system("star", "tank", 50, control="USA")
    tiny.line("star", "USA", 20)
    tiny.holding("AAA", "star", "tank", 12)
    tiny.offer("own", "tank", price=100, rate=20)
    plan = plan_together(tiny.world(), cap_on("state/USA", 0.5))
    check(plan, shortfall=20, cost=0.8)
    check_taken(plan, "AAA", "own", {2027: 8})


# -- the group --------------------------------------------------------------------------------


@pytest.mark.parametrize(("budget", "shortfall", "cost"), [(0.0, 462.5, 3.0), (100.0, 200.0, 4.0)])
def test_joint_area(tiny: Tiny, budget: float, shortfall: float, cost: float) -> None:
    """40 tankers for all, 10 a year; AAA has three quarters of the output, so at most 30.

    Without money in BBB: 30 by the end of 2029, means 5, 15, 25, then 30: short 35 + 25 + 15 +
    11 x 10 = 185 of 40 = 462.5. With it: 35 + 25 + 15 + 5 = 80 of 40 = 200.
    """
    tiny.state("AAA", gdp=750)
    tiny.state("BBB", gdp=250, budget=budget)
    tiny.area("tanker", 40, joint=True)
    tiny.offer("alpha", "tanker", price=100, rate=10)
    plan = plan_together(tiny.world())
    check(plan, shortfall=shortfall, cost=cost)
    assert taken(plan, "AAA", "alpha").sum() <= 30 + 1e-6
    assert taken(plan, "BBB", "alpha").sum() <= 10 + 1e-6


FALLING = """
title = "The US part falls from all in 2027 to none in 2031"
[[event]]
kind = "assured-part"
target = "state/USA"
start = "2027"
end = "2031"
known_from = "2026-12"
amount = 1.0
amount_end = 0.0
reason = "a fall by a quarter a year"
"""


@pytest.mark.parametrize(
    ("scenario", "shortfall", "cost"),
    [("us-stays", 90, 6), ("us-gone", 250, 10), ("falling", 150, 10)],
)
def test_us_part(tiny: Tiny, tmp_path: Path, scenario: str, shortfall: float, cost: float) -> None:
    """Need 60 of Europe and 40 that the United States provide: 100 in all; 20 a year.

    Assured: 60 open, means 10, 30, 50: short 50 + 30 + 10 = 90 of 100. Not assured: 100 open,
    90 + 70 + 50 + 30 + 10 = 250. Falling by 10 a year from 2028: open 60, 70, 80, 90, 100;
    means 10, 30, 50, 70, 90: short 50 + 40 + 30 + 20 + 10 = 150.
    """
    tiny.state("AAA")
    tiny.state("USA", planning="")
    tiny.area("tank", 60, us_part=40)
    tiny.offer("alpha", "tank", price=100, rate=20)
    if scenario == "falling":
        path = tmp_path / "falling.toml"
        path.write_text(FALLING, encoding="utf-8")
        scenario = str(path)
    check(plan_together(tiny.world(scenario)), shortfall=shortfall, cost=cost)


# -- behaviours -------------------------------------------------------------------------------


LAST_YEAR = """
title = "The line closes after 2027"
[[event]]
kind = "line-output"
target = "line/alpha"
start = "2028"
known_from = "2026-12"
amount = 0.0
reason = "one year to share"
"""


def test_alone_and_together(tiny: Tiny, tmp_path: Path) -> None:
    """A line in AAA makes 20 in 2027 and then closes; AAA has no money, each state needs 20.

    AAA stays short of 20 for 14 years: 280. If BBB gets x, it is short of 20 - x / 2 in 2027
    and of 20 - x in 13 years: 280 - 13.5 x. Together x = 20: 280 + 10 of 40 = 725. Alone BBB is
    offered a quarter of the slots (half go to AAA as the line's state, the rest by open need,
    which is equal): x = 5, 280 + 212.5 of 40 = 1231.25 in the first round. What AAA leaves is
    offered again: x = 20 (1 - 0.75^n) after n rounds. Round n removes 13.5 x 5 x 0.75^(n-1) of
    40, still 7.1 of 753 in the twelfth, which is the last allowed.
    """
    tiny.rule("absorption", 1.0)
    tiny.state("AAA", budget=0)
    tiny.state("BBB")
    tiny.area("tank", 40)
    tiny.offer("alpha", "tank", price=100, rate=20, state="AAA")
    path = tmp_path / "last-year.toml"
    path.write_text(LAST_YEAR, encoding="utf-8")
    world = tiny.world(str(path))
    assert slot_shares(world, all_offers(world))[:, 0] == pytest.approx([0.75, 0.25])
    together = plan_together(world)
    check(together, shortfall=725, cost=2)
    alone = plan_alone(world)
    check(alone.first, shortfall=1231.25, cost=0.5)
    check_taken(alone.first, "BBB", "alpha", {2027: 5})
    assert alone.rounds == MOST_ROUNDS == 12
    most = 20 * (1 - 0.75**12)
    check(alone.final, shortfall=(560 - 13.5 * most) * 100 / 40, cost=most / 10)
    check_taken(alone.final, "BBB", "alpha", {2027: most})
    assert together.shortfall < alone.final.shortfall < alone.first.shortfall


def test_own_state_goes_first_alone(tiny: Tiny, tmp_path: Path) -> None:
    """The same line with money in both states: 15 for AAA and 5 for BBB, at once and for good.

    AAA short 20 - 7.5 + 13 x 5 = 77.5, BBB 280 - 67.5 = 212.5: 290 of 40 = 725, as together.
    """
    tiny.rule("absorption", 1.0)
    tiny.state("AAA")
    tiny.state("BBB")
    tiny.area("tank", 40)
    tiny.offer("alpha", "tank", price=100, rate=20, state="AAA")
    path = tmp_path / "last-year.toml"
    path.write_text(LAST_YEAR, encoding="utf-8")
    world = tiny.world(str(path))
    alone = plan_alone(world)
    assert alone.rounds == 2
    check(alone.final, shortfall=725, cost=2)
    check_taken(alone.final, "AAA", "alpha", {2027: 15})
    check_taken(alone.final, "BBB", "alpha", {2027: 5})
    check(plan_together(world), shortfall=725, cost=2)


def test_alone_is_together_for_one_state(tiny: Tiny) -> None:
    """With one state and the line at home there is nobody to share with: test_rate's 500."""
    tiny.state("AAA")
    tiny.area("tank", 100)
    tiny.offer("alpha", "tank", price=100, rate=10)
    alone = plan_alone(tiny.world())
    check(alone.final, shortfall=500, cost=10)
    assert alone.rounds == 2


# -- inputs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("supply", "first", "shortfall", "cost", "units"),
    [
        pytest.param(100, 2020, 50, 1.0, {"beta": {2027: 20}}, id="ample: the cheap one"),
        pytest.param(
            10, 2020, 100, 2.0, {"alpha": {2027: 10, 2028: 10}}, id="scarce: the sparing one"
        ),
        pytest.param(
            10, 2029, 300, 2.0, {"alpha": {2029: 10, 2030: 10}}, id="none before its first year"
        ),
    ],
)
def test_input(
    tiny: Tiny,
    supply: float,
    first: int,
    shortfall: float,
    cost: float,
    units: dict[str, dict[int, float]],
) -> None:
    """Need 20; alpha (EUR 100 m) takes one tonne of powder, beta (EUR 50 m) two.

    100 t a year: 20 beta in 2027, short 10 of 20 = 50, for EUR 1 bn. 10 t a year: 10 alpha a
    year close more than 5 beta; short 15 + 5 = 20 of 20 = 100, for EUR 2 bn. If the powder
    comes from 2029 only, two years of 20 are added: 60 of 20 = 300.
    """
    tiny.rule("absorption", 1.0)
    tiny.state("AAA")
    tiny.area("tank", 20)
    tiny.offer("alpha", "tank", price=100, rate=20)
    tiny.offer("beta", "tank", price=50, rate=20)
    tiny.input("powder", supply, {"alpha": 1000, "beta": 2000}, first=first)
    plan = plan_together(tiny.world())
    check(plan, shortfall=shortfall, cost=cost)
    for system in ("alpha", "beta"):
        check_taken(plan, "AAA", system, units.get(system, {}))


def test_world_without_joint_areas_or_loans(tiny: Tiny) -> None:
    """What all arithmetic here rests on: fourteen years from 2027, one area, nothing else."""
    tiny.state("AAA")
    tiny.area("tank", 10)
    tiny.offer("alpha", "tank", price=100, rate=10)
    world = tiny.world()
    assert world.calendar.edges == tuple(float(FIRST + k) for k in range(YEARS + 1))
    check(plan_together(world), shortfall=50, cost=1)
