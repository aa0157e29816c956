"""Spending: what a place spends on defence, on what, and how that grows."""

from __future__ import annotations

from typing import Annotated

from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import PastYear, PlaceArgument, choice
from counterpoise.measures.standing import standing
from counterpoise.measures.stated import (
    MINISTRIES,
    NATO,
    ORDER,
    SeriesArgument,
    alone,
    deflated,
    equipment,
    growth,
    in_euros,
    outlay,
    over,
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
_TOLD = "ministries"
RESEARCH = {"place": "EU27", "year": "2024", "counted": _TOLD}

COUNTED = {_TOLD: MINISTRIES, "appropriations": "government appropriations"}
CountedArgument = Annotated[str, choice(*COUNTED)]


@standing("EUR bn", GROUP, "European System of Accounts, 8.89", defaults=DEFAULTS)
def gdp(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Gross domestic product in a year, at the prices and exchange rates of that year."""
    return over(place, lambda each, by: product(view, each, year, by))


@standing("million", GROUP, "World Bank, total population", defaults={"place": "NATO-EUR"})
def population(view: View, place: PlaceArgument) -> Amount:
    """Population: one count a state, the newest in the data."""
    return over(place, lambda each, by: people(view, each, 0, by))


@standing("thousand", GROUP, NATO_TABLE, defaults=DEFAULTS)
def personnel(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Military personnel in a year, mean strength as the state tells NATO."""
    return over(place, lambda each, by: soldiers(view, each, year, by))


@standing("EUR bn", GROUP, NATO_TABLE, defaults=DEFAULTS | {"series": NATO})
def defence_spending(
    view: View, place: PlaceArgument, year: PastYear, series: SeriesArgument
) -> Amount:
    """Defence outlay in a year, nominal: at the prices and exchange rates of that year.

    By NATO's definition and its newest table; for states that NATO has no figure for, by the
    first other series that has one: the European Defence Agency's, the national budget,
    Eurostat's. `series=sipri` takes SIPRI's alone, dollars at the year's mean rate.
    """
    return over(place, lambda each, by: outlay(view, each, year, by), series)


@standing("EUR bn", GROUP, NATO_TABLE, defaults=DEFAULTS | {"prices_of": "2021"})
def defence_spending_real(
    view: View, place: PlaceArgument, year: PastYear, prices_of: PastYear
) -> Amount:
    """Defence outlay in a year, real: at the prices and exchange rates of a stated year.

    National currency moved by the state's own deflator of gross domestic product, then turned
    into euros at the rate of the year of prices. States without a deflator aren't counted.
    """
    return over(place, lambda each, by: deflated(view, each, year, prices_of, by))


@standing("percent", GROUP, NATO_TABLE, defaults=DEFAULTS | {"series": NATO})
def defence_share_of_gdp(
    view: View, place: PlaceArgument, year: PastYear, series: SeriesArgument
) -> Amount:
    """Defence outlay in percent of gross domestic product; of a group, sum over sum.

    Only states with both figures count. A single state has the share as the series states it.
    """
    state = alone(place)
    for name in ORDER[series] if state else ():
        told = stated(view, state, "defence_share_of_gdp", year, name)
        if told is not None:
            return told
    spent, produced = together(
        place,
        lambda each, by: outlay(view, each, year, by),
        lambda each, by: product(view, each, year, by),
    )
    return 100 * (spent / produced)


@standing("EUR", GROUP, NATO_TABLE, defaults=DEFAULTS)
def defence_spending_per_head(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Defence outlay in a year, nominal, by head of the population (its newest count)."""
    spent, heads = together(
        place,
        lambda each, by: outlay(view, each, year, by),
        lambda each, by: people(view, each, year, by),
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
        place,
        lambda each, by: outlay(view, each, first, by),
        lambda each, by: outlay(view, each, last, by),
    )
    return growth(before, after)


@standing("percent", GROUP, NATO_TABLE, bounds=GROWTH, defaults=SPAN | {"prices_of": "2021"})
def defence_spending_growth_real(
    view: View, place: PlaceArgument, first: PastYear, last: PastYear, prices_of: PastYear
) -> Amount:
    """Growth of defence outlay between two years, at constant prices and exchange rates.

    Only states with deflators of all three years count; the year of prices weighs the states of
    a group, and leaves the growth of a single one alone.
    """
    before, after = together(
        place,
        lambda each, by: deflated(view, each, first, prices_of, by),
        lambda each, by: deflated(view, each, last, prices_of, by),
    )
    return growth(before, after)


@standing("EUR bn", GROUP, NATO_TABLE, defaults=DEFAULTS)
def equipment_spending(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Outlay on major equipment in a year, nominal; NATO counts its development with it."""
    return over(place, lambda each, by: equipment(view, each, year, by))


@standing("percent", GROUP, NATO_TABLE, bounds=PERCENT, defaults=DEFAULTS)
def equipment_share(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Share of the defence outlay that goes to major equipment; of a group, sum over sum."""
    bought, spent = together(
        place,
        lambda each, by: equipment(view, each, year, by),
        lambda each, by: outlay(view, each, year, by),
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
        lambda each, by: equipment(view, each, first, by),
        lambda each, by: equipment(view, each, last, by),
        lambda each, by: outlay(view, each, first, by),
        lambda each, by: outlay(view, each, last, by),
    )
    return 100 * ((new - old) / (after - before))


def _own(view: View, place: Place, quantity: str, year: int, series: str = "") -> Amount | None:
    """What is stated of a group as a whole, in EUR bn."""
    if alone(place):
        return None
    return in_euros(view, view.known(place.address, quantity, str(year), series), year)


@standing("EUR bn", GROUP, EDA, defaults=RESEARCH)
def rd_spending(
    view: View, place: PlaceArgument, year: PastYear, counted: CountedArgument
) -> Amount:
    """Outlay on military research and development in a year, nominal.

    As defence ministries tell it: of the whole group where that is stated, else the sum of its
    states. `counted=appropriations` takes what governments appropriate by field of research.
    """
    told = _own(view, place, "defence_rd", year) if counted == _TOLD else None
    if told is not None:
        return told
    return over(place, lambda each, by: research(view, each, year, COUNTED[counted]))


@standing("percent", GROUP, EDA, bounds=PERCENT, defaults=RESEARCH)
def rd_share(view: View, place: PlaceArgument, year: PastYear, counted: CountedArgument) -> Amount:
    """Share of the defence outlay that goes to military research and development.

    Both as stated of the whole group where they are, else over the states that have both.
    """
    told = _own(view, place, "defence_rd", year) if counted == _TOLD else None
    spent = _own(view, place, "defence_expenditure", year, "current-prices")
    spent = spent or _own(view, place, "defence_expenditure", year)
    if told is not None and spent is not None:
        return 100 * (told / spent)
    found, outlays = together(
        place,
        lambda each, by: research(view, each, year, COUNTED[counted]),
        lambda each, by: outlay(view, each, year, by),
    )
    return 100 * (found / outlays)


@standing("EUR thousand", GROUP, NATO_TABLE, defaults=DEFAULTS)
def spending_per_soldier(view: View, place: PlaceArgument, year: PastYear) -> Amount:
    """Defence outlay in a year, nominal, by member of the armed forces."""
    spent, strength = together(
        place,
        lambda each, by: outlay(view, each, year, by),
        lambda each, by: soldiers(view, each, year, by),
    )
    return 1000 * (spent / strength)
