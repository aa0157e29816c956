"""The static site: every stored page with its twins, drawings and files, whole or not at all."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path

from counterpoise.errors import BadInput, Problem
from counterpoise.pages.catalogue import page_at
from counterpoise.pages.links import INDEX
from counterpoise.pages.page import Page
from counterpoise.pages.registry import PAGES
from counterpoise.pages.search_index import index_script
from counterpoise.pages.shell import Frame, charts_of, render
from counterpoise.pages.site import Site
from counterpoise.pages.twins import as_csv, as_json
from counterpoise.publish.blocks import Chart
from counterpoise.publish.html import style_sheet
from counterpoise.publish.picture import png, standing_alone

Progress = Callable[[str], None]
Maker = Callable[[], bytes]

ASSETS = Path(__file__).parent / "assets"

_CHUNK = 40
"""Pages that a process writes before it takes the next ones, at most."""


def stored_paths(site: Site) -> list[str]:
    """The paths of all pages that the site holds, each once."""
    return list(dict.fromkeys(chain.from_iterable(kind.stored(site) for kind in PAGES.values())))


def makers_of(site: Site, page: Page, frame: Frame) -> dict[str, Maker]:
    """What makes each file of a page: itself, its twins, its drawings, and what it offers to save.

    A server makes the one that is asked for, a site of files all of them.
    """
    found: dict[str, Maker] = {
        INDEX: lambda: render(site, page, frame).encode(),
        "index.csv": lambda: as_csv(page).encode(),
        "index.json": lambda: as_json(page, site.dataset.id).encode(),
    }
    foot = f"{page.title}. Counterpoise, {site.basis}, {page.path or '/'}"
    for at, chart in enumerate(charts_of(page.blocks), start=1):
        found[f"chart-{at}.svg"] = partial(_svg, chart, foot)
        found[f"chart-{at}.png"] = partial(_png, chart, foot)
    return found | dict(page.files)


def _svg(chart: Chart, foot: str) -> bytes:
    return standing_alone(chart, foot).encode()


def _png(chart: Chart, foot: str) -> bytes:
    return png(standing_alone(chart, foot))


def files_of(site: Site, page: Page, frame: Frame) -> dict[str, bytes]:
    """All files of a page by name."""
    return {name: make() for name, make in makers_of(site, page, frame).items()}


def assets(site: Site, stored: Collection[str] | None = None) -> dict[str, bytes]:
    """The files that all pages share; `stored` paths bound the search of a site of files."""
    kept = (path for path in ASSETS.iterdir() if path.suffix in (".js", ".svg"))
    return {
        **{path.name: path.read_bytes() for path in kept},
        "site.css": style_sheet(ASSETS / "site.css").encode(),
        "index.js": index_script(site, stored).encode(),
    }


def write_site(
    opened: Callable[[], Site],
    out: Path,
    paths: Sequence[str] = (),
    workers: int = 2,
    progress: Progress = lambda text: None,
) -> int:
    """Write the pages at `paths` (all that are stored, if none) into a new folder; their number.

    `opened` gives the site; each process calls it once, so it must be a function of a module or
    a partial of one. BadInput where the folder exists and holds anything but a site.
    """
    _check_place(out)
    site = opened()
    wanted = list(paths) or stored_paths(site)
    progress(f"writing {len(wanted):,} pages")
    aside = out.with_name(f".part-{out.name}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        frame = frozenset(wanted)
        _write(aside / "assets", assets(site, frame))
        groups = _groups(wanted, max(1, min(_CHUNK, len(wanted) // 16)))
        with ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn"), _open, (opened, aside, frame)
        ) as pool:
            done = 0
            for count in pool.map(_pages, groups):
                done += count
                if done // 1000 > (done - count) // 1000:
                    progress(f"{done:,} pages written")
        _replace(aside, out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return len(wanted)


def _groups(paths: Iterable[str], size: int) -> list[list[str]]:
    """Paths in groups for one process each: the answers of one question stay together."""
    found: dict[str, list[str]] = {}
    for at, path in enumerate(paths):
        head = path.split("/")
        key = "/".join(head[:2]) if head[0] == "ask" else f"{head[0]} {at // size}"
        found.setdefault(key, []).append(path)
    # Answers that must be planned take longest: they go first.
    return sorted(found.values(), key=lambda group: not group[0].startswith("ask/"))


_HELD: dict[str, object] = {}


def _open(opened: Callable[[], Site], folder: Path, known: frozenset[str]) -> None:
    _HELD.update(site=opened(), folder=folder, frame=Frame(known.__contains__))


def _pages(paths: Sequence[str]) -> int:
    site, folder, frame = _HELD["site"], _HELD["folder"], _HELD["frame"]
    assert isinstance(site, Site) and isinstance(folder, Path) and isinstance(frame, Frame)
    for path in paths:
        try:
            files = files_of(site, page_at(site, path), frame)
        except Exception as error:
            error.add_note(f"in the page at /{path}")
            raise
        _write(folder / path, files)
    return len(paths)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _check_place(out: Path) -> None:
    """BadInput where something stands that isn't a site."""
    if out.exists() and not (out / "assets" / "site.css").is_file() and any(out.iterdir()):
        problem = Problem("exists", str(out), None, "", "", "a new folder, or a site to replace",
                          "choose another name")  # fmt: skip
        raise BadInput([problem])


def _replace(aside: Path, out: Path) -> None:
    old = out.with_name(f".old-{out.name}")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    out.parent.mkdir(parents=True, exist_ok=True)
    aside.rename(out)
    shutil.rmtree(old, ignore_errors=True)
