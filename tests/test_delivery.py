"""Delivery dates: a line worked by hand, what must hold for any order, and the held-out score."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.cli import main
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.errors import BadInput
from counterpoise.measures.delay_score import SHARES, delay_score
from counterpoise.planning.draws import drawn_figures
from counterpoise.planning.offers import all_offers, everyone
from counterpoise.planning.pairs import build_pairs
from counterpoise.questions.catalogue import questions
from counterpoise.world.delays import Case, Supplier, pooled, recorded
from counterpoise.world.delivery import (
    Delivery,
    Order,
    alternatives,
    delivery_dates,
    delivery_world,
    planned,
)
from counterpoise.world.delivery_inputs import inputs
from counterpoise.world.slots import HORIZON, PRIORITIES, slots_of
from counterpoise.world.world import World, build_world
from tiny import Tiny, overlay

Capture = pytest.CaptureFixture[str]

QUARTER = 2027.125
"""The middle of 2027-Q1."""


@pytest.fixture(scope="session")
def shipped() -> Dataset:
    """The reference release."""
    return load()


@pytest.fixture(scope="session")
def world(shipped: Dataset) -> World:
    """The world in which orders of the release are delivered."""
    return delivery_world(shipped)


@pytest.fixture(scope="session")
def past(shipped: Dataset) -> tuple[Case, ...]:
    return recorded(shipped)


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """A state that buys and one that makes, an area that may double a line in a year."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    made = Tiny(folder)
    made.state("AAA")
    made.state("BBB")
    made.area("gun", 100, growth=1.0)
    return made


def ask(made: Tiny, **wanted: float | str) -> Delivery:
    """An order of AAA for five guns in 2027-Q1, but for what is wanted otherwise."""
    order = Order("line/gun-b", "state/AAA", 5, QUARTER)
    return delivery_dates(delivery_world(made.dataset(), "us-stays"), replace(order, **wanted))  # type: ignore[arg-type]


def parts(found: Delivery) -> dict[str, float]:
    return {part.name: part.months for part in found.parts}


def delay(made: Tiny, name: str, months: float, **cells: str) -> None:
    """A recorded delay of the type gun-b, supplied by BBB, that has come."""
    case = {
        "system": "gun-b",
        "supplier_state": "BBB",
        "planned_delivery": "2020-01",
        "actual_delivery": "2021-01",
    }
    made.add("delays", id=name, delay_months=months, **{**case, **cells})


# One line by hand: 4 a year, half of it open, a year of lead time.


def test_free_line(tiny: Tiny) -> None:
    # The first comes after the lead time, the other four at two a year.
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB", lead=12.0, open_share=0.5)
    found = ask(tiny)
    assert found.first.planned == pytest.approx(2028.125)
    assert found.last.planned == pytest.approx(2030.125)
    assert parts(found) == pytest.approx(
        {
            "lead time from order to delivery": 12,
            "today's rate": 12,
            "own forces and other customers come first": 12,
        }
    )
    assert found.ahead == ()
    assert found.others == pytest.approx(6.0), "half of three years' output"


def test_sold_line(tiny: Tiny) -> None:
    # Eight sold in 2027 and 2028 take all output, so that free output starts with 2029.
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB", lead=12.0, open_share=0.5)
    tiny.order("bbb-gun", "BBB", "gun-b", "gun", 8, (2027, 2028))
    found = ask(tiny)
    assert found.first.planned == pytest.approx(2029.5)
    assert found.last.planned == pytest.approx(2031.5)
    assert parts(found)["orders already sold"] == pytest.approx(16.5)
    assert [(item.buyer, item.orders) for item in found.ahead] == [
        ("state/BBB", ("order/bbb-gun",))
    ]
    assert found.ahead[0].units == pytest.approx(8 - 4 * 0.125)


