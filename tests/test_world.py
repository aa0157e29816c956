"""The world: calendar, scenarios, money, needs, order book; by hand and by property."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.errors import BadInput, NotFound
from counterpoise.world import needs
from counterpoise.world.calendar import (
    CALENDARS,
    Calendar,
    Floats,
    first_quarter_after,
    parse_period,
    quarterly,
    yearly,
)
from counterpoise.world.labels import GROUP
from counterpoise.world.money import loan_saving, path_points, spending_share
from counterpoise.world.orderbook import Entry, retime
from counterpoise.world.scenario import Event, Scenario, names, read_scenario
from counterpoise.world.world import World, accumulate, build_world
from tiny import Tiny, overlay, write_rows

YEARS = tuple(range(2026, 2036))


@pytest.fixture(scope="session")
def shipped() -> Dataset:
    """The reference release."""
    return load()


@pytest.fixture(scope="session")
def world(shipped: Dataset) -> World:
    """The reference release in years, with the US part assured throughout."""
    return build_world(shipped, "us-stays", calendar="yearly")


@pytest.fixture
def scenario_file(tmp_path: Path) -> Callable[[str], str]:
    """Writes a scenario into a file and gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


# -- calendar ---------------------------------------------------------------------------------


def test_quarterly_calendar() -> None:
    calendar = quarterly(2027.0)
    assert len(calendar) == 16 + 10
    assert calendar.edges[:5] == (2027.0, 2027.25, 2027.5, 2027.75, 2028.0)
    assert calendar.edges[16:18] == (2031.0, 2032.0)
    assert calendar.edges[-1] == 2041.0
    assert calendar.labels[:5] == ("2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4", "2028-Q1")
    assert calendar.labels[15:17] == ("2030-Q4", "2031")
    assert calendar.labels[-1] == "2040"
    assert calendar.lengths.sum() == 14
    assert calendar.budget_years == tuple(range(2027, 2041))
    assert calendar.years[:5].tolist() == [2027] * 4 + [2028]
    assert calendar.middles[[0, 16]].tolist() == [2027.125, 2031.5]


def test_yearly_calendar_may_start_within_a_year() -> None:
    calendar = yearly(2026.75)
    assert calendar.edges[:3] == (2026.75, 2027.0, 2028.0)
    assert calendar.labels[:2] == ("2026-Q4", "2027")
    assert calendar.edges[-1] == 2041.0
    assert yearly(2027.0).edges == tuple(float(year) for year in range(2027, 2042))


def test_quarters_end_in_2030() -> None:
    with pytest.raises(BadInput, match="before 2031"):
        quarterly(2031.0)


@pytest.mark.parametrize(
    ("release", "start"),
    [
        ("2026-11-21", 2027.0),
        ("2026-12-31", 2027.0),
        ("2026-01-01", 2026.25),
        ("2026-03-31", 2026.25),
        ("2026-04-01", 2026.5),
        ("2026-09", 2026.75),
    ],
)
def test_first_quarter_after(release: str, start: float) -> None:
    assert first_quarter_after(release) == start


def test_containing() -> None:
    calendar = quarterly(2027.0)
    assert calendar.containing(2026.99) == -1
    assert calendar.containing(2027.0) == 0
    assert calendar.containing(2027.25) == 1
    assert calendar.containing(2027.49) == 1
    assert calendar.containing(2031.0) == 16
    assert calendar.containing(2040.99) == 25
    assert calendar.containing(2041.0) == len(calendar)


def test_overlap_by_hand() -> None:
    calendar = yearly(2027.0)
    assert calendar.overlap(2027.5, 2029.25)[:4].tolist() == [0.5, 1.0, 0.25, 0.0]
    assert calendar.overlap(2020.0, 2027.25)[:2].tolist() == [0.25, 0.0]
    assert not calendar.overlap(2029.0, 2028.0).any()
    assert calendar.reported().sum() == 9


