"""From sheets to a checked Dataset: all problems, or the dataset, never both."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from counterpoise.data.book_read import in_words
from counterpoise.data.check import (
    check_aliases,
    check_links,
    check_sources,
    check_subjects,
    check_units,
    check_withdrawn,
    resolve,
)
from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import DATE, first_day, last_day
from counterpoise.data.fill import NotKnown, fill_gaps
from counterpoise.data.layers import read_layers
from counterpoise.data.melt import Melted, melt
from counterpoise.data.records import Observation, Origin, Source
from counterpoise.data.schema import GRADES, TERMS, Schema, load_schema
from counterpoise.data.sheets import Layer, Row, parse_number
from counterpoise.errors import BadInput, Problem

REFERENCE = Path(__file__).parent.parent / "reference"
"""The folder of the reference release inside the package."""

_SOURCE_COLUMNS = ("key", "title", "publisher", "date", "url", "kind", "grade", "licence")


_RELAY = re.compile(
    r"\b(copy|copies|relays?|relayed|re-translated|digest|read on a mirror)\b", re.IGNORECASE
)
"""Words in a source's publisher or note that tell of a relay or copy."""

_NOTHING = frozenset({"makes", "order of", "holding of", "transfer of", "part of", "delays"})
"""Roles of things that are nothing without the other end, and are withdrawn with it."""


def load(folder: Path = REFERENCE, overlays: tuple[Path, ...] = (), leaks: bool = True) -> Dataset:
    """The reference release, with overlays (folders or workbooks) laid over it in the order given.

    Without `leaks` what only leaked documents state is left out.
    Raises BadInput with every problem found in any file.
    """
    schema = load_schema(REFERENCE / "schema")
    problems: list[Problem] = []
    melted = Melted()
    sources: dict[str, Source] = {}
    aliases: dict[str, tuple[str, Origin]] = {}
    for number, layer in enumerate(read_layers(folder, overlays, schema, problems), start=1):
        _lay(layer, number, schema, melted, sources, aliases, problems)
    check_withdrawn(melted, problems)
    check_links(melted, schema, problems)
    check_subjects(melted, problems)
    check_units(melted, problems)
    check_sources(melted, sources, problems)
    check_aliases(aliases, melted, problems)
    if problems:
        raise BadInput([in_words(problem) for problem in problems])
    withdrawn = {subject for subject, _, _ in melted.withdrawn}
    withdrawn |= {
        link.subject
        for link in melted.links
        if link.object in withdrawn
        and link.role in _NOTHING
        and link.origin == melted.things[link.subject].origin
    }
    for subject, name, text in melted.texts:
        found = resolve(subject, melted.things)
        if found:
            melted.things[found].texts[name] = text
    release = (REFERENCE / "RELEASE").read_text(encoding="utf-8").strip()
    dataset = Dataset(
        things={key: item for key, item in melted.things.items() if key not in withdrawn},
        aliases={
            alias: address for alias, (address, _) in aliases.items() if address not in withdrawn
        },
        links=tuple(
            item
            for item in melted.links
            if item.subject not in withdrawn and item.object not in withdrawn
        ),
        observations=tuple(
            replace(item, published=_published(item, sources, release))
            for item in melted.observations
            if item.subject not in withdrawn
        ),
        sources=sources,
        schema=schema,
        release=release,
        carried=melted.carried,
    )
    try:
        return fill_gaps(dataset if leaks else dataset.without_leaks())
    except NotKnown as gone:
        raise BadInput([_needed(str(gone.args[0]))]) from None


def _published(item: Observation, sources: dict[str, Source], release: str) -> str:
    """The date at which a figure was out: the row's, or that by which all its sources were.

    A relay doesn't count beside its original, and no figure is out before the date that it holds
    for. Judgements, and what rests on general knowledge in part, are out with the release.
    """
    cited = [sources[key] for key in item.sources]
    if item.basis == "assumed" or any(source.terms == "own" for source in cited):
        return release
    if item.published:
        return item.published
    read = {source.publisher for source in cited}
    firsthand = [source for source in cited if source.relay_of not in read - {source.publisher}]
    out = max((source.date for source in firsthand or cited), key=last_day)
    return item.as_of if first_day(item.as_of) > last_day(out) else out


def _needed(address: str) -> Problem:
    """A figure that the rules for gaps can't do without is gone."""
    remedy = "don't withdraw it, or state it anew"
    return Problem("needed", "rules.csv", None, "", address, "a figure that the rules use", remedy)


def _lay(
    layer: Layer,
    number: int,
    schema: Schema,
    melted: Melted,
    sources: dict[str, Source],
    aliases: dict[str, tuple[str, Origin]],
    problems: list[Problem],
) -> None:
    """Melt all sheets of a layer; the release's `number` is 1."""
    _read_sources(layer.sheets.get("sources", []), sources, problems)
    for row in layer.sheets.get("aliases", []):
        aliases[row.get("alias")] = (row.get("address"), Origin(row.file, row.number))
    for sheet in schema.sheets.values():
        melt(layer.sheets.get(sheet.name, []), sheet, melted, number, problems)


def _read_sources(rows: list[Row], sources: dict[str, Source], problems: list[Problem]) -> None:
    missing = [column for column in _SOURCE_COLUMNS if rows and column not in rows[0].cells]
    for column in missing:
        file = rows[0].file
        problems.append(Problem("missing-column", file, 1, column, "", "this column", "add it"))
    for row in [] if missing else rows:
        _read_source(row, sources, problems)


def _read_source(row: Row, sources: dict[str, Source], problems: list[Problem]) -> None:
    def fault(code: str, column: str, expected: str, remedy: str) -> None:
        value = row.get(column)
        problems.append(Problem(code, row.file, row.number, column, value, expected, remedy))

    key = row.get("key")
    if not key or key in sources:
        fault("source-key", "key", "a key used once", "change it")
    for column, allowed in (("grade", GRADES), ("terms", TERMS)):
        if row.get(column) not in allowed and (column == "grade" or row.get(column)):
            fault(column, column, " or ".join(allowed), "choose one")
    for column in ("publisher", "licence", "date"):
        if not row.get(column):
            fault("source-unknown", column, f"the source's {column}", "say what is known of it")
    if row.get("date") and not DATE.fullmatch(row.get("date")):
        fault("date", "date", "YYYY, YYYY-MM or YYYY-MM-DD", "correct the date")
    size = parse_number(row.get("compilation_rows"))
    if row.get("compilation_rows") and (size is None or size < 1):
        fault("size", "compilation_rows", "rows of the compilation", "write a number or clear it")
    if _RELAY.search(f"{row.get('publisher')} {row.get('note')}") and not row.get("relay_of"):
        fault("relay", "relay_of", "the original's name, or: not named", "name the original")
    sources[key] = Source(
        key=key,
        title=row.get("title"),
        publisher=row.get("publisher"),
        date=row.get("date"),
        url=row.get("url"),
        kind=row.get("kind"),
        grade=row.get("grade"),
        licence=row.get("licence"),
        relay_of=row.get("relay_of"),
        leak=row.get("leak") == "y",
        terms=row.get("terms") or "compilation",
        compilation_rows=size,
        note=row.get("note"),
    )
