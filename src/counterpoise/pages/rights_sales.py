"""Sales between named states: which have a page, and the menus that step through them."""

from __future__ import annotations

from collections.abc import Iterable

from counterpoise.cooperation.rights import Rights
from counterpoise.data.records import short
from counterpoise.pages import rights_views as views
from counterpoise.pages.page import Choice, Control, path_of
from counterpoise.pages.site import Site
from counterpoise.publish.blocks import Bullets, Heading, Name, Opened, PageBlock

Pair = tuple[str, str]
"""Addresses of who sells and who buys."""


def rights_path(system: str, seller: str = "", buyer: str = "") -> str:
    """The path of a type's consents; of a sale by a state, to a state, or between two."""
    given = {"system": system, "from": seller, "to": buyer}
    return path_of("rights", **{name: text for name, text in given.items() if text})


def sale_paths(system: str, pairs: Iterable[Pair]) -> list[str]:
    """The paths of a type: itself, each seller and each buyer alone, and the pairs."""
    known = [(short(seller), short(buyer)) for seller, buyer in pairs]
    alone = [*((seller, "") for seller, _ in known), *(("", buyer) for _, buyer in known)]
    return [rights_path(system, *each) for each in dict.fromkeys([("", ""), *alone, *known])]


def _pairs(site: Site, found: Rights) -> list[Pair]:
    if not found.system:
        return []
    return views.sales(site, found.system, views.often_hit(site))


def named_sales(site: Site, found: Rights) -> list[PageBlock]:
    """Links to the sales between named states; to those of a seller asked for alone, unfolded."""
    names = site.dataset.things
    alone = found.seller if not found.buyer else ""
    items = tuple(
        (
            Name(
                f"{names[seller].name} to {names[buyer].name}",
                f"page/{rights_path(short(found.system), short(seller), short(buyer))}",
            ),
        )
        for seller, buyer in _pairs(site, found)
        if alone in ("", seller)
    )
    if not items:
        return []
    if alone:
        return [Heading(2, (f"Sales by {names[alone].name} to named states",)), Bullets(items)]
    return [Opened(("Sales between named states",), (Bullets(items),))]


def controls(site: Site, found: Rights, item: str) -> tuple[Control, ...]:
    """The menus of an item's page: who sells it, and who gets it; each can stand alone."""
    name = short(found.system) if found.system else item
    known = [(short(seller), short(buyer)) for seller, buyer in _pairs(site, found)]
    sellers = ["", *dict.fromkeys(seller for seller, _ in known)]
    buyers = ["", *dict.fromkeys(buyer for _, buyer in known)]
    seller, buyer = (short(state) if state else "" for state in (found.seller, found.buyer))

    def step(state: str, pair: Pair, alone: Pair, other: str, current: bool) -> Choice:
        """To the pair where it has a page, else to the state alone, and says so."""
        if not state or "" in pair or pair in known or current:
            return Choice(state or "nobody named", rights_path(name, *pair), current, state)
        called = site.dataset.things[f"state/{state}"].name
        return Choice(f"{called} ({other})", rights_path(name, *alone), current, state)

    return (
        Control("system", "the type, or an item of a case", name),
        Control(
            "from", "who holds or sells it", seller,
            tuple(step(each, (each, buyer), (each, ""), "to anybody", each == seller)
                  for each in sellers),
        ),
        Control(
            "to", "who gets it", buyer,
            tuple(step(each, (seller, each), ("", each), "from anybody", each == buyer)
                  for each in buyers),
        ),
    )  # fmt: skip
