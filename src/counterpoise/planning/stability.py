"""How firm the orders of a plan are: which come back when the inputs move inside their ranges.

An order (buyer, line, year) comes back in a draw when the same state buys at least half its units
from the same line in the same year or one beside it. Units of a draw count once: of neighbouring
orders the earliest goes first and takes half its units from the earliest years it may, or nothing
where that isn't enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.planning.drawn import UNDRAWN, Drawn, plan_draws
from counterpoise.planning.draws import draw
from counterpoise.planning.setting import Setting
from counterpoise.world.calendar import REPORT_END

LABELS = FIRM, PREFERRED, INTERCHANGEABLE = ("firm", "preferred", "interchangeable")
"""The firmest first."""

FIRM_FROM, PREFERRED_FROM = 0.8, 1 / 3
"""Least share of the draws in which a firm order comes back, and a preferred one."""

PART = 0.5
"""The part of an order's units that must be bought again."""

BESIDE = 1
"""Years by which an order may move and still be the same."""

EVERY = "all"
"""Stands for all areas."""


@dataclass(frozen=True)
class Match:
    """What must be the same for an order to come back, and where the table says so.

    Each match asks for less than the one before it.
    """

    name: str
    same: tuple[str, ...]
    prefix: str


MATCHES = (
    Match("order", ("buyer", "line", "area", "controllers"), ""),
    Match("loose", ("buyer", "area", "controllers"), "loose_"),
    Match("group", ("area", "controllers"), "group_"),
)
"""Same buyer and line; same buyer, area and controlling states; the same of any buyer."""

Kind = tuple[str, ...]
"""What a match holds the same."""


def returning(
    shown: Iterable[tuple[int, float]], bought: Mapping[int, float]
) -> tuple[list[bool], dict[int, float]]:
    """Whether each order comes back, and what they leave of `bought` (units by year).

    `shown` are year and units of orders of one kind, by year. Each order takes half its units,
    earliest years first, of what earlier orders left, or nothing.
    """
    left = dict(bought)
    found = []
    for year, units in shown:
        window = [item for item in range(year - BESIDE, year + BESIDE + 1) if item in left]
        wanted = PART * units
        back = sum(left[item] for item in window) >= wanted * (1 - 1e-9) > 0
        for item in window if back else ():
            taken = min(left[item], wanted)
            left[item] -= taken
            wanted -= taken
        found.append(back)
    return found, left


def label(share: float) -> str:
    """Firm, preferred or interchangeable, by the share of draws in which an order comes back."""
    if share >= FIRM_FROM - 1e-9:
        return FIRM
    return PREFERRED if share >= PREFERRED_FROM - 1e-9 else INTERCHANGEABLE


def stability_table(orders: pl.DataFrame, drawn: Drawn, dataset: Dataset) -> pl.DataFrame:
    """One row an order, of any plan: the share of draws it comes back in and its label.

    `orders` has the columns of the order table. `share` and `label` ask for the same buyer and
    line, `loose_` for the same buyer, area and controlling states, `group_` for the same of any
    buyer. `undrawn` says whether it comes back in the undisturbed plan on the draws' calendar.
    """
    found = orders.select("buyer", "line", "area", "controllers", "ordered", "units", "eur_bn")
    times, still = (
        _times(_weighted(found, dataset), _weighted(drawn.orders, dataset), numbers)
        for numbers in (drawn.numbers, [UNDRAWN])
    )
    for match in MATCHES:
        came = [item / max(len(drawn.numbers), 1) for item in times[match.name]]
        found = found.with_columns(
            pl.Series(f"{match.prefix}share", came, dtype=pl.Float64),
            pl.Series(f"{match.prefix}label", map(label, came), dtype=pl.String),
        )
    undrawn = [item > 0 for item in still[MATCHES[0].name]]
    return found.with_columns(pl.Series("undrawn", undrawn, dtype=pl.Boolean))


