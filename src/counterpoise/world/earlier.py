"""What earlier plans have committed to, as a world keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise.world.calendar import Floats
from counterpoise.world.orderbook import Entry


@dataclass(frozen=True)
class Earlier:
    """What earlier plans have committed to: their orders, expansions, loans drawn, payments.

    `entries` are dated by the earlier plans; `expansions` is units per year of added rate by
    line and period of decision; `paid` EUR bn of national money by state and budget year;
    `drawn` EUR bn by loan. `cost` is all of it in EUR bn at present value, less the interest
    that loans save, and `purchases` the orders' worth in EUR bn.
    """

    entries: tuple[Entry, ...]
    expansions: dict[str, Floats]
    paid: Floats
    drawn: dict[str, float]
    cost: float
    purchases: float
