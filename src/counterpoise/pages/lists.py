"""Pages that list things: the kinds there are, and all things of one."""

from __future__ import annotations

from counterpoise.data import views
from counterpoise.errors import NotFound
from counterpoise.pages.cells import address_of, table, told
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site


@view("kinds")
def kinds(site: Site) -> list[Row]:
    """Kinds of thing with the number of things of each."""
    return [
        {"kind": kind, "things": len(found), "list": f"page/list/{kind}"}
        for kind in site.dataset.schema.kinds
        if (found := site.dataset.kind(kind))
    ]


@view("list")
def listing(site: Site, kind: str) -> list[Row]:
    """All things of a kind with what is most often stated of them."""
    return views.listing(site.dataset, kind)


def _stored(site: Site) -> list[str]:
    return ["list", *(f"list/{row['kind']}" for row in kinds(site))]


@page("list", _stored, "All data", "Data")
def list_page(site: Site, asked: Asked) -> Page:
    """The kinds of thing, or the things of one."""
    data = site.dataset
    if len(asked.parts) == 1:
        rows = kinds(site)
        lead = told(f"{len(data.things):,} things of {len(rows)} kinds, each with a page.")
        block = table(data, "Kinds of thing", rows, address_of("kinds", {}))
        return Page(asked.path, "All data", lead, (block,), told("Counted from the release."))
    kind = asked.parts[1]
    if not data.kind(kind):
        raise NotFound(asked.path, ["list"])
    rows = listing(site, kind)
    for row in rows:
        row.pop("name", None)
    block = table(data, f"All of kind {kind}", rows, address_of("list", {"kind": kind}))
    lead = told(f"{len(rows):,} of kind {kind}; each opens to its figures, ranges and sources.")
    standing = told("Values are those chosen among rivals; each thing's page has range and basis.")
    return Page(asked.path, kind.replace("-", " ").capitalize(), lead, (block,), standing, "List")
