"""The index that the pages' search reads, as a script that a page without a server can load."""

from __future__ import annotations

import json

from counterpoise.pages.site import Site


def index_script(site: Site) -> str:
    """A script that sets `counterpoiseIndex`: text, path and kind of all that can be found."""
    found = [
        [item.text, f"ask/{item.id}", "question"] for item in site.catalogue.questions.values()
    ]
    found += [[item.name, item.address, item.kind] for item in site.dataset.things.values()]
    return f"window.counterpoiseIndex={json.dumps(found, ensure_ascii=False)};\n"
