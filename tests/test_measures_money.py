"""Measures of money and threat: worked by hand on three states, again from the sheets, invariants.

The three states on paper (nominal EUR bn unless said):

|     | outlay 24, 26 | product 24, 26 | equipment % | soldiers k | deflator | people m |
| DEU | 80, 110       | 4000, 4400     | 25, 30      | 180, 190   | 110, 121 | 80       |
| POL | 30, 50        | 800, 1000      | 50, 40      | 200, 250   | 120, 150 | 40       |
| FRA | –, 60         | –, 3000        | –, –        | –, –       | –, –     | 60       |

AUT stands outside, with two series that aren't NATO's.

POL pays in zloty: 120 bn in 2024 (four a euro), 250 bn in 2026 (five a euro).
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from counterpoise.data.load import REFERENCE, load
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.amount import Amount, span
from counterpoise.measures.asking import measure_rows, value_of
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.stated import MINISTRIES
from counterpoise.measures.view import NoAnswer, View
from counterpoise.world.money import budgets, spending_share
from tiny import RELEASE, Tiny, write_rows

MEMBERS = "DEU;POL;FRA"
GROUPS = {"money", "threat"}


def stated(tiny: Tiny, state: str, year: int, series: str = "nato-2026", **cells: float) -> None:
    tiny.add(
        "spending",
        state=state,
        year=year,
        series=series,
        national_currency="PLN" if state == "POL" else "EUR",
        **cells,
    )


def figure(
    tiny: Tiny,
    state: str,
    quantity: str,
    period: str,
    value: float,
    unit: str,
    qualifier: str | None = None,
) -> None:
    tiny.add(
        "figures",
        address=f"state/{state}",
        quantity=quantity,
        period=period,
        value=value,
        unit=unit,
        qualifier=qualifier,
    )


def spenders(tiny: Tiny) -> None:
    for state, people in (("DEU", 80), ("POL", 40), ("FRA", 60)):
        tiny.add("states", iso3=state, name=state, planning="plans", population_m=people)
    for state, year, product, deflator in (
        ("DEU", 2024, 4000, 110),
        ("DEU", 2026, 4400, 121),
        ("POL", 2024, 800, 120),
        ("POL", 2026, 1000, 150),
        ("FRA", 2026, 3000, None),
    ):
        tiny.add("gdp", state=state, year=year, gdp_eur_bn=product, gdp_deflator_2021_100=deflator)
    for state, year, euros, national, part, soldiers, share in (
        ("DEU", 2024, 80e3, 80e3, 25, 180, 2.0),
        ("DEU", 2026, 110e3, 110e3, 30, 190, 2.5),
        ("POL", 2024, 30e3, 120e3, 50, 200, 3.75),
        ("POL", 2026, 50e3, 250e3, 40, 250, 5.0),
    ):
        stated(
            tiny,
            state,
            year,
            defence_eur_m=euros,
            defence_national_m=national,
            equipment_pct=part,
            personnel_k=soldiers,
            pct_gdp=share,
        )
    stated(tiny, "FRA", 2026, defence_eur_m=60e3, defence_national_m=60e3, pct_gdp=2.0)
    stated(tiny, "DEU", 2026, "nato-2025", defence_eur_m=1.0, equipment_pct=1.0)
    stated(tiny, "DEU", 2025, "sipri-2026", defence_usd_m=113e3, pct_gdp=2.3)
    tiny.add("exchange-rates", year=2025, pair="EUR-USD", rate=1.13, kind="annual-average")
    tiny.add("states", iso3="AUT", name="AUT", population_m=9)
    for year, deflator in ((2024, 100), (2025, 110)):
        tiny.add("gdp", state="AUT", year=year, gdp_deflator_2021_100=deflator)
    for year, series, spent in (
        ("2024", "eda-2023", 3.0),
        ("2025", "eda-2023", 5.0),
        ("2025", "national-budget", 8.0),
        ("2026", "national-budget", 9.0),
    ):
        figure(tiny, "AUT", "defence_outlay_eur", year, spent, "EUR bn", series)
    figure(tiny, "AUT", "equipment_share", "2025", 20, "%", "eda-2023")
    figure(tiny, "AUT", "equipment_share", "2026", 20, "%", "eda-2023")
    for quantity, value, qualifier in (
        ("defence_rd", 12.0, None),
        ("defence_expenditure", 300.0, "current-prices"),
    ):
        figure(tiny, "NATO-EUR", quantity, "2025", value, "EUR bn", qualifier)
        tiny.sheets["figures"][-1]["address"] = "scope/NATO-EUR"
    figure(tiny, "DEU", "military_rd", "2026", 2200, "EUR m", MINISTRIES)
    figure(tiny, "POL", "military_rd", "2026", 1.0, "EUR bn", MINISTRIES)
    figure(tiny, "DEU", "military_rd", "2026", 1.1, "EUR bn", "government appropriations")
    figure(tiny, "DEU", "ukraine_military_aid", "2026-02", 6.0, "EUR bn", "cumulative")
    figure(tiny, "DEU", "ukraine_military_aid", "2025-12", 1.0, "EUR bn", "cumulative")
    figure(tiny, "DEU", "ukraine_military_aid", "2026", 9.0, "EUR bn")
    figure(tiny, "FRA", "ukraine_military_aid", "2026-02", 2.0, "EUR bn", "cumulative")
    figure(tiny, "DEU", "strength_target", "2035", 208e3, "persons")
    figure(tiny, "DEU", "soldiers_leaving", "2025", 15e3, "persons")
    figure(tiny, "DEU", "soldiers_leaving", "2026", 9e3, "persons", "all staff")
    figure(tiny, "POL", "strength_target", "2030", 290e3, "persons", "professional")
    figure(tiny, "POL", "soldiers_leaving", "2024", 7e3, "persons", "professional")
    figure(tiny, "POL", "active_soldiers", "2025-12", 270e3, "persons")
    figure(tiny, "DEU", "soldiers_recruited", "2025", 13.6e3, "persons")
    tiny.add(
        "pledges", id="deu-2035", state="DEU", path_role="base", path_year=2035, path_share=3.5
    )
    tiny.add(
        "pledges", id="deu-2029", state="DEU", path_role="fast", path_year=2029, path_share=3.5
    )
    tiny.rules["growth-real"] = 0.02


def lenders(tiny: Tiny) -> None:
    tiny.add(
        "instruments",
        id="fund",
        name="fund",
        kind="loan",
        maturity_years=2.0,
        grace_years=1.0,
        envelope_eur_m=8000,
    )
    tiny.loan("DEU", 1000.0, own=2.0, common=3.0)
    tiny.loan("POL", 3000.0, own=4.0, common=2.0)


def threats(tiny: Tiny) -> None:
    for name, published, low, value, high in (
        ("old", "2023", None, 1, None),
        ("range", "2025-01", 2, None, 6),
        ("point", "2026-01", None, 3, None),
        ("both", "2025-07", 1, 2.5, 8),
        ("bound", "2026-01", 1, None, None),
    ):
        tiny.add(
            "threats",
            id=name,
            kind="assessment",
            assessor="A",
            published=published,
            years_low=low,
            years=value,
            years_high=high,
            condition="any",
        )
    for name, kind, made, unit, when in (
        ("tanks-2024", "production", 5000, "per year", "2024"),
        ("tanks-2025", "production", 100, "per month", "2025"),
        ("new-2025", "production", 200, "per year", "2025-06"),
        ("lost-2026", "losses", 9000, "per year", "2026"),
    ):
        tiny.add(
            "threats",
            id=name,
            kind=kind,
            assessor="A",
            published=when,
            item="tanks",
            capability="mbt",
            quantity=made,
            unit=unit,
        )
        tiny.sheets["threats"][-1]["as_of"] = when


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> View:
    """The three states, two loans, assessments, and two lines of tanks."""
    folder = tmp_path_factory.mktemp("money")
    tiny = Tiny(folder)
    spenders(tiny)
    lenders(tiny)
    threats(tiny)
    tiny.area("mbt", need=100)
    tiny.area("ifv", need=100)
    tiny.offer("tank", "mbt", 10.0, 50, "DEU")
    tiny.offer("other-tank", "mbt", 10.0, 250, "USA")
    tiny.offer("carrier", "ifv", 10.0, 70, "DEU")
    tiny.add("states", iso3="USA", name="USA", population_m=300)
    tiny.holding("DEU", "tank", "mbt", 240)
    tiny.holding("DEU", "carrier", "ifv", 999)
    tiny.holding("POL", "tank", "mbt", 60)
    tiny.write()
    write_rows(
        folder / "scopes.csv",
        [
            {
                "id": name,
                "name": name,
                "members": MEMBERS,
                "source": "cp-rules",
                "as_of": "2026",
                "basis": "reported",
            }
            for name in ("NATO", "NATO-EUR")
        ],
    )
    return View(replace(load(folder), release=RELEASE))


@pytest.fixture(scope="module")
def real() -> View:
    return View(load())


HAND: list[tuple[str, dict[str, str], float, str]] = [
    ("gdp", {"year": "2026"}, 8400, ""),
    ("gdp", {"year": "2024"}, 4800, "FRA"),
    ("population", {}, 180, ""),
    ("personnel", {"year": "2026"}, 440, "FRA"),
    ("defence_spending", {"year": "2026"}, 220, ""),
    ("defence_spending", {"year": "2024"}, 110, "FRA"),
    ("defence_spending", {"year": "2025", "series": "sipri", "place": "DEU"}, 113 / 1.13, ""),
    # DEU 80 × 121/110 = 88; POL 120 bn zloty × 150/120 = 150 bn, at five a euro 30.
    ("defence_spending_real", {"year": "2024", "prices_of": "2026"}, 118, "FRA"),
    ("defence_spending_real", {"year": "2026", "prices_of": "2026"}, 160, "FRA"),
    ("defence_share_of_gdp", {"year": "2026"}, 100 * 220 / 8400, ""),
    ("defence_share_of_gdp", {"year": "2026", "place": "POL"}, 5.0, ""),
    ("defence_share_of_gdp", {"year": "2025", "place": "DEU", "series": "sipri"}, 2.3, ""),
    ("defence_spending_per_head", {"year": "2026"}, 220e9 / 180e6, ""),
    ("defence_spending_growth", {"first": "2024", "last": "2026"}, 100 * 50 / 110, "FRA"),
    (
        "defence_spending_growth_real",
        {"first": "2024", "last": "2026", "prices_of": "2026"},
        100 * 42 / 118,
        "FRA",
    ),
    # At prices of 2024: DEU 110 × 110/121 = 100; POL 250 × 120/150 = 200 bn, at four a euro 50.
    (
        "defence_spending_growth_real",
        {"first": "2024", "last": "2026", "prices_of": "2024"},
        100 * 40 / 110,
        "FRA",
    ),
    ("equipment_spending", {"year": "2026"}, 33 + 20, "FRA"),
    ("equipment_share", {"year": "2026"}, 100 * 53 / 160, "FRA"),
    ("equipment_share_of_growth", {"first": "2024", "last": "2026"}, 100 * (53 - 35) / 50, "FRA"),
    ("rd_spending", {"year": "2026", "place": "NATO-EUR"}, 3.2, "FRA"),
    ("rd_spending", {"year": "2026", "place": "DEU", "counted": "appropriations"}, 1.1, ""),
    ("rd_share", {"year": "2026", "place": "NATO-EUR"}, 100 * 3.2 / 160, "FRA"),
    # The whole group as stated: 12 of 300.
    ("rd_spending", {"year": "2025", "place": "NATO-EUR"}, 12, ""),
    ("rd_share", {"year": "2025", "place": "NATO-EUR"}, 4, ""),
    # AUT has two series: 3 and 5 by one in 2024 and 2025, 9 by the other in 2025 and 2026.
    ("defence_spending", {"year": "2025", "place": "AUT"}, 5, ""),
    ("defence_spending", {"year": "2026", "place": "AUT"}, 9, ""),
    ("defence_spending_growth", {"first": "2024", "last": "2025", "place": "AUT"}, 200 / 3, ""),
    ("defence_spending_growth", {"first": "2025", "last": "2026", "place": "AUT"}, 12.5, ""),
    ("equipment_share", {"year": "2025", "place": "AUT"}, 20, ""),
    # In euros alone: prices up by a tenth.
    (
        "defence_spending_real",
        {"year": "2024", "prices_of": "2025", "place": "AUT"},
        3 * 1.1,
        "",
    ),
    ("spending_per_soldier", {"year": "2026"}, 160e9 / 440e3 / 1e3, "FRA"),
    ("outlay_at_share", {"year": "2026", "share": "3.5"}, 8400 * 0.035, ""),
    ("outlay_at_share", {"year": "2028", "share": "2"}, 8400 * 1.02**2 * 0.02, ""),
    ("extra_spending", {"year": "2026", "share": "3.5"}, 294 - 220, ""),
    ("extra_spending", {"year": "2026", "share": "3.5", "place": "POL"}, 35 - 50, ""),
    # DEU: four of nine years from 2.5 to 3.5; the others have no pledge and stay.
    (
        "spending_path",
        {"year": "2030", "case": "base"},
        1.02**4 * (4400 * (2.5 + 4 / 9) + 1000 * 5 + 3000 * 2) / 100,
        "",
    ),
    ("spending_path", {"year": "2030", "case": "fast", "place": "DEU"}, 1.02**4 * 154, ""),
    ("spending_path", {"year": "2026", "case": "base", "place": "DEU"}, 110, ""),
    ("year_at_share", {"share": "3", "place": "DEU"}, 2031, ""),
    ("year_at_share", {"share": "3", "place": "DEU", "case": "fast"}, 2028, ""),
    ("year_at_share", {"share": "3", "place": "FRA"}, None, ""),
    ("burden_share", {"place": "DEU", "year": "2026"}, 50, ""),
    ("burden_share", {"place": "DEU", "indicator": "equipment"}, 100 * 33 / 53, "FRA"),
    ("burden_share", {"place": "DEU", "indicator": "rd"}, 100 * 2.2 / 3.2, "FRA"),
    ("burden_share", {"place": "DEU", "indicator": "ukraine-aid"}, 75, "POL"),
    ("burden_share", {"place": "DEU", "indicator": "personnel"}, 100 * 190 / 440, "FRA"),
    ("burden_share", {"place": "FRA", "indicator": "gdp"}, 100 * 3000 / 8400, ""),
    ("burden_share", {"place": "FRA", "indicator": "population"}, 100 * 60 / 180, ""),
    ("build_up_share", {"place": "DEU", "first": "2024", "last": "2026"}, 60, "FRA"),
    (
        "build_up_share",
        {"place": "POL", "first": "2024", "last": "2026", "indicator": "equipment"},
        100 * 5 / 18,
        "FRA",
    ),
    ("build_up_top_share", {"count": "1", "first": "2024", "last": "2026"}, 60, "FRA"),
    ("build_up_concentration", {"first": "2024", "last": "2026"}, 1 / (0.6**2 + 0.4**2), "FRA"),
    ("loan_share", {"place": "POL", "instrument": "fund"}, 75, ""),
    ("loan_share", {"place": "FRA", "instrument": "fund"}, 0, ""),
    ("instrument_allotted", {"instrument": "fund"}, 50, ""),
    # Interest after each year, the principal after the second, discounted at the own rate.
    (
        "common_borrowing_gain",
        {"place": "POL"},
        3000 * (1 - 0.02 / 1.04 - 1.02 / 1.04**2),
        "",
    ),
    (
        "common_borrowing_gain",
        {"place": "NATO-EUR", "currency": "euro"},
        1000 * (1 - 0.03 / 1.02 - 1.03 / 1.02**2),
        "POL",
    ),
    (
        "common_borrowing_gain_share",
        {"place": "DEU"},
        100 * (1 - 0.03 / 1.02 - 1.03 / 1.02**2),
        "",
    ),
    # From 190,000 counted in 2026 to 208,000 in 2035: 2,000 a year, and 15,000 leave.
    ("recruits_needed", {"place": "DEU", "until": "2035"}, 17000, ""),
    ("recruits_needed", {"place": "DEU", "until": "2030"}, 15000 + 18000 / 4, ""),
    # POL lacks 20,000 from 2025 to its own 2030: 4,000 a year, and 7,000 leave.
    ("recruits_needed", {"place": "NATO-EUR", "until": "2035"}, 17000 + 11000, "FRA"),
    ("recruiting_ratio", {"place": "DEU", "until": "2035"}, 125, ""),
    # From 2024 on: 2027 to 2031, middle 2029; 2029; 2026.5 to 2033.5, middle 2028.
    ("danger_year", {"statistic": "earliest"}, 2026.5, ""),
    ("danger_year", {"statistic": "median"}, 2029, ""),
    ("danger_year", {"statistic": "latest"}, 2033.5, ""),
    ("danger_year", {"statistic": "median", "since": "2023"}, 2028.5, ""),
    ("danger_year", {"statistic": "earliest", "since": "2023"}, 2024.5, ""),
    # 1,200 tanks a year, the larger estimate of 2025, over 50.
    ("output_ratio", {"area": "mbt"}, 24, ""),
    ("output_ratio", {"area": "mbt", "estimate": "new-2025"}, 4, ""),
    ("months_to_build", {"area": "mbt", "place": "NATO-EUR"}, 3, ""),
    ("months_to_build", {"area": "mbt", "place": "DEU", "estimate": "tanks-2024"}, 0.576, ""),
]


@pytest.mark.parametrize(("name", "given", "value", "missing"), HAND)
def test_worked_by_hand(
    name: str, given: dict[str, str], value: float | None, missing: str, paper: View
) -> None:
    (row,) = measure_rows(paper, name, given)
    assert row["value"] == (None if value is None else pytest.approx(value, rel=1e-9))
    assert row["not_counted"] == missing
    if value is not None:
        low, high = ALL[name].bounds
        assert low <= row["low"] <= row["value"] <= row["high"] <= high


def test_the_overlap_with_danger_is_worked_by_hand(paper: View) -> None:
    """Nothing is bought and 300 tanks are held from the start: the cover is passed in 2027.

    Windows from 2024 on: 2027 to 2031 (none of it before 2027), 2029 (later), and 2026.5 to
    2033.5, of which half a year in seven comes before.
    """
    given = {"area": "mbt", "place": "DEU"}
    assert value_of(paper, "year_of_cover", **given).value == 2027
    assert value_of(paper, "danger_year_overlap", **given).value == pytest.approx(
        100 * (0.5 / 7) / 3
    )
    never = value_of(paper, "danger_year_overlap", area="ifv", place="FRA")
    assert never.value == 100


def test_every_measure_of_money_and_threat_has_a_case() -> None:
    elsewhere = {"danger_year_overlap", "commitments_share", "equipment_part"}
    here = {name for name, *_ in HAND} | elsewhere
    assert {item.name for item in ALL.values() if item.group in GROUPS} == here


def test_where_no_state_has_a_figure_it_is_said(paper: View) -> None:
    for name, given in (
        ("defence_spending_real", {"place": "FRA"}),
        ("rd_share", {"place": "FRA"}),
        ("common_borrowing_gain", {"place": "FRA"}),
        ("months_to_build", {"place": "FRA"}),
        ("build_up_share", {"place": "FRA", "first": "2024"}),
        # No one series has both years, or outlay and equipment of a year.
        ("defence_spending_growth", {"place": "AUT", "first": "2024", "last": "2026"}),
        ("equipment_spending", {"place": "AUT", "year": "2026"}),
        ("output_ratio", {"estimate": "new-2025", "area": "ifv"}),
    ):
        with pytest.raises(NoAnswer):
            value_of(paper, name, **given)
    with pytest.raises(NotFound):
        value_of(paper, "burden_share", place="USA")


def test_money_in_another_unit_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "unit"
    folder.mkdir()
    tiny = Tiny(folder)
    tiny.state("DEU")
    figure(tiny, "DEU", "military_rd", "2026", 5, "tonnes", MINISTRIES)
    with pytest.raises(BadInput, match="tonnes"):
        value_of(View(tiny.dataset()), "rd_spending", place="DEU", year="2026")


# -- a second path: the release's sheets, read again as plain text -------------------------------


def sheet(name: str, **wanted: str) -> list[dict[str, str]]:
    with (Path(REFERENCE) / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def column(name: str, key: str, year: int, **wanted: str) -> dict[str, float]:
    rows = sheet(name, year=str(year), **wanted)
    return {row["state"]: float(row[key]) for row in rows if row[key]}


def europeans() -> list[str]:
    (row,) = sheet("scopes", id="NATO-EUR")
    return row["members"].split(";")


def test_spending_and_shares_from_the_sheets(real: View) -> None:
    spent = column("spending", "defence_eur_m", 2026, series="nato-2026")
    part = column("spending", "equipment_pct", 2026, series="nato-2026")
    worth = column("gdp", "gdp_eur_bn", 2026)
    known = [state for state in europeans() if state in spent]
    whole = sum(spent[state] for state in known)
    bought = sum(spent[state] * part[state] / 100 for state in known)
    assert value_of(real, "defence_spending", year="2026").value == pytest.approx(whole / 1000)
    assert value_of(real, "equipment_share", year="2026").value == pytest.approx(
        100 * bought / whole
    )
    ratio = 0.1 * whole / sum(worth[state] for state in known)
    assert value_of(real, "defence_share_of_gdp", year="2026").value == pytest.approx(ratio)


def test_the_sum_over_states_is_what_nato_prints_for_the_group(real: View) -> None:
    # Earlier sums of NATO leave out who wasn't a member yet.
    for year in ("2024", "2025", "2026"):
        ours = value_of(real, "defence_spending", place="NATO-EUR-CAN", year=year).value
        told = real.read("scope/NATO-EUR-CAN", "defence_outlay_eur", year, "nato-2026").value
        assert 1000 * ours == pytest.approx(told, rel=1e-3)


def test_the_borrowing_gain_from_the_sheets(real: View) -> None:
    """Interest on what is left of the loan, repaid evenly after the grace, year by year."""
    (terms,) = sheet("instruments", id="safe")
    maturity, grace = int(terms["maturity_years"]), int(terms["grace_years"])
    gain = 0.0
    for row in sheet("loans"):
        own, common = float(row["own_yield_pct"]) / 100, float(row["eu_yield_pct"]) / 100
        lent = float(row["allocation_eur_m"])
        part = lent / (maturity - grace)
        worth = 0.0
        for year in range(1, maturity + 1):
            left = lent - part * max(0, year - 1 - grace)
            worth += (left * common + (part if year > grace else 0.0)) / (1 + own) ** year
        gain += lent - worth
    found = value_of(real, "common_borrowing_gain", place="EU27")
    assert found.value == pytest.approx(gain)
    low, high = span(found, real.inputs)
    assert low <= found.value <= high


def test_the_paths_are_those_of_the_plans(real: View) -> None:
    world = real.world()
    years = (2026, 2029, 2030, 2033, 2035)
    for state in world.labels.states:
        for case in ("base", "fast"):
            path = spending_share(real.dataset, state, years, case)
            product = real.read(state, "gdp_eur", "2026").value
            grown = real.read("rule/growth-real", "value").value
            for share, year in zip(path, years, strict=True):
                found = value_of(
                    real, "spending_path", place=state.split("/")[1], year=str(year), case=case
                )
                money = product * (1 + grown) ** (year - 2026) * share / 100
                assert found.value == pytest.approx(money, rel=1e-9)


def test_commitments_are_those_of_the_plans(real: View) -> None:
    world = real.world()
    years = world.calendar.budget_years
    money = budgets(real.dataset, world.labels, years)
    for year in (2027, 2030):
        which = years.index(year)
        found = value_of(real, "commitments_share", place="NATO-EUR", year=str(year))
        share = 100 * float(world.committed[:, which].sum() / money[:, which].sum())
        assert found.value == pytest.approx(share)
        pol = world.labels.state_index["state/POL"]
        assert value_of(
            real, "commitments_share", place="POL", year=str(year)
        ).value == pytest.approx(100 * float(world.committed[pol, which] / money[pol, which]))


def test_danger_years_from_the_sheet(real: View) -> None:
    moments = []
    for row in sheet("threats", kind="assessment"):
        parts = row["published"].split("-")
        published = int(parts[0]) + (int(parts[1]) - 1 if len(parts) > 1 else 6) / 12
        ends = [float(row[key]) for key in ("years_low", "years_high") if row[key]]
        if published >= 2024 and (row["years"] or len(ends) == 2):
            moments.append(published + (float(row["years"]) if row["years"] else sum(ends) / 2))
    found = value_of(real, "danger_year", statistic="median")
    assert found.value == pytest.approx(float(np.median(moments)))


# -- invariants --------------------------------------------------------------------------------


@pytest.mark.parametrize("indicator", ["spending", "equipment", "personnel", "gdp", "population"])
def test_burden_shares_of_all_states_add_up(indicator: str, real: View) -> None:
    rows = measure_rows(
        real, "burden_share", {"place": "NATO-EUR", "indicator": indicator}, ["place"]
    )
    assert len(rows) >= 29
    assert sum(row["value"] for row in rows) == pytest.approx(100)


def test_build_up_shares_of_all_states_add_up(real: View) -> None:
    rows = measure_rows(real, "build_up_share", {"place": "NATO-EUR"}, ["place"])
    assert sum(row["value"] for row in rows) == pytest.approx(100)
    few = value_of(real, "build_up_top_share", count="3").value
    risen = sum(max(row["value"], 0.0) for row in rows)
    best = sorted((row["value"] for row in rows), reverse=True)[:3]
    assert few == pytest.approx(100 * sum(best) / risen)
    assert 1 <= value_of(real, "build_up_concentration").value <= len(rows)


def test_falls_are_no_part_of_the_increases(real: View) -> None:
    """Soldiers fell in some states: they count in the shares, not among those that increased."""
    before = column("spending", "personnel_k", 2022, series="nato-2026")
    after = column("spending", "personnel_k", 2026, series="nato-2026")
    change = {state: after[state] - before[state] for state in europeans() if state in after}
    risen = sorted((item for item in change.values() if item > 0), reverse=True)
    assert len(risen) < len(change)
    given = {"indicator": "personnel", "first": "2022", "last": "2026"}
    assert value_of(real, "build_up_concentration", **given).value == pytest.approx(
        sum(risen) ** 2 / sum(item**2 for item in risen)
    )
    assert value_of(real, "build_up_top_share", **given, count="2").value == pytest.approx(
        100 * sum(risen[:2]) / sum(risen)
    )
    least = min(change, key=lambda state: change[state])
    share = value_of(real, "build_up_share", **given, place=least).value
    assert share == pytest.approx(100 * change[least] / sum(change.values()))
    assert share < 0


def test_what_does_not_change_does_not_grow(real: View) -> None:
    for name in ("defence_spending_growth", "defence_spending_growth_real"):
        assert value_of(real, name, first="2024", last="2024").value == pytest.approx(0)


def test_real_is_nominal_in_the_year_of_prices(real: View) -> None:
    for state in ("DEU", "TUR", "GBR"):
        for year in ("2022", "2025"):
            nominal = value_of(real, "defence_spending", place=state, year=year).value
            prices = value_of(
                real, "defence_spending_real", place=state, year=year, prices_of=year
            ).value
            assert prices == pytest.approx(nominal)


def test_a_state_grows_alike_at_any_prices(real: View) -> None:
    grown = [
        value_of(real, "defence_spending_growth_real", place="TUR", prices_of=prices).value
        for prices in ("2021", "2024", "2026")
    ]
    assert grown == pytest.approx([grown[0]] * 3)


def test_extra_spending_brings_a_place_to_the_share(real: View) -> None:
    spent = value_of(real, "defence_spending", place="NATO-EUR").value
    extra = value_of(real, "extra_spending", place="NATO-EUR").value
    assert spent + extra == pytest.approx(value_of(real, "outlay_at_share", place="NATO-EUR").value)


def test_grouping_by_year_and_place(paper: View) -> None:
    rows = measure_rows(paper, "defence_spending", {"year": "2024,2026"}, ["place"])
    told = {(row["place"], row["year"]): row["value"] for row in rows}
    # FRA has no figure of 2024: no row, and the others stand.
    assert told == {
        ("DEU", "2024"): 80,
        ("DEU", "2026"): 110,
        ("POL", "2024"): 30,
        ("POL", "2026"): 50,
        ("FRA", "2026"): 60,
    }
    years = measure_rows(paper, "gdp", {"place": "DEU"}, ["year"])
    assert [(row["year"], row["value"]) for row in years] == [("2024", 4000), ("2026", 4400)]


def test_the_gain_moves_with_the_yields(paper: View) -> None:
    """Half a point on the own yield, recomputed, against the slope that the gain carries."""
    gain = value_of(paper, "common_borrowing_gain", place="POL")
    own = paper.read("loan/fund-pol", "own_yield")
    (ident,) = own.slopes

    def at(rate: float) -> float:
        return 3000 * (1 - 0.02 / (1 + rate) - 1.02 / (1 + rate) ** 2)

    exact = (at(0.04 + 1e-6) - at(0.04 - 1e-6)) / 2e-6 / 100
    assert gain.slopes[ident] == pytest.approx(exact, rel=1e-6)


def test_all_measures_of_a_place_answer(real: View) -> None:
    """On the release each has a value for the group, or says which figure isn't known."""
    unknown = []
    for name, item in ALL.items():
        if item.group in GROUPS:
            try:
                row = measure_rows(real, name, {})[0]
            except NoAnswer:
                unknown.append(name)
                continue
            assert row["unit"] == item.unit
            assert isinstance(value_of(real, name), Amount)
    assert not unknown
