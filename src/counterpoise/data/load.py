"""From a folder of sheets to a checked Dataset: all problems, or the dataset, never both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from counterpoise.data.dataset import Dataset
from counterpoise.data.fill import fill_gaps
from counterpoise.data.melt import Melted, melt
from counterpoise.data.records import Source, Thing
from counterpoise.data.schema import GRADES, Schema, load_schema
from counterpoise.data.sheets import Row, read_sheet, read_table
from counterpoise.errors import BadInput, Problem

REFERENCE = Path(__file__).parent.parent / "reference"
"""The folder of the reference release inside the package."""

_SOURCE_COLUMNS = ("key", "title", "publisher", "date", "url", "kind", "grade", "licence")

_ALTERNATIVES = {
    "state": ("scope",),
    "scope": ("state",),
    "body-or-post": ("body", "post"),
    "post-of": ("post", "arrangement"),
}
"""Kinds in which a link's target is looked up, beside the kind that its column names."""


def load(folder: Path = REFERENCE, overlays: tuple[Path, ...] = ()) -> Dataset:
    """The reference release, with overlays laid over it in the order given.

    Raises BadInput with every problem found in any file.
    """
    schema = load_schema(REFERENCE / "schema")
    problems: list[Problem] = []
    melted = Melted()
    sources: dict[str, Source] = {}
    aliases: dict[str, str] = {}
    for layer, place in enumerate((folder, *overlays), start=1):
        _read_folder(place, schema, layer, melted, sources, aliases, problems)
    _check_withdrawn(melted, problems)
    _check_links(melted, problems)
    _check_sources(melted, sources, problems)
    _check_aliases(aliases, melted, problems)
    if problems:
        raise BadInput(problems)
    withdrawn = {subject for subject, _, _ in melted.withdrawn}
    for subject, name, text in melted.texts:
        if subject in melted.things:
            melted.things[subject].texts[name] = text
    dataset = Dataset(
        things={key: item for key, item in melted.things.items() if key not in withdrawn},
        aliases=aliases,
        links=tuple(
            item
            for item in melted.links
            if item.subject not in withdrawn and item.object not in withdrawn
        ),
        observations=tuple(item for item in melted.observations if item.subject not in withdrawn),
        sources=sources,
        schema=schema,
        release=(REFERENCE / "RELEASE").read_text(encoding="utf-8").strip(),
        carried=melted.carried,
    )
    return fill_gaps(dataset)


def _read_folder(
    folder: Path,
    schema: Schema,
    layer: int,
    melted: Melted,
    sources: dict[str, Source],
    aliases: dict[str, str],
    problems: list[Problem],
) -> None:
    if not folder.is_dir():
        problems.append(
            Problem("no-folder", str(folder), None, "", "", "a folder of sheets", "check the path")
        )
        return
    files = sorted(folder.glob("*.csv"))
    if not files:
        problems.append(
            Problem("no-sheets", str(folder), None, "", "", "CSV sheets", "check the path")
        )
    known = {*schema.sheets, "sources", "aliases"}
    names = {path.stem for path in files}
    for path in files:
        if path.stem not in known and layer > 1:
            problems.append(
                Problem(
                    "unknown-sheet",
                    path.name,
                    None,
                    "",
                    "",
                    "one of " + ", ".join(sorted(known)),
                    "rename or remove the file",
                )
            )
    if "sources" in names:
        _read_sources(folder / "sources.csv", sources, problems)
    if "aliases" in names:
        for row in read_table(folder / "aliases.csv", problems):
            aliases[row.get("alias")] = row.get("address")
    before = set(melted.things)
    for sheet in schema.sheets.values():
        if sheet.name in names:
            melt(read_sheet(folder / f"{sheet.name}.csv", sheet, problems), sheet, melted, layer, problems)
    if layer > 1:
        _overlay_names(melted, before)


