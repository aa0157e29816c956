"""Types, dependence and industry: cases worked by hand, invariants, and second ways on the data."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoise.data.load import load
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.asking import measure_rows, value_of
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.evaluate import evaluate
from counterpoise.measures.view import View, no_deliveries
from counterpoise.planning.behaviours import plan_ordered
from counterpoise.planning.extract import exposure_table
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World, build_world
from tiny import RELEASE, Tiny, write_rows


@cache
def reference() -> View:
    """The shipped dataset."""
    return View(load())


def sheet(name: str) -> list[dict[str, str]]:
    """The raw rows of a reference sheet."""
    text = (resources.files("counterpoise") / "reference" / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def members(scope: str) -> set[str]:
    """The states of a scope, from the raw sheet."""
    return set(next(row["members"] for row in sheet("scopes") if row["id"] == scope).split(";"))


def corrections(quantity: str) -> dict[str, str]:
    """Values of a quantity by thing that the sheet of figures states in place of the first."""
    return {
        row["address"]: row["value"]
        for row in sheet("figures")
        if row["value"] and row["quantity"] == quantity
    }


def view_of(tiny: Tiny, **scopes: str) -> View:
    """The view of a tiny dataset; scopes by name with their members, underscores for hyphens."""
    tiny.write()
    named = {"NATO": "AAA;BBB", "NATO-EUR": "AAA;BBB"}
    named |= {name.replace("_", "-"): states for name, states in scopes.items()}
    proof = {"source": "cp-rules", "as_of": "2026-09", "basis": "assumed"}
    rows = [{"id": name, "name": name, "members": who, **proof} for name, who in named.items()]
    write_rows(tiny.folder / "scopes.csv", list(rows))
    return View(replace(load(tiny.folder), release=RELEASE))


def two_states(folder: Path) -> Tiny:
    """Two states that plan, one abroad, and one area of which 100 are needed."""
    tiny = Tiny(folder)
    tiny.state("AAA", gdp=1000.0)
    tiny.state("BBB", gdp=3000.0)
    tiny.state("USA", planning="")
    tiny.area("tank", 100.0)
    return tiny


def type_of(
    tiny: Tiny,
    name: str,
    designer: str,
    *,
    area: str = "tank",
    control: str = "",
    content: float | None = None,
    weight: float = 1.0,
    price: float = 10.0,
    maker: str | None = None,
) -> None:
    """A type with its design authority, regime, US content, weight, price and maker."""
    tiny.add(
        "systems",
        system=name,
        name=name,
        capability=area,
        design_authority_state=designer,
        control_regime=f"national:{control}" if control else None,
        us_content_pct=content,
        unit_price_eur_m=price,
        weight=weight,
        prime_company=maker,
        on_offer="y",
    )


def held_tanks(folder: Path) -> Tiny:
    """60 leo in AAA, 20 leo and 20 abrams in BBB."""
    tiny = two_states(folder)
    type_of(tiny, "leo", "AAA")
    type_of(tiny, "abrams", "USA", control="USA", weight=0.5)
    tiny.holding("AAA", "leo", "tank", 60)
    tiny.holding("BBB", "leo", "tank", 20)
    tiny.holding("BBB", "abrams", "tank", 20)
    return tiny


# Types


def test_types_are_counted_by_place(tmp_path: Path) -> None:
    """Two types in the group, one of them in one state only; a state sees its own."""
    view = view_of(held_tanks(tmp_path))
    assert value_of(view, "types_in_service").value == 2
    assert value_of(view, "types_in_service", place="AAA").value == 1
    assert value_of(view, "single_user_share").value == pytest.approx(50)
    assert value_of(view, "single_user_share", place="BBB").value == pytest.approx(100)


def test_effective_types_by_hand(tmp_path: Path) -> None:
    """80 and 20 of 100: 1 / (0.64 + 0.04). Weights of capability don't count, items do."""
    view = view_of(held_tanks(tmp_path))
    assert value_of(view, "effective_types").value == pytest.approx(1 / 0.68)
    assert value_of(view, "effective_types", place="BBB").value == pytest.approx(2)
    assert value_of(view, "effective_types", year="2030").value == pytest.approx(1 / 0.68)


