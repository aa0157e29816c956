"""What need, holdings, orders and plans add to each cell, and which figures each part rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from counterpoise.data.fill import need as figure
from counterpoise.measures.amount import Amount
from counterpoise.measures.shortfall import bought
from counterpoise.world.calendar import Floats
from counterpoise.world.needs import baseline, shares
from counterpoise.world.world import World, accumulate, counts, wear

NEED_START = 2026.5
"""Middle of the year from which the need's path starts."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """One part of the balance: totals by cell and period, and their change by input.

    `totals` has shape (cells, periods). Row i of `paths` is the change of cell `cells[i]` for
    one unit more of the observation `inputs[i]`, shape (rows, periods).
    """

    totals: Floats
    cells: Integers
    inputs: tuple[str, ...]
    paths: Floats


@dataclass(frozen=True)
class Balance:
    """The parts of a world's balance under a plan's deliveries, in capability units.

    The part of the United States counts where it is `assured`.
    """

    world: World
    deliveries: Floats
    assured: bool = True

    @cached_property
    def parts(self) -> dict[str, Part]:
        """Need, held, arriving, bought and us_part."""
        return {
            "need": _need(self.world),
            "held": _held(self.world),
            "arriving": _arriving(self.world),
            "bought": _bought(self.world, self.deliveries),
            "us_part": _us_part(self.world) if self.assured else _none(self.world),
        }

    @cached_property
    def gap(self) -> Floats:
        """What is open, shape (cells, periods)."""
        part = {name: item.totals for name, item in self.parts.items()}
        met = part["held"] + part["arriving"] + part["us_part"] + part["bought"]
        return np.maximum(part["need"] - met, 0.0)

    def amount(self, name: str, cells: Floats, periods: Floats) -> Amount:
        """A part summed over cells and periods with these weights, shapes (cells,), (periods,)."""
        part = self.parts[name]
        value = float(cells @ part.totals @ periods)
        return Amount(value, _slopes(part, cells, periods))

    def gap_amount(self, cells: Floats, periods: Floats) -> Amount:
        """The gap summed over cells and periods; only open cells move with their inputs."""
        value = float(cells @ self.gap @ periods)
        is_open = self.gap > 0
        slopes: dict[str, float] = {}
        for name, part in self.parts.items():
            sign = 1.0 if name == "need" else -1.0
            for key, slope in _slopes(part, cells, periods, is_open).items():
                slopes[key] = slopes.get(key, 0.0) + sign * slope
        return Amount(value, slopes)


def _slopes(
    part: Part, cells: Floats, periods: Floats, counted: npt.NDArray[np.bool_] | None = None
) -> dict[str, float]:
    """The change of a weighted sum by input, over the cells and periods that are `counted`."""
    rows = cells[part.cells].nonzero()[0]
    inside, shown = part.cells[rows], periods.nonzero()[0]
    paths = part.paths[rows[:, None], shown]
    if counted is not None:
        paths = paths * counted[inside[:, None], shown]
    moved = cells[inside] * (paths @ periods[shown])
    slopes: dict[str, float] = {}
    for row, value in zip(rows.tolist(), moved.tolist(), strict=True):
        if value:
            key = part.inputs[row]
            slopes[key] = slopes.get(key, 0.0) + value
    return slopes


def _none(world: World) -> Part:
    """A part of nothing."""
    return _Rows(world).part(np.zeros_like(world.need))


class _Rows:
    """Collects rows of a part: cell, observation and path."""

    def __init__(self, world: World):
        self.world = world
        self.cells: list[int] = []
        self.inputs: list[str] = []
        self.paths: list[Floats] = []

    def add(self, cell: int, subject: str, quantity: str, path: Floats, relative: bool) -> None:
        """A figure's path; `relative` where the path is the whole, proportional to the figure."""
        found = self.world.dataset.observation(subject, quantity)
        if found is None or not found.value or not path.any():
            return
        self.cells.append(cell)
        self.inputs.append(found.id)
        self.paths.append(path / found.value if relative else path)

    def part(self, totals: Floats) -> Part:
        """The part that the rows make up."""
        paths = np.array(self.paths) if self.paths else np.zeros((0, totals.shape[1]))
        return Part(totals, np.array(self.cells, dtype=np.int64), tuple(self.inputs), paths)


def _need(world: World) -> Part:
    rows, labels, dataset = _Rows(world), world.labels, world.dataset
    last = figure(dataset, "rule/need-end", "value") + 0.5
    later = np.clip((world.calendar.middles - NEED_START) / (last - NEED_START), 0.0, 1.0)
    ones = np.ones(len(world.calendar))
    by_area = shares(dataset, labels, world.key)
    own = {area: baseline(dataset, labels, area, "holding") for area in labels.areas}
    for cell, (place, area) in enumerate(labels.cells):
        name = area.split("/")[1]
        state = labels.state_index.get(place)
        share = 1.0 if state is None else float(by_area[area][state])
        row = f"need/{name}"
        rows.add(cell, row, "need_2026", share * (1 - later), False)
        rows.add(cell, row, "need_2035", share * later, False)
        rows.add(cell, row, "us_part", share * ones, False)
        if state is None:
            continue
        for index in np.flatnonzero(own[area]):
            holder = labels.states[int(index)].split("/")[1].lower()
            kept = (1.0 if index == state else 0.0) - share
            rows.add(cell, f"baseline/{holder}-{name}", "holding", kept * ones, False)
    return rows.part(world.need)


def _us_part(world: World) -> Part:
    rows = _Rows(world)
    covered = world.us_covered
    for cell, (_, area) in enumerate(world.labels.cells):
        rows.add(cell, f"need/{area.split('/')[1]}", "us_part", covered[cell], True)
    return rows.part(covered)


def _held(world: World) -> Part:
    rows = _Rows(world)
    for stock in world.stocks:
        cell = world.labels.cell_of(stock.place, stock.area)
        if cell is not None:
            rows.add(cell, stock.address, "quantity", stock.path, True)
            rows.add(cell, stock.system, "weight", stock.path, True)
    return rows.part(world.held)


def _arriving(world: World) -> Part:
    rows, labels = _Rows(world), world.labels
    used = wear(world.dataset, labels)
    for entry, units in zip(world.entries, world.delivered, strict=True):
        cell = labels.cell_of(entry.place, entry.area)
        if cell is None or not counts(entry, labels):
            continue
        weighted = entry.unit_weight * units[None, :]
        before = np.array([entry.unit_weight * entry.before])
        path = accumulate(weighted, before, used[[cell]], world.calendar)[0]
        rows.add(cell, entry.order, "quantity", path, True)
        rows.add(cell, entry.system, "weight", path, True)
    return rows.part(world.arriving)


def _bought(world: World, deliveries: Floats) -> Part:
    rows, labels = _Rows(world), world.labels
    used = wear(world.dataset, labels)
    start = np.zeros(1)
    for state, line in np.argwhere(deliveries.any(axis=2)):
        item = world.lines[line]
        cell = labels.cell_of(labels.states[state], item.area)
        if cell is None:
            continue
        units = item.weight * deliveries[state, line][None, :]
        path = accumulate(units, start, used[[cell]], world.calendar)[0]
        rows.add(cell, item.system, "weight", path, True)
    return rows.part(bought(world, deliveries))
