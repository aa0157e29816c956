"""The linear core: who takes what from which line when, paid how; columns and rows by family.

Units: capability items in series (shells by the thousand, …), money in EUR bn at prices of the
release's year, shortfall in percent of the group's need times years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoise.data.fill import need
from counterpoise.measures.shortfall import weights
from counterpoise.planning.offers import Offers
from counterpoise.planning.pairs import Pairs, build_pairs, series
from counterpoise.planning.registry import Family, Ints, LinearProblem, Registry
from counterpoise.world.calendar import Floats
from counterpoise.world.labels import GROUP
from counterpoise.world.world import World, absorption, accumulate, controllers, wear


@dataclass(frozen=True)
class Model:
    """A built problem, and what is needed to read its solution.

    `shortfall_cost` and `money_cost` are the objectives of the two stages; `pairs` says what
    each deliver column stands for; `states` the positions of the states that decide.
    """

    problem: LinearProblem
    pairs: Pairs
    states: Ints
    shortfall_cost: Floats
    money_cost: Floats
    cost_terms: dict[str, Floats]


@dataclass(frozen=True)
class DependenceCap:
    """No area may depend on a controlling state for more than a share of its need."""

    controller: str
    share: float


def build_model(
    world: World,
    states: Ints,
    offers: Offers,
    cap: DependenceCap | None = None,
) -> Model:
    """The problem of some states that decide together over what `offers` leaves them."""
    pairs = build_pairs(world, states)
    registry = Registry()
    build = _Builder(world, states, offers, pairs, registry)
    build.supply()
    build.requirement()
    build.money()
    build.absorption()
    build.inputs()
    if cap is not None:
        build.dependence(cap)
    shortfall = build.shortfall_costs()
    terms = build.cost_terms()
    problem = registry.problem([shortfall])
    width = len(problem.cost)
    spread = {name: _spread(family, values, width) for name, (family, values) in terms.items()}
    money = np.sum(list(spread.values()), axis=0)
    return Model(problem, pairs, states, problem.cost, money, spread)


def _spread(family: Family, values: Floats, width: int) -> Floats:
    full = np.zeros(width)
    full[family.start : family.start + family.size] = values
    return full


class _Builder:
    """Writes the families of rows and columns into the registry."""

    def __init__(
        self, world: World, states: Ints, offers: Offers, pairs: Pairs, registry: Registry
    ):
        self.world, self.states, self.offers = world, states, offers
        self.pairs, self.registry = pairs, registry
        labels, calendar = world.labels, world.calendar
        self.years = calendar.budget_years
        self.year_of = calendar.years - self.years[0]
        self.state_axis = ("state", labels.states)
        self.line_axis = ("line", labels.lines)
        self.period_axis = ("period", calendar.labels)
        self.year_axis = ("year", tuple(map(str, self.years)))
        self.cell_axis = ("cell", tuple(f"{place}:{area}" for place, area in labels.cells))
        self.area_axis = ("area", labels.areas)
        self.series = series(world)
        self.deliver = registry.columns(
            "deliver",
            "series",
            "units that a state takes from a line in a period",
            (self.state_axis, self.line_axis, self.period_axis),
            (pairs.state, pairs.line, pairs.period),
        )

    def supply(self) -> None:
        """Rows `rate`: deliveries of a line within its open output and paid expansions."""
        world, registry, pairs = self.world, self.registry, self.pairs
        calendar = world.calendar
        area = np.array([world.labels.area_index[line.area] for line in world.lines])
        size = self.series[area]
        used = np.unique(pairs.line)
        growth = self.offers.growth
        line, period = _grid(used, np.arange(len(calendar)))
        first = np.array([item.expansion_time for item in world.lines])
        useful = (
            (growth[line, period] > 0)
            & (calendar.starts[period] >= world.decision - 1e-9)
            & (calendar.starts[period] + first[line] < calendar.middles[-1])
        )
        line, period = line[useful], period[useful]
        self.expand = registry.columns(
            "expand",
            "series per year",
            "rate added to a line, paid by states, delivering after its build time",
            (self.line_axis, self.period_axis),
            (line, period),
            high=growth[line, period] / size[line],
        )
        key = pairs.line * len(calendar) + pairs.period
        present, position = np.unique(key, return_inverse=True)
        row_line, row_period = present // len(calendar), present % len(calendar)
        rate = registry.rows(
            "rate",
            "series",
            "a line delivers no more than its open output and what was added to it",
            (self.line_axis, self.period_axis),
            (row_line, row_period),
            high=self.offers.free[row_line, row_period] / size[row_line],
        )
        registry.entries(rate, position, self.deliver, np.arange(pairs.size), 1.0)
        self._expansion_entries(rate, row_line, row_period, line, period)

    def _expansion_entries(
        self, rate: Family, row_line: Ints, row_period: Ints, line: Ints, period: Ints
    ) -> None:
        world, calendar = self.world, self.world.calendar
        ready = calendar.starts[period] + np.array(
            [world.lines[item].expansion_time for item in line]
        )
        share = np.array([item.open_share for item in world.lines])
        at, of, value = [], [], []
        for item in np.unique(line):
            rows = np.flatnonzero(row_line == item)
            columns = np.flatnonzero(line == item)
            late = calendar.middles[row_period[rows]][:, None] >= ready[columns][None, :] - 1e-9
            found_row, found_column = np.nonzero(late)
            at.append(rows[found_row])
            of.append(columns[found_column])
            length = calendar.lengths[row_period[rows[found_row]]]
            halt = self.offers.output_share[item, row_period[rows[found_row]]]
            value.append(-share[item] * length * halt)
        if at:
            self.registry.entries(
                rate, np.concatenate(at), self.expand, np.concatenate(of), np.concatenate(value)
            )

    def requirement(self) -> None:
        """Rows `stock` and `need`: what is bought and in service; need less it is short.

        `hold` is counted at a period's end; what meets the need is the mean over the period,
        half of its start and half of its end, so that long and short periods agree.
        """
        world, registry, pairs = self.world, self.registry, self.pairs
        calendar, labels = world.calendar, world.labels
        count = len(calendar)
        open_need = self.offers.open_need
        cells = np.union1d(pairs.cell, np.flatnonzero(open_need.max(axis=1) > 0))
        cell, period = _grid(cells, np.arange(count))
        axes, keys = (self.cell_axis, self.period_axis), (cell, period)
        cell_area = np.array([labels.area_index[area] for _, area in labels.cells])
        most = open_need.max(axis=1) / self.series[cell_area]
        hold = registry.columns(
            "hold",
            "series",
            "bought and in service, never more than any year needs",
            axes,
            keys,
            high=most[cell],
        )
        rows = registry.rows(
            "stock",
            "series",
            "what is in service is what was, less use, and what is delivered",
            axes,
            keys,
            low=0.0,
            high=0.0,
        )
        members = np.arange(len(cell))
        registry.entries(rows, members, hold, members, 1.0)
        decay = (1 - wear(world.dataset, labels)[cell]) ** calendar.lengths[period]
        later = members[period > 0]
        registry.entries(rows, later, hold, later - 1, -decay[later])
        place = np.searchsorted(cells, pairs.cell) * count + pairs.period
        registry.entries(rows, place, self.deliver, np.arange(pairs.size), -pairs.weight)
        asked = np.flatnonzero(open_need[cell, period] > 0)
        keys = (cell[asked], period[asked])
        wanted = open_need[keys] / self.series[cell_area[cell[asked]]]
        self.short = registry.columns(
            "short", "series", "need that nothing meets", axes, keys, high=wanted
        )
        rows = registry.rows(
            "need",
            "series",
            "need less holdings, signed orders and the assured US part",
            axes,
            keys,
            low=wanted,
        )
        order = np.arange(len(asked))
        registry.entries(rows, order, hold, asked, 0.5)
        before = asked[period[asked] > 0]
        registry.entries(rows, order[period[asked] > 0], hold, before - 1, 0.5)
        registry.entries(rows, order, self.short, order, 1.0)
        self._group_shares()

    def _group_shares(self) -> None:
        """Rows `share`: a state delivers to a joint area no more than its share of the need."""
        world, pairs = self.world, self.pairs
        labels = world.labels
        joint = [labels.area_index[area] for area in sorted(labels.joint)]
        state, area = _grid(self.states, np.array(joint, dtype=np.int64))
        cell = np.array(
            [labels.cell_index[(GROUP, labels.areas[item])] for item in area], dtype=np.int64
        )
        most = world.open_need[cell].max(axis=1) * self.offers.group_share[state]
        rows = self.registry.rows(
            "share",
            "series",
            "a state delivers to a joint area at most its share of the open need",
            (self.state_axis, self.area_axis),
            (state, area),
            high=most / self.series[area],
        )
        place = {(s, a): i for i, (s, a) in enumerate(zip(state, area, strict=True))}
        inside = np.flatnonzero(np.isin(pairs.area, joint))
        at = np.array([place[(pairs.state[i], pairs.area[i])] for i in inside], dtype=np.int64)
        self.registry.entries(rows, at, self.deliver, inside, pairs.weight[inside])

    def money(self) -> None:
        """Rows `upkeep`, `pay`, `fund`, `eligible`, `loan`: payments equal draws, year by year."""
        world, registry, pairs = self.world, self.registry, self.pairs
        count = len(self.years)
        state, year = _grid(self.states, np.arange(count))
        where = {int(item): index * count for index, item in enumerate(self.states)}
        axes, keys = (self.state_axis, self.year_axis), (state, year)
        members = np.arange(len(state))
        base = np.array([where[int(item)] for item in pairs.state], dtype=np.int64)
        upkeep = registry.columns("upkeep", "EUR bn a year", "upkeep of new units", axes, keys)
        rows = registry.rows(
            "upkeep", "EUR bn", "upkeep grows with what is delivered", axes, keys, 0.0, 0.0
        )
        registry.entries(rows, members, upkeep, members, 1.0)
        later = members[year > 0]
        registry.entries(rows, later, upkeep, later - 1, -1.0)
        for shift, part in ((0, pairs.upkeep_now), (1, pairs.upkeep - pairs.upkeep_now)):
            inside = np.flatnonzero((part > 0) & (pairs.year + shift < count))
            registry.entries(
                rows, base[inside] + pairs.year[inside] + shift, self.deliver, inside, -part[inside]
            )
        self.fund = registry.columns(
            "fund", "EUR bn", "what a state pays for expansions", axes, keys
        )
        self.national = registry.columns(
            "national",
            "EUR bn",
            "drawn from the state's own equipment budget",
            axes,
            keys,
            high=world.cap_years[state, year],
        )
        pay = registry.rows(
            "pay",
            "EUR bn",
            "payments of a state in a year equal what it draws",
            axes,
            keys,
            0.0,
            0.0,
        )
        for moment in range(pairs.pay_year.shape[0]):
            inside = np.flatnonzero((pairs.pay[moment] > 0) & (pairs.pay_year[moment] < count))
            registry.entries(
                pay,
                base[inside] + pairs.pay_year[moment][inside],
                self.deliver,
                inside,
                pairs.pay[moment][inside],
            )
        registry.entries(pay, members, upkeep, members, 1.0)
        registry.entries(pay, members, self.fund, members, 1.0)
        registry.entries(pay, members, self.national, members, -1.0)
        self._expansion_money(count, year)
        self._loans(pay, where)
        self.upkeep = upkeep

    def _expansion_money(self, count: int, year: Ints) -> None:
        """Rows `fund`: in each year states pay for the expansions decided in it."""
        world = self.world
        rows = self.registry.rows(
            "fund",
            "EUR bn",
            "expansions are paid by states",
            (self.year_axis,),
            (np.arange(count),),
            0.0,
            0.0,
        )
        self.registry.entries(rows, year, self.fund, np.arange(self.fund.size), 1.0)
        line, period = self.expand.keys
        size = self.series[[world.labels.area_index[item.area] for item in world.lines]]
        cost = np.array([item.expansion_cost for item in world.lines]) * size
        self.registry.entries(
            rows, self.year_of[period], self.expand, np.arange(self.expand.size), -cost[line]
        )

    def _loans(self, pay: Family, where: dict[int, int]) -> None:
        """Columns `draw` with rows `loan` (envelope) and `eligible` (only what the rules allow)."""
        world, registry = self.world, self.registry
        index = world.labels.state_index
        loans = [
            (loan, index[loan.state])
            for loan in world.loans
            if loan.state in index and index[loan.state] in where
        ]
        names = tuple(loan.address for loan, _ in loans)
        keys = [
            (number, year - self.years[0])
            for number, (loan, _) in enumerate(loans)
            for year in self.years
            if loan.first_year <= year <= loan.last_year and year >= int(world.decision)
        ]
        number = np.array([key[0] for key in keys], dtype=np.int64)
        year = np.array([key[1] for key in keys], dtype=np.int64)
        axes = (("loan", names), self.year_axis)
        self.draw = registry.columns("draw", "EUR bn", "drawn from a loan", axes, (number, year))
        self.saving = np.array([loan.saving for loan, _ in loans])[number] if loans else np.zeros(0)
        if not loans:
            return
        members = np.arange(len(number))
        state = np.array([item for _, item in loans], dtype=np.int64)[number]
        at = np.array([where[int(item)] for item in state], dtype=np.int64) + year
        registry.entries(pay, at, self.draw, members, -1.0)
        left = self.offers.loan_left
        rows = registry.rows(
            "loan",
            "EUR bn",
            "a state draws no more of a loan than was allotted to it",
            (("loan", names),),
            (np.arange(len(loans)),),
            high=np.array([left[loan.address] for loan, _ in loans]),
        )
        registry.entries(rows, number, self.draw, members, 1.0)
        self._eligible(state, year)

    def _eligible(self, state: Ints, year: Ints) -> None:
        """Rows `eligible`: all loans of a state pay in a year only for what the rules allow."""
        pairs, count = self.pairs, len(self.years)
        present, position = np.unique(state * count + year, return_inverse=True)
        rows = self.registry.rows(
            "eligible",
            "EUR bn",
            "loans pay only for what their rules allow",
            (self.state_axis, self.year_axis),
            (present // count, present % count),
            high=0.0,
        )
        self.registry.entries(rows, position, self.draw, np.arange(len(state)), 1.0)
        for pay_year, pay in zip(pairs.pay_year, pairs.pay, strict=True):
            key = pairs.state * count + pay_year
            inside = np.flatnonzero(
                pairs.eligible & (pay > 0) & (pay_year < count) & np.isin(key, present)
            )
            at = np.searchsorted(present, key[inside])
            self.registry.entries(rows, at, self.deliver, inside, -pay[inside])

    def absorption(self) -> None:
        """Rows `absorb`: what a place takes up of an area in a year, signed orders included."""
        world, pairs = self.world, self.pairs
        labels, count = world.labels, len(self.years)
        most = absorption(world)
        arriving = np.zeros((len(labels.cells), count))
        np.add.at(arriving.T, self.year_of, world.arrivals.T)
        key = pairs.cell * count + pairs.year
        present, position = np.unique(key, return_inverse=True)
        cell, year = present // count, present % count
        area = np.array([labels.area_index[labels.cells[item][1]] for item in cell])
        first = world.calendar.edges[0] - self.years[0]
        length = np.where(year == 0, 1 - first, 1.0)
        free = np.maximum(most[cell] * length - arriving[cell, year], 0.0)
        rows = self.registry.rows(
            "absorb",
            "series",
            "crews and training limit what is taken up in a year",
            (self.cell_axis, self.year_axis),
            (cell, year),
            high=free * self.offers.absorption_share[cell] / self.series[area],
        )
        self.registry.entries(rows, position, self.deliver, np.arange(pairs.size), pairs.weight)

    def inputs(self) -> None:
        """Rows `input`: what European lines take of an input within its open supply."""
        pairs = self.pairs
        names = tuple(self.offers.inputs)
        for number, name in enumerate(names):
            amount = self.offers.amounts[name][pairs.line] * self.series[pairs.area]
            inside = np.flatnonzero(amount > 0)
            if not len(inside):
                continue
            years = np.unique(pairs.year[inside])
            rows = self.registry.rows(
                f"input-{name.split('/')[1]}",
                "t",
                "supply of an input that lines share",
                (("input", names), self.year_axis),
                (np.full(len(years), number), years),
                high=self.offers.inputs[name][years],
            )
            at = np.searchsorted(years, pairs.year[inside])
            self.registry.entries(rows, at, self.deliver, inside, amount[inside])

    def dependence(self, cap: DependenceCap) -> None:
        """Rows `dependence`: new units under a state's control within what the cap leaves.

        Where holdings and signed orders alone lie above the cap, nothing may be added. States
        that plan alone share the room by gross domestic product.
        """
        world, registry, pairs = self.world, self.registry, self.pairs
        calendar, labels = world.calendar, world.labels
        controlled = np.array([cap.controller in line.controllers for line in world.lines])
        today = controlled_base(world, cap.controller)
        part = self.offers.group_share[self.states].sum()
        room = part * np.maximum(cap.share * world.group_need - today, 0.0)
        inside = np.flatnonzero(controlled[pairs.line])
        areas = np.unique(pairs.area[inside])
        area, period = _grid(areas, np.arange(len(calendar)))
        axes, keys = (self.area_axis, self.period_axis), (area, period)
        held = registry.columns(
            "controlled", "series", f"new units under the control of {cap.controller}", axes, keys
        )
        rows = registry.rows(
            "control", "series", "new units under control add up", axes, keys, 0.0, 0.0
        )
        members = np.arange(len(area))
        registry.entries(rows, members, held, members, 1.0)
        later = members[period > 0]
        use = np.array(
            [world.dataset.value(labels.areas[item], "training_use") or 0.0 for item in area]
        )
        decay = (1 - use) ** calendar.lengths[period]
        registry.entries(rows, later, held, later - 1, -decay[later])
        place = np.searchsorted(areas, pairs.area[inside]) * len(calendar) + pairs.period[inside]
        registry.entries(rows, place, self.deliver, inside, -pairs.weight[inside])
        limit = registry.rows(
            "dependence",
            "series",
            f"no area depends on {cap.controller} beyond the cap or what is held and signed",
            axes,
            keys,
            high=room[keys] / self.series[area],
        )
        registry.entries(limit, members, held, members, 1.0)

    def shortfall_costs(self) -> tuple[Family, Floats]:
        """Objective of the first stage: percent-years of each unit short."""
        cell, period = self.short.keys
        area = [self.world.labels.area_index[self.world.labels.cells[item][1]] for item in cell]
        weight = weights(self.world)[cell, period] * self.series[area]
        return self.short, weight

    def cost_terms(self) -> dict[str, tuple[Family, Floats]]:
        """Objective of the second stage by part: present value in EUR bn."""
        world, pairs = self.world, self.pairs
        rate = need(world.dataset, "rule/discount-rate", "value")
        discount: Floats = np.power(1 + rate, -np.arange(len(self.years), dtype=np.float64))
        purchase = np.zeros(pairs.size)
        for moment in range(pairs.pay_year.shape[0]):
            year = np.minimum(pairs.pay_year[moment], len(self.years) - 1)
            purchase += pairs.pay[moment] * discount[year]
        familiar = 1 / pairs.premium
        return {
            "purchase": (self.deliver, purchase * familiar),
            "introduction": (self.deliver, purchase * (1 - familiar)),
            "upkeep": (self.upkeep, discount[self.upkeep.keys[1]]),
            "expansion": (self.fund, discount[self.fund.keys[1]]),
            "interest saved": (self.draw, -self.saving * discount[self.draw.keys[1]]),
        }


def controlled_base(world: World, controller: str) -> Floats:
    """Units held or signed that a state controls, by area and period (capability units)."""
    labels = world.labels
    total = np.zeros((len(labels.areas), len(world.calendar)))
    for stock in world.stocks:
        if controller in stock.controllers:
            total[labels.area_index[stock.area]] += stock.path
    arriving = np.zeros_like(total)
    before = np.zeros(len(labels.areas))
    for entry, units in zip(world.entries, world.delivered, strict=True):
        cell = labels.cell_of(entry.place, entry.area)
        if cell is not None and controller in controllers(world, entry.system):
            area = labels.area_index[entry.area]
            arriving[area] += entry.unit_weight * units
            before[area] += entry.unit_weight * entry.before
    use = np.array([world.dataset.value(area, "training_use") or 0.0 for area in labels.areas])
    return total + accumulate(arriving, before, use, world.calendar)


def _grid(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """All pairs of two index arrays, the first varying slowest."""
    return np.repeat(first, len(second)), np.tile(second, len(first))
