"""What all pages look at: the dataset, the plans over it, the stored runs, and their effects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from counterpoise import runs
from counterpoise.cooperation.blockers import Decider, deciders_by_matter
from counterpoise.cooperation.command import standing_on
from counterpoise.cooperation.format_asked import read_formats_asked
from counterpoise.cooperation.posts import Standing
from counterpoise.cooperation.told import Told
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Observation
from counterpoise.measures.pieces import Balance
from counterpoise.measures.standing import Given
from counterpoise.measures.view import View, no_deliveries
from counterpoise.pages.answers_kept import Answers
from counterpoise.pages.next_units import next_units
from counterpoise.publish.answer_text import as_json
from counterpoise.questions.ask import ask
from counterpoise.questions.catalogue import questions
from counterpoise.questions.effects import effect_by_address, saved_inputs, slopes
from counterpoise.questions.plans import (
    NeedsPlan,
    Progress,
    SavedPlans,
    no_planning,
    planner,
    saved_run,
)
from counterpoise.questions.question import Answer, Context, Question
from counterpoise.questions.run_years import yearly
from counterpoise.questions.steps import Steps, read_steps
from counterpoise.questions.table import Catalogue
from counterpoise.world.delivery import Delivery
from counterpoise.world.needs import KEYS
from counterpoise.world.world import build_world

BASE = "baseline"
"""The scenario whose run a site shows where no other is asked for."""


KEPT = 64
"""How many results a site keeps for pages that ask again."""

T = TypeVar("T")


@dataclass(frozen=True)
class Kept(runs.Run):
    """A run whose tables are read once: pages ask for the same ones again and again."""

    _read: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> pl.DataFrame:
        """A saved table; NotFound names the ones there are."""
        if name not in self._read:
            self._read[name] = super().table(name)
        return self._read[name]

    @cached_property
    def years(self) -> pl.DataFrame:
        """Needs, what meets them and gaps as means over years."""
        return yearly(self)


@dataclass(frozen=True)
class Site:
    """A dataset with its stored runs, as pages show them.

    `run` is the newest full run of the default scenario over this very data, None without one.
    `progress` is told before each plan that no run holds; with `no_planning` none is made.
    """

    dataset: Dataset
    folder: Path
    run: Kept | None
    view: View
    progress: Progress
    _kept: dict[tuple[str, ...], Any] = field(default_factory=dict, repr=False)

    def kept(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        """What `make` gives, made once for a key while it is among the last ones asked for."""
        try:
            kept: T = self._kept[key]
        except KeyError:
            kept = make()
        else:
            return kept
        # Several threads may ask: each holds what it returns, whatever another one lets go.
        for oldest in list(self._kept)[: len(self._kept) - KEPT + 1]:
            self._kept.pop(oldest, None)
        self._kept[key] = kept
        return kept

    @cached_property
    def effects(self) -> Mapping[str, float]:
        """Percent-years of shortfall that each figure moves over its range; empty without a run."""
        found = saved_inputs(self.dataset, self.folder)
        return effect_by_address(found[0]) if found else {}

    @cached_property
    def stored_runs(self) -> tuple[Kept, ...]:
        """The finished runs over this data that hold plans, newest first."""
        return tuple(
            self.run
            if self.run is not None and self.run.id == row["id"]
            else _kept(runs.open_run(row["path"], self.folder))
            for row in runs.list_runs(self.folder)
            if (row["status"], row["kind"], row["release"])
            == ("complete", runs.PLAN, self.dataset.id)
        )

    @cached_property
    def deciders(self) -> Mapping[str, tuple[Decider, ...]]:
        """Bodies by the matter that they decide, with who alone stops each; "" for all."""
        return deciders_by_matter(self.view, self.dataset.release)

    @cached_property
    def formats(self) -> Told:
        """Formats of cooperation under the main definition."""
        return read_formats_asked(self.dataset)

    @cached_property
    def posts(self) -> Mapping[str, Standing]:
        """How command posts stand on the day of the release."""
        return standing_on(self.view, self.dataset.release)

    def opened(self, name: str) -> Kept:
        """A run by its id: a stored one as it is kept, else opened anew."""
        return next((run for run in self.stored_runs if run.id == name), None) or _kept(
            runs.open_run(name, self.folder)
        )

    @cached_property
    def by_key(self) -> Mapping[str, Balance]:
        """The balance of signed orders under each key by which the need is shared out."""
        worlds = {key: build_world(self.dataset, BASE, key=key) for key in KEYS}
        return {key: Balance(world, no_deliveries(world)) for key, world in worlds.items()}

    @property
    def catalogue(self) -> Catalogue:
        """The questions."""
        return questions()

    @cached_property
    def steps(self) -> Steps:
        """The arguments whose answers are stored."""
        return read_steps(self.catalogue)

    @cached_property
    def slopes(self) -> Mapping[str, float]:
        """Percent-years of shortfall per unit of each figure; empty without a run."""
        found = saved_inputs(self.dataset, self.folder)
        return slopes(found[0]) if found else {}

    @cached_property
    def by_source(self) -> Mapping[str, list[Observation]]:
        """The chosen observations that rest on each source."""
        found: defaultdict[str, list[Observation]] = defaultdict(list)
        for item in self.dataset.chosen.values():
            for key in item.sources:
                found[key].append(item)
        return dict(found)

    @cached_property
    def cited(self) -> Mapping[str, list[str]]:
        """The things whose rows rest on each source."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for thing in self.dataset.things.values():
            for key in thing.sources:
                found[key].append(thing.address)
        return dict(found)

    @cached_property
    def next_units(self) -> Mapping[str, Delivery]:
        """By line the next unit that any buyer orders on the day of the release."""
        return next_units(self.view)

    @cached_property
    def plans(self) -> SavedPlans:
        """Plans of saved runs."""
        return SavedPlans(self.dataset, self.folder)

    @cached_property
    def answers(self) -> Answers:
        """Answers that took plans, made before."""
        return Answers(self.folder, self.dataset.id)

    def answer(self, question: Question, given: Given) -> Answer:
        """The answer to a question: from saved runs, else as it was kept, else planned and kept.

        NeedsPlan for the last where nothing may be planned.
        """
        notes: list[str] = []
        view = View(self.dataset, self.plans.planner(notes.append), self.view.files)
        context = Context(self.folder, no_planning, notes)
        try:
            return ask(view, context, self.catalogue, question.id, given)
        except NeedsPlan:
            found = self.answers.find(question, given)
            if found is None:
                if not self.planning:
                    raise
                context = Context(self.folder, self.progress)
                found = ask(self.view, context, self.catalogue, question.id, given)
                self.answers.put(question, given, as_json(found))
            return found

    @property
    def planning(self) -> bool:
        """Whether the site takes long work upon itself, such as plans."""
        return self.progress is not no_planning

    @property
    def basis(self) -> str:
        """Release and run, as the foot of each page says them."""
        told = f", run {self.run.id}" if self.run is not None else ""
        return f"release {self.dataset.id}{told}"


def open_site(dataset: Dataset, folder: Path, progress: Progress = lambda text: None) -> Site:
    """The site of a dataset and a folder of runs.

    One with `no_planning` is for others than the machine's owner: no argument names a file.
    """
    run = saved_run(dataset, BASE, "together", folder)
    view = View(dataset, planner(dataset, folder, progress), progress is not no_planning)
    return Site(dataset, folder, None if run is None else _kept(run), view, progress)


def _kept(run: runs.Run) -> Kept:
    return Kept(run.path, run.meta)
