"""What a plan is made in: the choices from which its world is built anew for an analysis."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise.data.dataset import Dataset
from counterpoise.planning.caps import DependenceCap
from counterpoise.world.earlier import Earlier
from counterpoise.world.scenario import Scenario, read_scenario
from counterpoise.world.world import World, build_world


@dataclass(frozen=True)
class Setting:
    """Scenario (a shipped name, a file or one at hand), calendar, key, weights and cap."""

    scenario: str | Scenario = "baseline"
    calendar: str = "quarterly"
    key: str = "half"
    weights: str = "equal"
    cap: DependenceCap | None = None


def scenario_of(dataset: Dataset, setting: Setting) -> Scenario:
    """The setting's scenario, read where it is a name."""
    named = setting.scenario
    return read_scenario(named, dataset) if isinstance(named, str) else named


def world_of(
    dataset: Dataset,
    setting: Setting,
    decision: float | None = None,
    earlier: Earlier | None = None,
) -> World:
    """The world of a setting, as a plan made at `decision` (decimal year) reckons with it."""
    return build_world(
        dataset,
        scenario_of(dataset, setting),
        calendar=setting.calendar,
        key=setting.key,
        weights=setting.weights,
        decision=decision,
        earlier=earlier,
    )
