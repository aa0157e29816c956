"""How firm orders are: what is drawn, when an order comes back, and what that makes of a plan."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.data.load import load
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.drawn import RESULTS, UNDRAWN, Drawn, drawn_from
from counterpoise.planning.draws import draw, drawn_figures, drawn_values, triangular
from counterpoise.planning.extract import order_table
from counterpoise.planning.setting import Setting, world_of
from counterpoise.planning.stability import (
    firmness,
    label,
    labelled,
    returning,
    share_table,
    stability_table,
)
from counterpoise.planning.values import span, with_values
from tiny import Tiny, by_year, taken

SETTING = Setting("us-stays", "yearly", "gdp")


# -- draws ------------------------------------------------------------------------------------


@given(
    st.floats(0.0, 10.0),
    st.floats(0.0, 10.0),
    st.floats(0.0, 10.0),
    st.floats(0.0, 1.0, exclude_max=True),
)
def test_a_drawn_value_lies_in_its_range(a: float, b: float, c: float, chance: float) -> None:
    low, value, high = sorted((a, b, c))
    assert low <= triangular(low, value, high, chance) <= high


def test_half_and_double_are_equally_far_off() -> None:
    """From half to double half of the draws lie below the value; a point stays what it is."""
    assert triangular(0.5, 1.0, 2.0, 0.5) == pytest.approx(1.0)
    assert triangular(3.0, 3.0, 3.0, 0.9) == 3.0


def test_the_triangle_by_hand() -> None:
    """From 0 to 1 with the peak at 0 the density is 2 - 2x: below 1/2 lie three quarters."""
    assert triangular(0.0, 0.0, 1.0, 0.75) == pytest.approx(0.5)


def test_the_release_is_drawn_inside_its_ranges() -> None:
    """Each figure of a buyable line once a draw, inside its range; shared prices once."""
    data = load()
    drawn = draw(data, 3, 1)
    moved = {item.address: span(item) for group in drawn_figures(data) for item in group}
    assert drawn.height == 3 * len(moved)
    assert drawn.select("draw", "address").is_unique().all()
    for address, value in drawn.select("address", "value").iter_rows():
        low, _, high = moved[address]
        assert low - 1e-12 <= value <= high + 1e-12
    assert set(drawn["address"].str.split("/").list.get(2)) == {
        "rate",
        "rate_target",
        "lead_time",
        "unit_price",
    }


def test_the_same_seed_draws_the_same_and_more_draws_go_on() -> None:
    data = load()
    five = draw(data, 5, 7)
    assert five.equals(draw(data, 5, 7))
    assert five.filter(pl.col("draw") <= 2).equals(draw(data, 2, 7))
    assert not five.equals(draw(data, 5, 8))


def test_a_drawn_dataset_has_the_drawn_values_and_no_others() -> None:
    data = load()
    drawn = draw(data, 2, 1)
    moved = with_values(data, drawn_values(data, drawn, 2))
    values = dict(drawn.filter(pl.col("draw") == 2).select("address", "value").iter_rows())
    for key, item in data.chosen.items():
        found = moved.chosen[key]
        if item.address in values:
            assert found.value == values[item.address]
        else:
            assert found == item


def test_a_changed_figure_has_no_rivals() -> None:
    """A figure that several documents state keeps the one new value, however they rank."""
    data = load()
    key = next(key for key, items in data.figures.items() if len(items) > 2)
    moved = with_values(data, {key: 123.0})
    assert moved.value(*key) == 123.0
    assert len(moved.figures[key]) == 1


# -- what comes back ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "drawn", "back"),
    [
        ([(2030, 10)], {2030: 10}, [True]),
        ([(2030, 10)], {2030: 5}, [True]),
        ([(2030, 10)], {2030: 4.9}, [False]),
        ([(2030, 10)], {2029: 2, 2030: 1, 2031: 2}, [True]),
        ([(2030, 10)], {2028: 10, 2032: 10}, [False]),
        ([(2030, 10)], {}, [False]),
        # One order split over two years: what a draw buys counts once.
        ([(2030, 10), (2031, 10)], {2030: 10}, [True, True]),
        ([(2030, 10), (2031, 10)], {2030: 9}, [True, False]),
        ([(2030, 10), (2031, 10)], {2029: 5, 2031: 5}, [True, True]),
        ([(2030, 10), (2031, 10)], {2029: 10}, [True, False]),
        # What can't come back takes nothing from what can.
        ([(2030, 100), (2031, 2)], {2030: 3}, [False, True]),
    ],
)
def test_which_orders_come_back(
    shown: list[tuple[int, float]], drawn: dict[int, float], back: list[bool]
) -> None:
    assert returning(shown, drawn)[0] == back


@given(
    st.dictionaries(st.integers(2027, 2035), st.floats(0.1, 100), max_size=6),
    st.dictionaries(st.integers(2027, 2035), st.floats(0.1, 100), max_size=6),
)
def test_units_of_a_draw_count_once(shown: dict[int, float], drawn: dict[int, float]) -> None:
    """What comes back is at least half bought in sum, and a plan comes back in itself."""
    orders = sorted(shown.items())
    came, left = returning(orders, drawn)
    half = sum(units / 2 for (_, units), back in zip(orders, came, strict=True) if back)
    assert half + sum(left.values()) == pytest.approx(sum(drawn.values()))
    assert min(left.values(), default=0.0) >= 0
    assert all(returning(orders, shown)[0])


def test_the_labels() -> None:
    """Four of five draws, and a third of them: the bounds belong to the firmer label."""
    assert [label(share) for share in (1.0, 16 / 20, 15 / 20, 1 / 3, 6 / 20, 0.0)] == [
        "firm",
        "firm",
        "preferred",
        "preferred",
        "interchangeable",
        "interchangeable",
    ]


# -- plans --------------------------------------------------------------------------------------


def _tables(tiny: Tiny, count: int = 12) -> dict[str, pl.DataFrame]:
    """The tables about firmness of the plan together of a tiny dataset, twelve draws of seed 1."""
    data = tiny.dataset()
    plan = plan_together(world_of(data, SETTING))
    orders = order_table(plan)
    return firmness(data, SETTING, orders, "together", count, 1, drawn_from(plan), workers=1)


def test_an_order_without_a_rival_is_firm(tiny: Tiny) -> None:
    """One line of 10 a year meets a need of 20 in two years, whatever its price is within 5%.

    Rate within 5% too: 9.5 to 10.5 a year, never less than half. Lead time 12 months, 11.4 to
    12.6: a delivery in a year's middle is ordered 0.95 to 1.05 years before, and the order year
    moves by one at most.
    """
    tiny.state("AAA")
    tiny.area("tank", 20)
    tiny.offer("alpha", "tank", price=100, rate=10, lead=12)
    tables = _tables(tiny)
    assert tables["stability"]["share"].to_list() == [1.0] * tables["stability"].height
    assert set(tables["orders"]["stability"]) == {"firm"}
    shares = tables["stability-shares"].filter(pl.col("area") == "all")
    assert shares.filter(pl.col("label") == "firm")["share"].to_list() == [1.0, 1.0, 1.0]
    assert shares.filter(pl.col("label") != "firm")["share"].to_list() == [0.0] * 6


def test_of_two_alike_lines_neither_is_firm_but_the_area_is(tiny: Tiny) -> None:
    """Two lines of 10 a year, alike in all: a need of 10 goes to the cheaper of each draw.

    Prices are drawn apart, so that either wins at times; both are under BBB's control, so the
    loose match finds the order in every draw.
    """
    tiny.state("AAA")
    tiny.state("BBB", planning="")
    tiny.area("tank", 10)
    for name in ("alpha", "beta"):
        tiny.system(name, "tank", 100, control="BBB")
        tiny.line(name, "BBB", 40)
    tables = _tables(tiny)
    shares = tables["draw-orders"].filter(pl.col("draw") != UNDRAWN)
    bought = shares.group_by("line").agg(pl.col("draw").n_unique())
    assert sorted(bought["line"]) == ["line/alpha", "line/beta"]
    found = tables["stability"].row(0, named=True)
    times = dict(bought.iter_rows())[found["line"]]
    assert found["share"] == pytest.approx(times / 12)
    assert found["label"] == label(times / 12) != "firm"
    assert (found["loose_share"], found["loose_label"]) == (1.0, "firm")
    assert found["undrawn"] is True


def test_a_looser_match_only_adds(tiny: Tiny) -> None:
    """Two lines alike; the plan orders 24 of beta in 2029 and 10 of alpha in 2030.

    A draw buys 12 of alpha in 2030. Alpha's order takes 5 of them; the 7 that are left are under
    half of beta's 24. Were all thrown together from the start, beta's order would go first and
    take the 12, and the order that came back would be lost to a looser match.
    """
    tiny.state("AAA")
    tiny.area("tank", 10)
    for name in ("alpha", "beta"):
        tiny.system(name, "tank", 100, control="AAA")
        tiny.line(name, "AAA", 40)
    data = tiny.dataset()
    columns = {"buyer": "state/AAA", "area": "area/tank", "controllers": "state/AAA"}
    rows = [("line/beta", 2029, 24.0), ("line/alpha", 2030, 10.0)]
    orders = pl.DataFrame(
        [
            {**columns, "line": line, "ordered": year, "units": units, "eur_bn": 1.0}
            for line, year, units in rows
        ]
    )
    bought = pl.DataFrame(
        [
            {
                "draw": 1,
                **columns,
                "line": "line/alpha",
                "ordered": 2030,
                "units": 12.0,
                "eur_bn": 1.0,
            }
        ]
    )
    results = pl.DataFrame([(1, 1.0, 1.0, 1.0)], schema=RESULTS, orient="row")
    found = stability_table(orders, Drawn(bought, results), data)
    assert found["share"].to_list() == [0.0, 1.0]
    assert found["loose_share"].to_list() == found["group_share"].to_list() == [0.0, 1.0]


def test_control_parts_the_loose_match(tiny: Tiny) -> None:
    """The same two lines under two states' control: the loose match is no looser."""
    tiny.state("AAA")
    tiny.area("tank", 10)
    for name, state in (("alpha", "BBB"), ("beta", "CCC")):
        tiny.state(state, planning="")
        tiny.system(name, "tank", 100, control=state)
        tiny.line(name, state, 40)
    found = _tables(tiny)["stability"].row(0, named=True)
    assert found["loose_share"] == found["group_share"] == found["share"] < 1


