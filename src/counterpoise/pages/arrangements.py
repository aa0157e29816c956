"""Pages of arrangements: functions, regions, marks, where they count, and signs of life."""

from __future__ import annotations

from counterpoise.cooperation.beside_one import (
    every_pair,
    format_at,
    own_cells,
    pairs_of,
    sign_rows,
)
from counterpoise.cooperation.formats import Format
from counterpoise.data.records import Thing
from counterpoise.pages.by_year import drawings
from counterpoise.pages.cells import address_of, named, number, table
from counterpoise.pages.naming import known
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.pages.things import page_of, thing_at
from counterpoise.publish import theme
from counterpoise.publish.blocks import (
    Bullets,
    Chart,
    Heading,
    Name,
    PageBlock,
    Part,
    Strong,
    parts,
)
from counterpoise.publish.matrix import Line, Look, Mark, matrix

_LOOKS = {
    "fills": Look("fills the cell", theme.DIVERGING[4]),
    "too few": Look("has it, with too few of the plan's states", theme.DIVERGING[2]),
}


def _of(site: Site, arrangement: str) -> Format:
    thing = thing_at(site, Asked(arrangement, ("arrangement", arrangement), {}))
    return format_at(site.formats.net, thing.address)


@view("arrangement-cells")
def cell_rows(site: Site, arrangement: str) -> list[Row]:
    """Functions and plans of an arrangement: its share of the plan's states, who is largest."""
    return own_cells(site.formats.net, _of(site, arrangement))


@view("arrangement-pairs")
def pair_rows(site: Site, arrangement: str) -> list[Row]:
    """Formats that an arrangement lies in, holds or overlaps with."""
    pairs = site.kept(("pairs of formats",), lambda: every_pair(site.formats.net))
    return pairs_of(pairs, _of(site, arrangement))


@view("arrangement-signs")
def life_rows(site: Site, arrangement: str) -> list[Row]:
    """Dated signs of life of an arrangement, the newest first."""
    return sign_rows(site.dataset, _of(site, arrangement).address)


@view("arrangement-members")
def member_rows(site: Site, arrangement: str) -> list[Row]:
    """How many states take part in an arrangement: one row."""
    item = _of(site, arrangement)
    return [{"members": len(item.members), "states": len(item.states)}]


@page("arrangement", lambda site: [item.address for item in site.dataset.kind("arrangement")])
def arrangement_page(site: Site, asked: Asked) -> Page:
    """An arrangement as a format of cooperation."""
    thing = thing_at(site, asked)
    known(asked.given, (), thing.address)
    item = format_at(site.formats.net, thing.address)
    own = [*_told(site, item), *_tables(site, thing, item)]
    return page_of(site, thing, _lead(site, item), own, ("format-activity",))


def _lead(site: Site, item: Format) -> tuple[Part, ...]:
    row = member_rows(site, item.id)[0]
    own = address_of("arrangement-members", {"arrangement": item.id})
    found: list[Part] = [number(row["members"], f"{own}/1/members"), " states take part in full"]
    if row["states"] != row["members"]:
        found += [", ", number(row["states"], f"{own}/1/states"), " in any role"]
    does = ", ".join(name for name in site.formats.net.functions if name in item.functions)
    return parts(*found, f"; functions: {does}." if does else "; none of the functions told of.")


def _told(site: Site, item: Format) -> list[PageBlock]:
    data = site.dataset
    lines: list[tuple[Part, ...]] = []
    if item.plans:
        lines.append((Strong("Regional plans"), ": ", *_names(site, sorted(item.plans))))
    if item.framework:
        lines.append((Strong("Framework nation"), ": ", *_names(site, sorted(item.framework))))
    if item.group:
        lines.append((Strong("Shown under"), ": ", named(data, item.group)))
    if item.marks:
        lines.append((Strong("Marks"), ": ", *_names(site, sorted(item.marks))))
    lines.append(
        (Strong("Beside all others"), ": ", Name("formats of cooperation", "page/formats"))
    )
    return [Bullets(tuple(lines))]


def _names(site: Site, addresses: list[str]) -> list[Part]:
    found: list[Part] = []
    for at, address in enumerate(addresses):
        found += ["; " if at else "", named(site.dataset, address)]
    return [part for part in found if part]


def _tables(site: Site, thing: Thing, item: Format) -> list[PageBlock]:
    data = site.dataset
    given = {"arrangement": item.id}
    blocks: list[PageBlock] = []
    cells = cell_rows(site, item.id)
    if cells:
        blocks += [
            Heading(2, ("What it covers",)),
            _drawn(site, cells),
            table(data, "Function by plan, main definition", cells,
                  address_of("arrangement-cells", given)),
        ]  # fmt: skip
    for title, caption, rows, name in (
        ("Beside other formats", "Shared members and functions", pair_rows(site, item.id), "pairs"),
        ("Signs of life", "Dated signs", life_rows(site, item.id), "signs"),
    ):
        if rows:
            address = address_of(f"arrangement-{name}", given)
            blocks += [Heading(2, parts(title)), table(data, caption, rows, address)]
    return blocks if cells else [*blocks, *drawings(data, thing.address)]


def _drawn(site: Site, cells: list[Row]) -> Chart:
    """Function by plan: the arrangement's share of the plan's states."""
    net = site.formats.net
    functions = [name for name in net.functions if any(row["function"] == name for row in cells)]
    plans = [plan for plan in net.plans if any(row["plan"] == plan for row in cells)]
    marks = {
        (functions.index(row["function"]), plans.index(row["plan"])): Mark(
            "fills" if row["fills"] == "fills it" else "too few",
            f"{row['share_pct']:.0f}%, {row['fills']}",
        )
        for row in cells
    }
    return matrix(
        [Line(name) for name in functions],
        [site.dataset.things[plan].name.partition(" (")[0] for plan in plans],
        marks,
        _LOOKS,
        caption=("Function by regional plan: share of the plan's states",),
        alternative="functions by plan, told in the table below",
    )