@given(
    start=st.sampled_from([2025.25, 2026.0, 2026.75, 2027.0]),
    name=st.sampled_from(sorted(CALENDARS)),
    times=st.tuples(*[st.floats(2020, 2045)] * 3).map(sorted),
)
def test_overlaps_add_up(start: float, name: str, times: list[float]) -> None:
    calendar = CALENDARS[name](start)
    first, middle, last = times
    parts = calendar.overlap(first, middle) + calendar.overlap(middle, last)
    assert parts == pytest.approx(calendar.overlap(first, last))
    inside = max(0.0, min(last, 2041.0) - max(first, start))
    assert calendar.overlap(first, last).sum() == pytest.approx(inside, abs=1e-9)
    assert (calendar.overlap(first, last) <= calendar.lengths + 1e-12).all()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2028", 2028.0, 2029.0),
        ("2028-Q1", 2028.0, 2028.25),
        ("2028-Q3", 2028.5, 2028.75),
        ("2028-07", 2028.5, 2028.5 + 1 / 12),
        (" 2028-12 ", 2028 + 11 / 12, 2029.0),
    ],
)
def test_parse_period(text: str, start: float, end: float) -> None:
    assert parse_period(text) == pytest.approx((start, end))


@pytest.mark.parametrize(
    "text",
    ["", "28", "20281", "2028-", "2028-Q5", "2028-Q0", "2028-13", "2028-00", "2028-07x", "soon"],
)
def test_parse_period_refuses(text: str) -> None:
    with pytest.raises(ValueError):
        parse_period(text)


def test_labels_are_periods() -> None:
    for name, make in CALENDARS.items():
        calendar = make(2027.0)
        for label, start, length in zip(
            calendar.labels, calendar.starts, calendar.lengths, strict=True
        ):
            assert parse_period(label) == pytest.approx((start, start + length)), name


def test_accumulate_by_hand() -> None:
    """Use of a half a year: 8 at the start, 4 delivered in each year.

    Ends: 8 x 0.5 + 4 = 8, 8, 8; means 8, 8, 8. Without deliveries: 4, 2, 1; means 6, 3, 1.5.
    """
    calendar = Calendar((2027.0, 2028.0, 2029.0, 2030.0))
    deliveries = np.array([[4.0, 4.0, 4.0], [0.0, 0.0, 0.0], [4.0, 0.0, 0.0]])
    found = accumulate(deliveries, np.array([8.0, 8.0, 0.0]), np.array([0.5, 0.5, 0.0]), calendar)
    assert found == pytest.approx(np.array([[8, 8, 8], [6, 3, 1.5], [2, 4, 4]]))


# -- scenarios --------------------------------------------------------------------------------

FAULTS = {
    "unknown": ('kind = "line-output"\ntarget = "state/XYZ"\nstart = "2028"', "state/XYZ"),
    "past": ('kind = "line-output"\ntarget = "state/USA"\nstart = "2024"', "2024"),
    "kind": ('kind = "weather"\ntarget = "state/USA"\nstart = "2028"', "weather"),
    "order": (
        'kind = "line-output"\ntarget = "state/USA"\nstart = "2028-Q2"\nend = "2028-Q1"',
        "end not before start",
    ),
    "amount": ('kind = "line-output"\ntarget = "state/USA"\nstart = "2028"', "-1"),
    "period": ('kind = "line-output"\ntarget = "state/USA"\nstart = "2028-Q7"', "2028-Q7"),
    "area": (
        'kind = "line-output"\ntarget = "state/USA"\nstart = "2028"\nareas = ["moon"]',
        "area/moon",
    ),
}


