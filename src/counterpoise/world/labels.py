"""What the plan is made over: states, areas, cells, lines; each with its index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from counterpoise.data.dataset import Dataset

GROUP = "scope/NATO-EUR"
"""The place of a need that is set for the group as a whole."""


@dataclass(frozen=True)
class Labels:
    """Addresses in order. A cell is a pair (place, area): a state, or the group where joint."""

    states: tuple[str, ...]
    slot_states: tuple[str, ...]
    areas: tuple[str, ...]
    joint: frozenset[str]
    lines: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]

    @cached_property
    def state_index(self) -> dict[str, int]:
        """Position of each planning state."""
        return {address: index for index, address in enumerate(self.states)}

    @cached_property
    def area_index(self) -> dict[str, int]:
        """Position of each area."""
        return {address: index for index, address in enumerate(self.areas)}

    @cached_property
    def line_index(self) -> dict[str, int]:
        """Position of each line that can be bought from."""
        return {address: index for index, address in enumerate(self.lines)}

    @cached_property
    def cell_index(self) -> dict[tuple[str, str], int]:
        """Position of each cell."""
        return {cell: index for index, cell in enumerate(self.cells)}

    def cell_of(self, place: str, area: str) -> int | None:
        """The cell to which something held by `place` in `area` counts; None if to none."""
        return self.cell_index.get((GROUP if area in self.joint else place, area))


def label(dataset: Dataset) -> Labels:
    """Labels of the dataset: planning states, planned areas, buyable lines, cells."""
    states = tuple(
        item.address for item in dataset.kind("state") if item.texts.get("planning") == "plans"
    )
    slots = tuple(
        item.address for item in dataset.kind("state") if item.texts.get("planning") == "slots"
    )
    planned = [item for item in dataset.kind("area") if item.texts.get("planned") == "y"]
    joint = frozenset(item.address for item in planned if item.texts.get("joint") == "y")
    areas = tuple(item.address for item in planned)
    lines = tuple(item.address for item in dataset.kind("line") if item.texts.get("buyable") == "y")
    cells = tuple(
        (place, area) for area in areas for place in ((GROUP,) if area in joint else states)
    )
    return Labels(states, slots, areas, joint, lines, cells)