def test_priority(tiny: Tiny) -> None:
    # First: as if nothing were sold. Own: as if everything were open too.
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB", lead=12.0, open_share=0.5)
    tiny.order("bbb-gun", "BBB", "gun-b", "gun", 8, (2027, 2028))
    first, own = ask(tiny, priority="first"), ask(tiny, priority="own")
    assert first.last.planned == pytest.approx(2030.125)
    assert own.last.planned == pytest.approx(2029.125)
    assert parts(first)["priority"] == pytest.approx(-16.5)
    assert parts(own)["priority"] == pytest.approx(-28.5)


def test_a_plan_s_dates_are_others(tiny: Tiny, shipped: Dataset) -> None:
    """A plan orders a lead time ahead of what all may take, and knows no recorded delay."""
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB", lead=12.0, open_share=0.5)
    late = {}
    for times in (0, 1):
        if times:
            delay(tiny, "d", 30.0)
        world = build_world(tiny.dataset(), "us-stays")
        pairs = build_pairs(world, everyone(world))
        assert pairs.ordered == pytest.approx(world.calendar.middles[pairs.period] - 1.0)
        late[times] = (pairs.period.tolist(), all_offers(world).free.tolist(), ask(tiny).last)
    assert late[0][:2] == late[1][:2]
    assert late[1][2].at(0.5) > late[0][2].at(0.5) + 0.1
    moved = {item.quantity for group in drawn_figures(shipped) for item in group}
    assert moved == {"rate", "rate_target", "lead_time", "unit_price"}
    limits = " ".join(questions().questions["deliver"].limits)
    assert "among all buyers at once" in limits and "/run/" in limits
    assert "never reckons with recorded delays, not even in its draws" in limits


def test_expansion(tiny: Tiny) -> None:
    # 13 at 4 a year: 1 on 2028.125, 12 in three years. Two years after the order the rate
    # starts to grow to 8 within a year: 4, then 6 in the year of growth, then 2 at 8 a year.
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB", lead=12.0)
    assert ask(tiny, units=13).last.planned == pytest.approx(2031.125)
    grown = ask(tiny, units=13, expand=4.0)
    assert grown.last.planned == pytest.approx(2030.375, abs=1e-3)
    assert parts(grown)["expansion"] == pytest.approx(-9, abs=0.02)


def test_announced_rate(tiny: Tiny) -> None:
    # 2 a year until the middle of 2028, then straight to 6 in the middle of 2030.
    tiny.offer("gun-b", "gun", 1.0, 2.0, "BBB", lead=12.0, as_of=2028, target=6.0, target_year=2030)
    found = ask(tiny, units=9)
    assert parts(found)["today's rate"] == pytest.approx(48)
    assert parts(found)["announced growth of the rate"] < -12
    assert found.last.planned < ask(tiny, units=10).last.planned


def test_sold_until_a_year(tiny: Tiny) -> None:
    # Sold in a share that falls to nothing at the end of 2028, buyers unknown.
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB", lead=12.0, sold_until=2028)
    found = ask(tiny)
    assert found.ahead == () and found.sold_ahead > 0
    assert found.last.planned > 2029.125


def test_first_year(tiny: Tiny) -> None:
    tiny.system("gun-b", "gun", 1.0, available=2032)
    tiny.line("gun-b", "BBB", 4.0, lead=12.0)
    assert ask(tiny, units=1).last.planned == pytest.approx(2032.0)


def test_beyond_the_calendar(tiny: Tiny) -> None:
    # 4 a year from 2028.125: the 81st comes twenty years later, the 1001st never within sight.
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB", lead=12.0)
    assert ask(tiny, units=81).last.planned == pytest.approx(2048.125)
    late = ask(tiny, units=1001)
    assert math.isinf(late.last.at(0.1)) and late.first.planned == pytest.approx(2028.125)


