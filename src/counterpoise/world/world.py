"""A world: dataset, events and calendar resolved into arrays, by label."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.fill import NotKnown, need
from counterpoise.errors import BadInput
from counterpoise.world import needs
from counterpoise.world.calendar import CALENDARS, Calendar, Floats, first_quarter_after
from counterpoise.world.earlier import Earlier
from counterpoise.world.fixes import Fix
from counterpoise.world.holdings import Stock, stocks
from counterpoise.world.known import as_known, unknown
from counterpoise.world.labels import Labels, label
from counterpoise.world.levers import (
    area_factors,
    by_year,
    cell_factors,
    enlarged,
    state_factors,
)
from counterpoise.world.lines import (
    Line,
    added_rate,
    book_output,
    build_line,
    controllers_of,
    open_output,
    opened,
)
from counterpoise.world.money import (
    Loan,
    budgets,
    commitments,
    loans,
    payment_profile,
)
from counterpoise.world.orderbook import Entry, order_book, retime
from counterpoise.world.scenario import Event, Scenario, read_scenario
from counterpoise.world.weights import EQUAL, area_weights


@dataclass(frozen=True)
class World:
    """The system as a plan made at `decision` (decimal year) sees it.

    Arrays are by label: cells × periods, states × years. `held` is what today's holdings leave,
    `arriving` what the order book adds, both in capability units at each period; `weighting` what
    a percent short counts in the objective, by area and period. Factors of levers: `uptake` by cell
    and year, `joint_share` and `introduction` by state and period. `fixes` are a user's own
    decisions.
    """

    dataset: Dataset
    scenario: Scenario
    calendar: Calendar
    decision: float
    key: str
    weighting: Floats
    labels: Labels
    lines: tuple[Line, ...]
    stocks: tuple[Stock, ...]
    entries: tuple[Entry, ...]
    delivered: tuple[Floats, ...]
    unknown_orders: tuple[str, ...]
    booked: Floats
    free: Floats
    need: Floats
    american: Floats
    assured: Floats
    held: Floats
    arriving: Floats
    arrivals: Floats
    budget: Floats
    committed: Floats
    loans: tuple[Loan, ...]
    uptake: Floats
    joint_share: Floats
    introduction: Floats
    earlier: Earlier | None
    fixes: tuple[Fix, ...] = ()

    @cached_property
    def us_covered(self) -> Floats:
        """Part of each cell's need that the United States cover, shape (cells, periods)."""
        return self.american[:, None] * self.assured[None, :]

    @cached_property
    def entries_by_line(self) -> dict[str, tuple[Entry, ...]]:
        """The entries of the order book by the line that delivers them."""
        found: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            found[entry.line].append(entry)
        return {line: tuple(entries) for line, entries in found.items()}

    @cached_property
    def kept(self) -> tuple[tuple[Entry, Floats], ...]:
        """Orders of earlier plans with the units that lines deliver of them by period."""
        count = len(self.earlier.entries) if self.earlier is not None else 0
        pairs = zip(self.entries, self.delivered, strict=True)
        return tuple(pairs)[len(self.entries) - count :]

    @cached_property
    def open_need(self) -> Floats:
        """Need less holdings, signed orders and the assured US part, shape (cells, periods)."""
        return np.maximum(self.need - self.held - self.arriving - self.us_covered, 0.0)

    @cached_property
    def group_need(self) -> Floats:
        """Need by area and period, shape (areas, periods)."""
        total = np.zeros((len(self.labels.areas), len(self.calendar)))
        for index, (_, area) in enumerate(self.labels.cells):
            total[self.labels.area_index[area]] += self.need[index]
        return total

    @cached_property
    def ordered(self) -> Floats:
        """Decimal year of the order of a delivery in each period, shape (lines, periods)."""
        leads = np.array([line.leads for line in self.lines])
        leads = leads.reshape(len(self.lines), len(self.calendar))
        found: Floats = self.calendar.middles[None, :] - leads
        return found

    @cached_property
    def cap_years(self) -> Floats:
        """National money left after commitments, EUR bn, shape (states, years)."""
        return np.maximum(self.budget - self.committed, 0.0)


def build_world(
    dataset: Dataset,
    scenario: str | Scenario = "baseline",
    *,
    calendar: str = "quarterly",
    key: str = "half",
    weights: str = EQUAL,
    decision: float | None = None,
    statuses: frozenset[str] = frozenset({"signed"}),
    spending_case: str = "base",
    earlier: Earlier | None = None,
    known: str = "",
) -> World:
    """The world that a plan made at `decision` reckons with.

    `scenario` is a shipped name, the path of a TOML file, or a scenario at hand.

    `decision` defaults to the first quarter after the release; events that become known later
    are left out. `statuses` says which orders of the book arrive. `known` (ISO date) takes the
    dataset back to what was published by then, and starts the calendar after it.

    Raises BadInput where figures that a world needs aren't known.
    """
    try:
        return _build(
            as_known(dataset, known) if known else dataset,
            scenario,
            calendar,
            key,
            weights,
            decision,
            statuses,
            spending_case,
            earlier,
        )
    except NotKnown as gone:
        raise BadInput([unknown(str(gone.args[0]), known or dataset.release)]) from None


