"""Pages that list things: the kinds there are, and all things of one, long lists in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from counterpoise.cooperation.cells import read_definitions
from counterpoise.cooperation.format_tables import list_rows
from counterpoise.cooperation.told import tell
from counterpoise.data import citations, views
from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.pages.cells import address_of, table, told
from counterpoise.pages.conflicts import rows as conflicts
from counterpoise.pages.measure_pages import measures
from counterpoise.pages.page import Asked, Choice, Control, Page, path_of
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.publish.blocks import Table
from counterpoise.publish.cells import heading
from counterpoise.questions.lever_rows import lever_list

MOST = 160
"""Rows of a list on one page; longer lists are split."""


@view("kinds")
def kinds(site: Site) -> list[Row]:
    """Kinds of thing with the number of things of each, and the lists of other things."""
    found: list[Row] = [
        {"kind": kind, "things": len(held), "list": f"page/list/{kind}"}
        for kind in site.dataset.schema.kinds
        if (held := site.dataset.kind(kind))
    ]
    return [
        *found,
        *({"kind": kind, "things": len(rows(site)), "list": f"page/list/{kind}"}
          for kind, rows in OTHERS.items()),
    ]  # fmt: skip


def _questions(site: Site) -> list[Row]:
    return [
        {"question": item.text, "address": f"question/{item.id}", "kind": item.kind,
         "missing": item.missing}
        for item in site.catalogue.questions.values()
    ]  # fmt: skip


def _sources(site: Site) -> list[Row]:
    return [
        {"source": row["title"] or row["address"], **row} for row in citations.sources(site.dataset)
    ]


def _formats(site: Site) -> list[Row]:
    told_of = tell(site.dataset, next(iter(read_definitions(site.dataset).values())))
    return [{**row, "address": f"arrangement/{row['format']}"} for row in list_rows(told_of)]


def _levers(site: Site) -> list[Row]:
    return [{**row, "address": f"lever/{row['lever']}"} for row in lever_list(site.dataset)]


def _measures(site: Site) -> list[Row]:
    return [{**row, "address": row["page"]} for row in measures(site)]


def _conflicts(site: Site) -> list[Row]:
    return [{**row, "address": row["figure"] or row["conflict"]} for row in conflicts(site)]


OTHERS: dict[str, Callable[[Site], list[Row]]] = {
    "sources": _sources,
    "conflicts": _conflicts,
    "measures": _measures,
    "questions": _questions,
    "formats": _formats,
    "levers": _levers,
}
"""Lists of what isn't one kind of thing, under the names that the command `list` takes."""

_HIDDEN = (
    "address",
    "url",
    "page",
    "figure",
    "relay_of",
    "compilation_rows",
    "format",
    "title",
    "states",
)
"""Columns that a list's page leaves to the page of each."""


@view("list")
def listing(site: Site, kind: str) -> list[Row]:
    """All things of a kind with what is most often stated of them, or a list of other things."""
    if kind in OTHERS:
        return OTHERS[kind](site)
    return views.listing(site.dataset, kind)


def _stored(site: Site) -> Iterable[str]:
    yield "list"
    for row in kinds(site):
        yield f"list/{row['kind']}"
        for part in range(2, -(-row["things"] // MOST) + 1):
            yield f"list/{row['kind']}/part={part}"


@page("list", _stored, "All data", "Data")
def list_page(site: Site, asked: Asked) -> Page:
    """The kinds of thing, or the things of one."""
    data = site.dataset
    if len(asked.parts) == 1:
        rows = kinds(site)
        lead = told(f"{len(data.things):,} things, each with a page, and what is said of them.")
        columns = {"kind": "kind", "things": "number"}
        block = table(data, "What there is", rows, address_of("kinds", {}), columns, leading="list")
        return Page(asked.path, "All data", lead, (block,), told("Counted from the release."))
    kind = asked.parts[1]
    if kind not in OTHERS and not data.kind(kind):
        raise NotFound(asked.path, [f"list/{name}" for name in data.schema.kinds][:5])
    rows = listing(site, kind)
    order = sorted(range(len(rows)), key=lambda at: _name(rows[at]).casefold())
    pieces = [order[start : start + MOST] for start in range(0, len(order), MOST)]
    part = _part(asked, len(pieces))
    labels = [_label(rows, piece) for piece in pieces]
    said = kind.replace("-", " ")
    lead = told(f"{len(rows):,} of kind {said}; each opens to its figures, ranges and sources.")
    standing = told(
        "Values are those chosen among rivals; each thing's page has range, basis and sources."
    )
    title = kind.replace("-", " ").capitalize()
    controls = (_steps(kind, part, labels),) if len(pieces) > 1 else ()
    caption = f"{title}, {labels[part]}" if len(pieces) > 1 else f"All of kind {title.lower()}"
    return Page(
        asked.path, title, lead, (_table(site, kind, caption, rows, pieces[part]),), standing,
        "List", controls=controls,
    )  # fmt: skip


def _name(row: Row) -> str:
    return str(row.get("name") or next(iter(row.values())) or "")


def _label(rows: list[Row], piece: list[int]) -> str:
    return f"{_name(rows[piece[0]])[:12].strip()} to {_name(rows[piece[-1]])[:12].strip()}"


def _part(asked: Asked, count: int) -> int:
    """The place of the part asked for; BadInput where there is none."""
    text = asked.given.get("part", "1")
    problems = [
        Problem("argument", asked.path, None, name, value, "part=1 and on", "leave it out")
        for name, value in asked.given.items()
        if name != "part"
    ]
    if not text.isdecimal() or not 1 <= int(text) <= count:
        expected = f"a number from 1 to {count}"
        problems.append(Problem("argument", asked.path, None, "part", text, expected, "change it"))
    if problems:
        raise BadInput(problems)
    return int(text) - 1


def _steps(kind: str, part: int, labels: list[str]) -> Control:
    choices = tuple(
        Choice(
            label,
            path_of("list", kind, **({"part": str(at + 1)} if at else {})),
            at == part,
            str(at + 1),
        )
        for at, label in enumerate(labels)
    )
    return Control("part", "A part of the list, by name", str(part + 1), choices)


def _table(site: Site, kind: str, caption: str, rows: list[Row], piece: list[int]) -> Table:
    """A list's rows, the name leading to its page; columns that say nothing are left out."""
    shown = [rows[at] for at in piece]
    for row in shown:
        row.setdefault("address", "")
    first = "name" if "name" in rows[0] else next(iter(rows[0]))
    columns = {first: heading(first)}
    for name in rows[0]:
        if name not in (*_HIDDEN, first) and any(row[name] not in (None, "") for row in shown):
            columns[name] = heading(name)
    return table(
        site.dataset, caption, shown, address_of("list", {"kind": kind}), columns,
        places=[at + 1 for at in piece], leading="address",
    )  # fmt: skip