def _scenario(*faults: str) -> str:
    parts = ['title = "A test"']
    for fault in faults:
        amount = -1 if fault == "amount" else 0.5
        parts.append(f'[[event]]\n{FAULTS[fault][0]}\namount = {amount}\nreason = "a test"')
    return "\n".join(parts)


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_faulty_event(shipped: Dataset, scenario_file: Callable[[str], str], fault: str) -> None:
    with pytest.raises(BadInput) as error:
        read_scenario(scenario_file(_scenario(fault)), shipped)
    assert len(error.value.problems) == 1
    problem = error.value.problems[0]
    assert (problem.file, problem.row) == ("own.toml", 1)
    assert FAULTS[fault][1] in str(problem)


@pytest.mark.parametrize(
    "faults", [("unknown", "past", "area"), ("kind", "order", "amount"), tuple(sorted(FAULTS))]
)
def test_all_faults_are_listed(
    shipped: Dataset, scenario_file: Callable[[str], str], faults: tuple[str, ...]
) -> None:
    with pytest.raises(BadInput) as error:
        read_scenario(scenario_file(_scenario(*faults)), shipped)
    rows = sorted(problem.row or 0 for problem in error.value.problems)
    assert rows == list(range(1, len(faults) + 1))


def test_unknown_scenario(shipped: Dataset) -> None:
    with pytest.raises(NotFound, match="us-exit-2028"):
        read_scenario("us-exit", shipped)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("title = ", "toml"),
        ('title = "A circle"\nbased_on = "OWN"', "circle"),
        ('title = "An unknown cell"\nsurprise = 1', "scenario"),
        (_scenario("past").replace("2024", "2028").replace("title", "name"), "scenario"),
    ],
)
def test_faulty_file(
    shipped: Dataset, scenario_file: Callable[[str], str], tmp_path: Path, text: str, code: str
) -> None:
    path = scenario_file(text.replace("OWN", str(tmp_path / "own.toml")))
    with pytest.raises(BadInput) as error:
        read_scenario(path, shipped)
    assert {problem.code for problem in error.value.problems} == {code}


@pytest.mark.parametrize("name", names())
def test_shipped_scenarios_load(shipped: Dataset, name: str) -> None:
    scenario = read_scenario(name, shipped)
    assert scenario.name == name
    assert scenario.title
    assert {event.target for event in scenario.events} <= set(shipped.things)


@pytest.mark.parametrize("name", ["us-exit-2028", "us-deliveries-stop-2028", "gulf-diversion"])
def test_foreseen_versions(shipped: Dataset, name: str) -> None:
    """What is foreseen is known at the start of 2027; what isn't becomes known when it starts."""
    start = first_quarter_after(shipped.release)
    sudden, foreseen = read_scenario(name, shipped), read_scenario(f"{name}-foreseen", shipped)
    assert foreseen.known_by(start).events == foreseen.events
    assert not foreseen.surprises_after(start)
    base = read_scenario("baseline", shipped).events
    assert sudden.known_by(start).events == base
    own = sudden.events[len(base) :]
    assert sudden.surprises_after(start) == own
    assert sudden.known_by(parse_period(own[0].start)[0]).events == sudden.events
    same = {"known_from"}
    assert [event.model_dump(exclude=same) for event in foreseen.events] == [
        event.model_dump(exclude=same) for event in sudden.events
    ]


def test_world_sees_only_what_is_known(shipped: Dataset) -> None:
    """At the start the exit of 2028 is unknown: the baseline's fall; foreseen it cuts to 0."""
    sudden = build_world(shipped, "us-exit-2028", calendar="yearly")
    foreseen = build_world(shipped, "us-exit-2028-foreseen", calendar="yearly")
    fall = [1 - year / 8 for year in range(9)] + [0.0] * 5
    assert sudden.assured == pytest.approx(np.array(fall))
    assert foreseen.assured == pytest.approx(np.array([1.0] + [0.0] * 13))
    later = build_world(shipped, "us-exit-2028", calendar="yearly", decision=2028.0)
    assert later.assured == pytest.approx(foreseen.assured)


def _event(start: str, end: str = "", amount: float = 0.0, last: float | None = None) -> Event:
    return Event(
        kind="line-output",
        target="state/USA",
        start=start,
        end=end,
        amount=amount,
        amount_end=last,
        reason="a test",
    )