def test_any_buyer_will_do_in_the_group_match(tiny: Tiny) -> None:
    """A joint need of 10 that either of two states may meet: the group's order comes back.

    States share by product: 5 each. A draw that gives one state's part to nobody doesn't exist,
    so all orders are firm; taken from one state alone, the loose match fails and the group's
    holds.
    """
    tiny.state("AAA")
    tiny.state("BBB")
    tiny.area("tanker", 10, joint=True)
    tiny.offer("alpha", "tanker", price=100, rate=40)
    data = tiny.dataset()
    plan = plan_together(world_of(data, SETTING))
    orders = order_table(plan)
    alone = orders.filter(pl.col("buyer") == "state/AAA").with_columns(
        units=pl.lit(10.0), buyer=pl.lit("state/BBB")
    )
    drawn = drawn_from(plan)
    one = type(drawn)(
        drawn.orders.filter(pl.col("buyer") == "state/AAA").with_columns(
            draw=pl.lit(1, dtype=pl.Int64)
        ),
        drawn.results.with_columns(draw=pl.lit(1, dtype=pl.Int64)),
    )
    found = firmness(data, SETTING, alone, "together", 1, 1, one.joined(drawn))["stability"]
    row = found.row(0, named=True)
    assert (row["share"], row["loose_share"], row["group_share"]) == (0.0, 0.0, 1.0)


