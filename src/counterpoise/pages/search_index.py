"""The index that the pages' search reads, as a script that a page without a server can load."""

from __future__ import annotations

import json
from collections.abc import Collection

from counterpoise.pages.registry import PAGES
from counterpoise.pages.site import Site
from counterpoise.pages.tasks import tasks
from counterpoise.questions.suggest import PAGE
from counterpoise.questions.suggest_index import index


def index_script(site: Site, stored: Collection[str] | None = None) -> str:
    """A script that sets `counterpoiseIndex`: what the search finds, and under which paths.

    Of a site of files it holds the `stored` paths alone; None stands for a server, which answers
    every path.
    """
    # Questions are found as such, with their arguments.
    told = [task for task in tasks(site) if not task.path.startswith("ask/")]
    pages = {kind.head: [kind.head, kind.menu] for kind in PAGES.values() if kind.menu}
    pages |= {task.path: [task.path, task.text, *task.words] for task in told}
    found = index(site.catalogue, site.dataset, {PAGE: list(pages.values())})
    if stored is not None:
        kept = frozenset(stored)
        found["answers"] = sorted(path for path in kept if path.startswith("ask/"))
        found["questions"] = [item for item in found["questions"] if f"ask/{item[0]}" in kept]
        found["kinds"] = {
            kind: [weight, [row for row in rows if _path(kind, row[0]) in kept]]
            for kind, (weight, rows) in found["kinds"].items()
        }
    return f"window.counterpoiseIndex={json.dumps(found, ensure_ascii=False)};\n"


def _path(kind: str, ident: str) -> str:
    return ident if kind == PAGE else f"{kind}/{ident}"
