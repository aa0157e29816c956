"""Checks of what was read as a whole: links, subjects, units, sources, aliases.

A check also replaces what another kind stands for: state/NATO is scope/NATO.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from counterpoise.data.dataset import Key
from counterpoise.data.melt import Melted
from counterpoise.data.records import Origin, Source, Thing
from counterpoise.data.schema import Schema
from counterpoise.errors import Problem

ALTERNATIVES = {
    "state": ("scope",),
    "scope": ("state",),
    "body-or-post": ("body", "post"),
    "post-of": ("post", "arrangement"),
}
"""Kinds in which a link's target is looked up, beside the kind that its column names."""


def check_withdrawn(melted: Melted, problems: list[Problem]) -> None:
    """Only what is there can be withdrawn."""
    for subject, file, row in melted.withdrawn:
        if subject not in melted.things:
            problems.append(
                Problem("withdraw", file, row, "", subject, "a thing that exists", "check the key")
            )


def resolve(target: str, things: dict[str, Thing]) -> str | None:
    """The address that a link's target names, or None: a state may be a scope, and so on."""
    if target in things:
        return target
    kind, _, name = target.partition("/")
    for other in ALTERNATIVES.get(kind, ()):
        if f"{other}/{name}" in things:
            return f"{other}/{name}"
    return None


def _near(name: str, kind: str, things: dict[str, Thing]) -> str:
    """A hint at the nearest names of a kind ("" where none is near)."""
    kinds = (kind, *ALTERNATIVES.get(kind, ()))
    known = [item.split("/", 1)[1] for item in things if item.split("/", 1)[0] in kinds]
    near = difflib.get_close_matches(name, known, n=3)
    return f" (near: {', '.join(near)})" if near else ""


def check_links(melted: Melted, schema: Schema, problems: list[Problem]) -> None:
    """Replace each link's object by the address it names; a dangling one is a problem."""
    columns = {
        (sheet.name, item.link_role): item.name
        for sheet in schema.sheets.values()
        for item in sheet.columns.values()
        if item.link_role
    }
    for index, link in enumerate(melted.links):
        found = resolve(link.object, melted.things)
        if found is None:
            kind, _, name = link.object.partition("/")
            origin = link.origin
            problems.append(
                Problem(
                    "dangling",
                    origin.file,
                    origin.row,
                    columns.get((Path(origin.file).stem, link.role), link.role),
                    name,
                    f"the name of a {kind} in the dataset{_near(name, kind, melted.things)}",
                    f"correct it or add a row to the sheet of kind {kind}",
                )
            )
        elif found != link.object:
            melted.links[index] = replace(link, object=found)


def check_subjects(melted: Melted, problems: list[Problem]) -> None:
    """Replace each subject by the address it names: figures of state/NATO are scope/NATO's."""
    unknown: dict[Origin, str] = {}

    def mended(subject: str, origin: Origin) -> str:
        found = resolve(subject, melted.things)
        if found is None:
            unknown[origin] = subject
        return found or subject

    for index, link in enumerate(melted.links):
        if link.subject not in melted.things:
            melted.links[index] = replace(link, subject=mended(link.subject, link.origin))
    for index, item in enumerate(melted.observations):
        if item.subject not in melted.things:
            melted.observations[index] = replace(item, subject=mended(item.subject, item.origin))
    for place, subject in melted.carried.items():
        melted.carried[place] = mended(subject, Origin(*place))
    for origin, subject in sorted(unknown.items(), key=lambda pair: (pair[0].file, pair[0].row)):
        kind, _, name = subject.partition("/")
        problems.append(
            Problem(
                "unknown-subject",
                origin.file,
                origin.row,
                "",
                subject,
                f"a thing in the dataset{_near(name, kind, melted.things)}",
                "correct the key or add the thing's own row",
            )
        )


def check_units(melted: Melted, problems: list[Problem]) -> None:
    """Rival observations of one figure must have one unit, misprints aside."""
    units: dict[Key, str] = {}
    for item in melted.observations:
        if item.error:
            continue
        unit = units.setdefault(item.key, item.unit)
        if unit != item.unit:
            problems.append(
                Problem(
                    "unit",
                    item.origin.file,
                    item.origin.row,
                    "unit",
                    item.unit,
                    f"{unit!r}, as the other figures of {item.address} have",
                    "convert the value, or flag the row as a misprint (error = y)",
                )
            )


def _records(melted: Melted) -> Iterator[tuple[Origin, tuple[str, ...]]]:
    yield from melted.cited
    for link in melted.links:
        yield link.origin, link.sources
    for item in melted.observations:
        yield item.origin, item.sources


def check_sources(melted: Melted, sources: dict[str, Source], problems: list[Problem]) -> None:
    """Every row names a source, and the sheet of sources has it."""
    seen: set[tuple[Origin, str]] = set()
    for origin, keys in _records(melted):
        for key in keys or ("",):
            if key in sources or (origin, key) in seen:
                continue
            seen.add((origin, key))
            code, expected, remedy = "no-source", "a source key", "name a source"
            if key:
                near = ", ".join(difflib.get_close_matches(key, sources, n=3))
                code, expected = "unknown-source", "a key of the sheet sources"
                expected += f" (near: {near})" if near else ""
                remedy = "add the source's row to the sheet sources"
            problems.append(Problem(code, origin.file, origin.row, "source", key, expected, remedy))


def check_aliases(
    aliases: dict[str, tuple[str, Origin]], melted: Melted, problems: list[Problem]
) -> None:
    """Every alias names a thing."""
    for alias, (address, origin) in aliases.items():
        if not alias or address not in melted.things:
            kind, _, name = address.partition("/")
            problems.append(
                Problem(
                    "alias",
                    origin.file,
                    origin.row,
                    "address" if alias else "alias",
                    address if alias else "",
                    f"an alias and an address in the dataset{_near(name, kind, melted.things)}",
                    f"correct the target of the alias {alias!r}",
                )
            )
