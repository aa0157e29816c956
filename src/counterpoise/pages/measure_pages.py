"""Pages of measures: definition, source of the formula, arguments, and one value of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from counterpoise.errors import CounterpoiseError, NotFound
from counterpoise.measures.asking import measure_rows
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.evaluate import MEASURES, evaluate
from counterpoise.measures.parameters import near
from counterpoise.measures.registry import Measure
from counterpoise.measures.standing import StandingMeasure
from counterpoise.pages.cells import address_of, named, number, table, told
from counterpoise.pages.page import Asked, Page, path_of
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.publish.blocks import (
    Cell,
    Heading,
    Opened,
    PageBlock,
    Paragraph,
    Part,
    SourceLine,
    Table,
    parts,
)

_EXAMPLES = {
    "behaviour": "together", "place": "group", "area": "sam-upper", "year": "2030",
    "state": "DEU", "buyer": "POL", "controller": "USA", "origin": "USA", "rank": "1",
    "against": "ordered", "first": "2027", "last": "2030", "basis": "assumed", "version": "planned",
    "case": "held", "weights": "equal", "end": "low",
}  # fmt: skip
"""Values that show what a run's measure says, by argument; measures with others show none."""


def names() -> list[str]:
    """All measures, as `list measures` tells them."""
    return [*ALL, *(name for name in MEASURES if name not in ALL)]


@view("measures")
def measures(site: Site) -> list[Row]:
    """All measures: of what, unit, definition and where the formula comes from."""
    rows: list[Row] = []
    for name in names():
        standing = ALL.get(name)
        item = standing or MEASURES[name]
        rows.append(
            {
                "measure": name,
                "page": f"measure/{name}",
                "of": standing.group if standing else "saved run",
                "unit": item.unit,
                "definition": item.definition.splitlines()[0],
                "formula": standing.formula_source if standing else "",
                "arguments": len(standing.parameters if standing else MEASURES[name].arguments),
            }
        )
    return rows


@view("example")
def example(site: Site, measure: str) -> list[Row]:
    """A standing measure at its defaults, with range, basis and the share that is assumed."""
    item = ALL[measure]
    given = {}
    for each in item.parameters:
        value = each.default or next(iter(each.kind.parts(None, site.view)), "")
        given[each.name] = value
    try:
        return [
            {key: row[key] for key in (*given, "low", "value", "high", "unit", "basis",
                                       "assumed_share", "sources")}
            for row in measure_rows(site.view, measure, given)[:1]
        ]  # fmt: skip
    except CounterpoiseError:
        return []


@page("measure", lambda site: [f"measure/{name}" for name in names()])
def measure_page(site: Site, asked: Asked) -> Page:
    """What a measure is, what it takes, and one value of it."""
    name = "/".join(asked.parts[1:])
    if name not in names():
        raise NotFound(asked.path, [f"measure/{item}" for item in near(name, names())])
    blocks: list[PageBlock] = []
    definition = ""
    if name in ALL:
        definition = ALL[name].definition
        blocks += _standing(site, ALL[name])
    if name in MEASURES:
        definition = definition or MEASURES[name].definition
        blocks += _of_run(site, MEASURES[name])
    first, *rest = definition.split("\n\n")
    told_rest = [Paragraph(told(" ".join(text.split()))) for text in rest]
    standing = told("The definition is the docstring of the function that computes it; its example "
                    "is reckoned again from its address.")  # fmt: skip
    return Page(
        asked.path,
        name.replace("_", " ").capitalize(),
        told(" ".join(first.split())),
        (*told_rest, *blocks),
        standing,
        "measure",
    )


def _standing(site: Site, item: StandingMeasure) -> Iterable[PageBlock]:
    yield Paragraph(
        told(f"Unit: {item.unit}. Group: {item.group}. Formula: {item.formula_source}.")
    )
    low, high = item.bounds
    if high != float("inf") or low != 0.0:
        yield Paragraph(told(f"Bounds: {low:g} to {high:g} {item.unit}."), "note")
    yield _arguments([(each.name, each.kind.told, each.default) for each in item.parameters])
    yield Paragraph(told(f"counterpoise measure {item.name} …"), "note")
    rows = example(site, item.name)
    if not rows:
        return
    row = rows[0]
    given = {each.name: str(row[each.name]) for each in item.parameters}
    shown = {name: name.replace("_", " ") for name in row if name != "sources"}
    block = table(site.dataset, "An example", rows, address_of("example", {"measure": item.name}),
                  shown)  # fmt: skip
    yield Heading(2, ("Example",))
    if row["value"] is not None:
        address = path_of("measure", item.name, **given)
        yield Paragraph(parts("Its value now is ", number(row["value"], address), " ",
                              *told(row["unit"]), "."))  # fmt: skip
    yield block
    lines = tuple(
        SourceLine(named(site.dataset, f"source/{key}").text, f"source/{key}")
        for key in filter(None, str(row["sources"]).split("; "))
    )
    if lines:
        yield Opened(told(f"Its {len(lines)} sources"), lines)


def _arguments(rows: Sequence[tuple[str, str, str]]) -> Table:
    heads = tuple(parts(name) for name in ("argument", "what may be given", "default"))
    body = tuple(tuple(Cell(told(text)) for text in row) for row in rows)
    return Table(parts("Arguments"), heads, body)


def _of_run(site: Site, item: Measure) -> Iterable[PageBlock]:
    yield Heading(2, ("In a saved run",))
    path = "/".join(("run/RUN", item.name, *(f"<{name}>" for name in item.arguments)))
    yield Paragraph(
        told(f"{' '.join(item.definition.split())} Unit: {item.unit}. Address: {path}.")
    )
    if site.run is None or any(name not in _EXAMPLES for name in item.arguments):
        return
    given = [_EXAMPLES[name] for name in item.arguments]
    try:
        value = evaluate(site.run.table, item.name, *given)
    except (CounterpoiseError, LookupError, ValueError):
        return
    if value != value:
        return
    address = "/".join(("run", site.run.id, item.name, *given))
    said: list[Part] = [*told(f"For {', '.join(given)}: " if given else "Here: ")]
    yield Paragraph(parts(*said, number(value, address), " ", *told(item.unit), "."))
