"""How far the findings of a brief may lie off: what the run planned again to find out."""

from __future__ import annotations

import math

from counterpoise.planning.stability import FIRM, LABELS
from counterpoise.publish.blocks import Date, Finding, Part, parts
from counterpoise.publish.brief import findings
from counterpoise.publish.brief_parts import Brief
from counterpoise.publish.theme import plain

FULL = frozenset({"variants", "bottlenecks", "influence", "unavoidable-cells", "closing", "whole"})
"""Tables of a full run, which the five findings are told from."""


def is_full(b: Brief) -> bool:
    """Whether a run holds all that the five findings tell."""
    return set(b.run.tables()) >= FULL


def findings_of(b: Brief) -> list[Finding]:
    """The findings of a run: the five of a full one, else what a quick one tells."""
    return ranged_findings(b) if is_full(b) else short_findings(b)


def ranged_findings(b: Brief) -> list[Finding]:
    """The five findings, each with its range, or with why it has none."""
    found = [block for block in findings(b) if isinstance(block, Finding)]
    ranges = (_signed(b), _planned(b), _closed(b), _us_part(b), _bottlenecks(b))
    return [
        Finding(item.headline, (*item.body, " Range: ", *told))
        for item, told in zip(found, ranges, strict=True)
    ]


def short_findings(b: Brief) -> list[Finding]:
    """What a quick run tells: each behaviour's shortfall, and the areas that it closes."""
    f = b.figures
    planned = [name for name in ("alone", "together") if name in _behaviours(b)]
    signed = Finding(
        parts("Signed orders alone leave ", f.rounded("shortfall", "ordered"), " percent-years."),
        parts(
            "That is the need that is not met to ", Date("2035"), ", in percent of the need, over ",
            f.whole("closed_areas_counted"), " areas on average, added over the years. Range: ",
            *([*_span(b, "ordered"), " ", *_draws(b), "."] if _drawn(b) else _none(b)),
        ),
    )  # fmt: skip
    return [signed, *(_short(b, name) for name in planned)]


def _short(b: Brief, behaviour: str) -> Finding:
    f = b.figures
    told = _none(b)
    if behaviour == "together" and _drawn(b):
        told = [*_span(b, "shortfall"), " percent-years are left ", *_draws(b), "."]
    return Finding(
        parts(
            "New orders, planned ", behaviour, ", remove ",
            f.percent("shortfall_removed", behaviour, "ordered"), " of it.",
        ),
        parts(
            "They cost EUR ", f.rounded("cost", behaviour), " bn in present value to ",
            Date("2040"), " and close ", f.whole("closed_areas", behaviour, "2035"),
            " areas by ", Date("2035"), ". Range: ", *told,
        ),
    )  # fmt: skip


def _behaviours(b: Brief) -> list[str]:
    return [str(name) for name in b.run.table("summary")["behaviour"]]


def _drawn(b: Brief) -> bool:
    return "draw-results" in b.run.tables() and math.isfinite(
        b.figures.value("draws_result", "shortfall", "least")
    )


def _span(b: Brief, outcome: str) -> list[Part]:
    f = b.figures
    ends = [f.rounded("draws_result", outcome, end, digits=3) for end in ("least", "most")]
    return [ends[0], " to ", ends[1]]


def _draws(b: Brief) -> list[Part]:
    return ["over ", b.figures.whole("draws_counted"), " draws of prices, rates and lead times"]


def _unmoved(b: Brief) -> list[Part]:
    """The draws' calendar, and what the plan leaves on it with nothing moved."""
    f = b.figures
    years = b.run.meta["request"]["draws_calendar"] == "yearly"
    return ["years" if years else "quarters", " (with nothing moved ",
            f.rounded("draws_result", "shortfall", "unmoved", digits=3), " and EUR ",
            f.rounded("draws_result", "cost", "unmoved", digits=3), " bn)"]  # fmt: skip


def _none(b: Brief) -> list[Part]:
    return ["none was planned."]


def _signed(b: Brief) -> tuple[Part, ...]:
    if not _drawn(b):
        return parts("none, since this run has no draws.")
    return parts(
        "signed orders leave ", *_span(b, "ordered"), " percent-years ", *_draws(b),
        "; the part that can't be changed was reckoned with the chosen values alone.",
    )  # fmt: skip


def _planned(b: Brief) -> tuple[Part, ...]:
    if not _drawn(b):
        return parts("none, since this run has no draws.")
    firm = b.figures.percent("stability", "order", FIRM, "all")
    return parts(
        "together ", *_span(b, "shortfall"), " percent-years and EUR ", *_span(b, "cost"),
        " bn ", *_draws(b), ", planned by ", *_unmoved(b), "; ", firm, " of spending is on orders "
        "that are ", LABELS[0], " in them. Alone was planned with the chosen values only.",
    )  # fmt: skip


def _closed(b: Brief) -> tuple[Part, ...]:
    if "headlines" not in b.run.tables():
        return parts("none, since nothing was planned under other weights.")
    found: list[Part] = []
    for at, year in enumerate(("2030", "2035")):
        ends = _ends(b, f"closed_{year}")
        span = ends if plain(ends[:1]) != plain(ends[1:]) else ends[:1]
        found += [
            "; " if at else "",
            span[0],
            *(part for end in span[1:] for part in (" to ", end)),
        ]
        found += [" by ", Date(year)]
    return parts(
        *found, " under other weights of areas and years and other parts of equipment money, "
        "planned by years (", *_own(b, "closed_2030"), " and ", *_own(b, "closed_2035"),
        " with the plan's own).",
    )  # fmt: skip


def _own(b: Brief, result: str) -> list[Part]:
    """A headline under the run's own weights and part of equipment money."""
    row = next(row for row in b.run.table("headlines").to_dicts() if row["base"])
    return [b.figures.whole("headline", row["weights"], f"{row['money_share']:g}", result)]


def _ends(b: Brief, result: str) -> tuple[Part, Part]:
    """The least and the largest headline of all cases."""
    rows = b.run.table("headlines").to_dicts()
    least, most = (pick(rows, key=lambda row: row[result]) for pick in (min, max))
    return (
        b.figures.whole("headline", least["weights"], f"{least['money_share']:g}", result),
        b.figures.whole("headline", most["weights"], f"{most['money_share']:g}", result),
    )


def _us_part(b: Brief) -> tuple[Part, ...]:
    return parts(
        "the worlds themselves are the range; each was planned with the chosen values of prices, "
        "rates and lead times only."
    )


def _bottlenecks(b: Brief) -> tuple[Part, ...]:
    return parts(
        "none was planned for the steps; how far the lead times and rates behind them may lie off "
        "stands at the page of each line."
    )