def _overlay_names(melted: Melted, before: set[str]) -> None:
    """New things in an overlay that state no name are called by their address."""
    for address, thing in melted.things.items():
        if address not in before and not thing.name:
            melted.things[address] = replace(thing, name=address)


def _read_sources(path: Path, sources: dict[str, Source], problems: list[Problem]) -> None:
    for row in read_table(path, problems):
        _read_source(row, sources, problems)


def _read_source(row: Row, sources: dict[str, Source], problems: list[Problem]) -> None:
    missing = [column for column in _SOURCE_COLUMNS if column not in row.cells]
    for column in missing:
        problems.append(Problem("missing-column", row.file, 1, column, "", "this column", "add it"))
    if missing:
        return
    key, grade = row.get("key"), row.get("grade")
    if not key or key in sources:
        problems.append(
            Problem("source-key", row.file, row.number, "key", key, "a key used once", "change it")
        )
    if grade not in GRADES:
        problems.append(
            Problem(
                "grade", row.file, row.number, "grade", grade, " or ".join(GRADES), "grade the source"
            )
        )
    sources[key] = Source(
        key=key,
        title=row.get("title"),
        publisher=row.get("publisher"),
        date=row.get("date"),
        url=row.get("url"),
        kind=row.get("kind"),
        grade=grade,
        licence=row.get("licence"),
        relay_of=row.get("relay_of"),
        leak=row.get("leak") == "y",
        note=row.get("note"),
    )


def _check_withdrawn(melted: Melted, problems: list[Problem]) -> None:
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
    for other in _ALTERNATIVES.get(kind, ()):
        if f"{other}/{name}" in things:
            return f"{other}/{name}"
    return None


def _check_links(melted: Melted, problems: list[Problem]) -> None:
    """Replace each link's ends by the addresses they name; a dangling one is a problem."""
    for index, link in enumerate(melted.links):
        found = resolve(link.object, melted.things)
        if found is None:
            kind, _, name = link.object.partition("/")
            problems.append(
                Problem(
                    "dangling",
                    link.origin.file,
                    link.origin.row,
                    link.role,
                    name,
                    f"the name of a {kind} in the dataset",
                    f"correct it or add a row to the sheet of kind {kind}",
                )
            )
        elif found != link.object:
            melted.links[index] = replace(link, object=found)
    subjects = {(item.subject, item.origin) for item in (*melted.links, *melted.observations)}
    for subject, origin in sorted(subjects, key=lambda pair: (pair[1].file, pair[1].row)):
        if resolve(subject, melted.things) is None:
            problems.append(
                Problem(
                    "unknown-subject",
                    origin.file,
                    origin.row,
                    "",
                    subject,
                    "a thing in the dataset",
                    "correct the key or add the thing's own row",
                )
            )


def _check_sources(
    melted: Melted, sources: dict[str, Source], problems: list[Problem]
) -> None:
    seen: set[tuple[str, int, str]] = set()
    for item in (*melted.things.values(), *melted.links, *melted.observations):
        origin = item.origin
        if not item.sources and (origin.file, origin.row, "") not in seen:
            seen.add((origin.file, origin.row, ""))
            problems.append(
                Problem(
                    "no-source", origin.file, origin.row, "source", "", "a source key", "name a source"
                )
            )
        for key in item.sources:
            if key not in sources and (origin.file, origin.row, key) not in seen:
                seen.add((origin.file, origin.row, key))
                problems.append(
                    Problem(
                        "unknown-source",
                        origin.file,
                        origin.row,
                        "source",
                        key,
                        "a key of sources.csv",
                        "add the source's row to sources.csv",
                    )
                )


def _check_aliases(aliases: dict[str, str], melted: Melted, problems: list[Problem]) -> None:
    for alias, address in aliases.items():
        if address not in melted.things:
            problems.append(
                Problem(
                    "alias", "aliases.csv", None, "address", address, "an address in the dataset",
                    f"correct the target of the alias {alias!r}",
                )
            )
