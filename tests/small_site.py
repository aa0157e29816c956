"""A small site of the release and a yearly run, written once for all tests that look at pages."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import pytest

from counterpoise import runs
from counterpoise.cli.site import site_of
from counterpoise.cli.stability import relabelled
from counterpoise.pages.registry import PAGES
from counterpoise.pages.site import Site
from counterpoise.pages.write import stored_paths, write_site
from stored import Once

PLANNED = ("q06", "q19", "q23", "q49", "q61", "q71")
"""Questions whose answers are planned many times over: no pages here."""

WANTED = frozenset(
    {
        "ask/deliver/buyer=ROU", "ask/deliver/units=2", "ask/deliver/units=4",
        "ask/deliver/units=12", "ask/deliver/units=16", "ask/q26/place=POL",
        "decide/against=HUN", "decide/competence=operation-authorise",
        "decide/against=HUN/competence=operation-authorise", "gaps/place=POL",
        "gaps/place=POL/us_part=left-out", "gaps/us_part=left-out",
        "conflicts", "line/patriot-fire-unit-usa", "rights/system=eurofighter",
        "rights/system=eurofighter/from=GBR/to=TUR", "source/ind-gh-dsca-poland-2023-2025",
        "source/lin-getquin-2025-patriot", "state/GBR", "state/HUN", "state/POL",
        "state/TUR", "system/eurofighter", "system/patriot",
    }
)  # fmt: skip
"""Pages that the walks of tests/browser come by."""

MAIN = frozenset(
    {
        "area/mbt", "ask", "ask/deliver", "ask/q14", "ask/q25", "ask/q26", "body/nac",
        "decide/against=HUN", "gaps/place=POL/us_part=left-out",
        "rights/system=eurofighter/from=GBR/to=TUR", "scenario/us-gone", "state/POL",
        "system/patriot",
    }
)  # fmt: skip
"""Pages that are looked at in each width and colour, beside one of each kind of page."""

FEW = 2
"""Things of each kind, drawn at random, beside those that are wanted."""


@dataclass(frozen=True)
class SmallSite:
    """A written site: where it lies, the paths of its pages, and the runs that it tells of."""

    folder: Path
    paths: tuple[str, ...]
    runs: Path

    def file(self, path: str, name: str = "index.html") -> Path:
        return self.folder / path / name

    def address(self, path: str) -> str:
        return self.file(path).as_uri()

    def opened(self) -> Site:
        return site_of((), False, self.runs)

    def sample(self) -> list[str]:
        """The plainest page of each kind, and of each question."""
        return [min(paths, key=len) for paths in _kinds(self.paths).values()]

    def main(self) -> list[str]:
        """The plainest page of each kind that is made in its own way, and some of the others."""
        own = {path for path in self.sample() if path.split("/")[0] in {*PAGES} - {"ask"}}
        return sorted(own | (set(self.paths) & MAIN))


def _kinds(paths: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        parts = path.split("/")
        found["/".join(parts[:2]) if parts[0] == "ask" else parts[0]].append(path)
    return dict(found)


def chosen_paths(site: Site) -> list[str]:
    """Pages that stand for all: of each kind its plainest, wanted ones, and some at random."""
    found: list[str] = []
    for kind, paths in _kinds(stored_paths(site)).items():
        ident = kind.removeprefix("ask/")
        if ident in PLANNED:
            continue
        kept = {min(paths, key=len), *WANTED, *MAIN}
        if ident == kind:
            kept |= set(random.Random(kind).sample(paths, min(FEW, len(paths))))
        found += [path for path in paths if path in kept]
    return found


@pytest.fixture(scope="session")
def labelled_runs(once: Once, yearly_runs: Path) -> Path:
    """The yearly run with its orders labelled by two draws."""

    def fill(folder: Path) -> None:
        relabelled(runs.open_run("latest", yearly_runs), 2, 1, "yearly", folder, lambda text: None)

    return once("labelled-runs", fill)


@pytest.fixture(scope="session")
def small_site(once: Once, labelled_runs: Path) -> SmallSite:
    """The site, written once."""
    opened = partial(site_of, (), False, labelled_runs)

    def fill(folder: Path) -> None:
        paths = chosen_paths(opened())
        write_site(opened, folder / "site", paths)
        (folder / "paths.json").write_text(json.dumps(paths), encoding="utf-8")

    folder = once("small-site", fill)
    paths = json.loads((folder / "paths.json").read_text(encoding="utf-8"))
    return SmallSite(folder / "site", tuple(paths), labelled_runs)


class PageReader(HTMLParser):
    """What a page holds: ids, links, assets, numbers, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.assets: list[str] = []
        self.numbers: list[tuple[str, float]] = []
        self.words: list[str] = []
        self.classes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.classes |= set(given.get("class", "").split())
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        self.assets += [
            given[name]
            for name in ("src", "href")
            if tag in ("script", "link", "img", "source", "use", "image") and name in given
        ]
        if tag == "data":
            self.numbers.append((given["data-address"], float(given["value"])))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read_html(file: Path) -> PageReader:
    reader = PageReader()
    reader.feed(file.read_text(encoding="utf-8"))
    return reader
