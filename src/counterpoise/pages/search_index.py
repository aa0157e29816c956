"""The index that the pages' search reads, as a script that a page without a server can load."""

from __future__ import annotations

import json

from counterpoise.measures.catalogue import ALL
from counterpoise.pages.registry import PAGES
from counterpoise.pages.site import Site
from counterpoise.questions.suggest import PAGE
from counterpoise.questions.suggest_index import index
from counterpoise.world.scenario import names


def index_script(site: Site, live: bool = False) -> str:
    """A script that sets `counterpoiseIndex`: see `questions.suggest_index.index`.

    On a site without a server it also lists the stored answers, so that no other is suggested.
    """
    more = {
        PAGE: [(kind.head, kind.menu) for kind in PAGES.values() if kind.menu],
        "measure": [(name, name.replace("_", " ")) for name in ALL],
        "scenario": [(name, name.replace("-", " ")) for name in names()],
    }
    found = index(site.catalogue, site.dataset, more)
    if not live and "ask" in PAGES:
        found["answers"] = [path for path in PAGES["ask"].stored(site) if "=" in path]
    told = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return f"window.counterpoiseIndex={told};\n"