@pytest.mark.parametrize(
    ("event", "left"),
    [
        pytest.param(
            _event("2027", "2031", 1.0, 0.0), [1, 0.75, 0.5, 0.25, 0, 0], id="falls straight"
        ),
        pytest.param(
            _event("2028", "2030", 0.8, 0.4), [1, 0.8, 0.6, 0.4, 0.4, 0.4], id="falls from 0.8"
        ),
        pytest.param(_event("2028"), [1, 0, 0, 0, 0, 0], id="exits for good"),
        pytest.param(_event("2028", "2029"), [1, 0, 0, 1, 1, 1], id="away for two years"),
        pytest.param(
            _event("2027-Q3", "2028-Q4", 0.5), [0.75, 0.5, 1, 1, 1, 1], id="half for six quarters"
        ),
        pytest.param(_event("2028-07", "2028-09"), [1, 0.75, 1, 1, 1, 1], id="a summer"),
        pytest.param(_event("2028", "2028", 3.0), [1, 3, 1, 1, 1, 1], id="more for a year"),
    ],
)
def test_event_share(event: Event, left: list[float]) -> None:
    assert event.share(yearly(2027.0))[:6] == pytest.approx(left)


def test_event_share_in_quarters() -> None:
    """From mid-2027 (1) to mid-2028 (0): the middle of 2027-Q4 lies 0.375 years on."""
    found = _event("2027", "2028", 1.0, 0.0).share(quarterly(2027.0))[:8]
    expected = [1, 1, 1 - 0.125, 1 - 0.375, 1 - 0.625, 1 - 0.875, 0, 0]
    assert found == pytest.approx(expected)


def test_shares_multiply() -> None:
    events = (_event("2028", amount=0.5), _event("2029", amount=0.4))
    scenario = Scenario("own", "A test", "", events)
    left = scenario.shares("line-output", yearly(2027.0), lambda event: True)
    assert left[:4] == pytest.approx([1, 0.5, 0.2, 0.2])
    assert scenario.shares("open-output", yearly(2027.0), lambda event: True).all()
    assert (scenario.shares("line-output", yearly(2027.0), lambda event: False) == 1).all()


# -- money ------------------------------------------------------------------------------------


def test_loan_saving_of_a_bullet_loan() -> None:
    """Two years at 3% instead of 4%: 0.03 after one year and 1.03 after two, at 4%.

    0.03 / 1.04 + 1.03 / 1.0816 = 0.0288461538 + 0.9522928994 = 0.9811390533: saves 0.0188609467.
    """
    assert loan_saving(4, 3, 2, 1) == pytest.approx(0.0188609467, abs=1e-10)


def test_loan_saving_of_a_loan_in_parts() -> None:
    """Two years without grace at 0% instead of 10%: halves after one and two years.

    0.5 / 1.1 + 0.5 / 1.21 = 0.4545454545 + 0.4132231405 = 0.8677685950: saves 0.1322314050.
    """
    assert loan_saving(10, 0, 2, 0) == pytest.approx(0.1322314050, abs=1e-10)


def test_loan_saving_is_negative_where_the_own_rate_is_lower() -> None:
    """-(0.01 / 1.02 + 0.01 / 1.0404) = -(0.0098039216 + 0.0096116878)."""
    assert loan_saving(2, 3, 2, 1) == pytest.approx(-0.0194156094, abs=1e-10)


@given(rate=st.floats(0, 15), maturity=st.integers(1, 45), data=st.data())
def test_loan_saves_nothing_at_one_rate(rate: float, maturity: int, data: st.DataObject) -> None:
    grace = data.draw(st.integers(0, maturity - 1))
    assert loan_saving(rate, rate, maturity, grace) == pytest.approx(0, abs=1e-9)


