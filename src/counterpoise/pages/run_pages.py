"""The pages of stored runs: their list, and each with its calendar, bottlenecks, money, checks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from counterpoise.errors import NotFound
from counterpoise.pages.cells import address_of, table, told
from counterpoise.pages.page import Asked, Choice, Control, Page
from counterpoise.pages.ranged import ranged_table
from counterpoise.pages.registry import page
from counterpoise.pages.run_calendar import calendar
from counterpoise.pages.run_checks import checks
from counterpoise.pages.run_figures import told_figures
from counterpoise.pages.run_views import orders, states, stored
from counterpoise.pages.site import Kept, Site
from counterpoise.pages.start import NO_RUN
from counterpoise.publish.blocks import (
    Heading,
    Name,
    Opened,
    PageBlock,
    Paragraph,
    Part,
    parts,
)
from counterpoise.publish.brief_parts import Brief
from counterpoise.publish.figures import Figures
from counterpoise.publish.ranges import is_full
from counterpoise.publish.sections_money import money
from counterpoise.publish.sections_trust import bottlenecks, trust
from counterpoise.questions.run_years import printed_behaviour

SIGNED = "signed before"
"""Heading of the column of what was signed before the plan."""

FORMS = ("html", "pdf", "docx", "xlsx")
"""Forms of the brief that a run may hold."""


@page("runs", None, "Runs", "Plan")
def runs_page(site: Site, asked: Asked) -> Page:
    """The stored runs."""
    rows = stored(site)
    if not rows:
        return Page(asked.path, "Runs", told(NO_RUN), (), told(site.basis))
    block = table(site.dataset, "Runs over this release, newest first", rows,
                  address_of("runs", {}), leading="run")  # fmt: skip
    return Page(
        asked.path,
        "Runs",
        told("Each run is a plan under one set of assumptions, kept with all that it rests on."),
        (block,),
        told("A run's page says how firm its orders are; basis and sources are those of its data."),
    )


def _stored(site: Site) -> Iterable[str]:
    return [f"run/{run.id}" for run in site.stored_runs]


@page("run", _stored)
def run_page(site: Site, asked: Asked) -> Page:
    """A stored run; what an address names inside it is a place on its page."""
    if len(asked.parts) < 2:
        raise NotFound(asked.path, ["runs", *_stored(site)])
    run = site.opened(asked.parts[1])
    brief = Brief(run, site.dataset, Figures(run))
    rows = orders(site, run.id)
    whole = is_full(brief)
    blocks: list[PageBlock] = [
        *calendar(site, run, rows),
        *(bottlenecks(brief) if whole else ()),
        *(money(brief) if whole else ()),
        *_states(site, run),
        *(trust(brief) if whole else ()),
        *checks(site, run),
        told_figures(brief),
    ]
    return Page(
        f"run/{run.id}",
        f"Run {run.id}",
        _lead(brief),
        tuple(blocks),
        _standing(run, whole),
        "Run",
        settings=_settings(site, run),
        files={
            f"brief.{form}": partial((run.path / f"brief.{form}").read_bytes)
            for form in FORMS
            if (run.path / f"brief.{form}").is_file()
        },
    )


def _lead(b: Brief) -> tuple[Part, ...]:
    f, behaviour = b.figures, printed_behaviour(b.run)
    found: list[Part] = [
        Name(str(b.run.meta["scenario_title"])), ". Signed orders alone leave ",
        f.rounded("shortfall", "ordered", digits=3), " percent-years open to the end of ",
        *told("2035"),
    ]  # fmt: skip
    if behaviour != "ordered":
        found += ["; this plan leaves ", f.rounded("shortfall", behaviour, digits=3),
                  " and costs EUR ", f.rounded("cost", behaviour, digits=3), " bn to ",
                  *told("2040")]  # fmt: skip
    found.append(".")
    if behaviour != "ordered":
        found.append(
            " The calendar's orders are proposals of the plan, none of them signed: what is signed "
            f"stands apart, in the column “{SIGNED}” under the heading States."
        )
    return parts(*found)


def _states(site: Site, run: Kept) -> list[PageBlock]:
    rows = states(site, run.id)
    address = address_of("run-states", {"run": run.id})
    columns = {
        "state": "state",
        "orders": "orders",
        "purchases": "new orders",
        "national": "from the budget",
        "loans": "from loans",
        "committed": SIGNED,
        "budget": "there is",
        "percent_years": "open, percent-years",
    }
    found: list[PageBlock] = [
        Heading(2, ("States",)),
        ranged_table(
            site.dataset,
            "What each state orders and pays to 2035 in the printed plan, EUR bn, and what it adds "
            "to the open need",
            rows,
            address,
            columns,
            "One plan over the chosen values: no range of its own.",
        ),
    ]
    for row in rows:
        name = site.dataset.things[row["state"]].name
        found.append(
            Opened(
                told(name),
                (Paragraph(parts(Name(f"All that is known of {name}", row["state"]), ".")),),
                row["state"],
            )
        )
    return found


def _standing(run: Kept, whole: bool) -> tuple[Part, ...]:
    if whole:
        return told(
            "Ranges: what comes back over the draws, below; basis of what moves the result under "
            "the heading on trust, sources with each input's page."
        )
    return told(
        "A quick or replanned run: no draws, so no ranges. Basis and sources are those of its data."
    )


def _settings(site: Site, run: Kept) -> tuple[Control, ...]:
    """The header's menus step through the stored runs."""
    asked = run.meta["request"]

    def menu(name: str, what: str) -> Control:
        choices = tuple(
            Choice(f"{other.meta['request'][name]} ({other.id})", f"run/{other.id}",
                   other.id == run.id, str(other.meta["request"][name]))
            for other in site.stored_runs
        )  # fmt: skip
        return Control(name, what, str(asked[name]), choices)

    return (
        menu("scenario", "What others do"),
        menu("behaviour", "Who plans together"),
        menu("weights", "How areas and years are weighed"),
    )
