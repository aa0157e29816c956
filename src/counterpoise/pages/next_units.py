"""The next unit of each line: what its buyer would get if it were ordered on the release's day."""

from __future__ import annotations

from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import last_day
from counterpoise.measures.view import View
from counterpoise.world.calendar import MODEL_END
from counterpoise.world.delivery import Delivery, Order, delivery_dates
from counterpoise.world.orderbook import decimal_year


def today(dataset: Dataset) -> float:
    """The release's date as a decimal year: when the orders of these pages are placed."""
    return decimal_year(dataset.release, MODEL_END) + int(last_day(dataset.release)[8:]) / 365


def next_units(view: View) -> dict[str, Delivery]:
    """By line the next unit that any buyer orders on the day of the release."""
    world, start = view.delivery_world(), today(view.dataset)
    return {
        line.address: delivery_dates(world, Order(line.address, "", 1.0, start), view.delays)
        for line in world.lines
    }
