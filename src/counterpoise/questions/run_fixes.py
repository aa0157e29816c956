"""A user's own decisions as rows: to write down, to show with a run, to compare two runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from counterpoise import runs
from counterpoise.world.calendar import REPORT_END
from counterpoise.world.fix_file import TARGET
from counterpoise.world.fixes import Fix

Row = dict[str, Any]


def fix_rows(fixes: Sequence[Fix]) -> list[Row]:
    """Decisions as the rows of a file that `plan --fix` reads."""
    return [
        {
            "decision": fix.decision,
            "buyer": fix.buyer.split("/")[1],
            TARGET: fix.target,
            "units": "" if fix.units is None else f"{fix.units:.12g}",
            "year": fix.years,
            "note": fix.note,
        }
        for fix in fixes
    ]


def decided_rows(run: runs.Run) -> list[Row]:
    """What came of the decisions of a run, by behaviour; nothing of the order book alone."""
    frame = run.table("decisions").filter(pl.col("behaviour") != "ordered")
    return [dict(row) for row in frame.drop("note").iter_rows(named=True)]


def _decided(run: runs.Run) -> dict[str, str]:
    """Decisions of a run by what they are of, with their units."""
    found: dict[str, str] = {}
    for item in run.meta["request"].get("fixes", ()):
        fix = Fix(**item)
        what = " ".join(part for part in (fix.buyer, fix.target, fix.years) if part)
        told = f"{fix.decision} {fix.units:.6g}" if fix.units is not None else fix.decision
        found[what] = f"{found[what]}, {told}" if what in found else told
    return found


def moved_fixes(first: runs.Run, second: runs.Run) -> list[Row]:
    """Decisions that only one of two runs has, or that differ."""
    old, new = _decided(first), _decided(second)
    return [
        {
            "part": "decision",
            "what": what,
            "before": old.get(what, "free"),
            "after": new.get(what, "free"),
            "change": None,
        }
        for what in sorted({*old, *new})
        if old.get(what) != new.get(what)
    ]


def moved_states(first: runs.Run, second: runs.Run, shared: Sequence[str]) -> list[Row]:
    """Shortfall to 2035 and payments to 2040 by state, where two runs differ."""
    rows = []
    for part, table, place, value in (
        ("state shortfall", "gaps", "place", "percent_years"),
        ("state money", "spending", "state", "eur_bn"),
    ):
        frames = []
        for run in (first, second):
            frame = run.table(table).filter(pl.col("behaviour").is_in(list(shared)))
            if table == "gaps":
                frame = frame.filter(pl.col("year") < int(REPORT_END))
            frames.append(frame.group_by("behaviour", place).agg(pl.col(value).sum()))
        both = frames[0].join(
            frames[1], on=["behaviour", place], how="full", coalesce=True, suffix="_after"
        )
        for row in both.fill_null(0.0).iter_rows(named=True):
            before, after = row[value], row[f"{value}_after"]
            what = "/".join((row["behaviour"], row[place].split("/")[1]))
            rows.append(
                {
                    "part": part,
                    "what": what,
                    "before": before,
                    "after": after,
                    "change": after - before,
                }
            )
    return rows
