"""What a run saves: tables of its plans, problems with their solutions, what it is about."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from counterpoise import __version__
from counterpoise.cli.request import Request
from counterpoise.data.dataset import Dataset
from counterpoise.measures.shortfall import weights
from counterpoise.planning import extract
from counterpoise.planning.decided import decided_table
from counterpoise.planning.plan import Plan
from counterpoise.planning.saved import stage_arrays
from counterpoise.planning.whole import Whole
from counterpoise.world.world import World


def chosen_figures(dataset: Dataset) -> pl.DataFrame:
    """The chosen value of every figure, kept with a run so that any two runs can be compared."""
    chosen = dataset.chosen.values()
    return pl.DataFrame(
        {
            "address": [item.address for item in chosen],
            "value": [item.value for item in chosen],
            "unit": [item.unit for item in chosen],
            "basis": [item.standing for item in chosen],
            "sources": ["; ".join(item.sources) for item in chosen],
        },
        schema_overrides={"value": pl.Float64},
    )


def plan_tables(plans: list[Plan], world: World) -> dict[str, pl.DataFrame]:
    """The tables of all plans by name, one below the other, and those of their world."""
    each = [extract.tables(plan) for plan in plans]
    found = {
        name: pl.concat([tables[name] for tables in each], how="vertical_relaxed")
        for name in each[0]
    }
    if any(plan.world.fixes for plan in plans):
        found["decisions"] = pl.concat([decided_table(plan) for plan in plans])
    found["evidence"] = extract.evidence_table(world)
    found["packages"] = extract.package_table(world)
    found["summary"] = pl.DataFrame(
        {
            "behaviour": [plan.behaviour for plan in plans],
            "shortfall_to_2040": [plan.shortfall for plan in plans],
            "cost": [plan.cost for plan in plans],
        }
    )
    found["cost-parts"] = pl.DataFrame(
        [
            {"behaviour": plan.behaviour, "part": part, "eur_bn": value}
            for plan in plans
            for part, value in plan.cost_parts.items()
        ],
        schema={"behaviour": pl.String, "part": pl.String, "eur_bn": pl.Float64},
    )
    hopeless = weights(world) * extract.unavoidable(world) * world.calendar.reported()
    hopeless = hopeless / world.calendar.lengths
    found["unavoidable-cells"] = pl.DataFrame(
        {
            "area": [area for _, area in world.labels.cells],
            "place": [place for place, _ in world.labels.cells],
            "percent_years": hopeless.sum(axis=1),
        }
    )
    return found


def about(
    request: Request, dataset: Dataset, world: World, extra: dict[str, Any]
) -> dict[str, Any]:
    """What `run.json` says of a run, beside its files."""
    return {
        "request": asdict(request),
        "dataset": dataset.digest,
        "release": dataset.release,
        "release_id": dataset.id,
        "version": __version__,
        "scenario_title": world.scenario.title,
        "unknown_orders": list(world.unknown_orders),
        **extra,
    }


def save_whole(aside: Path, whole: Whole) -> None:
    """The problem of whole units as solved, with the marks of its columns in whole numbers."""
    arrays: dict[str, Any] = {**stage_arrays(whole.stage.problem, whole.stage.solution)}
    arrays |= {"integral": whole.problem.integral, "bound": np.array([whole.bound])}
    arrays["bound_dual"] = whole.bound_dual
    np.savez_compressed(aside / "stages" / f"whole-0-{whole.stage.name}.npz", **arrays)


def save_plans(aside: Path, plans: list[Plan], tables: dict[str, pl.DataFrame]) -> None:
    """Write tables, decisions and solved stages into the folder of a run in the making."""
    for name, frame in tables.items():
        frame.write_parquet(aside / "tables" / f"{name}.parquet")
    for plan in plans:
        state, line, period = np.nonzero(plan.deliveries)
        np.savez_compressed(
            aside / "stages" / f"{plan.behaviour}.npz",
            state=state,
            line=line,
            period=period,
            units=plan.deliveries[state, line, period],
            expansions=plan.expansions,
            purchases=plan.purchases,
            premiums=plan.premiums,
            upkeep=plan.upkeep,
            funds=plan.funds,
            national=plan.national,
            loans=np.array(sorted(plan.draws), dtype=np.str_),
            draws=np.array([plan.draws[loan] for loan in sorted(plan.draws)]),
        )
        for number, stages in enumerate(plan.stages):
            for stage in stages:
                arrays: dict[str, Any] = {**stage_arrays(stage.problem, stage.solution)}
                file = f"{plan.behaviour}-{number}-{stage.name}.npz"
                np.savez_compressed(aside / "stages" / file, **arrays)