def _weighted(orders: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Orders with `weighted`: units times the type's weight, in capability units."""
    weight = {
        line: dataset.value(dataset.target(line, "makes"), "weight") or 1.0
        for line in orders["line"].unique()
    }
    each = [weight[line] * units for line, units in orders.select("line", "units").iter_rows()]
    return orders.with_columns(pl.Series("weighted", each, dtype=pl.Float64))


def _times(
    orders: pl.DataFrame, drawn: pl.DataFrame, numbers: Iterable[int]
) -> dict[str, list[int]]:
    """In how many of these draws each order comes back, by match; in the order of the orders.

    An order that a match doesn't find is looked for by the next in what is left, so that a
    looser match only adds.
    """
    kinds = {match.name: orders.select(match.same).rows() for match in MATCHES}
    wanted = orders.select("ordered", "weighted").rows()
    by_year = sorted(range(orders.height), key=lambda place: (wanted[place], place))
    first = MATCHES[0].same
    bought: defaultdict[int, dict[Kind, dict[int, float]]] = defaultdict(dict)
    amounts = drawn.select("draw", "ordered", "weighted").rows()
    for kind, (number, year, units) in zip(drawn.select(first).rows(), amounts, strict=True):
        of_kind = bought[number].setdefault(kind, {})
        of_kind[year] = of_kind.get(year, 0.0) + units
    times = {match.name: [0] * orders.height for match in MATCHES}
    for number in numbers:
        left, back, same = bought[number], [False] * orders.height, first
        for match in MATCHES:
            left, same = _pooled(left, same, match.same), match.same
            open_orders: defaultdict[Kind, list[int]] = defaultdict(list)
            for place in by_year:
                if not back[place]:
                    open_orders[kinds[match.name][place]].append(place)
            for kind, places in open_orders.items():
                came, rest = returning([wanted[place] for place in places], left.get(kind, {}))
                left[kind] = rest
                for place, found in zip(places, came, strict=True):
                    back[place] = found
            for place, found in enumerate(back):
                times[match.name][place] += found
    return times


def _pooled(
    left: Mapping[Kind, Mapping[int, float]], finer: Kind, coarser: Kind
) -> dict[Kind, dict[int, float]]:
    """What is left by year, added up over what the coarser of two matches doesn't ask for."""
    kept = [finer.index(name) for name in coarser]
    pooled: dict[Kind, dict[int, float]] = {}
    for kind, by_year in left.items():
        pool = pooled.setdefault(tuple(kind[at] for at in kept), {})
        for year, units in by_year.items():
            pool[year] = pool.get(year, 0.0) + units
    return pooled


def share_table(stability: pl.DataFrame) -> pl.DataFrame:
    """Share of spending by label, under each match, over all areas (`all`) and by area.

    Of the orders placed to the end of 2035, by what is paid for them.
    """
    near = stability.filter(pl.col("ordered") < REPORT_END)
    rows = []
    for area in (EVERY, *sorted(near["area"].unique())):
        mine = near if area == EVERY else near.filter(pl.col("area") == area)
        total = float(mine["eur_bn"].sum())
        for match in MATCHES:
            for name in LABELS:
                part = mine.filter(pl.col(f"{match.prefix}label") == name)
                spent = float(part["eur_bn"].sum())
                share = spent / total if total else 0.0
                rows.append((area, match.name, name, share, spent, part.height))
    names = {"area": pl.String, "match": pl.String, "label": pl.String, "share": pl.Float64}
    schema = {**names, "eur_bn": pl.Float64, "orders": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def labelled(orders: pl.DataFrame, stability: pl.DataFrame, behaviour: str) -> pl.DataFrame:
    """The order table with `stability`, a behaviour's label ("" for others), the firmest first."""
    key = ["buyer", "line", "ordered"]
    named = stability.select(*key, stability=pl.col("label"))
    mine = orders.filter(pl.col("behaviour") == behaviour).join(named, on=key, how="left")
    place = pl.col("stability").replace_strict({name: i for i, name in enumerate(LABELS)})
    mine = mine.sort(place, "ordered", "eur_bn", descending=[False, False, True])
    others = orders.filter(pl.col("behaviour") != behaviour)
    return pl.concat([mine, others.with_columns(stability=pl.lit(""))])


def firmness(
    dataset: Dataset,
    setting: Setting,
    orders: pl.DataFrame,
    behaviour: str,
    count: int,
    seed: int,
    known: Drawn | None = None,
    workers: int = 2,
) -> dict[str, pl.DataFrame]:
    """The tables of a run about how firm a behaviour's orders are, by name.

    `count` draws of a seed are planned in the setting, but for those that are known already. The
    order table comes back with the labels.
    """
    draws = draw(dataset, count, seed)
    numbers = range(UNDRAWN, count + 1)
    drawn = known.among(numbers) if known is not None else None
    missing = [item for item in numbers if drawn is None or item not in drawn.planned]
    if missing:
        more = plan_draws(dataset, setting, draws, missing, workers)
        drawn = more if drawn is None else drawn.joined(more)
    assert drawn is not None
    mine = orders.filter(pl.col("behaviour") == behaviour)
    found = stability_table(mine, drawn, dataset)
    return {
        "orders": labelled(orders, found, behaviour),
        "stability": found,
        "stability-shares": share_table(found),
        "draws": draws,
        "draw-orders": drawn.orders,
        "draw-results": drawn.results,
    }
