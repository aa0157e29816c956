"""Pages of rights: who must consent to use, delivery, transfer, re-export and upgrade of a type."""

from __future__ import annotations

from dataclasses import replace

from counterpoise.cooperation.rights import Rights, need_of_state
from counterpoise.cooperation.rights_told import asked_for, joined, limits
from counterpoise.data.records import short
from counterpoise.errors import NotFound
from counterpoise.pages import rights_views as views
from counterpoise.pages.cells import address_of, number, table, told
from counterpoise.pages.page import Asked, Given, Page
from counterpoise.pages.registry import page
from counterpoise.pages.rights_sales import controls, named_sales, rights_path, sale_paths
from counterpoise.pages.site import Site
from counterpoise.publish import theme
from counterpoise.publish.blocks import (
    Bullets,
    Cell,
    Chart,
    Heading,
    Name,
    PageBlock,
    Part,
    Strong,
)
from counterpoise.publish.matrix import Line, Look, Mark, matrix

_LOOKS = {
    "y": Look("must agree", theme.DIVERGING[1], "cross"),
    "depends": Look("may have to", theme.DIVERGING[2]),
    "not known": Look("not known", theme.LAND, "hatch"),
    "n": Look("needn't", theme.DIVERGING[4]),
}

_COLUMNS = {
    "state": "state", "part": "part", "what": "what", "share_pct_low": "share, %, low",
    "share_pct": "share, %", "share_pct_high": "share, %, high", "use": "use",
    "delivery": "delivery", "transfer": "transfer", "re-export": "re-export",
    "upgrade": "upgrade", "basis": "basis", "by": "by which row", "sources": "sources",
}  # fmt: skip
_CASES = {
    "date": "date", "controller": "who withheld", "hit": "whom it hit", "kind": "kind",
    "act": "act", "months_low": "months, low", "months": "months", "months_high": "months, high",
    "over": "over", "basis": "basis", "case": "case", "sources": "sources",
}  # fmt: skip


def _stored(site: Site) -> list[str]:
    often = views.often_hit(site)
    found = ["rights"]
    for system in views.told_of(site):
        name = short(system)
        found += sale_paths(name, views.sales(site, system, often))
    return [*found, *(rights_path(name) for name in views.items_of_cases(site))]


@page("rights", _stored, "Who must consent", "Decide")
def rights_page(site: Site, asked: Asked) -> Page:
    """Types side by side, or who must consent to what with one."""
    if len(asked.parts) > 1:
        raise NotFound(asked.path, ["rights"])
    return _of_item(site, asked) if asked.given else _types(site, asked)


def _types(site: Site, asked: Asked) -> Page:
    rows = views.type_rows(site)
    data = site.dataset
    states = sorted({state for row in rows for name in ("must_agree", "may_have_to")
                     for state in row[name].split("; ") if state})  # fmt: skip
    marks = {
        (at, states.index(state)): Mark(look)
        for at, row in enumerate(rows)
        for look, name in (("y", "must_agree"), ("depends", "may_have_to"))
        for state in row[name].split("; ")
        if state
    }
    chart = matrix(
        [Line(data.things[row["type"]].name[:36]) for row in rows],
        [short(state) for state in states],
        marks,
        _LOOKS,
        caption=("Type by state whose word a re-export needs; empty where it has no stake",),
        alternative=f"{len(rows)} types by {len(states)} states, told in the table below",
    )
    columns = {
        "type": "type",
        "must_agree": "must agree",
        "may_have_to": "may have to, or not known",
        "cases": "recorded cases",
    }
    block = table(
        data, "Who must agree to a re-export", rows, address_of("rights-types", {}), columns
    )
    block = replace(
        block,
        rows=tuple(
            (Cell((_to(site, row["type"]),)), *cells[1:])
            for row, cells in zip(rows, block.rows, strict=True)
        ),
    )
    items = tuple(
        (Name(name.replace("-", " "), f"page/{rights_path(name)}"),)
        for name in views.items_of_cases(site)
    )
    others = (Heading(2, ("Items of recorded cases that are no type",)), Bullets(items))
    lead = told(
        f"{len(rows)} types that several European states license, or that a state has withheld: "
        "each opens to who must agree to what, and to sales between named states."
    )
    return Page(
        asked.path, "Who must consent to a sale?", lead, (chart, block, *others), _standing()
    )


def _to(site: Site, system: str) -> Name:
    """A type's name, leading to the page of its consents."""
    return Name(site.dataset.things[system].name, f"page/{rights_path(short(system))}")


