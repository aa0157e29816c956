"""What part of a state's equipment spending went to things in the planned areas, by its orders."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

import numpy as np
import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.measures.amount import Amount, total
from counterpoise.measures.parameters import PastYear, StateArgument
from counterpoise.measures.standing import standing
from counterpoise.measures.stated import NATO, equipment
from counterpoise.measures.view import NoAnswer, View
from counterpoise.world.calendar import Calendar, Floats
from counterpoise.world.labels import Labels, label
from counterpoise.world.money import commitments, payment_profile
from counterpoise.world.orderbook import Entry, order_book

FIRST_YEAR, LAST_YEAR = 1990, 2050
"""The years over which an order's payments are spread."""

LEAST_ORDERS = 4
"""Valued orders that must be due in each of two years for a state to be told of."""

LEAST_VALUED = 0.5
"""The part of the payments that stated values must carry in each of the two years."""


@dataclass(frozen=True)
class Due:
    """An order's payments by one buyer: its value there (EUR bn) and the part due by year."""

    order: str
    state: str
    valued: bool
    value: Amount
    part: dict[int, float]


def payments_due(view: View) -> list[Due]:
    """The payments for all signed orders in the planned areas from national money.

    By the payment profile between signature and contracted deliveries. The value is the stated
    one, else the quantity times the type's price, by the number of buyers.
    """
    data = view.dataset
    labels = label(data)
    calendar = Calendar(tuple(float(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)))
    entries, _ = order_book(_uncounted(data), calendar, frozenset({"signed"}))
    profile = payment_profile(data)
    found = []
    for entry in entries:
        if entry.area not in labels.area_index or entry.place not in labels.state_index:
            continue
        stated = view.known(entry.order, "value")
        quantity, price = (
            view.known(entry.order, "quantity"),
            view.known(entry.system, "unit_price"),
        )
        value = stated
        if value is None and quantity is not None and price is not None:
            value = quantity * price
        if value is None or not value.value:
            continue
        buyers = len(data.targets(entry.order, "bought by"))
        paid = _paid(entry, labels, calendar, profile)
        years = calendar.budget_years
        part = {years[at]: float(paid[at]) for at in np.flatnonzero(paid)}
        found.append(
            Due(entry.order, entry.place, stated is not None, value * (1 / (1000 * buyers)), part)
        )
    return found


def _uncounted(data: Dataset) -> Dataset:
    """The dataset in which no holding counts units of an order, so that orders stay whole."""
    kept = tuple(item for item in data.observations if item.quantity != "from_orders")
    return replace(data, observations=kept)


def _paid(
    entry: Entry, labels: Labels, calendar: Calendar, profile: list[tuple[float, float]]
) -> Floats:
    """The part of an order's value that falls due in each year of the calendar."""
    unit = replace(entry, value=1.0)
    paid = commitments([unit], [entry.due], labels, calendar, profile)
    due: Floats = paid[labels.state_index[entry.place]]
    return due


@standing(
    "percent",
    "money",
    "payments for signed orders / NATO, Defence Expenditure: equipment",
    defaults={"state": "DEU", "first": "2024", "last": "2025"},
)
def equipment_part(view: View, state: StateArgument, first: PastYear, last: PastYear) -> Amount:
    """Payments for a state's signed orders in the planned areas in percent of its equipment money.

    Over the years given: payments as contracted by the payment profile, at the orders' own
    prices, over nominal outlay on major equipment. Only orders in the dataset count, so that the
    true part lies higher; orders paid by loans or others are left out,
    and those without a quantity are named.
    """
    years = range(first, last + 1)
    spent = [equipment(view, state, year, NATO) for year in years]
    known = [item for item in spent if item is not None]
    if len(known) < len(spent):
        raise NoAnswer(f"the equipment spending of {state} in each year")
    due = [item for item in payments_due(view) if item.state == state]
    if not due:
        raise NoAnswer(f"signed orders of {state} in the planned areas")
    part = 100 * (_sum(due, years) / total(known))
    return part.lacking(_without_quantity(view, state))


def _without_quantity(view: View, state: str) -> frozenset[str]:
    """A state's signed orders that can't count, for want of a quantity."""
    data = view.dataset
    return frozenset(
        order.address
        for order in data.kind("order")
        if order.texts.get("status") == "signed"
        and state in data.targets(order.address, "bought by")
        and data.value(order.address, "quantity") is None
    )


def _sum(due: list[Due], years: range) -> Amount:
    return total(item.value * sum(item.part.get(year, 0.0) for year in years) for item in due)


@dataclass(frozen=True)
class EquipmentPart:
    """A state's payments over two years (EUR bn), beside its equipment spending.

    `orders` are valued ones due in the years; `share` is payments over equipment, and
    `share_valued` that of the orders with a stated value alone: its low.
    """

    state: str
    first: int
    last: int
    orders: int
    payments: float
    equipment: float
    share_valued: float
    share: float


SCHEMA = {
    "state": pl.String,
    "first": pl.Int64,
    "last": pl.Int64,
    "orders": pl.Int64,
    "payments": pl.Float64,
    "equipment": pl.Float64,
    "share_valued": pl.Float64,
    "share": pl.Float64,
}


def equipment_parts(view: View) -> list[EquipmentPart]:
    """The states whose valued orders cover two years of payments, with their part, by state.

    The two years before the release. Covered: at least four orders with a stated value have
    payments in each year, and they carry at least half of that year's payments in the dataset.
    """
    last = int(view.dataset.release[:4]) - 1
    years = range(last - 1, last + 1)
    everything = payments_due(view)
    found = []
    for state in label(view.dataset).states:
        due = [item for item in everything if item.state == state]
        valued = [item for item in due if item.valued]
        spent = [equipment(view, state, year, NATO) for year in years]
        known = [item for item in spent if item is not None]
        if len(known) < len(spent) or not all(_covered(due, valued, year) for year in years):
            continue
        money = total(known).value
        inside = [item for item in valued if any(item.part.get(year) for year in years)]
        paid, stated = _sum(due, years).value, _sum(valued, years).value
        found.append(
            EquipmentPart(
                state, years[0], last, len(inside), paid, money, stated / money, paid / money
            )
        )
    return found


def equipment_parts_table(view: View) -> pl.DataFrame:
    """The states' parts as a table: one row a state."""
    return pl.DataFrame([astuple(item) for item in equipment_parts(view)], SCHEMA, orient="row")


def _covered(due: list[Due], valued: list[Due], year: int) -> bool:
    count = sum(1 for item in valued if item.part.get(year))
    paid = _sum(due, range(year, year + 1)).value
    stated = _sum(valued, range(year, year + 1)).value
    return count >= LEAST_ORDERS and stated >= LEAST_VALUED * paid