def test_effective_types_move_with_the_holding(tmp_path: Path) -> None:
    """The slope is that of n = S²/Q: dn = 2S/Q - 2 S² x/Q²."""
    view = view_of(held_tanks(tmp_path))
    found = value_of(view, "effective_types")
    item = view.dataset.observation("holding/bbb-abrams", "quantity")
    assert item is not None
    assert found.slopes[item.id] == pytest.approx(200 / 6800 - 2 * 10000 * 20 / 6800**2)


def test_a_signed_order_adds_a_type_in_its_year(tmp_path: Path) -> None:
    """A third type arrives in 2028: three types from then on, two before; one type bought."""
    tiny = held_tanks(tmp_path)
    type_of(tiny, "k2", "BBB")
    tiny.order("aaa-k2", "AAA", "k2", "tank", 10, (2028, 2028), signed="2025")
    view = view_of(tiny)
    assert value_of(view, "types_in_service").value == 2
    assert value_of(view, "types_in_service", year="2027").value == 2
    assert value_of(view, "types_in_service", year="2029").value == 3
    assert value_of(view, "types_bought").value == 1
    with pytest.raises(NotFound):
        value_of(view, "types_bought", place="BBB")
    with pytest.raises(NotFound):
        value_of(view, "types_bought", first="2010", last="2024")


def test_types_against_us_by_hand(tmp_path: Path) -> None:
    """Two types held against the newest American number, two; 17 published against one.

    A derived row is no published one, and a row without an American number says nothing.
    """
    tiny = held_tanks(tmp_path)
    rows = (
        ("old", 2016, 17, 1),
        ("newer", 2021, 9, 3),
        ("ours", 2026, 90, 2),
        ("half", 2026, 5, None),
    )
    for name, year, here, there in rows:
        tiny.add("variants", id=name, category=name, capability="tank", year=year,
                 types_in_europe=here, types_in_us=there)  # fmt: skip
    tiny.sheets["variants"][2]["basis"] = "derived"
    view = view_of(tiny)
    assert value_of(view, "types_against_us").value == 1
    assert value_of(view, "types_against_us", measured="published").value == 17
    assert value_of(view, "types_against_us", place="AAA").value == pytest.approx(0.5)


@pytest.mark.parametrize("area", ["ifv", "fighter", "frigate", "howitzer", "shorad", "mbt"])
def test_types_of_the_reference_a_second_way(area: str) -> None:
    """Types, single users and effective number from the raw sheet of holdings."""
    inside = members("NATO-EUR")
    units: defaultdict[str, float] = defaultdict(float)
    users: defaultdict[str, set[str]] = defaultdict(set)
    mended = corrections("quantity")
    for row in sheet("holdings"):
        if row["capability"] == area and row["status"] == "active" and row["state"] in inside:
            count = float(mended.get(f"holding/{row['id']}", row["quantity"]))
            units[row["system"]] += count * float(row["units_per_item"] or 1)
            users[row["system"]].add(row["state"])
    whole = sum(units.values())
    view = reference()
    assert value_of(view, "types_in_service", area=area).value == len(units)
    alone = sum(len(found) == 1 for found in users.values())
    assert value_of(view, "single_user_share", area=area).value == pytest.approx(
        100 * alone / len(units)
    )
    expected = whole**2 / sum(item**2 for item in units.values())
    assert value_of(view, "effective_types", area=area).value == pytest.approx(expected)


def test_effective_types_lie_between_one_and_the_count() -> None:
    """For every area of the reference, today and in 2035."""
    for year in ("today", "2035"):
        view = reference()
        counts = {r["area"]: r["value"] for r in measure_rows(
            view, "types_in_service", {"year": year}, ["area"])}  # fmt: skip
        for row in measure_rows(view, "effective_types", {"year": year}, ["area"]):
            assert 1 - 1e-9 <= row["value"] <= counts[row["area"]] + 1e-9


# Dependence


def armed(folder: Path) -> Tiny:
    """What `held_tanks` has, a line in each state, and two signed orders of AAA for 2027.

    Ten abrams made in the United States and ten licensed ones made in BBB, five in capability
    each; 90 in capability are held, 10 of them abrams.
    """
    tiny = held_tanks(folder)
    type_of(tiny, "licensed", "USA", control="USA", weight=0.5)
    tiny.line("leo", "AAA", 20.0)
    tiny.line("abrams", "USA", 20.0)
    tiny.line("licensed", "BBB", 20.0)
    tiny.order("aaa-abrams", "AAA", "abrams", "tank", 10, (2027, 2027), value=150, signed="2024")
    tiny.order("aaa-licensed", "AAA", "licensed", "tank", 10, (2027, 2027), value=50, signed="2025")
    return tiny


