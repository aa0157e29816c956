"""The start page: what the run says in five findings, and how to ask for more."""

from __future__ import annotations

import polars as pl

from counterpoise.measures.asking import measure_rows
from counterpoise.measures.parameters import BEHAVIOURS
from counterpoise.pages.cells import told
from counterpoise.pages.gap_rows import YEARS
from counterpoise.pages.gaps import BEHAVIOUR_WORDS
from counterpoise.pages.page import Asked, Page, path_of
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.pages.tasks import tasks
from counterpoise.publish.blocks import (
    Bullets,
    Chart,
    Date,
    Heading,
    Name,
    PageBlock,
    Paragraph,
    Part,
    parts,
)
from counterpoise.publish.brief_parts import Brief
from counterpoise.publish.charts import bands
from counterpoise.publish.figures import Figures
from counterpoise.publish.ranges import findings_of, is_full

TITLE = "Which orders give Europe enough usable force in time?"

QUESTIONS = ("q10", "q22", "q26", "q49", "q52", "q06", "q11", "q19", "q27", "q40", "q48", "q71")
"""Questions that the start page leads to: those on time, dependence, consent and burdens."""

NO_RUN = "No run is stored over this release: make one with “counterpoise plan”, then write again."


@view("cover-years")
def cover_years(site: Site) -> list[Row]:
    """Percent of the need that European allies have met, by behaviour and year, with its range."""
    behaviours = BEHAVIOURS if site.run is not None else BEHAVIOURS[:1]
    given = {"year": f"{YEARS[0]}..{YEARS[-1]}", "behaviour": ",".join(behaviours)}
    names = ("behaviour", "year", "low", "value", "high", "unit", "basis", "assumed_share")
    return [
        {**{name: row[name] for name in names}, "year": int(row["year"])}
        for row in measure_rows(site.view, "cover", given)
    ]


@page("")
def start_page(site: Site, asked: Asked) -> Page:
    """The start page."""
    blocks: list[PageBlock] = [_tasks(site)]
    lead: tuple[Part, ...] = told(NO_RUN)
    if site.run is not None:
        brief = Brief(site.run, site.dataset, Figures(site.run))
        blocks += findings_of(brief)
        lead = _lead(brief, is_full(brief))
    blocks += [_chart(site), *_ways(site)]
    return Page("", TITLE, lead, tuple(blocks), _standing(site))


def _lead(b: Brief, full: bool) -> tuple[Part, ...]:
    if not full:
        return parts("What the plan says. How much of it is assumed a quick run doesn't tell.")
    f = b.figures
    return parts(
        "New orders that all plan together remove ",
        f.percent("shortfall_removed", "together", "ordered"),
        " of the shortfall that signed orders leave to the end of ", Date("2035"), "; ",
        f.percent("unavoidable_share"), " of it no order can. ",
        f.percent("influence", "assumed"),
        " of this, weighted by effect, rests on assumed inputs. Shortfall is the need that is not "
        "met, in percent of the need, averaged over ",
        f.whole("closed_areas_counted"),
        " areas and added up over the years: percent-years.",
    )  # fmt: skip


def _chart(site: Site) -> Chart:
    rows = [
        {
            "series": BEHAVIOUR_WORDS[row["behaviour"]],
            "x": row["year"],
            "value": row["value"],
            "low": row["low"],
            "high": row["high"],
            "address": path_of("measure", "cover", year=str(row["year"]),
                               behaviour=row["behaviour"]),
        }
        for row in cover_years(site)
    ]  # fmt: skip
    return bands(
        pl.DataFrame(rows),
        caption=told(
            "Share of the need that European allies have met, mean over the areas. Bands: needs, "
            "holdings and orders moved within their ranges, the plans kept as they are."
        ),
        alternative="Lines of the cover of European needs to 2035 under three behaviours",
        y_title="percent of the need",
    )


def _tasks(site: Site) -> Paragraph:
    links: list[Part] = []
    for task in tasks(site):
        links += [" ", Name(task.text, f"page/{task.path}")]
    return Paragraph(parts("Often asked:", *links), "tasks")


def _ways(site: Site) -> list[PageBlock]:
    known = [site.catalogue.questions[key] for key in QUESTIONS if key in site.catalogue.questions]
    asked = tuple(
        (Name(item.text, f"page/ask/{item.id}"),) for item in known if item.kind != "registered"
    )
    return [
        Heading(2, ("Questions with an answer",)),
        Paragraph(
            parts(
                "Type any of these, or words of them, into the field at the top; ",
                Name("all questions", "page/ask"),
                ".",
            )
        ),
        Bullets(asked),
    ]


def _standing(site: Site) -> tuple[Part, ...]:
    if site.run is None:
        return parts("Signed orders alone are drawn; basis and sources stand with each area.")
    return parts(
        "Each number leads to where it comes from. Ranges stand in the findings; basis and sources "
        "of what moves them on the page of the run, ",
        Name(site.run.id, f"run/{site.run.id}"),
        ", and of needs and holdings under ",
        Name("gaps", "page/gaps"),
        ".",
    )
