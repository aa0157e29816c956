"""Which mix of the three pathways is best in which world: answered from the matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import polars as pl

from counterpoise.cooperation.consent_tables import needed, objector_rows
from counterpoise.errors import BadInput
from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import Kind, Refused
from counterpoise.measures.view import View
from counterpoise.planning.indicators import WEIGHED
from counterpoise.planning.weighing import (
    best_by_world,
    largest_regrets,
    parse_weights,
    regrets,
    weighed,
)
from counterpoise.questions.matrix import (
    ALL,
    Matrix,
    Request,
    known_mixes,
    known_worlds,
    matrix,
    names_in,
)
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import ends, listed, reply, said, with_range
from counterpoise.world.bundles import Lever, read_levers

UNWEIGHED = "none"

NOUNS = {"shortfall": "shortfall", "danger": "shortfall in the danger years", "cost": "cost",
         "exposure": "exposure", "types": "number of types"}  # fmt: skip


def _read_worlds(text: str, view: View) -> tuple[str, ...]:
    return _names(text, known_worlds(view.dataset), "worlds")


def _read_mixes(text: str, view: View) -> tuple[str, ...]:
    return _names(text, known_mixes(view.dataset), "mixes")


def _names(text: str, known: list[str], what: str) -> tuple[str, ...]:
    try:
        return names_in(text, known, what)
    except BadInput as bad:
        problem = bad.problems[0]
        raise Refused(problem.expected, [problem.remedy]) from None


def _read_weights(text: str, view: View) -> dict[str, float]:
    if text == UNWEIGHED:
        return {}
    try:
        return parse_weights(text)
    except BadInput as bad:
        raise Refused(f"none, or {bad.problems[0].expected}") from None


def _parts(value: Any, view: View) -> list[str]:
    return []


WorldsArgument = Annotated[
    tuple[str, ...], Kind("worlds", "all, or worlds joined by commas", _read_worlds, _parts)
]
MixesArgument = Annotated[
    tuple[str, ...], Kind("mixes", "all, or mixes as none,1,2+3", _read_mixes, _parts)
]
WeightsArgument = Annotated[
    dict[str, float],
    Kind("weights", "none, or shortfall=0.5,cost=0.3,exposure=0.2", _read_weights, _parts),
]


@computed(worlds=ALL, mixes=ALL, weights=UNWEIGHED)
def pathway_mix(
    view: View,
    context: Context,
    worlds: WorldsArgument,
    mixes: MixesArgument,
    weights: WeightsArgument,
) -> Reply:
    """Each mix of pathways in each world: shortfall, closed areas, cost, exposure, regret."""
    found = matrix(view.dataset, Request(worlds, mixes), context.folder, context.progress)
    levers = {lever.id: lever for lever in read_levers(view.dataset)}
    lost = regrets(found.cells)
    asked = {
        mix: needed(view.dataset, _pulled(found, levers, mix), view.dataset.release)
        for mix in found.cells["mix"].unique(maintain_order=True)
    }
    rows: list[Row] = []
    amounts: list[Amount] = []
    for cell in found.cells.iter_rows(named=True):
        short = shortfall_of(view, found, levers, cell)
        amounts.append(short)
        rows.append(_row(view, cell, short, lost) | asked[cell["mix"]])
    return reply(
        sentence(view, found, weights, rows),
        rows,
        amounts,
        chart=_chart(view, found),
        reasons=[
            *_reasons(view, found, weights),
            *_levers_told(found),
            *_stoppers_told(view, tuple(levers.values())),
        ],
        flips=_flips(found, weights),
    )


def shortfall_of(
    view: View, found: Matrix, levers: Mapping[str, Lever], cell: Mapping[str, Any]
) -> Amount:
    """A cell's shortfall, resting on the amounts of its levers.

    A lever's amount moves it in proportion: by what switching the lever off moved, over how far
    that carries its factor. First order; measured once a lever, in the cell named there.
    """
    moved = (
        {row["lever"]: row["shortfall"] or 0.0 for row in found.switches.iter_rows(named=True)}
        if found.switches.width
        else {}
    )
    slopes: dict[str, float] = {}
    here = found.levers.filter(
        (pl.col("mix") == cell["mix"])
        & (pl.col("world") == cell["world"])
        & (pl.col("standing") == "pulled")
    )
    for name in here["lever"]:
        slopes |= _slopes(view, levers[name], moved.get(name, 0.0))
    return Amount(float(cell["shortfall"]), slopes)


def _slopes(view: View, lever: Lever, moved: float) -> dict[str, float]:
    """Change of the shortfall for one more of a lever's factor, all on its first moving event."""
    for address in sorted(
        link.subject for link in view.dataset.links_to[lever.address] if link.role == "event of"
    ):
        for quantity in ("amount_end", "amount"):
            item = view.dataset.observation(address, quantity)
            if item is not None and item.value is not None and item.value != 1.0:
                return {item.id: -moved / (item.value - 1.0)}
    return {}


