"""Replanning: at each date that a surprise becomes known, what is ordered stays ordered.

The rest is planned anew in the world as it is known then, and so on from date to date.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.planning.decided import together_after
from counterpoise.planning.earlier import earlier_from
from counterpoise.planning.plan import Plan
from counterpoise.planning.setting import Setting, scenario_of, world_of
from counterpoise.world.calendar import MODEL_END, first_quarter_after, period_label
from counterpoise.world.scenario import Scenario
from counterpoise.world.world import World


@dataclass(frozen=True)
class Replanned:
    """A plan met by surprises: `plans` made anew at `decisions` (decimal years), in order."""

    decisions: tuple[float, ...]
    plans: tuple[Plan, ...]

    @property
    def decision(self) -> float:
        """When the last surprise became known."""
        return self.decisions[-1]

    @property
    def plan(self) -> Plan:
        """The last plan, whose world keeps what all before it had ordered."""
        return self.plans[-1]


def surprises(dataset: Dataset, scenario: Scenario) -> tuple[float, ...]:
    """Decimal years at which a scenario's surprises become known, in order.

    Raises BadInput where nothing surprises a plan made after the release, or where a surprise
    comes when nothing can be decided any more.
    """
    start = first_quarter_after(dataset.release)
    found = scenario.surprises_after(start)
    problems = []
    if not found:
        known = ", ".join(sorted({event.known_from or event.start for event in scenario.events}))
        problems.append(
            Problem(
                "no-surprise",
                scenario.name,
                None,
                "known_from",
                f"all known by {known}" if known else "no event",
                f"an event known later than {date_label(start)}, when the plan starts",
                "give an event a later known_from, or use `plan --scenario`",
            )
        )
    for event in found:
        if event.known >= MODEL_END - 1:
            problems.append(
                Problem(
                    "late-surprise",
                    scenario.name,
                    None,
                    "known_from",
                    event.known_from or event.start,
                    f"before {MODEL_END - 1:.0f}, the plan's last year",
                    "let it be known earlier",
                )
            )
    if problems:
        raise BadInput(problems)
    return tuple(sorted({event.known for event in found}))


def date_label(time: float) -> str:
    """A decimal year as the quarter that holds it: 2027-Q3."""
    return period_label(time // 0.25 * 0.25, 0.25)


def check_base(plan: Plan, scenario: Scenario) -> None:
    """BadInput where a plan was made in another world than the scenario starts from."""
    world = plan.world
    start = first_quarter_after(world.dataset.release)
    expected = scenario.known_by(start).events
    if sorted(map(repr, world.scenario.events)) == sorted(map(repr, expected)):
        return
    raise BadInput(
        [
            Problem(
                "other-start",
                scenario.name,
                None,
                "based_on",
                scenario.based_on or "nothing",
                f"what the plan in {world.scenario.name} knew at its start, and surprises",
                f"base the scenario on {world.scenario.name}, or plan in the world it starts from",
            )
        ]
    )


def replan(plan: Plan, dataset: Dataset, setting: Setting) -> Replanned:
    """Meet the surprises of a setting's scenario, one date after the other.

    At each date the orders placed by then become rows of the order book, re-timed by what the
    lines may still deliver; expansions, payments and loans of all plans so far stay. What a user
    has decided and isn't ordered yet stands as far as it can.
    """
    scenario = scenario_of(dataset, setting)
    dates = surprises(dataset, scenario)
    check_base(plan, scenario)
    told = replace(setting, scenario=scenario)

    def together(before: Plan, world: World, date: float) -> Plan:
        return together_after(before, world, date, setting.cap)

    return Replanned(dates, planned_anew(plan, dataset, told, dates, together))


def planned_anew(
    plan: Plan,
    dataset: Dataset,
    setting: Setting,
    dates: Sequence[float],
    planner: Callable[[Plan, World, float], Plan],
) -> tuple[Plan, ...]:
    """The plans made at each date by `planner`, given the plan before, its world and the date.

    The world keeps what the plan before has ordered by the date.
    """
    plans = [plan]
    for date in dates:
        world = world_of(dataset, setting, date, earlier_from(plans[-1], date))
        plans.append(planner(plans[-1], world, date))
    return tuple(plans[1:])


def foreseen(dataset: Dataset, scenario: Scenario) -> Scenario:
    """The scenario with all its events known from the release on."""
    month = dataset.release[:7]
    start = first_quarter_after(dataset.release)
    events = tuple(
        event.model_copy(update={"known_from": month}) if event.known > start + 1e-9 else event
        for event in scenario.events
    )
    return replace(scenario, events=events)
