"""What states state of a year: outlays, equipment, research, soldiers, product, aid, deflators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from counterpoise.errors import BadInput, Problem
from counterpoise.measures.amount import Amount, total
from counterpoise.measures.parameters import choice
from counterpoise.measures.view import NoAnswer, Place, View

NATO = "nato"
SIPRI = "sipri"
SeriesArgument = Annotated[str, choice(NATO, SIPRI)]
IndicatorArgument = Annotated[
    str,
    choice("spending", "equipment", "rd", "personnel", "ukraine-aid", "gdp", "population"),
]
MINISTRIES = "defence ministries"

Reader = Callable[[View, str, int, str], Amount | None]
"""A figure of a state in a year by a series, in one unit for all states; None if not known.

What has no series (product, population) reads alike by all.
"""

ORDER = {NATO: ("nato-2", "eda-", "national", "eurostat-", ""), SIPRI: (SIPRI,)}
"""Series by the start of their names, the nearest to NATO's definition first.

NATO's tables are named by year (nato-2025, nato-2026); "" is a figure that names no series.
"""

_MONEY = {"eur_bn": 1.0, "eur_m": 1e-3, "usd_bn": 1.0, "usd_m": 1e-3}


def stated(view: View, state: str, quantity: str, year: int, series: str) -> Amount | None:
    """A state's figure of a year by a series (the start of its name; its newest table)."""
    if not series:
        return view.known(state, quantity, str(year))
    return view.newest(state, quantity, str(year), series)


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


def outlay(view: View, state: str, year: int, series: str) -> Amount | None:
    """Defence outlay of a state in EUR bn at the prices and rates of the year."""
    for quantity in ("defence_outlay_eur", "defence_outlay_usd"):
        found = in_euros(view, stated(view, state, quantity, year, series), year)
        if found is not None:
            return found
    return None


def equipment(view: View, state: str, year: int, series: str) -> Amount | None:
    """A state's outlay on major equipment and its development in EUR bn."""
    spent = outlay(view, state, year, series)
    share = stated(view, state, "equipment_share", year, series)
    return None if spent is None or share is None else spent * share / 100


def research(view: View, state: str, year: int, counted: str) -> Amount | None:
    """A state's outlay on military research and development in EUR bn, as `counted` says."""
    return in_euros(view, view.known(state, "military_rd", str(year), counted), year)


def research_told(view: View, state: str, year: int, series: str) -> Amount | None:
    """Research as defence ministries tell it, the same beside every series of outlays."""
    return research(view, state, year, MINISTRIES)


def soldiers(view: View, state: str, year: int, series: str) -> Amount | None:
    """Military personnel of a state in thousands."""
    return stated(view, state, "personnel", year, series)


def aid(view: View, state: str, year: int, series: str) -> Amount | None:
    """Military help of a state to Ukraine since 2022 in EUR bn, to the last count in a year."""
    periods = [
        key[2]
        for key in view.dataset.by_subject.get(state, [])
        if (key[1], key[3]) == ("ukraine_military_aid", "cumulative") and key[2][:4] == str(year)
    ]
    if not periods:
        return None
    found = view.known(state, "ukraine_military_aid", max(periods), "cumulative")
    return in_euros(view, found, year)


def product(view: View, state: str, year: int, series: str = "") -> Amount | None:
    """Gross domestic product of a state in EUR bn at the prices and rates of the year."""
    return view.known(state, "gdp_eur", str(year))


def people(view: View, state: str, year: int, series: str = "") -> Amount | None:
    """Population of a state in millions; the dataset has one count a state, undated."""
    return view.known(state, "population")


def deflated(view: View, state: str, year: int, prices_of: int, series: str) -> Amount | None:
    """Outlay in EUR bn at the prices and the exchange rate of another year.

    The outlay in national currency, moved by the state's deflator of gross domestic product and
    turned into euros as the outlay of the year of prices was: a weaker currency is no cut. A
    series that has euros alone is taken as national currency.
    """
    prices = view.known(state, "gdp_deflator", str(prices_of))
    today = view.known(state, "gdp_deflator", str(year))
    if prices is None or today is None:
        return None
    spent = stated(view, state, "defence_outlay_national", year, series)
    national = stated(view, state, "defence_outlay_national", prices_of, series)
    if spent is None and national is None:
        euros = outlay(view, state, year, series)
        return None if euros is None else euros * (prices / today)
    euros = outlay(view, state, prices_of, series)
    if spent is None or national is None or euros is None:
        return None
    return spent * (prices / today) * (euros / national)


INDICATORS: dict[str, Reader] = {
    "spending": outlay,
    "equipment": equipment,
    "rd": research_told,
    "personnel": soldiers,
    "ukraine-aid": aid,
    "gdp": product,
    "population": people,
}


def together(
    place: Place, *reads: Callable[[str, str], Amount | None], series: str = NATO
) -> list[Amount]:
    """Sums of several figures over the states that have all of them; the others are missing.

    Each is read by state and series; a state's figures all come from one series, the first in
    ORDER that has them, so that no growth or share mixes definitions.
    Raises NoAnswer where no state has all.
    """
    rows = []
    gone = set()
    for state in place.states:
        found = _by_one_series(state, reads, series)
        if found:
            rows.append(found)
        else:
            gone.add(state)
    if not rows:
        raise NoAnswer(f"a figure of {place.name} for this measure")
    sums = [total(column) for column in zip(*rows, strict=True)]
    return [item.lacking(gone) for item in sums]


def _by_one_series(
    state: str, reads: Sequence[Callable[[str, str], Amount | None]], series: str
) -> list[Amount]:
    for name in ORDER[series]:
        found = [item for item in (read(state, name) for read in reads) if item is not None]
        if len(found) == len(reads):
            return found
    return []


def over(place: Place, read: Callable[[str, str], Amount | None], series: str = NATO) -> Amount:
    """The sum of one figure over a place's states, see `together`."""
    return together(place, read, series=series)[0]


def growth(first: Amount, last: Amount) -> Amount:
    """Growth in percent from one amount to another."""
    return 100 * (last / first) - 100


def alone(place: Place) -> str:
    """The address of a place that is one state; "" for a group."""
    return place.address if place.states == (place.address,) else ""
