"""The part of a run's page about its calendar: proposed orders, how firm, and who pays them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpoise.pages.cells import address_of, told
from counterpoise.pages.ranged import ranged_table
from counterpoise.pages.registry import Row
from counterpoise.pages.run_views import LISTED, firmness
from counterpoise.pages.site import Kept, Site
from counterpoise.planning.stability import LABELS
from counterpoise.publish.blocks import Heading, Opened, PageBlock, Paragraph, Part, Table, parts
from counterpoise.publish.figures import Figures
from counterpoise.publish.order_bars import order_bars
from counterpoise.questions.run_years import printed_behaviour

DRAWN = 12
"""Orders of each firmness that the drawing shows, the largest."""

PLANS = {
    "whole": "the plan together in whole units",
    "together": "the plan together in fractions of units",
    "alone": "the plan of each state alone",
    "ordered": "signed orders alone",
}
"""How the plan whose orders are printed is called, by behaviour."""


def calendar(site: Site, run: Kept, rows: Sequence[Row]) -> list[PageBlock]:
    """The proposed orders, the firmest first, and who pays them."""
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
        Heading(2, ("Calendar of proposed orders, the firmest first",)),
        *_firmness(run),
        order_bars(
            frame,
            caption=told(
                f"The {DRAWN} largest orders of each firmness, the firmest first: from order to "
                "last delivery. The fainter a bar, the fewer draws it comes back in."
            ),
            alternative="Bars of orders from order to delivery, listed in the table",
        ),
        *_payers(site, run),
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
        "Who pays to the end of ", *told("2035"), f" by {PLANS[behaviour]}, for orders, premiums "
        "on types new to a state, upkeep and expansions beside all that is signed: national "
        "budgets EUR ",
        f.rounded("money", behaviour, "all", "national", *ends, digits=3),
        " bn, common loans EUR ", f.rounded("money", behaviour, "all", "loans", *ends, digits=3),
        " bn; by state below.",
    ]  # fmt: skip
    return [Paragraph(parts(*found))]


def _payers(site: Site, run: Kept) -> list[Table]:
    """Who pays the firm orders, and the others."""
    rows = firmness(site, run.id)
    if not rows:
        return []
    columns = {
        "payer": "who pays",
        "firm": "firm",
        "loans": "firm, of it loans",
        "preferred": "preferred",
        "interchangeable": "interchangeable",
        "together": "together",
    }
    return [
        ranged_table(
            site.dataset,
            "Who pays the proposed orders by how firm they are, EUR bn of "
            f"{PLANS[printed_behaviour(run)]}",
            rows,
            address_of("run-firmness", {"run": run.id}),
            columns,
            "Whole prices of the orders placed to 2035, so also what is paid later; premiums on "
            "types new to a state, upkeep and expansions aren't in them. No order here is signed. "
            "How firm an order is comes from the draws; a sum has no other range.",
        )
    ]
