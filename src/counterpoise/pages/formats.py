"""Pages of formats: what they cover by function and regional plan, holes, and what fills them."""

from __future__ import annotations

from counterpoise.cooperation.cells import Cell as Place
from counterpoise.cooperation.cells import read_definitions
from counterpoise.cooperation.format_asked import MAIN, read_formats_asked
from counterpoise.cooperation.format_tables import TABLES, list_rows
from counterpoise.cooperation.told import Told
from counterpoise.data.records import short
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import near
from counterpoise.pages.cells import address_of, number, table, told
from counterpoise.pages.naming import known, linked
from counterpoise.pages.page import Asked, Choice, Control, Given, Page, path_of
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.publish import theme
from counterpoise.publish.blocks import (
    Bullets,
    Chart,
    Heading,
    Name,
    Opened,
    PageBlock,
    Part,
    parts,
)
from counterpoise.publish.matrix import Line, Look, Mark, matrix

_ARGUMENTS = ("definition", "without")
_LIST = "list"
_KINDS = {
    "format": ("arrangement",), "largest_format": ("arrangement",),
    "filled_by": ("arrangement",), "within": ("arrangement",), "beside": ("arrangement",),
    "plan": ("regional-plan",), "plans": ("regional-plan",), "framework_nation": ("state",),
    "states": ("state",), "definition": ("format-definition",),
}  # fmt: skip
"""Kinds of the things that columns name."""

_LISTED = {
    "format": "format", "shown_under": "shown under", "functions": "functions",
    "plans": "plans", "members": "members", "status": "status",
}  # fmt: skip
"""Columns of the list of all formats; each one's page has the rest."""

_QUESTIONS = ("q30", "q31", "q29")
_STORED_WITHOUT = ("", "USA")
_OPEN = ("definitions", "steps", "working")
_FOLDED = ("nested", "overlaps", "dormant", "apart", "counts", "difference")

_LOOKS = {
    "fills": Look("filled: the largest format, its share of the plan's states",
                  theme.DIVERGING[4]),
    "hole": Look("hole: no format is large enough", theme.DIVERGING[2]),
}  # fmt: skip


def _asked(site: Site, given: Given) -> Told:
    found = known(given, _ARGUMENTS, "formats")
    gone = [found["without"]] if found.get("without") else []
    return read_formats_asked(site.dataset, found.get("definition", MAIN), gone)


@view("formats", _ARGUMENTS)
def format_rows(site: Site, part: str = "cells", **given: str) -> list[Row]:
    """A table of formats: cells of function and plan, steps, definitions and so on."""
    found = _asked(site, given)
    names = (*TABLES, _LIST)
    if part not in names:
        close = ", ".join(near(part, names)) or ", ".join(names)
        raise BadInput([Problem("part", "formats", None, "part", part, close, "choose one")])
    rows = list_rows(found) if part == _LIST else TABLES[part][1](found)
    return linked(site.dataset, rows, _KINDS)


def _stored(site: Site) -> list[str]:
    return [
        _path(definition=name, without=gone)
        for gone in _STORED_WITHOUT
        for name in read_definitions(site.dataset)
    ]


def _path(**given: str) -> str:
    """The path of a page of formats; the main definition and nobody left out aren't named."""
    return path_of(
        "formats", **{name: text for name, text in given.items() if text not in ("", MAIN)}
    )


@page("formats", _stored, "Formats of cooperation", "Decide")
def formats_page(site: Site, asked: Asked) -> Page:
    """What formats cover by function and regional plan under a definition."""
    found = _asked(site, asked.given)
    gone = [site.dataset.things[state].name for state in found.without]
    title = "What do formats of cooperation cover, and where are holes?"
    if gone:
        title = f"What do formats of cooperation cover without {' and '.join(gone)}?"
    return Page(
        asked.path,
        title,
        _lead(found, asked.given),
        tuple(_blocks(site, found, asked.given)),
        told(
            "Counts of rows: who takes part in what is reported and dated; which states a plan "
            "covers, and what fills a cell, are assumed, so other definitions stand beside. Each "
            "format's page has its members, sources and signs of life."
        ),
        controls=_controls(site, asked.given),
    )


