"""What each lever moves: switched off alone, the rest as it was."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.planning.indicators import UNITS, Indicators
from counterpoise.planning.pathways import (
    ROUNDS,
    Cell,
    Events,
    Finding,
    Progress,
    solve_cells,
)
from counterpoise.world.bundles import Lever, combined

LEAST = {"shortfall": 0.05, "danger": 0.05, "cost": 0.5, "purchases": 0.5,
         "exposure_2030": 0.05, "exposure_2035": 0.05, "types_2035": 0.02}  # fmt: skip
"""Changes below these are none: rounds of offers and equal optima move figures by less.

Areas and years count whole.
"""

SCHEMA = {
    "lever": pl.String,
    "tried": pl.String,
    "standing": pl.String,
    **dict.fromkeys(UNITS, pl.Float64),
}

FIRST_WORLD, SECOND_WORLD = "baseline", "early-test"
"""Where all levers together are tried without one; the second where the first shows nothing."""


def moves(change: Mapping[str, float]) -> bool:
    """Whether a change moves a figure of the table; one that comes or goes (NaN) counts."""
    return any(abs(value) >= LEAST.get(name, 1.0) for name, value in change.items())


def change_between(on: Indicators, off: Indicators) -> dict[str, float]:
    """Indicators without a lever less those with it; infinite where a year is never reached."""
    found = {}
    for name, before in asdict(on).items():
        after = asdict(off)[name]
        gone, came = math.isnan(after), math.isnan(before)
        both = 0.0 if gone and came else math.inf if gone else -math.inf if came else 0.0
        found[name] = both if gone or came else after - before
    return found


def switched_off(
    dataset: Dataset,
    cells: Sequence[Cell],
    findings: dict[Events, Finding],
    *,
    key: str = "half",
    rounds: int = ROUNDS,
    workers: int = 2,
    progress: Progress = lambda text: None,
) -> pl.DataFrame:
    """One row a lever: what changes when it alone is switched off, and where it was tried.

    Tried first in the widest mix in the first world; if nothing moves there, in the narrowest mix
    that has it in the first world; then in the widest mix in the second world. Only cells that
    are among `cells` are tried. `findings` takes up what is planned for it.
    """
    widest = max((cell.levers for cell in cells), key=len, default=())
    rows: dict[str, dict[str, object]] = {
        lever.id: {"lever": lever.id, "tried": "", "standing": lever.without_effect}
        for lever in widest
        if not lever.events
    }
    left = [lever for lever in widest if lever.events]
    for attempt in range(3):
        tries = [(lever, place) for lever in left if (place := _place(cells, lever, attempt))]
        without = [_without(dataset, place, lever) for lever, place in tries]
        progress(f"{len(without)} levers to switch off, one by one")
        unknown = [cell for cell in without if cell.key not in findings]
        findings |= solve_cells(
            dataset, unknown, key=key, rounds=rounds, workers=workers, progress=progress
        )
        for (lever, place), cell in zip(tries, without, strict=True):
            change = change_between(findings[place.key].indicators, findings[cell.key].indicators)
            moved = moves(change)
            told = "moves the plan" if moved else "without effect: nothing moves where it was tried"
            tried = f"{place.mix} in {place.outlook.id}"
            rows[lever.id] = {"lever": lever.id, "tried": tried, "standing": told, **change}
        left = [
            lever for lever in left if rows.get(lever.id, {}).get("standing") != "moves the plan"
        ]
        if not left:
            break
    for lever in left:
        untried = "without effect: in none of the mixes and worlds chosen"
        rows.setdefault(lever.id, {"lever": lever.id, "tried": "", "standing": untried})
    ordered = [rows[lever.id] for lever in widest]
    return pl.DataFrame(ordered, schema=SCHEMA).sort(
        pl.col("shortfall").fill_null(-math.inf), descending=True
    )


def _place(cells: Sequence[Cell], lever: Lever, attempt: int) -> Cell | None:
    """The cell in which a lever is switched off at an attempt, if there is one."""
    world = SECOND_WORLD if attempt == 2 else FIRST_WORLD
    own = [cell for cell in cells if cell.outlook.id == world and lever in cell.levers]
    if not own:
        return None
    size = (lambda cell: len(cell.levers)) if attempt != 1 else (lambda cell: -len(cell.levers))
    return max(own, key=size)


def _without(dataset: Dataset, cell: Cell, lever: Lever) -> Cell:
    rest = tuple(item for item in cell.levers if item != lever)
    mix = f"{cell.mix} without {lever.id}"
    return replace(cell, mix=mix, levers=rest, scenario=combined(dataset, cell.outlook, rest))