def test_dependence_by_hand(tmp_path: Path) -> None:
    """In 2028 there are 100: 80 leo, 15 abrams from abroad, 5 made in BBB under US control."""
    view = view_of(armed(tmp_path))
    at = {"year": "2028"}
    assert value_of(view, "permission_dependence", **at).value == pytest.approx(20)
    assert value_of(view, "upkeep_dependence", **at).value == pytest.approx(20)
    assert value_of(view, "supply_dependence", **at).value == pytest.approx(15)
    assert value_of(view, "supply_dependence", controller="USA", **at).value == pytest.approx(15)
    assert value_of(view, "supply_dependence", controller="BBB", **at).value == pytest.approx(5)


@pytest.mark.parametrize(
    ("place", "base", "expected"),
    [
        ("AAA", "service", 100 * 5 / 70),  # what an ally makes isn't outside
        ("AAA", "orders", 50.0),
        ("AAA", "holdings", 0.0),
        ("BBB", "holdings", 100 * 10 / 30),
    ],
)
def test_supply_dependence_by_place_and_base(
    tmp_path: Path, place: str, base: str, expected: float
) -> None:
    """A state's own holdings and orders, by where they are made."""
    view = view_of(armed(tmp_path))
    found = value_of(view, "supply_dependence", place=place, base=base, year="2028")
    assert found.value == pytest.approx(expected)


def test_content_from_america_is_upkeep(tmp_path: Path) -> None:
    """A type of AAA's with 12 percent US content counts from a threshold of 12 down."""
    tiny = two_states(tmp_path)
    type_of(tiny, "jet", "AAA", content=12.0)
    type_of(tiny, "own", "AAA")
    tiny.holding("AAA", "jet", "tank", 30)
    tiny.holding("AAA", "own", "tank", 70)
    view = view_of(tiny)
    assert value_of(view, "upkeep_dependence", content="12").value == pytest.approx(30)
    assert value_of(view, "upkeep_dependence", content="13").value == 0
    assert value_of(view, "upkeep_dependence", controller="AAA").value == pytest.approx(100)
    assert value_of(view, "permission_dependence").value == 0


def test_plan_counts_in_dependence(tmp_path: Path) -> None:
    """Five bought abrams a year on a line abroad make 2.5 in capability by the year's middle."""
    dataset = view_of(armed(tmp_path)).dataset

    def planner(scenario: str, behaviour: str) -> tuple[World, Floats]:
        world = build_world(dataset, scenario, calendar="yearly")
        deliveries = no_deliveries(world)
        deliveries[0, world.labels.line_index["line/abrams"], 1] = 10
        return world, deliveries

    view = View(dataset, planner)
    given = {"year": "2028", "behaviour": "together"}
    found = value_of(view, "supply_dependence", **given).value
    assert found == pytest.approx(100 * 17.5 / 102.5)
    assert value_of(view, "supply_dependence", base="plan", **given).value == pytest.approx(100)
    spent = value_of(view, "origin_share", base="plan", origin="USA", first="2027", last="2035")
    assert spent.value == pytest.approx(100)


@pytest.mark.parametrize("year", ["2027", "2030", "2035"])
@pytest.mark.parametrize("controller", ["USA", "DEU", "ISR"])
def test_permission_is_the_exposure_of_a_run(year: str, controller: str) -> None:
    """The measure over the world equals the run measure `exposure` over the plan's table."""
    view = reference()
    frame = exposure()
    for row in measure_rows(
        view, "permission_dependence", {"controller": controller, "year": year}, ["area"]
    ):
        expected = evaluate(
            lambda name: frame, "exposure", "ordered", row["area"], controller, year
        )
        assert row["value"] == pytest.approx(100 * expected, abs=1e-9), row["area"]
    whole = value_of(view, "permission_dependence", controller=controller, year=year)
    expected = evaluate(lambda name: frame, "exposure", "ordered", "all", controller, year)
    assert whole.value == pytest.approx(100 * expected)


@cache
def exposure() -> pl.DataFrame:
    """The table of exposure of the plan `ordered` in the reference."""
    return exposure_table(plan_ordered(reference().world()))


