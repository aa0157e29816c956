"""Plans of draws: the plan together planned again with each draw's prices, rates, lead times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.measures.shortfall import score
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.draws import drawn_dataset
from counterpoise.planning.extract import order_table
from counterpoise.planning.plan import Plan
from counterpoise.planning.setting import Setting, world_of
from counterpoise.planning.workers import Workers

UNDRAWN = 0
"""The number that stands for the undisturbed inputs."""

ORDERS = {
    "draw": pl.Int64,
    "buyer": pl.String,
    "line": pl.String,
    "area": pl.String,
    "controllers": pl.String,
    "ordered": pl.Int64,
    "units": pl.Float64,
    "eur_bn": pl.Float64,
}

RESULTS = {
    "draw": pl.Int64,
    "ordered": pl.Float64,
    "shortfall": pl.Float64,
    "cost": pl.Float64,
}


@dataclass(frozen=True)
class Drawn:
    """The orders of the draws, and one row a draw: shortfall to 2035 signed and together, cost.

    Draw 0 is the plan of the undisturbed inputs on the draws' calendar.
    """

    orders: pl.DataFrame
    results: pl.DataFrame

    @property
    def planned(self) -> list[int]:
        """The numbers of what was planned, draw 0 among them."""
        return self.results["draw"].to_list()

    @property
    def numbers(self) -> list[int]:
        """The draws that were planned, draw 0 left out."""
        return [number for number in self.planned if number != UNDRAWN]

    def among(self, numbers: Iterable[int]) -> Drawn:
        """What is here of these draws."""
        mine = pl.col("draw").is_in(list(numbers))
        return Drawn(self.orders.filter(mine), self.results.filter(mine))

    def joined(self, others: Drawn) -> Drawn:
        """These draws and others, by number."""
        orders = pl.concat([self.orders, others.orders])
        results = pl.concat([self.results, others.results])
        return Drawn(orders.sort("draw", maintain_order=True), results.sort("draw"))


def plan_draws(
    dataset: Dataset,
    setting: Setting,
    draws: pl.DataFrame,
    numbers: Sequence[int],
    workers: int = 2,
) -> Drawn:
    """Plan together each of these draws (0: the undisturbed inputs) in a setting."""
    with Workers((dataset, setting, draws), workers) as pool:
        found = pool.map(_planned, numbers)
    return Drawn(
        pl.concat([item.orders for item in found]), pl.concat([item.results for item in found])
    )


def _planned(shared: tuple[Dataset, Setting, pl.DataFrame], number: int) -> Drawn:
    dataset, setting, draws = shared
    moved = dataset if number == UNDRAWN else drawn_dataset(dataset, draws, number)
    return drawn_from(plan_together(world_of(moved, setting), setting.cap), number)


def drawn_from(plan: Plan, number: int = UNDRAWN) -> Drawn:
    """What a plan counts for as a draw."""
    world = plan.world
    orders = order_table(plan).with_columns(draw=pl.lit(number, dtype=pl.Int64))
    ordered = score(world, world.open_need, reported=True)
    short = score(world, plan.gaps, reported=True)
    row = (number, ordered, short, plan.cost)
    return Drawn(orders.select(list(ORDERS)), pl.DataFrame([row], schema=RESULTS, orient="row"))
