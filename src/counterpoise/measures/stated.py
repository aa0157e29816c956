"""What states state of a year: outlays, equipment, research, soldiers, product, aid, deflators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from counterpoise.errors import BadInput, Problem
from counterpoise.measures.amount import Amount, total
from counterpoise.measures.parameters import choice
from counterpoise.measures.view import NotKnownFigure, Place, View

NATO = "nato"
SIPRI = "sipri"
SeriesArgument = Annotated[str, choice(NATO, SIPRI)]
IndicatorArgument = Annotated[
    str,
    choice("spending", "equipment", "rd", "personnel", "ukraine-aid", "gdp", "population"),
]

Reader = Callable[[View, str, int], Amount | None]
"""A figure of a state in a year, in one unit for all states; None where it isn't known."""

_NATO_TABLES = "nato-2"
"""NATO's tables of member states' expenditure are named by year: nato-2025, nato-2026."""

_MONEY = {"eur_bn": 1.0, "eur_m": 1e-3, "usd_bn": 1.0, "usd_m": 1e-3}


def stated(view: View, state: str, quantity: str, year: int, series: str = NATO) -> Amount | None:
    """A state's figure of a year from NATO's newest table that has it.

    Where no table of NATO has one, the newest of another series; SIPRI's only on request.
    """
    if series != NATO:
        return view.newest(state, quantity, str(year), series)
    found = view.newest(state, quantity, str(year), _NATO_TABLES)
    if found is not None:
        return found
    others = [
        key[3]
        for key in view.dataset.by_subject.get(state, [])
        if key[1:3] == (quantity, str(year)) and not key[3].startswith((NATO, SIPRI))
    ]
    known = [view.known(state, quantity, str(year), name) for name in sorted(others)]
    return next((item for item in reversed(known) if item is not None), None)


def in_euros(view: View, item: Amount | None, year: int) -> Amount | None:
    """A stated sum of money in EUR bn; dollars at the mean rate of the year.

    None where the sum or the rate isn't known. Raises BadInput for a unit that isn't money.
    """
    if item is None:
        return None
    (ident,) = item.slopes
    told = view.inputs[ident]
    unit = told.unit.lower().replace(" ", "_")
    if unit not in _MONEY:
        expected = "EUR m, EUR bn, USD m or USD bn"
        remedy = "state the sum in one of them"
        file, row = told.origin.file, told.origin.row
        raise BadInput([Problem("unit", file, row, "unit", told.unit, expected, remedy)])
    if unit.startswith("eur"):
        return item * _MONEY[unit]
    rate = view.known("currency-pair/EUR-USD", "rate", str(year), "annual-average")
    return None if rate is None else item * _MONEY[unit] / rate


def outlay(view: View, state: str, year: int, series: str = NATO) -> Amount | None:
    """Defence outlay of a state in EUR bn at the prices and rates of the year."""
    for quantity in ("defence_outlay_eur", "defence_outlay_usd"):
        found = in_euros(view, stated(view, state, quantity, year, series), year)
        if found is not None:
            return found
    return None


def equipment(view: View, state: str, year: int) -> Amount | None:
    """A state's outlay on major equipment and its development in EUR bn."""
    spent, share = outlay(view, state, year), stated(view, state, "equipment_share", year)
    return None if spent is None or share is None else spent * share / 100


def research(view: View, state: str, year: int) -> Amount | None:
    """A state's outlay on military research and development in EUR bn."""
    return in_euros(view, stated(view, state, "military_rd", year), year)


def soldiers(view: View, state: str, year: int) -> Amount | None:
    """Military personnel of a state in thousands."""
    return stated(view, state, "personnel", year)


def aid(view: View, state: str, year: int) -> Amount | None:
    """Military help of a state to Ukraine, newly allocated in a year, in EUR bn."""
    return in_euros(view, stated(view, state, "ukraine_military_aid", year), year)


def product(view: View, state: str, year: int) -> Amount | None:
    """Gross domestic product of a state in EUR bn at the prices and rates of the year."""
    return in_euros(view, stated(view, state, "gdp_eur", year), year)


def people(view: View, state: str, year: int) -> Amount | None:
    """Population of a state in millions; the dataset has one count a state, undated."""
    return view.known(state, "population")


def deflated(view: View, state: str, year: int, prices_of: int) -> Amount | None:
    """Outlay in EUR bn at the prices and the exchange rate of another year.

    The outlay in national currency, moved by the state's deflator of gross domestic product and
    turned into euros as the outlay of the year of prices was: a weaker currency is no cut.
    """
    spent = stated(view, state, "defence_outlay_national", year)
    prices = stated(view, state, "gdp_deflator", prices_of)
    today = stated(view, state, "gdp_deflator", year)
    euros = outlay(view, state, prices_of)
    national = stated(view, state, "defence_outlay_national", prices_of)
    if spent is None or prices is None or today is None or euros is None or national is None:
        return None
    return spent * (prices / today) * (euros / national)


INDICATORS: dict[str, Reader] = {
    "spending": outlay,
    "equipment": equipment,
    "rd": research,
    "personnel": soldiers,
    "ukraine-aid": aid,
    "gdp": product,
    "population": people,
}


def together(place: Place, *reads: Callable[[str], Amount | None]) -> list[Amount]:
    """Sums of several figures over the states that have all of them; the others are missing.

    Raises NotKnownFigure where no state has all.
    """
    found = {state: [read(state) for read in reads] for state in place.states}
    rows = [[item for item in row if item is not None] for row in found.values()]
    full = [row for row in rows if len(row) == len(reads)]
    if not full:
        raise NotKnownFigure(f"a figure of {place.name} for this measure")
    gone = frozenset(state for state, row in found.items() if any(item is None for item in row))
    sums = [total(column) for column in zip(*full, strict=True)]
    return [Amount(item.value, item.slopes, item.missing | gone) for item in sums]


def growth(first: Amount, last: Amount) -> Amount:
    """Growth in percent from one amount to another."""
    return 100 * (last / first) - 100


def alone(place: Place) -> str:
    """The address of a place that is one state; "" for a group."""
    return place.address if place.states == (place.address,) else ""
