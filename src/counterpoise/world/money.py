"""Money: spending paths through the pledges, the model's part of them, commitments, loans."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.fill import need
from counterpoise.data.records import Address
from counterpoise.errors import BadInput, Problem
from counterpoise.world.calendar import Calendar, Floats
from counterpoise.world.labels import Labels
from counterpoise.world.needs import outputs
from counterpoise.world.orderbook import Entry

LOAN_QUANTITIES = ("allocation", "committed", "own_yield", "eu_yield", "first_year", "last_year")


@dataclass(frozen=True)
class PathPoint:
    """A point of a spending path: year, share of gross domestic product, and its row."""

    year: int
    share: float
    row: Address
    role: str


@dataclass(frozen=True)
class Loan:
    """A loan facility of one state: EUR bn left to draw, the years, the saving per euro drawn."""

    address: Address
    instrument: Address
    state: Address
    left: float
    first_year: int
    last_year: int
    saving: float


def _newest_nato(dataset: Dataset, state: str, quantity: str, year: str) -> float | None:
    found = [
        key
        for key in dataset.by_subject.get(state, [])
        if key[1] == quantity and key[2] == year and key[3].startswith("nato-2")
    ]
    return dataset.chosen[max(found)].value if found else None


def path_points(dataset: Dataset, state: str, case: str = "base") -> list[PathPoint]:
    """The points that a state's spending path runs through, by year.

    From the share of the release's year through the pledges that the sheet marks for the
    case (`fast` rows take the place of later `base` rows of the same target) to 2035. No path
    falls below the first share unless a row of role `cut` states it.
    """
    year = dataset.release[:4]
    share = _newest_nato(dataset, state, "defence_share_of_gdp", year)
    if share is None:
        raise BadInput(
            [
                Problem(
                    "no-spending",
                    "spending.csv",
                    None,
                    "pct_gdp",
                    state,
                    f"a NATO figure for {year}",
                    "add the state's row",
                )
            ]
        )
    rows = []
    for link in dataset.links_to.get(state, []):
        pledge = link.subject
        role = dataset.text(pledge, "path_role")
        when, target = dataset.value(pledge, "path_year"), dataset.value(pledge, "path_share")
        wanted = ("base", "cut", "fast") if case == "fast" else ("base", "cut")
        if link.role == "pledged by" and role in wanted and when is not None and target is not None:
            rows.append(PathPoint(int(when), target, pledge, role))
    points = [PathPoint(int(year), share, f"{state}/defence_share_of_gdp/{year}", "start")]
    floor = share
    for row in sorted(rows, key=lambda item: item.year):
        if row.year <= int(year):
            continue
        floor = min(floor, row.share) if row.role == "cut" else floor
        if any(point.year == row.year for point in points):
            points = [
                PathPoint(row.year, max(point.share, row.share), point.row, point.role)
                if point.year == row.year
                else point
                for point in points
            ]
        else:
            points.append(PathPoint(row.year, max(row.share, floor), row.row, row.role))
    return points


def spending_share(dataset: Dataset, state: str, years: tuple[int, ...], case: str) -> Floats:
    """Percent of gross domestic product by year: straight between the points, then constant."""
    points = path_points(dataset, state, case)
    return np.interp(years, [p.year for p in points], [p.share for p in points])


def equipment_share(dataset: Dataset, state: str, years: tuple[int, ...]) -> Floats:
    """Equipment share of outlays (0 to 1): from the mean of three years to the common one."""
    last = int(dataset.release[:4])
    stated = [
        _newest_nato(dataset, state, "equipment_share", str(year))
        for year in range(last - 2, last + 1)
    ]
    known = [value for value in stated if value is not None]
    end = need(dataset, "rule/equipment-share-2030", "value")
    start = sum(known) / len(known) / 100 if known else end
    return np.interp(years, [last, 2030], [start, end])


def budgets(dataset: Dataset, labels: Labels, years: tuple[int, ...], case: str = "base") -> Floats:
    """EUR bn a year, in prices of the release's year, that buy things in the planned areas.

    Gross domestic product times the spending path, times the equipment share, times the
    model's share of equipment spending. Shape (states, years).
    """
    first = int(dataset.release[:4])
    growth = need(dataset, "rule/growth-real", "value")
    part = need(dataset, "rule/money-share", "value")
    result = np.zeros((len(labels.states), len(years)))
    today = outputs(dataset, labels)
    for index, state in enumerate(labels.states):
        path = np.array([today[index] * (1 + growth) ** (year - first) for year in years])
        share = spending_share(dataset, state, years, case) / 100
        result[index] = path * share * equipment_share(dataset, state, years) * part
    return result


def discounts(dataset: Dataset, years: tuple[int, ...]) -> Floats:
    """Present value of a euro by budget year, at the rule's rate from the first year on."""
    rate = need(dataset, "rule/discount-rate", "value")
    found: Floats = np.power(1 + rate, -np.arange(len(years), dtype=np.float64))
    return found


