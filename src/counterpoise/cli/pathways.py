"""The command pathways: the matrix of pathways and worlds, its regrets, levers, recommendations."""

from __future__ import annotations

from typing import Annotated, Any

import polars as pl
import typer

from counterpoise import runs
from counterpoise.cli.data import Data, Form, Leaks, Out, Runs, load_data
from counterpoise.cli.measure import progress
from counterpoise.cli.output import aligned, emit
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.planning.indicators import UNITS
from counterpoise.planning.pathways import ROUNDS
from counterpoise.planning.weighing import (
    best_by_world,
    largest_regrets,
    parse_weights,
    regrets,
    weighed,
)
from counterpoise.publish.cells import shown
from counterpoise.questions.matrix import (
    ALL,
    Matrix,
    Request,
    known_mixes,
    known_worlds,
    matrix,
    names_in,
)
from counterpoise.questions.recommended import recommendation_rows

Row = dict[str, Any]

Worlds = Annotated[str, typer.Option("--worlds", help="all, or worlds joined by commas")]
Mixes = Annotated[str, typer.Option("--mixes", help="all, or mixes as none,1,2+3")]
Weights = Annotated[
    str, typer.Option("--weights", help="as shortfall=0.5,cost=0.3,exposure=0.2; none: no winner")
]
Rounds = Annotated[int, typer.Option("--rounds", help="most rounds of offers between blocs")]

_SHOWN = (("shortfall", "Shortfall to 2035, percent-years"),
          ("danger", "Shortfall in 2029-2033, percent-years"),
          ("closed_2030", "Areas closed by 2030"),
          ("closed_2035", "Areas closed by 2035"),
          ("reached", "Year from which four fifths of the need are met"),
          ("cost", "Cost to 2040, EUR bn at present value"),
          ("exposure_2035", "Units under American control in 2035, percent"),
          ("types_2035", "Effective number of types in 2035"))  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("pathways")(pathways)


