"""Sections of the brief about bottlenecks, shocks, assumptions and sources."""

from __future__ import annotations

import polars as pl

from counterpoise.publish.blocks import (
    Block,
    Bullets,
    Heading,
    Name,
    Paragraph,
    Part,
    SourceLine,
    Strong,
    parts,
)
from counterpoise.publish.brief_parts import SHOCKS, Brief, cell, step, table, thing_name
from counterpoise.world.scenario import read_scenario


def bottlenecks(b: Brief) -> list[Block]:
    """Bottlenecks in words, ranked."""
    f = b.figures
    items = []
    for row in b.run.table("bottlenecks").head(6).to_dicts():
        items.append(
            parts(
                step(b, row),
                " removes ",
                f.rounded("bottleneck", str(row["rank"])),
                " percent-years, ",
                f.percent("bottleneck_share", str(row["rank"])),
                " of what the plan leaves open.",
            )
        )
    return [
        Heading(1, parts("Bottlenecks")),
        Paragraph(parts("Each solved again with the step named, on the yearly calendar; ranked.")),
        Bullets(tuple(items), numbered=True),
        *_best_use(b),
        *_rule_costs(b),
    ]


def _best_use(b: Brief) -> list[Block]:
    """Where the next billion works best; nothing for runs saved before it was asked."""
    if "best-use" not in b.run.tables():
        return []
    told: list[Part] = []
    for row in b.run.table("best-use").head(4).to_dicts():
        named = Name(f"{thing_name(b, str(row['address']))}, {row['use']}", str(row["address"]))
        told += ["; " if told else "", named, " ", b.figures.rounded("best_use", str(row["rank"]))]
    return [
        Paragraph(
            parts(
                Strong("The next billion. "), "Percent-years that a billion removes: ", *told, "."
            )
        )
    ]


def _rule_costs(b: Brief) -> list[Block]:
    """What the rules that cost most cost."""
    if "rule-costs" not in b.run.tables():
        return []
    told: list[Part] = []
    for row in b.run.table("rule-costs").head(4).to_dicts():
        name = str(row["name"])
        told += ["; " if told else "", Name(str(row["rule"]), f"rule-costs/{name}"), " "]
        told += [b.figures.rounded("rule_cost", name)]
    return [
        Paragraph(
            parts(
                Strong("What rules cost. "),
                "Percent-years that go where one rule is relaxed, all else as it is: ",
                *told,
                ".",
            )
        )
    ]


CASES = {
    "planned": "as planned",
    "foreseen": "known from the start",
    "replanned": "planned anew when known",
    "held": "held: no new order",
}
"""What a variant's version says in the brief."""


def shocks(b: Brief) -> list[Block]:
    """Each shock foreseen, replanned and held; what commitments cost and planning anew saves."""
    f = b.figures
    here = b.run.meta["request"]["scenario"]
    known = set(b.run.table("variants")["scenario"])
    shown = [name for name in SHOCKS if name in known]
    if not shown:
        return []
    titles = {name: read_scenario(name, b.data).title for name in shown}
    titles[here] = "this world, no shock"
    cases = [(here, "planned")]
    cases += [(name, case) for name in shown for case in ("foreseen", "replanned", "held")]
    rows = [
        [
            cell(Name(titles[scenario])),
            cell(CASES[version]),
            cell(f.rounded("variant", scenario, version, digits=3)),
            cell(f.rounded("variant_cost", scenario, version, digits=3)),
            cell(f.year("variant_reached", scenario, version)),
        ]
        for scenario, version in cases
    ]
    regrets = [
        [
            cell(Name(titles[name])),
            cell(f.rounded("regret", name)),
            cell(f.rounded("regret_cost", name)),
            cell(f.rounded("replanning_saves", name)),
            cell(f.rounded("replanning_saves_cost", name)),
        ]
        for name in shown
    ]
    return [
        Heading(1, parts("Shocks")),
        table(
            parts("The plan together under shocks, yearly calendar."),
            [
                ["event"],
                ["known"],
                ["shortfall, percent-years"],
                ["cost of orders, EUR bn"],
                ["four fifths met from"],
            ],
            rows,
            parts(
                "What was ordered before a surprise stays ordered and its cost counts. Held: the "
                "plan's own orders alone, as lines, money and crews still allow."
            ),
            frozenset({0, 1}),
        ),
        table(
            parts("Regret: what having committed costs, and what planning anew saves."),
            [
                ["event"],
                ["regret, percent-years"],
                ["regret, EUR bn"],
                ["saved, percent-years"],
                ["saved, EUR bn"],
            ],
            regrets,
            parts(
                "Regret: replanned less foreseen. Saved: held less replanned. Below zero, more or "
                "less is bought. Differences of optima; their ranges aren't computed."
            ),
        ),
    ]


