"""Cohorts: what is held, on order and planned, followed to the end of its service life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.fill import need
from counterpoise.measures.amount import Amount, amount
from counterpoise.measures.service import holders, proportional
from counterpoise.measures.view import Place, View
from counterpoise.world.calendar import Calendar, Floats
from counterpoise.world.holdings import stocks
from counterpoise.world.world import World, controllers, counts

PARTS = ("holdings", "orders", "plan")
LAST = 2050


@dataclass(frozen=True)
class Fleet:
    """Units of one type that came from one holding, order or line, in service by year.

    `units` are capability units at the mean of each year, shape (years,); `part` is one of PARTS;
    `subject` the address whose quantity they move with, empty for a plan's.
    """

    part: str
    area: str
    system: str
    controllers: tuple[str, ...]
    subject: str
    units: Floats

    def at(self, view: View, position: int) -> Amount:
        """Units in service in the year at a position, with what they rest on."""
        known = (view.known(self.system, "weight") if self.system else None) or amount(1.0)
        items = float(self.units[position]) / known.value
        figures = [(self.subject, "quantity"), (self.subject, "units_per_item")]
        return proportional(view, items, figures) * known


def survivors(arrivals: Sequence[float] | Floats, life: int, used: float = 0.0) -> Floats:
    """Units in service at the mean of each year, of those that arrive in mid-year year by year.

    A cohort counts half in the year that it arrives, in full for its life, half in the year that
    it leaves: `life` whole years in all. `used` is the share used up a year: what is left at a
    year's end is (1 - used) of what was at its start, and a year's mean is that of both.
    """
    given = np.asarray(arrivals, dtype=np.float64)
    total = np.zeros_like(given)
    for born, units in enumerate(given):
        for age in range(min(life, len(given) - 1 - born) + 1):
            start = units * (1 - used) ** (age - 1) if age > 0 else 0.0
            end = units * (1 - used) ** age if age < life else 0.0
            total[born + age] += (start + end) / 2
    return total


def service_life(dataset: Dataset, system: str, stretched: bool) -> int:
    """Whole years that a unit serves, as its type or the rule states; stretched like fleets."""
    life = dataset.value(system, "service_life") if system else None
    life = life or need(dataset, "rule/service-life", "value")
    if stretched:
        life *= need(dataset, "rule/retirement-stretch", "value")
    return max(round(life), 1)


def fleets(
    view: View,
    place: Place,
    plan: tuple[World, Floats],
    ordered_by: int,
    stretched: bool = False,
) -> tuple[tuple[int, ...], list[Fleet]]:
    """Years to 2050, and all that a place has in service over them.

    Holdings shrink by the plan's own rule, straight to the end of their service. Signed orders
    arrive as their lines deliver them; of the plan count the orders placed by the end of a year.
    Both leave when their service life ends.
    """
    world, deliveries = plan
    dataset, labels = view.dataset, world.labels
    years = tuple(range(world.calendar.budget_years[0], LAST + 1))
    edges = (world.calendar.edges[0], *(float(year) for year in range(years[0] + 1, LAST + 2)))
    found = []
    share = {area: holders(world, place, area) for area in labels.areas}
    for stock in stocks(dataset, labels, Calendar(edges)):
        part = share[stock.area].get(stock.place, 0.0)
        if part:
            found.append(
                Fleet("holdings", stock.area, stock.system, stock.controllers, stock.address,
                      part * stock.path)
            )  # fmt: skip
    used = {area: dataset.value(area, "training_use") or 0.0 for area in labels.areas}

    def cohort(
        name: str, area: str, system: str, owners: tuple[str, ...], subject: str,
        before: float, units: Floats,
    ) -> None:  # fmt: skip
        arrivals = np.zeros(len(years) + 1)
        arrivals[0] = before
        np.add.at(arrivals, world.calendar.years - years[0] + 1, units)
        left = survivors(arrivals, service_life(dataset, system, stretched), used[area])
        found.append(Fleet(name, area, system, owners, subject, left[1:]))

    for entry, units in zip(world.entries, world.delivered, strict=True):
        part = share.get(entry.area, {}).get(entry.place, 0.0) * entry.unit_weight
        if part and counts(entry, labels):
            owners = controllers(world, entry.system)
            cohort("orders", entry.area, entry.system, owners, entry.order,
                   part * entry.before, part * units)  # fmt: skip
    taken = deliveries * (world.ordered < ordered_by + 1 - 1e-9)[None]
    for state, index in np.argwhere(taken.any(axis=2)):
        line = world.lines[index]
        part = share[line.area].get(labels.states[state], 0.0) * line.weight
        if part:
            cohort("plan", line.area, line.system, line.controllers, "", 0.0,
                   part * taken[state, index])  # fmt: skip
    return years, found
