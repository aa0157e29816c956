"""What states have ordered: the value of signed orders, and how long they wait for delivery."""

from __future__ import annotations

from typing import Annotated

from counterpoise.measures.amount import Amount, total
from counterpoise.measures.orders import Signed, signed_orders
from counterpoise.measures.parameters import Areas, AreasArgument, PlaceArgument, choice, year
from counterpoise.measures.standing import standing
from counterpoise.measures.view import NoAnswer, Place, View
from counterpoise.world.orderbook import decimal_year

GROUP = "industry"
DEFAULTS = {"place": "NATO-EUR", "area": "all", "first": "2022", "last": "2026"}
OrderYear = Annotated[int, year(1990, 2026)]


@standing("EUR bn", GROUP, "sum over signed orders", defaults=DEFAULTS)
def orders_value(
    view: View, place: PlaceArgument, area: AreasArgument, first: OrderYear, last: OrderYear
) -> Amount:
    """Value of a place's signed orders by year of signature, at contract prices.

    The stated value, else the quantity times the type's price; orders with neither are named.
    """
    found = _found(view, place, area, first, last)
    whole = total(order.value for order in found if order.value is not None)
    gone = frozenset(order.address for order in found if order.value is None)
    return whole.lacking(gone)


@standing(
    "years",
    GROUP,
    "mean over signed orders, each alike",
    defaults=DEFAULTS | {"end": "first"},
)
def order_wait(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    first: OrderYear,
    last: OrderYear,
    end: Annotated[str, choice("first", "last")],
) -> Amount:
    """Mean time from the signature of a place's orders to their first or last delivery.

    Over the orders signed in the years that state a year of delivery; a year counts from its
    middle. As contracted or announced, not as re-timed to what the lines can make.
    """
    quantity = f"delivery_{end}"
    waits = []
    for order in _found(view, place, area, first, last):
        signed = decimal_year(view.dataset.text(order.address, "signed"), 0.0)
        arrives = view.known(order.address, quantity)
        if arrives is not None:
            waits.append(arrives + 0.5 - signed)
    if not waits:
        raise NoAnswer(f"signed orders of {place.name} with a {end} year of delivery")
    return total(waits) / len(waits)


def _found(view: View, place: Place, area: Areas, first: int, last: int) -> list[Signed]:
    found = signed_orders(view, place, area, first, last)
    if not found:
        raise NoAnswer(f"orders that {place.name} signed from {first} to {last}")
    return found
