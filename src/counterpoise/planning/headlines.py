"""Headline results under each set of weights, and with other parts of equipment money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from counterpoise.data.dataset import Dataset, Key
from counterpoise.data.fill import need
from counterpoise.measures.runs import closed_areas, exposure
from counterpoise.measures.shortfall import score
from counterpoise.planning import extract
from counterpoise.planning.behaviours import plan_ordered, plan_together
from counterpoise.planning.plan import Plan, empty_plan
from counterpoise.planning.setting import Setting, world_of
from counterpoise.planning.values import with_values
from counterpoise.planning.workers import Workers
from counterpoise.world.calendar import Floats
from counterpoise.world.weights import weight_sets
from counterpoise.world.world import World

MONEY: Key = ("rule/money-share", "value", "", "")
"""The figure of the part of equipment spending that buys things in the planned areas."""

MONEY_SHARES = (0.2, 0.35, 0.5)
"""Parts of equipment money whose headlines are told beside the plan's own."""

OPEN_AREAS, OPEN_IN = 5, 2033
"""How many of the most open areas are told, and in which year: the last of the danger years."""

SCHEMA = {
    "weights": pl.String,
    "money_share": pl.Float64,
    "base": pl.Boolean,
    "ordered": pl.Float64,
    "together": pl.Float64,
    "removed": pl.Float64,
    "evenly": pl.Float64,
    "cost": pl.Float64,
    "closed_2030": pl.Int64,
    "closed_2035": pl.Int64,
    "us_control_2035": pl.Float64,
    "most_open": pl.String,
}

Case = tuple[str, float]
"""A set of weights, and a part of equipment money."""


def headlines(dataset: Dataset, setting: Setting, base: Plan, workers: int = 2) -> pl.DataFrame:
    """One row a case: the plan's own, each other set of weights, each other part of money.

    `base` is the plan together in the setting. `ordered` and `together` are percent-years to 2035
    under the case's own weights, `removed` the share of the first that the plan removes, `evenly`
    the plan's shortfall if all areas and years count alike; `cost` EUR bn in present value;
    `most_open` the five areas most open in 2033, with the open share of their need.
    """
    own = need(dataset, MONEY[0], MONEY[1])
    cases = [(name, own) for name in weight_sets(dataset) if name != setting.weights]
    cases += [(setting.weights, share) for share in MONEY_SHARES if abs(share - own) > 1e-9]
    with Workers((dataset, setting), workers) as pool:
        found = pool.map(_case, cases)
    rows = [_row(base, (setting.weights, own), True)]
    for case, (deliveries, cost) in zip(cases, found, strict=True):
        plan = empty_plan(_world(dataset, setting, case), "together")
        rows.append(_row(replace(plan, deliveries=deliveries, cost=cost), case, False))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _world(dataset: Dataset, setting: Setting, case: Case) -> World:
    weights, share = case
    return world_of(with_values(dataset, {MONEY: share}), replace(setting, weights=weights))


def _case(shared: tuple[Dataset, Setting], case: Case) -> tuple[Floats, float]:
    """Deliveries and cost of a case; tables are made outside, for a fork has no polars threads."""
    dataset, setting = shared
    plan = plan_together(_world(dataset, setting, case), setting.cap)
    return plan.deliveries, plan.cost


def _row(plan: Plan, case: Case, base: bool) -> Sequence[object]:
    world = plan.world
    ordered = score(world, plan_ordered(world).gaps, reported=True)
    short = score(world, plan.gaps, reported=True)
    even = replace(world, weighting=np.ones_like(world.weighting))
    frames = {"closing": extract.closing_table(plan), "exposure": extract.exposure_table(plan)}
    closing = frames["closing"].select("area", pl.col(f"open_{OPEN_IN}").alias("open"))
    most = closing.sort("open", "area", descending=[True, False]).head(OPEN_AREAS)
    return (
        *case,
        base,
        ordered,
        short,
        (ordered - short) / ordered if ordered else 0.0,
        score(even, plan.gaps, reported=True),
        plan.cost,
        int(closed_areas(frames.__getitem__, "together", "2030")),
        int(closed_areas(frames.__getitem__, "together", "2035")),
        exposure(frames.__getitem__, "together", "all", "USA", "2035"),
        "; ".join(f"{area.split('/')[1]}={share:.3f}" for area, share in most.rows()),
    )


def most_open(table: pl.DataFrame) -> list[tuple[list[tuple[str, float]], list[tuple[str, float]]]]:
    """The distinct lists of most open areas in a table of headlines.

    Each with its cases (set of weights and part of money), and its areas (short names) with the
    largest open share over these cases.
    """
    cases: dict[tuple[str, ...], list[tuple[str, float]]] = {}
    worst: dict[tuple[str, str], float] = {}
    for row in table.iter_rows(named=True):
        listed = [item.split("=") for item in row["most_open"].split("; ")]
        areas = tuple(name for name, _ in listed)
        cases.setdefault(areas, []).append((row["weights"], row["money_share"]))
        for name, share in listed:
            key = ("; ".join(areas), name)
            worst[key] = max(worst.get(key, 0.0), float(share))
    return [
        (mine, [(name, worst[("; ".join(areas), name)]) for name in areas])
        for areas, mine in cases.items()
    ]
