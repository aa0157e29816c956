"""Production lines: what each makes by period, and what of it is open to new orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.fill import need
from counterpoise.data.records import Observation
from counterpoise.world.calendar import Calendar, Floats
from counterpoise.world.reach import narrowed, reaches
from counterpoise.world.scenario import Event, Scenario

LINE_LEVERS = ("lead-time", "price", "expansion-time", "expansion-growth", "expansion-cost")
"""Kinds of event that change a line by period."""


@dataclass(frozen=True)
class Line:
    """A production line as the plan sees it.

    `output` is units by period after events, shape (periods,), `delivering` the share of its
    output that events leave; `lead` is years from order to
    delivery; `price` EUR bn a unit; `expansion_time` years; `growth` the largest added rate a
    year, units per year; `expansion_cost` EUR bn for one unit a year of added rate. `factors`
    says by kind of lever and period what events make of them: use the arrays below in a plan.
    """

    address: str
    system: str
    area: str
    state: str
    controllers: tuple[str, ...]
    output: Floats
    delivering: Floats
    open_share: float
    lead: float
    available: float
    price: float
    weight: float
    expansion_time: float
    growth: float
    expansion_cost: float
    upkeep: float
    eligible: bool
    sold_until: float
    published: bool
    stated: bool
    factors: Mapping[str, Floats]

    @property
    def leads(self) -> Floats:
        """Years from order to delivery by period of delivery, shape (periods,)."""
        return self.lead * self.factors["lead-time"]

    @property
    def prices(self) -> Floats:
        """EUR bn a unit by period of delivery, shape (periods,)."""
        return self.price * self.factors["price"]

    @property
    def expansion_times(self) -> Floats:
        """Years until an added rate delivers by period of decision, shape (periods,)."""
        return self.expansion_time * self.factors["expansion-time"]

    @property
    def growths(self) -> Floats:
        """Largest rate added a year by period, units per year, shape (periods,)."""
        return self.growth * self.factors["expansion-growth"]

    @property
    def expansion_costs(self) -> Floats:
        """EUR bn for a unit a year of rate added, by period of decision, shape (periods,)."""
        return self.expansion_cost * self.factors["expansion-cost"]


def controllers_of(dataset: Dataset, system: str) -> tuple[str, ...]:
    """States that can withhold use, resupply or upgrade: by control regime and design authority.

    The regime cell lists regimes (ITAR, EAR: the state of the regime) and, after `national:`,
    states. A design authority counts where the regime names none.
    """
    found: list[str] = []
    for part in dataset.text(system, "control_regime").replace("national:", "").split(";"):
        name = part.strip()
        regime = dataset.text(f"regime/{name}", "state")
        state = f"state/{regime or name}"
        if state in dataset.things and state not in found:
            found.append(state)
    return tuple(found) or tuple(dataset.targets(system, "designed by"))


def build_line(dataset: Dataset, address: str, calendar: Calendar, scenario: Scenario) -> Line:
    """A line with its figures resolved by period under a scenario."""
    system = dataset.target(address, "makes")
    area = dataset.target(system, "fills")
    state = dataset.target(address, "located in")

    eligible = dataset.text(system, "safe_eligible") == "y"
    hit = _hit(dataset, address, state, area, system, eligible)
    rate = rate_path(dataset, address, calendar)
    delivering = scenario.shares("line-output", calendar, hit)
    price = price_today(dataset, system) / 1000
    growth = need(dataset, area, "expansion_growth") * float(rate.max(initial=0.0))
    share = need(dataset, address, "open_share")
    return Line(
        address=address,
        system=system,
        area=area,
        state=state,
        controllers=controllers_of(dataset, system),
        output=rate * calendar.lengths * delivering,
        delivering=delivering,
        open_share=share,
        lead=need(dataset, address, "lead_time") / 12,
        available=dataset.value(system, "year_available") or 0.0,
        price=price,
        weight=dataset.value(system, "weight") or 1.0,
        expansion_time=need(dataset, address, "expansion_time") / 12,
        growth=growth,
        expansion_cost=need(dataset, area, "expansion_cost_share") * price,
        upkeep=need(dataset, area, "upkeep_share") * price,
        eligible=eligible,
        sold_until=dataset.value(address, "committed_until") or 0.0,
        published=is_published(dataset, address, system),
        stated=is_stated(dataset, address, system),
        factors={kind: scenario.shares(kind, calendar, hit) for kind in LINE_LEVERS},
    )


def _hit(
    dataset: Dataset, line: str, state: str, area: str, system: str, eligible: bool
) -> Callable[[Event], bool]:
    named = (line, dataset.target(line, "run by"), area, system)
    return lambda event: (
        (event.target in named or reaches(dataset, event.target, state))
        and narrowed(event, area, line, eligible)
    )


def barred_buyers(dataset: Dataset, line: Line) -> frozenset[str]:
    """Buyers that an embargo or a state's policy keeps from the line's type (sheet `bans`)."""
    found: set[str] = set()
    for ban in dataset.kind("ban"):
        controller = dataset.target(ban.address, "bars control by")
        barred = dataset.target(ban.address, "bars") == line.system
        if barred or (controller and controller in line.controllers):
            found.update(dataset.targets(ban.address, "may not buy"))
    return frozenset(found)


def price_today(dataset: Dataset, system: str) -> float:
    """EUR m a unit at prices of the release's year: the stated price, grown since its year."""
    found = dataset.observation(system, "unit_price")
    if found is None or found.value is None:
        return need(dataset, system, "unit_price")
    stated = int(found.as_of[:4]) if found.as_of[:4].isdigit() else int(dataset.release[:4])
    grown = need(dataset, "rule/inflation", "value")
    return found.value * (1 + grown) ** (int(dataset.release[:4]) - stated)


