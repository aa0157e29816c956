"""From a plan to tidy tables: gaps, closing years, orders, lines, spending, exposure, money."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import polars as pl

from counterpoise.data.fill import need
from counterpoise.measures.shortfall import bought, gaps, weights
from counterpoise.planning.exposure import units_in_service
from counterpoise.planning.pairs import build_pairs
from counterpoise.planning.payments import Payments, payments
from counterpoise.planning.plan import Plan
from counterpoise.world.calendar import REPORT_END, Floats
from counterpoise.world.world import World

CLOSED = 0.01
"""An area counts as closed where less than this share of the group's need is open."""


def gap_table(plan: Plan) -> pl.DataFrame:
    """One row a cell and period: need, what meets it, what is open, in capability units."""
    world = plan.world
    cells, periods = world.need.shape
    place = [cell[0] for cell in world.labels.cells]
    area = [cell[1] for cell in world.labels.cells]
    new = bought(world, plan.deliveries)
    short = gaps(world, plan.deliveries)
    return pl.DataFrame(
        {
            "behaviour": plan.behaviour,
            "place": np.repeat(place, periods),
            "area": np.repeat(area, periods),
            "period": np.tile(world.calendar.labels, cells),
            "year": np.tile(world.calendar.years, cells),
            "length": np.tile(world.calendar.lengths, cells),
            "need": world.need.ravel(),
            "held": world.held.ravel(),
            "arriving": world.arriving.ravel(),
            "us_part": world.us_covered.ravel(),
            "bought": new.ravel(),
            "gap": short.ravel(),
            "percent_years": (weights(world) * short).ravel(),
        }
    )


def unavoidable(world: World) -> Floats:
    """Open need that no order can change, cells × periods, in capability units.

    All that falls before the first delivery any line can make to the cell, and the whole of
    an area that nobody sells.
    """
    pairs = build_pairs(world, np.arange(len(world.labels.states)))
    first = np.full(len(world.labels.cells), len(world.calendar))
    np.minimum.at(first, pairs.cell, pairs.period)
    early = np.arange(len(world.calendar))[None, :] < first[:, None]
    return np.where(early, world.open_need, 0.0)


def closing_table(plan: Plan) -> pl.DataFrame:
    """One row an area: the year from which it stays closed, and percent open in each year."""
    return pl.DataFrame(closing_rows(plan))


def closing_rows(plan: Plan) -> list[dict[str, object]]:
    """The rows of `closing_table`, plain: a forked process must not use polars."""
    world = plan.world
    short = gaps(world, plan.deliveries)
    rows: list[dict[str, object]] = []
    for index, area in enumerate(world.labels.areas):
        cells = [i for i, cell in enumerate(world.labels.cells) if cell[1] == area]
        share = short[cells].sum(axis=0) / np.maximum(world.group_need[index], 1e-9)
        inside = world.calendar.starts < REPORT_END
        still = np.flatnonzero((share > CLOSED) & inside)
        last = int(still[-1]) + 1 if len(still) else 0
        closed = last < inside.sum()
        row: dict[str, object] = {
            "behaviour": plan.behaviour,
            "area": area,
            "closes": int(world.calendar.years[last]) if closed else None,
        }
        for year in range(2027, 2036):
            at = world.calendar.years == year
            mean = (share * world.calendar.lengths)[at].sum() / world.calendar.lengths[at].sum()
            row[f"open_{year}"] = float(mean)
        rows.append(row)
    return rows


def order_table(plan: Plan) -> pl.DataFrame:
    """The calendar of orders: one row a buyer, line and order year."""
    world, paid = plan.world, payments(plan.world, plan.deliveries)
    loaned = loan_shares(plan, paid)
    rows = []
    for (state, line, year), members in paid.by_order().items():
        item = world.lines[line]
        units = float(paid.units[members].sum())
        when = world.calendar.middles[paid.period[members]]
        amount = paid.amount[members].sum(axis=0)
        cost = float(amount.sum())
        rows.append(
            {
                "behaviour": plan.behaviour,
                "buyer": world.labels.states[state],
                "line": item.address,
                "system": item.system,
                "area": item.area,
                "origin": item.state,
                "controllers": ";".join(item.controllers),
                "ordered": year,
                "delivery_first": int(when.min()),
                "delivery_last": int(when.max()),
                "units": units,
                "units_whole": round(units),
                "eur_bn": cost,
                "eur_bn_loan": float((amount * loaned[state]).sum()) if item.eligible else 0.0,
                "familiar": bool(paid.familiar[members[0]]),
                "published": item.published,
                "stated": item.stated,
            }
        )
    return pl.DataFrame(rows, schema=ORDER_SCHEMA)


ORDER_SCHEMA = {
    "behaviour": pl.String,
    "buyer": pl.String,
    "line": pl.String,
    "system": pl.String,
    "area": pl.String,
    "origin": pl.String,
    "controllers": pl.String,
    "ordered": pl.Int64,
    "delivery_first": pl.Int64,
    "delivery_last": pl.Int64,
    "units": pl.Float64,
    "units_whole": pl.Int64,
    "eur_bn": pl.Float64,
    "eur_bn_loan": pl.Float64,
    "familiar": pl.Boolean,
    "published": pl.Boolean,
    "stated": pl.Boolean,
}