def test_orders_from_outside_the_group_expose_nobody(tmp_path: Path) -> None:
    """Aircraft that a state without a plan orders in a joint area don't serve the group."""
    tiny = two_states(tmp_path)
    tiny.state("CCC", planning="slots")
    tiny.area("lift", 10.0, joint=True)
    type_of(tiny, "plane", "USA", area="lift", control="USA")
    type_of(tiny, "own", "AAA", area="lift")
    tiny.line("plane", "USA", 10.0)
    tiny.line("own", "AAA", 10.0)
    tiny.order("ccc-plane", "CCC", "plane", "lift", 5, (2027, 2027))
    tiny.order("aaa-own", "AAA", "own", "lift", 5, (2027, 2027))
    view = view_of(tiny)
    frame = exposure_table(plan_ordered(view.world()))
    assert evaluate(lambda name: frame, "exposure", "ordered", "lift", "USA", "2030") == 0
    assert value_of(view, "permission_dependence", area="lift", year="2030").value == 0
    arriving = value_of(view, "arriving", area="lift", year="2030")
    assert arriving.value == pytest.approx(5)
    gone = view.dataset.observation("order/ccc-plane", "quantity")
    assert gone is not None
    assert gone.id not in arriving.slopes


@pytest.mark.parametrize(("year", "part"), [("2026", 0.0), ("2029", 1 / 3), ("2035", 1.0)])
def test_enablers_a_second_way(year: str, part: float) -> None:
    """US part over the whole need, from the raw sheets of needs and areas."""
    joint = {row["id"] for row in sheet("areas") if row["joint"] == "y" and row["planned"] == "y"}
    shares = {}
    parts, ends = corrections("us_part"), corrections("need_2035")
    for row in sheet("needs"):
        address = f"need/{row['area']}"
        american = float(parts.get(address, row["us_part"] or 0))
        end = float(ends.get(address, row["need_2035"]))
        own = (1 - part) * float(row["need_2026"]) + part * end
        shares[row["area"]] = 100 * american / (own + american)
    view = reference()
    found = value_of(view, "enabler_dependence", year=year).value
    assert found == pytest.approx(sum(shares[area] for area in joint) / len(joint))
    one = value_of(view, "enabler_dependence", year=year, area="fighter").value
    assert one == pytest.approx(shares["fighter"])


# Origin


def contract(
    tiny: Tiny, name: str, buyer: str, system: str, supplier: str, **cells: object
) -> None:
    """A signed order with its supplier; `cells` state value, quantity, channel or year."""
    given = {"signed": "2024", "quantity": 10, "channel": "national", **cells}
    tiny.add("orders", id=name, buyer=buyer, system=system, capability="tank",
             supplier_state=supplier, status="signed", financed_by="national", **given)  # fmt: skip


def contracts(folder: Path) -> Tiny:
    """300 from AAA, 100 from the United States (10 × 10, no value), 100 from BBB jointly."""
    tiny = two_states(folder)
    tiny.add("companies", id="works", name="Works", hq_state="AAA")
    type_of(tiny, "leo", "AAA", maker="works")
    type_of(tiny, "abrams", "USA", price=10.0)
    type_of(tiny, "k2", "BBB", maker="works")
    contract(tiny, "one", "AAA", "leo", "AAA", value_eur_m=300)
    contract(tiny, "two", "BBB", "abrams", "USA")
    contract(tiny, "three", "AAA;BBB", "k2", "BBB", value_eur_m=100)
    contract(tiny, "old", "AAA", "abrams", "USA", value_eur_m=900, signed="2015")
    return tiny


def test_origin_of_orders_by_hand(tmp_path: Path) -> None:
    """Shares of 500 by value, of three by number; a state's part of a shared order is half."""
    view = view_of(contracts(tmp_path))
    assert value_of(view, "origin_share").value == pytest.approx(20)
    assert value_of(view, "origin_share", origin="NATO-EUR").value == pytest.approx(80)
    assert value_of(view, "origin_share", base="order-count").value == pytest.approx(100 / 3)
    assert value_of(view, "origin_share", place="AAA", origin="BBB").value == pytest.approx(
        100 * 50 / 350
    )
    assert value_of(view, "origin_share", first="2010").value == pytest.approx(100 * 1000 / 1400)
    with pytest.raises(NotFound):
        value_of(view, "origin_share", first="2025", last="2026")


