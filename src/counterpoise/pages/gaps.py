"""The page of gaps: what a place needs, has and lacks, by area and year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

import polars as pl

from counterpoise.data.records import Thing
from counterpoise.measures.parameters import BEHAVIOURS
from counterpoise.pages.cells import table, told
from counterpoise.pages.gap_rows import (
    DEFAULTS,
    MOSTLY,
    YEARS,
    Chosen,
    chosen,
    gap_rows,
    gap_weights,
    gap_years,
)
from counterpoise.pages.page import Asked, Choice, Control, Given, Page
from counterpoise.pages.ranged import ranged, ranged_table, sources_of
from counterpoise.pages.registry import Row, page
from counterpoise.pages.site import Site
from counterpoise.pages.variants import menu, rows_at, variant
from counterpoise.publish import theme
from counterpoise.publish.blocks import (
    Chart,
    Heading,
    Name,
    Opened,
    Part,
    parts,
)
from counterpoise.publish.charts import heat
from counterpoise.world.weights import weight_sets

HEAD = "gaps"

BEHAVIOUR_WORDS = {
    "ordered": "signed orders only",
    "alone": "each state plans alone",
    "together": "all plan together",
}

US_WORDS = {"counted": "counted", "left-out": "left out"}

COLUMNS = {
    "area": "area",
    "open": "open, % of need",
    "weighed": "percent-years to 2035",
    "gap": "gap",
    "need": "need",
    "held": "held",
    "arriving": "signed orders",
    "us_part": "US part",
    "bought": "new orders",
    "basis": "weakest basis",
    "assumed": "assumed, %",
}


def planned(site: Site) -> list[str]:
    """Codes of the states that forces are planned for."""
    return [item.split("/")[1] for item in site.view.world().labels.states]


def regions(site: Site) -> list[Thing]:
    """Scopes, regional plans and planning formats with at least two states that are planned for."""
    inside = {f"state/{code}" for code in planned(site)}
    found = []
    for kind in ("scope", "regional-plan", "arrangement"):
        for item in site.dataset.kind(kind):
            small = item.texts.get("kind") == "minilateral" and item.texts["status"] == "active"
            domains = item.texts.get("domains", "").split(";")
            if kind == "arrangement" and not (small and "planning" in domains):
                continue
            role = {"scope": "includes", "regional-plan": "covers"}.get(kind, "member")
            states = set(site.dataset.targets(item.address, role))
            if len(states & inside) > 1 and ";" not in item.address:
                found.append(item)
    return found


def _stored(site: Site) -> Iterable[str]:
    """Every place under each behaviour; formats, and what the US part hides, under fewer."""
    behaviours = BEHAVIOURS if site.run is not None else BEHAVIOURS[:1]
    widest = behaviours[-1]
    groups = regions(site)
    wide = [_short(item) for item in groups if item.kind != "arrangement"]
    places = list(dict.fromkeys((DEFAULTS["place"], *planned(site), *wide)))
    for place, behaviour in product(places, behaviours):
        yield variant(HEAD, DEFAULTS, place=place, behaviour=behaviour)
    for place, behaviour in product((DEFAULTS["place"], *planned(site)), (BEHAVIOURS[0], widest)):
        yield variant(HEAD, DEFAULTS, place=place, behaviour=behaviour, us_part="left-out")
    for item in groups:
        yield variant(HEAD, DEFAULTS, place=_short(item), behaviour=widest)
    for year in YEARS:
        yield variant(HEAD, DEFAULTS, behaviour=widest, year=str(year))
    for place, weights in product(places, weight_sets(site.dataset)):
        yield variant(HEAD, DEFAULTS, place=place, behaviour=widest, weights=weights)
    yield HEAD


def _short(item: Thing) -> str:
    return item.address.split("/", 1)[1]


def settled(site: Site, given: Given) -> dict[str, str]:
    """The settings asked for; without a stored run only signed orders are known."""
    usual = DEFAULTS if site.run is not None else {**DEFAULTS, "behaviour": "ordered"}
    return {**usual, **given}


@page(HEAD, _stored, "Gaps", "Plan")
def gaps_page(site: Site, asked: Asked) -> Page:
    """What a place needs, has and lacks, by area and year."""
    given = settled(site, asked.given)
    what = chosen(site, given)
    name = site.dataset.things[what.place.address].name
    rows, years = gap_rows(site, **given), gap_years(site, **given)
    address = rows_at("gaps", DEFAULTS, given)
    behaviour, other = _menus(given)
    weights = menu(
        HEAD, DEFAULTS, given, "weights", "How areas and years are weighed",
        weight_sets(site.dataset),
    )  # fmt: skip
    return Page(
        asked.path,
        f"Gaps: {name}",
        (*_today(site, what, given), *_lead(site, what, rows, address)),
        (
            _chart(site, what, name, given, years),
            ranged_table(
                site.dataset,
                f"{name} in {what.year}, {BEHAVIOUR_WORDS[what.behaviour]}, capability units",
                rows,
                address,
                COLUMNS,
                "Value and range. The range moves each figure behind it to its own ends and adds "
                "the moves in square; what a plan orders is kept. Units are weighted: an old type "
                "counts less. A state's surplus fills nobody else's gap. Percent-years add up "
                f"to the open need to 2035 under the weights “{what.weights}”"
                + (", by which the areas stand." if what.weights != DEFAULTS["weights"] else "."),
            ),
            sources_of(site.dataset, rows),
            *_weights(site, given),
        ),
        _standing(site, what),
        controls=(other, *_more(given, what), weights, _places(site, what, given)),
        settings=(behaviour, _scenario(what), weights),
    )


def _today(site: Site, what: Chosen, given: Given) -> tuple[Part, ...]:
    """What is most open with signed orders alone, said before what a plan would leave."""
    if what.behaviour == "ordered":
        return ()
    signed = {**given, "behaviour": "ordered"}
    rows = gap_rows(site, **signed)
    ordered = replace(what, behaviour="ordered")
    return (*_lead(site, ordered, rows, rows_at("gaps", DEFAULTS, signed)), " ")


def _lead(site: Site, what: Chosen, rows: Sequence[Row], address: str) -> tuple[Part, ...]:
    """The three largest gaps in a sentence."""
    ranking = sorted(range(len(rows)), key=lambda at: -rows[at]["open"])[:3]
    worst = [at for at in ranking if rows[at]["open"] > 1]
    left = " without the US part" if what.us_part != "counted" else ""
    when = f"in {what.year}{left}, {_said(what)}"
    if not worst:
        return told(f"No area is open by more than a hundredth of its need {when}.")
    found: list[Part] = [*told(f"Most open {when}: ")]
    for place, at in enumerate(worst):
        area = site.dataset.things[rows[at]["area"]]
        found += [", " if place else "", Name(area.name, area.address), " ",
                  *ranged(rows[at], "open", f"{address}/{at + 1}", "%")]  # fmt: skip
    return parts(*found, " of the need.")


def _said(what: Chosen) -> str:
    return {"ordered": "with signed orders alone", "alone": "if each state plans alone",
            "together": "even if all plan together"}[what.behaviour]  # fmt: skip


def _chart(site: Site, what: Chosen, name: str, given: Given, rows: Sequence[Row]) -> Chart:
    address = rows_at("gap-years", DEFAULTS, given)
    left = ", US part left out" if what.us_part != "counted" else ""
    frame = pl.DataFrame(
        [
            {
                "label": site.dataset.things[row["area"]].name,
                "x": row["year"],
                "value": row["open"],
                "address": f"{address}/{at}/open",
                "assumed": row["assumed"] > MOSTLY,
            }
            for at, row in enumerate(rows, start=1)
        ]
    )
    return heat(
        frame,
        caption=told(
            f"Open need of {name} by area and year, percent, {BEHAVIOUR_WORDS[what.behaviour]}"
            f"{left}. Hatched: most of what moves the figure is assumed."
        ),
        alternative=f"Heat map of the open need of {name} by area and year",
        legend="open, percent of the need",
        number=",.0f",
        domain=(0.0, 100.0),
        palette=theme.SEQUENTIAL,
    )


def _weights(site: Site, given: Given) -> list[Heading | Opened]:
    rows = gap_weights(site, **given)
    block = table(
        site.dataset,
        "Open need to 2035 under each set of weights of areas and years, percent-years",
        rows,
        rows_at("gap-weights", DEFAULTS, given),
        {"weights": "weights", "percent_years": "percent-years"},
        "The plan is the one that was made with the run's own weights.",
    )
    return [Opened(told("How other weights of areas and years change the total"), (block,))]


def _places(site: Site, what: Chosen, given: Given) -> Control:
    """The same page of every other place: scopes, regional plans, formats, states."""
    groups = sorted(regions(site), key=lambda item: (item.kind == "arrangement", item.name))
    states = (site.dataset.things[f"state/{code}"] for code in planned(site))
    choices = tuple(
        Choice(
            item.name,
            variant(
                HEAD, DEFAULTS, place=_short(item), behaviour=given["behaviour"],
                us_part=given["us_part"] if item.kind == "state" else "counted",
            ),
            item.address == what.place.address,
            _short(item),
        )
        for item in (*groups, *sorted(states, key=lambda item: item.name))
    )  # fmt: skip
    return Control(
        "place",
        "A scope, regional plan, format or state",
        given["place"],
        choices,
        folded="Another place: the European allies, a region, a format, a state",
    )


def _menus(given: Given) -> tuple[Control, Control]:
    behaviour = menu(
        HEAD, DEFAULTS, given, "behaviour", "Who plans together", BEHAVIOUR_WORDS
    )  # fmt: skip
    us_part = menu(
        HEAD, DEFAULTS, given, "us_part",
        "The part of the need that the United States are assured to cover", US_WORDS,
    )  # fmt: skip
    return behaviour, us_part


def _more(given: Given, what: Chosen) -> tuple[Control, ...]:
    """Menus that stand on the page itself, as those in the header are easily overlooked."""
    behaviour = menu(HEAD, DEFAULTS, given, "behaviour", "What states buy", BEHAVIOUR_WORDS)
    year = menu(
        HEAD, DEFAULTS, given, "year", "Year of the table", [str(item) for item in YEARS]
    )  # fmt: skip
    return behaviour, year


def _scenario(what: Chosen) -> Control:
    return menu(
        HEAD, DEFAULTS, {"scenario": what.scenario}, "scenario", "What others do", [what.scenario]
    )


def _standing(site: Site, what: Chosen) -> tuple[Part, ...]:
    run = f"run {site.run.id}" if site.run is not None else "no stored run, so signed orders only"
    return told(
        f"Basis, range and sources of each figure stand in the table below. Plans are those of "
        f"{run}; a figure is counted from its observations, range by range."
    )
