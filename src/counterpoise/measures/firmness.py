"""What a run says of its orders' firmness, and its headlines under other weights and money."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from counterpoise.errors import NotFound
from counterpoise.measures.registry import Tables, measure
from counterpoise.measures.runs import EVERY

OWN = "own"
"""Stands for the part of equipment money that the run itself uses."""

OUTCOMES = ("shortfall", "ordered", "cost")
ENDS = ("least", "median", "most", "unmoved")
"""What is told of the draws' plans."""

RESULTS = (
    "ordered",
    "together",
    "removed",
    "evenly",
    "cost",
    "closed_2030",
    "closed_2035",
    "us_control_2035",
    "money_share",
)
"""What the table of headlines tells of a case."""

COUNTED = ("share", "share_valued")
"""Which orders a state's part of equipment money counts."""


def _known(address: str, given: str, allowed: Sequence[str]) -> None:
    """Nothing where an argument is one of those allowed; NotFound that names them otherwise."""
    if given not in allowed:
        raise NotFound(address, allowed)


@measure("stability", "share")
def stability(tables: Tables, match: str, label: str, area: str) -> float:
    """Share of the plan's spending on orders of a label: firm, preferred or interchangeable.

    `match` is what must be the same for an order to come back in a draw: `order` (buyer and
    line), `loose` (buyer, area and controlling states) or `group` (the same of any buyer). Orders
    placed to 2035.
    """
    frame = tables("stability-shares").filter(
        (pl.col("match") == match)
        & (pl.col("label") == label)
        & (pl.col("area") == (area if area == EVERY else f"area/{area}"))
    )
    return float(frame["share"].sum()) if frame.height else math.nan


@measure("order_share", "share")
def order_share(tables: Tables, buyer: str, line: str, ordered: str) -> float:
    """Share of the draws in which an order comes back: same buyer and line, a year beside.

    Of several (`all` buyers, lines or years) the mean, by what is paid for them.
    """
    wanted = (("buyer", "state/", buyer), ("line", "line/", line), ("ordered", "", ordered))
    frame = tables("stability").with_columns(pl.col("ordered").cast(pl.String))
    for column, prefix, value in wanted:
        if value != EVERY:
            frame = frame.filter(pl.col(column) == prefix + value)
    paid = float(frame["eur_bn"].sum())
    back = frame.select(total=pl.col("share") * pl.col("eur_bn"))
    return float(back["total"].sum()) / paid if paid else math.nan


@measure("undisturbed", "share")
def undisturbed(tables: Tables) -> float:
    """Share of spending on orders that come back in the undisturbed plan on the draws' calendar.

    Same buyer and line, orders placed to 2035. What is missing is due to the calendar alone.
    """
    near = tables("stability").filter(pl.col("ordered") <= 2035)
    total = float(near["eur_bn"].sum())
    return float(near.filter(pl.col("undrawn"))["eur_bn"].sum()) / total if total else math.nan


@measure("draws_counted", "draws")
def draws_counted(tables: Tables) -> float:
    """How many draws the labels of orders rest on."""
    return float(tables("draw-results").filter(pl.col("draw") > 0).height)


@measure("draws_result", "see outcome")
def draws_result(tables: Tables, outcome: str, end: str) -> float:
    """Least, median or largest shortfall to 2035 or cost to 2040 of the plans of the draws.

    `outcome` is shortfall (together), ordered (signed orders) or cost; `end` least, median or most,
    or unmoved: the plan on the draws' calendar with nothing moved.
    """
    _known(f"draws_result/{outcome}", outcome, OUTCOMES)
    _known(f"draws_result/{outcome}/{end}", end, ENDS)
    every = tables("draw-results")
    moved, own = (every.filter(some)[outcome] for some in (pl.col("draw") > 0, pl.col("draw") == 0))
    found = {"least": moved.min(), "median": moved.median(), "most": moved.max(),
             "unmoved": own.first()}[end]  # fmt: skip
    return float(found) if isinstance(found, int | float) else math.nan


@measure("headline", "see result")
def headline(tables: Tables, weights: str, money_share: str, result: str) -> float:
    """A headline of the plan together on the yearly calendar under other weights or money.

    `weights` is a set of weights, `money_share` the part of equipment money (`own`: the run's).
    `result`: ordered, together, evenly (percent-years to 2035), removed, us_control_2035 (shares),
    cost (EUR bn), closed_2030, closed_2035 (areas), money_share (share).
    """
    frame = tables("headlines")
    own = float(frame.filter(pl.col("base"))["money_share"][0])
    asked = f"{own:g}" if money_share == OWN else money_share
    cases = [f"{row['weights']}/{row['money_share']:g}" for row in frame.to_dicts()]
    _known(f"headline/{weights}/{money_share}", f"{weights}/{asked}", cases)
    _known(f"headline/{weights}/{money_share}/{result}", result, RESULTS)
    return float(frame[result][cases.index(f"{weights}/{asked}")])


@measure("orders_part", "share")
def orders_part(tables: Tables, state: str, counted: str) -> float:
    """A state's payments for signed orders in the planned areas over its equipment spending.

    Over two years. `counted` is share (all orders of the dataset) or share_valued (those with a
    stated value).
    """
    _known(f"orders_part/{state}/{counted}", counted, COUNTED)
    frame = tables("equipment-parts").filter(pl.col("state") == f"state/{state}")
    return float(frame[counted][0]) if frame.height else math.nan
