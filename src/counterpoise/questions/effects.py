"""What figures do to the result: read from a run of the same dataset, or solved for."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from counterpoise import runs
from counterpoise.data.dataset import Dataset
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.influence import assumed_share
from counterpoise.planning.setting import Setting, world_of
from counterpoise.planning.variants import CALENDAR

TABLE = "influential-inputs"


def saved_inputs(dataset: Dataset, folder: Path) -> tuple[pl.DataFrame, str] | None:
    """The weighed inputs of the newest run in the default world over this dataset, and its id."""
    for row in runs.list_runs(folder):
        # Opening checks the digests of all files: only a run of this very data is worth it.
        wanted = (row["status"], row["scenario"], row["release"])
        if wanted == ("complete", "baseline", dataset.id):
            run = runs.open_run(row["path"])
            if run.meta["dataset"] == dataset.digest and TABLE in run.tables():
                return run.table(TABLE), run.id
    return None


def weighed_inputs(dataset: Dataset, folder: Path) -> tuple[pl.DataFrame, str]:
    """The inputs by their effect on the shortfall, and a sentence that tells whence."""
    found = saved_inputs(dataset, folder)
    if found is not None:
        return found[0], f"effects from run {found[1]}, its largest solved at both ends"
    return weigh(dataset), "effects by duals of one plan together on the yearly calendar"


def weigh(dataset: Dataset) -> pl.DataFrame:
    """The inputs of the plan together in the default world by their effect, by duals alone."""
    return assumed_share(
        plan_together(world_of(dataset, Setting(calendar=CALENDAR)))
    ).inputs_table()


def slopes(inputs: pl.DataFrame) -> dict[str, float]:
    """Percent-years of shortfall per unit of each figure, by address."""
    rows = inputs.filter(pl.col("high") > pl.col("low")).iter_rows(named=True)
    return {row["address"]: row["effect"] / (row["high"] - row["low"]) for row in rows}


def effect_by_address(inputs: pl.DataFrame) -> dict[str, float]:
    """Percent-years that each figure moves over its range."""
    return dict(zip(inputs["address"], inputs["effect"], strict=True))
