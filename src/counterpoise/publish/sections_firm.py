"""Parts of the brief about how firm orders are, and about other weights and other money."""

from __future__ import annotations

from counterpoise.planning.headlines import OPEN_IN, most_open
from counterpoise.publish.blocks import Block, Date, Heading, Name, Paragraph, Part, parts
from counterpoise.publish.brief_parts import Brief, cell, table

LITTLE = 0.2
"""Where less than this share of spending is firm, the brief opens with it."""


def has_draws(b: Brief) -> bool:
    """Whether the run planned draws."""
    return "stability-shares" in b.run.tables()


def _draws(b: Brief) -> list[Part]:
    """On which draws the labels rest."""
    asked = b.run.meta["request"]
    return [
        f"{asked['draws_calendar']} calendar, ",
        b.figures.whole("draws_counted"),
        " draws, seed ",
        Name(str(asked["seed"])),
    ]


def little_firm(b: Brief) -> list[Block]:
    """That under a fifth of spending is firm, where that is so: the first thing said."""
    f = b.figures
    if not has_draws(b) or f.value("stability", "order", "firm", "all") >= LITTLE:
        return []
    return [
        Paragraph(
            parts(
                "Only ",
                f.percent("stability", "order", "firm", "all"),
                " of this plan's spending is firm: most of its orders have near equals and change "
                "when prices, rates and lead times move inside their ranges (",
                *_draws(b),
                ").",
            ),
            kind="lead",
        )
    ]


def firm_words(b: Brief) -> list[Block]:
    """How much of the spending is firm, under each match."""
    f = b.figures
    if not has_draws(b):
        return []
    return [
        Paragraph(
            parts(
                "Firm orders come back in at least four of five plans made with other prices, "
                "rates and lead times drawn from their ranges, preferred ones in a third: ",
                f.percent("stability", "order", "firm", "all"),
                " of spending is firm, ",
                f.percent("stability", "order", "preferred", "all"),
                " preferred, ",
                f.percent("stability", "order", "interchangeable", "all"),
                " may be exchanged for near equals (same buyer and line, half the units, at most "
                "a year apart). If any line of the same area and controlling states will do, ",
                f.percent("stability", "loose", "firm", "all"),
                " is firm; if any buyer will, ",
                f.percent("stability", "group", "firm", "all"),
                ". In the undisturbed plan on the draws' calendar orders worth ",
                f.percent("undisturbed"),
                " of spending come back. The shortfall runs from ",
                f.rounded("draws_result", "shortfall", "least", digits=3),
                " to ",
                f.rounded("draws_result", "shortfall", "most", digits=3),
                " percent-years over the draws (",
                *_draws(b),
                ").",
            )
        )
    ]


def weighed(b: Brief) -> list[Block]:
    """Headlines under other weights and other parts of equipment money, and what orders say."""
    f = b.figures
    names = {item.address.split("/")[1]: item.name for item in b.data.kind("weight-set")}
    rows = []
    for row in b.run.table("headlines").to_dicts():
        key = (row["weights"], "own" if row["base"] else f"{row['money_share']:g}")
        rows.append(
            [
                cell(Name(names.get(row["weights"], row["weights"]))),
                cell(f.rounded("headline", *key, "money_share")),
                cell(f.rounded("headline", *key, "ordered", digits=3)),
                cell(f.rounded("headline", *key, "together", digits=3)),
                cell(f.percent("headline", *key, "removed")),
                cell(f.rounded("headline", *key, "cost")),
                cell(f.whole("headline", *key, "closed_2030")),
                cell(f.whole("headline", *key, "closed_2035")),
                cell(f.percent("headline", *key, "us_control_2035")),
            ]
        )
    return [
        Heading(1, parts("Other weights, other money")),
        table(
            parts(
                "The plan together under other weights of areas and years, and with other parts "
                "of equipment money for the planned areas; yearly calendar."
            ),
            [
                ["weights"],
                ["part of money"],
                ["signed only, percent-years"],
                ["together"],
                ["removed"],
                ["EUR bn"],
                ["closed by ", Date("2030")],
                ["by ", Date("2035")],
                ["US control ", Date("2035")],
            ],
            rows,
            parts(*_estimates(b)),
        ),
        *_most_open(b, names),
    ]


def _most_open(b: Brief, names: dict[str, str]) -> list[Block]:
    """The most open areas, told once for all cases that share them."""
    table = b.run.table("headlines")
    blocks: list[Block] = []
    for cases, areas in most_open(table):
        words: list[Part] = ["Most open in ", Date(str(OPEN_IN)), ", "]
        if len(cases) == table.height:
            words += ["in each of these cases: "]
        else:
            told = "; ".join(f"{names.get(case, case)}, {share:g}" for case, share in cases)
            words += ["with ", Name(told), ": "]
        for position, (area, _) in enumerate(areas):
            words += [", " if position else "", b.name(f"area/{area}")]
        blocks.append(Paragraph(parts(*words, ".")))
    return blocks


def _estimates(b: Brief) -> list[Part]:
    """The part of equipment money that signed orders show, state by state."""
    f = b.figures
    rows = b.run.table("equipment-parts").to_dicts()
    words: list[Part] = ["Weights have a mean of one, so that totals compare."]
    if not rows:
        return words
    first, last = str(rows[0]["first"]), str(rows[0]["last"])
    words += [
        " Payments for signed orders in these areas over equipment spending, ",
        Date(first),
        " and ",
        Date(last),
        ": ",
    ]
    for position, row in enumerate(rows):
        state = row["state"].split("/")[1]
        words += [
            ", " if position else "",
            b.name(row["state"]),
            " ",
            f.rounded("orders_part", state, "share"),
        ]
    return [*words, "; only known orders count, and the plan doesn't use it."]
