"""What lies on what: the release's sheets, and over them each overlay's, as they were read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from counterpoise.data.book_read import read_book
from counterpoise.data.schema import Schema
from counterpoise.data.sheets import Layer, Row, read_sheet, read_table
from counterpoise.errors import Problem

BOOKS = (".xlsx", ".ods")
"""How the name of an overlay ends that is a workbook, not a folder."""


def read_layers(
    folder: Path, overlays: Sequence[Path], schema: Schema, problems: list[Problem]
) -> list[Layer]:
    """The rows of the release's folder and of each overlay, folder or workbook, in this order."""
    layers = [_read_folder(folder, "", schema, problems)]
    for place in overlays:
        if place.suffix.lower() in BOOKS and not place.is_dir():
            layers.append(read_book(place, layers, schema, problems))
        else:
            layers.append(_read_folder(place, place.resolve().name, schema, problems))
    return layers


def _read_folder(folder: Path, name: str, schema: Schema, problems: list[Problem]) -> Layer:
    """All sheets of a folder; an overlay's files are named with their folder."""
    prefix = f"{name}/" if name else ""
    sheets: dict[str, list[Row]] = {}
    if not folder.is_dir():
        expected = "a folder of sheets, or a workbook (.xlsx)"
        problems.append(Problem("no-folder", str(folder), None, "", "", expected, "check the path"))
        return Layer(name, sheets)
    files = sorted(folder.glob("*.csv"))
    if not files:
        problems.append(
            Problem("no-sheets", str(folder), None, "", "", "CSV sheets", "check the path")
        )
    known = (*schema.sheets, "sources", "aliases")
    for path in files:
        if path.stem not in known and name:
            expected, remedy = "one of " + ", ".join(sorted(known)), "rename or remove the file"
            file = prefix + path.name
            problems.append(Problem("unknown-sheet", file, None, "", "", expected, remedy))
        elif path.stem in schema.sheets:
            sheets[path.stem] = read_sheet(path, schema.sheets[path.stem], problems, prefix)
        elif path.stem in known:
            sheets[path.stem] = read_table(path, problems, prefix)
    return Layer(name, sheets)
