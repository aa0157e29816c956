"""What moved between two runs: requests, inputs, results, areas, states and orders."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from counterpoise import runs
from counterpoise.measures.evaluate import evaluate
from counterpoise.questions.run_fixes import moved_fixes, moved_states
from counterpoise.questions.run_rows import order_path

Row = dict[str, Any]


def compare(first: runs.Run, second: runs.Run, largest: int) -> list[Row]:
    """Rows of what moved, inputs first, then headline results, areas and orders by size."""
    rows: list[Row] = []
    for item, before in first.meta["request"].items():
        after = second.meta["request"].get(item)
        if before != after and item != "fixes":
            rows.append(_moved("request", item, before, after, None))
    rows += moved_fixes(first, second)
    if first.meta["dataset"] != second.meta["dataset"]:
        rows += _moved_inputs(first, second)
    shared = [
        b for b in first.table("summary")["behaviour"] if b in second.table("summary")["behaviour"]
    ]
    for behaviour in shared:
        for name in ("shortfall", "cost"):
            before, after = (evaluate(run.table, name, behaviour) for run in (first, second))
            if before != after:
                rows.append(_moved("result", f"{name}/{behaviour}", before, after, after - before))
    moved = _moved_areas(first, second, shared) + _moved_orders(first, second, shared)
    if moved_fixes(first, second):
        moved += moved_states(first, second, shared)
    moved = [row for row in moved if abs(row["change"]) > 1e-6]
    moved.sort(key=lambda row: (row["part"], -abs(row["change"]), row["what"]))
    for part in ("area", "state shortfall", "state money", "order"):
        rows += [row for row in moved if row["part"] == part][:largest]
    return rows


def _moved(part: str, what: str, before: Any, after: Any, change: float | None) -> Row:
    return {"part": part, "what": what, "before": before, "after": after, "change": change}


def _moved_inputs(first: runs.Run, second: runs.Run) -> list[Row]:
    """Figures whose chosen value differs: those stated, then those that follow by a gap's rule."""
    names = ("address", "value", "basis")
    old, new = (run.table("figures").select(names) for run in (first, second))
    both = old.join(new, on="address", how="full", coalesce=True, suffix="_after")
    differ = both.filter(pl.col("value").ne_missing(pl.col("value_after")))
    ruled = (pl.col("basis_after") == "rule").fill_null(False)
    differ = differ.with_columns(ruled.alias("ruled")).sort("ruled", "address")
    return [
        _moved(
            "by rule" if row["ruled"] else "input",
            row["address"],
            row["value"],
            row["value_after"],
            None,
        )
        for row in differ.iter_rows(named=True)
    ]


def _moved_areas(first: runs.Run, second: runs.Run, shared: list[str]) -> list[Row]:
    rows = []
    for behaviour in shared:
        for area in first.table("gaps")["area"].unique(maintain_order=True):
            name = area.split("/")[1]
            before, after = (
                evaluate(run.table, "shortfall_in", behaviour, name) for run in (first, second)
            )
            if math.isfinite(before) and math.isfinite(after):
                what = f"shortfall_in/{behaviour}/{name}"
                rows.append(_moved("area", what, before, after, after - before))
    return rows


def _all_orders(run: runs.Run) -> pl.DataFrame:
    """The orders of a run; of a replanned one with those that it kept."""
    orders = run.table("orders")
    if "earlier-orders" in run.tables():
        orders = pl.concat([orders, run.table("earlier-orders")])
    return orders


def _moved_orders(first: runs.Run, second: runs.Run, shared: list[str]) -> list[Row]:
    keys = ["behaviour", "buyer", "line", "ordered"]
    frames = [
        _all_orders(run).filter(pl.col("behaviour").is_in(shared)).select(*keys, "eur_bn")
        for run in (first, second)
    ]
    both = frames[0].join(frames[1], on=keys, how="full", coalesce=True, suffix="_after")
    both = both.with_columns(pl.col("eur_bn", "eur_bn_after").fill_null(0.0))
    rows = []
    for row in both.iter_rows(named=True):
        what = "/".join(("order", row["behaviour"], *order_path(row)))
        change = row["eur_bn_after"] - row["eur_bn"]
        rows.append(_moved("order", what, row["eur_bn"], row["eur_bn_after"], change))
    return rows