def trust(b: Brief) -> list[Block]:
    """How much rests on assumptions, and the limits."""
    f = b.figures
    shares: list[Part] = []
    for position, basis in enumerate(("reported", "estimated", "derived", "assumed")):
        shares += [", " if position else "", f"{basis} ", f.percent("influence", basis)]
    top = b.run.table("influential-inputs").head(6).to_dicts()
    listed: list[Part] = []
    for position, row in enumerate(top):
        listed += [", " if position else "", _input(b, str(row["address"]))]
    return [
        Heading(1, parts("How much of it rests on assumptions")),
        Paragraph(
            parts(
                "Weighted by effect on the shortfall, the result rests on inputs that are: ",
                *shares,
                ". Those that move it most: ",
                *listed,
                ". Lines with a published rate, lead time and price carry ",
                f.percent("plausibility", "published"),
                " of the plan's spending; ",
                f.percent("plausibility", "familiar"),
                " goes to types that the buyer holds, has ordered or makes. Counting approved "
                "orders as "
                "arriving would remove ",
                f.rounded("approved"),
                " percent-years under signed orders.",
            )
        ),
        Paragraph(
            parts(
                Strong("Limits. "),
                "Needs are judgements with an author, not the Alliance's targets. Readiness, "
                "crews and "
                "ammunition per unit aren't in the gap. Electronic-attack aircraft have no seller "
                "and "
                "stay open whatever is ordered. Solved correctly doesn't mean true.",
            ),
            kind="note",
        ),
    ]


def _input(b: Brief, address: str) -> Part:
    """An input figure by the name of its thing."""
    subject = "/".join(address.split("/")[:2])
    return Name(b.data.things[subject].name.lower(), address)


def sources(b: Brief) -> list[Block]:
    """The sources behind needs and main lines."""
    orders = b.run.table("orders").filter(pl.col("behaviour") == b.printed)
    lines = orders.group_by("line").agg(pl.col("eur_bn").sum()).sort("eur_bn", descending=True)
    keys: list[str] = []
    for need in b.data.kind("need"):
        keys += [key for key in need.sources if key not in keys]
    keys = keys[:20]
    for line in lines["line"].head(25):
        system = b.data.target(line, "makes")
        for subject, quantity in ((line, "rate"), (line, "lead_time"), (system, "unit_price")):
            found = b.data.observation(subject, quantity)
            keys += [key for key in (found.sources if found else ()) if key not in keys]
    found_sources = [b.data.sources[key] for key in keys if key in b.data.sources]
    listed = [item for item in found_sources if item.url or item.key == "cp-rules"][:40]
    return [
        Heading(1, parts("Sources")),
        Paragraph(
            parts(
                "The sources behind the needs and the lines that carry most spending; all others "
                "stand in the dataset, figure by figure."
            ),
            kind="note",
        ),
        *(
            SourceLine(
                f"{item.publisher}: {item.title}, {item.date} (grade {item.grade})",
                f"source/{item.key}",
            )
            for item in listed
        ),
    ]
