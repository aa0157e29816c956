"""Lines printed under a plan, by which a reader judges whether it is plausible."""

from __future__ import annotations

import polars as pl

from counterpoise.measures.registry import printed
from counterpoise.planning.whole_problem import lots
from counterpoise.world.world import World

EXACT = 1e-6
"""What a solved amount may miss a lot by, as a share of it."""


def plausibility(tables: dict[str, pl.DataFrame], world: World) -> pl.DataFrame:
    """Name, value, unit and text of each line, for the plan whose calendar is printed.

    Crumbs, parts of pooled orders, familiar types, published lines, the top line of each area;
    how many states fare worse together; how far states are overcommitted.
    """
    behaviours = tables["summary"]["behaviour"].to_list()
    shown = printed(behaviours)
    orders = tables["orders"].filter(pl.col("behaviour") == shown)
    rows: list[tuple[str, float, str, str]] = []
    total = float(orders["eur_bn"].sum())
    if total > 0:
        least = dict(zip(world.labels.areas, map(float, lots(world)), strict=True))
        rows += _shares(orders, total, least, world.labels.joint)
        rows += _top_lines(orders)
    if {"alone", "together"} <= set(behaviours):
        rows.append(
            ("worse-together", float(_worse(tables["gaps"])), "states", "fare worse together")
        )
    over = tables["money"].filter(pl.col("overcommitted") & (pl.col("behaviour") == behaviours[0]))
    over = over.filter(pl.col("year") <= 2035)
    names = ", ".join(sorted({state.split("/")[1] for state in over["state"]})) or "none"
    rows.append(
        (
            "overcommitted",
            float(over["state"].n_unique()),
            "states",
            f"committed beyond budget: {names}",
        )
    )
    rows.append(
        (
            "orders-without-quantity",
            float(len(world.unknown_orders)),
            "orders",
            "signed, quantity unknown",
        )
    )
    return pl.DataFrame(
        rows,
        schema={"name": pl.String, "value": pl.Float64, "unit": pl.String, "text": pl.String},
        orient="row",
    )


def _shares(
    orders: pl.DataFrame, total: float, least: dict[str, float], joint: frozenset[str]
) -> list[tuple[str, float, str, str]]:
    pairs = orders.group_by("buyer", "line", "area").agg(pl.col("units").sum())
    lot = pl.col("area").replace_strict(least, return_dtype=pl.Float64)
    crumbs = pairs.filter(pl.col("units") < lot * (1 - EXACT)).height / max(pairs.height, 1)
    pooled = pl.col("area").is_in(sorted(joint))
    parts = pairs.filter(pooled & (pl.col("units") < 1 - EXACT)).height / max(pairs.height, 1)
    familiar = float(orders.filter(pl.col("familiar"))["eur_bn"].sum()) / total
    published = float(orders.filter(pl.col("published"))["eur_bn"].sum()) / total
    stated = float(orders.filter(pl.col("stated"))["eur_bn"].sum()) / total
    return [
        (
            "crumbs",
            crumbs,
            "share of orders",
            "a buyer's orders on a line under the area's lot",
        ),
        (
            "parts",
            parts,
            "share of orders",
            "a buyer's part of pooled orders on a line under one unit (joint areas)",
        ),
        ("familiar", familiar, "share of spending", "types the buyer holds, has ordered or makes"),
        (
            "published",
            published,
            "share of spending",
            "lines with published rate, lead time, price",
        ),
        (
            "stated",
            stated,
            "share of spending",
            "the same, figures judged by the compiler included",
        ),
    ]


def _top_lines(orders: pl.DataFrame) -> list[tuple[str, float, str, str]]:
    by_line = orders.group_by("area", "line").agg(pl.col("eur_bn").sum())
    rows = []
    for (area,), frame in sorted(by_line.group_by("area"), key=lambda item: str(item[0][0])):
        best = frame.sort("eur_bn", "line", descending=[True, False]).row(0, named=True)
        share = best["eur_bn"] / float(frame["eur_bn"].sum())
        name = f"top-{str(area).split('/')[1]}"
        rows.append((name, share, "share of the area's spending", best["line"]))
    return rows


def _worse(gaps: pl.DataFrame) -> int:
    """States whose own weighted gaps are larger together than alone (joint areas aside)."""
    frame = gaps.filter(pl.col("place").str.starts_with("state/") & (pl.col("year") <= 2035))
    totals = frame.group_by("place", "behaviour").agg(pl.col("percent_years").sum())
    wide = totals.pivot(on="behaviour", index="place", values="percent_years")
    return wide.filter(pl.col("together") > pl.col("alone") * (1 + 1e-6) + 1e-9).height