def test_collaborative_share_by_hand(tmp_path: Path) -> None:
    """Of 500, the 100 of two buyers; an order through a joint programme counts too."""
    tiny = contracts(tmp_path)
    view = view_of(tiny, EU27="AAA;BBB")
    assert value_of(view, "collaborative_share").value == pytest.approx(20)
    assert value_of(view, "collaborative_share", base="order-count").value == pytest.approx(100 / 3)
    contract(tiny, "four", "AAA", "leo", "AAA", value_eur_m=500, channel="OCCAR")
    view = view_of(tiny, EU27="AAA;BBB")
    assert value_of(view, "collaborative_share").value == pytest.approx(60)


def test_order_concentration_by_hand(tmp_path: Path) -> None:
    """300, 100 and 100 of 500: 1 / (0.36 + 0.04 + 0.04); one known maker has it all."""
    view = view_of(contracts(tmp_path))
    assert value_of(view, "order_concentration").value == pytest.approx(1 / 0.44)
    made = value_of(view, "order_concentration", by="maker")
    assert made.value == pytest.approx(1)
    assert made.missing == {"order/two"}


def test_orders_value_and_wait_by_hand(tmp_path: Path) -> None:
    """300 and 100 EUR m; signed mid-2022 and 2024-01, first due 2025 and 2026, last 2026 and 2027.

    A year of delivery counts from its middle: 3 and 2.5 years to the first, 4 and 3.5 to the last.
    """
    tiny = two_states(tmp_path)
    type_of(tiny, "leo", "AAA")
    tiny.order("one", "AAA", "leo", "tank", 10.0, (2025, 2026), value=300.0, signed="2022-07")
    tiny.order("two", "BBB", "leo", "tank", 5.0, (2026, 2027), value=100.0, signed="2024-01")
    view = view_of(tiny)
    assert value_of(view, "orders_value").value == pytest.approx(0.4)
    assert value_of(view, "orders_value", place="BBB").value == pytest.approx(0.1)
    assert value_of(view, "orders_value", last="2023").value == pytest.approx(0.3)
    assert value_of(view, "order_wait").value == pytest.approx((3.0 + 2.5) / 2)
    assert value_of(view, "order_wait", end="last").value == pytest.approx((4.0 + 3.5) / 2)
    with pytest.raises(NotFound, match="BBB"):
        value_of(view, "orders_value", place="BBB", last="2023")


def test_origin_of_holdings_by_hand(tmp_path: Path) -> None:
    """10 of 90 capability units were designed in the United States."""
    view = view_of(held_tanks(tmp_path))
    found = value_of(view, "origin_share", base="holdings")
    assert found.value == pytest.approx(100 * 10 / 90)


def test_origin_of_transfers_by_hand(tmp_path: Path) -> None:
    """Five leo at 10 and one abrams at 50: half of what was given by value."""
    tiny = two_states(tmp_path)
    type_of(tiny, "leo", "AAA", price=10.0)
    type_of(tiny, "abrams", "USA", price=50.0)
    for name, system, count in (("a", "leo", 5), ("b", "abrams", 1)):
        tiny.add("transfers", id=name, state="AAA", system=system, capability="tank",
                 quantity=count, year=2023, origin="stock", status="delivered")  # fmt: skip
    view = view_of(tiny)
    assert value_of(view, "origin_share", base="transfers").value == pytest.approx(50)
    with pytest.raises(NotFound):
        value_of(view, "origin_share", base="transfers", place="BBB")


@pytest.mark.parametrize("base", ["orders", "order-count", "holdings", "transfers"])
def test_origins_add_up_to_all(base: str) -> None:
    """Over all states, shares of a base are 100 percent."""
    rows = measure_rows(reference(), "origin_share", {"base": base, "place": "EU27"}, ["origin"])
    assert sum(row["value"] for row in rows) == pytest.approx(100)