def test_loan_repaid_at_the_end_of_its_grace() -> None:
    """Grace to the very end: the principal falls due with the last year, nothing is given."""
    assert loan_saving(4, 4, 2, 2) == pytest.approx(0, abs=1e-9)


PATHS = {
    # 5.33% in 2026; no pledge lies above it, and no path falls below its start.
    "LTU": [5.33] * 10,
    "EST": [5.10] * 10,
    "LVA": [4.92] * 10,
    # 4.68%, cut to 4.51 in 2027; the common 3.5 of 2035 is below that: flat.
    "POL": [4.68] + [4.51] * 9,
    "GRC": [3.65] * 10,
    # 2.69% to 3.5 in 2029: 0.81 over three years is 0.27 a year; the common 3.5 holds it.
    "DEU": [2.69, 2.96, 3.23] + [3.5] * 7,
    # 2.00% to 2.10 in 2035: 0.10 over nine years is 0.0111 a year.
    "ESP": [2.0, 2.0111, 2.0222, 2.0333, 2.0444, 2.0556, 2.0667, 2.0778, 2.0889, 2.1],
}
"""Percent of gross domestic product, 2026 to 2035, worked by hand from spending and pledges."""


@pytest.mark.parametrize("state", sorted(PATHS))
def test_spending_path(shipped: Dataset, state: str) -> None:
    found = spending_share(shipped, f"state/{state}", YEARS, "base")
    assert found == pytest.approx(np.array(PATHS[state]), abs=5.1e-5)


def test_fast_german_path(shipped: Dataset) -> None:
    """The fast case is at 3.5% from 2027 on."""
    found = spending_share(shipped, "state/DEU", YEARS, "fast")
    assert found == pytest.approx(np.array([2.69] + [3.5] * 9), abs=5.1e-5)


def test_spending_path_in_a_tiny_world(tiny: Tiny) -> None:
    """2% in 2026, 3 pledged for 2028, 2.5 for 2030: 2, 2.5, 3, 2.75, 2.5; that of 2025 is past."""
    tiny.state("AAA", budget=20)
    tiny.area("tank", 10)
    for year, share in ((2025, 9), (2030, 2.5), (2028, 3)):
        tiny.add(
            "pledges",
            id=f"aaa-{year}",
            state="AAA",
            plan_name="A plan",
            path_role="base",
            path_year=year,
            path_share=share,
        )
    found = spending_share(tiny.dataset(), "state/AAA", YEARS[:6], "base")
    assert found == pytest.approx([2, 2.5, 3, 2.75, 2.5, 2.5])


def test_budget_by_hand(tiny: Tiny) -> None:
    """EUR 1,000 bn growing by 10% a year, 2% for defence, 30% of it equipment, half of that.

    Equipment from 30% in 2026 (one year known) to 50% in 2030: 35% in 2027. Hence
    1,100 x 0.02 x 0.35 x 0.5 = 3.85 in 2027 and 1,464.1 x 0.02 x 0.5 x 0.5 = 7.3205 in 2030.
    """
    tiny.rule("growth-real", 0.1)
    tiny.rule("equipment-share-2030", 0.5)
    tiny.rule("money-share", 0.5)
    tiny.state("AAA", budget=20)
    tiny.sheets["spending"][0]["equipment_pct"] = 30
    tiny.area("tank", 10)
    tiny.offer("alpha", "tank", price=100, rate=10)
    assert tiny.world().budget[0, [0, 3]] == pytest.approx([3.85, 7.3205])


def test_no_path_falls_unless_cut(shipped: Dataset, world: World) -> None:
    for state in world.labels.states:
        for case in ("base", "fast"):
            points = path_points(shipped, state, case)
            years = [point.year for point in points]
            assert years == sorted(set(years)), state
            if not any(point.role == "cut" for point in points):
                assert min(point.share for point in points) == points[0].share, state


