"""Signed orders of a place: value, units, who supplies them and through which channel."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import Areas
from counterpoise.measures.service import POOL, holders, proportional
from counterpoise.measures.view import Place, View

JOINT_CHANNELS = ("joint", "OCCAR", "NSPA")
"""Starts of the channels through which several states buy together."""


@dataclass(frozen=True)
class Signed:
    """A place's part of a signed order.

    `share` is the part of the order that counts for the place, `value` EUR bn of that part (None
    where neither value nor quantity is known), `units` the items in it.
    """

    address: str
    system: str
    supplier: str
    maker: str
    joint: bool
    share: float
    value: Amount | None
    units: Amount


def signed_orders(view: View, place: Place, area: Areas, first: int, last: int) -> list[Signed]:
    """The signed orders of a place's states and pools, by year of signature.

    An order of several buyers counts by their number. The value is the stated one, else the
    quantity times the type's price.
    """
    dataset, found = view.dataset, []
    for order in dataset.kind("order"):
        text = order.texts.get("signed", "")[:4]
        if order.texts.get("status") != "signed" or not text.isdigit():
            continue
        fills = dataset.target(order.address, "fills")
        if not first <= int(text) <= last or fills not in area.addresses:
            continue
        buyers = dataset.targets(order.address, "bought by")
        weights = {state: 1.0 for state in place.states}
        if POOL in buyers:
            weights = holders(view.world(), place, fills)
        share = sum(weights.get(buyer, 0.0) for buyer in buyers) / max(len(buyers), 1)
        if share:
            found.append(_signed(view, order.address, buyers, share))
    return found


def _signed(view: View, address: str, buyers: list[str], share: float) -> Signed:
    dataset = view.dataset
    system = dataset.target(address, "order of")
    channel = dataset.text(address, "channel")
    stated = view.known(address, "value")
    quantity = view.known(address, "quantity")
    price = view.known(system, "unit_price") if system else None
    if stated is None and quantity is not None and price is not None:
        stated = quantity * price
    return Signed(
        address,
        system,
        dataset.target(address, "supplied by"),
        dataset.target(system, "made by") if system else "",
        len(buyers) > 1 or channel.startswith(JOINT_CHANNELS),
        share,
        None if stated is None else stated * (share / 1000),
        proportional(view, share * (quantity.value if quantity else 0.0), [(address, "quantity")]),
    )