def _build(
    dataset: Dataset,
    scenario: str | Scenario,
    calendar: str,
    key: str,
    weights: str,
    decision: float | None,
    statuses: frozenset[str],
    spending_case: str,
    earlier: Earlier | None,
) -> World:
    start = first_quarter_after(dataset.release)
    decision = start if decision is None else decision
    periods = CALENDARS[calendar](start)
    named = read_scenario(scenario, dataset) if isinstance(scenario, str) else scenario
    events = named.known_by(decision)
    labels = label(dataset)
    lines = tuple(build_line(dataset, line, periods, events) for line in labels.lines)
    signed, without_units = order_book(dataset, periods, statuses)
    left = [opened(dataset, line, periods, events) for line in lines]
    outputs = {line.address: book_output(line, left[index]) for index, line in enumerate(lines)}
    delivered, booked_by_line = retime(signed, outputs)
    booked = np.array([booked_by_line[line.address] for line in lines])
    in_book = {entry.line for entry in signed}
    free = np.array(
        [
            open_output(line, booked[i], line.address in in_book, left[i], periods, dataset)
            for i, line in enumerate(lines)
        ]
    )
    entries = list(signed)
    if earlier is not None:
        for index, line in enumerate(lines):
            if line.address in earlier.expansions:
                grown = added_rate(earlier.expansions[line.address], line, periods)
                free[index] += line.open_share * grown * line.delivering * left[index]
        room = {line.address: free[index] for index, line in enumerate(lines)}
        later, taken = retime(list(earlier.entries), room)
        free = free - np.array([taken[line.address] for line in lines])
        booked = booked + np.array([taken[line.address] for line in lines])
        entries += earlier.entries
        delivered += later
    grown = area_factors(events, "need", labels, periods)
    needed, american = needs.cell_needs(dataset, labels, periods, key, grown)
    held_stocks = stocks(dataset, labels, periods)
    held = np.zeros_like(needed)
    for stock in held_stocks:
        cell = labels.cell_of(stock.place, stock.area)
        if cell is not None:
            held[cell] += stock.path
    arrivals = np.zeros_like(needed)
    before = np.zeros(len(labels.cells))
    for entry, units in zip(entries, delivered, strict=True):
        cell = labels.cell_of(entry.place, entry.area)
        if cell is not None and counts(entry, labels):
            arrivals[cell] += entry.unit_weight * units
            before[cell] += entry.unit_weight * entry.before
    profile = payment_profile(dataset)
    spending = by_year(state_factors(dataset, events, "spending", labels, periods), periods)
    part = needs.outputs(dataset, labels) / needs.outputs(dataset, labels).sum()
    uptake = cell_factors(dataset, events, "absorption", labels, periods, part)
    committed = commitments(entries, delivered, labels, periods, profile)
    return World(
        dataset=dataset,
        scenario=events,
        calendar=periods,
        decision=decision,
        key=key,
        weighting=area_weights(dataset, weights, labels, periods),
        labels=labels,
        lines=lines,
        stocks=tuple(held_stocks),
        entries=tuple(entries),
        delivered=tuple(delivered),
        unknown_orders=tuple(without_units),
        booked=booked,
        free=free,
        need=needed,
        american=american,
        assured=events.shares("assured-part", periods, _is_us_part),
        held=held,
        arriving=accumulate(arrivals, before, wear(dataset, labels), periods),
        arrivals=arrivals,
        budget=spending * budgets(dataset, labels, periods.budget_years, spending_case),
        committed=committed + (earlier.paid if earlier is not None else 0.0),
        loans=tuple(
            enlarged(loan, events, (dataset.value(loan.address, "allocation") or 0.0) / 1000)
            for loan in loans(dataset)
        ),
        uptake=by_year(uptake, periods),
        joint_share=state_factors(dataset, events, "joint-share", labels, periods),
        introduction=state_factors(dataset, events, "introduction", labels, periods),
        earlier=earlier,
    )


def _is_us_part(event: Event) -> bool:
    return event.target == "state/USA"


def counts(entry: Entry, labels: Labels) -> bool:
    """Whether an order's units meet needs: those of planning states and of the group's pools."""
    return entry.place in labels.state_index or entry.place == "scope/NATO"


def wear(dataset: Dataset, labels: Labels) -> Floats:
    """Share of newly delivered units of each cell's area used up in a year, shape (cells,)."""
    return np.array([dataset.value(area, "training_use") or 0.0 for _, area in labels.cells])


def accumulate(deliveries: Floats, before: Floats, used: Floats, calendar: Calendar) -> Floats:
    """Mean units in service over each period, starting with `before`, shape of `deliveries`.

    At a period's end: hold[t] = hold[t-1] · (1 - used)^length[t] + deliveries[t]; the mean is
    half of the start and half of the end.
    """
    ends = levels(deliveries, before, used, calendar)
    starts = np.concatenate([before[:, None], ends[:, :-1]], axis=1)
    return (starts + ends) / 2


def levels(deliveries: Floats, before: Floats, used: Floats, calendar: Calendar) -> Floats:
    """Units in service at each period's end, starting with `before`, shape of `deliveries`."""
    total = np.zeros_like(deliveries)
    level = before.astype(np.float64)
    for period, length in enumerate(calendar.lengths):
        level = level * (1 - used) ** length + deliveries[:, period]
        total[:, period] = level
    return total


def controllers(world: World, system: str) -> tuple[str, ...]:
    """States that can withhold a system's use, resupply or upgrade."""
    return controllers_of(world.dataset, system)


def absorption(world: World) -> Floats:
    """Most capability units a year that each cell's place takes up, shape (cells,)."""
    share = need(world.dataset, "rule/absorption", "value")
    reached = world.calendar.containing(2035.0)
    return share * world.need[:, reached]
