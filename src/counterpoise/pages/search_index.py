"""The index that the pages' search reads, as a script that a page without a server can load."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from counterpoise.pages.registry import PAGES
from counterpoise.pages.site import Site
from counterpoise.pages.tasks import tasks
from counterpoise.questions.suggest import ASK, PAGE
from counterpoise.questions.suggest_index import index


def search_index(site: Site) -> dict[str, Any]:
    """What the search of a site finds: questions and tasks with their arguments, pages, things."""
    # Questions are found as such, with their arguments.
    asked = [task.row() for task in tasks(site) if not task.pattern.startswith(ASK)]
    pages = [[kind.head, kind.menu] for kind in PAGES.values() if kind.menu]
    return index(site.catalogue, site.dataset, {PAGE: pages}, asked)


def index_script(site: Site, stored: Collection[str] | None = None) -> str:
    """A script that sets `counterpoiseIndex`: what the search finds, and under which paths.

    Of a site of files it holds the `stored` paths alone; None stands for a server, which answers
    every path.
    """
    found = search_index(site)
    if stored is not None:
        kept = frozenset(stored)
        heads = {row[0].partition("/")[0] for row in found["questions"]}
        found["stored"] = sorted(path for path in kept if path.partition("/")[0] in heads)
        found["questions"] = [row for row in found["questions"] if _kept(row, kept)]
        found["kinds"] = {
            kind: [weight, [row for row in rows if _path(kind, row[0]) in kept]]
            for kind, (weight, rows) in found["kinds"].items()
        }
    return f"window.counterpoiseIndex={json.dumps(found, ensure_ascii=False)};\n"


def _kept(row: list[Any], kept: Collection[str]) -> bool:
    """Whether any page of a row is there."""
    return row[0] in kept or any(path.startswith(f"{row[0]}/") for path in kept)


def _path(kind: str, ident: str) -> str:
    return ident if kind == PAGE else f"{kind}/{ident}"
