"""What is printed of a run about the plan in whole units."""

from __future__ import annotations

import typer

from counterpoise import runs
from counterpoise.cli.output import emit
from counterpoise.measures.evaluate import evaluate
from counterpoise.planning.whole import FAR


def distances(run: runs.Run) -> dict[str, float]:
    """How far the plan in whole units is above the optimum in fractions, as shares; else none."""
    if "whole" not in run.tables():
        return {}
    return {name: evaluate(run.table, "whole", name, "distance") for name in ("shortfall", "cost")}


def print_far(run: runs.Run) -> None:
    """Say first that whole units cost more than a little, where that is so."""
    far = {name: share for name, share in distances(run).items() if share > FAR}
    if far:
        told = " and ".join(f"{share:.1%} in {name}" for name, share in far.items())
        typer.echo(f"The plan in whole units lies {told} above the optimum in fractions.")


def print_whole(run: runs.Run) -> None:
    """The plan in whole units beside the optimum in fractions."""
    if "whole" in run.tables():
        rows = [
            {
                "to 2040": row["name"],
                "unit": row["unit"],
                "in fractions": row["against"],
                "whole units": row["whole"],
                "distance": f"{row['distance']:+.2%}",
            }
            for row in run.table("whole").to_dicts()
            if row["name"] != "bound"
        ]
        emit(rows, title="whole units and lots: the calendar of orders that is printed")
        least = evaluate(run.table, "whole", "bound", "against")
        gap = evaluate(run.table, "whole", "bound", "distance")
        typer.echo(
            f"no plan in whole units has a shortfall below {least:.4g} percent-years: gap {gap:.1%}"
        )
        crumbs, parts = (evaluate(run.table, "plausibility", name) for name in ("crumbs", "parts"))
        typer.echo(
            f"orders under a lot: {crumbs:.1%}; parts of pooled orders under one unit: {parts:.1%}"
        )
