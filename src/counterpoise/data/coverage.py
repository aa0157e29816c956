"""How much of the dataset is known, and how well: counts by kind of thing."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import polars as pl

from counterpoise.data.choose import grade_of
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Observation
from counterpoise.data.schema import BASES, GRADES
from counterpoise.data.support import independent, searched

GENERAL = "none needed"
"""The licence that marks general knowledge: no document was read, so none grants anything."""


def coverage(dataset: Dataset) -> list[dict[str, Any]]:
    """For each kind and for all: things, figures, and what the chosen figures rest on.

    `rule` counts figures that only a gap's rule gives (not counted under `assumed`); the
    grades count figures by the best grade among their sources; `general_only` those whose
    sources are general knowledge alone; `leaks` those with a leaked document among them.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for thing in dataset.things.values():
        counts[thing.kind]["things"] += 1
    for key, item in dataset.chosen.items():
        counts[key[0].split("/")[0]].update(_marks(dataset, item))
    total: Counter[str] = Counter()
    for found in counts.values():
        total.update(found)
    columns = ("things", "figures", *BASES, "rule", *GRADES, "general_only", "leaks")
    order = [kind for kind in dataset.schema.kinds if kind in counts]
    return [
        {"kind": kind, **{column: found[column] for column in columns}}
        for kind, found in (*((kind, counts[kind]) for kind in order), ("all", total))
    ]


def _marks(dataset: Dataset, item: Observation) -> list[str]:
    """The columns in which a chosen figure counts."""
    sources = [dataset.sources[key] for key in item.sources]
    marks = ["figures", item.standing]
    marks.append(grade_of(item, dataset.sources))
    if sources and all(source.licence == GENERAL for source in sources):
        marks.append("general_only")
    if any(source.leak for source in sources):
        marks.append("leaks")
    return marks


def weighted_coverage(inputs: pl.DataFrame) -> list[dict[str, Any]]:
    """Share of the result that rests on each basis, grade and quantity, by the inputs' effect.

    `inputs` has a row for each weighed input with `address`, `basis`, `grade` and `effect`
    (percent-years of shortfall over the input's range). The shares of each part add to 1.
    """
    quantity = pl.col("address").str.split("/").list.get(2)
    kind = pl.col("address").str.split("/").list.get(0)
    named = inputs.with_columns(pl.concat_str(kind, quantity, separator="/").alias("quantity"))
    total = float(inputs["effect"].sum()) or 1.0
    rows = []
    for part, order in (("basis", BASES), ("grade", GRADES), ("quantity", ())):
        sums = named.group_by(part).agg(pl.col("effect").sum(), pl.len().alias("inputs"))
        found = {row[part]: row for row in sums.sort("effect", descending=True).to_dicts()}
        for name in order or found:
            row = found.get(name, {"effect": 0.0, "inputs": 0})
            rows.append(
                {
                    "part": part,
                    "name": name,
                    "share": row["effect"] / total,
                    "percent_years": row["effect"],
                    "inputs": row["inputs"],
                }
            )
    return rows


def supported(dataset: Dataset, inputs: pl.DataFrame) -> list[dict[str, Any]]:
    """The inputs, most influential first, with their independent sources and where was looked."""
    rows = []
    for rank, row in enumerate(inputs.to_dicts(), start=1):
        key = dataset.key(row["address"])
        names = independent(dataset, key)
        looked, nearest = searched(dataset, key)
        rows.append(
            {
                "rank": rank,
                "figure": row["address"],
                "low": row["low"],
                "value": row["value"],
                "high": row["high"],
                "effect": row["effect"],
                "basis": row["basis"],
                "grade": row["grade"],
                "independent": len(names),
                "originals": "; ".join(names),
                "looked": looked,
                "nearest": nearest,
            }
        )
    return rows