def loan_shares(plan: Plan, paid: Payments) -> Floats:
    """Share of each state's eligible payments that loans carry, states × years."""
    world = plan.world
    eligible = np.array([item.eligible for item in world.lines])
    total = np.zeros_like(plan.purchases)
    use = eligible[paid.line]
    np.add.at(total, paid.state[use], paid.amount[use])
    drawn = np.zeros_like(total)
    for loan in world.loans:
        if loan.address in plan.draws and loan.state in world.labels.state_index:
            drawn[world.labels.state_index[loan.state]] += plan.draws[loan.address]
    return np.minimum(drawn / np.maximum(total, 1e-12), 1.0) * (total > 1e-12)


def line_table(plan: Plan) -> pl.DataFrame:
    """One row a line and period: output, what is booked, open and taken, in items."""
    world = plan.world
    lines, periods = world.free.shape
    return pl.DataFrame(
        {
            "behaviour": plan.behaviour,
            "line": np.repeat([line.address for line in world.lines], periods),
            "period": np.tile(world.calendar.labels, lines),
            "year": np.tile(world.calendar.years, lines),
            "output": np.array([line.output for line in world.lines]).ravel(),
            "booked": world.booked.ravel(),
            "open": world.free.ravel(),
            "taken": plan.deliveries.sum(axis=0).ravel(),
            "added_rate": plan.expansions.ravel(),
        }
    )


def spending_table(plan: Plan) -> pl.DataFrame:
    """Payments of new orders by state, area, line's state, controlling states and year."""
    world, paid = plan.world, payments(plan.world, plan.deliveries)
    total: defaultdict[tuple[str, str, str, str, int], float] = defaultdict(float)
    for i in range(len(paid.units)):
        line = world.lines[paid.line[i]]
        control = ";".join(line.controllers)
        buyer = world.labels.states[paid.state[i]]
        for at in np.flatnonzero(paid.amount[i]):
            year = world.calendar.budget_years[at]
            total[(buyer, line.area, line.state, control, year)] += float(paid.amount[i, at])
    rows = [(plan.behaviour, *key, value) for key, value in sorted(total.items())]
    names = ["behaviour", "state", "area", "origin", "controllers", "year", "eur_bn"]
    types = [*[pl.String] * 5, pl.Int64, pl.Float64]
    return pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")


def money_table(plan: Plan) -> pl.DataFrame:
    """One row a state and year: what is paid, from which source, EUR bn."""
    world = plan.world
    rows = []
    for state, address in enumerate(world.labels.states):
        for at, year in enumerate(world.calendar.budget_years):
            loans = sum(
                float(plan.draws[loan.address][at])
                for loan in world.loans
                if loan.state == address and loan.address in plan.draws
            )
            rows.append(
                {
                    "behaviour": plan.behaviour,
                    "state": address,
                    "year": year,
                    "budget": float(world.budget[state, at]),
                    "committed": float(world.committed[state, at]),
                    "overcommitted": bool(
                        world.committed[state, at] > world.budget[state, at] + 1e-9
                    ),
                    "purchases": float(plan.purchases[state, at]),
                    "premiums": float(plan.premiums[state, at]),
                    "upkeep": float(plan.upkeep[state, at]),
                    "expansions": float(plan.funds[state, at]),
                    "national": float(plan.national[state, at]),
                    "loans": loans,
                }
            )
    return pl.DataFrame(rows)


def exposure_table(plan: Plan) -> pl.DataFrame:
    """Capability units in service by area, period and controlling state, and their share."""
    world = plan.world
    rows = [
        (plan.behaviour, world.labels.areas[area], control, label, int(year), float(units))
        for (area, control), path in sorted(units_in_service(plan).items())
        for label, year, units in zip(
            world.calendar.labels, world.calendar.years, path, strict=True
        )
    ]
    names = ["behaviour", "area", "controller", "period", "year", "units"]
    types = [pl.String, pl.String, pl.String, pl.String, pl.Int64, pl.Float64]
    frame = pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")
    everything = frame.filter(pl.col("controller") == "all").select(
        "area", "period", pl.col("units").alias("total")
    )
    return (
        frame.join(everything, on=["area", "period"], how="left")
        .with_columns(share=pl.col("units") / pl.col("total").clip(1e-9))
        .drop("total")
    )


def evidence_table(world: World) -> pl.DataFrame:
    """One row a cell: weighted holdings at the start, and the part whose basis is assumed."""
    labels = world.labels
    held = np.zeros(len(labels.cells))
    guessed = np.zeros(len(labels.cells))
    for stock in world.stocks:
        cell = labels.cell_of(stock.place, stock.area)
        found = world.dataset.observation(stock.address, "quantity")
        if cell is not None and found is not None:
            held[cell] += stock.start
            guessed[cell] += stock.start if found.basis == "assumed" else 0.0
    return pl.DataFrame(
        {
            "place": [place for place, _ in labels.cells],
            "area": [area for _, area in labels.cells],
            "held": held,
            "assumed": guessed,
        }
    )


def package_table(world: World) -> pl.DataFrame:
    """One row a munition area: the launchers it makes usable, units for each, and readiness."""
    data = world.dataset
    rows = [
        {
            "munition": area,
            "launcher": data.target(area, "makes usable"),
            "units": data.value(area, "package_units"),
            "readiness": need(data, "rule/readiness", "value"),
        }
        for area in world.labels.areas
    ]
    names = {"munition": pl.String, "launcher": pl.String}
    return pl.DataFrame(rows, schema={**names, "units": pl.Float64, "readiness": pl.Float64})


def tables(plan: Plan) -> dict[str, pl.DataFrame]:
    """All tables of a plan by name."""
    return {
        "gaps": gap_table(plan),
        "closing": closing_table(plan),
        "orders": order_table(plan),
        "lines": line_table(plan),
        "spending": spending_table(plan),
        "money": money_table(plan),
        "exposure": exposure_table(plan),
    }