@pytest.mark.parametrize(
    ("buyer", "area", "origin"), [("DEU", "sam-upper", "ISR"), ("ROU", "fighter", "NOR")]
)
def test_origin_of_orders_a_second_way(buyer: str, area: str, origin: str) -> None:
    """From the raw sheet, by value and by number."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for row in sheet("orders"):
        signed = row["status"] == "signed" and "2022" <= row["signed"][:4] <= "2026"
        if signed and (row["buyer"], row["capability"]) == (buyer, area):
            values[row["supplier_state"]].append(float(row["value_eur_m"]))
    given = {"place": buyer, "area": area, "origin": origin}
    whole = sum(map(sum, values.values()))
    found = value_of(reference(), "origin_share", **given)
    assert found.value == pytest.approx(100 * sum(values[origin]) / whole)
    count = sum(map(len, values.values()))
    found = value_of(reference(), "origin_share", base="order-count", **given)
    assert found.value == pytest.approx(100 * len(values[origin]) / count)


def test_published_shares_are_read_as_they_are() -> None:
    """Imports and the agency's collaborative share come from the published rows alone."""
    rows = {(r["metric"], r["scope"], r["year"]): r["value"] for r in sheet("aggregates")}
    view = reference()
    imports = value_of(view, "origin_share", base="imports", first="2020", last="2024")
    assert imports.value == float(rows["us_share_of_arms_imports", "NATO-EUR", "2024"])
    assert len(imports.slopes) == 1
    common = value_of(view, "collaborative_share", base="published", first="2021", last="2021")
    assert common.value == float(rows["collaborative_procurement_share", "EU27", "2021"])
    with pytest.raises(NotFound):
        value_of(view, "origin_share", base="imports", origin="DEU", last="2024")


# Replacement of the US part


def replaceable(folder: Path, rate: float = 5.0) -> Tiny:
    """An area with a US part of 10 and three types made in AAA, one abroad."""
    tiny = Tiny(folder)
    tiny.state("AAA")
    tiny.state("BBB")
    tiny.state("USA", planning="")
    tiny.area("tank", 100.0, us_part=10.0)
    type_of(tiny, "cheap", "AAA", price=20.0)
    type_of(tiny, "light", "AAA", price=30.0, weight=0.5)
    type_of(tiny, "fair", "AAA", price=25.0)
    type_of(tiny, "abroad", "USA", price=1.0)
    tiny.line("cheap", "AAA", rate, lead=12.0, open_share=0.5)
    tiny.line("light", "AAA", 0.0001, lead=100.0)
    tiny.line("fair", "AAA", 0.0001, lead=100.0)
    tiny.line("abroad", "USA", 100.0)
    return tiny


def test_replacement_cost_by_hand(tmp_path: Path) -> None:
    """Ten units at 25, the middle of 20, 25 and 60 a capability unit; or at 20, in EUR m."""
    view = view_of(replaceable(tmp_path))
    assert value_of(view, "us_part_replacement_cost").value == pytest.approx(0.25)
    cheap = value_of(view, "us_part_replacement_cost", price="cheapest")
    assert cheap.value == pytest.approx(0.2)
    abroad = value_of(view, "us_part_replacement_cost", place="USA", price="cheapest")
    assert abroad.value == pytest.approx(0.01)
    part = view.dataset.observation("need/tank", "us_part")
    assert part is not None
    assert cheap.slopes[part.id] == pytest.approx(0.02)


def test_replacement_years_by_hand(tmp_path: Path) -> None:
    """A year of lead, then half of five a year: ten take four years more; twice the rate, two."""
    view = view_of(replaceable(tmp_path))
    assert value_of(view, "us_part_replacement_years").value == pytest.approx(5, abs=1e-3)
    (tmp_path / "twice").mkdir()
    view = view_of(replaceable(tmp_path / "twice", 10.0))
    assert value_of(view, "us_part_replacement_years").value == pytest.approx(3, abs=1e-3)


def test_areas_nobody_makes_are_named(tmp_path: Path) -> None:
    """An area with a US part and no line in the place is told as not counted."""
    tiny = replaceable(tmp_path)
    tiny.area("satellite", 5.0, us_part=5.0)
    view = view_of(tiny)
    for name in ("us_part_replacement_cost", "us_part_replacement_years"):
        assert value_of(view, name).missing == {"area/satellite"}
        with pytest.raises(NotFound):
            value_of(view, name, area="satellite")


# Industry


def works(folder: Path, rate: float = 4.0) -> Tiny:
    """One type of weight 0.5, made in AAA at 4 a year, 10 from 2030 on; and one in BBB."""
    tiny = Tiny(folder)
    tiny.state("AAA")
    tiny.state("BBB")
    tiny.state("USA", planning="")
    tiny.area("tank", 100.0, us_part=10.0, growth=0.3)
    type_of(tiny, "leo", "AAA", weight=0.5)
    type_of(tiny, "k2", "BBB")
    tiny.line("leo", "AAA", rate, as_of=2026, target=10.0, target_year=2030, expansion=24.0)
    tiny.line("k2", "BBB", 6.0, expansion=36.0)
    tiny.order("aaa-leo", "AAA", "leo", "tank", 20, (2028, 2029))
    return tiny


