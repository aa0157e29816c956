"""The page of shocks: an event, when it starts and becomes known, and what planning anew saves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from counterpoise.errors import BadInput, Problem
from counterpoise.pages.cells import address_of, table, told
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.pages.variants import menu, variant
from counterpoise.planning.variants import SHOCKS
from counterpoise.publish.blocks import Heading, Name, PageBlock, Paragraph, Part, parts
from counterpoise.publish.cells import heading
from counterpoise.publish.figures import Figures
from counterpoise.publish.slope import slope
from counterpoise.world.scenario import read_scenario

HEAD = "shock"
DEFAULTS = {"event": SHOCKS[0]}

HOW = (
    "No stored run holds shocks: “counterpoise plan” without --quick plans four of them, and "
    "“counterpoise replan RUN --scenario FILE” any other event; then write the site again."
)


@view("shocks")
def shock_rows(site: Site) -> list[Row]:
    """Shortfall to 2035 under each shock: orders held, planned anew, and foreseen; cost to 2040."""
    if site.run is None or "regret" not in site.run.tables():
        return []
    names = ("held", "replanned", "foreseen", "saved", "regret", "cost_held", "cost_replanned",
             "cost_foreseen")  # fmt: skip
    return [
        {
            "scenario": f"scenario/{row['scenario']}",
            "event": row["scenario"],
            "decided_anew": row["decided_anew"],
            **{name: row[name] for name in names},
        }
        for row in site.run.table("regret").iter_rows(named=True)
    ]


@view("shock-events")
def events(site: Site, event: str) -> list[Row]:
    """The events of a shock's scenario, those of its base world first."""
    return [
        {
            "kind": item.kind,
            "target": item.target,
            "start": item.start,
            "end": item.end,
            "known_from": item.known_from or item.start,
            "amount": item.amount,
            "amount_end": item.amount_end,
            "decided_by": item.chosen_by,
            "basis": item.basis,
            "source": f"source/{item.source}",
            "reason": item.reason,
        }
        for item in read_scenario(event, site.dataset).events
    ]


def _stored(site: Site) -> Iterable[str]:
    return [HEAD, *(variant(HEAD, DEFAULTS, event=row["event"]) for row in shock_rows(site))]


@page(HEAD, _stored, "Shocks", "What if")
def shock_page(site: Site, asked: Asked) -> Page:
    """A shock of the stored run: its events, and the shortfall before and after planning anew."""
    rows = shock_rows(site)
    if not rows:
        return Page(asked.path, "Shocks", told(HOW), (), told(site.basis))
    given = {**DEFAULTS, **asked.given}
    known = {row["event"]: _called(row["event"]) for row in rows}
    if given["event"] not in known or set(given) - {"event"}:
        expected, remedy = " or ".join(known), "choose one of the shocks that the run holds"
        raise BadInput([Problem("event", HEAD, None, "event", given["event"], expected, remedy)])
    return Page(
        asked.path,
        "A shock, and what planning anew saves",
        _lead(site, given["event"], rows),
        (*_chart(rows), *_events(site, given["event"]), _all(site, rows), *_replanned(site)),
        told(
            "Each case is one optimum on the yearly calendar over the chosen values: no range was "
            "planned. Basis, sources and reasons of the events stand in their table; they are "
            "judgements, written as rows."
        ),
        controls=(menu(HEAD, DEFAULTS, given, "event", "What happens", known),),
    )


def _called(event: str) -> str:
    """A scenario's short name in words."""
    return heading(event.replace("-", "_"))


def _lead(site: Site, event: str, rows: Sequence[Row]) -> tuple[Part, ...]:
    assert site.run is not None
    f = Figures(site.run)
    row = next(row for row in rows if row["event"] == event)
    return parts(
        Name(read_scenario(event, site.dataset).title, f"page/scenario/{event}"),
        ". Decided anew at ", *told(str(row["decided_anew"])), ": with orders as planned ",
        f.rounded("shocked", event, "held", digits=3), " percent-years stay open, planned anew ",
        f.rounded("shocked", event, "replanned", digits=3), ", foreseen from the start ",
        f.rounded("shocked", event, "foreseen", digits=3), ". Planning anew saves ",
        f.rounded("replanning_saves", event), ", having committed costs ",
        f.rounded("regret", event), ".",
    )  # fmt: skip


def _chart(rows: Sequence[Row]) -> list[PageBlock]:
    frame = pl.DataFrame(
        [
            {
                "label": _called(row["event"]),
                "value": row["held"],
                "later": row["replanned"],
                "address": f"view/shocks/{at}/held",
                "address_later": f"view/shocks/{at}/replanned",
            }
            for at, row in enumerate(rows, start=1)
        ]
    )
    return [
        slope(
            frame,
            caption=told("Shortfall to 2035 under each shock: with the orders of the plan, and "
                         "planned anew when the shock becomes known"),
            alternative="Slopes of the shortfall from held to replanned under each shock",
            before="orders as planned",
            after="planned anew",
            y_title="percent-years",
            number=",.1f",
        )
    ]  # fmt: skip


def _events(site: Site, event: str) -> list[PageBlock]:
    rows = events(site, event)
    columns = {
        "kind": "event",
        "target": "of",
        "start": "starts",
        "known_from": "known from",
        "end": "ends",
        "amount": "factor",
        "amount_end": "at its end",
        "decided_by": "decided by",
        "basis": "basis",
        "source": "source",
        "reason": "reason",
    }
    block = table(
        site.dataset,
        "Events, those of the base world first; the factor is what is left of the usual amount",
        rows,
        address_of("shock-events", {"event": event}),
        {
            name: text
            for name, text in columns.items()
            if any(row[name] is not None for row in rows)
        },
    )
    return [Heading(2, ("What happens, and when it becomes known",)), block]


def _all(site: Site, rows: Sequence[Row]) -> PageBlock:
    columns = {
        "event": "shock",
        "decided_anew": "decided anew",
        "held": "held",
        "replanned": "planned anew",
        "foreseen": "foreseen",
        "saved": "saved",
        "regret": "regret",
        "cost_held": "EUR bn, held",
        "cost_replanned": "planned anew",
        "cost_foreseen": "foreseen",
    }
    return table(
        site.dataset,
        "All shocks of the run: percent-years to 2035, EUR bn to 2040",
        [
            {**row, "event": _called(row["event"]), "page": f"page/{row['scenario']}"}
            for row in rows
        ],
        "view/shocks",
        columns,
        "Held: the plan's own orders alone. Saved: held less planned anew. Regret: planned anew "
        "less foreseen.",
        leading="page",
    )


def _replanned(site: Site) -> list[PageBlock]:
    found = [run for run in site.stored_runs if run.meta["request"]["replans"]]
    if not found:
        hint = (
            "Another event: write it down with “counterpoise scenario new FILE.toml”, then "
            "“counterpoise replan RUN --scenario FILE.toml”."
        )
        return [Paragraph(told(hint), "note")]
    names: list[Part] = ["Runs that were planned anew: "]
    for at, run in enumerate(found):
        names += [", " if at else "", Name(run.id, f"run/{run.id}")]
    return [Paragraph(parts(*names, "."))]
