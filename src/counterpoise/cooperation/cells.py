"""Cells of function and regional plan: which formats fill them, and which are holes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from counterpoise.cooperation.formats import (
    ACTIVE,
    Format,
    functions,
    plan_states,
    read_formats,
    yes,
)
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.view import NoAnswer

Place = tuple[str, str]
"""A cell: a plan's address and a function."""

NEARLY = 1e-9


@dataclass(frozen=True)
class Definition:
    """What fills a cell: a row of `format-definitions`. `share` is a fraction of the plan."""

    address: str
    name: str
    least_states: int
    share: float
    least_functions: int
    wide: bool
    groups: frozenset[str]
    leaves_out: frozenset[str]
    silent_years: float
    explanation: str

    @property
    def id(self) -> str:
        """The short name."""
        return self.address.split("/", 1)[1]

    def functions(self, item: Format) -> frozenset[str]:
        """The functions of a format, with its domains read as the definition says."""
        return item.wide_functions if self.wide else item.functions

    def counts(self, item: Format) -> bool:
        """Whether a format may fill cells at all."""
        return (
            item.group in self.groups
            and len(item.members) >= self.least_states
            and not item.marks & self.leaves_out
            and item.status == ACTIVE
        )

    def enough(self, members: frozenset[str], plan: frozenset[str]) -> bool:
        """Whether members are so large a part of a plan's states as the definition asks."""
        needed = max(math.ceil(self.share * len(plan) - NEARLY), 1)
        return len(members & plan) >= needed


@dataclass(frozen=True)
class Cell:
    """A function in a plan: formats with it there, by share (0 to 1) of the plan's states.

    `fills` are those that fill it; without one it is a hole.
    """

    plan: str
    function: str
    present: tuple[tuple[Format, float], ...]
    fills: tuple[Format, ...]

    @property
    def hole(self) -> bool:
        """Whether no format fills the cell."""
        return not self.fills

    @property
    def largest(self) -> float:
        """The largest share of the plan's states that one format has; 0 without a format."""
        return max((share for _, share in self.present), default=0.0)


@dataclass(frozen=True)
class Network:
    """Formats, plans and cells under one definition."""

    definition: Definition
    formats: tuple[Format, ...]
    functions: tuple[str, ...]
    plans: Mapping[str, frozenset[str]]
    cells: Mapping[Place, Cell]

    @property
    def holes(self) -> tuple[Place, ...]:
        """Cells that no format fills, plan by plan."""
        return tuple(place for place, cell in self.cells.items() if cell.hole)

    @property
    def counted(self) -> tuple[Format, ...]:
        """The formats that may fill cells."""
        return tuple(item for item in self.formats if self.definition.counts(item))

    def reach(self, item: Format) -> frozenset[str]:
        """The plans in which a format counts: its region's; all where its region lies in none."""
        return frozenset(self.plans) if item.everywhere else item.plans

    def working(self, plan: str) -> dict[Format, tuple[str, ...]]:
        """Formats that fill so many functions of a plan as a working one must, with these."""
        found: dict[Format, tuple[str, ...]] = {}
        for (where, function), cell in self.cells.items():
            for item in cell.fills if where == plan else ():
                found[item] = (*found.get(item, ()), function)
        least = self.definition.least_functions
        ranked = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0].id))
        return {item: filled for item, filled in ranked if len(filled) >= least}


def read_definitions(dataset: Dataset) -> dict[str, Definition]:
    """The definitions by short name; BadInput where one lacks a number."""
    found = {}
    problems = []
    for item in dataset.kind("format-definition"):
        names = ("least_states", "share", "least_functions", "silent_years")
        numbers = {name: dataset.value(item.address, name) for name in names}
        for name, value in numbers.items():
            if value is None:
                row = item.origin
                problems.append(
                    Problem("needed", row.file, row.row, name, "", "a number", "fill it")
                )
        values = {name: value or 0.0 for name, value in numbers.items()}
        definition = Definition(
            item.address,
            item.name,
            int(values["least_states"]),
            values["share"] / 100,
            int(values["least_functions"]),
            yes(item, "wide"),
            frozenset(dataset.targets(item.address, "counts")),
            frozenset(dataset.targets(item.address, "leaves out")),
            values["silent_years"],
            item.texts.get("explanation", ""),
        )
        found[definition.id] = definition
    if problems:
        raise BadInput(problems)
    return found


def network(dataset: Dataset, definition: Definition, without: Iterable[str] = ()) -> Network:
    """The formats of a dataset under a definition, less some states.

    NoAnswer where no regional plan has a state left.
    """
    gone = tuple(without)
    plans = plan_states(dataset, gone)
    if not plans:
        raise NoAnswer("a regional plan with a state that isn't left out")
    return build(definition, read_formats(dataset, gone), functions(dataset), plans)


def build(
    definition: Definition,
    formats: tuple[Format, ...],
    names: tuple[str, ...],
    plans: Mapping[str, frozenset[str]],
) -> Network:
    """The network of formats over functions and plans."""
    empty = Network(definition, formats, names, plans, {})
    counted = empty.counted
    cells = {
        (plan, function): _cell(empty, counted, plan, function)
        for plan in plans
        for function in names
    }
    return Network(definition, formats, names, plans, cells)


def _cell(net: Network, counted: tuple[Format, ...], plan: str, function: str) -> Cell:
    definition, states = net.definition, net.plans[plan]
    present = [
        (item, len(item.members & states) / len(states) if states else 0.0)
        for item in counted
        if plan in net.reach(item) and function in definition.functions(item)
    ]
    present.sort(key=lambda entry: (-entry[1], entry[0].id))
    fills = tuple(item for item, _ in present if definition.enough(item.members, states))
    return Cell(plan, function, tuple(present), fills)
