"""Burdens: who carries what part, who drives the build-up, what common borrowing saves."""

from __future__ import annotations

import math
from typing import Annotated

from counterpoise.measures.amount import Amount, amount, combined, total
from counterpoise.measures.parameters import (
    Kind,
    PastYear,
    PlaceArgument,
    Refused,
    choice,
    number,
    thing,
)
from counterpoise.measures.standing import standing
from counterpoise.measures.stated import INDICATORS, IndicatorArgument, over, together
from counterpoise.measures.view import NoAnswer, Place, View
from counterpoise.world.money import loan_saving

GROUP = "money"
SHARES = "NATO, Defence Expenditure of NATO Countries: shares of the tables' sums"
LOANS = "docs/model.md, Two stages: a loan's saving"
ANY_SIGN = (-math.inf, math.inf)
PERCENT = (0.0, 100.0)
BUILD_UP = {"place": "DEU", "group": "NATO-EUR", "indicator": "spending"}
YEARS = {"first": "2022", "last": "2026"}

InstrumentArgument = Annotated[str, thing("instrument")]


EURO = "euro"
CurrencyArgument = Annotated[str, choice("all", EURO)]
BORROWERS = {"place": "EU27", "currency": "all"}
_COUNT = number(1, 32, "a whole number of states")


def _read_count(text: str, view: View) -> int:
    if not text.isdigit():
        raise Refused(_COUNT.told)
    return int(_COUNT.read(text, view))


CountArgument = Annotated[int, Kind("count", _COUNT.told, _read_count, _COUNT.parts)]


def part_of(place: Place, group: Place) -> Place:
    """The states of a place that are in a group; NotFound where none is."""
    inside = tuple(state for state in place.states if state in group.states)
    if not inside:
        raise NoAnswer(f"a state of {place.name} in {group.name}", [group.name])
    return Place(place.address, inside)


@standing(
    "percent",
    GROUP,
    SHARES,
    bounds=PERCENT,
    defaults=BUILD_UP | {"year": "2026"},
)
def burden_share(
    view: View,
    place: PlaceArgument,
    group: PlaceArgument,
    indicator: IndicatorArgument,
    year: PastYear,
) -> Amount:
    """A place's part of what a group spends, buys, researches, gives or is worth in a year.

    States of the place outside the group don't count; those without a figure are in neither sum.
    Help to Ukraine is what was allocated since 2022, to the last count in the year.
    """

    def read(state: str, by: str) -> Amount | None:
        return INDICATORS[indicator](view, state, year, by)

    return 100 * (over(part_of(place, group), read) / over(group, read))


def increases(
    view: View, group: Place, indicator: str, first: int, last: int
) -> tuple[dict[str, Amount], frozenset[str]]:
    """What each state known in both years spends more in the last, and the other states.

    Raises NoAnswer where no state is known in both.
    """
    read = INDICATORS[indicator]
    found = {}
    for state in group.states:
        try:
            before, after = together(
                Place(state, (state,)),
                lambda each, by: read(view, each, first, by),
                lambda each, by: read(view, each, last, by),
            )
        except NoAnswer:
            continue
        found[state] = after - before
    if not found:
        raise NoAnswer(f"{indicator} of {group.name} in {first} and {last}")
    return found, frozenset(group.states) - found.keys()


@standing("percent", GROUP, SHARES, bounds=ANY_SIGN, defaults=BUILD_UP | YEARS)
def build_up_share(
    view: View,
    place: PlaceArgument,
    group: PlaceArgument,
    indicator: IndicatorArgument,
    first: PastYear,
    last: PastYear,
) -> Amount:
    """A place's part of a group's increase between two years, in nominal euros.

    Increases and falls of all states known in both years add up to 100 percent.
    """
    found, gone = increases(view, group, indicator, first, last)
    inside = [found[state] for state in part_of(place, group).states if state in found]
    if not inside:
        raise NoAnswer(f"{indicator} of {place.name} in {first} and {last}")
    share = 100 * (total(inside) / total(found.values()))
    return share.lacking(gone)


@standing(
    "percent",
    GROUP,
    SHARES,
    bounds=PERCENT,
    defaults={"place": "NATO-EUR", "indicator": "spending", "count": "3"} | YEARS,
)
def build_up_top_share(
    view: View,
    place: PlaceArgument,
    indicator: IndicatorArgument,
    count: CountArgument,
    first: PastYear,
    last: PastYear,
) -> Amount:
    """Part of the increases between two years that the states with the largest ones make up.

    In nominal euros, over the states that increased.
    """
    found, gone = increases(view, place, indicator, first, last)
    risen = sorted((item for item in found.values() if item.value > 0), key=_value, reverse=True)
    share = 100 * (total(risen[:count]) / total(risen))
    return share.lacking(gone)


@standing(
    "states",
    GROUP,
    "inverse Herfindahl index (Hirschman 1945; Laakso and Taagepera 1979)",
    bounds=(1.0, math.inf),
    defaults={"place": "NATO-EUR", "indicator": "spending"} | YEARS,
)
def build_up_concentration(
    view: View,
    place: PlaceArgument,
    indicator: IndicatorArgument,
    first: PastYear,
    last: PastYear,
) -> Amount:
    """Effective number of states behind a build-up: the fewer, the more concentrated it is.

    One over the sum of squared parts of the increase in nominal euros, over the states that
    increased between two years; as many equal ones would make the same sum.
    """
    found, gone = increases(view, place, indicator, first, last)
    risen = [item for item in found.values() if item.value > 0]
    whole = total(risen)
    number_of_states = (whole * whole) / total(item * item for item in risen)
    return Amount(number_of_states.value, number_of_states.slopes, whole.missing | gone)


