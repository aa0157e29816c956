"""Tiny datasets, written as sheets and read like the shipped ones: one mechanism each.

Defaults switch every mechanism off: money without end, nothing wears out, everything is open,
whatever is taken up, no premium, no discounting, paid in full at delivery. A test turns on what
it is about. The calendar is yearly from 2027 to 2040: fourteen periods of one year.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.planning.plan import Plan
from counterpoise.world.calendar import Floats
from counterpoise.world.world import World, build_world

RELEASE = "2026-12-31"
"""The first quarter after it starts with 2027, so that every year of the calendar is full."""

FIRST = 2027
YEARS = 14
AMPLE = 1e3
"""A limit that never binds."""

RULES: dict[str, float] = {
    "money-share": 1.0,
    "equipment-share-2030": 1.0,
    "growth-real": 0.0,
    "inflation": 0.0,
    "discount-rate": 0.0,
    "absorption": AMPLE,
    "introduction-premium": 0.0,
    "expansion-time": 24.0,
    "committed-share": 1.0,
    "retirement-stretch": 1e9,
    "retirement-old": 8.0,
    "service-life": 30.0,
    "price-from-low": 1.3,
    "price-from-high": 0.7,
    "rate-floor": 0.5,
    "opening-time": 3.0,
    "delivery-spread": 3.0,
    "need-end": 2035.0,
    "unit-begun": 0.0,
    "delay-pooling": 3.0,
    "delay-scale": 2.0,
}

Cells = dict[str, Any]


@dataclass
class Tiny:
    """Collects the rows of a tiny dataset; `world` writes and reads them.

    States are worth EUR 1,000 bn a year unless `gdp` says otherwise; budgets are EUR bn a
    year for things in the planned areas, prices EUR m a unit, lead times months.
    """

    folder: Path
    sheets: dict[str, list[Cells]] = field(default_factory=dict)
    rules: dict[str, float] = field(default_factory=lambda: dict(RULES))
    scopes: dict[str, str] = field(default_factory=lambda: {"NATO": "", "NATO-EUR": ""})

    def add(self, sheet: str, **cells: Any) -> None:
        """Add a row; None leaves a cell empty, provenance is filled in."""
        stated = {name: value for name, value in cells.items() if value is not None}
        proof = {"source": "cp-rules", "as_of": "2026-09", "basis": "assumed"}
        self.sheets.setdefault(sheet, []).append({**stated, **proof})

    def rule(self, name: str, value: float) -> None:
        """Set a number of the sheet `rules`."""
        assert name in self.rules
        self.rules[name] = value

    def state(
        self,
        iso3: str,
        budget: float = AMPLE,
        *,
        gdp: float = 1000.0,
        planning: str = "plans",
        population: float = 10.0,
    ) -> None:
        """A state; `planning` is plans, slots (buys, isn't planned for) or empty (abroad)."""
        self.add("states", iso3=iso3, name=iso3, planning=planning, population_m=population)
        self.add("gdp", state=iso3, year=2026, gdp_eur_bn=gdp)
        share = 100 * budget / gdp
        self.add("spending", state=iso3, year=2026, series="nato-2026", pct_gdp=share)

    def area(
        self,
        name: str,
        need: float,
        *,
        us_part: float = 0.0,
        joint: bool = False,
        growth: float = 0.0,
        expansion_cost: float = 0.0,
        upkeep: float = 0.0,
    ) -> None:
        """An area whose need (European part) is the same in every year."""
        self.add(
            "areas",
            id=name,
            name=name,
            unit="item",
            planned="y",
            joint="y" if joint else "n",
            everyone="y",
            rate_typical=1.0,
            lead_time_typical=12.0,
            expansion_growth=growth,
            expansion_cost_share=expansion_cost,
            upkeep_share=upkeep,
            training_use=0.0,
        )
        self.add(
            "needs", area=name, scope="NATO-EUR", need_2026=need, need_2035=need, us_part=us_part
        )

    def system(
        self,
        name: str,
        area: str,
        price: float,
        *,
        control: str = "",
        eligible: bool = False,
        weight: float = 1.0,
        available: int | None = None,
    ) -> None:
        """A type; `control` is the state that can withhold it."""
        self.add(
            "systems",
            system=name,
            name=name,
            capability=area,
            unit_price_eur_m=price,
            control_regime=f"national:{control}" if control else None,
            safe_eligible="y" if eligible else "n",
            weight=weight,
            year_available=available,
            on_offer="y",
        )

    def line(
        self,
        system: str,
        state: str,
        rate: float,
        *,
        lead: float = 6.0,
        as_of: int | None = None,
        target: float | None = None,
        target_year: int | None = None,
        sold_until: int | None = None,
        expansion: float | None = None,
        open_share: float = 1.0,
    ) -> None:
        """The line that makes a type; its name is the type's."""
        self.add(
            "lines",
            line=system,
            system=system,
            state=state,
            site="there",
            buyable="y",
            output_per_year=rate,
            output_as_of=as_of,
            output_target_per_year=target,
            target_year=target_year,
            lead_time_months=lead,
            committed_until=sold_until,
            expansion_months=expansion,
            open_share=open_share,
        )

    def offer(
        self, system: str, area: str, price: float, rate: float, state: str = "AAA", **line: Any
    ) -> None:
        """A type and its line in one."""
        self.system(system, area, price)
        self.line(system, state, rate, **line)

    def order(
        self,
        name: str,
        buyer: str,
        system: str,
        area: str,
        quantity: float,
        years: tuple[int, int],
        *,
        value: float = 0.0,
        signed: str = "2026",
        financed_by: str = "national",
    ) -> None:
        """A signed order due evenly over the years (first, last); `value` in EUR m."""
        self.add(
            "orders",
            id=name,
            buyer=buyer,
            system=system,
            capability=area,
            quantity=quantity,
            value_eur_m=value,
            signed=signed,
            first_delivery=years[0],
            last_delivery=years[1],
            status="signed",
            financed_by=financed_by,
        )

    def holding(
        self, state: str, system: str, area: str, quantity: float, from_orders: float | None = None
    ) -> None:
        """What a state holds of a type; it doesn't wear out unless a rule is set."""
        self.add(
            "holdings",
            id=f"{state.lower()}-{system}",
            state=state,
            system=system,
            capability=area,
            quantity=quantity,
            status="active",
            from_orders=from_orders,
        )

    def loan(
        self,
        state: str,
        allocation: float,
        *,
        own: float,
        common: float,
        years: tuple[int, int] = (2026, 2030),
        instrument: str = "fund",
        maturity: float = 2.0,
        grace: float = 1.0,
    ) -> None:
        """A loan facility of `allocation` EUR m; by default repaid at the end of two years."""
        if not any(row["id"] == instrument for row in self.sheets.get("instruments", [])):
            self.add(
                "instruments",
                id=instrument,
                name=instrument,
                kind="loan",
                maturity_years=maturity,
                grace_years=grace,
            )
        self.add(
            "loans",
            id=f"{instrument}-{state.lower()}",
            instrument=instrument,
            state=state,
            allocation_eur_m=allocation,
            committed_eur_m=0.0,
            first_year=years[0],
            last_year=years[1],
            own_yield_pct=own,
            eu_yield_pct=common,
        )

    def pay(self, *profile: tuple[float, float]) -> None:
        """The payment profile: moments between order (0) and delivery (1), and shares."""
        self.sheets.pop("payment-profile", None)
        for number, (moment, share) in enumerate(profile):
            self.add("payment-profile", id=f"payment-{number}", moment=moment, share=share)

    def input(self, name: str, supply: float, kilos: dict[str, float], first: int = 2020) -> None:
        """An input that lines share: tonnes a year from `first`, kilograms in a unit by type."""
        self.add("input-kinds", id=name, name=name, planned="y")
        self.add(
            "input-sources",
            id=f"{name}-plant",
            input=name,
            name=name,
            output=supply,
            output_unit="t per year",
            open_share=1.0,
            first_year=first,
        )
        for system, amount in kilos.items():
            self.add(
                "system-inputs", system=system, input=name, amount_per_unit=amount, amount_unit="kg"
            )

    def write(self) -> None:
        """Write the sheets into the folder."""
        if "payment-profile" not in self.sheets:
            self.pay((1.0, 1.0))
        self.sheets.pop("rules", None)
        for name, value in self.rules.items():
            self.add("rules", id=name, name=name, value=value, unit="any")
        self.sheets.pop("scopes", None)
        for scope, members in self.scopes.items():
            self.add("scopes", id=scope, name=scope, members=members)
        for sheet, rows in self.sheets.items():
            write_rows(self.folder / f"{sheet}.csv", rows)
        write_rows(self.folder / "sources.csv", [SOURCE])

    def dataset(self) -> Dataset:
        """The dataset as the package reads it."""
        self.write()
        return replace(load(self.folder), release=RELEASE)

    def world(self, scenario: str = "us-stays", key: str = "gdp") -> World:
        """The world in years under a scenario."""
        return build_world(self.dataset(), scenario, calendar="yearly", key=key)


SOURCE: Cells = {
    "key": "cp-rules",
    "title": "The test",
    "publisher": "The test",
    "date": "2026",
    "url": "",
    "kind": "rule",
    "grade": "A",
    "licence": "none",
}


def write_rows(path: Path, rows: list[Cells]) -> None:
    """Write rows as a sheet whose heading is the union of their cells."""
    heading = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, heading)
        writer.writeheader()
        writer.writerows(rows)


