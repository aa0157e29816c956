"""What the routes of one server share: its site, limits, workers, cache and jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from counterpoise import runs
from counterpoise.data.dataset import Dataset
from counterpoise.errors import NotFound
from counterpoise.measures.view import View
from counterpoise.pages.page import Page
from counterpoise.pages.search_index import search_index
from counterpoise.pages.site import Site, open_site
from counterpoise.pages.write import stored_paths
from counterpoise.questions.catalogue import questions
from counterpoise.questions.plans import no_planning
from counterpoise.questions.suggest import Lexicon, lexicon
from counterpoise.questions.table import Catalogue
from counterpoise.serve.cache import Cache, Newest
from counterpoise.serve.jobs import Jobs
from counterpoise.serve.limits import Limits
from counterpoise.serve.work import Workers

T = TypeVar("T")

_RUNS = 8
"""Opened runs that are kept; opening one reads all its files."""

_PAGES = 24
"""Pages that are kept as they were built, for their twins, drawings and files."""


@dataclass(frozen=True)
class Served:
    """What a server serves: a dataset, the folder of saved runs over it, and what made it.

    `overlays` and `leaks` are what the dataset was loaded with, for jobs to load the same.
    """

    dataset: Dataset
    folder: Path
    overlays: tuple[Path, ...] = ()
    leaks: bool = True

    @property
    def options(self) -> list[str]:
        """The options by which a command loads the same data."""
        laid = [f"--data={place.resolve()}" for place in self.overlays]
        return laid if self.leaks else [*laid, "--without-leaks"]


class Service:
    """The state of a server while it runs; made when it starts, closed when it ends."""

    def __init__(self, served: Served, limits: Limits):
        self.served, self.limits = served, limits
        self.workers = Workers(limits)
        self.cache = Cache(limits.cache)
        self.jobs = Jobs(limits)
        self.pages: Newest[Page] = Newest(_PAGES)
        self._runs: Newest[runs.Run] = Newest(_RUNS)

    @property
    def dataset(self) -> Dataset:
        """The dataset served."""
        return self.served.dataset

    @cached_property
    def catalogue(self) -> Catalogue:
        """All questions."""
        return questions()

    @cached_property
    def site(self) -> Site:
        """The site: it plans nothing, and no argument may name a file."""
        return open_site(self.dataset, self.served.folder, no_planning)

    @cached_property
    def lexicon(self) -> Lexicon:
        """What suggestions are found in."""
        return lexicon(search_index(self.site))

    @cached_property
    def stored(self) -> frozenset[str]:
        """Paths of the pages that a static site would hold."""
        return frozenset(stored_paths(self.site))

    def view(self) -> View:
        """A new view, whose plans are those of saved runs; no argument may name a file."""
        return View(self.dataset, self.site.plans.planner(lambda text: None), files=False)

    def run(self, name: str) -> runs.Run:
        """A finished run of the folder by its id, or `latest`; never another folder's."""
        listed = runs.list_runs(self.served.folder)
        known = [row["id"] for row in listed if row["status"] == "complete"]
        if name != "latest" and name not in known:
            raise NotFound(f"run/{name[:80]}", [f"run/{ident}" for ident in known[:5]])
        path = runs.find_run(name, self.served.folder)
        key = f"{path.name} {(path / 'run.json').stat().st_mtime_ns}"
        found = self._runs.get(key)
        if found is None:
            found = runs.open_run(path.name, self.served.folder, None)
            self._runs.put(key, found)
        return found

    async def do(self, function: Callable[[], T], key: str = "") -> T:
        """What a function gives, worked out beside other requests and within the limits.

        Work under a `key` is done once for all who wait for it.
        """
        return await self.workers.do(function, key)

    def open(self) -> None:
        """Read what every page needs, and begin to work on jobs."""
        site = self.site
        _ = self.dataset.id, site.effects, site.stored_runs, site.plans, site.answers
        _ = self.stored, self.lexicon
        self.jobs.open()

    def close(self) -> None:
        """End jobs and workers."""
        self.jobs.close()
        self.workers.close()