def test_output_by_hand(tmp_path: Path) -> None:
    """4 rises to 10 over four years: 7 in 2028; with the other line's 6, 13. Lines by name too."""
    view = view_of(works(tmp_path))
    at = {"area": "tank", "year": "2028"}
    assert value_of(view, "line_output", place="AAA", **at).value == pytest.approx(7)
    assert value_of(view, "line_output", **at).value == pytest.approx(13)
    assert value_of(view, "line_output", area="line/leo", year="2035").value == pytest.approx(10)
    growth = value_of(view, "output_growth", area="line/leo", first="2026", last="2030")
    assert growth.value == pytest.approx(150)


def test_backlog_by_hand(tmp_path: Path) -> None:
    """20 due over the rate at the start, just past 2026's middle: an eighth of the way up."""
    view = view_of(works(tmp_path))
    start = 4 + 6 * 0.5 / 4
    assert value_of(view, "backlog_years", area="line/leo").value == pytest.approx(20 / start)
    assert value_of(view, "backlog_years", area="tank").value == pytest.approx(20 / (start + 6))
    assert value_of(view, "backlog_years", area="line/k2").value == 0


def test_years_at_rate_by_hand(tmp_path: Path) -> None:
    """Weighted output of 2030 is 5 and 6: 22 take two years, the US part 10 / 11."""
    view = view_of(works(tmp_path))
    at = {"area": "tank", "year": "2030"}
    assert value_of(view, "years_at_rate", units="22", **at).value == pytest.approx(2)
    assert value_of(view, "years_at_rate", units="us-part", **at).value == pytest.approx(10 / 11)
    gap = value_of(view, "gap", behaviour="ordered", **at).value
    assert gap > 0
    assert value_of(view, "years_at_rate", units="gap", **at).value == pytest.approx(gap / 11)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0.5, 9.0), st.floats(1.0, 1000.0))
def test_twice_the_rate_takes_half_the_time(
    tmp_path_factory: pytest.TempPathFactory, rate: float, units: float
) -> None:
    """For a line without an announced rate, years at rate and backlog halve."""
    found = []
    for factor in (1.0, 2.0):
        tiny = Tiny(tmp_path_factory.mktemp("works"))
        tiny.state("AAA")
        tiny.state("BBB")
        tiny.state("USA", planning="")
        tiny.area("tank", 100.0)
        tiny.offer("leo", "tank", 1.0, factor * rate)
        tiny.order("aaa-leo", "AAA", "leo", "tank", 20, (2028, 2029))
        view = view_of(tiny)
        found.append(value_of(view, "years_at_rate", area="tank", units=str(units)).value)
        found.append(value_of(view, "backlog_years", area="tank").value)
    assert found[:2] == pytest.approx([2 * item for item in found[2:]])


def test_expansion_by_hand(tmp_path: Path) -> None:
    """0.3 × 10 for each of three years after two, and 0.3 × 6 for each of two after three."""
    view = view_of(works(tmp_path))
    assert value_of(view, "expansion_possible", area="line/leo").value == pytest.approx(9)
    assert value_of(view, "expansion_possible", area="tank").value == pytest.approx(12.6)
    none = value_of(view, "expansion_possible", area="tank", horizon="2")
    assert none.value == 0


def supplied(folder: Path) -> Tiny:
    """Three inputs: one by CCC at 80, one at 30 and 20, one unknown; two types need them."""
    tiny = two_states(folder)
    tiny.state("CCC", planning="")
    type_of(tiny, "leo", "AAA")
    type_of(tiny, "abrams", "USA")
    for name in ("magnet", "steel", "wool"):
        tiny.add("input-kinds", id=name, name=name, planned="n")
    for name, source, state, share in (
        ("magnet", "m1", "CCC", 80),
        ("magnet", "m2", "AAA", 5),
        ("steel", "s1", "CCC", 30),
        ("steel", "s2", "AAA", 20),
        ("wool", "w1", "AAA", None),
    ):
        tiny.add("input-sources", id=source, input=name, name=name, state=state, share_pct=share)
    for system, name, weight in (("leo", "magnet", 2), ("leo", "steel", 3), ("abrams", "steel", 3)):
        tiny.add("system-inputs", system=system, input=name, criticality=weight)
    return tiny


