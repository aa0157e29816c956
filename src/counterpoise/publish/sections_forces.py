"""Sections of the brief about needs, holdings and the calendar of orders."""

from __future__ import annotations

import polars as pl

from counterpoise.planning.stability import LABELS
from counterpoise.publish.blocks import Block, Chart, Date, Heading, Part, parts
from counterpoise.publish.brief_parts import YEARS, Brief, cell, table
from counterpoise.publish.charts import heat
from counterpoise.publish.map import cover_map
from counterpoise.publish.sections_firm import firm_words, has_draws
from counterpoise.publish.sections_whole import whole_words


def gaps(b: Brief) -> list[Block]:
    """Map, table and heat map of needs against what meets them."""
    f = b.figures
    heat_rows, table_rows = [], []
    for area in b.areas():
        guessed = f.value("assumed_holdings", "all", area)
        for year in YEARS:
            heat_rows.append(
                {
                    "label": b.data.things[f"area/{area}"].name,
                    "x": int(year),
                    "value": f.value("cover", "together", "all", area, year),
                    "address": f.address("cover", "together", "all", area, year),
                    "assumed": bool(guessed > 0.5 or guessed != guessed),
                }
            )
        cells = [cell(b.name(f"area/{area}"))]
        for name in ("need", "held", "arriving", "us_part", "bought", "gap"):
            cells.append(cell(f.rounded(name, "together", "all", area, "2030", digits=3)))
        cells.append(cell(f.rounded("gap", "ordered", "all", area, "2030", digits=3)))
        for behaviour in ("ordered", "alone", "together"):
            cells.append(cell(f.year("closes", behaviour, area)))
        table_rows.append(cells)
    return [
        Heading(1, parts("Need against holdings")),
        _map(b),
        table(
            parts(
                "Needs and what meets them in ",
                Date("2030"),
                ", capability units, and the year from which each area stays closed.",
            ),
            [
                ["area"],
                ["need"],
                ["held"],
                ["signed"],
                ["US part"],
                ["new"],
                ["gap"],
                ["gap, signed only"],
                ["closes, signed"],
                ["closes, alone"],
                ["closes, together"],
            ],
            table_rows,
            parts(
                "Open: not closed by ",
                Date("2035"),
                ". Units are weighted: an old type counts less.",
            ),
        ),
        heat(
            pl.DataFrame(heat_rows),
            caption=parts("Share of the need met, plan together, by capability area and year."),
            alternative="Heat map of cover by capability area and year",
            legend="share of the need met",
        ),
    ]


def _map(b: Brief) -> Chart:
    f = b.figures
    rows = []
    for state in b.states():
        guessed = f.value("assumed_holdings", state, "all")
        rows.append(
            {
                "label": state,
                "value": f.value("cover", "together", state, "all", "2030"),
                "address": f.address("cover", "together", state, "all", "2030"),
                "assumed": bool(guessed > 0.5),
            }
        )
    return cover_map(
        pl.DataFrame(rows),
        parts(
            "Share of each state's need met in ",
            Date("2030"),
            ", mean over its areas, plan together.",
        ),
        alternative="Map of Europe with the share of each state's need that is met in 2030",
        legend="share of the need met",
        domain=(0.4, 1.0),
        width=0.55,
    )


def _span(first: int, last: int) -> Date:
    """The years of delivery, one year where they are the same."""
    return Date(f"{first}" if first == last else f"{first}\u2013{last}")


def orders(b: Brief) -> list[Block]:
    """The largest orders to be placed soon, the firmest first where draws were planned."""
    f = b.figures
    drawn = has_draws(b)
    shown = b.printed
    orders = b.run.table("orders").filter(pl.col("behaviour") == shown)
    near = orders.filter(pl.col("ordered") <= 2030).sort(
        "eur_bn", "buyer", "line", descending=[True, False, False]
    )
    largest = near.head(24).sort("ordered", "eur_bn", descending=[False, True])
    if drawn:
        firmest = pl.col("stability").replace_strict({name: i for i, name in enumerate(LABELS)})
        largest = largest.sort(firmest, maintain_order=True)
    rows = []
    for row in largest.to_dicts():
        buyer, line, year = (
            row["buyer"].split("/")[1],
            row["line"].split("/")[1],
            str(row["ordered"]),
        )
        rows.append(
            [
                cell(Date(year)),
                cell(b.name(row["buyer"])),
                cell(*b.line(row["line"])),
                cell(f.whole("order_units", shown, buyer, line, year)),
                cell(f.rounded("order_value", shown, buyer, line, year)),
                cell(_span(row["delivery_first"], row["delivery_last"])),
                cell("loan and budget" if row["eur_bn_loan"] > 0.001 else "budget"),
                *([cell(row["stability"])] if drawn else []),
            ]
        )
    head: list[list[Part]] = [["how firm"]] if drawn else []
    told = "" if drawn else "Single rows may be exchanged for near equals; no draws were planned."
    return [
        Heading(1, parts("Calendar of orders")),
        *whole_words(b),
        *firm_words(b),
        table(
            parts(
                "The largest orders to be placed to ", Date("2030"), ", plan together, whole units."
            ),
            [
                ["order in"],
                ["buyer"],
                ["what, line"],
                ["units"],
                ["EUR bn"],
                ["delivered"],
                ["paid from"],
                *head,
            ],
            rows,
            parts(f"The full calendar stands in the run's table of orders. {told}".rstrip()),
            frozenset({0, 1, 2, 5, 6, 7}) if drawn else frozenset({0, 1, 2, 5, 6}),
        ),
    ]
