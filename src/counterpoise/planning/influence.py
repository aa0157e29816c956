"""What the result rests on: each input's effect on the shortfall over its range, by its basis.

Effects are first-order: the dual of the row in which an input stands, times what its range
moves there; the largest are then solved again at both ends. A lead time has no row; its effect
is read off the duals too, as what the same deliveries are worth when they come that much later.
Inputs of one figure are added up.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from counterpoise.data.choose import grade_of
from counterpoise.data.schema import BASES
from counterpoise.planning.model import build_model
from counterpoise.planning.offers import all_offers
from counterpoise.planning.pairs import line_series, series
from counterpoise.planning.plan import Plan
from counterpoise.planning.registry import Ints
from counterpoise.planning.setting import Setting, world_of
from counterpoise.planning.solver import Solver
from counterpoise.planning.values import span, with_values
from counterpoise.planning.workers import Workers
from counterpoise.world.calendar import Floats


@dataclass(frozen=True)
class Weighed:
    """An input figure and its effect: percent-years of shortfall over its whole range."""

    address: str
    basis: str
    grade: str
    low: float
    value: float
    high: float
    effect: float
    method: str


@dataclass(frozen=True)
class Influence:
    """All inputs weighed, largest first."""

    inputs: tuple[Weighed, ...]

    def by_basis(self) -> pl.DataFrame:
        """Share of the total effect by basis, adding to 1."""
        total = sum(item.effect for item in self.inputs) or 1.0
        shares = [
            sum(item.effect for item in self.inputs if item.basis == basis) / total
            for basis in BASES
        ]
        return pl.DataFrame({"basis": BASES, "share": shares})

    def inputs_table(self) -> pl.DataFrame:
        """One row an input: address, basis, grade, range, effect, method."""
        names = ("address", "basis", "grade", "low", "value", "high", "effect", "method")
        return pl.DataFrame({name: [getattr(i, name) for i in self.inputs] for name in names})


class _Weigher:
    """Adds up effects by figure."""

    def __init__(self, plan: Plan):
        self.plan, self.world, self.data = plan, plan.world, plan.world.dataset
        stage = plan.stages[0][0]
        self.problem, self.dual = stage.problem, stage.solution.row_dual
        self.reduced = stage.solution.column_dual
        self.column = plan.stages[0][1].solution.column
        self.effect: defaultdict[tuple[str, str, str, str], float] = defaultdict(float)
        self.method: dict[tuple[str, str, str, str], str] = {}

    def add(
        self,
        subject: str,
        quantity: str,
        slope: float,
        method: str,
        period: str = "",
        qualifier: str = "",
    ) -> None:
        """`slope` is percent-years per relative change of the figure (1 = doubled)."""
        found = self.data.observation(subject, quantity, period, qualifier)
        if found is None or not found.value:
            return
        low, value, high = span(found)
        key = (subject, quantity, period, qualifier)
        self.effect[key] += slope * (high - low) / value
        self.method[key] = method

    def rows(self, name: str) -> tuple[Floats, tuple[Ints, ...]]:
        """Duals and keys of a family of rows."""
        family = self.problem.row(name)
        return self.dual[family.start : family.start + family.size], family.keys

    def lines(self) -> None:
        """Rates and open shares: duals of the rate rows times open output."""
        dual, (line, period) = self.rows("rate")
        world = self.world
        size = line_series(world)
        output = np.array([item.open_share * item.output for item in world.lines])
        worth = -dual * output[line, period] / size[line]
        for index in np.unique(line):
            slope = float(worth[line == index].sum())
            address = world.lines[index].address
            ramps = self.data.value(address, "rate_target") is not None
            self.add(address, "rate", slope / 2 if ramps else slope, "dual")
            self.add(address, "rate_target", slope / 2, "dual")
            self.add(address, "open_share", slope, "dual")

    def growth(self) -> None:
        """Ramp limits by area: reduced costs of the expansions at their limit."""
        family = self.problem.column("expand")
        place = slice(family.start, family.start + family.size)
        worth = -np.minimum(self.reduced[place], 0.0) * self.problem.high[place]
        for index in np.unique(family.keys[0]):
            slope = float(worth[family.keys[0] == index].sum())
            self.add(self.world.lines[index].area, "expansion_growth", slope, "reduced cost")

    def deliveries(self) -> None:
        """Lead times, weights and prices of what is delivered."""
        world, pairs = self.world, self.plan.models[0].pairs
        taken = self.column[: pairs.size]
        stock = self.problem.row("stock")
        count = len(world.calendar)
        cells = np.unique(stock.keys[0])
        place = np.searchsorted(cells, pairs.cell) * count + pairs.period
        worth = self.dual[stock.start : stock.start + stock.size]
        later = np.where(
            pairs.period + 1 < count, worth[np.minimum(place + 1, len(worth) - 1)], 0.0
        )
        value = np.abs(worth[place]) * pairs.weight * taken
        slower = np.maximum(np.abs(worth[place]) - np.abs(later), 0.0) * pairs.weight * taken
        slower = slower / world.calendar.lengths[pairs.period]
        pay_dual, _ = self.rows("pay")
        years = len(world.calendar.budget_years)
        paid = np.zeros(pairs.size)
        for year, pay in zip(pairs.pay_year, pairs.pay, strict=True):
            inside = year < years
            row = pairs.state * years + np.minimum(year, years - 1)
            paid += np.where(inside, np.abs(pay_dual[row]) * pay * taken, 0.0)
        for index in np.unique(pairs.line):
            line = world.lines[index]
            mine = pairs.line == index
            delay = float(slower[mine].sum()) * line.lead
            self.add(line.address, "lead_time", delay, "shift of duals")
            self.add(line.system, "weight", float(value[mine].sum()), "dual")
            self.add(line.system, "unit_price", float(paid[mine].sum()), "dual")

    def needs(self) -> None:
        """Needs, the US part and holdings: duals of the need rows."""
        world, labels = self.world, self.world.labels
        dual, (cell, period) = self.rows("need")
        area = np.array([labels.area_index[labels.cells[item][1]] for item in cell])
        size = series(world)[area]
        part = world.us_covered[cell, period]
        for index, address in enumerate(labels.areas):
            mine = area == index
            row = f"need/{address.split('/')[1]}"
            per_unit = dual[mine] / size[mine]
            needed = world.need[cell[mine], period[mine]] - world.american[cell[mine]]
            self.add(row, "need_2035", float(per_unit @ needed), "dual")
            self.add(row, "us_part", float(per_unit @ (world.american[cell] - part)[mine]), "dual")
        unit = np.zeros(world.need.shape)
        unit[cell, period] = dual / size
        for stock in world.stocks:
            where = labels.cell_of(stock.place, stock.area)
            if where is not None:
                self.add(stock.address, "quantity", float(unit[where] @ stock.path), "dual")

    def money(self) -> None:
        """Budgets: reduced costs of the national draws; absorption: duals of its rows."""
        world = self.world
        family = self.problem.column("national")
        worth = -np.minimum(self.reduced[family.start : family.start + family.size], 0.0)
        state, year = family.keys
        slope = worth * world.budget[state, year]
        total = float(slope.sum())
        for rule in ("money-share", "equipment-share-2030"):
            self.add(f"rule/{rule}", "value", total, "reduced cost")
        first = self.data.release[:4]
        for index, address in enumerate(world.labels.states):
            mine = float(slope[state == index].sum())
            self.add(address, "gdp_eur", mine, "reduced cost", first)
        dual, _ = self.rows("absorb")
        most = self.problem.row("absorb")
        high = self.problem.row_high[most.start : most.start + most.size]
        self.add("rule/absorption", "value", float(-dual @ np.minimum(high, 1e9)), "dual")


EXACT = 5
"""Inputs with the largest estimates that are solved again at both ends of their range."""


def assumed_share(plan: Plan, setting: Setting | None = None, workers: int = 2) -> Influence:
    """Weigh every input of a plan together by its effect on the total shortfall to 2040.

    With a `setting` the inputs with the largest estimates are solved again at both ends: duals
    of budgets and rules hold for small steps only.
    """
    weigher = _Weigher(plan)
    weigher.lines()
    weigher.growth()
    weigher.deliveries()
    weigher.needs()
    weigher.money()
    found = []
    for key, effect in weigher.effect.items():
        item = plan.world.dataset.chosen[key]
        low, value, high = span(item)
        grade = grade_of(item, plan.world.dataset.sources)
        method = weigher.method[key]
        found.append(
            Weighed(item.address, item.basis, grade, low, value, high, abs(effect), method)
        )
    found.sort(key=lambda item: (-item.effect, item.address))
    if setting is not None:
        found[:EXACT] = _exact(plan, setting, found[:EXACT], workers)
        found.sort(key=lambda item: (-item.effect, item.address))
    return Influence(tuple(found))


def _exact(plan: Plan, setting: Setting, items: list[Weighed], workers: int) -> list[Weighed]:
    ends = [(item.address, end) for item in items for end in (item.low, item.high)]
    with Workers((plan, setting), workers) as pool:
        totals = pool.map(_total_at, ends)
    return [
        replace(item, effect=abs(high - low), method="solved at both ends")
        for item, low, high in zip(items, totals[::2], totals[1::2], strict=True)
    ]


def _total_at(shared: tuple[Plan, Setting], end: tuple[str, float]) -> float:
    plan, setting = shared
    address, value = end
    data = plan.world.dataset
    dataset = with_values(data, {data.key(address): value})
    world = world_of(dataset, setting)
    model = build_model(world, plan.models[0].states, all_offers(world), setting.cap)
    return Solver(model.problem).solve().objective
