"""What is printed of a run about firm orders, other weights and other money."""

from __future__ import annotations

import math

import polars as pl
import typer

from counterpoise import runs
from counterpoise.cli.output import emit
from counterpoise.measures.evaluate import evaluate
from counterpoise.planning.headlines import OPEN_IN, most_open
from counterpoise.planning.stability import FIRM, LABELS, MATCHES
from counterpoise.planning.variants import CALENDAR
from counterpoise.publish.sections_firm import LITTLE

_MATCHED = {
    "order": "same buyer and line",
    "loose": "same buyer, area and controlling states",
    "group": "same area and controlling states, any buyer",
}


def draws_told(run: runs.Run) -> str:
    """On which draws a run's labels rest: "yearly calendar, 20 draws, seed 1"."""
    asked = run.meta["request"]
    return f"{asked['draws_calendar']} calendar, {asked['draws']} draws, seed {asked['seed']}"


def little_firm(run: runs.Run) -> bool:
    """Whether under a fifth of a run's spending is firm."""
    if "stability-shares" not in run.tables():
        return False
    return evaluate(run.table, "stability", "order", FIRM, "all") < LITTLE


def print_little_firm(run: runs.Run) -> None:
    """Say first that under a fifth of spending is firm, where that is so."""
    if little_firm(run):
        share = evaluate(run.table, "stability", "order", FIRM, "all")
        typer.echo(
            f"Only {share:.0%} of spending is firm: most orders below have near equals, "
            f"and change when inputs move in their ranges ({draws_told(run)})."
        )


def print_firmness(run: runs.Run) -> None:
    """Shares of spending by label under each match."""
    if "stability-shares" not in run.tables():
        return
    rows = [
        {
            "an order comes back with": _MATCHED[match.name],
            **{name: evaluate(run.table, "stability", match.name, name, "all") for name in LABELS},
        }
        for match in MATCHES
    ]
    emit(rows, title=f"share of spending to 2035 by how firm orders are ({draws_told(run)})")
    least, most = (
        evaluate(run.table, "draws_result", "shortfall", end) for end in ("least", "most")
    )
    if math.isfinite(least):
        still = evaluate(run.table, "undisturbed")
        typer.echo(
            f"in the undisturbed plan on the draws' calendar orders worth {still:.0%} of spending "
            "come back (same buyer and line)"
        )
        typer.echo(f"shortfall together over the draws: {least:.3g} to {most:.3g} percent-years")


def print_headlines(run: runs.Run) -> None:
    """Headlines under other weights and other parts of equipment money; estimates of the part."""
    if "headlines" not in run.tables():
        return
    frame = run.table("headlines").rename(
        {"closed_2030": "closed 2030", "closed_2035": "closed 2035"}
    )
    shown = frame.select(
        "weights",
        pl.col("money_share").alias("part of money"),
        "ordered",
        "together",
        "removed",
        "cost",
        "closed 2030",
        "closed 2035",
        pl.col("us_control_2035").alias("US control 2035"),
    )
    title = f"headlines under other weights and parts of equipment money ({CALENDAR} calendar)"
    emit([dict(row) for row in shown.iter_rows(named=True)], title=title)
    for cases, areas in most_open(frame):
        where = "in each case" if len(cases) == frame.height else _cases(cases)
        listed = ", ".join(f"{area} {share:.0%}" for area, share in areas)
        typer.echo(f"most open in {OPEN_IN}, {where}: {listed}")
    parts = run.table("equipment-parts")
    told = ", ".join(
        f"{row['state'].split('/')[1]} {row['share']:.2f} ({row['orders']} valued orders)"
        for row in parts.to_dicts()
    )
    if told:
        first, last = parts["first"][0], parts["last"][0]
        typer.echo(f"part of equipment money by signed orders, {first} and {last}: {told}")


def _cases(cases: list[tuple[str, float]]) -> str:
    return "with " + ", ".join(f"{weights} {share:g}" for weights, share in cases)
