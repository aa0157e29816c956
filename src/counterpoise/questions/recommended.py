"""The documents' recommendations by what their levers move when switched off."""

from __future__ import annotations

import math

import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.data.schema import YES
from counterpoise.questions.matrix import Matrix
from counterpoise.questions.question import Row


def recommendation_rows(dataset: Dataset, found: Matrix | None = None) -> list[Row]:
    """One row a recommendation: words, levers, and the shortfall that they move, largest first.

    `shortfall_moved` is that of the lever among them that moves most when switched off, percent-
    years; None where no lever carries it in the model. `direction` is opposite where the
    recommendation asks that the lever be left alone. `missing` says what the model lacks.
    """
    moved: dict[str, float] = {}
    if found is not None and found.switches.width:
        held = found.switches.filter(pl.col("shortfall").is_not_null())
        moved = dict(held.select("lever", "shortfall").iter_rows())
    rows: list[Row] = []
    for thing in dataset.kind("recommendation"):
        levers = [item.split("/", 1)[1] for item in dataset.targets(thing.address, "pulls")]
        known = [(abs(moved[name]), name) for name in levers if name in moved]
        most = max(known, default=None)
        rows.append(
            {
                "id": thing.address.split("/", 1)[1],
                "recommended": thing.name,
                "by": thing.texts.get("document", ""),
                "levers": "; ".join(levers) or "not modelled",
                "moves_most": most[1] if most else "",
                "shortfall_moved": moved[most[1]] if most else None,
                "direction": "opposite" if thing.texts.get("opposite", "").lower() in YES else "",
                "missing": thing.texts.get("missing", ""),
            }
        )
    return sorted(
        rows,
        key=lambda row: (
            -math.inf if row["shortfall_moved"] is None else abs(row["shortfall_moved"]),
            row["levers"] != "not modelled",
        ),
        reverse=True,
    )