def test_diverted_line(tiny: Tiny, tmp_path: Path) -> None:
    # Nothing open in 2029 and 2030, known only when it starts: dates reckon with it all the same.
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB", lead=12.0)
    event = (
        '[[event]]\nkind = "open-output"\ntarget = "state/BBB"\nstart = "2029"\nend = "2030"\n'
        'amount = 0.0\nreason = "a test"\n'
    )
    scenario = tmp_path / "diverted.toml"
    scenario.write_text(f'title = "Diverted"\n{event}')
    order = Order("line/gun-b", "state/AAA", 5, QUARTER)
    found = delivery_dates(delivery_world(tiny.dataset(), str(scenario)), order)
    # 1 on 2028.125, 3.5 by the end of 2028, then half a unit from 2031 on.
    assert found.last.planned == pytest.approx(2031.125)
    assert parts(found)["diversions and slowdowns of the scenario"] == pytest.approx(24)


# Recorded delays.


def test_same_delay_moves_all_dates(tiny: Tiny) -> None:
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB", lead=12.0)
    for number in range(3):
        delay(tiny, f"case-{number}", 6.0)
    found = ask(tiny)
    for dates in (found.first, found.last):
        assert dates.by_share == pytest.approx([dates.planned + 0.5] * 5)
    assert parts(found)["delays as recorded, middle"] == pytest.approx(6)


def case(
    name: str,
    months: float,
    maker: str = "",
    supplier: str = "",
    domain: str = "",
    system: str = "",
) -> Case:
    return Case(name, months, "reported", (), "", system, maker, supplier, domain, True)


def test_pooling_by_hand() -> None:
    # asinh(months / 2) is 0, 2 and 4: mean 2, variance 4. The state's one case, at 4, counts
    # 1 / (1 + 3): middle 2.5, width as above. The two of the domain, 0 and 4, count 2 / 5 and,
    # for the variance 8, 1 / 4: middle 2, variance 5.
    z = [2 * math.sinh(value) for value in (0.0, 2.0, 4.0)]
    cases = [
        case("a", z[0], domain="land"),
        case("b", z[1], supplier="state/X", domain="sea"),
        case("c", z[2], supplier="state/Y", domain="land"),
    ]
    found = pooled(cases, Supplier("system/t", ("company/m",), "state/Y", "land"), 3.0, 2.0)
    assert [level.cases for level in found.levels] == [3, 2, 1, 0]
    assert [level.weight for level in found.levels] == pytest.approx([1, 0.4, 0.25, 0])
    assert found.middle == pytest.approx(0.25 * 4 + 0.75 * 2)
    assert found.width == pytest.approx(math.sqrt(5))
    assert found.quantile(0.5) == pytest.approx(2 * math.sinh(2.5))
    assert found.levels[0].middle == pytest.approx(z[1])


def test_type_counts_as_maker() -> None:
    cases = [case("a", 0.0, maker="company/m"), case("b", 9.0, system="system/t"), case("c", 5.0)]
    found = pooled(cases, Supplier("system/t", ("company/m",), "state/Y", "land"), 3.0, 2.0)
    assert found.levels[-1].cases == 2
    assert pooled(cases, Supplier("", ("",), "", ""), 3.0, 2.0).levels[-1].cases == 0


def test_without_cases(tiny: Tiny) -> None:
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB", lead=12.0)
    found = ask(tiny)
    assert set(found.last.by_share) == {found.last.planned}
    with pytest.raises(BadInput, match="no-cases"):
        delay_score(tiny.dataset())


@given(
    st.lists(st.floats(-20, 150), min_size=1, max_size=12),
    st.floats(0.5, 10),
    st.floats(0.5, 12),
)
def test_quantiles_rise(months: list[float], weight: float, scale: float) -> None:
    cases = [case(str(n), value, supplier="state/X") for n, value in enumerate(months)]
    found = pooled(cases, Supplier("system/t", (), "state/X", ""), weight, scale)
    low, middle, high = (found.quantile(share) for share in SHARES)
    assert low <= middle <= high
    assert min(months) - 1e-6 <= middle <= max(months) + 1e-6


