"""A run's balance by year: what a state needs, has, gets and lacks, and how firm that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.measures.registry import printed
from counterpoise.planning.stability import FIRM
from counterpoise.runs import Run
from counterpoise.world.calendar import REPORT_END

Row = dict[str, Any]

PARTS = ("need", "held", "arriving", "us_part", "bought", "gap")

LAST = int(REPORT_END) - 1
"""The last year that is shown."""


def yearly(run: Run) -> pl.DataFrame:
    """The table of gaps as means over years: behaviour, place, area, year, and the six parts."""
    frame = run.table("gaps").filter(pl.col("year") <= LAST)
    means = [(pl.col(name) * pl.col("length")).sum() / pl.col("length").sum() for name in PARTS]
    keys = ("behaviour", "place", "area", "year")
    return frame.group_by(keys, maintain_order=True).agg(*means)


def printed_behaviour(run: Run) -> str:
    """The behaviour whose orders are printed."""
    return printed([str(name) for name in run.table("summary")["behaviour"]])


def state_years(run: Run, dataset: Dataset, state: str, years: pl.DataFrame) -> list[Row]:
    """What meets a state's need by year, in percent of it, as means over its own areas.

    `firm` and `other` share out what new orders have added by the labels of the orders delivered
    by then (`other` holds all where a run has no draws). `years` is the run's `yearly`. Areas
    that the group needs as a whole are left out; a surplus in one area isn't taken away, so that
    the parts may add up to more than the need. Empty for a state that isn't planned for.
    """
    behaviour = printed_behaviour(run)
    own = years.filter(
        (pl.col("place") == f"state/{state}")
        & (pl.col("behaviour") == behaviour)
        & (pl.col("need") > 0)
    )
    firm = _firm_parts(run, dataset, f"state/{state}", behaviour)
    rows: defaultdict[int, list[Row]] = defaultdict(list)
    for cell in own.iter_rows(named=True):
        part = _by_then(firm.get(cell["area"], {}), cell["year"])
        shares = {name: 100 * cell[name] / cell["need"] for name in PARTS[1:]}
        rows[cell["year"]].append(
            {**shares, "firm": shares["bought"] * part, "other": shares["bought"] * (1 - part)}
        )
    names = ("held", "arriving", "firm", "other", "us_part", "gap")
    return [
        {
            "year": year,
            **{name: sum(row[name] for row in found) / len(found) for name in names},
            "areas": len(found),
        }
        for year, found in sorted(rows.items())
    ]


Delivered = Mapping[int, tuple[float, float]]
"""Weighted units of firm orders, and of all, by year of delivery."""


def _firm_parts(run: Run, dataset: Dataset, buyer: str, behaviour: str) -> dict[str, Delivered]:
    orders = run.table("orders")
    if "stability" not in orders.columns:
        return {}
    found: dict[str, dict[int, tuple[float, float]]] = {}
    mine = orders.filter((pl.col("buyer") == buyer) & (pl.col("behaviour") == behaviour))
    for row in mine.iter_rows(named=True):
        weight = dataset.observation(row["system"], "weight")
        counted = weight.value if weight is not None and weight.value is not None else 1.0
        span = range(row["delivery_first"], row["delivery_last"] + 1)
        each = row["units"] * counted / len(span)
        by_year = found.setdefault(row["area"], {})
        for year in span:
            sure, whole = by_year.get(year, (0.0, 0.0))
            by_year[year] = (sure + each * (row["stability"] == FIRM), whole + each)
    return dict(found)


def _by_then(found: Delivered, year: int) -> float:
    """Share of what is delivered by the end of a year that comes from firm orders."""
    sure = sum(item[0] for at, item in found.items() if at <= year)
    whole = sum(item[1] for at, item in found.items() if at <= year)
    return sure / whole if whole else 0.0


def planned_orders(run: Run, buyer: str = "") -> pl.DataFrame:
    """Orders of the printed plan that are placed in the years shown: of a buyer's address, or all.

    The plan goes on to later years so that the last ones shown aren't starved; those orders are
    nobody's to place yet.
    """
    frame = run.table("orders").filter(
        (pl.col("behaviour") == printed_behaviour(run)) & (pl.col("ordered") <= LAST)
    )
    return frame.filter(pl.col("buyer") == buyer) if buyer else frame
