"""One round of a planning cycle: requirement, parts, replies and shortfall of each place and area.

After the NATO Defence Planning Process: a requirement is set for all, shared out, answered by
each state with its own plan, and what stays open is told; the steps are rows of the sheet
`process-steps`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.fill import need as figure
from counterpoise.measures.amount import Amount, combined, largest, mean, total
from counterpoise.measures.apportion import Shares, by_key, with_plans
from counterpoise.measures.forces import Scope, scope_of, within
from counterpoise.measures.view import NoAnswer, Place, View
from counterpoise.world.calendar import Floats
from counterpoise.world.labels import GROUP
from counterpoise.world.needs import shares
from counterpoise.world.orderbook import Entry, order_book
from counterpoise.world.world import World, accumulate, counts, wear

ARRIVING = frozenset({"signed"})
ANNOUNCED = frozenset({"approved", "planned"})
"""Orders that a state has told of and not yet signed."""

NOTHING = Amount(0.0)


@dataclass(frozen=True)
class Cell:
    """What a round says of a place and an area in a year, in the area's units.

    `place` is a state, or the group in areas whose need isn't shared out; then `weight` is the
    share by gross domestic product of those asked for, else 1. `by_key` is the part before,
    `part` after the published plans; `plan` is the published one (None without), of which
    `rests_on` names the rows.
    """

    place: str
    area: str
    year: int
    weight: float
    share: float
    own: Amount
    by_key: Amount
    part: Amount
    us: Amount
    held: Amount
    arriving: Amount
    bought: Amount
    announced: Amount
    plan: Amount | None
    rests_on: tuple[str, ...]

    @property
    def forces(self) -> Amount:
        """What is held, on order and, under a plan's behaviour, bought."""
        return total((self.held, self.arriving, self.bought))

    @property
    def reply(self) -> Amount:
        """What the place says it will have: a published plan, else forces and announced orders.

        Forces that exceed a published plan count.
        """
        if self.plan is None:
            return self.forces + self.announced
        return largest((self.plan, self.forces))

    @property
    def shortfall(self) -> Amount:
        """What stays open if the place keeps its word."""
        return open_part(self.part - self.reply - self.us)

    @property
    def uncovered(self) -> Amount:
        """What stays open if only what is held and on order comes."""
        return open_part(self.part - self.forces - self.us)


def open_part(item: Amount) -> Amount:
    """The amount where it is above zero."""
    return item if item.value > 0 else Amount(0.0, {}, item.missing)