# Diversions.


def test_precedents_of_those_who_control(tiny: Tiny) -> None:
    tiny.state("CCC")
    tiny.system("gun-b", "gun", 1.0, control="CCC")
    tiny.line("gun-b", "BBB", 4.0, lead=12.0)
    tiny.offer("gun-c", "gun", 1.0, 4.0, "CCC")
    cell = {"kind": "delivery-pause", "affected_state": "AAA", "date": "2024"}
    tiny.add(
        "restrictions", id="own", controller_state="CCC", system="gun-b", duration_months=6, **cell
    )
    tiny.add("restrictions", id="near", controller_state="CCC", system="gun-c", **cell)
    tiny.add("restrictions", id="other", controller_state="AAA", system="gun-c", **cell)
    tiny.add(
        "restrictions",
        id="use",
        controller_state="CCC",
        system="gun-b",
        **{**cell, "kind": "use-limit"},
    )
    found = ask(tiny)
    assert [(item.address.split("/")[1], item.months) for item in found.precedents] == [
        ("own", 6.0),
        ("near", None),
    ]
    assert found.last.at(0.5) == found.last.planned, "precedents stay out of the dates"


# The shipped world.


def test_slots_are_the_world_s(world: World) -> None:
    for index, line in enumerate(world.lines):
        slots = slots_of(world, line)
        periods = len(world.calendar)
        assert slots.free[:periods] == pytest.approx(world.free[index])
        assert slots.booked[:periods] == pytest.approx(world.booked[index])
        assert np.all(slots.free <= slots.open + 1e-9)
        assert np.all(slots.open <= slots.whole + 1e-9)


def test_every_line_has_dates_that_add_up(world: World, past: tuple[Case, ...]) -> None:
    for line in world.lines:
        order = Order(line.address, "state/POL", 8, QUARTER)
        found = delivery_dates(world, order, past)
        assert list(found.last.by_share) == sorted(found.last.by_share)
        assert found.first.planned <= found.last.planned
        assert found.first.planned >= QUARTER + line.lead - 1e-9
        if math.isfinite(found.last.planned):
            months = sum(part.months for part in found.parts)
            assert months / 12 == pytest.approx(found.last.at(0.5) - QUARTER, abs=0.05)


def test_patriot(world: World, past: tuple[Case, ...]) -> None:
    # What the release says of this order, coarsely: it waits behind the book and the rate.
    order = Order("line/patriot-fire-unit-usa", "state/POL", 8, QUARTER)
    found = delivery_dates(world, order, past)
    assert 2032 < found.last.at(0.5) < 2037
    assert found.last.at(0.9) - found.last.at(0.1) > 2
    assert {"state/POL", "state/DEU"} <= {item.buyer for item in found.ahead}
    assert not found.european and found.line.controllers == ("state/USA",)
    others = alternatives(world, order, past)
    middles = [item.last.at(0.5) for item in others]
    assert middles == sorted(middles)
    assert any(item.european for item in others)
    assert all(item.line.area == found.line.area for item in others)
    rests = {item.name: item for item in inputs(world, found)}
    assert rests["lead time"].figure.sources
    share = rests["share open to European buyers"]
    assert share.at_low is not None and share.at_high is not None
    assert share.at_low > 0 > share.at_high


LINES = st.integers(0, 10_000)


def line_of(world: World, number: int) -> str:
    return world.lines[number % len(world.lines)].address


@given(LINES, st.floats(0.5, 500), st.floats(0, 300), st.sampled_from(sorted(PRIORITIES)))
def test_more_units_never_sooner(
    world: World, past: tuple[Case, ...], number: int, units: float, more: float, priority: str
) -> None:
    order = Order(line_of(world, number), "state/POL", units, QUARTER, priority=priority)
    first = delivery_dates(world, order, past)
    second = delivery_dates(world, replace(order, units=units + more), past)
    assert second.last.planned >= first.last.planned - 1e-9
    assert second.first.planned >= first.first.planned - 1e-9


