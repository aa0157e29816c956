"""A page as HTML: its blocks in the frame that all pages share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from counterpoise.pages.links import hrefs, relative
from counterpoise.pages.page import Choice, Control, Page
from counterpoise.pages.registry import PAGES
from counterpoise.pages.site import Site
from counterpoise.publish.blocks import Chart, Heading, Opened, PageBlock
from counterpoise.publish.cells import heading
from counterpoise.publish.html_blocks import Body, inline
from counterpoise.publish.theme import plain, section_level


@dataclass(frozen=True)
class Frame:
    """How pages are written: which paths have a page, and whether a server answers.

    `live` pages take free values and run changes; others step through what is stored.
    """

    known: Callable[[str], bool]
    live: bool = False


@cache
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("counterpoise.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["heading"] = heading
    return found


def render(site: Site, page: Page, frame: Frame) -> str:
    """The HTML of a page."""
    href = hrefs(site.dataset, page.path, frame.known)

    def to(path: str) -> str:
        return relative(page.path, path) if frame.known(path) else ""

    def saved(figure: int) -> Markup:
        return Markup(
            '<p class="saved">Save this drawing: '
            '<a href="chart-{0}.svg" download>SVG</a> '
            '<a href="chart-{0}.png" download>PNG</a></p>\n'
        ).format(figure)

    body = "\n".join(Body(page.blocks, href, saved).lines)
    return _templates().get_template("page.html").render(
        page=page,
        site=site,
        live=frame.live,
        root=relative(page.path, "").removesuffix("index.html"),
        to=to,
        say=partial(_said, site),
        menu=_menu(page),
        settings=_settings(site, page),
        contents=_contents(page),
        lead=Markup(inline(page.lead, href)),
        standing=Markup(inline(page.standing, href)),
        body=Markup(body),
        page_path=page.path,
    )  # fmt: skip


def _said(site: Site, label: str) -> str:
    """A step's label: a state by its name."""
    thing = site.dataset.things.get(f"state/{label}")
    return thing.name if thing is not None else label


def _menu(page: Page) -> dict[str, list[tuple[str, str, bool]]]:
    """The navigation by group: name, path, whether the page lies below it."""
    head = page.path.split("/")[0]
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for kind in PAGES.values():
        if kind.menu:
            found.setdefault(kind.group, []).append((kind.menu, kind.head, kind.head == head))
    return found


def _settings(site: Site, page: Page) -> tuple[Control, ...]:
    """The header's menus: those of the page, else what its run was made with."""
    own = {item.name: item for item in page.settings}
    asked = site.run.meta["request"] if site.run is not None else {}
    place = f"run/{site.run.id}" if site.run is not None else ""
    usual = (
        ("release", "What the data are", site.dataset.id, "sources"),
        ("scenario", "What others do", str(asked.get("scenario", "no stored run")), place),
        ("behaviour", "Who plans together", str(asked.get("behaviour", "none")), place),
        ("weights", "How areas and years are weighed", str(asked.get("weights", "none")), place),
    )
    return tuple(
        own.get(name) or Control(name, told, value, (Choice(value, path, True),))
        for name, told, value, path in usual
    )


def _contents(page: Page) -> list[tuple[str, str]]:
    """Anchor and text of a long page's sections."""
    heads: list[tuple[str, str]] = []
    _headings(page.blocks, heads)
    return heads if len(heads) > 3 else []


def _headings(blocks: tuple[PageBlock, ...], found: list[tuple[str, str]]) -> None:
    counted = 0
    for block in blocks:
        if isinstance(block, Heading):
            counted += 1
            if section_level(block.level) == 1:
                found.append((f"section-{counted}", plain(block.content)))
        elif isinstance(block, Opened):
            counted += sum(isinstance(inner, Heading) for inner in block.blocks)


def charts_of(blocks: tuple[PageBlock, ...]) -> list[Chart]:
    """The drawings of a page in their order."""
    found: list[Chart] = []
    for block in blocks:
        if isinstance(block, Chart):
            found.append(block)
        elif isinstance(block, Opened):
            found += charts_of(block.blocks)
    return found
