"""Parts of the brief about whole units: how far the calendar is from the optimum in fractions."""

from __future__ import annotations

from counterpoise.planning.whole import FAR
from counterpoise.publish.blocks import Block, Date, Paragraph, Part, parts
from counterpoise.publish.brief_parts import Brief


def _distances(b: Brief) -> list[Part]:
    """Shortfall and cost of whole units against fractions, in words."""
    f = b.figures
    return [
        f.percent("whole", "shortfall", "distance", decimals=1),
        " in shortfall to ",
        Date("2040"),
        " (",
        f.rounded("whole", "shortfall", "whole", digits=3),
        " against ",
        f.rounded("whole", "shortfall", "against", digits=3),
        " percent-years) and ",
        f.percent("whole", "cost", "distance", decimals=1),
        " in cost",
    ]


def far_words(b: Brief) -> list[Block]:
    """That whole units cost more than a little, where that is so: said first."""
    if "whole" not in b.run.tables():
        return []
    far = max(b.figures.value("whole", name, "distance") for name in ("shortfall", "cost"))
    if far <= FAR:
        return []
    words = parts(
        "The calendar of orders in whole units lies ",
        *_distances(b),
        " above the optimum in fractions.",
    )
    return [Paragraph(words, kind="lead")]


def whole_words(b: Brief) -> list[Block]:
    """What is whole in the calendar, and how far it is from the optimum in fractions."""
    f = b.figures
    if "whole" not in b.run.tables():
        return []
    return [
        Paragraph(
            parts(
                "Ships, satellites, aircraft and batteries are ordered whole, in joint areas by "
                "all buyers together, and every order makes up a lot. Against the optimum in "
                "fractions, by which behaviours are compared, that moves the plan by ",
                *_distances(b),
                "; ",
                f.percent("plausibility", "crumbs", decimals=1),
                " of orders are under a lot, and ",
                f.percent("plausibility", "parts", decimals=1),
                " are a buyer's part of a pooled order under one unit.",
            )
        )
    ]