@given(LINES, st.floats(1, 500), st.floats(2027, 2040), st.floats(0, 5))
def test_later_order_never_sooner(
    world: World, past: tuple[Case, ...], number: int, units: float, ordered: float, later: float
) -> None:
    order = Order(line_of(world, number), "state/POL", units, ordered)
    first = delivery_dates(world, order, past)
    second = delivery_dates(world, replace(order, ordered=ordered + later), past)
    for sooner, after in ((first.first, second.first), (first.last, second.last)):
        assert after.planned >= sooner.planned - 1e-9
        assert after.at(0.1) >= sooner.at(0.1) - 1e-9


@given(
    LINES, st.floats(1, 500), st.floats(1, 3), st.floats(0, 50), st.sampled_from(sorted(PRIORITIES))
)
def test_higher_rate_or_expansion_never_later(
    world: World, number: int, units: float, factor: float, expand: float, priority: str
) -> None:
    line = world.lines[number % len(world.lines)]
    order = Order(line.address, "state/POL", units, QUARTER, priority=priority)
    _, plain = planned(slots_of(world, line), order)
    _, faster = planned(slots_of(world, replace(line, output=line.output * factor)), order)
    _, grown = planned(slots_of(world, line), replace(order, expand=expand))
    assert faster <= plain + 1e-6
    assert grown <= plain + 1e-6


@given(LINES, st.floats(1, 200))
def test_priority_never_later(world: World, number: int, units: float) -> None:
    line = world.lines[number % len(world.lines)]
    slots = slots_of(world, line)
    queue, first, own = (
        planned(slots, Order(line.address, "state/POL", units, QUARTER, priority=name))[1]
        for name in ("queue", "first", "own")
    )
    assert own <= first <= queue


def test_embargo_is_told(world: World, past: tuple[Case, ...]) -> None:
    order = Order("line/f-35a-usa", "state/TUR", 4, QUARTER)
    assert delivery_dates(world, order, past).banned
    assert not delivery_dates(world, replace(order, buyer="state/POL"), past).banned


# The score.


def test_score_counts(shipped: Dataset) -> None:
    # All but those without delay or actual date, and those still to come.
    rows = [
        item for item in shipped.kind("delay") if shipped.value(item.address, "delay") is not None
    ]
    came = [
        item
        for item in rows
        if item.texts.get("planned_delivery")
        and "" < item.texts.get("actual_delivery", "") <= shipped.release
    ]
    score = delay_score(shipped)
    whole, firm = score.groups.values()
    assert [len(each.cases) for each in whole] == [len(came)] * 3
    assert {len(each.cases) for each in firm} == {
        sum(shipped.observation(item.address, "delay").basis != "assumed" for item in came)  # type: ignore[union-attr]
    }
    assert [each.rule for each in whole] == [
        "pooled delays",
        "as announced",
        "announced plus mean delay",
    ]


def test_score_by_hand(tiny: Tiny) -> None:
    # 0, 12 and 24 months: announced is off by their mean, mean of the others by 18, 0, 18.
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB")
    for name, months in (("a", 0.0), ("b", 12.0), ("c", 24.0)):
        delay(tiny, name, months)
    _, announced, mean = next(iter(delay_score(tiny.dataset()).groups.values()))
    assert announced.inside is None
    assert announced.error == pytest.approx([0, 12, 24])
    assert announced.pinball == pytest.approx([0, 6, 12])
    assert mean.error == pytest.approx([18, 0, 18])
    # The spread of the others is sqrt(72), sqrt(288), sqrt(72); 1.28 of it reaches no outer case.
    assert mean.inside == pytest.approx([0, 1, 0])


