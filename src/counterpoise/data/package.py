"""The release as a data package: the descriptor that other tools read (Frictionless Data)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from counterpoise.data.dataset import Dataset
from counterpoise.data.load import REFERENCE
from counterpoise.data.schema import BASES, GRADES, TERMS, Column, Sheet

_WORDS = {
    "source": "keys of sources.csv, separated by semicolons",
    "as_of": "date that the row holds for",
    "published": "date at which the row was published, where its sources' dates don't tell",
    "basis": "how the row's values came about",
    "note": "what else is to be known",
    "error": "y where the row is a recorded misprint",
}


def datapackage(dataset: Dataset, folder: Path = REFERENCE) -> dict[str, Any]:
    """The descriptor of the sheets of a folder, with the type and meaning of every column."""
    return {
        "name": "counterpoise-reference",
        "title": "Counterpoise reference dataset",
        "version": dataset.release,
        "id": dataset.id,
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
                "title": "selection, arrangement, estimates and descriptions; figures of other "
                "publishers under the terms told in sources.csv",
            }
        ],
        "resources": [
            _resource(dataset, path)
            for path in sorted(folder.glob("*.csv"))
            if path.stem in dataset.schema.sheets or path.stem in ("sources", "aliases")
        ],
    }


def _resource(dataset: Dataset, path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8", newline="") as handle:
        heading = next(csv.reader(handle))
    sheet = dataset.schema.sheets.get(path.stem)
    return {
        "name": path.stem,
        "path": path.name,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "schema": {"fields": [_field(name, sheet) for name in heading], "missingValues": [""]},
    }


def _field(name: str, sheet: Sheet | None) -> dict[str, Any]:
    column = sheet.columns.get(name) if sheet else None
    if column is not None:
        return _stated(name, column)
    if sheet is not None and name.endswith(("_low", "_high")):
        base = name.rsplit("_", 1)[0]
        return {"name": name, "type": "number", "description": f"{name[-4:].strip('_')} of {base}"}
    field: dict[str, Any] = {"name": name, "type": "string"}
    if name in _WORDS:
        field["description"] = _WORDS[name]
    if name == "basis" or name.endswith("_basis"):
        field["constraints"] = {"enum": [*BASES, ""]}
    if sheet is None and name in ("grade", "terms"):
        field["constraints"] = {"enum": list(GRADES if name == "grade" else TERMS)}
    if sheet is None and name == "compilation_rows":
        field["type"] = "number"
    return field


def _stated(name: str, column: Column) -> dict[str, Any]:
    kind = "number" if column.role == "quantity" else "string"
    field: dict[str, Any] = {"name": name, "type": kind, "description": column.meaning}
    if column.unit and "{" not in column.unit:
        field["unit"] = column.unit
    if column.required:
        field["constraints"] = {"required": True}
    return field