def test_inputs_by_hand(tmp_path: Path) -> None:
    """One input of one state at 50 percent, two at 30; one of two types needs the first."""
    view = view_of(supplied(tmp_path))
    found = value_of(view, "single_source_inputs")
    assert found.value == 1
    assert found.missing == {"input/wool"}
    assert value_of(view, "single_source_inputs", threshold="30").value == 2
    assert value_of(view, "single_source_inputs", threshold="81").value == 0
    assert value_of(view, "single_source_exposure").value == pytest.approx(50)
    assert value_of(view, "single_source_exposure", threshold="30").value == pytest.approx(100)
    assert value_of(view, "single_source_exposure", criticality="3").value == 0
    assert value_of(view, "input_state_share", input="magnet", state="CCC").value == 80
    with pytest.raises(NotFound):
        value_of(view, "input_state_share", input="wool", state="AAA")


# All of them


@pytest.mark.parametrize(
    ("build", "name", "given"),
    [
        (held_tanks, "effective_types", {}),
        (armed, "permission_dependence", {"year": "2028"}),
        (armed, "supply_dependence", {"year": "2028", "place": "AAA"}),
        (armed, "upkeep_dependence", {"year": "2028"}),
        (contracts, "origin_share", {}),
        (held_tanks, "origin_share", {"base": "holdings"}),
        (contracts, "collaborative_share", {"place": "NATO-EUR"}),
        (contracts, "order_concentration", {}),
        (replaceable, "enabler_dependence", {"area": "tank", "year": "2030"}),
        (replaceable, "us_part_replacement_cost", {}),
        (replaceable, "us_part_replacement_years", {}),
        (works, "line_output", {"area": "tank", "year": "2028"}),
        (works, "output_growth", {"area": "tank", "first": "2026", "last": "2029"}),
        (works, "backlog_years", {"area": "tank"}),
        (works, "years_at_rate", {"area": "tank", "units": "us-part", "year": "2028"}),
        (works, "expansion_possible", {"area": "tank"}),
    ],
)
def test_slopes_are_those_of_the_measure(
    tmp_path: Path, build: Callable[[Path], Tiny], name: str, given: dict[str, str]
) -> None:
    """Each slope, against the measure worked out anew with that figure a little larger."""
    view = view_of(build(tmp_path))
    found = value_of(view, name, **given)
    assert found.slopes
    for key, slope in found.slopes.items():
        step = 1e-5 * (view.inputs[key].value or 0.0)
        moved = tuple(
            replace(item, value=item.value + step) if item.id == key and item.value else item
            for item in view.dataset.observations
        )
        other = value_of(View(replace(view.dataset, observations=moved)), name, **given)
        change = (other.value - found.value) / step
        assert change == pytest.approx(slope, rel=1e-3, abs=1e-6), key


MINE = ("types", "dependence", "industry")


@pytest.mark.parametrize("name", sorted(n for n, item in ALL.items() if item.group in MINE))
def test_defaults_answer_within_bounds(name: str) -> None:
    """Each measure answers without arguments; its range holds the value and keeps its bounds."""
    found = ALL[name]
    assert found.definition.split("\n")[0].endswith(".")
    for row in measure_rows(reference(), name, {}):
        assert row["low"] <= row["value"] <= row["high"]
        assert found.bounds[0] - 1e-9 <= row["value"] <= found.bounds[1] + 1e-9
        assert row["sources"]


def test_bad_arguments_are_told_apart() -> None:
    """Near misses for areas and lines; all areas where items can't be added; a bad supplier."""
    view = reference()
    with pytest.raises(BadInput) as told:
        value_of(view, "line_output", area="line/leopard-2a8-deux")
    assert "leopard-2a8-deu" in str(told.value)
    with pytest.raises(BadInput, match="can't be added"):
        value_of(view, "line_output", area="all")
    with pytest.raises(BadInput, match="outside"):
        value_of(view, "supply_dependence", controller="Atlantis")
    with pytest.raises(BadInput, match="gap, us-part"):
        value_of(view, "years_at_rate", area="mbt", units="many")
    with pytest.raises(BadInput, match="today"):
        value_of(view, "types_in_service", year="2050")
