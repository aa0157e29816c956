"""All kinds of page: importing this module registers every one; `page_at` finds a path's."""

from __future__ import annotations

from counterpoise.errors import NotFound
from counterpoise.pages import (  # noqa: F401 (imported to be registered)
    answers,
    arrangements,
    bodies,
    command,
    comparing,
    conflicts,
    decide,
    formats,
    gaps,
    lists,
    maps,
    measure_pages,
    method,
    pathways,
    posts,
    rights,
    run_pages,
    scenarios,
    shocks,
    sources,
    start,
    states,
    systems,
    things,
)
from counterpoise.pages.page import Page, read_path
from counterpoise.pages.registry import PAGES
from counterpoise.pages.site import Site


def page_at(site: Site, path: str) -> Page:
    """The page of a path; NotFound with near ones for a path that names nothing."""
    asked = read_path(path)
    head = asked.parts[0] if asked.parts else ""
    kind = PAGES.get(head)
    if kind is not None:
        return kind.make(site, asked)
    if "/".join(asked.parts[:2]) in site.dataset.things and len(asked.parts) == 2:
        return things.thing_page(site, asked)
    raise NotFound(path, site.dataset.suggest("/".join(asked.parts)) if asked.parts else [])
