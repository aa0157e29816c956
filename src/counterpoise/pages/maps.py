"""The page of maps: one subject, small maps by year or supplier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from counterpoise.measures.parameters import BEHAVIOURS
from counterpoise.pages.cells import told
from counterpoise.pages.gaps import BEHAVIOUR_WORDS, settled
from counterpoise.pages.map_rows import DEFAULTS, SHOWN, chosen, map_rows
from counterpoise.pages.page import Asked, Given, Page
from counterpoise.pages.ranged import ranged, sources_of
from counterpoise.pages.registry import Row, page
from counterpoise.pages.site import Site
from counterpoise.pages.variants import menu, rows_at, variant
from counterpoise.publish import theme
from counterpoise.publish.blocks import Cell, Chart, Name, Opened, Part, Table, parts
from counterpoise.publish.map_panels import map_panels

HEAD = "map"

MOSTLY = 50.0
"""Percent of assumed inputs, by effect, from which on a state is hatched."""


def _stored(site: Site) -> Iterable[str]:
    behaviours = BEHAVIOURS if site.run is not None else BEHAVIOURS[:1]
    for shows, shown in SHOWN.items():
        for behaviour in behaviours if shown.own else (DEFAULTS["behaviour"],):
            yield variant(HEAD, DEFAULTS, shows=shows, behaviour=behaviour)
    yield HEAD


@page(HEAD, _stored, "Map", "Plan")
def map_page(site: Site, asked: Asked) -> Page:
    """States by cover, exposure, spending path, or orders by supplier."""
    given = {name: settled(site, asked.given)[name] for name in ("behaviour",)} | dict(asked.given)
    shows, behaviour = chosen(site, given)
    given = {"shows": shows, "behaviour": behaviour}
    rows = map_rows(site, **given)
    said = f", {BEHAVIOUR_WORDS[behaviour]}" if SHOWN[shows].own else ""
    controls = [
        menu(HEAD, DEFAULTS, given, "shows", "What the maps show",
             {name: item.label for name, item in SHOWN.items()})
    ]  # fmt: skip
    who = menu(HEAD, DEFAULTS, given, "behaviour", "What states buy", BEHAVIOUR_WORDS)
    if SHOWN[shows].own:
        controls.append(who)
    return Page(
        asked.path,
        f"Map: {SHOWN[shows].title[0].lower()}{SHOWN[shows].title[1:]}",
        _lead(site, shows, rows, given),
        (
            _chart(site, shows, rows, said),
            Opened(
                told("All states, each value with its range"), (_table(site, shows, rows, given),)
            ),
            sources_of(site.dataset, rows),
        ),
        told(
            "Hatched: most of what moves the value is assumed. Ranges and basis of each stand in "
            "the table, its sources below it. Grey states aren't planned for, or have no value."
        ),
        controls=tuple(controls),
        settings=(who,) if SHOWN[shows].own else (),
    )


def _lead(site: Site, shows: str, rows: Sequence[Row], given: Given) -> tuple[Part, ...]:
    """The lowest and the highest state of the last panel, or of the largest supplier."""
    if not rows:
        return told("Nothing is known to draw.")
    panel = rows[0]["panel"] if shows == "orders" else rows[-1]["panel"]
    there = sorted(
        (at for at, row in enumerate(rows) if row["panel"] == panel),
        key=lambda at: rows[at]["value"],
    )
    where = f"of orders from {_panel(site, shows, panel)}" if shows == "orders" else f"in {panel}"
    found: list[Part] = [*told(f"Lowest {where}: ")]
    for part, at in enumerate((*there[:2], *there[-2:])):
        row = rows[at]
        found += [
            ("", ", ", "; highest: ", ", ")[part],
            Name(site.dataset.things[row["state"]].name, row["state"]),
            " ",
            *ranged(row, "value", f"{rows_at('map', DEFAULTS, given)}/{at + 1}", "%"),
        ]
    return parts(*found, ".")


def _panel(site: Site, shows: str, panel: str) -> str:
    return site.dataset.things[f"state/{panel}"].name if shows == "orders" else panel


def _chart(site: Site, shows: str, rows: Sequence[Row], said: str) -> Chart:
    shown = SHOWN[shows]
    frame = pl.DataFrame(
        [
            {
                "panel": _panel(site, shows, row["panel"]),
                "label": row["state"].split("/")[1],
                "value": row["value"],
                "address": row["address"]
                or f"{rows_at('map', DEFAULTS, {'shows': shows})}/{at}/value",
                "assumed": row["assumed"] > MOSTLY,
            }
            for at, row in enumerate(rows, start=1)
        ]
    )
    return map_panels(
        frame,
        told(f"{shown.title}, {shown.unit}{said}"),
        alternative=f"Small maps of Europe: {shown.title}; the values stand in the table",
        legend=shown.unit,
        domain=shown.ends,
        palette=theme.SEQUENTIAL,
    )


def _table(site: Site, shows: str, rows: Sequence[Row], given: Given) -> Table:
    """States by rows, panels by columns."""
    panels = list(dict.fromkeys(row["panel"] for row in rows))
    at = {(row["state"], row["panel"]): place for place, row in enumerate(rows)}
    states = sorted(
        {row["state"] for row in rows}, key=lambda state: site.dataset.things[state].name
    )
    address = rows_at("map", DEFAULTS, given)
    body = []
    for state in states:
        name = site.dataset.things[state].name
        cells = [Cell((Name(name, state),))]
        for panel in panels:
            place = at.get((state, panel))
            if place is None:
                cells.append(Cell(()))
                continue
            row = rows[place]
            content = ranged(row, "value", f"{address}/{place + 1}")
            cells.append(Cell(tuple(content), hatched=row["assumed"] > MOSTLY))
        weakest = [row["basis"] for row in rows if row["state"] == state]
        cells.append(Cell(told(", ".join(dict.fromkeys(weakest)))))
        body.append(tuple(cells))
    heads = [told("state"), *(told(_panel(site, shows, name)) for name in panels), told("basis")]
    numeric = frozenset(range(1, len(panels) + 1))
    caption = told(f"{SHOWN[shows].title}, {SHOWN[shows].unit}")
    return Table(caption, tuple(heads), tuple(body), numeric)
