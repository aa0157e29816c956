"""The command site: the static site of a release and its stored runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from counterpoise import runs
from counterpoise.cli.data import Data, Leaks, Runs, load_data
from counterpoise.cli.job import plan_run
from counterpoise.cli.measure import progress
from counterpoise.cli.request import Request
from counterpoise.pages.plan_paths import plan_paths
from counterpoise.pages.site import Site, open_site
from counterpoise.pages.write import write_site
from counterpoise.questions.plans import Progress


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("site")(site)


def site(
    out: Annotated[
        Path, typer.Option("--out", help="Folder to write; an older site is replaced.")
    ] = Path("site"),
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A page's path, as state/POL; repeatable.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that write pages.")] = 2,
    data: Data = None,
    without_leaks: Leaks = False,
    folder: Runs = runs.FOLDER,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
) -> None:
    """Write every page as files that open from disk, each with its CSV and JSON.

    A whole site over a single run plans one without the United States to compare it with.
    """
    say = silent if quiet else progress
    opened = partial(site_of, tuple(data or ()), without_leaks, folder, say)
    if not only and lonely(opened()):
        say(f"planning {COMPARED} to compare with")
        overlays = tuple(map(str, data or ()))
        request = Request(COMPARED, quick=True, overlays=overlays, leaks=not without_leaks)
        plan_run(request, folder, say)
    count = write_site(opened, out, only or (), workers, say)
    typer.echo(f"{count:,} pages in {out}; open {out / 'index.html'}")


COMPARED = "us-gone"
"""The scenario whose plan is set beside the site's where no second one is stored."""


def lonely(site: Site) -> bool:
    """Whether the site shows a run and has no other one to compare it with."""
    return site.run is not None and len(site.stored_runs) == 1


def silent(text: str) -> None:
    """A `progress` that tells nothing."""


def site_of(
    data: tuple[Path, ...], without_leaks: bool, folder: Path, say: Progress = silent
) -> Site:
    """The site over a release with overlays, and a folder of runs; plans that it makes are told."""
    return open_site(load_data(list(data), without_leaks), folder, say)


PAGES = "site"
"""Folder within a run's in which its pages lie: they are no part of the run, nor digested."""


def write_pages(run: runs.Run, folder: Path, say: Progress) -> Path | None:
    """Write the start page, gaps, states and the run's own page beside its brief.

    None where the site would show another run, as for other scenarios than the default.
    """
    asked = run.meta["request"]
    overlays = tuple(Path(place) for place in asked["overlays"])
    opened = partial(site_of, overlays, not asked["leaks"], folder)
    site = opened()
    if site.run is None or site.run.id != run.id:
        return None
    out = run.path / PAGES
    write_site(opened, out, plan_paths(site), progress=say)
    return out / "index.html"