# -- needs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", needs.KEYS)
def test_needs_add_up(shipped: Dataset, world: World, key: str) -> None:
    """Of every area, in every period: the European need plus what the United States provide."""
    labels, calendar = world.labels, world.calendar
    grown = np.ones((len(labels.areas), len(calendar)))
    total, american = needs.cell_needs(shipped, labels, calendar, key, grown)
    for area in labels.areas:
        cells = [index for index, (_, of) in enumerate(labels.cells) if of == area]
        part = needs.us_part(shipped, area)
        group = needs.group_need(shipped, area, calendar) + part
        assert total[cells].sum(axis=0) == pytest.approx(group), area
        assert american[cells].sum() == pytest.approx(part), area
    assert (american >= 0).all()


@pytest.mark.parametrize("key", needs.KEYS)
def test_shares_add_up(shipped: Dataset, world: World, key: str) -> None:
    for area, share in needs.shares(shipped, world.labels, key).items():
        assert share.sum() == pytest.approx(1), area
        assert (share >= 0).all()


def test_joint_needs_are_the_groups(world: World) -> None:
    for place, area in world.labels.cells:
        assert (place == GROUP) == (area in world.labels.joint)


def test_unknown_key(shipped: Dataset, world: World) -> None:
    with pytest.raises(BadInput, match="half or gdp or population"):
        needs.shares(shipped, world.labels, "wealth")


def test_need_by_hand(tiny: Tiny) -> None:
    """90 in 2026 to 180 in 2035: 10 more each year, constant from 2035; 30 of the US.

    By output 1 : 2. Baseline: AAA holds 12 already. Beyond it the group needs 90 + 30 - 12 = 108
    in 2026, of which AAA has a third: 12 + 36 = 48 in 2026 and 10 / 3 more each year.
    """
    tiny.state("AAA", gdp=500)
    tiny.state("BBB", gdp=1000)
    tiny.area("tank", 90, us_part=30)
    tiny.sheets["needs"][0]["need_2035"] = 180
    tiny.add("baseline", id="aaa-tank", state="AAA", area="tank", holding=12)
    tiny.offer("alpha", "tank", price=100, rate=10)
    found = tiny.world()
    years = np.minimum(np.arange(1, 15), 9)
    assert found.group_need[0] == pytest.approx(120 + 10 * years)
    assert found.need[0] == pytest.approx(48 + 10 / 3 * years)
    assert found.american == pytest.approx(np.array([10, 20]))


# -- holdings and orders ----------------------------------------------------------------------


def _units(world: World) -> dict[tuple[str, str], float]:
    """Units held, arrived before the start, and due, by state and system."""
    data = world.dataset
    total: defaultdict[tuple[str, str], float] = defaultdict(float)
    for holding in data.kind("holding"):
        for state in data.targets(holding.address, "held by"):
            system = data.target(holding.address, "holding of")
            if system:
                total[(state, system)] += data.value(holding.address, "quantity") or 0.0
    for entry in world.entries:
        if entry.system:
            total[(entry.place, entry.system)] += entry.before + float(entry.due.sum())
    return dict(total)


def _quantities(data: Dataset, wanted: Callable[[str], bool]) -> dict[str, float]:
    """The stated quantity of each holding that is wanted."""
    found = {}
    for holding in data.kind("holding"):
        held = data.observation(holding.address, "quantity")
        if held is not None and held.value is not None and held.layer and wanted(holding.address):
            found[holding.address] = held.value
    return found


@pytest.mark.parametrize(
    ("state", "system", "units"),
    [
        ("BGR", "f-16v", 16),
        ("HUN", "leopard-2a7", 44),
        ("POL", "k2", 360),
        ("POL", "m1a2", 250),
        ("POL", "himars", 20),
        ("NOR", "f-35a", 52),
        ("DNK", "f-35a", 27),
    ],
)
def test_held_and_arriving(world: World, state: str, system: str, units: float) -> None:
    """What was ordered is counted once, held or still to come."""
    assert _units(world)[(f"state/{state}", f"system/{system}")] == pytest.approx(units)


