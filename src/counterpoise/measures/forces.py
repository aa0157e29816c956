"""Forces: need, holdings, orders, gap and ready units of any place, area, year and world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoise.errors import BadInput, Problem
from counterpoise.measures.amount import Amount, combined, smallest
from counterpoise.measures.parameters import (
    Areas,
    AreasArgument,
    BehaviourArgument,
    PlaceArgument,
    PlanYear,
    ScenarioArgument,
)
from counterpoise.measures.pieces import Balance
from counterpoise.measures.standing import standing
from counterpoise.measures.view import NoAnswer, Place, View
from counterpoise.world.calendar import Floats
from counterpoise.world.needs import outputs
from counterpoise.world.scenario import Scenario
from counterpoise.world.world import World

GROUP = "forces"
OWN = "docs/model.md, Requirement"

DEFAULTS = {"place": "NATO-EUR", "behaviour": "ordered", "scenario": "baseline", "year": "2030"}


OWN_PARTS = ("held", "arriving", "bought")
"""What a place has itself: held, on order, bought."""


@dataclass(frozen=True)
class Scope:
    """A place in a balance: which cells count for it and how much, and who isn't counted."""

    balance: Balance
    place: Place

    def cells(self, area: str) -> Floats:
        """Weights of the cells of an area, shape (cells,).

        A state's own cells count whole; a need of the whole group counts by the place's share
        of gross domestic product, since it isn't shared out.
        """
        labels = self.balance.world.labels
        weights = np.zeros(len(labels.cells))
        if area in labels.joint:
            cell = labels.cell_of("", area)
            by_gdp = outputs(self.balance.world.dataset, labels)
            inside = [labels.state_index[s] for s in self.place.states if s in labels.state_index]
            if cell is not None:
                weights[cell] = float(by_gdp[inside].sum() / by_gdp.sum())
            return weights
        for state in self.place.states:
            cell = labels.cell_of(state, area)
            if cell is not None:
                weights[cell] = 1.0
        return weights

    @property
    def missing(self) -> frozenset[str]:
        """States of the place that nothing is planned for."""
        return frozenset(self.place.states) - self.balance.world.labels.state_index.keys()

    def part(self, name: str, area: str, year: int) -> Amount:
        """A part of the balance in an area, mean over a year."""
        periods = within(self.balance.world, year)
        return self._marked(self.balance.amount(name, self.cells(area), periods))

    def gap(self, area: str, year: int) -> Amount:
        """The gap in an area, mean over a year."""
        periods = within(self.balance.world, year)
        return self._marked(self.balance.gap_amount(self.cells(area), periods))

    def _marked(self, item: Amount) -> Amount:
        return item.lacking(self.missing)


def scope_of(
    view: View, place: Place, behaviour: str, scenario: str | Scenario, assured: bool = True
) -> Scope:
    """A place in the balance of a behaviour in a scenario; NotFound where nobody in it plans.

    The part of the United States counts where it is `assured`.
    """
    found = Scope(view.balance(scenario, behaviour, assured), place)
    if len(found.missing) == len(place.states):
        raise NoAnswer(f"a state of {place.name} that forces are planned for", ["NATO-EUR", "POL"])
    return found


def within(world: World, year: int) -> Floats:
    """Weights of the periods that average over a calendar year, shape (periods,)."""
    inside: Floats = np.where(world.calendar.years == year, world.calendar.lengths, 0.0)
    if not inside.any():
        raise NoAnswer(f"{year} in the calendar", [str(item) for item in (2027, 2030, 2035)])
    share: Floats = inside / inside.sum()
    return share


def only(area: Areas) -> str:
    """The one area of an argument; BadInput for several, whose units can't be added."""
    if len(area.addresses) != 1:
        expected = "one area: units of several can't be added"
        raise BadInput(
            [Problem("area", "area", None, "", "all", expected, "name one, or use --by area")]
        )
    return area.addresses[0]


@standing("capability units", GROUP, OWN, defaults=DEFAULTS)
def need(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """What is needed in a year, the part that the United States provide included."""
    return scope_of(view, place, behaviour, scenario).part("need", only(area), year)


@standing("capability units", GROUP, OWN, defaults=DEFAULTS)
def held(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """What is left in a year of today's holdings, weighted by type, after retirement and use."""
    return scope_of(view, place, behaviour, scenario).part("held", only(area), year)


@standing("capability units", GROUP, OWN, defaults=DEFAULTS)
def arriving(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """What signed orders have added by a year, as their lines can deliver it."""
    return scope_of(view, place, behaviour, scenario).part("arriving", only(area), year)


@standing("capability units", GROUP, OWN, defaults=DEFAULTS)
def bought(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """What a plan's new orders have added by a year; the plan's deliveries are taken as given."""
    return scope_of(view, place, behaviour, scenario).part("bought", only(area), year)


@standing("capability units", GROUP, OWN, defaults=DEFAULTS)
def us_part(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Part of the need that the United States cover in a year."""
    return scope_of(view, place, behaviour, scenario).part("us_part", only(area), year)


@standing("capability units", GROUP, OWN, defaults=DEFAULTS)
def gap(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Need less holdings, signed and new orders and the assured US part, mean over a year.

    Each state's surplus stays its own: it fills nobody else's gap.
    """
    return scope_of(view, place, behaviour, scenario).gap(only(area), year)


@standing("capability units", GROUP, "docs/model.md, Usable force", defaults=DEFAULTS)
def ready_units(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    year: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Units in service that are ready and have their munitions; never part of the gap.

    Units times readiness, at most what the munitions of the package arm: a battery without
    missiles adds nothing.
    """
    scope = scope_of(view, place, behaviour, scenario)
    launcher = only(area)
    armed = [combined((1.0, scope.part(name, launcher, year)) for name in OWN_PARTS)]
    for munition in scope.balance.world.labels.areas:
        if view.dataset.target(munition, "makes usable") == launcher:
            rounds = combined((1.0, scope.part(name, munition, year)) for name in OWN_PARTS)
            armed.append(rounds / view.read(munition, "package_units"))
    return smallest(armed) * view.read("rule/readiness", "value")


@standing(
    "percent-years",
    GROUP,
    "docs/model.md, Objective",
    defaults=DEFAULTS | {"area": "all", "until": "2035"},
)
def shortfall(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    until: PlanYear,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """The window of vulnerability to the end of a year: open need in percent, added over years.

    Over several areas their mean: ten means that on average a tenth is missing for a year. For
    the whole group it is the objective of the plans; for a smaller place its need is the base.
    """
    return percent_years(scope_of(view, place, behaviour, scenario), area.addresses, until)


def percent_years(scope: Scope, areas: tuple[str, ...], until: int) -> Amount:
    """Open need in percent of the need, added over the years to the end of `until`.

    Over several areas the mean. NotFound where the place needs nothing in them.
    """
    world = scope.balance.world
    shown = world.calendar.overlap(world.calendar.edges[0], until + 1.0)
    parts = []
    counted = 0
    for item in areas:
        cells = scope.cells(item)
        counted += bool(cells.any())
        for period in np.flatnonzero(shown):
            weight = np.zeros(len(shown))
            weight[period] = 1.0
            wanted = scope.balance.amount("need", cells, weight)
            if wanted.value > 0:
                open_part = scope.balance.gap_amount(cells, weight) / wanted
                parts.append((100 * float(shown[period]), open_part))
    if not counted:
        raise NoAnswer(f"a need of {scope.place.name}")
    whole = combined((factor / counted, item) for factor, item in parts)
    return whole.lacking(scope.missing)