def payment_profile(dataset: Dataset) -> list[tuple[float, float]]:
    """Moments (0 at order, 1 at delivery) and shares of the price paid at each; shares sum to 1."""
    return [
        (need(dataset, item.address, "moment"), need(dataset, item.address, "share"))
        for item in dataset.kind("payment")
    ]


def commitments(
    entries: list[Entry],
    delivered: list[Floats],
    labels: Labels,
    calendar: Calendar,
    profile: list[tuple[float, float]],
) -> Floats:
    """EUR bn a year still to be paid for the order book from national money, (states, years).

    Payments lie between signature and delivery as the profile says; what was due before the
    calendar starts is paid. Orders financed by a loan or another state aren't counted.
    """
    years = calendar.budget_years
    result = np.zeros((len(labels.states), len(years)))
    for entry, units in zip(entries, delivered, strict=True):
        index = labels.state_index.get(entry.place)
        if index is None or not entry.financed_by.startswith("national"):
            continue
        total = entry.before + float(entry.due.sum())
        if total <= 0:
            continue
        for period in np.flatnonzero(units):
            worth = entry.value * float(units[period]) / total
            end = float(calendar.middles[period])
            for moment, share in profile:
                year = int(entry.signed + moment * (end - entry.signed))
                if years[0] <= year <= years[-1]:
                    result[index, year - years[0]] += worth * share
    return result


def loan_saving(own: float, common: float, maturity: float, grace: float) -> float:
    """Present value saved per euro borrowed at `common` instead of `own` percent a year.

    Interest is paid yearly; the principal in equal parts from the end of `grace` years to
    `maturity` years; all discounted at the own rate. Negative where the own rate is lower.
    """
    rate, cost = own / 100, common / 100
    balance, value = 1.0, 0.0
    parts = max(maturity - grace, 1.0)
    for year in range(1, round(maturity) + 1):
        repaid = 1.0 / parts if year > min(grace, maturity - 1) else 0.0
        value += (balance * cost + repaid) / (1 + rate) ** year
        balance -= repaid
    return 1.0 - value


def loans(dataset: Dataset) -> list[Loan]:
    """All loan facilities in the dataset of which something is left to draw."""
    found = []
    for row in dataset.kind("loan"):
        stated = {name: dataset.value(row.address, name) for name in LOAN_QUANTITIES}
        values = {name: value for name, value in stated.items() if value is not None}
        if len(values) < len(LOAN_QUANTITIES):
            continue
        instrument = dataset.target(row.address, "drawn from")
        maturity = need(dataset, instrument, "maturity")
        grace = need(dataset, instrument, "grace")
        found.append(
            Loan(
                address=row.address,
                instrument=instrument,
                state=dataset.target(row.address, "allocated to"),
                left=max(values["allocation"] - values["committed"], 0.0) / 1000,
                first_year=int(values["first_year"]),
                last_year=int(values["last_year"]),
                saving=loan_saving(values["own_yield"], values["eu_yield"], maturity, grace),
            )
        )
    return found