def test_one_more_delivered_changes_no_total(world: World, tmp_path: Path) -> None:
    """A holding one higher of which one more came from orders: one less is still to come.

    Stocks that a rule sets by the launchers held have no type; they aren't looked at.
    """
    data = world.dataset
    due: defaultdict[tuple[str, str], float] = defaultdict(float)
    for entry in world.entries:
        due[(entry.place, entry.system)] += entry.before + float(entry.due.sum())
    changed: dict[str, float] = {}
    seen = set()
    for holding, quantity in _quantities(data, lambda address: True).items():
        system = data.target(holding, "holding of")
        places = data.targets(holding, "held by")
        counted = data.value(holding, "from_orders")
        if not counted or len(places) > 1 or (places[0], system) in seen:
            continue
        if due[(places[0], system)] >= 1:
            seen.add((places[0], system))
            changed[f"{holding}/quantity"] = quantity + 1
            changed[f"{holding}/from_orders"] = counted + 1
    assert len(seen) > 10
    other = load(overlays=(overlay(tmp_path / "more", changed),))
    after = build_world(other, "us-stays", calendar="yearly")
    assert _units(after) == pytest.approx(_units(world))
    assert sum(entry.due.sum() for entry in after.entries) < sum(
        entry.due.sum() for entry in world.entries
    )


def test_one_more_held_raises_no_gap(world: World, tmp_path: Path) -> None:
    """One more of everything held: no need moves, and nothing is more open than before."""
    more = {
        f"{holding}/quantity": value + 1
        for holding, value in _quantities(world.dataset, lambda address: True).items()
    }
    other = load(overlays=(overlay(tmp_path / "more", more),))
    for key in needs.KEYS:
        after = build_world(other, "us-stays", calendar="yearly", key=key)
        before = build_world(world.dataset, "us-stays", calendar="yearly", key=key)
        assert np.array_equal(after.need, before.need)
        assert np.array_equal(after.us_covered, before.us_covered)
        assert (after.open_need <= before.open_need + 1e-9).all()
        assert after.open_need.sum() < before.open_need.sum()


@pytest.mark.parametrize("holding", ["nor-f-35a", "pol-k2", "bgr-f-16v"])
def test_one_more_held_of_one_type(world: World, tmp_path: Path, holding: str) -> None:
    """One more of a type in one state: the gap of that state and area alone may shrink."""
    data = world.dataset
    found = _quantities(data, lambda address: address.split("/")[1].startswith(holding))
    address, quantity = next(iter(found.items()))
    other = load(overlays=(overlay(tmp_path / "one", {f"{address}/quantity": quantity + 1}),))
    after = build_world(other, "us-stays", calendar="yearly")
    assert np.array_equal(after.need, world.need)
    assert (after.open_need <= world.open_need + 1e-9).all()
    cell = world.labels.cell_of(data.target(address, "held by"), data.target(address, "fills"))
    gained = after.held - world.held
    assert gained[cell, 0] > 0.9
    gained[cell] = 0
    assert gained == pytest.approx(0, abs=1e-9)


def test_overlay_sheet_corrects_a_holding(shipped: Dataset, tmp_path: Path) -> None:
    """A row of a sheet `holdings` in an overlay changes the figure of a holding that exists."""
    address = next(iter(_quantities(shipped, lambda address: True)))
    row = {
        "id": address.split("/")[1],
        "quantity": 77,
        "source": "cp-rules",
        "as_of": "2026-11",
        "basis": "reported",
    }
    write_rows(tmp_path / "holdings.csv", [row])
    assert load(overlays=(tmp_path,)).value(address, "quantity") == 77


# -- lines deliver the order book -------------------------------------------------------------


def _entry(name: str, due: list[float], line: str = "line/a") -> Entry:
    return Entry(
        order=name,
        place="state/AAA",
        area="area/tank",
        system="system/alpha",
        line=line,
        signed=2026.0,
        before=0.0,
        due=np.array(due, dtype=np.float64),
        unit_weight=1.0,
        value=0.0,
        financed_by="",
    )


