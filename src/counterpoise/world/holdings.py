"""What is held today and what is left of it later: weights, retirement, use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.fill import need
from counterpoise.world.calendar import Calendar, Floats, first_quarter_after
from counterpoise.world.labels import Labels
from counterpoise.world.lines import controllers_of


@dataclass(frozen=True)
class Stock:
    """A holding in service as it shrinks: capability units by period, shape (periods,)."""

    address: str
    place: str
    area: str
    system: str
    controllers: tuple[str, ...]
    start: float
    path: Floats


def survival(dataset: Dataset, system: str, area: str, calendar: Calendar) -> Floats:
    """Share of a holding left by period: straight to the end of service, and used in training.

    Current types retire over a multiple of their service life, old ones over eight years,
    both counted from the calendar's start; a published out-of-service year goes first.
    """
    start = first_quarter_after(dataset.release)
    end = dataset.value(system, "out_of_service_year") if system else None
    if end is not None:
        span = end - start
    elif system and dataset.text(system, "generation") == "old":
        span = need(dataset, "rule/retirement-old", "value")
    else:
        life = dataset.value(system, "service_life") if system else None
        life = life or need(dataset, "rule/service-life", "value")
        span = life * need(dataset, "rule/retirement-stretch", "value")
    passed = calendar.middles - start
    left = np.clip(1 - passed / span, 0.0, 1.0) if span > 0 else np.zeros(len(calendar))
    return left * (1 - (dataset.value(area, "training_use") or 0.0)) ** np.maximum(passed, 0.0)


def stocks(dataset: Dataset, labels: Labels, calendar: Calendar) -> list[Stock]:
    """All holdings in service of the planning states and the group's pools, by area."""
    found = []
    counted = frozenset((*labels.states, "scope/NATO"))
    for holding in dataset.kind("holding"):
        if holding.texts.get("status") != "active":
            continue
        area = dataset.target(holding.address, "fills")
        places = dataset.targets(holding.address, "held by")
        if area not in labels.area_index or not set(places) <= counted:
            continue
        system = dataset.target(holding.address, "holding of")
        units = weighted_units(dataset, holding.address, system) / len(places)
        left = survival(dataset, system, area, calendar)
        control = controllers_of(dataset, system) if system else ()
        for place in places:
            found.append(Stock(holding.address, place, area, system, control, units, units * left))
    return found


def weighted_units(dataset: Dataset, holding: str, system: str) -> float:
    """Capability units of a holding: items, times units per item, times the type's weight."""
    units = dataset.value(holding, "quantity") or 0.0
    units *= dataset.value(holding, "units_per_item") or 1.0
    return units * ((dataset.value(system, "weight") or 1.0) if system else 1.0)
