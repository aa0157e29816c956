"""What all pages look at: the dataset, the plans over it, the stored runs, and their effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from counterpoise import runs
from counterpoise.cooperation.blockers import Decider, deciders_by_matter
from counterpoise.data.dataset import Dataset
from counterpoise.measures.view import View
from counterpoise.pages.next_units import next_units
from counterpoise.questions.catalogue import questions
from counterpoise.questions.effects import effect_by_address, saved_inputs
from counterpoise.questions.plans import planner, saved_run
from counterpoise.questions.question import Context
from counterpoise.questions.steps import Steps, read_steps
from counterpoise.questions.table import Catalogue
from counterpoise.world.delivery import Delivery

BASE = "baseline"
"""The scenario whose run a site shows where no other is asked for."""


@dataclass(frozen=True)
class Site:
    """A dataset with its stored runs, as pages show them.

    `run` is the newest full run of the default scenario over this very data, None without one.
    """

    dataset: Dataset
    folder: Path
    run: runs.Run | None
    view: View
    notes: list[str] = field(default_factory=list)

    @cached_property
    def effects(self) -> Mapping[str, float]:
        """Percent-years of shortfall that each figure moves over its range; empty without a run."""
        found = saved_inputs(self.dataset, self.folder)
        return effect_by_address(found[0]) if found else {}

    @cached_property
    def stored_runs(self) -> tuple[runs.Run, ...]:
        """The finished runs over this data that hold plans, newest first."""
        return tuple(
            runs.open_run(row["path"], self.folder)
            for row in runs.list_runs(self.folder)
            if (row["status"], row["kind"], row["release"])
            == ("complete", runs.PLAN, self.dataset.id)
        )

    @cached_property
    def deciders(self) -> Mapping[str, tuple[Decider, ...]]:
        """Bodies by the matter that they decide, with who alone stops each; "" for all."""
        return deciders_by_matter(self.view, self.dataset.release)

    @property
    def catalogue(self) -> Catalogue:
        """The questions."""
        return questions()

    @cached_property
    def steps(self) -> Steps:
        """The arguments whose answers are stored."""
        return read_steps(self.catalogue)

    @cached_property
    def next_units(self) -> Mapping[str, Delivery]:
        """By line the next unit that any buyer orders on the day of the release."""
        return next_units(self.view)

    @property
    def context(self) -> Context:
        """What questions may use beside the view."""
        return Context(self.folder, notes=self.notes)

    @property
    def basis(self) -> str:
        """Release and run, as the foot of each page says them."""
        told = f", run {self.run.id}" if self.run is not None else ""
        return f"release {self.dataset.id}{told}"


def open_site(dataset: Dataset, folder: Path) -> Site:
    """The site of a dataset and a folder of runs."""
    notes: list[str] = []
    view = View(dataset, planner(dataset, folder, note=notes.append))
    return Site(dataset, folder, saved_run(dataset, BASE, "together", folder), view, notes)
