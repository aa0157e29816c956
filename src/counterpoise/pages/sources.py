"""Pages of sources: all of them with what rests on each, and one with its figures."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable

import polars as pl

from counterpoise.data import citations
from counterpoise.data.cells import unit_told
from counterpoise.data.coverage import coverage
from counterpoise.data.records import Source
from counterpoise.data.schema import BASES
from counterpoise.errors import NotFound
from counterpoise.pages.cells import address_of, compact, cut, named, table, told
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.publish import charts
from counterpoise.publish.blocks import Bullets, Chart, Heading, Name, PageBlock, Paragraph, Strong

MOST = 60
"""Figures of one source that its page shows; its data files hold the others."""

_TABLES = 18
"""Kinds of thing in the drawing of bases: those with the most figures."""


@view("sources")
def source_rows(site: Site) -> list[Row]:
    """All sources with grade, licence, terms, and how many rows and chosen figures rest on each."""
    return citations.sources(site.dataset)


@view("decided")
def decided(site: Site, source: str) -> list[Row]:
    """The chosen figures that rest on a source, those that move the result most first."""
    if source not in site.dataset.sources:
        raise NotFound(f"source/{source}", _near(site, source))
    rows = [
        {
            "of": item.subject,
            "figure": " ".join(part for part in (item.quantity.replace("_", " "), item.period,
                                                 item.qualifier) if part),
            "low": item.low,
            "value": item.value,
            "high": item.high,
            "unit": unit_told(item.unit),
            "basis": item.standing,
            "effect": site.effects.get(item.address),
            "address": item.address,
        }
        for item in site.by_source.get(source, ())
    ]  # fmt: skip
    return sorted(rows, key=lambda row: -(row["effect"] or 0.0))


@view("bases")
def bases(site: Site) -> list[Row]:
    """Chosen figures by kind of thing and basis; a rule's are those that fill a gap."""
    return coverage(site.dataset)


@view("grades")
def grades(site: Site) -> list[Row]:
    """Sources by grade, and the chosen figures of which each grade is the best."""
    count = Counter(source.grade for source in site.dataset.sources.values())
    whole = coverage(site.dataset)[-1]
    return [
        {"grade": grade, "sources": count[grade], "figures": whole[grade]}
        for grade in sorted(count)
    ]


@view("licences")
def licences(site: Site) -> list[Row]:
    """Sources by licence, those of most first."""
    found: Counter[tuple[str, str]] = Counter(
        (source.licence, source.terms) for source in site.dataset.sources.values()
    )
    return [
        {"licence": licence, "terms": terms, "sources": count}
        for (licence, terms), count in found.most_common()
    ]


@page("sources", menu="Sources", group="Data")
def sources_page(site: Site, asked: Asked) -> Page:
    """Grades and licences, what rests on what, and the list of all sources."""
    data = site.dataset
    rows = source_rows(site)
    deciding = sum(row["figures"] > 0 for row in rows)
    lead = told(f"{len(rows):,} sources; {deciding:,} of them decide a figure.")
    kinds = bases(site)
    blocks: list[PageBlock] = [
        _drawn(kinds),
        table(data, "Sources by grade", grades(site), address_of("grades", {})),
        table(data, "Sources by licence and terms of use", licences(site),
              address_of("licences", {})),
        compact(table(data, "Figures by kind of thing, basis and best grade", kinds,
                      address_of("bases", {}))),
        Paragraph(("All of them, with publisher, date, grade and what rests on each: ",
                   Name("list of sources", "page/list/sources"), ".")),
    ]  # fmt: skip
    return Page(
        asked.path, "Sources", lead, tuple(blocks),
        told("Counted from the release; a figure counts by its basis and the best grade among its "
             "sources. Each source opens to what rests on it."),
    )  # fmt: skip


def _drawn(rows: list[Row]) -> Chart:
    """Chosen figures by kind of thing, stacked by basis."""
    largest = sorted(rows[:-1], key=lambda row: -row["figures"])[:_TABLES]
    places = {row["kind"]: at for at, row in enumerate(rows, start=1)}
    marks = [
        {
            "label": row["kind"],
            "series": name,
            "value": row[name],
            "address": f"view/bases/{places[row['kind']]}/{name}",
        }
        for row in largest
        for name in (*BASES, "rule")
    ]
    caption = f"Chosen figures of the {len(largest)} largest kinds of thing, by basis"
    return charts.bars(
        pl.DataFrame(marks), caption=(Name(caption),), alternative=f"{caption}, listed below",
        x_title="figures",
    )  # fmt: skip


@page("source", lambda site: [f"source/{key}" for key in site.dataset.sources])
def source_page(site: Site, asked: Asked) -> Page:
    """A source: what is known of it, and the figures that it decides."""
    key = "/".join(asked.parts[1:])
    source = site.dataset.sources.get(key)
    if source is None:
        raise NotFound(asked.path, _near(site, key))
    rows = decided(site, key)
    place = address_of("decided", {"source": key})
    blocks: list[PageBlock] = [Bullets(tuple(_known(source)))]
    if rows:
        shown = compact(table(site.dataset, "Figures that it decides", rows, place, _COLUMNS))
        blocks += [Heading(2, ("What rests on it",)), cut(shown, MOST)]
    things = site.cited.get(key, ())
    if things:
        links = Bullets(tuple((named(site.dataset, each),) for each in things[:MOST]))
        said = f"Rows of things that cite it: {len(things):,}"
        more = f", the first {MOST} of them here" if len(things) > MOST else ""
        blocks += [Heading(2, told(said + more)), links]
    grade = f"Grade {source.grade}, licence: {source.licence}, terms: {source.terms}."
    said_by = ", ".join(filter(None, (source.publisher, source.date)))
    lead = told(f"{said_by}. Figures that rest on it: {len(rows):,}.")
    return Page(asked.path, source.title or key, lead, tuple(blocks), told(grade), "source")


_COLUMNS = {
    "of": "of", "figure": "figure", "low": "low", "value": "value", "high": "high", "unit": "unit",
    "basis": "basis", "effect": "moves the shortfall, percent-years",
}  # fmt: skip


def _known(source: Source) -> Iterable[tuple[Strong | Name | str, ...]]:
    yield (Strong("Key"), ": ", Name(source.key))
    for name in ("kind", "url", "relay_of", "note"):
        if getattr(source, name):
            label = name.replace("_", " ").capitalize()
            text = str(getattr(source, name))
            yield (Strong(label), ": ", Name(text, text if text.startswith("https://") else ""))
    if source.compilation_rows:
        yield (Strong("Rows of the compilation"), ": ", Name(f"{source.compilation_rows:,.0f}"))
    if source.leak:
        yield (Strong("Leak"), ": its figures stem from a leaked document")


def _near(site: Site, key: str) -> list[str]:
    found = difflib.get_close_matches(key, site.dataset.sources, n=5, cutoff=0.3)
    return [f"source/{name}" for name in found]
