"""Plans that questions and measures need: from a saved run, or made now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from counterpoise import runs
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, CounterpoiseError, Problem
from counterpoise.measures.view import Planner, name_of
from counterpoise.planning.behaviours import plan_alone, plan_together
from counterpoise.planning.plan import Plan
from counterpoise.world.calendar import Floats
from counterpoise.world.scenario import Scenario
from counterpoise.world.world import World, build_world

Progress = Callable[[str], None]


class NeedsPlan(CounterpoiseError):
    """What is asked needs plans that no saved run holds; its text says which."""


def no_planning(text: str) -> None:
    """A `progress` for where nothing may be planned: what is told before a plan stops it."""
    raise NeedsPlan(text)


def saved_run(dataset: Dataset, scenario: str, behaviour: str, folder: Path) -> runs.Run | None:
    """The newest finished run of a scenario over the same data, without cap, that has a plan.

    Runs with a user's own decisions don't count.
    """
    for row in runs.list_runs(folder):
        if row["status"] != "complete" or row["release"] != dataset.id:
            continue
        if row["scenario"] != scenario:
            continue
        run = runs.open_run(row["path"], folder)
        asked = run.meta["request"]
        plain = (
            not (asked["cap"] or asked["replans"] or asked.get("fixes", ()))
            and asked["key"] == "half"
        )
        if plain and asked["behaviour"] in ("all", behaviour):
            return run
    return None


def planner(
    dataset: Dataset,
    folder: Path,
    progress: Progress = lambda text: None,
    note: Progress = lambda text: None,
) -> Planner:
    """Plans by scenario and behaviour: saved ones over the same data, else made now by years.

    `progress` is told before each plan that is made, `note` which plan was taken.
    """

    def plan(scenario: str | Scenario, behaviour: str) -> tuple[World, Floats]:
        run = None
        if isinstance(scenario, str):
            run = saved_run(dataset, scenario, behaviour, folder)
        name = name_of(scenario)
        if run is not None:
            note(f"the plan {behaviour} in {name} is that of run {run.id}")
            calendar = run.meta["request"]["calendar"]
            world = build_world(dataset, scenario, calendar=calendar)
            return world, read_saved(run, world, behaviour).deliveries
        note(f"the plan {behaviour} in {name} was made for this answer, by years")
        progress(f"no saved run of {name} over this data: planning {behaviour} by years")
        world = build_world(dataset, scenario, calendar="yearly")
        if behaviour == "alone":
            return world, plan_alone(world, progress=progress).final.deliveries
        return world, plan_together(world).deliveries

    return plan


@dataclass
class SavedPlans:
    """Plans of saved runs, each read once; NeedsPlan where none is saved."""

    dataset: Dataset
    folder: Path
    _known: dict[tuple[str, str], tuple[tuple[World, Floats], tuple[str, ...]]] = field(
        default_factory=dict, repr=False
    )

    def planner(self, note: Progress) -> Planner:
        """A planner that tells `note` which run each plan is of."""

        def plan(scenario: str | Scenario, behaviour: str) -> tuple[World, Floats]:
            if not isinstance(scenario, str):
                return planner(self.dataset, self.folder, no_planning)(scenario, behaviour)
            key = (scenario, behaviour)
            if key not in self._known:
                notes: list[str] = []
                made = planner(self.dataset, self.folder, no_planning, notes.append)
                self._known[key] = made(scenario, behaviour), tuple(notes)
            found, told = self._known[key]
            for text in told:
                note(text)
            return found

        return plan


def read_saved(run: runs.Run, world: World, behaviour: str = "together") -> Plan:
    """A saved plan's decisions, in the world that it was made in."""
    stored = run.arrays(behaviour)
    years = len(world.calendar.budget_years)
    shape = (len(world.labels.states), len(world.lines), len(world.calendar))
    deliveries = np.zeros(shape)
    deliveries[stored["state"], stored["line"], stored["period"]] = stored["units"]
    if stored["expansions"].shape != shape[1:] or stored["funds"].shape != (shape[0], years):
        raise BadInput(
            [
                Problem(
                    "other-world",
                    str(run.path),
                    None,
                    "",
                    "",
                    "the dataset of the run",
                    "plan again with today's dataset",
                )
            ]
        )
    money = {
        name: stored[name] for name in ("purchases", "premiums", "upkeep", "funds", "national")
    }
    draws = dict(zip(map(str, stored["loans"]), stored["draws"], strict=True))
    summary = run.table("summary").filter(pl.col("behaviour") == behaviour)
    return Plan(
        behaviour=behaviour,
        world=world,
        deliveries=deliveries,
        expansions=stored["expansions"],
        draws=draws,
        cost=float(summary["cost"][0]),
        cost_parts={},
        models=(),
        stages=(),
        **money,
    )
