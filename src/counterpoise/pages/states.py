"""The page of a state: money, orders, holdings, gaps by key, partners and bodies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from counterpoise.errors import NotFound
from counterpoise.pages.cells import address_of, told
from counterpoise.pages.figures import figure_lines
from counterpoise.pages.gap_rows import DEFAULTS as GAP_DEFAULTS
from counterpoise.pages.gaps import BEHAVIOUR_WORDS
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.ranged import ranged, ranged_table, sources_of
from counterpoise.pages.registry import VIEWS, Row, page
from counterpoise.pages.roles import role_tables
from counterpoise.pages.site import Site
from counterpoise.pages.state_rows import KEY_YEAR, MANY, is_planned
from counterpoise.pages.things import about, provenance
from counterpoise.pages.variants import variant
from counterpoise.publish import theme
from counterpoise.publish.blocks import (
    Chart,
    Heading,
    Name,
    Opened,
    PageBlock,
    Paragraph,
    Part,
    parts,
)
from counterpoise.publish.stacked import stacked

HEAD = "state"

SERIES = {
    "arriving": "signed orders",
    "firm": "new orders, firm",
    "other": "new orders, not firm",
    "gap": "gap",
}
"""What the drawing shows, by column."""


def _stored(site: Site) -> Iterable[str]:
    return [item.address for item in site.dataset.kind("state")]


@page(HEAD, _stored)
def state_page(site: Site, asked: Asked) -> Page:
    """What the data and the stored plan say of a state."""
    thing = site.dataset.things.get(asked.path)
    if thing is None or len(asked.parts) != 2:
        raise NotFound(asked.path, site.dataset.suggest(asked.path))
    state = asked.parts[1]
    blocks: list[PageBlock] = [
        *_deliveries(site, state, thing.name),
        Heading(2, ("Gaps",)),
        *_gap_link(site, state),
        *_tables(site, state, "gaps"),
        Heading(2, ("Money",)),
        *_tables(site, state, "money"),
        Heading(2, ("Orders",)),
        *_tables(site, state, "orders"),
        Heading(2, ("Holdings",)),
        *_tables(site, state, "holdings"),
        Heading(2, ("Partners and bodies",)),
        *_tables(site, state, "partners"),
        Heading(2, ("The standing picture",)),
        *_tables(site, state, "picture"),
        Heading(2, ("All that is stated of it",)),
        *about(site.dataset, thing),
        Opened(
            told("Figures, each with its rivals and sources"),
            tuple(figure_lines(site, thing.address)),
        ),
        Opened(told("Links to other things"), tuple(role_tables(site.dataset, thing.address))),
        *provenance(site.dataset, thing),
    ]
    return Page(asked.path, thing.name, _lead(site, state), tuple(blocks), _standing(site), "State")


def _lead(site: Site, state: str) -> tuple[Part, ...]:
    """How much of the need is met, by behaviour, in the middle year."""
    rows = VIEWS["state-cover"](site, state=state)
    address = address_of("state-cover", {"state": state})
    if not rows:
        return told("Forces aren't planned for this state: what follows is what the data state.")
    found: list[Part] = ["Share of the need met in ", *told(str(KEY_YEAR)), ": "]
    middle = [at for at, row in enumerate(rows) if row["year"] == KEY_YEAR]
    for place, at in enumerate(middle):
        row = rows[at]
        found += [
            "; " if place else "", BEHAVIOUR_WORDS[row["behaviour"]], " ",
            *ranged(row, "cover", f"{address}/{at + 1}", "%"),
        ]  # fmt: skip
    return parts(*found, ".")


def _deliveries(site: Site, state: str, name: str) -> list[PageBlock]:
    rows = VIEWS["state-years"](site, state=state)
    if not rows:
        reason = "no plan is stored" if is_planned(site, state) else "it isn't planned for"
        return [Paragraph(told(f"No deliveries are drawn: {reason}."), "note")]
    address = address_of("state-years", {"state": state})
    frame = pl.DataFrame(
        [
            {
                "series": text,
                "x": row["year"],
                "value": row[column],
                "address": f"{address}/{at}/{column}",
            }
            for column, text in SERIES.items()
            for at, row in enumerate(rows, start=1)
        ]
    )
    chart: Chart = stacked(
        frame,
        caption=told(
            f"{name}: what signed and new orders have delivered by year, and what stays open, "
            "percent of the need, mean over the state's own areas. What is held today and the US "
            "part meet the rest. Firm: comes back in most draws."
        ),
        alternative=f"Bars of deliveries to {name} by year, with the gap as a line",
        line="gap",
        palette=(theme.SERIES[0], theme.SERIES[2], theme.mix(theme.PAPER, theme.SERIES[2], 0.45)),
        y_title="percent of the need",
    )
    return [chart]


def _gap_link(site: Site, state: str) -> list[PageBlock]:
    if not is_planned(site, state):
        return []
    usual = variant("gaps", GAP_DEFAULTS, place=state)
    without = variant("gaps", GAP_DEFAULTS, place=state, us_part="left-out")
    return [
        Paragraph(
            parts(
                Name("All areas by year, each with its range", f"page/{usual}"), "; ",
                Name("the same without the US part", f"page/{without}"), ".",
            )
        )
    ]  # fmt: skip


Spec = tuple[str, str, Mapping[str, str], str]
"""A table of the page: its view, caption, columns with headings, and note."""

_UNITS = "Capability units."

TABLES: Mapping[str, Sequence[Spec]] = {
    "gaps": (
        (
            "state-keys",
            f"Need and gap in {KEY_YEAR} with signed orders alone, by the key that shares out "
            "what Europe needs",
            {
                "area": "area",
                "need_half": "need: half by holdings",
                "gap_half": "gap",
                "need_gdp": "need: by product",
                "gap_gdp": "gap",
                "need_population": "need: by people",
                "gap_population": "gap",
            },
            f"{_UNITS} The first key is the one that plans are made with.",
        ),
    ),
    "money": (
        (
            "state-money",
            "Money for the planned areas, EUR bn a year, in the printed plan",
            {
                "year": "year",
                "budget": "there is",
                "committed": "signed away",
                "purchases": "new orders",
                "premiums": "types new to it",
                "upkeep": "their upkeep",
                "expansions": "larger lines",
                "national": "from the budget",
                "loans": "from loans",
            },
            "Prices of the release. A type that a state doesn't hold yet costs a premium on its "
            "price, for crews, spares and depots. Orders, premiums, upkeep and larger lines are "
            "paid from budget and loans. One plan over the chosen values: no range of its own.",
        ),
    ),
    "orders": (
        (
            "state-plans",
            f"The {MANY} largest orders of the printed plan, the firmest first",
            {
                "system": "type",
                "from": "made in",
                "firmness": "firmness",
                "ordered": "ordered",
                "delivery": "delivery",
                "units": "units",
                "eur_bn": "EUR bn",
                "loans": "of it loans",
                "line": "line",
            },
            "Firm: comes back in four of five draws of prices, rates and lead times.",
        ),
        (
            "state-orders",
            "Orders that the data hold, newest first",
            {
                "order": "order",
                "system": "type",
                "from": "from",
                "status": "status",
                "signed": "signed",
                "units": "units",
                "value": "value",
                "unit": "",
                "delivery": "delivery",
                "basis": "basis",
            },
            "",
        ),
    ),
    "holdings": (
        (
            "state-holdings",
            "Holdings in the planned areas",
            {
                "area": "area",
                "system": "type",
                "units": "number",
                "status": "status",
                "basis": "basis",
                "holding": "row",
            },
            "",
        ),
    ),
    "partners": (
        (
            "state-partners",
            "States that share most active arrangements with it",
            {"state": "state", "shared": "arrangements", "relation": "stated relation"},
            "",
        ),
        (
            "state-bodies",
            "Existing bodies in which it sits",
            {
                "body": "body",
                "of": "of",
                "decides_by": "decides by",
                "stopped_by": "can be stopped by",
            },
            "",
        ),
    ),
    "picture": (
        (
            "state-picture",
            "Money, forces, dependence and decisions with signed orders alone",
            {
                "section": "subject",
                "what": "what",
                "figure": "value",
                "unit": "unit",
                "basis": "weakest basis",
                "assumed": "assumed, %",
                "measure": "measure",
            },
            "Measures that aren't known for this state are left out.",
        ),
    ),
}


def _tables(site: Site, state: str, group: str) -> list[PageBlock]:
    """The tables of a group, each with the sources of its rows; long ones are folded."""
    found: list[PageBlock] = []
    for name, caption, columns, note in TABLES[group]:
        rows: list[Row] = VIEWS[name](site, state=state)
        if not rows:
            found.append(Paragraph(told(f"{caption}: none."), "note"))
            continue
        shown = {key: text for key, text in columns.items() if any(row[key] for row in rows)}
        address = address_of(name, {"state": state})
        block = ranged_table(site.dataset, caption, rows, address, shown, note)
        if len(rows) > MANY:
            found.append(Opened(told(f"{caption}: {len(rows)}"), (block,)))
        else:
            found.append(block)
        if "sources" in rows[0]:
            found.append(sources_of(site.dataset, rows))
    return found


def _standing(site: Site) -> tuple[Part, ...]:
    run = f"Plans: run {site.run.id}, the one in whole units. " if site.run is not None else ""
    return told(
        f"{run}Ranges stand in brackets, basis in the tables' last columns, sources below each."
    )
