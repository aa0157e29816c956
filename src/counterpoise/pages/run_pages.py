"""The pages of stored runs: their list, and each with its calendar, bottlenecks, money, checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import polars as pl

from counterpoise.errors import NotFound
from counterpoise.pages.cells import address_of, table, told
from counterpoise.pages.page import Asked, Choice, Control, Page
from counterpoise.pages.ranged import ranged_table
from counterpoise.pages.registry import Row, page
from counterpoise.pages.run_checks import checks
from counterpoise.pages.run_figures import told_figures
from counterpoise.pages.run_views import LISTED, orders, states, stored
from counterpoise.pages.site import Kept, Site
from counterpoise.pages.start import NO_RUN
from counterpoise.planning.stability import LABELS
from counterpoise.publish.blocks import (
    Bullets,
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
from counterpoise.publish.order_bars import order_bars
from counterpoise.publish.ranges import is_full
from counterpoise.publish.sections_money import money
from counterpoise.publish.sections_trust import bottlenecks, trust
from counterpoise.questions.run_years import printed_behaviour

DRAWN = 12
"""Orders of each firmness that the drawing shows, the largest."""

FORMS = ("html", "pdf", "docx", "xlsx")
"""Forms of the brief that a run may hold."""


@page("runs", None, "Runs", "Plan")
def runs_page(site: Site, asked: Asked) -> Page:
    """The stored runs."""
    rows = stored(site)
    if not rows:
        return Page(asked.path, "Runs", told(NO_RUN), (), told(site.basis))
    block = table(site.dataset, "Runs over this release, newest first", rows,
                  address_of("runs", {}))  # fmt: skip
    names: list[tuple[Part, ...]] = [
        (Name(run.id, f"run/{run.id}"), ": ", *told(str(run.meta["scenario_title"])))
        for run in site.stored_runs
    ]
    return Page(
        asked.path,
        "Runs",
        told("Each run is a plan under one set of assumptions, kept with all that it rests on."),
        (Bullets(tuple(names)), block),
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
        *_calendar(site, run, rows),
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
    return parts(*found, ".")


def _calendar(site: Site, run: Kept, rows: Sequence[Row]) -> list[PageBlock]:
    if not rows:
        return [Paragraph(told("This run holds no new orders."), "note")]
    address = address_of("run-orders", {"run": run.id})
    drawn_rows = _largest(rows)
    named = site.dataset.things
    frame = pl.DataFrame(
        [
            {
                "label": f"{named[row['system']].name}, {row['buyer'].split('/')[1]}, "
                f"{row['ordered']}",
                "x": float(row["ordered"]),
                "value": float(row["last"]),
                "share": 1.0 if row["draws"] is None else row["draws"] / 100,
                "series": row["firmness"],
                "address": f"{address}/{at}/last",
            }
            for at, row in enumerate(rows, start=1)
            if at in drawn_rows
        ]
    )
    columns = {
        "system": "type",
        "buyer": "buyer",
        "origin": "made in",
        "firmness": "firmness",
        "draws": "comes back in, % of draws",
        "ordered": "ordered",
        "first": "first delivery",
        "last": "last",
        "units": "units",
        "eur_bn": "EUR bn",
        "loans": "of it loans",
        "line": "line",
    }
    drawn = "draws" if any(row["draws"] is not None for row in rows) else ""
    shown = {name: text for name, text in columns.items() if name != "draws" or drawn}
    return [
        Heading(2, ("Calendar of orders, the firmest first",)),
        *_firmness(run),
        order_bars(
            frame,
            caption=told(
                f"The {DRAWN} largest orders of each firmness, the firmest first: from order to "
                "last delivery. The fainter a bar, the fewer draws it comes back in."
            ),
            alternative="Bars of orders from order to delivery, listed in the table",
        ),
        Opened(
            told(f"The {len(rows)} largest orders, each with buyer, line, money and firmness"),
            (
                ranged_table(
                    site.dataset,
                    f"At most {LISTED} orders of the printed plan",
                    rows,
                    address,
                    shown,
                    "Firm orders come back in four of five draws of prices, rates and lead times, "
                    "preferred ones in one of three. A single order has no other range.",
                ),
            ),
            "orders",
        ),
    ]


def _largest(rows: Sequence[Row]) -> set[int]:
    """Numbers of the rows that are drawn: the largest of each firmness."""
    found: dict[str, list[int]] = {}
    for at, row in enumerate(rows, start=1):
        found.setdefault(row["firmness"], []).append(at)
    return {at for numbers in found.values() for at in numbers[:DRAWN]}


def _firmness(run: Kept) -> list[PageBlock]:
    """Which part of spending is firm, and from which purse all of it is paid."""
    f, behaviour = Figures(run), printed_behaviour(run)
    ends = ("2027", "2035")
    found: list[Part] = []
    if "stability-shares" in run.tables():
        found += [
            "Of spending ",
            f.percent("stability", "order", LABELS[0], "all"),
            f" is {LABELS[0]}",
        ]
        for label in LABELS[1:]:
            found += [", ", f.percent("stability", "order", label, "all"), f" {label}"]
        found += [" (over ", f.whole("draws_counted"), " draws of prices, rates and lead times). "]
    found += [
        "Who pays to the end of ", *told("2035"), ": national budgets EUR ",
        f.rounded("money", behaviour, "all", "national", *ends, digits=3),
        " bn, common loans EUR ", f.rounded("money", behaviour, "all", "loans", *ends, digits=3),
        " bn; by state below.",
    ]  # fmt: skip
    return [Paragraph(parts(*found))]


def _states(site: Site, run: Kept) -> list[PageBlock]:
    rows = states(site, run.id)
    address = address_of("run-states", {"run": run.id})
    columns = {
        "state": "state",
        "orders": "orders",
        "purchases": "new orders",
        "national": "from the budget",
        "loans": "from loans",
        "committed": "signed before",
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
