"""The matrix of pathways and worlds: made once, kept as a run, read from there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import polars as pl

from counterpoise import __version__, runs
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import near
from counterpoise.planning.pathways import (
    CALENDAR,
    ROUNDS,
    cell_table,
    cells_of,
    closing_by_cell,
    lever_rows,
    solve_cells,
)
from counterpoise.planning.switches import switched_off
from counterpoise.world.bundles import mixes, read_levers, read_outlooks

KIND = "pathways"
"""What a run of this kind is called among runs."""

ALL = "all"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """What a matrix was asked for: worlds, mixes, rounds, and whether each lever is tried."""

    worlds: tuple[str, ...]
    mixes: tuple[str, ...]
    rounds: int = ROUNDS
    levers: bool = True


@dataclass(frozen=True)
class Matrix:
    """The tables of a matrix, narrowed to what was asked for, and the run that keeps them.

    `cells` has a row for each mix and world with its indicators, `closing` one more for each
    area; `levers` says what stands in each cell, `switches` what each lever moves.
    """

    run: str
    seconds: float
    cells: pl.DataFrame
    closing: pl.DataFrame
    levers: pl.DataFrame
    switches: pl.DataFrame


def known_worlds(dataset: Dataset) -> list[str]:
    """Short names of the worlds."""
    return [item.id for item in read_outlooks(dataset)]


def known_mixes(dataset: Dataset) -> list[str]:
    """Names of all mixes of the pathways."""
    return list(mixes([item.address for item in dataset.kind("pathway")]))


def names_in(text: str, known: list[str], what: str) -> tuple[str, ...]:
    """Names separated by commas, or all; in the order of the known. BadInput with near ones."""
    if text == ALL:
        return tuple(known)
    asked = [part.strip() for part in text.split(",") if part.strip()]
    problems = [
        Problem(
            what, what, None, "", name,
            f"all, or some of {', '.join(known)}, separated by commas",
            f"did you mean {' or '.join(near(name, known)) or known[0]}?",
        )
        for name in asked or [text]
        if name not in known
    ]  # fmt: skip
    if problems:
        raise BadInput(problems)
    return tuple(name for name in known if name in asked)


def matrix(
    dataset: Dataset,
    request: Request,
    folder: Path = runs.FOLDER,
    progress: Progress = lambda text: None,
    workers: int = 2,
) -> Matrix:
    """The matrix that a request asks for: of a run that holds it, or made now and kept."""
    found = saved(dataset, request, folder)
    if found is None:
        progress(told_time(request))
        found = _make(dataset, request, folder, progress, workers)
    return _narrowed(found, request)


def told_time(request: Request) -> str:
    """What is about to be planned, and how long that takes about."""
    count = len(request.worlds) * len(request.mixes)
    minutes = max(round(count * 0.2 + (8 if request.levers else 0)), 1)
    return (
        f"no saved matrix over this data: planning {count} cells by years, about {minutes} "
        "minutes on two processor cores"
    )


def whole(dataset: Dataset) -> Request:
    """All mixes in all worlds, with the levers."""
    return Request(tuple(known_worlds(dataset)), tuple(known_mixes(dataset)))


def saved(dataset: Dataset, request: Request, folder: Path) -> runs.Run | None:
    """The newest saved matrix over the same data that holds all that is asked for.

    Looked for in the folder, then in what comes with the release.
    """
    for row in chain(runs.list_runs(folder), runs.list_runs(runs.SHIPPED)):
        if row["status"] != "complete" or row["scenario"] != KIND or row["release"] != dataset.id:
            continue
        run = runs.open_run(row["path"], folder, KIND)
        held = run.meta["request"]
        if (
            set(request.worlds) <= set(held["worlds"])
            and set(request.mixes) <= set(held["mixes"])
            and held["rounds"] == request.rounds
            and (held["levers"] or not request.levers)
            and run.meta["version"] == __version__
        ):
            return run
    return None


def _make(
    dataset: Dataset, request: Request, folder: Path, progress: Progress, workers: int
) -> runs.Run:
    begun = time.monotonic()
    levers = read_levers(dataset)
    outlooks = [item for item in read_outlooks(dataset) if item.id in request.worlds]
    pathways = mixes([item.address for item in dataset.kind("pathway")])
    cells = cells_of(dataset, outlooks, levers, {name: pathways[name] for name in request.mixes})
    findings = solve_cells(
        dataset, cells, rounds=request.rounds, workers=workers, progress=progress
    )
    tables = {
        "cells": cell_table(cells, findings),
        "closing-by-cell": closing_by_cell(cells, findings),
        "levers": lever_rows(cells),
    }
    if request.levers:
        tables["switches"] = switched_off(
            dataset, cells, findings, rounds=request.rounds, workers=workers, progress=progress
        )
    asked = {"scenario": KIND, "calendar": CALENDAR, **asdict(request)}
    name = runs.run_id(asked, dataset, __version__)
    with runs.writing(folder, name) as aside:
        for table, frame in tables.items():
            frame.write_parquet(aside / "tables" / f"{table}.parquet")
        runs.finish(
            aside,
            {
                "kind": KIND,
                "request": asked,
                "dataset": dataset.digest,
                "release": dataset.release,
                "release_id": dataset.id,
                "version": __version__,
                "seconds": round(time.monotonic() - begun),
            },
        )
    return runs.open_run(name, folder, KIND)


def _narrowed(run: runs.Run, request: Request) -> Matrix:
    def chosen(name: str) -> pl.DataFrame:
        return run.table(name).filter(
            pl.col("mix").is_in(request.mixes) & pl.col("world").is_in(request.worlds)
        )

    held = "switches" in run.tables()
    return Matrix(
        run.id,
        float(run.meta["seconds"]),
        chosen("cells"),
        chosen("closing-by-cell"),
        chosen("levers"),
        run.table("switches") if held else pl.DataFrame(),
    )
