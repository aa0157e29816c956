"""Rows of rights: who licenses what of an item, recorded cases, and who must agree, by type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from counterpoise.cooperation.rights import LISTED, SELLER, Rights, need_of_state, rights
from counterpoise.cooperation.rights_asked import TOLD, read_rights
from counterpoise.cooperation.rights_told import case_rows, consent_rows
from counterpoise.data.records import Observation
from counterpoise.errors import BadInput, Problem
from counterpoise.pages.naming import known, linked
from counterpoise.pages.registry import Row, view
from counterpoise.pages.site import Site

ITEM = "system"

ARGUMENTS = (ITEM, *TOLD)

REEXPORT = "act/re-export"
"""The act by which types are told side by side."""

MANY_CASES = 4
"""Cases that make a state a buyer to be told of for every type."""

_KINDS = {"state": ("state", "scope"), "hit": ("state", "scope"), "controller": ("state", "scope")}


def asked(site: Site, given: Mapping[str, str]) -> Rights:
    """The rights that a page or view asks for."""
    found = known(given, ARGUMENTS, "rights")
    if not found.get(ITEM):
        raise BadInput(
            [Problem("item", "rights", None, ITEM, "", "a type, or an item of a case", "name one")]
        )
    return read_rights(site.dataset, found[ITEM], found)


@view("rights", ARGUMENTS)
def stake_rows(site: Site, **given: str) -> list[Row]:
    """Who licenses which part of an item, and which act needs it; its share where one is known."""
    found = asked(site, given)
    rows = []
    for item, row in zip(found.stakes, consent_rows(site.dataset, found), strict=True):
        share = None
        if item.part == LISTED:
            share = site.dataset.observation(found.system, "us_content")
        ends = ranged(share, "share_pct")
        thing = "/".join(item.by.split("/")[:2])
        rows.append({**row, **ends, "by": thing if thing in site.dataset.things else item.by})
    return linked(site.dataset, rows, _KINDS)


@view("rights-cases", ARGUMENTS)
def recorded(site: Site, **given: str) -> list[Row]:
    """Recorded cases of an item, with the months that each took as far as they are known."""
    found = asked(site, given)
    rows = [
        {
            **row,
            "controller": "; ".join(item.controllers),
            "hit": "; ".join(item.hit),
            **ranged(site.dataset.observation(item.address, "duration"), "months"),
        }
        for item, row in zip(found.cases, case_rows(found), strict=True)
    ]
    return rows


def ranged(item: Observation | None, name: str) -> Row:
    """A figure's value under a name, with the ends of its range."""
    if item is None:
        return {f"{name}_low": None, name: None, f"{name}_high": None}
    return {f"{name}_low": item.low, name: item.value, f"{name}_high": item.high}


@view("rights-types")
def type_rows(site: Site) -> list[Row]:
    """Types that several states license and one of Europe makes or shares: who must agree."""
    data = site.dataset
    rows = []
    for system in told_of(site):
        found = rights(data, system)
        need = {state: need_of_state(data, found, REEXPORT, state) for state in found.states}
        rows.append(
            {
                "type": system,
                "must_agree": "; ".join(state for state, item in need.items() if item == "y"),
                "may_have_to": "; ".join(
                    state for state, item in need.items() if item not in ("y", "n")
                ),
                "states": len(need),
                "cases": len(found.cases),
            }
        )
    return rows


def partners(site: Site, found: Rights) -> list[str]:
    """European states that license a part of a type by rule: who may sell it."""
    parts = (item for item in found.stakes if item.part not in (LISTED, SELLER, "case"))
    return [state for state in dict.fromkeys(item.state for item in parts) if state in europe(site)]


def europe(site: Site) -> frozenset[str]:
    """European allies and members of the EU."""
    return frozenset(
        state for name in ("NATO-EUR", "EU27") for state in site.view.place(name).states
    )


def told_of(site: Site) -> list[str]:
    """Types in production that several European states license, and all types of cases."""
    data = site.dataset
    made = {data.target(item.address, "makes") for item in data.kind("line")}
    held = {data.target(item.address, "restricts") for item in data.kind("restriction")}
    return [
        item.address
        for item in data.kind("system")
        if item.address in held
        or (item.address in made and len(partners(site, rights(data, item.address))) > 1)
    ]


def items_of_cases(site: Site) -> list[str]:
    """Items that recorded cases name and that are no type of the release."""
    found = (
        item.texts.get("named_system", "")
        for item in site.dataset.kind("restriction")
        if not site.dataset.target(item.address, "restricts")
    )
    return list(dict.fromkeys(name for name in found if name))


def sales(site: Site, system: str, often: Sequence[str]) -> list[tuple[str, str]]:
    """Sellers and buyers whose sales of a type are stored: partners to those of cases.

    `often` are the states that many cases hit; a case of the type adds those it hits.
    """
    found = rights(site.dataset, system)
    hit = dict.fromkeys(state for case in found.cases for state in case.hit)
    makers = partners(site, found)
    pairs = [(seller, buyer) for seller in makers for buyer in (*hit, *often)]
    pairs += [(seller, buyer) for case in found.cases for seller in case.hit for buyer in case.hit]
    return list(
        dict.fromkeys(
            (seller, buyer)
            for seller, buyer in pairs
            if seller != buyer
            and buyer not in makers
            and all(state.startswith("state/") for state in (seller, buyer))
        )
    )


def often_hit(site: Site) -> list[str]:
    """States that many recorded cases hit."""
    data = site.dataset
    counted = Counter(
        state for item in data.kind("restriction") for state in data.targets(item.address, "hits")
    )
    return [state for state, count in counted.most_common() if count >= MANY_CASES]
