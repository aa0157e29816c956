"""The command that plans more draws for a saved run, and labels its orders by them."""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from counterpoise import __version__, runs
from counterpoise.cli.firmview import print_firmness, print_little_firm
from counterpoise.cli.job import Progress
from counterpoise.cli.plan import Folder, _progress
from counterpoise.cli.request import Request, check_request, request_of, setting_of
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.registry import printed
from counterpoise.planning.drawn import Drawn
from counterpoise.planning.stability import firmness
from counterpoise.planning.variants import CALENDAR
from counterpoise.questions.run_data import dataset_of


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("stability")(stability)


def stability(
    run: Annotated[str, typer.Argument(help="a run's id, path, or latest")] = "latest",
    draws: Annotated[int, typer.Option(help="how many draws in all")] = 50,
    seed: Annotated[int, typer.Option(help="seed of the draws")] = 1,
    draws_calendar: Annotated[str, typer.Option(help="calendar of the draws")] = CALENDAR,
    folder: Folder = runs.FOLDER,
    quiet: Annotated[bool, typer.Option("--quiet", help="show no progress")] = False,
) -> None:
    """Label a run's orders by more draws of prices, rates and lead times; a new run holds them."""
    base = runs.open_run(run, folder)
    say = _progress(quiet)
    found = relabelled(base, draws, seed, draws_calendar, folder, say)
    print_little_firm(found)
    print_firmness(found)
    typer.echo(f"run: {found.id} in {found.path}, release {found.meta['release_id']}")


def relabelled(
    base: runs.Run, draws: int, seed: int, calendar: str, folder: Path, say: Progress
) -> runs.Run:
    """A copy of a run with the labels that these draws give; draws it has aren't planned again.

    BadInput for a run without a plan together, one that replans another, or one with decisions.
    """
    asked = request_of(base)
    request = replace(asked, draws=draws, seed=seed, draws_calendar=calendar)
    behaviours = base.table("summary")["behaviour"].to_list()
    fault = ""
    if "together" not in behaviours:
        fault = "a run with the plan together"
    elif asked.replans:
        fault = "a run that replans no other"
    elif asked.fixes:
        fault = "a run without decisions of your own, which may not hold in every draw"
    elif draws < 1:
        fault = "one draw or more"
    if fault:
        problem = Problem("stability", base.id, None, "", "", fault, "name another run or number")
        raise BadInput([problem])
    dataset = dataset_of(base)
    check_request(request, dataset)
    say(f"planning {draws} draws of prices, rates and lead times")
    orders = base.table("orders").drop("stability", strict=False)
    tables = firmness(
        dataset,
        setting_of(request, dataset, calendar),
        orders,
        printed(behaviours),
        draws,
        seed,
        _known(base, asked, request),
    )
    name = runs.run_id(asdict(request), dataset, __version__)
    with runs.writing(folder, name) as aside:
        for file in base.meta["files"]:
            (aside / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(base.path / file, aside / file)
        for table, frame in tables.items():
            frame.write_parquet(aside / "tables" / f"{table}.parquet")
        kept = {key: value for key, value in base.meta.items() if key not in _OWN}
        runs.finish(aside, {**kept, "request": asdict(request)})
    return runs.open_run(name, folder)


_OWN = ("format", "status", "files", "digest")
"""What a run's folder states of itself."""


def _known(base: runs.Run, asked: Request, request: Request) -> Drawn | None:
    """The draws that a run already has of the same seed and calendar."""
    same = (asked.seed, asked.draws_calendar) == (request.seed, request.draws_calendar)
    if not same or "draw-orders" not in base.tables():
        return None
    orders: pl.DataFrame = base.table("draw-orders")
    return Drawn(orders, base.table("draw-results"))