def test_held_out_case_is_unseen(tiny: Tiny, tmp_path: Path) -> None:
    # Another delay of case b changes its own score and others' forecasts, not its own forecast.
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB")
    for name, months in (("a", 0.0), ("b", 12.0), ("c", 24.0), ("d", 3.0)):
        delay(tiny, name, months)
    tiny.write()
    moved = overlay(tmp_path / "moved", {"delay/b/delay": 99.0}, unit="months")
    before, after = delay_score(tiny.dataset()), delay_score(load(tiny.folder, overlays=(moved,)))
    for old, new in zip(before.groups["all 4 cases"], after.groups["all 4 cases"], strict=True):
        assert new.told[1] == pytest.approx(old.told[1])
        assert new.error[1] != pytest.approx(old.error[1])
    assert after.groups["all 4 cases"][0].told[0] != pytest.approx(
        before.groups["all 4 cases"][0].told[0]
    )


def test_expected_dates_are_no_test(tiny: Tiny) -> None:
    # What is still to come tells of others, but isn't scored.
    tiny.offer("gun-b", "gun", 1.0, 4.0, "BBB")
    for name, months in (("a", 0.0), ("b", 12.0), ("c", 24.0)):
        delay(tiny, name, months)
    delay(tiny, "due", 60.0, actual_delivery="2031")
    delay(tiny, "open", 48.0, actual_delivery="")
    delay(tiny, "running", 5.0, actual_delivery="2026")
    dataset = replace(tiny.dataset(), release="2026-11-21")
    score = delay_score(dataset)
    assert [item.address for item in next(iter(score.groups.values()))[0].cases] == [
        "delay/a",
        "delay/b",
        "delay/c",
        "delay/running",
    ]
    assert [item.address for item in score.unsure] == ["delay/running"]


def test_intervals_are_seeded(shipped: Dataset) -> None:
    values = np.arange(30.0)
    one, two = delay_score(shipped, seed=1), delay_score(shipped, seed=2)
    assert one.resampled(values) == delay_score(shipped, seed=1).resampled(values)
    assert one.resampled(values) != two.resampled(values)
    figure = one.resampled(values)
    assert figure.low < figure.value == values.mean() < figure.high


# The command.


def run(capsys: Capture, monkeypatch: pytest.MonkeyPatch, *words: object) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["counterpoise", "deliver", *map(str, words)])
    status = main()
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return status, said.out, said.err


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch, shipped: Dataset) -> None:
    monkeypatch.setattr("counterpoise.cli.data.load", lambda overlays, leaks: shipped)


GOOD = ("line/patriot-fire-unit-usa", "buyer=POL", "units=8", "order=2027-Q1")