def overlay(folder: Path, figures: dict[str, float], unit: str = "units") -> Path:
    """A folder that states other values for figures: `thing/quantity` by address."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[Cells] = []
    for address, value in figures.items():
        subject, _, quantity = address.rpartition("/")
        rows.append(
            {
                "address": subject,
                "quantity": quantity,
                "value": value,
                "unit": unit,
                "source": "cp-rules",
                "as_of": "2026-11",
                "basis": "reported",
            }
        )
    write_rows(folder / "figures.csv", rows)
    return folder


def taken(plan: Plan, state: str, system: str) -> Floats:
    """Units by year that a state takes from the line of a type."""
    labels = plan.world.labels
    found: Floats = plan.deliveries[
        labels.state_index[f"state/{state}"], labels.line_index[f"line/{system}"]
    ]
    return found


def by_year(values: Mapping[int, float]) -> Floats:
    """Values by calendar year, zero elsewhere."""
    found = np.zeros(YEARS)
    for year, value in values.items():
        found[year - FIRST] = value
    return found


def shortfalls(plan: Plan) -> float:
    """The optimum of the first stage, summed over the plan's problems."""
    return sum(first.solution.objective for first, _ in plan.stages)


def costs(plan: Plan) -> float:
    """The optimum of the second stage, summed over the plan's problems."""
    return sum(second.solution.objective for _, second in plan.stages)
