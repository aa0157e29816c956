"""The dataset's sheets as files: all rows for one's own work, or those that may be shared."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from counterpoise.data.check import resolve
from counterpoise.data.dataset import Dataset
from counterpoise.data.melt import filled
from counterpoise.data.package import datapackage
from counterpoise.data.records import Origin
from counterpoise.data.schema import Sheet
from counterpoise.data.sheets import Layer, Row, split_list

_OWN = "_source"
"""How the columns end that name the source of one cell."""


def kept(layers: Sequence[Layer], dataset: Dataset, barred: Iterable[Origin] = ()) -> list[Layer]:
    """The rows of `layers` that speak of things and name sources in `dataset`, less the barred.

    So a dataset without leaks gives the rows without them; a cell with a source of its own that
    is gone is emptied with its range.
    """
    gone = set(barred)

    def keep(sheet: str, row: Row) -> Row | None:
        place = Origin(row.file, row.number)
        if sheet == "sources":
            return row if row.get("key") in dataset.sources else None
        if sheet == "aliases":
            return row if row.get("address") in dataset.things else None
        carried = dataset.carried.get((row.file, row.number))
        if place in gone or (carried is not None and carried not in dataset.things):
            return None
        found = _sourced(row, dataset)
        return None if found is None else _linked(found, dataset.schema.sheets[sheet], dataset)

    return [
        Layer(
            layer.name,
            {
                sheet: [found for row in rows if (found := keep(sheet, row)) is not None]
                for sheet, rows in layer.sheets.items()
            },
        )
        for layer in layers
    ]


def _sourced(row: Row, dataset: Dataset) -> Row | None:
    """A row naming only sources in the dataset; None where that leaves none."""
    cells = dict(row.cells)
    for column in [name for name in cells if name == "source" or name.endswith(_OWN)]:
        stated = list(split_list(cells[column]))
        left = [key for key in stated if key in dataset.sources]
        cells[column] = ";".join(left)
        if stated and not left:
            if column == "source":
                return None
            name = column.removesuffix(_OWN)
            for part in (name, f"{name}_low", f"{name}_high", f"{name}_basis"):
                cells[part] = ""
    return Row({name: cells[name] for name in row.cells}, row.file, row.number)


def _linked(row: Row, sheet: Sheet, dataset: Dataset) -> Row | None:
    """A row linking only to things in the dataset; None where it is itself a link to none."""
    if sheet.link_object and resolve(filled(sheet.link_object, row), dataset.things) is None:
        return None
    cells = dict(row.cells)
    for name, column in sheet.columns.items():
        if column.link_role and cells.get(name):
            entries = list(split_list(cells[name])) if column.many else [cells[name]]
            left = [e for e in entries if resolve(f"{column.link_kind}/{e}", dataset.things)]
            cells[name] = cells[name] if left == entries else ";".join(left)
    return Row(cells, row.file, row.number)


def csv_files(dataset: Dataset, layers: Sequence[Layer]) -> dict[str, str]:
    """CSV text by relative path: the release's sheets at the top, each overlay in its own folder.

    With them the descriptor `datapackage.json` and the release's id.
    """
    files = {
        "datapackage.json": json.dumps(datapackage(dataset), indent=2) + "\n",
        "RELEASE": dataset.id + "\n",
    }
    for layer in layers:
        folder = f"overlays/{layer.name}/" if layer.name else ""
        for sheet, rows in layer.sheets.items():
            if rows:
                files[f"{folder}{sheet}.csv"] = _csv(rows)
    return files


def _csv(rows: Sequence[Row]) -> str:
    heading = dict.fromkeys(column for row in rows for column in row.cells)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(heading), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.cells for row in rows)
    return buffer.getvalue()