def pathways(
    worlds: Worlds = ALL,
    mixes: Mixes = ALL,
    weights: Weights = "",
    rounds: Rounds = ROUNDS,
    no_levers: Annotated[
        bool, typer.Option("--no-levers", help="don't switch off each lever in turn")
    ] = False,
    recommendations: Annotated[
        bool,
        typer.Option("--recommendations", help="what each recommendation moves when switched off"),
    ] = False,
    data: Data = None,
    without_leaks: Leaks = False,
    folder: Runs = runs.FOLDER,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Set the mixes of the three pathways beside one another over the worlds; keep the matrix."""
    dataset = load_data(data, without_leaks)
    if rounds < 1:
        raise BadInput(
            [Problem("rounds", "--rounds", None, "", str(rounds), "1 or more", "raise it")]
        )
    shares = parse_weights(weights)
    request = Request(
        names_in(worlds, known_worlds(dataset), "--worlds"),
        names_in(mixes, known_mixes(dataset), "--mixes"),
        rounds,
        not no_levers,
    )
    found = matrix(dataset, request, folder, progress)
    if recommendations:
        emit(recommendation_rows(dataset, found), form, out, "recommendations", dataset.id)
        return
    if form != "table" or out is not None:
        emit(cell_rows(found), form, out, "pathways", dataset.id)
        return
    for line in told(dataset, found, shares):
        typer.echo(line)


def cell_rows(found: Matrix) -> list[Row]:
    """One row a cell: its indicators, its regrets and its levers."""
    lost = regrets(found.cells)
    rows = []
    for cell in found.cells.iter_rows(named=True):
        here = (pl.col("mix") == cell["mix"]) & (pl.col("world") == cell["world"])
        given_up = dict(lost.filter(here).select("indicator", "regret").iter_rows())
        levers = found.levers.filter(here)
        rows.append(
            {
                **cell,
                **{f"regret_{name}": value for name, value in given_up.items()},
                **{
                    heading: "; ".join(levers.filter(pl.col("standing") == standing)["lever"])
                    for heading, standing in (
                        ("levers", "pulled"),
                        ("refused", "refused"),
                        ("without_effect", "without effect in the model"),
                    )
                },
            }
        )
    return rows


def told(dataset: Dataset, found: Matrix, weights: dict[str, float]) -> list[str]:
    """The matrix as a reader sees it: a table an indicator, regrets, levers, and the winner."""
    lines = ["Mixes: " + "; ".join(_pathways_told(dataset)) + "."]
    for name, title in _SHOWN:
        lines += ["", title, *_grid(found.cells, name)]
    lost = regrets(found.cells)
    lines += ["", "Largest regret over the worlds (against the best mix in the same world)"]
    lines += aligned(_regret_rows(lost), right={1, 3, 5, 7, 9})
    lines += ["", "Levers by mix", *_levers_told(found)]
    if found.switches.width:
        lines += ["", "Each lever switched off alone: change without it", *_switches_told(found)]
    lines += ["", *_winner_told(lost, weights)]
    lines.append(f"run {found.run}, release {dataset.id}, planned in {found.seconds / 60:.1f} min")
    return lines


def _pathways_told(dataset: Dataset) -> list[str]:
    return [
        f"{number} is {thing.name.split(': ')[-1]}"
        for number, thing in enumerate(dataset.kind("pathway"), start=1)
    ]


def _grid(cells: pl.DataFrame, name: str) -> list[str]:
    """A table of one indicator: a line a mix, a column a world."""
    worlds = cells["world"].unique(maintain_order=True).to_list()
    rows = [["mix", *worlds]]
    for mix in cells["mix"].unique(maintain_order=True):
        own = dict(cells.filter(pl.col("mix") == mix).select("world", name).iter_rows())
        rows.append([mix, *(_figure(own[world], UNITS[name]) for world in worlds)])
    return aligned(rows, right=set(range(1, len(worlds) + 1)))


def _figure(value: float, unit: str) -> str:
    """A figure in a grid; – for a year that never comes."""
    if value != value:
        return "–"
    return f"{value:.0f}" if unit in ("year", "areas") else shown(value)


def _regret_rows(lost: pl.DataFrame) -> list[list[str]]:
    titles = {"shortfall": "shortfall", "danger": "in 2029-33", "cost": "EUR bn",
              "exposure": "exposure", "types": "types"}  # fmt: skip
    rows = [["mix", *(text for title in titles.values() for text in (title, "in"))]]
    for row in largest_regrets(lost).iter_rows(named=True):
        cells = [(shown(row[name]), row[f"{name}_in"] or "") for name in titles]
        rows.append([row["mix"], *(text for pair in cells for text in pair)])
    return rows


def _levers_told(found: Matrix) -> list[str]:
    lines = []
    for mix in found.cells["mix"].unique(maintain_order=True):
        own = found.levers.filter(pl.col("mix") == mix)
        idle = own.filter(pl.col("standing") == "without effect in the model")
        moving = own.filter(pl.col("standing") != "without effect in the model")
        names = moving["lever"].unique(maintain_order=True).to_list()
        lines.append(f"{mix}: {', '.join(names) or 'nothing'}")
        if idle.height:
            rest = idle["lever"].unique(maintain_order=True).to_list()
            lines.append(f"  without effect in the model: {', '.join(rest)}")
        refusals = own.filter(pl.col("standing") == "refused")
        for world in refusals["world"].unique(maintain_order=True):
            there = refusals.filter(pl.col("world") == world)
            lines.append(
                f"  refused in {world} from {there['from'][0]}: {', '.join(there['lever'])}"
            )
    return lines


def _switches_told(found: Matrix) -> list[str]:
    head = ["lever", "shortfall", "in 2029-33", "closed 2035", "EUR bn", "exposure", "types",
            "standing", "tried"]  # fmt: skip
    columns = ("shortfall", "danger", "closed_2035", "cost", "exposure_2035", "types_2035")
    rows = [head]
    for row in found.switches.iter_rows(named=True):
        figures = ["" if row[name] is None else f"{row[name]:+.3g}" for name in columns]
        rows.append([row["lever"], *figures, row["standing"], row["tried"]])
    return aligned(rows, right=set(range(1, 7)))


def _winner_told(lost: pl.DataFrame, weights: dict[str, float]) -> list[str]:
    if not weights:
        return ["No mix is best without weights: --weights shortfall=0.5,cost=0.3,exposure=0.2"]
    told = ", ".join(f"{name} {value:.0%}" for name, value in weights.items())
    lines = [f"Weights {told}: weighted regret, percent of the mean of the mixes in a world"]
    rows = [["mix", "at worst", "in", "on average"]]
    rows += [
        [row["mix"], f"{row['largest']:.1f}", row["in"], f"{row['mean']:.1f}"]
        for row in weighed(lost, weights).iter_rows(named=True)
    ]
    lines += aligned(rows, right={1, 3})
    best = "; ".join(f"{world}: {mix}" for world, mix in best_by_world(lost, weights).items())
    return [*lines, f"Best in each world: {best}"]
