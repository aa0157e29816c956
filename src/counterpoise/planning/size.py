"""How large a plan's model is: what it is made over, and columns, rows and entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from counterpoise.planning.plan import Plan
from counterpoise.world.world import World

Counts = dict[str, int]


def size_of(world: World, plans: Sequence[Plan]) -> dict[str, Counts]:
    """Counts of states, areas, cells, lines and periods under `world`, and by behaviour.

    A behaviour has `problems`, and `columns`, `rows`, `entries` summed over them; one that solves
    nothing isn't there.
    """
    labels = world.labels
    found: dict[str, Counts] = {
        "world": {
            "states": len(labels.states),
            "areas": len(labels.areas),
            "cells": len(labels.cells),
            "lines": len(world.lines),
            "periods": len(world.calendar),
        }
    }
    for plan in plans:
        problems = [model.problem for model in plan.models]
        if problems:
            found[plan.behaviour] = {
                "problems": len(problems),
                "columns": sum(len(problem.cost) for problem in problems),
                "rows": sum(len(problem.row_low) for problem in problems),
                "entries": sum(int(problem.matrix.nnz) for problem in problems),
            }
    return found


def size_words(size: Mapping[str, Counts]) -> list[str]:
    """The size in words, a line for the world and one for each behaviour."""
    return [
        f"{name}: " + ", ".join(f"{count:,} {what}" for what, count in counts.items())
        for name, counts in size.items()
    ]