@dataclass(frozen=True)
class Round:
    """The cells of all places in one behaviour and scenario, under one key."""

    view: View
    scope: Scope
    key: str

    @property
    def world(self) -> World:
        """The world that the round is held in."""
        return self.scope.balance.world

    @property
    def areas(self) -> tuple[str, ...]:
        """The planned areas."""
        return self.world.labels.areas

    @cached_property
    def _keys(self) -> dict[str, Floats]:
        return shares(self.world.dataset, self.world.labels, self.key)

    @cached_property
    def _announced(self) -> dict[int, list[tuple[Entry, Floats]]]:
        return announced(self.world)

    @cached_property
    def plans(self) -> dict[tuple[str, str], str]:
        """Published plans by state and area."""
        return published(self.world.dataset)

    def weights(self, year: int) -> Floats:
        """Weights of the periods of a year, shape (periods,).

        The year of the release is told by its end, the first period of the calendar.
        """
        first = np.zeros(len(self.world.calendar))
        first[0] = 1.0
        return first if year == int(self.world.dataset.release[:4]) else within(self.world, year)

    def required(self, area: str, year: int) -> Amount:
        """The requirement of the whole group, the part of the United States in it."""
        return self._amount("need", self._mask(area), year)

    def cells(self, area: str, year: int) -> list[Cell]:
        """The cells of an area in a year, all places of the group."""
        labels = self.world.labels
        if area in labels.joint:
            return [self._joint(area, year)]
        own = {state: self._baseline(state, area) for state in labels.states}
        key = dict(zip(labels.states, map(float, self._keys[area]), strict=True))
        required = self.required(area, year)
        planned = {
            state: self._plan(row, own[state], year)
            for (state, of), row in self.plans.items()
            if of == area and state in own
        }
        before = by_key(required, own, key)
        after = with_plans(required, own, key, planned)
        us = self._amount("us_part", self._mask(area), year)
        return [
            self._cell(state, area, year, own, before, after, planned, us)
            for state in labels.states
        ]

    def _cell(
        self,
        state: str,
        area: str,
        year: int,
        own: dict[str, Amount],
        before: Shares,
        after: Shares,
        planned: dict[str, Amount],
        us: Amount,
    ) -> Cell:
        cell = self.world.labels.cell_index[(state, area)]
        row = self.plans.get((state, area), "")
        more = self._told_of(cell, year)
        rests = [*self.world.dataset.targets(row, "rests on")] if row else [e for e, _ in more]
        return Cell(
            place=state,
            area=area,
            year=year,
            weight=1.0 if state in self.scope.place.states else 0.0,
            share=before.weights[state],
            own=own[state],
            by_key=before.parts[state],
            part=after.parts[state],
            us=after.weights[state] * us,
            **self._forces(cell, year),
            announced=total(item for _, item in more),
            plan=planned.get(state),
            rests_on=tuple(rests),
        )

    def _joint(self, area: str, year: int) -> Cell:
        cell = self.world.labels.cell_index[(GROUP, area)]
        more = self._told_of(cell, year)
        required = self.required(area, year)
        return Cell(
            place=GROUP,
            area=area,
            year=year,
            weight=float(self.scope.cells(area)[cell]),
            share=1.0,
            own=NOTHING,
            by_key=required,
            part=required,
            us=self._amount("us_part", self._mask(area), year),
            **self._forces(cell, year),
            announced=total(item for _, item in more),
            plan=None,
            rests_on=tuple(order for order, _ in more),
        )

    def _mask(self, area: str) -> Floats:
        return np.array([float(of == area) for _, of in self.world.labels.cells])

    def _amount(self, name: str, cells: Floats, year: int) -> Amount:
        return self.scope.balance.amount(name, cells, self.weights(year))

    def _forces(self, cell: int, year: int) -> dict[str, Amount]:
        one = np.zeros(len(self.world.labels.cells))
        one[cell] = 1.0
        return {name: self._amount(name, one, year) for name in ("held", "arriving", "bought")}

    def _baseline(self, state: str, area: str) -> Amount:
        row = f"baseline/{state.split('/')[1].lower()}-{area.split('/')[1]}"
        return self.view.known(row, "holding") or NOTHING

    def _plan(self, row: str, own: Amount, year: int) -> Amount:
        """A published plan in a year: straight from the baseline, at the start, to its year."""
        dataset = self.world.dataset
        last = dataset.value(row, "year") or figure(dataset, "rule/need-end", "value")
        start = self.world.calendar.edges[0]
        time = float(self.weights(year) @ self.world.calendar.middles)
        passed = float(np.clip((time - start) / (last + 0.5 - start), 0.0, 1.0))
        return (1 - passed) * own + passed * self.view.read(row, "total")

    def _told_of(self, cell: int, year: int) -> list[tuple[str, Amount]]:
        """Orders announced and not signed, with what they have added by a year."""
        weights = self.weights(year)
        found = []
        for entry, path in self._announced.get(cell, []):
            quantity = self.view.read(entry.order, "quantity")
            found.append((entry.order, quantity * (float(path @ weights) / quantity.value)))
        return found


def round_of(view: View, place: Place, key: str, behaviour: str, scenario: str) -> Round:
    """A round for a place; NotFound where nobody in it plans."""
    return Round(view, scope_of(view, place, behaviour, scenario), key)


def published(dataset: Dataset) -> dict[tuple[str, str], str]:
    """Rows of published plans by state and area."""
    rows = [item.address for item in dataset.kind("national-plan")]
    return {(dataset.target(row, "plan of"), dataset.target(row, "fills")): row for row in rows}


def announced(world: World) -> dict[int, list[tuple[Entry, Floats]]]:
    """Capability units that announced orders add, by cell; shape of each path (periods,).

    They come when they are due, by the same rules as signed orders, and no line holds them up.
    """
    used = wear(world.dataset, world.labels)
    entries, _ = order_book(world.dataset, world.calendar, ARRIVING | ANNOUNCED)
    found: defaultdict[int, list[tuple[Entry, Floats]]] = defaultdict(list)
    for entry in entries:
        cell = world.labels.cell_of(entry.place, entry.area)
        if cell is None or world.dataset.text(entry.order, "status") in ARRIVING:
            continue
        if not counts(entry, world.labels):
            continue
        due = entry.unit_weight * entry.due[None, :]
        before = np.array([entry.unit_weight * entry.before])
        path = accumulate(due, before, used[[cell]], world.calendar)[0]
        found[cell].append((entry, path))
    return dict(found)


def added(cells: Iterable[Cell], name: str) -> Amount:
    """A field of cells added up, each with its weight."""
    return combined((cell.weight, getattr(cell, name)) for cell in cells)


def open_share(cells: Iterable[Cell], name: str = "shortfall") -> Amount:
    """Share (0 to 1) of the parts that is open, mean over the areas that have a part."""
    by_area: defaultdict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_area[cell.area].append(cell)
    found = []
    for items in by_area.values():
        part = added(items, "part")
        if part.value > 0:
            found.append(added(items, name) / part)
    if not found:
        raise NoAnswer("an area in which the place has a part")
    return mean(found)