def _of_item(site: Site, asked: Asked) -> Page:
    found = views.asked(site, asked.given)
    data = site.dataset
    seller, buyer = (data.things[state].name if state else "" for state in
                     (found.seller, found.buyer))  # fmt: skip
    title = f"Who must consent to what with {found.item}?"
    if seller:
        whom = buyer or "anybody"
        title = f"Who must consent before {seller} sells {found.item} to {whom}?"
    elif buyer:
        title = f"Who must consent to what with {found.item} if {buyer} gets it?"
    return Page(
        asked.path,
        title,
        (*_sentence(site, found, views.REEXPORT), *_clauses(site, found)),
        tuple(_blocks(site, found, asked.given)),
        _standing(),
        controls=controls(site, found, asked.given[views.ITEM]),
    )


def _sentence(site: Site, found: Rights, act: str, bold: bool = False) -> list[Part]:
    """Whose word an act needs, in a sentence."""
    data = site.dataset
    asked = asked_for(data, found, act)
    groups = (
        (asked.must, "", " must agree"), (asked.may, "", " may have to"),
        (asked.unknown, "of ", " it isn't known"),
        ((asked.itself,) if asked.itself else (), "", " licenses it itself"),
    )  # fmt: skip
    clauses: list[list[Part]] = []
    for states, before, after in groups:
        if states:
            names: list[Part] = [before] if before else []
            for at, state in enumerate(states):
                between = "" if not at else " and " if at == len(states) - 1 else ", "
                names += [between, Name(data.things[state].name, state)]
            clauses.append([*names, after])
    name = data.things[act].name
    if found.seller and not found.buyer and not bold:
        name += f" by {data.things[found.seller].name} to anybody"
    parts: list[Part] = [Strong(name) if bold else name, ": "]
    for at, clause in enumerate(clauses):
        parts += ["; " if at else "", *clause]
    return [*(part for part in parts if part), "." if clauses else "nobody named has to agree."]


def _clauses(site: Site, found: Rights) -> list[Part]:
    """The agreements that limit whose objection counts, each with its page."""
    names = site.dataset.things
    parts: list[Part] = []
    for item in found.agreements:
        states = [names[state].name for state in item.parties]
        parts += [" Under the ", Name(names[item.address].name, item.address), " with ",
                  *told(f"{joined(states)} {item.effect}")]  # fmt: skip
        if item.months is not None:
            place = f"{item.address}/objection_time"
            parts += [", and must object within ", number(item.months, place), " months"]
        parts.append(".")
    return parts


def _blocks(site: Site, found: Rights, given: Given) -> list[PageBlock]:
    data = site.dataset
    rows = views.stake_rows(site, **given)
    acts = [act for act in found.acts if act != views.REEXPORT]
    blocks: list[PageBlock] = [
        Bullets(tuple(tuple(_sentence(site, found, act, True)) for act in acts)),
        *([_drawn(site, found)] if found.stakes else []),
        Heading(2, ("Who licenses which part",)),
        table(data, "Parts, and the acts that need each one's consent", rows,
              address_of("rights", given), _held(_COLUMNS, rows)),
    ]  # fmt: skip
    cases = views.recorded(site, **given)
    if cases:
        address = address_of("rights-cases", given)
        blocks += [
            Heading(2, ("Recorded cases",)),
            table(data, "States that withheld it before", cases, address, _held(_CASES, cases)),
        ]
    blocks += [
        Heading(2, ("What else bears on it",)),
        Bullets(tuple(told(line) for line in limits(data, found))),
    ]
    if found.system:
        name = data.things[found.system].name
        blocks.append(Bullets(((Name(f"All that is known of {name}", found.system),),)))
    return [*blocks, *named_sales(site, found)]


def _held(columns: dict[str, str], rows: list[dict[str, object]]) -> dict[str, str]:
    return {
        name: head
        for name, head in columns.items()
        if any(row.get(name) not in (None, "") for row in rows)
    }


def _drawn(site: Site, found: Rights) -> Chart:
    """States with a stake by act: must agree, may have to, needn't, not known."""
    data = site.dataset
    marks = {
        (row, column): Mark(need_of_state(data, found, act, state))
        for row, state in enumerate(found.states)
        for column, act in enumerate(found.acts)
    }
    return matrix(
        [Line(data.things[state].name if state in data.things else state)
         for state in found.states],
        [data.things[act].name for act in found.acts],
        marks,
        _LOOKS,
        caption=("State by act: whether its word is needed",),
        alternative="states with a stake by act, told in the sentences and the table",
    )  # fmt: skip


def _standing() -> tuple[Part, ...]:
    return told(
        "Who licenses which part comes from each type's row and its sources; which act needs "
        "which consent is a rule that is assumed, with its reason on its row. Basis, range and "
        "sources stand in the tables. Months are those of recorded cases: few and unlike, no "
        "forecast. Embargoes and a state's own export law aren't reckoned."
    )
