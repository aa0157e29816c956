"""Sections of the brief about cover, money and dependence."""

from __future__ import annotations

import polars as pl

from counterpoise.publish.blocks import Block, Date, Heading, Name, Paragraph, Part, parts
from counterpoise.publish.brief_parts import YEARS, Brief, cell, table
from counterpoise.publish.charts import bands, bars


def overview(b: Brief) -> list[Block]:
    """The chart of cover under the three behaviours."""
    f = b.figures
    rows = []
    for behaviour, label in (
        ("ordered", "signed orders"),
        ("alone", "alone"),
        ("together", "together"),
    ):
        for year in YEARS:
            value = f.value("cover", behaviour, "all", "all", year)
            address = f.address("cover", behaviour, "all", "all", year)
            rows.append(
                {
                    "series": label,
                    "x": int(year),
                    "value": value,
                    "low": value,
                    "high": value,
                    "address": address,
                }
            )
    frame = pl.DataFrame(rows)
    return [
        bands(
            frame,
            caption=parts(
                "Share of the need that is met, mean over the areas; danger years shaded."
            ),
            alternative="Lines of cover for three behaviours from 2027 to 2035",
            y_title="share of the need",
            number=".0%",
            width=0.8,
        )
    ]


def money(b: Brief) -> list[Block]:
    """Who pays what from which source, by state."""
    f = b.figures
    items = ("budget", "committed", "national", "loans", "purchases", "expansions", "upkeep")
    heads: list[list[Part]] = [[item] for item in items]
    columns: list[list[Part]] = [["state"], *heads, ["need met in ", Date("2035")]]
    states = sorted(
        b.states(),
        key=lambda state: -f.value("money", "together", state, "national", "2027", "2035"),
    )
    rows = []
    for state in states:
        cells = [cell(b.name(f"state/{state}"))]
        cells += [
            cell(f.rounded("money", "together", state, item, "2027", "2035")) for item in items
        ]
        cover = f.value("cover", "together", state, "all", "2035")
        cells.append(
            cell(f.percent("cover", "together", state, "all", "2035"), shade=max(0.0, 1 - cover))
        )
        rows.append(cells)
    over = b.run.table("plausibility").filter(pl.col("name") == "overcommitted")["text"][0]
    return [
        Heading(1, parts("Who pays what, from which source")),
        Paragraph(
            parts(
                "The plan together, reckoned in fractions of units, draws EUR ",
                f.rounded("money", "together", "all", "national", "2027", "2035"),
                " bn from national equipment budgets and EUR ",
                f.rounded("money", "together", "all", "loans", "2027", "2035"),
                " bn from common loans to the end of ",
                Date("2035"),
                ". Before any new order, commitments exceed the budget in some year in ",
                f.whole("plausibility", "overcommitted"),
                " states (",
                Name(over.split(": ")[1]),
                "); new orders there wait.",
            )
        ),
        table(
            parts(
                "EUR bn from ",
                Date("2027"),
                " to ",
                Date("2035"),
                ", plan together in fractions of units.",
            ),
            columns,
            rows,
            parts(
                "Budget: the part of equipment money that buys things in the planned areas. "
                "Committed: "
                "payments for signed orders. Need met: mean over the state's areas, US part "
                "included; "
                "darker is emptier.",
            ),
        ),
    ]


def dependence(b: Brief) -> list[Block]:
    """Spending and holdings by origin and by controlling state."""
    f = b.figures
    spent = b.run.table("spending").filter(
        (pl.col("behaviour") == "together") & (pl.col("year") <= 2035)
    )
    origins = spent.group_by("origin").agg(pl.col("eur_bn").sum()).sort("eur_bn", descending=True)
    names = [origin.split("/")[1] for origin in origins["origin"].head(9)]
    held = b.run.table("exposure")
    rows = []
    for origin in names:
        if held.filter(pl.col("controller") == f"state/{origin}").is_empty():
            continue
        rows.append(
            [
                cell(b.name(f"state/{origin}")),
                cell(f.rounded("spending", "together", "all", "all", origin, "all")),
                cell(f.rounded("spending_controlled", "together", "all", origin)),
                cell(f.percent("spending_controlled_share", "together", origin)),
                cell(f.percent("origin", "ordered", "all", origin, "2027")),
                cell(f.percent("origin", "together", "all", origin, "2035")),
                cell(f.percent("exposure", "ordered", "all", origin, "2027")),
                cell(f.percent("exposure", "together", "all", origin, "2035")),
            ]
        )
    chart_rows = [
        {
            "label": b.data.things[f"area/{area}"].name,
            "series": b.data.things[f"state/{control}"].name,
            "value": f.value("exposure", "together", area, control, "2035"),
            "address": f.address("exposure", "together", area, control, "2035"),
        }
        for area in b.areas()
        for control in ("USA",)
    ]
    chart_rows.sort(key=lambda row: -float(str(row["value"])))
    chart_rows = chart_rows[:12]
    return [
        Heading(1, parts("Where the money goes, and who can withhold")),
        table(
            parts("New orders by the line's state, and what each state can withhold."),
            [
                ["state"],
                ["built there, EUR bn"],
                ["controlled, EUR bn"],
                ["share of spending"],
                ["units of its origin, ", Date("2027")],
                ["the same, ", Date("2035")],
                ["units it can withhold, ", Date("2027")],
                ["the same, ", Date("2035")],
            ],
            rows,
            parts(
                "Control is where use, resupply or upgrade can be withheld: design authority and "
                "control regime. A unit under several states' control counts under each. Units: "
                "mean "
                "over the areas, under the plan together in ",
                Date("2035"),
                ".",
            ),
        ),
        bars(
            pl.DataFrame(chart_rows),
            caption=parts(
                "Share of units in service in ",
                Date("2035"),
                " that the United States can withhold.",
            ),
            alternative="Bars of US-controlled share by capability area in 2035",
            x_title="share of units in service",
            number=".0%",
            width=0.75,
        ),
    ]
