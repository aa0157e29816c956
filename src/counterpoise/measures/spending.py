"""Spending: what a place spends on defence, on what, and how that grows."""

from __future__ import annotations

from typing import Annotated

from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import PastYear, PlaceArgument, year
from counterpoise.measures.standing import standing
from counterpoise.measures.stated import (
    NATO,
    SeriesArgument,
    alone,
    deflated,
    equipment,
    growth,
    in_euros,
    outlay,
    people,
    product,
    research,
    soldiers,
    stated,
    together,
)
from counterpoise.measures.view import Place, View

GROUP = "money"
NATO_TABLE = "NATO, Defence Expenditure of NATO Countries, definitions and notes"
EDA = "European Defence Agency, Defence Data, definitions"
DEFAULTS = {"place": "NATO-EUR", "year": "2026"}
SPAN = {"place": "NATO-EUR", "first": "2024", "last": "2026"}
ANY_SIGN = (-float("inf"), float("inf"))
GROWTH = (-100.0, float("inf"))
PERCENT = (0.0, 100.0)

RealYear = Annotated[int, year(2021, 2026)]
"""Years with deflators."""


@standing("EUR bn", GROUP, "European System of Accounts, 8.89", defaults=DEFAULTS)
def gdp(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Gross domestic product in a year, at the prices and exchange rates of that year."""
    return view.over(place, lambda state: product(view, state, year))


@standing("million", GROUP, "World Bank, total population", defaults={"place": "NATO-EUR"})
def population(view: View, place: PlaceArgument) -> Amount:
    """Population: one count a state, the newest in the data."""
    return view.over(place, lambda state: people(view, state, 0))


@standing("thousand", GROUP, NATO_TABLE, defaults=DEFAULTS)
def personnel(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Military personnel in a year, mean strength as the state tells NATO."""
    return view.over(place, lambda state: soldiers(view, state, year))


@standing("EUR bn", GROUP, NATO_TABLE, defaults=DEFAULTS | {"series": NATO})
def defence_spending(
    view: View, place: PlaceArgument, year: PastYear, series: SeriesArgument
) -> Amount:
    """Defence outlay in a year, nominal: at the prices and exchange rates of that year.

    By NATO's definition and its newest table; for states that NATO has no figure for, by another
    series where there is one. `series=sipri` takes SIPRI's, in dollars at the year's mean rate.
    """
    return view.over(place, lambda state: outlay(view, state, year, series))


@standing("EUR bn", GROUP, NATO_TABLE, defaults=DEFAULTS | {"prices_of": "2021"})
def defence_spending_real(
    view: View, place: PlaceArgument, year: RealYear, prices_of: RealYear
) -> Amount:
    """Defence outlay in a year, real: at the prices and exchange rates of a stated year.

    National currency moved by the state's own deflator of gross domestic product, then turned
    into euros at the rate of the year of prices. States without a deflator aren't counted.
    """
    return view.over(place, lambda state: deflated(view, state, year, prices_of))


@standing("percent", GROUP, NATO_TABLE, defaults=DEFAULTS | {"series": NATO})
def defence_share_of_gdp(
    view: View, place: PlaceArgument, year: PastYear, series: SeriesArgument
) -> Amount:
    """Defence outlay in percent of gross domestic product; of a group, sum over sum.

    Only states with both figures count. A single state has the share as the series states it.
    """
    state = alone(place)
    told = stated(view, state, "defence_share_of_gdp", year, series) if state else None
    if told is not None:
        return told
    spent, produced = together(
        place, lambda each: outlay(view, each, year, series), lambda each: product(view, each, year)
    )
    return 100 * (spent / produced)


@standing("EUR", GROUP, NATO_TABLE, defaults=DEFAULTS)
def defence_spending_per_head(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Defence outlay in a year, nominal, by head of the population (its newest count)."""
    spent, heads = together(
        place, lambda each: outlay(view, each, year), lambda each: people(view, each, year)
    )
    return 1000 * (spent / heads)


@standing("percent", GROUP, NATO_TABLE, bounds=GROWTH, defaults=SPAN)
def defence_spending_growth(
    view: View, place: PlaceArgument, first: PastYear, last: PastYear
) -> Amount:
    """Growth of defence outlay between two years, in nominal euros.

    Inflation and exchange rates are in it. Only states known in both years count.
    """
    before, after = together(
        place, lambda each: outlay(view, each, first), lambda each: outlay(view, each, last)
    )
    return growth(before, after)


@standing("percent", GROUP, NATO_TABLE, bounds=GROWTH, defaults=SPAN | {"prices_of": "2021"})
def defence_spending_growth_real(
    view: View, place: PlaceArgument, first: RealYear, last: RealYear, prices_of: RealYear
) -> Amount:
    """Growth of defence outlay between two years, at constant prices and exchange rates.

    Only states with deflators of all three years count; the year of prices weighs the states of
    a group, and leaves the growth of a single one alone.
    """
    before, after = together(
        place,
        lambda each: deflated(view, each, first, prices_of),
        lambda each: deflated(view, each, last, prices_of),
    )
    return growth(before, after)


@standing("EUR bn", GROUP, NATO_TABLE, defaults=DEFAULTS)
def equipment_spending(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Outlay on major equipment in a year, nominal; NATO counts its development with it."""
    return view.over(place, lambda state: equipment(view, state, year))


@standing("percent", GROUP, NATO_TABLE, bounds=PERCENT, defaults=DEFAULTS)
def equipment_share(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Share of the defence outlay that goes to major equipment; of a group, sum over sum."""
    bought, spent = together(
        place, lambda each: equipment(view, each, year), lambda each: outlay(view, each, year)
    )
    return 100 * (bought / spent)


@standing("percent", GROUP, NATO_TABLE, bounds=ANY_SIGN, defaults=SPAN)
def equipment_share_of_growth(
    view: View, place: PlaceArgument, first: PastYear, last: PastYear
) -> Amount:
    """Share of the rise in nominal outlay between two years that went to major equipment.

    Below 0 or above 100 where equipment and the rest move apart. States known in both years.
    """
    old, new, before, after = together(
        place,
        lambda each: equipment(view, each, first),
        lambda each: equipment(view, each, last),
        lambda each: outlay(view, each, first),
        lambda each: outlay(view, each, last),
    )
    return 100 * ((new - old) / (after - before))


def _own(view: View, place: Place, quantity: str, year: int, series: str = "") -> Amount | None:
    """What is stated of a group as a whole, in EUR bn."""
    if alone(place):
        return None
    return in_euros(view, view.known(place.address, quantity, str(year), series), year)


@standing("EUR bn", GROUP, EDA, defaults={"place": "EU27", "year": "2024"})
def rd_spending(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Outlay on military research and development in a year, nominal.

    What is stated of the whole group where there is such a figure, else the sum of its states.
    """
    told = _own(view, place, "defence_rd", year)
    if told is not None:
        return told
    return view.over(place, lambda state: research(view, state, year))


@standing("percent", GROUP, EDA, bounds=PERCENT, defaults={"place": "EU27", "year": "2024"})
def rd_share(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Share of the defence outlay that goes to military research and development.

    Both as stated of the whole group where they are, else over the states that have both.
    """
    told = _own(view, place, "defence_rd", year)
    spent = _own(view, place, "defence_expenditure", year, "current-prices")
    if told is not None and spent is not None:
        return 100 * (told / spent)
    found, outlays = together(
        place, lambda each: research(view, each, year), lambda each: outlay(view, each, year)
    )
    return 100 * (found / outlays)


@standing("EUR thousand", GROUP, NATO_TABLE, defaults=DEFAULTS)
def spending_per_soldier(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Defence outlay in a year, nominal, by member of the armed forces."""
    spent, strength = together(
        place, lambda each: outlay(view, each, year), lambda each: soldiers(view, each, year)
    )
    return 1000 * (spent / strength)