def rate_path(dataset: Dataset, address: str, calendar: Calendar) -> Floats:
    """Units per year by period: straight from today's rate to the announced one, then flat."""
    rate = need(dataset, address, "rate")
    target = dataset.value(address, "rate_target")
    year = dataset.value(address, "rate_target_year")
    if target is None or year is None:
        return np.full(len(calendar), rate)
    start = dataset.value(address, "output_as_of") or calendar.edges[0]
    start = min(start, year - 1)
    return np.interp(calendar.middles, [start + 0.5, year + 0.5], [rate, target])


def _key_figures(dataset: Dataset, line: str, system: str) -> list[Observation]:
    wanted = ((line, "rate"), (line, "lead_time"), (system, "unit_price"))
    found = [dataset.observation(subject, quantity) for subject, quantity in wanted]
    return [item for item in found if item is not None and item.value is not None]


def is_published(dataset: Dataset, line: str, system: str) -> bool:
    """Whether rate, lead time and price all come from a source rather than a judgement."""
    found = _key_figures(dataset, line, system)
    return len(found) == 3 and all(item.basis != "assumed" for item in found)


def is_stated(dataset: Dataset, line: str, system: str) -> bool:
    """Whether rate, lead time and price all stand in a sheet, judged ones included."""
    found = _key_figures(dataset, line, system)
    return len(found) == 3 and all(item.layer > 0 for item in found)


def opened(dataset: Dataset, line: Line, calendar: Calendar, scenario: Scenario) -> Floats:
    """What events make of a line's open share, by period: less by diversion, at most all of it."""
    hit = _hit(dataset, line.address, line.state, line.area, line.system, line.eligible)
    left = scenario.shares("open-output", calendar, hit)
    return np.minimum(left, 1 / line.open_share) if line.open_share > 0 else left


def added_rate(expansions: Floats, line: Line, calendar: Calendar) -> Floats:
    """Units by period that expansions (units per year by period of decision) make, all open."""
    total = np.zeros(len(calendar))
    for period in np.flatnonzero(expansions):
        ready = calendar.starts[period] + line.expansion_times[period]
        total += np.where(calendar.middles >= ready - 1e-9, expansions[period], 0.0)
    return total * calendar.lengths


def book_output(line: Line, left: Floats) -> Floats:
    """Units by period that the order book may take: all, or what a diversion leaves."""
    return np.where(left < 1, line.open_share * left, 1.0) * line.output


def open_output(
    line: Line,
    booked: Floats,
    in_book: bool,
    left: Floats,
    calendar: Calendar,
    dataset: Dataset,
) -> Floats:
    """Units by period that new European orders may take: open share less what is sold.

    A line without entries in the order book but known to be sold until a year counts as sold
    in a share that falls straight to nothing in that year. `left` is what diversions leave.
    """
    share = line.open_share * line.output * left
    if in_book:
        sold = booked
    elif line.sold_until:
        start, end = calendar.edges[0], line.sold_until + 1
        fall = np.clip((end - calendar.middles) / max(end - start, 1e-9), 0.0, 1.0)
        sold = share * fall * need(dataset, "rule/committed-share", "value")
    else:
        sold = np.zeros_like(share)
    return np.maximum(share - sold, 0.0)
