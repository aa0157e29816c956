"""Types, dependence and industry: cases worked by hand, invariants, and second ways on the data."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from tests.tiny import RELEASE, Tiny, write_rows

from counterpoise.data.load import load
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.amount import span
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.standing import measure_rows, value_of
from counterpoise.measures.view import View


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
    """Two types held against one of the United States; 17 published against one."""
    tiny = held_tanks(tmp_path)
    tiny.add("variants", id="tanks", category="tanks", capability="tank", year=2016,
             types_in_europe=17, types_in_us=1)  # fmt: skip
    view = view_of(tiny)
    assert value_of(view, "types_against_us").value == 2
    assert value_of(view, "types_against_us", measured="published").value == 17


@pytest.mark.parametrize("area", ["ifv", "fighter", "frigate", "howitzer", "shorad", "mbt"])
def test_types_of_the_reference_a_second_way(area: str) -> None:
    """Types, single users and effective number from the raw sheet of holdings."""
    inside = members("NATO-EUR")
    units: defaultdict[str, float] = defaultdict(float)
    users: defaultdict[str, set[str]] = defaultdict(set)
    mended = {row["address"]: row["value"] for row in sheet("figures") if row["value"]
              and row["quantity"] == "quantity"}  # fmt: skip
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
