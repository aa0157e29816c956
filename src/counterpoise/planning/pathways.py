"""Pathways × worlds: each mix of levers planned in each world, surprises met by replanning.

Yearly calendar. Cells with equal events are one cell, and cells that know the same at the start
share their first plan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.planning.behaviours import groups_of, plan_blocs, plan_together
from counterpoise.planning.extract import closing_rows
from counterpoise.planning.indicators import UNITS, Indicators, indicators
from counterpoise.planning.plan import Plan
from counterpoise.planning.replan import planned_anew
from counterpoise.planning.setting import Setting, world_of
from counterpoise.planning.workers import Workers
from counterpoise.world.bundles import Lever, Outlook, combined, effects, pulled, refused
from counterpoise.world.calendar import first_quarter_after
from counterpoise.world.scenario import Scenario
from counterpoise.world.world import World

CALENDAR = "yearly"

ROUNDS = 3
"""Most rounds of offers between blocs. Ten would take another three percent off single states'
shortfall, one percent off that of three blocs, and a tenth off that of one large bloc.
"""

ROUNDS_END = 0.01
"""Rounds end before when the shortfall moves by less than this share."""

Progress = Callable[[str], None]
Events = tuple[str, ...]
"""What a cell's events do: see `effects`."""


@dataclass(frozen=True)
class Cell:
    """A mix of levers in a world, as it is to be planned."""

    mix: str
    outlook: Outlook
    levers: tuple[Lever, ...]
    scenario: Scenario

    @property
    def key(self) -> Events:
        """What decides the cell's plan: its events, whatever levers they come from."""
        return effects(self.scenario.events)


@dataclass(frozen=True)
class Finding:
    """What a cell's last plan comes to, and when each area closes."""

    indicators: Indicators
    closing: tuple[dict[str, Any], ...]


def cells_of(
    dataset: Dataset,
    outlooks: Sequence[Outlook],
    levers: Sequence[Lever],
    chosen: dict[str, tuple[str, ...]],
) -> tuple[Cell, ...]:
    """The cells of some mixes (pathways by name of the mix) in some worlds."""
    return tuple(
        Cell(mix, outlook, own, combined(dataset, outlook, own))
        for mix, pathways in chosen.items()
        for own in (pulled(levers, pathways),)
        for outlook in outlooks
    )


def plan_cell(world: World, rounds: int = ROUNDS) -> Plan:
    """The plan of a world's blocs; of single states where no event joins any."""
    groups = groups_of(world)
    if len(groups) == 1:
        return plan_together(world)
    return plan_blocs(world, groups, most_rounds=rounds, least=ROUNDS_END, workers=1).final


def solve_cells(
    dataset: Dataset,
    cells: Sequence[Cell],
    *,
    key: str = "half",
    rounds: int = ROUNDS,
    workers: int = 2,
    progress: Progress = lambda text: None,
) -> dict[Events, Finding]:
    """The findings of cells by their events; each set of events is planned once.

    Plans reckon with what is known at the start, and what isn't ordered is planned anew at each
    date at which a surprise becomes known.
    """
    start = first_quarter_after(dataset.release)
    families: dict[Events, dict[Events, Cell]] = {}
    for cell in cells:
        known = effects(cell.scenario.known_by(start).events)
        families.setdefault(known, {}).setdefault(cell.key, cell)
    tasks = sorted((tuple(found.values()) for found in families.values()), key=len, reverse=True)
    findings: dict[Events, Finding] = {}
    count = sum(map(len, tasks))
    progress(f"{count} cells to plan on {workers} processes")
    with Workers((dataset, key, rounds), workers) as pool:
        for family, found in zip(tasks, pool.each(_solve_family, tasks), strict=True):
            findings |= {cell.key: item for cell, item in zip(family, found, strict=True)}
            told = f"mix {family[0].mix} in {', '.join(cell.outlook.id for cell in family)}"
            progress(f"{len(findings)} of {count} cells: {told}")
    return findings


def _solve_family(
    shared: tuple[Dataset, str, int], family: tuple[Cell, ...]
) -> tuple[Finding, ...]:
    """The findings of cells that know the same at the start."""
    dataset, key, rounds = shared
    start = first_quarter_after(dataset.release)
    first = replace(family[0].scenario, name=family[0].outlook.scenario)
    setting = Setting(first, CALENDAR, key)
    base = plan_cell(world_of(dataset, setting), rounds)
    found = []
    for cell in family:
        dates = sorted({event.known for event in cell.scenario.surprises_after(start)})
        plans = planned_anew(
            base,
            dataset,
            replace(setting, scenario=cell.scenario),
            dates,
            lambda before, world, date: plan_cell(world, rounds),
        )
        last = plans[-1] if plans else base
        found.append(Finding(indicators(last), tuple(closing_rows(last))))
    return tuple(found)


def cell_table(cells: Sequence[Cell], findings: dict[Events, Finding]) -> pl.DataFrame:
    """One row a cell: mix, world, and its indicators."""
    rows = [
        {"mix": cell.mix, "world": cell.outlook.id, **asdict(findings[cell.key].indicators)}
        for cell in cells
    ]
    return pl.DataFrame(
        rows, schema={"mix": pl.String, "world": pl.String, **dict.fromkeys(UNITS, pl.Float64)}
    )


def closing_by_cell(cells: Sequence[Cell], findings: dict[Events, Finding]) -> pl.DataFrame:
    """One row a cell and area: the year from which it stays closed, and percent open by year."""
    rows = [
        {"mix": cell.mix, "world": cell.outlook.id, **row}
        for cell in cells
        for row in findings[cell.key].closing
    ]
    return pl.DataFrame(rows, infer_schema_length=None).drop("behaviour")


def lever_rows(cells: Sequence[Cell]) -> pl.DataFrame:
    """One row a cell and lever: what it does there: moves the plan, is refused, or has no effect.

    `from` is the year from which it is refused.
    """
    rows = [
        {
            "mix": cell.mix,
            "world": cell.outlook.id,
            "lever": lever.id,
            "standing": "without effect in the model"
            if not lever.events
            else "refused"
            if refused(lever, cell.outlook)
            else "pulled",
            "from": cell.outlook.refused_from if refused(lever, cell.outlook) else "",
        }
        for cell in cells
        for lever in cell.levers
    ]
    names = ("mix", "world", "lever", "standing", "from")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))