def _row(view: View, cell: Mapping[str, Any], short: Amount, lost: pl.DataFrame) -> Row:
    low, high = ends(view, short, (0.0, math.inf))
    own = lost.filter((pl.col("mix") == cell["mix"]) & (pl.col("world") == cell["world"]))
    given_up = dict(own.select("indicator", "regret").iter_rows())
    return {
        "part": view.dataset.things[f"world/{cell['world']}"].name,
        "mix": cell["mix"],
        "shortfall": cell["shortfall"],
        "low": low,
        "high": high,
        "regret": given_up["shortfall"],
        "danger_years": cell["danger"],
        "closed_2030": int(cell["closed_2030"]),
        "closed_2035": int(cell["closed_2035"]),
        "four_fifths_from": None if math.isnan(cell["reached"]) else int(cell["reached"]),
        "cost_eur_bn": cell["cost"],
        "regret_eur_bn": given_up["cost"],
        "exposure_2030_pct": cell["exposure_2030"],
        "exposure_2035_pct": cell["exposure_2035"],
        "types": cell["types_2035"],
    }


def sentence(view: View, found: Matrix, weights: Mapping[str, float], rows: list[Row]) -> str:
    """The answer in one sentence: with weights a winner, without them what each aim favours."""
    lost = regrets(found.cells)
    count = found.cells["world"].n_unique()
    if weights:
        order = weighed(lost, weights)
        first = order.row(0, named=True)
        told = ", ".join(f"{NOUNS[name]} {value:.0%}" for name, value in weights.items())
        wins = best_by_world(lost, weights)
        agree = sum(mix == first["mix"] for mix in wins.values())
        return (
            f"With weights {told}, {mix_name(first['mix'])} gives away least in the worst case "
            f"({said(first['largest'])}% of the mean of all mixes, in "
            f"{_world(view, first['in'])}), and is best in {agree} of {count} "
            f"{'world' if count == 1 else 'worlds'}."
        )
    largest = largest_regrets(lost)
    bests = {name: largest.sort(name, nulls_last=True)["mix"][0] for name in WEIGHED}
    least = [row for row in rows if row["mix"] == bests["shortfall"]]
    least.sort(key=lambda row: row["shortfall"])
    ends_told = [
        with_range(row["shortfall"], row["low"], row["high"]) for row in (least[0], least[-1])
    ]
    span = " to ".join(dict.fromkeys(ends_told))
    where = f"Over {count} {'world' if count == 1 else 'worlds'}"
    lead = f"{where} {mix_name(bests['shortfall'])} gives away least in shortfall"
    if len(set(bests.values())) == 1:
        return f"{lead} ({span} percent-years to 2035), and in all else."
    others = listed(
        [f"{NOUNS[name]} by {mix_name(bests[name])}" for name in ("cost", "exposure", "types")]
    )
    return (
        f"{lead} ({span} percent-years to 2035), but least is given away in {others}; so no mix "
        "is best without weights of yours."
    )


def mix_name(mix: str) -> str:
    """A mix in a sentence."""
    if mix == "none":
        return "the mix without levers"
    return f"pathway {mix}" if "+" not in mix else f"pathways {mix}"


def _world(view: View, name: str) -> str:
    return view.dataset.things[f"world/{name}"].name.lower()


def _chart(view: View, found: Matrix) -> ChartSpec | None:
    """How much less than the largest shortfall in its world each cell leaves, in percent."""
    share = 100 * (1 - pl.col("shortfall") / pl.col("shortfall").max().over("world"))
    rows = tuple(
        {**row, "world": view.dataset.things[f"world/{row['world']}"].name}
        for row in found.cells.select("mix", "world", less=share).iter_rows(named=True)
    )
    return ChartSpec(
        "heat", "world", "less", "Shortfall spared against the worst mix in the same world",
        "percent", series="mix", rows=rows,
    )  # fmt: skip


