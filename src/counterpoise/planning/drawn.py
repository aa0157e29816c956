"""Plans of draws: the plan together planned again with each draw's prices, rates, lead times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from counterpoise.data.dataset import Dataset, Key
from counterpoise.measures.shortfall import score
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.draws import drawn_values
from counterpoise.planning.payments import payments
from counterpoise.planning.plan import Plan
from counterpoise.planning.setting import Setting, world_of
from counterpoise.planning.values import with_values
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
    tasks = [(number, drawn_values(dataset, draws, number)) for number in numbers]
    with Workers((dataset, setting), workers) as pool:
        found = pool.map(_planned, tasks)
    return _drawn(found)


def drawn_from(plan: Plan, number: int = UNDRAWN) -> Drawn:
    """What a plan counts for as a draw."""
    return _drawn([_rows(plan, number)])


Order = tuple[int, str, str, str, str, int, float, float]
Found = tuple[list[Order], tuple[int, float, float, float]]
"""The rows of a draw's orders and its row of results.

Workers make them without polars, whose threads a forked process doesn't have.
"""


def _planned(shared: tuple[Dataset, Setting], task: tuple[int, Mapping[Key, float]]) -> Found:
    dataset, setting = shared
    number, values = task
    world = world_of(with_values(dataset, values), setting)
    return _rows(plan_together(world, setting.cap), number)


def _rows(plan: Plan, number: int) -> Found:
    world = plan.world
    paid = payments(world, plan.deliveries)
    orders: list[Order] = []
    for (state, line, year), members in paid.by_order().items():
        item = world.lines[line]
        orders.append(
            (
                number,
                world.labels.states[state],
                item.address,
                item.area,
                ";".join(item.controllers),
                year,
                float(paid.units[members].sum()),
                float(paid.amount[members].sum()),
            )
        )
    ordered = score(world, world.open_need, reported=True)
    short = score(world, plan.gaps, reported=True)
    return orders, (number, ordered, short, plan.cost)


def _drawn(found: Sequence[Found]) -> Drawn:
    orders = [order for rows, _ in found for order in rows]
    results = [row for _, row in found]
    return Drawn(
        pl.DataFrame(orders, schema=ORDERS, orient="row"),
        pl.DataFrame(results, schema=RESULTS, orient="row"),
    )
