"""The brief of a run: five findings, then who pays, dependence, gaps, orders, bottlenecks."""

from __future__ import annotations

from counterpoise.data.dataset import Dataset
from counterpoise.publish.blocks import Block, Date, Document, Finding, Name, Paragraph, Part, parts
from counterpoise.publish.brief_parts import Brief, step, tight_names
from counterpoise.publish.figures import Figures
from counterpoise.publish.sections_firm import little_firm, weighed
from counterpoise.publish.sections_forces import gaps, orders
from counterpoise.publish.sections_money import dependence, money, overview
from counterpoise.publish.sections_trust import bottlenecks, shocks, sources, trust
from counterpoise.publish.sections_whole import far_words
from counterpoise.runs import Run


def build_brief(run: Run, dataset: Dataset) -> Document:
    """The brief of a full run as typed blocks."""
    brief = Brief(run, dataset, Figures(run))
    blocks: list[Block] = [
        *far_words(brief),
        *little_firm(brief),
        *findings(brief),
        *overview(brief),
        *money(brief),
        *dependence(brief),
        *gaps(brief),
        *orders(brief),
        *bottlenecks(brief),
        *shocks(brief),
        *weighed(brief),
        *trust(brief),
        *sources(brief),
    ]
    return Document(
        title="What European states get by 2035, and what it takes",
        subtitle=parts(
            "Three behaviours in one world. World: ",
            Name(run.meta["scenario_title"]),
            ". Dataset of ",
            Date(run.meta["release"]),
            ", run ",
            Name(run.id),
            ".",
        ),
        blocks=tuple(blocks),
        footer=f"Counterpoise, run {run.id}, dataset {run.meta['release_id']}",
    )


def findings(b: Brief) -> list[Block]:
    """The opening: how much is assumed, and the five findings."""
    f = b.figures
    return [
        Paragraph(
            parts(
                f.percent("influence", "assumed"),
                " of this result, weighted by effect, rests on assumed inputs. Shortfall is the "
                "need "
                "that is not met, in percent of the need, averaged over ",
                f.whole("closed_areas_counted"),
                " capability areas and added up over the years: percent-years. "
                "Money is at prices of ",
                Date(b.run.meta["release"][:4]),
                ".",
            ),
            kind="lead",
        ),
        Finding(
            parts(
                f.percent("unavoidable_share"), " of the shortfall can't be changed by any order."
            ),
            parts(
                "Signed orders alone leave ",
                f.rounded("shortfall", "ordered", digits=3),
                " percent-years open to the end of ",
                Date("2035"),
                ". Of these ",
                f.rounded("unavoidable", digits=3),
                " fall before the first delivery that any line can make, or in an area that nobody "
                "sells.",
            ),
        ),
        _worth(b),
        _closing(b),
        _us_part(b),
        _three_tightest(b),
    ]


def _worth(b: Brief) -> Finding:
    f = b.figures
    return Finding(
        parts(
            "New orders remove ",
            f.percent("shortfall_removed", "alone", "ordered"),
            " of it state by state, ",
            f.percent("shortfall_removed", "together", "ordered"),
            " together.",
        ),
        parts(
            "Alone, states get from ",
            f.percent("shortfall_removed", "alone-first-round", "ordered"),
            " with one round of offers for the lines' slots to ",
            f.percent("shortfall_removed", "alone", "ordered"),
            " when rounds go on to the end, at EUR ",
            f.rounded("cost", "alone", digits=3),
            " bn in present value of all orders to ",
            Date("2040"),
            "; together it costs EUR ",
            f.rounded("cost", "together", digits=3),
            " bn. The United States then control ",
            f.percent("exposure", "together", "all", "USA", "2035"),
            " of units in service (mean over the areas) against ",
            f.percent("exposure", "ordered", "all", "USA", "2027"),
            " today. ",
            f.whole("plausibility", "worse-together"),
            " states fare worse together than alone.",
        ),
    )


def _closing(b: Brief) -> Finding:
    f = b.figures
    areas = sorted(b.areas(), key=lambda area: -f.value("worst_open", "together", area))
    listed: list[Part] = []
    for position, area in enumerate(areas[:5]):
        listed += [
            ", " if position else "",
            b.name(f"area/{area}"),
            " (",
            f.percent("worst_open", "together", area),
            ")",
        ]
    return Finding(
        parts(
            f.whole("closed_areas", "together", "2030"),
            " areas are closed by ",
            Date("2030"),
            ", ",
            f.whole("closed_areas", "together", "2035"),
            " by ",
            Date("2035"),
            ".",
        ),
        parts(
            "Signed orders alone close ",
            f.whole("closed_areas", "ordered", "2035"),
            ". Most open between ",
            Date("2029"),
            " and ",
            Date("2033"),
            ", with the worst year's share of the need: ",
            *listed,
            ". The year in which each area closes stands in the table of needs.",
        ),
    )


def _us_part(b: Brief) -> Finding:
    f = b.figures
    here = b.run.meta["request"]["scenario"]
    return Finding(
        parts(
            "Replacing the US part costs EUR ",
            f.rounded("us_part_cost", digits=3),
            " bn and leaves ",
            f.rounded("us_part_shortfall", digits=3),
            " percent-years more open.",
        ),
        parts(
            "Planned together, with the US part assured throughout ",
            f.rounded("variant", "us-stays", "planned", digits=3),
            " percent-years stay open at EUR ",
            f.rounded("variant_cost", "us-stays", "planned", digits=3),
            " bn and four fifths of the need are met from ",
            f.year("variant_reached", "us-stays", "planned"),
            "; in this world ",
            f.rounded("variant", here, "planned", digits=3),
            " at EUR ",
            f.rounded("variant_cost", here, "planned", digits=3),
            " bn, from ",
            f.year("variant_reached", here, "planned"),
            "; without any US part ",
            f.rounded("variant", "us-gone", "planned", digits=3),
            " at EUR ",
            f.rounded("variant_cost", "us-gone", "planned", digits=3),
            " bn, from ",
            f.year("variant_reached", "us-gone", "planned"),
            " (all on the yearly calendar).",
        ),
    )


def _three_tightest(b: Brief) -> Finding:
    f = b.figures
    rows = b.run.table("bottlenecks").head(3).to_dicts()
    listed: list[Part] = []
    for row in rows:
        listed += [
            step(b, row),
            " removes ",
            f.percent("bottleneck_share", str(row["rank"])),
            "; ",
        ]
    listed[-1] = "."
    return Finding(
        parts("Tightest: ", *tight_names(b, rows), "."),
        parts("Of the shortfall that the plan leaves, each solved again: ", *listed),
    )
