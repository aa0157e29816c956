"""The page of a thing: what it is, what it touches by year, its figures, and its links."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Thing
from counterpoise.errors import NotFound
from counterpoise.pages.by_year import drawings
from counterpoise.pages.cells import ANSWERS, named, told, words
from counterpoise.pages.figures import figure_lines
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import PAGES, PageKind
from counterpoise.pages.roles import role_tables
from counterpoise.pages.site import Site
from counterpoise.publish.blocks import (
    Bullets,
    Heading,
    PageBlock,
    Paragraph,
    Part,
    SourceLine,
    Strong,
    parts,
)
from counterpoise.publish.cells import heading
from counterpoise.publish.names import called

_SHORT = 40
"""Letters up to which what a row says stands in one line with the rest."""


def thing_page(site: Site, asked: Asked) -> Page:
    """The page of any thing: figures, links, where it comes from."""
    thing = thing_at(site, asked)
    return page_of(site, thing, (), drawings(site.dataset, thing.address))


def thing_at(site: Site, asked: Asked) -> Thing:
    """The thing that a path names; NotFound with near ones."""
    thing = site.dataset.things.get("/".join(asked.parts))
    if thing is None:
        raise NotFound(asked.path, site.dataset.suggest("/".join(asked.parts)))
    return thing


def page_of(
    site: Site,
    thing: Thing,
    lead: tuple[Part, ...],
    own: Sequence[PageBlock],
    without: Collection[str] = (),
) -> Page:
    """A thing's page: what its row says, `own` blocks, figures, links, and whence it comes.

    Links of other things of the kinds in `without` are told by the own blocks.
    """
    data = site.dataset
    lines = figure_lines(site, thing.address)
    blocks: list[PageBlock] = [*about(data, thing), *own]
    if lines:
        blocks += [Heading(2, ("Figures",)), *lines]
    blocks += [*role_tables(data, thing.address, without), *provenance(data, thing)]
    return Page(
        thing.address,
        called(data, thing.address),
        lead,
        tuple(blocks),
        standing(data, thing),
        kind=thing.kind.replace("-", " "),
    )


def standing(data: Dataset, thing: Thing) -> tuple[Part, ...]:
    """Basis and sources of a thing's row, and where those of its figures are."""
    basis = thing.basis or "as its figures state"
    sources: list[Part] = []
    for at, key in enumerate(thing.sources):
        sources += ["; " if at else "", named(data, f"source/{key}")]
    return parts(
        "Basis: ", basis, ". Sources: ", *(sources or ["those of its figures"]),
        ". Each figure opens to its range, rivals and sources.",
    )  # fmt: skip


def about(data: Dataset, thing: Thing) -> list[PageBlock]:
    """What a thing's row says in words."""
    stated = {
        name: ANSWERS.get(text, text)
        for name, text in thing.texts.items()
        if text and name not in ("name", "commands") and not any(c.isdigit() for c in name)
    }
    brief: list[Part] = []
    long: list[tuple[Part, ...]] = []
    for name, text in stated.items():
        title = heading(name)
        said = (Strong(title[:1].upper() + title[1:]), ": ", *words(data, text))
        if len(text) > _SHORT:
            long.append(said)
        else:
            brief += [" · " if brief else "", *said]
    found: list[PageBlock] = [Paragraph(tuple(brief))] if brief else []
    return [*found, Bullets(tuple(long))] if long else found


def provenance(data: Dataset, thing: Thing) -> list[PageBlock]:
    """Where a thing's row comes from."""
    told_rows = [("As of", thing.as_of), ("Note", thing.note)]
    told_rows.append(("Row", f"{thing.origin.file}, row {thing.origin.row}"))
    items = tuple((Strong(name), ": ", *told(text)) for name, text in told_rows if text)
    found: list[PageBlock] = [Heading(2, ("Where it comes from",)), Bullets(items)]
    for key in thing.sources:
        source = data.sources[key]
        text = ", ".join(part for part in (source.title, source.publisher, source.date) if part)
        found.append(SourceLine(f"{text} (grade {source.grade})", f"source/{key}"))
    return found


def _stored(site: Site) -> list[str]:
    """Things whose kind has no page of its own making."""
    return [item.address for item in site.dataset.things.values() if item.kind not in PAGES]


PAGES["thing"] = PageKind("thing", thing_page, _stored)
