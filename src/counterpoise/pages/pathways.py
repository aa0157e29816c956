"""The page of pathways: their mixes in each world, their levers, and who can stop each."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpoise.cooperation.consent_tables import consent_rows, objector_rows
from counterpoise.pages.cells import address_of, number, table, told
from counterpoise.pages.naming import linked
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Kept, Site
from counterpoise.publish.blocks import Bullets, Heading, Name, Opened, PageBlock, Part, parts
from counterpoise.publish.small_lines import small_lines
from counterpoise.questions.lever_rows import lever_list
from counterpoise.questions.matrix import saved, whole
from counterpoise.world.bundles import read_levers, read_outlooks

HOW = (
    "No matrix of pathways and worlds is stored over this release. “counterpoise pathways” plans "
    "all of it in about twenty minutes; write the site again to see it here. What the levers do, "
    "who must agree and who can stop them needs no plan."
)


DRAWN = ("none", "1", "2", "3", "1+2", "1+2+3")
"""Mixes that are drawn; the others stand in the table."""


def stored_matrix(site: Site) -> Kept | None:
    """The newest stored matrix of all mixes and worlds over this release."""
    run = saved(site.dataset, whole(site.dataset), site.folder)
    return None if run is None else Kept(run.path, run.meta)


@view("pathway-cells")
def cells(site: Site) -> list[Row]:
    """Each mix of pathways in each world: shortfall, closed areas, cost, American control."""
    run = stored_matrix(site)
    if run is None:
        return []
    names = ("mix", "world", "shortfall", "danger", "closed_2030", "closed_2035", "cost",
             "exposure_2035", "types_2035")  # fmt: skip
    return list(run.table("cells").select(names).iter_rows(named=True))


@view("pathway-cover")
def cover(site: Site) -> list[Row]:
    """Percent of the need met by mix, world and year: the mean over the areas."""
    run = stored_matrix(site)
    if run is None:
        return []
    frame = run.table("closing-by-cell")
    years = [name for name in frame.columns if name.startswith("open_")]
    means = frame.group_by("mix", "world", maintain_order=True).agg(pl.col(years).mean())
    return [
        {
            "mix": row["mix"],
            "world": row["world"],
            "year": int(name.removeprefix("open_")),
            "cover": 100 * (1 - row[name]),
        }
        for row in means.iter_rows(named=True)
        for name in years
    ]


@view("levers")
def levers(site: Site) -> list[Row]:
    """Each lever: of which pathways, what it does, who must agree, what recommends it."""
    data = site.dataset
    rows = [{**row, "lever": f"lever/{row['lever']}"} for row in lever_list(data)]
    kinds = {"needs": ("state", "scope", "body"), "recommended_in": ("recommendation",)}
    return linked(data, rows, kinds)


@view("lever-consents")
def consents(site: Site) -> list[Row]:
    """Each agreement that a lever needs: how it is given, who stops it alone, how many it takes."""
    data = site.dataset
    found = site.kept(("consents",), lambda: consent_rows(data, read_levers(data), data.release))
    return [
        {
            "lever": f"lever/{row['lever']}",
            "party": row["party"],
            "how": row["kind"],
            "status": row["status"],
            "stops_alone": row["stops_alone"] or row["missing"],
            "fewest": row["fewest_that_stop"],
        }
        for row in found
    ]


@view("lever-stoppers")
def stoppers(site: Site) -> list[Row]:
    """Each pathway and state that alone stops one of its levers: how many, which."""
    data = site.dataset
    found = site.kept(("stoppers",), lambda: objector_rows(data, read_levers(data), data.release))
    return [
        {
            "pathway": f"pathway/{row['pathway']}",
            "state": f"state/{row['objector']}",
            "stopped": row["stopped"],
            "levers": row["levers"],
            "stops": row["stops"],
        }
        for row in found
    ]


@page("pathways", None, "Pathways", "What if")
def pathways_page(site: Site, asked: Asked) -> Page:
    """Three pathways, their levers, who must agree, and what their mixes do in each world."""
    matrix = cells(site)
    blocks: list[PageBlock] = [Bullets(tuple(_pathways(site)))]
    if matrix:
        blocks += _matrix(site, matrix)
    blocks += _levers(site)
    return Page(
        asked.path,
        "Three pathways, their levers, and who can stop each",
        _lead(site, matrix) if matrix else told(HOW),
        tuple(blocks),
        told(
            "Amounts of levers are assumed, each with its range and reason on the lever's page, "
            "and so are the worlds; members and rules of bodies have the sources of their pages. "
            "Cells of the matrix are optima over the chosen values, without ranges of their own."
        ),
    )


def _pathways(site: Site) -> list[tuple[Part, ...]]:
    found: list[tuple[Part, ...]] = []
    for count, item in enumerate(site.dataset.kind("pathway"), start=1):
        own = [lever for lever in read_levers(site.dataset) if item.address in lever.pathways]
        found.append(
            parts(
                *told(f"{count} is "), Name(item.name, item.address), *told(f": {len(own)} levers")
            )
        )
    return found


def _lead(site: Site, rows: Sequence[Row]) -> tuple[Part, ...]:
    """The mix with the smallest shortfall in each world."""
    found: list[Part] = ["The mix that leaves least open, in percent-years: "]
    for place, item in enumerate(read_outlooks(site.dataset)):
        here = [at for at, row in enumerate(rows, start=1) if row["world"] == item.id]
        if not here:
            continue
        best = min(here, key=lambda at: rows[at - 1]["shortfall"])
        row = rows[best - 1]
        found += [
            "; " if place else "", *told(f"{item.name} {row['mix']} ("),
            number(row["shortfall"], f"view/pathway-cells/{best}/shortfall"), ")",
        ]  # fmt: skip
    return parts(*found, ".")


def _matrix(site: Site, rows: Sequence[Row]) -> list[PageBlock]:
    lines = cover(site)
    names = {item.id: item.name for item in read_outlooks(site.dataset)}
    frame = pl.DataFrame(
        [
            {
                "panel": names.get(row["world"], row["world"]),
                "series": "no pathway" if row["mix"] == "none" else row["mix"],
                "x": row["year"],
                "value": row["cover"],
                "address": f"view/pathway-cover/{at}/cover",
            }
            for at, row in enumerate(lines, start=1)
            if row["mix"] in DRAWN
        ]
    )
    columns = {
        "mix": "mix",
        "world": "world",
        "shortfall": "shortfall",
        "danger": "in 2029–33",
        "closed_2030": "closed by 2030",
        "closed_2035": "closed by 2035",
        "cost": "EUR bn",
        "exposure_2035": "US control 2035, %",
        "types_2035": "types 2035",
    }
    block = table(
        site.dataset,
        "Every mix in every world: percent-years to 2035, areas closed, EUR bn to 2040",
        rows,
        address_of("pathway-cells", {}),
        columns,
    )
    return [
        Heading(2, ("What each mix does in each world",)),
        small_lines(
            frame,
            caption=told("Share of the need met by mix of pathways, a chart a world, percent, mean "
                         "over the areas"),
            alternative="Small charts of cover by mix of pathways, one for each world",
        ),
        Opened(told(f"All {len(rows)} cells as figures"), (block,)),
    ]  # fmt: skip


def _levers(site: Site) -> list[PageBlock]:
    shown = (
        ("levers", "Levers: what they do, who must agree, what recommends them", levers(site),
         {"lever": "lever", "pathways": "pathways", "does": "what it does",
          "needs": "who must agree", "recommended_in": "recommended in"}),
        ("lever-consents", "Consents: who decides, who stops it alone, how many together",
         consents(site),
         {"lever": "lever", "party": "party", "how": "how", "status": "status",
          "stops_alone": "who alone stops it", "fewest": "fewest that stop it"}),
        ("lever-stoppers", "Who alone can stop what", stoppers(site),
         {"state": "state", "pathway": "pathway", "stopped": "stops", "levers": "of levers",
          "stops": "which"}),
    )  # fmt: skip
    blocks: list[PageBlock] = [Heading(2, ("Levers and consents",))]
    for name, caption, rows, columns in shown:
        block = table(site.dataset, caption, rows, address_of(name, {}), columns)
        blocks.append(
            block if name == "levers" else Opened(told(f"{caption}: {len(rows)}"), (block,))
        )
    return blocks
