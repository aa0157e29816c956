"""Mixes compared: what each gives away in each world, and which is best for stated weights."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from counterpoise.errors import BadInput, Problem
from counterpoise.planning.indicators import WEIGHED


def parse_weights(text: str) -> dict[str, float]:
    """Weights given as shortfall=0.5,cost=0.3, scaled to 1; {} for none.

    BadInput with every fault.
    """
    found: dict[str, float] = {}
    problems = []
    for part in filter(None, (item.strip() for item in text.split(","))):
        name, _, number = part.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if name.strip() not in WEIGHED or not 0 <= value < float("inf") or name in found:
            expected = f"each once, as NAME=NUMBER with a name of {', '.join(WEIGHED)}"
            problems.append(Problem("weights", "--weights", None, "", part, expected, "correct it"))
        found[name.strip()] = value
    total = sum(found.values())
    if found and not problems and total <= 0:
        problems.append(
            Problem("weights", "--weights", None, "", text, "one above zero", "raise one")
        )
    if problems:
        raise BadInput(problems)
    return {name: value / total for name, value in found.items() if value}


def regrets(cells: pl.DataFrame) -> pl.DataFrame:
    """One row a mix, world and weighed indicator: what the mix gives away against the best there.

    `regret` is in the indicator's unit; `share` in percent of the mean of the world's mixes, so
    that indicators can be added.
    """
    parts = []
    for name, column in WEIGHED.items():
        value = pl.col(column)
        lost = (value - value.min().over("world")).fill_nan(None)
        mean = value.mean().over("world")
        parts.append(
            cells.select(
                "mix",
                "world",
                pl.lit(name).alias("indicator"),
                lost.alias("regret"),
                pl.when(mean.abs() > 1e-12).then(100 * lost / mean).otherwise(0.0).alias("share"),
            )
        )
    return pl.concat(parts)


def largest_regrets(found: pl.DataFrame) -> pl.DataFrame:
    """One row a mix: its largest regret over the worlds in each indicator, and where that is.

    Columns by name of the indicator: the regret in its unit, and `NAME_in` the world.
    """
    table = found.select("mix").unique(maintain_order=True)
    for name in WEIGHED:
        worst = (
            found.filter(pl.col("indicator") == name)
            .sort("regret", descending=True, nulls_last=True, maintain_order=True)
            .group_by("mix", maintain_order=True)
            .agg(pl.col("regret").first().alias(name), pl.col("world").first().alias(f"{name}_in"))
        )
        table = table.join(worst, on="mix", how="left", maintain_order="left")
    return table


def weighed(found: pl.DataFrame, weights: Mapping[str, float]) -> pl.DataFrame:
    """One row a mix, best first: its weighted regret in percent, mean and largest over worlds.

    Weighted regret in a world = sum over indicators of weight × regret in percent of the mean of
    the mixes there. The first row has the smallest largest regret (Savage 1951). Empty without
    weights: there is no best mix then.
    """
    if not weights:
        return pl.DataFrame(
            schema={"mix": pl.String, "largest": pl.Float64, "mean": pl.Float64, "in": pl.String}
        )
    scale = pl.col("indicator").replace_strict(dict(weights), default=0.0)
    by_world = (
        found.with_columns(part=pl.col("share").fill_null(0.0) * scale)
        .group_by("mix", "world", maintain_order=True)
        .agg(pl.col("part").sum())
        .sort("part", descending=True, maintain_order=True)
    )
    return (
        by_world.group_by("mix", maintain_order=True)
        .agg(
            pl.col("part").max().alias("largest"),
            pl.col("part").mean().alias("mean"),
            pl.col("world").first().alias("in"),
        )
        .sort("largest", "mean", maintain_order=True)
    )


def best_by_world(found: pl.DataFrame, weights: Mapping[str, float]) -> dict[str, str]:
    """The mix with the least weighted regret in each world; {} without weights."""
    if not weights:
        return {}
    scale = pl.col("indicator").replace_strict(dict(weights), default=0.0)
    rows = (
        found.with_columns(part=pl.col("share").fill_null(0.0) * scale)
        .group_by("world", "mix", maintain_order=True)
        .agg(pl.col("part").sum())
        .sort("part", maintain_order=True)
        .group_by("world", maintain_order=True)
        .agg(pl.col("mix").first())
    )
    return dict(rows.iter_rows())