def test_retime_by_hand() -> None:
    """A line of 10: 15 due in the first period for A, 5 in the second for B, 4 then for C.

    A gets 10 and 5, then B 5 in the second; C waits for the third.
    """
    entries = [_entry("a", [15, 0, 0]), _entry("b", [0, 5, 0]), _entry("c", [0, 4, 0])]
    delivered, used = retime(entries, {"line/a": np.full(3, 10.0)})
    assert [item.tolist() for item in delivered] == [[10, 5, 0], [0, 5, 0], [0, 0, 4]]
    assert used["line/a"].tolist() == [10, 10, 4]


def test_retime_leaves_unknown_lines_alone() -> None:
    delivered, used = retime([_entry("a", [15, 0], line="")], {"line/a": np.full(2, 10.0)})
    assert delivered[0].tolist() == [15, 0]
    assert used["line/a"].tolist() == [0, 0]


PERIODS = 6
UNITS = st.lists(st.integers(0, 20), min_size=PERIODS, max_size=PERIODS)


@given(dues=st.lists(UNITS, min_size=1, max_size=5), output=UNITS)
def test_retime(dues: list[list[int]], output: list[int]) -> None:
    """Never beyond a line's output, never early, nothing lost or made, earliest due first."""
    entries = [_entry(str(number), [float(v) for v in due]) for number, due in enumerate(dues)]
    made = np.array(output, dtype=np.float64)
    delivered, used = retime(entries, {"line/a": made})
    total: Floats = np.sum(delivered, axis=0)
    assert (total <= made + 1e-9).all()
    assert used["line/a"] == pytest.approx(total)
    waiting: Floats = np.cumsum(np.sum([entry.due for entry in entries], axis=0) - total)
    assert (waiting >= -1e-9).all()
    for entry, units in zip(entries, delivered, strict=True):
        assert (np.cumsum(units) <= np.cumsum(entry.due) + 1e-9).all()
    idle = made - total > 1e-9
    assert (waiting[idle] < 1e-9).all()
    for period in range(PERIODS):
        for due in range(1, period + 1):
            later = sum(
                max(0.0, float(units[: period + 1].sum() - entry.due[:due].sum()))
                for entry, units in zip(entries, delivered, strict=True)
            )
            owed = sum(
                max(0.0, float(entry.due[:due].sum() - units[: period + 1].sum()))
                for entry, units in zip(entries, delivered, strict=True)
            )
            assert later < 1e-9 or owed < 1e-9


@given(dues=st.lists(UNITS, min_size=1, max_size=5))
def test_retime_keeps_the_total(dues: list[list[int]]) -> None:
    """With room at the end everything arrives; with room always, as contracted."""
    entries = [_entry(str(number), [float(v) for v in due]) for number, due in enumerate(dues)]
    slow = np.array([3.0] * (PERIODS - 1) + [1000.0])
    delivered, _ = retime(entries, {"line/a": slow})
    for entry, units in zip(entries, delivered, strict=True):
        assert units.sum() == pytest.approx(entry.due.sum())
    prompt, _ = retime(entries, {"line/a": np.full(PERIODS, 1000.0)})
    for entry, units in zip(entries, prompt, strict=True):
        assert units == pytest.approx(entry.due)


def test_order_book_within_the_lines(world: World) -> None:
    """On the reference data: no line delivers more of the book than it makes."""
    total = {line.address: np.zeros(len(world.calendar)) for line in world.lines}
    for entry, units in zip(world.entries, world.delivered, strict=True):
        assert units.sum() <= entry.due.sum() + 1e-9
        assert (units >= 0).all()
        if entry.line in total:
            total[entry.line] += units
    for line in world.lines:
        assert (total[line.address] <= line.output + 1e-6).all(), line.address
    assert (world.free >= 0).all()