def _reasons(view: View, found: Matrix, weights: Mapping[str, float]) -> list[str]:
    lost = regrets(found.cells)
    told = [
        f"matrix of run {found.run}, planned by years in {said(found.seconds / 60)} minutes",
        "each mix plans as its levers say: states alone, or in blocs; surprises are met by "
        "planning anew what isn't ordered",
        "low and high: each lever's factor moved to its ends, effects in proportion; what else "
        "is uncertain isn't in them",
        "regret: what a mix gives away against the best mix in the same world",
    ]
    for row in largest_regrets(lost).iter_rows(named=True):
        told.append(
            f"{mix_name(row['mix'])}: at worst {said(row['shortfall'])} percent-years more than "
            f"the best (in {_world(view, row['shortfall_in'])}), EUR bn {said(row['cost'])} more "
            f"({_world(view, row['cost_in'])}), {said(row['exposure'])} points more exposure "
            f"({_world(view, row['exposure_in'])})"
        )
    for row in weighed(lost, weights).iter_rows(named=True):
        told.append(
            f"weighted regret of {mix_name(row['mix'])}: at worst {said(row['largest'])}% "
            f"(in {_world(view, row['in'])}), {said(row['mean'])}% on average"
        )
    if weights:
        told += [
            f"best in {_world(view, world)}: {mix_name(mix)}"
            for world, mix in best_by_world(lost, weights).items()
        ]
    return told


def _levers_told(found: Matrix) -> list[str]:
    if not found.switches.width:
        return []
    moved = found.switches.filter(pl.col("standing") == "moves the plan").head(5)
    idle = found.switches.filter(pl.col("standing") != "moves the plan")["lever"].to_list()
    told = [
        f"{row['lever']} switched off: shortfall {said(row['shortfall'])} percent-years "
        f"{'more' if row['shortfall'] >= 0 else 'less'} (in mix {row['tried']})"
        for row in moved.iter_rows(named=True)
    ]
    return [*told, f"without effect in the model: {listed(idle, 30)}"] if idle else told


def _pulled(found: Matrix, levers: Mapping[str, Lever], mix: str) -> list[Lever]:
    """The levers of a mix, those without effect in a plan with them."""
    names = found.levers.filter(pl.col("mix") == mix)["lever"].unique(maintain_order=True)
    return [levers[name] for name in names]


def _stoppers_told(view: View, levers: Sequence[Lever]) -> list[str]:
    """Who alone can stop each pathway's levers, the state that stops most first."""
    told = [
        "consents: the bodies that must decide, the states that have a say, those that alone stop "
        "a lever, and the posts that move, of all levers of a mix; `counterpoise consents` lists "
        "them and tells what goes on when one objects"
    ]
    found: dict[str, list[Row]] = {}
    for row in objector_rows(view.dataset, levers, view.dataset.release):
        found.setdefault(row["pathway"], []).append(row)
    for pathway, rows in found.items():
        most = rows[0]
        name = view.dataset.things[f"pathway/{pathway}"].name
        told.append(
            f"{name}: {len(rows)} states can each stop a lever; {most['objector']} stops most, "
            f"{most['stopped']} of {most['levers']} ({most['stops']})"
        )
    return told


def _flips(found: Matrix, weights: Mapping[str, float]) -> list[Flip]:
    """Which weight alone would have to rise for another mix to win."""
    if not weights:
        return []
    lost = regrets(found.cells)
    winner = weighed(lost, weights)["mix"][0]
    flips = []
    for name in WEIGHED:
        other = weighed(lost, {name: 1.0})["mix"][0]
        if other == winner:
            continue
        start, low, high = weights.get(name, 0.0), weights.get(name, 0.0), 1.0
        for _ in range(20):
            middle = (low + high) / 2
            rest = 1 - weights.get(name, 0.0)
            scaled = (
                {key: value * (1 - middle) / rest for key, value in weights.items() if key != name}
                if rest
                else {}
            )
            found_mix = weighed(lost, {**scaled, name: middle})["mix"][0]
            low, high = (middle, high) if found_mix == winner else (low, middle)
        flips.append(
            Flip(f"weight of {NOUNS[name]}", start, high, "share of all weights",
                 "another mix gives away least", True)
        )  # fmt: skip
    return flips
