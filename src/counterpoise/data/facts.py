"""Whether every row of a folder of facts is in the dataset: matched, or named as missing.

A facts row is matched to the row of the reference sheet that carries it, and from there to
what was loaded from that row. The sheets may have more columns and more rows than the facts.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from counterpoise.data.dataset import Dataset
from counterpoise.data.load import REFERENCE
from counterpoise.data.match import Difference, Exceptions, Matcher, TableCheck
from counterpoise.data.sheets import read_table, split_list
from counterpoise.errors import BadInput, Problem

FOLDERS = ("cooperation", "forces", "industry", "money", "requirements")
"""The folders of facts that the dataset carries."""

ELSEWHERE = frozenset({"published_results", "sources"})
"""Tables in them that are not matched to a sheet of things."""

_SOURCE = ("title", "publisher", "date", "url", "kind", "grade", "licence", "relay_of", "leak")


def check_facts(dataset: Dataset, facts: Path, reference: Path = REFERENCE) -> list[TableCheck]:
    """Match all tables of the folder `facts`; BadInput where a file can't be read.

    `reference` is the folder that `dataset` was loaded from.
    """
    problems: list[Problem] = []
    tables = {sheet.table: sheet for sheet in dataset.schema.sheets.values() if sheet.table}
    exceptions = _exceptions(reference, problems)
    loaded = _loaded(dataset)
    checks: list[TableCheck] = []
    for folder in FOLDERS:
        paths = sorted((facts / folder).glob("*.csv"))
        if not paths:
            problems.append(
                Problem(
                    "no-facts", str(facts / folder), None, "", "", "tables of facts",
                    "name the folder that holds cooperation, forces and so on",
                )
            )  # fmt: skip
        cited: set[str] = set()
        for path in paths:
            if path.stem in ELSEWHERE:
                continue
            rows = read_table(path, problems)
            cited.update(key for row in rows for key in split_list(row.get("source")))
            name = f"{folder}/{path.stem}"
            if name not in tables:
                gone = Difference(name, 1, "whole table", "", "", "no sheet carries this table")
                checks.append(TableCheck(name, "", len(rows), differences=[gone]))
                continue
            sheet = tables[name]
            ours = read_table(reference / f"{sheet.name}.csv", problems)
            matcher = Matcher(name, sheet, exceptions, dataset, loaded)
            checks.append(matcher.check(rows, ours))
        if paths:
            checks.append(_check_sources(dataset, facts / folder, cited, exceptions, problems))
    if problems:
        raise BadInput(problems)
    return checks


def _exceptions(reference: Path, problems: list[Problem]) -> Exceptions:
    aside, changes = reference / "set-aside.csv", reference / "changes.csv"
    rows = read_table(aside, problems) if aside.exists() else []
    changed = read_table(changes, problems) if changes.exists() else []
    names = ("table", "row_key", "column", "facts_value", "ours")
    return Exceptions(
        frozenset((row.get("table"), row.get("row_key")) for row in rows if row.get("reason")),
        frozenset(tuple(map(row.get, names)) for row in changed if row.get("reason")),
    )


def _loaded(dataset: Dataset) -> dict[tuple[str, int], set[str]]:
    """Columns of each sheet row that became observations ("" for its thing or links)."""
    found: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    origins = [thing.origin for thing in dataset.things.values()]
    for origin in origins + [link.origin for link in dataset.links]:
        found[(origin.file, origin.row)].add("")
    for item in dataset.observations:
        found[(item.origin.file, item.origin.row)].add(item.id.rsplit(":", 1)[-1])
    return found


def _check_sources(
    dataset: Dataset,
    folder: Path,
    cited: set[str],
    exceptions: Exceptions,
    problems: list[Problem],
) -> TableCheck:
    """Each cited source of a folder of facts, key and description.

    What the facts leave empty may be filled, and a note added to.
    """
    table = f"{folder.name}/sources"
    rows = read_table(folder / "sources.csv", problems)
    result = TableCheck(table, "sources", len(rows))
    for row in rows:
        key = row.get("key")
        ours = dataset.sources.get(key)
        if ours is None:
            if key in cited:
                gone = Difference(table, row.number, key, "", "", "not in sources.csv")
                result.differences.append(gone)
            else:
                result.set_aside += 1
            continue
        before = len(result.differences)
        for name in _SOURCE:
            value = getattr(ours, name)
            held = ("y" if value else "") if name == "leak" else value
            stated = row.get(name)
            filled = not stated or (name == "note" and held.startswith(stated))
            recorded = (table, key, name, stated, held) in exceptions.changes
            if stated != held and not filled and not recorded:
                cell = Difference(table, row.number, key, name, stated, held)
                result.differences.append(cell)
        result.carried += before == len(result.differences)
    known = {row.get("key") for row in rows}
    for key in sorted(cited - known - set(dataset.sources)):
        gone = Difference(table, 1, key, "", "", "cited, but in no sources.csv")
        result.differences.append(gone)
    return result
