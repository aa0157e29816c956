"""Weights of areas and years, other parts of equipment money, and what orders say of that part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from counterpoise.data.load import load
from counterpoise.errors import BadInput
from counterpoise.measures.asking import value_of
from counterpoise.measures.equipment_part import equipment_parts, payments_due
from counterpoise.measures.shortfall import score
from counterpoise.measures.view import NoAnswer, View
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.headlines import headlines, most_open
from counterpoise.planning.setting import Setting, world_of
from counterpoise.world.weights import weight_sets
from counterpoise.world.world import World, build_world
from tiny import FIRST, YEARS, Tiny, by_year, taken

SETTING = Setting("us-stays", "yearly", "gdp")


def _weigh(
    tiny: Tiny, areas: dict[str, float], years: dict[int, float] | None = None, name: str = "mine"
) -> None:
    tiny.add("weight-sets", id=name, name=name, author="the test")
    for area, weight in areas.items():
        tiny.add("weights", set=name, area=area, weight=weight)
    for year, weight in (years or {}).items():
        tiny.add("weights", set=name, year=year, weight=weight)


def _world(tiny: Tiny, weights: str = "mine") -> World:
    return build_world(tiny.dataset(), "us-stays", calendar="yearly", key="gdp", weights=weights)


# -- the sets -----------------------------------------------------------------------------------


@pytest.mark.parametrize("calendar", ["yearly", "quarterly"])
def test_each_set_of_the_release_has_a_mean_of_one(calendar: str) -> None:
    """Over the planned areas and the time that is shown, so that totals compare."""
    data = load()
    assert weight_sets(data) == ["equal", "nato-priority", "threat-first"]
    for name in weight_sets(data):
        world = build_world(data, calendar=calendar, weights=name)
        shown = world.calendar.reported()
        mean = (world.weighting * shown).sum() / (len(world.labels.areas) * shown.sum())
        assert mean == pytest.approx(1.0)
        assert (world.weighting > 0).all()
    assert (build_world(data, calendar=calendar).weighting == 1.0).all()


def test_air_defence_leads_in_both_sets_and_2030_in_one() -> None:
    data = load()
    for name in ("nato-priority", "threat-first"):
        world = build_world(data, calendar="yearly", weights=name)
        top = world.weighting.mean(axis=1).argmax()
        assert world.labels.areas[top] == "area/sam-upper"
    by_time = world.weighting.mean(axis=0)
    assert world.calendar.years[by_time.argmax()] == 2030


def test_every_weight_of_the_release_is_a_judgement_with_a_reason() -> None:
    data = load()
    for name in weight_sets(data):
        for key in data.by_subject.get(f"weight-set/{name}", []):
            found = data.chosen[key]
            assert found.basis == "assumed"
            assert len(found.note) > 20
            assert found.low is not None and found.high is not None


def test_weights_by_hand(tiny: Tiny) -> None:
    """Areas 3 and, unnamed, 1: mean 2, so 1.5 and 0.5.

    Years 2030 to 2032 weigh 4, all from 2033 on 1, all before 2030 4 (as the nearest): of the
    nine shown years six weigh 4 and three 1, mean 3.
    """
    tiny.state("AAA")
    tiny.area("tank", 10)
    tiny.area("gun", 10)
    _weigh(tiny, {"tank": 3.0}, {2030: 4.0, 2032: 4.0, 2033: 1.0})
    found = _world(tiny).weighting
    year = np.array([4.0] * 6 + [1.0] * (YEARS - 6)) / 3
    assert found == pytest.approx(np.array([1.5 * year, 0.5 * year]))


def test_an_area_of_weight_zero_drops_out(tiny: Tiny) -> None:
    """One line's plant can't serve both: all EUR 1 bn a year goes to the area that counts.

    Tanks and guns cost EUR 100 m each: 10 a year. Guns count nothing, so 10 tanks are bought a
    year and no gun, and the total is the tanks' alone, at weight 2: need 20, met to 10 at the
    end of 2027 and whole at the end of 2028. Means over the years: 5 and 15, short 15 + 5 = 20
    of 20 for a year, 100 percent-years of one area, times 2 over 2 areas.
    """
    tiny.state("AAA", budget=1.0)
    for area in ("tank", "gun"):
        tiny.area(area, 20)
    tiny.offer("alpha", "tank", price=100, rate=100)
    tiny.offer("beta", "gun", price=100, rate=100)
    _weigh(tiny, {"gun": 0.0})
    plan = plan_together(_world(tiny))
    assert taken(plan, "AAA", "alpha") == pytest.approx(by_year({2027: 10, 2028: 10}))
    assert taken(plan, "AAA", "beta").sum() == pytest.approx(0.0)
    assert plan.shortfall == pytest.approx(100.0)


def test_a_heavy_year_moves_the_order_of_purchase(tiny: Tiny) -> None:
    """Two areas, one budget: what weighs three times as much is bought first."""
    tiny.state("AAA", budget=1.0)
    for area in ("tank", "gun"):
        tiny.area(area, 10)
    tiny.offer("alpha", "tank", price=100, rate=100)
    tiny.offer("beta", "gun", price=100, rate=100)
    _weigh(tiny, {"gun": 3.0})
    plan = plan_together(_world(tiny))
    assert taken(plan, "AAA", "beta") == pytest.approx(by_year({2027: 10}))
    assert taken(plan, "AAA", "alpha") == pytest.approx(by_year({2028: 10}))


@pytest.mark.parametrize(
    ("areas", "years", "name", "expected"),
    [
        ({"tank": 1.0}, {}, "minee", "equal or mine"),
        ({"tank": 0.0}, {}, "mine", "above zero"),
        ({"tank": 1.0}, {2030: 0.0}, "mine", "above zero"),
        ({"idea": 2.0}, {}, "mine", "an area that is planned"),
    ],
)
def test_what_is_wrong_with_a_set_is_told(
    tiny: Tiny, areas: dict[str, float], years: dict[int, float], name: str, expected: str
) -> None:
    tiny.state("AAA")
    tiny.area("tank", 10)
    tiny.area("idea", 10)
    tiny.sheets["areas"][1]["planned"] = "n"
    _weigh(tiny, areas, years)
    with pytest.raises(BadInput, match=expected):
        _world(tiny, name)


# -- headlines ----------------------------------------------------------------------------------


def test_headlines_by_hand(tiny: Tiny) -> None:
    """One state, two areas of 10, EUR 1 bn a year for 10 units, part of money 1 in the release.

    Under equal weights (tanks and guns alike in all): 10 units in 2027, 10 in 2028. Open without
    orders to 2035: 9 years, 900 percent-years on average. The first ten leave half a year of
    their area, the others one year and a half: (50 + 150) / 2 = 100. With half the money
    (EUR 0.5 bn) 5 units a year: the two areas' 20 units take four years; over both areas short
    20 - 2.5, 20 - 7.5, 20 - 12.5, 20 - 17.5 = 40 units, of 10 a unit 10%: 400 / 2 = 200.
    """
    tiny.state("AAA", budget=1.0)
    for area in ("tank", "gun"):
        tiny.area(area, 10)
    tiny.offer("alpha", "tank", price=100, rate=100)
    tiny.offer("beta", "gun", price=100, rate=100)
    _weigh(tiny, {"gun": 3.0})
    data = tiny.dataset()
    base = plan_together(world_of(data, SETTING))
    found = headlines(data, SETTING, base, workers=1)
    assert found.select("weights", "money_share", "base").rows() == [
        ("equal", 1.0, True),
        ("mine", 1.0, False),
        ("equal", 0.2, False),
        ("equal", 0.35, False),
        ("equal", 0.5, False),
    ]
    assert found["ordered"].to_list() == pytest.approx([900.0] * 5)
    assert found["together"][0] == pytest.approx(100.0)
    assert found["removed"][0] == pytest.approx(8 / 9)
    assert found["together"][4] == pytest.approx(200.0)
    # Guns weigh 1.5 and come first: 0.75 · 50 + 0.25 · 150 = 75; counted evenly 100 again.
    assert found["together"][1] == pytest.approx(75.0)
    assert found["evenly"].to_list()[:2] == pytest.approx([100.0, 100.0])
    assert found["closed_2030"].to_list()[:2] == [2, 2]
    assert found["most_open"][0] == "gun=0.000; tank=0.000"
    lists = most_open(found)
    assert sum(len(cases) for cases, _ in lists) == found.height
    assert all(
        [area for area, _ in areas] in (["gun", "tank"], ["tank", "gun"]) for _, areas in lists
    )
    assert score(base.world, base.gaps, reported=True) == pytest.approx(found["together"][0])


# -- what orders say of the part of equipment money ---------------------------------------------


def _spends(tiny: Tiny, state: str, years: tuple[int, ...]) -> None:
    """EUR 10 bn of outlays a year, half of it equipment."""
    for year in years:
        tiny.add(
            "spending",
            state=state,
            year=year,
            series="nato-2026",
            defence_eur_m=10000.0,
            equipment_pct=50.0,
        )


def test_payments_due_by_hand(tiny: Tiny) -> None:
    """EUR 800 m signed at the start of 2024 for one delivery year, 2025; paid as two halves.

    Half at the order (2024), half on delivery in the middle of 2025.
    """
    tiny.pay((0.0, 0.5), (1.0, 0.5))
    tiny.state("AAA")
    tiny.area("tank", 10)
    tiny.offer("alpha", "tank", price=100, rate=10)
    tiny.order("one", "AAA", "alpha", "tank", 8, (2025, 2025), value=800, signed="2024-01")
    (due,) = payments_due(View(tiny.dataset()))
    assert due.valued
    assert due.value.value == pytest.approx(0.8)
    assert due.part == pytest.approx({2024: 0.5, 2025: 0.5})


def test_the_part_of_equipment_money_by_hand(tiny: Tiny) -> None:
    """Four valued orders of EUR 500 m each, half due in 2024 and half in 2025: 2 of 10 bn, 0.2.

    One more without a value, five units at EUR 100 m, makes it 2.5 of 10. With three valued
    orders the state isn't told of.
    """
    tiny.pay((0.0, 0.5), (1.0, 0.5))
    for state in ("AAA", "BBB"):
        tiny.state(state)
        _spends(tiny, state, (2024, 2025))
    tiny.area("tank", 10)
    tiny.offer("alpha", "tank", price=100, rate=10)
    for number in range(4):
        tiny.order(
            f"o{number}", "AAA", "alpha", "tank", 5, (2025, 2025), value=500, signed="2024-01"
        )
    tiny.order("open", "AAA", "alpha", "tank", 5, (2025, 2025), signed="2024-01")
    tiny.sheets["orders"][-1]["value_eur_m"] = ""
    (found,) = equipment_parts(View(tiny.dataset()))
    assert (found.state, found.first, found.last, found.orders) == ("state/AAA", 2024, 2025, 4)
    assert (found.payments, found.equipment) == pytest.approx((2.5, 10.0))
    assert (found.share_valued, found.share) == pytest.approx((0.2, 0.25))
    given = {"state": "AAA", "first": "2024", "last": "2025"}
    assert value_of(View(tiny.dataset()), "equipment_part", **given).value == pytest.approx(25.0)
    with pytest.raises(NoAnswer, match="orders of state/BBB"):
        value_of(View(tiny.dataset()), "equipment_part", **{**given, "state": "BBB"})
    tiny.sheets["orders"][0]["value_eur_m"] = ""
    assert equipment_parts(View(tiny.dataset())) == []


def test_the_release_tells_of_some_states() -> None:
    """Several states, each with a part between none and all, the valued orders' part the lower."""
    found = equipment_parts(View(load()))
    assert len(found) >= 3
    for item in found:
        assert 0 < item.share_valued <= item.share < 1
        assert item.orders >= 4


def test_the_estimate_is_never_read_back() -> None:
    """The world's budgets don't depend on the orders' values."""
    data = load()
    before = build_world(data, calendar="yearly").budget
    kept = tuple(item for item in data.observations if not item.subject.startswith("order/"))

    after = build_world(replace(data, observations=kept), calendar="yearly").budget
    assert np.array_equal(before, after)


def test_the_calendar_starts_where_the_weights_do() -> None:
    """Tiny worlds and the release both show 2027 to 2035, the years that threat-first names."""
    world = build_world(load(), calendar="yearly", weights="threat-first")
    shown = world.calendar.years[world.calendar.reported() > 0]
    assert (int(shown[0]), int(shown[-1])) == (FIRST, 2035)
    named = {int(key[2]) for key in load().by_subject["weight-set/threat-first"] if key[2]}
    assert named == set(range(FIRST, 2036))