def _lead(found: Told, given: Given) -> tuple[Part, ...]:
    own = address_of("formats", {**given, "part": "definitions"})
    names = list(read_definitions(found.dataset))
    row = names.index(found.net.definition.id) + 1
    largest = max(found.net.plans, key=lambda plan: sum(at == plan for at, _ in found.net.holes))
    holes = number(len(found.net.holes), f"{own}/{row}/holes")
    cells = number(len(found.net.cells), f"{own}/{row}/cells")
    least = number(found.least.cost, address_of("formats-least", given) + "/1/points")
    return parts(
        holes, " of ", cells, " cells of function and regional plan are holes, most of them in ",
        Name(found.dataset.things[largest].name, largest),
        "; the least set of steps that fills them costs ", least, " points.",
    )  # fmt: skip


@view("formats-least", _ARGUMENTS)
def least_rows(site: Site, **given: str) -> list[Row]:
    """What the least set of steps that fills the holes costs: one row."""
    found = _asked(site, given)
    return [
        {"points": found.least.cost, "steps": len(found.least.choices),
         "sets_of_equal_worth": found.least.equal}
    ]  # fmt: skip


def _blocks(site: Site, found: Told, given: Given) -> list[PageBlock]:
    def shown(part: str) -> PageBlock:
        title = TABLES[part][0] if part in TABLES else "all formats"
        rows = format_rows(site, part, **given)
        columns = _LISTED if part == _LIST else None
        address = address_of("formats", {**given, "part": part})
        return table(site.dataset, title.capitalize(), rows, address, columns)

    blocks: list[PageBlock] = [_drawn(found), shown("cells")]
    heads = {"definitions": "What counts as filled", "steps": "What would fill the holes",
             "working": "Who works, who could lead"}  # fmt: skip
    for part in _OPEN:
        blocks += [Heading(2, parts(heads[part])), shown(part)]
    blocks += [Heading(2, ("More about formats",))]
    blocks += [Opened(told(TABLES[part][0].capitalize()), (shown(part),)) for part in _FOLDED]
    if not given:
        blocks.append(Opened(told(f"All {len(found.net.formats)} formats"), (shown(_LIST),)))
    items = site.catalogue.questions
    asked = tuple((Name(items[name].text, f"question/{name}"),) for name in _QUESTIONS)
    return [*blocks, Heading(2, ("Asked as a question",)), Bullets(asked)]


def _drawn(found: Told) -> Chart:
    """Functions by plan: who fills a cell, or how near one comes."""
    net = found.net
    marks = {
        (row, column): _mark(net.cells[(plan, function)])
        for row, function in enumerate(net.functions)
        for column, plan in enumerate(net.plans)
    }
    holes = len(net.holes)
    return matrix(
        [Line(function) for function in net.functions],
        [found.name(plan).partition(" (")[0] for plan in net.plans],
        marks,
        _LOOKS,
        caption=told(f"Function by regional plan, definition {net.definition.id}"),
        alternative=f"{len(net.functions)} functions by {len(net.plans)} plans, {holes} of them "
        "holes, told in the table below",
    )


def _mark(cell: Place) -> Mark:
    nearest = f"{cell.present[0][0].id} {100 * cell.largest:.0f}%" if cell.present else "none"
    return Mark("hole" if cell.hole else "fills", f"hole ({nearest})" if cell.hole else nearest)


def _controls(site: Site, given: Given) -> tuple[Control, ...]:
    definition, gone = given.get("definition", MAIN), given.get("without", "")
    kept = ("", *dict.fromkeys((*_STORED_WITHOUT[1:], *([gone] if gone else []))))
    definitions = {short(item.address): item for item in site.dataset.kind("format-definition")}
    return (
        Control(
            "definition", "what fills a cell", definition,
            tuple(
                Choice(name, _path(definition=name, without=gone), name == definition, name)
                for name in definitions
            ),
        ),
        Control(
            "without", "states that are left out", gone,
            tuple(
                Choice(name or "nobody", _path(definition=definition, without=name),
                       name == gone, name)
                for name in kept
            ),
        ),
    )  # fmt: skip
