"""Rows of a run's page: its orders, its states, what is stored of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from counterpoise.pages.registry import Row, view
from counterpoise.pages.site import Kept, Site
from counterpoise.planning.stability import FIRM, LABELS
from counterpoise.questions.run_years import LAST, planned_orders, printed_behaviour

LISTED = 120
"""Orders of a run that its page lists: the largest."""


@view("runs")
def stored(site: Site) -> list[Row]:
    """The runs that are stored over this release, newest first."""
    rows = []
    for run in site.stored_runs:
        asked = run.meta["request"]
        rows.append(
            {
                "run": f"run/{run.id}",
                "scenario": asked["scenario"],
                "behaviour": asked["behaviour"],
                "calendar": asked["calendar"],
                "key": asked["key"],
                "weights": asked["weights"],
                "draws": float(asked["draws"]) if not asked["quick"] else 0.0,
                "replans": f"run/{asked['replans']}" if asked["replans"] else "",
                "decisions": float(len(asked.get("fixes", ()))),
            }
        )
    return rows


@view("run-orders")
def orders(site: Site, run: str) -> list[Row]:
    """The largest orders of a run's printed plan, the firmest first."""
    kept = site.opened(run)
    frame = planned_orders(kept).sort("eur_bn", descending=True).head(LISTED)
    shares = _shares(kept)
    rows = [
        {
            "system": row["system"],
            "buyer": row["buyer"],
            "origin": row["origin"],
            "area": row["area"],
            "firmness": row.get("stability") or "not drawn",
            "draws": 100 * shares[key] if (key := _key(row)) in shares else None,
            "ordered": row["ordered"],
            "first": row["delivery_first"],
            "last": row["delivery_last"],
            "units": row["units"],
            "eur_bn": row["eur_bn"],
            "loans": row["eur_bn_loan"],
            "line": row["line"],
        }
        for row in frame.iter_rows(named=True)
    ]
    return firmest_first(rows)


def firmest_first(rows: Iterable[Row]) -> list[Row]:
    """Orders by their label in column `firmness`, the firmest first, then the dearest."""
    rank = {label: at for at, label in enumerate(LABELS)}
    return sorted(rows, key=lambda row: (rank.get(row["firmness"], 9), -row["eur_bn"]))


Key = tuple[str, str, int]


def _key(row: dict[str, Any]) -> Key:
    return row["buyer"], row["line"], row["ordered"]


def _shares(run: Kept) -> dict[Key, float]:
    """Share of the draws in which each order comes back."""
    if "stability" not in run.tables():
        return {}
    return {_key(row): row["share"] for row in run.table("stability").iter_rows(named=True)}


@view("run-firmness")
def firmness(site: Site, run: str) -> list[Row]:
    """Who pays the orders of a run's printed plan, by how firm they are, EUR bn.

    A row for each buyer, the largest sum of firm orders first, after one for all; `loans` is what
    common loans pay of the firm ones. Empty for a run without draws.
    """
    frame = planned_orders(site.opened(run))
    if "stability" not in frame.columns:
        return []
    money, label = pl.col("eur_bn"), pl.col("stability")
    sums = [
        *(money.filter(label == name).sum().alias(name) for name in LABELS),
        pl.col("eur_bn_loan").filter(label == FIRM).sum().alias("loans"),
        money.sum().alias("together"),
    ]
    each = frame.group_by("buyer").agg(sums).sort(FIRM, "buyer", descending=[True, False])
    rows = [*frame.select(sums).to_dicts(), *each.to_dicts()]
    return [
        {
            "payer": row.get("buyer", "all states"),
            "firm": row[FIRM],
            "loans": row["loans"],
            **{name: row[name] for name in LABELS[1:]},
            "together": row["together"],
        }
        for row in rows
    ]


@view("run-states")
def states(site: Site, run: str) -> list[Row]:
    """What each state orders and pays in a run's printed plan to 2035, and what it lacks."""
    kept = site.opened(run)
    behaviour = printed_behaviour(kept)
    here = pl.col("behaviour") == behaviour
    near = pl.col("year") <= LAST
    money = kept.table("money").filter(here & near).group_by("state", maintain_order=True)
    paid = money.agg(pl.col("budget", "committed", "national", "loans", "purchases").sum())
    ordered = planned_orders(kept).group_by("buyer").agg(pl.len().alias("orders"))
    short = kept.table("gaps").filter(here & near).group_by("place")
    gaps = dict(short.agg(pl.col("percent_years").sum()).iter_rows())
    counts = dict(ordered.iter_rows())
    return [
        {
            **row,
            "orders": float(counts.get(row["state"], 0)),
            "percent_years": float(gaps.get(row["state"], 0.0)),
        }
        for row in paid.iter_rows(named=True)
    ]