def test_spending_is_counted_to_2035(tiny: Tiny) -> None:
    """EUR 3 bn firm and 1 bn preferred in 2030; what is ordered in 2036 isn't counted."""
    rows = [("firm", 2030, 3.0), ("preferred", 2030, 1.0), ("interchangeable", 2036, 9.0)]
    stability = pl.DataFrame(
        [
            {
                "area": "area/tank",
                "ordered": year,
                "eur_bn": worth,
                **{f"{prefix}label": name for prefix in ("", "loose_", "group_")},
            }
            for name, year, worth in rows
        ]
    )
    found = share_table(stability).filter(
        (pl.col("area") == "area/tank") & (pl.col("match") == "order")
    )
    assert dict(found.select("label", "share").iter_rows()) == {
        "firm": 0.75,
        "preferred": 0.25,
        "interchangeable": 0.0,
    }


def test_firm_orders_come_first(tiny: Tiny) -> None:
    """The order table lists the labelled behaviour's firm orders first, by year, then others'."""
    key = {"buyer": "state/AAA", "line": "line/a"}
    orders = pl.DataFrame(
        [
            {"behaviour": "alone", **key, "ordered": 2028, "eur_bn": 1.0},
            {"behaviour": "together", **key, "ordered": 2028, "eur_bn": 1.0},
            {"behaviour": "together", **key, "ordered": 2030, "eur_bn": 1.0},
            {"behaviour": "together", **key, "ordered": 2029, "eur_bn": 1.0},
        ]
    )
    stability = pl.DataFrame(
        [
            {**key, "ordered": 2028, "label": "interchangeable"},
            {**key, "ordered": 2029, "label": "firm"},
            {**key, "ordered": 2030, "label": "firm"},
        ]
    )
    found = labelled(orders, stability, "together")
    assert found.select("ordered", "stability").rows() == [
        (2029, "firm"),
        (2030, "firm"),
        (2028, "interchangeable"),
        (2028, ""),
    ]


def test_more_draws_keep_those_there_are(tiny: Tiny) -> None:
    """Three draws and two more give what five give."""
    tiny.state("AAA")
    tiny.area("tank", 10)
    for name in ("alpha", "beta"):
        tiny.offer(name, "tank", price=100, rate=40)
    three, five = _tables(tiny, 3), _tables(tiny, 5)
    data = tiny.dataset()
    plan = plan_together(world_of(data, SETTING))
    known = type(drawn_from(plan))(three["draw-orders"], three["draw-results"])
    again = firmness(data, SETTING, order_table(plan), "together", 5, 1, known, workers=1)
    for name, frame in again.items():
        assert frame.equals(five[name]), name


def test_a_quicker_line_is_ordered_from_later(tiny: Tiny) -> None:
    """Draws move rates: half the rate doubles the time that a need of 20 takes (10 a year)."""
    tiny.state("AAA")
    tiny.area("tank", 20)
    tiny.offer("alpha", "tank", price=100, rate=10)
    data = tiny.dataset()
    slow = with_values(data, {("line/alpha", "rate", "", ""): 5.0})
    plan = plan_together(world_of(slow, SETTING))
    assert taken(plan, "AAA", "alpha") == pytest.approx(by_year({2027 + k: 5 for k in range(4)}))