def _value(item: Amount) -> float:
    return item.value


def loans_of(view: View, instrument: str, states: tuple[str, ...]) -> list[str]:
    """Loans from an instrument ("" for all) to states."""
    dataset = view.dataset
    return [
        row.address
        for row in dataset.kind("loan")
        if dataset.target(row.address, "allocated to") in states
        and instrument in ("", dataset.target(row.address, "drawn from"))
    ]


def _allocated(view: View, loans: list[str]) -> Amount:
    return total(view.read(loan, "allocation") for loan in loans)


@standing(
    "percent",
    GROUP,
    "docs/model.md, Money",
    bounds=PERCENT,
    defaults={"place": "POL", "instrument": "safe"},
)
def loan_share(view: View, place: PlaceArgument, instrument: InstrumentArgument) -> Amount:
    """A place's part of the loans that an instrument has allotted; 0 for who borrows nothing."""
    everyone = tuple(item.address for item in view.dataset.kind("state"))
    every = loans_of(view, instrument, everyone)
    if not every:
        raise NoAnswer(f"loans of {instrument}")
    return 100 * (
        _allocated(view, loans_of(view, instrument, place.states)) / _allocated(view, every)
    )


@standing("percent", GROUP, "docs/model.md, Money", defaults={"instrument": "safe"})
def instrument_allotted(view: View, instrument: InstrumentArgument) -> Amount:
    """Part of an instrument's envelope that is allotted in loans to states."""
    everyone = tuple(item.address for item in view.dataset.kind("state"))
    every = loans_of(view, instrument, everyone)
    if not every:
        raise NoAnswer(f"loans of {instrument}")
    return 100 * (_allocated(view, every) / view.read(instrument, "envelope"))


STEP = 1e-4
"""Percentage points by which a yield is moved to find the slope of a saving."""


def saving(view: View, loan: str) -> Amount:
    """Present value saved by a euro of a loan against borrowing it alone, see `loan_saving`."""
    instrument = view.dataset.target(loan, "drawn from")
    own, common = view.read(loan, "own_yield"), view.read(loan, "eu_yield")
    maturity, grace = view.read(instrument, "maturity"), view.read(instrument, "grace")
    terms = (maturity.value, grace.value)
    by_own = (
        loan_saving(own.value + STEP, common.value, *terms)
        - loan_saving(own.value - STEP, common.value, *terms)
    ) / (2 * STEP)
    by_common = (
        loan_saving(own.value, common.value + STEP, *terms)
        - loan_saving(own.value, common.value - STEP, *terms)
    ) / (2 * STEP)
    # The terms come in whole years and don't move, but the saving rests on them.
    moves = combined(((by_own, own), (by_common, common), (0.0, maturity), (0.0, grace)))
    return Amount(loan_saving(own.value, common.value, *terms), moves.slopes)


def pays_otherwise(view: View, state: str) -> bool:
    """Whether a state's newest outlay is stated in another currency than the euro."""
    keys = [
        key for key in view.dataset.by_subject.get(state, []) if key[1] == "defence_outlay_national"
    ]
    if not keys:
        return False
    newest = view.dataset.chosen[max(keys, key=lambda key: key[2:])]
    return not newest.unit.startswith("EUR")


def _gain(view: View, place: Place, currency: str) -> tuple[Amount, Amount]:
    """The gain of a place's loans and the loans themselves, EUR m."""
    loans = loans_of(view, "", place.states)
    gone = set()
    if currency == EURO:
        owner = {loan: view.dataset.target(loan, "allocated to") for loan in loans}
        gone = {state for state in owner.values() if pays_otherwise(view, state)}
        loans = [loan for loan in loans if owner[loan] not in gone]
    if not loans:
        raise NoAnswer(f"loans of {place.name}")
    gain = amount(0.0)
    for loan in loans:
        gain = gain + view.read(loan, "allocation") * saving(view, loan)
    return gain.lacking(gone), _allocated(view, loans)


@standing("EUR m", GROUP, LOANS, bounds=ANY_SIGN, defaults=BORROWERS)
def common_borrowing_gain(view: View, place: PlaceArgument, currency: CurrencyArgument) -> Amount:
    """What the loans allotted to a place save against its own borrowing, in present value.

    The states' own ten-year yields against the Union's at the same maturity, over the whole
    life of the loan, discounted at the own yield. Below zero for who borrows more cheaply alone.
    A yield in another currency holds its exchange risk too, and no euro loan takes that away:
    `currency=euro` leaves out the states that don't pay in euros.
    """
    return _gain(view, place, currency)[0]


@standing("percent", GROUP, LOANS, bounds=ANY_SIGN, defaults=BORROWERS)
def common_borrowing_gain_share(
    view: View, place: PlaceArgument, currency: CurrencyArgument
) -> Amount:
    """`common_borrowing_gain` in percent of the loans."""
    gain, lent = _gain(view, place, currency)
    return 100 * (gain / lent)
