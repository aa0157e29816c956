"""Levers: events that change by period what states, areas, lines and loans are worth in a world.

Each amount is a factor on what would be without the event; factors of several events multiply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Address
from counterpoise.world.calendar import Calendar, Floats, parse_period
from counterpoise.world.labels import GROUP, Labels
from counterpoise.world.money import Loan
from counterpoise.world.reach import narrowed, reaches
from counterpoise.world.scenario import Event, Scenario


def state_factors(
    dataset: Dataset, scenario: Scenario, kind: str, labels: Labels, calendar: Calendar
) -> Floats:
    """Factors of a kind on each planning state, shape (states, periods)."""

    def hits(state: Address) -> Callable[[Event], bool]:
        return lambda event: reaches(dataset, event.target, state)

    return np.array([scenario.shares(kind, calendar, hits(state)) for state in labels.states])


def area_factors(scenario: Scenario, kind: str, labels: Labels, calendar: Calendar) -> Floats:
    """Factors of a kind on each area's need of the whole group, shape (areas, periods)."""

    def hits(area: Address) -> Callable[[Event], bool]:
        return lambda event: event.target in (area, GROUP) and narrowed(event, area)

    return np.array([scenario.shares(kind, calendar, hits(area)) for area in labels.areas])


def cell_factors(
    dataset: Dataset,
    scenario: Scenario,
    kind: str,
    labels: Labels,
    calendar: Calendar,
    share: Floats,
) -> Floats:
    """Factors of a kind on each cell, shape (cells, periods).

    A cell of the group takes the mean of its states' factors, weighted by `share` (states,).
    """

    def hits(state: Address, area: Address) -> Callable[[Event], bool]:
        return lambda event: reaches(dataset, event.target, state) and narrowed(event, area)

    found = np.ones((len(labels.cells), len(calendar)))
    if all(event.kind != kind for event in scenario.events):
        return found
    for index, (place, area) in enumerate(labels.cells):
        if place == GROUP:
            by_state = [
                scenario.shares(kind, calendar, hits(state, area)) for state in labels.states
            ]
            found[index] = share @ np.array(by_state)
        else:
            found[index] = scenario.shares(kind, calendar, hits(place, area))
    return found


def by_year(factors: Floats, calendar: Calendar) -> Floats:
    """Factors by budget year: the mean over each year's periods, last axis periods to years."""
    years = np.array(calendar.budget_years)
    weight = (calendar.years[:, None] == years[None, :]) * calendar.lengths[:, None]
    mean: Floats = factors @ (weight / weight.sum(axis=0))
    return mean


def enlarged(loan: Loan, scenario: Scenario, allotted: float) -> Loan:
    """A loan after the events that enlarge its instrument: amount × what was allotted (EUR bn).

    The years in which it may be drawn stretch to the end of the event.
    """
    for event in scenario.events:
        if event.kind == "loan" and event.target == loan.instrument:
            last = int(np.ceil(parse_period(event.end)[1])) - 1 if event.end else loan.last_year
            left = max(loan.left + (event.amount - 1.0) * allotted, 0.0)
            loan = replace(loan, left=left, last_year=max(loan.last_year, last))
    return loan


def blocs(dataset: Dataset, scenario: Scenario, labels: Labels) -> tuple[tuple[int, ...], ...]:
    """States that plan as one by `plans-together` events; positions, each state in one bloc.

    Scopes that share a state form one bloc; a state that no event names is a bloc of its own.
    Empty where the scenario names none.
    """
    events = [event for event in scenario.events if event.kind == "plans-together"]
    found = [{index} for index in range(len(labels.states))]
    for event in events:
        members = {
            index
            for index, state in enumerate(labels.states)
            if reaches(dataset, event.target, state)
        }
        joined = [bloc for bloc in found if bloc & members]
        found = [bloc for bloc in found if not bloc & members]
        found += [set[int]().union(*joined)] if joined else []
    return tuple(tuple(sorted(bloc)) for bloc in sorted(found, key=min)) if events else ()