@pytest.mark.usefixtures("once")
def test_command_tells(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run(capsys, monkeypatch, *GOOD)
    assert status == 0
    first = out.splitlines()[0]
    assert first.startswith(
        "8 × Patriot fire unit for Poland, ordered in 2027-Q1: all delivered by"
    )
    for part in ("What decides", "sold ahead", "Recorded delays", "If diverted", "samp-t-ng"):
        assert part in out


@pytest.mark.usefixtures("once")
def test_command_s_rows(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    _, text, _ = run(capsys, monkeypatch, *GOOD, "--format", "json")
    rows = json.loads(text)
    last = next(row for row in rows if row["item"] == "last unit")
    assert last["low"] < last["value"] < last["high"]
    ours, *others = [row for row in rows if row["part"] == "instead"]
    assert ours["value"] == last["value"]
    assert {row["european"] for row in others} == {True, False}
    _, text, _ = run(capsys, monkeypatch, *GOOD, "--format", "csv")
    assert [row["part"] for row in csv.DictReader(io.StringIO(text))] == [
        row["part"] for row in rows
    ]


@pytest.mark.usefixtures("once")
def test_order_by_name(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("patriot-fire-unit-usa", "buyer=poland", "units=8", "order=2027-Q1")
    good = run(capsys, monkeypatch, *GOOD)[1]
    assert run(capsys, monkeypatch, *words)[1] == good
    only = run(capsys, monkeypatch, "system/patriot", *words[1:])[1]
    assert only == good, "the only line of a type stands for it"


BAD = {
    "all at once": (
        ("patriot-fire-unit-us", "buyer=POLAN", "unit=8", "order=2026-Q1", "priority=fast"),
        (GOOD[0], "mean state/POL", "mean units", "2026-11-21 to 2040", "queue or first or own"),
    ),
    "nothing given": ((), ("buyer=", "units=", "order=", "a line's address or name")),
    "no units": ((*GOOD[:2], "units=0", GOOD[3]), ("a number above 0",)),
    "below zero": ((*GOOD[:2], "units=-1", GOOD[3]), ("a number above 0",)),
    "no number": ((*GOOD[:2], "units=nan", GOOD[3]), ("a number above 0",)),
    "twice": ((*GOOD, "units=9"), ("word-twice", "units=9")),
    "no value": ((*GOOD, "expand="), ("missing", "expand=")),
    "no word": ((*GOOD, "soon"), ("soon", "one of line, buyer")),
    "period": ((*GOOD[:3], "order=soon"), ("2027-Q1",)),
    "too late": ((*GOOD[:3], "order=2041"), ("to 2040",)),
    "scenario twice": ((*GOOD, "scenario=baseline"), ("use --scenario",)),
    "expansion below zero": ((*GOOD, "expand=-1"), ("0 or more",)),
    "scenario": ((*GOOD, "--scenario", "gulf"), ("gulf-diversion",)),
    "form": ((*GOOD, "--format", "pdf"), ("table or json",)),
    "a type's lines": (("system/f-35a", *GOOD[1:]), ("line/f-35a-usa", "line/f-35a-ita")),
    "a buyer of another kind": ((GOOD[0], "buyer=line/caesar-fra", *GOOD[2:]), ("column buyer",)),
    "order beside check": (("--check", *GOOD), ("nothing beside --check",)),
}  # fmt: skip


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("name", BAD)
def test_bad_words(name: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    words, expected = BAD[name]
    status, out, err = run(capsys, monkeypatch, *words)
    assert status == 2
    assert out == ""
    for part in expected:
        assert part in err


def test_line_that_sells_nothing(
    shipped: Dataset, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterpoise.cli.data.load", lambda overlays, leaks: shipped)
    closed = next(item.address for item in shipped.kind("line") if item.texts.get("buyable") != "y")
    status, _, err = run(capsys, monkeypatch, closed, *GOOD[1:])
    assert status == 2 and "a line that can be ordered from" in err


def test_line_that_cannot_grow(
    tiny: Tiny, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.area("fort", 10)
    tiny.offer("fort-b", "fort", 1.0, 4.0, "BBB")
    made = tiny.dataset()
    monkeypatch.setattr("counterpoise.cli.data.load", lambda overlays, leaks: made)
    words = ("fort-b", "buyer=AAA", "units=1", "order=2027", "expand=2", "--scenario", "us-stays")
    status, _, err = run(capsys, monkeypatch, *words)
    assert status == 2 and "the line can't grow" in err


@pytest.mark.usefixtures("once")
def test_check_prints_the_score(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run(capsys, monkeypatch, "--check")
    assert status == 0
    assert "than as announced" in out and "than announced plus mean delay" in out
    _, text, _ = run(capsys, monkeypatch, "--check", "--format", "json")
    rows = json.loads(text)
    assert len(rows) == 6
    announced = next(row for row in rows if row["rule"] == "as announced")
    assert announced["inside_80"] is None and announced["pinball"] > 0


def test_horizon_lies_beyond_the_calendar(world: World) -> None:
    assert world.calendar.edges[-1] < HORIZON
