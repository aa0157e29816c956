"""What a run says: shortfall, cover, gaps, cost, spending, exposure, money."""

from __future__ import annotations

import math

import polars as pl

from counterpoise.measures.registry import MEASURES, Tables, measure
from counterpoise.measures.shocks import variant, variant_cost

__all__ = ["EVERY", "MEASURES"]

EVERY = "all"
"""Stands for all states, areas, origins or controllers."""


def _where(frame: pl.DataFrame, **wanted: str) -> pl.DataFrame:
    """Rows whose columns have these values; `all` keeps every row."""
    prefixes = {"place": "", "area": "area/", "state": "state/", "buyer": "state/",
                "origin": "state/", "controller": "state/", "line": "line/"}  # fmt: skip
    for column, value in wanted.items():
        if value == EVERY:
            continue
        if column == "place":
            full = "scope/NATO-EUR" if value == "group" else f"state/{value}"
            frame = frame.filter(pl.col("place") == full)
        elif column == "year":
            frame = frame.filter(pl.col("year") == int(value))
        elif column == "controllers":
            frame = frame.filter(pl.col("controllers").str.contains(f"state/{value}"))
        else:
            frame = frame.filter(pl.col(column) == prefixes.get(column, "") + value)
    return frame


def _total(frame: pl.DataFrame, column: str) -> float:
    return float(frame[column].sum() or 0.0)


def _mean(tables: Tables, column: str, behaviour: str, place: str, area: str, year: str) -> float:
    """Mean of a column over a year, added over cells."""
    frame = _where(tables("gaps"), behaviour=behaviour, place=place, area=area, year=year)
    weighted = _total(frame.select(total=pl.col(column) * pl.col("length")), "total")
    length = frame.group_by("period").agg(pl.col("length").first())
    return weighted / max(_total(length, "length"), 1e-9)


@measure("shortfall", "percent-years")
def shortfall(tables: Tables, behaviour: str) -> float:
    """Need that is not met, to the end of 2035: mean over the areas, in percent of the need.

    Ten means: over the areas on average, a tenth of the need missing for a year.
    """
    frame = _where(tables("gaps"), behaviour=behaviour).filter(pl.col("year") <= 2035)
    return _total(frame, "percent_years")


@measure("shortfall_in", "percent-years")
def shortfall_in(tables: Tables, behaviour: str, area: str) -> float:
    """An area's part of the shortfall to the end of 2035."""
    frame = _where(tables("gaps"), behaviour=behaviour, area=area)
    return _total(frame.filter(pl.col("year") <= 2035), "percent_years")


@measure("shortfall_removed", "share")
def shortfall_removed(tables: Tables, behaviour: str, against: str) -> float:
    """Share of one behaviour's shortfall to 2035 that another removes."""
    base = shortfall(tables, against)
    return (base - shortfall(tables, behaviour)) / base


@measure("unavoidable", "percent-years")
def unavoidable(tables: Tables) -> float:
    """Shortfall to 2035 that no order can change.

    What falls before the first delivery that any line can make, and areas that nobody sells.
    """
    return _total(tables("unavoidable-cells"), "percent_years")


@measure("unavoidable_share", "share")
def unavoidable_share(tables: Tables) -> float:
    """Share of the shortfall under signed orders, to 2035, that no order can change."""
    return unavoidable(tables) / shortfall(tables, "ordered")


@measure("remaining_share", "share")
def remaining_share(tables: Tables, behaviour: str) -> float:
    """Share of the shortfall under signed orders, to 2035, that a behaviour leaves."""
    return shortfall(tables, behaviour) / shortfall(tables, "ordered")


@measure("cost", "EUR bn")
def cost(tables: Tables, behaviour: str) -> float:
    """Cost of new orders to 2040 in present value: purchases, new types, upkeep, expansions."""
    return _total(_where(tables("summary"), behaviour=behaviour), "cost")


@measure("cost_part", "EUR bn")
def cost_part(tables: Tables, behaviour: str, part: str) -> float:
    """One part of the cost in present value."""
    frame = _where(tables("cost-parts"), behaviour=behaviour)
    return _total(frame.filter(pl.col("part") == part.replace("-", " ")), "eur_bn")


@measure("need", "capability units")
def need(tables: Tables, behaviour: str, place: str, area: str, year: str) -> float:
    """The need in a year, US part included."""
    return _mean(tables, "need", behaviour, place, area, year)


@measure("held", "capability units")
def held(tables: Tables, behaviour: str, place: str, area: str, year: str) -> float:
    """What today's holdings leave in a year, weighted."""
    return _mean(tables, "held", behaviour, place, area, year)


@measure("arriving", "capability units")
def arriving(tables: Tables, behaviour: str, place: str, area: str, year: str) -> float:
    """What signed orders have added by a year."""
    return _mean(tables, "arriving", behaviour, place, area, year)


@measure("bought", "capability units")
def bought(tables: Tables, behaviour: str, place: str, area: str, year: str) -> float:
    """What new orders have added by a year."""
    return _mean(tables, "bought", behaviour, place, area, year)


@measure("us_part", "capability units")
def us_part(tables: Tables, behaviour: str, place: str, area: str, year: str) -> float:
    """Part of the need that the United States cover in a year."""
    return _mean(tables, "us_part", behaviour, place, area, year)


@measure("gap", "capability units")
def gap(tables: Tables, behaviour: str, place: str, area: str, year: str) -> float:
    """Need less holdings, signed and new orders and the assured US part, in a year."""
    return _mean(tables, "gap", behaviour, place, area, year)


@measure("ready", "capability units")
def ready(tables: Tables, behaviour: str, place: str, area: str, year: str) -> float:
    """Units in service that are ready and have their munitions; never part of the gap.

    Units times readiness (assumed), at most what the munitions of the package arm: a battery
    without missiles adds nothing.
    """
    units = sum(_mean(tables, c, behaviour, place, area, year) for c in _SERVICE)
    packages = tables("packages")
    for row in packages.filter(pl.col("launcher") == f"area/{area}").to_dicts():
        name = str(row["munition"]).split("/")[1]
        rounds = sum(_mean(tables, c, behaviour, place, name, year) for c in _SERVICE)
        units = min(units, rounds / float(row["units"]))
    return units * float(packages["readiness"][0])


_SERVICE = ("held", "arriving", "bought")


@measure("cover", "share")
def cover(tables: Tables, behaviour: str, place: str, area: str, year: str) -> float:
    """Share of the need that is met in a year; over several areas, their mean.

    Gap over need, both as means over the year.
    """
    frame = _where(tables("gaps"), behaviour=behaviour, place=place, area=area, year=year)
    weighted = [(pl.col(name) * pl.col("length")).sum() for name in ("gap", "need")]
    by_area = frame.group_by("area").agg(*weighted).filter(pl.col("need") > 0)
    if by_area.is_empty():
        return math.nan
    return 1 - float((by_area["gap"] / by_area["need"]).sum()) / by_area.height


@measure("closes", "year")
def closes(tables: Tables, behaviour: str, area: str) -> float:
    """The year from which less than a hundredth of an area's need is open; NaN if not by 2035."""
    found = _where(tables("closing"), behaviour=behaviour, area=area)["closes"].to_list()
    return float(found[0]) if found and found[0] is not None else math.nan


@measure("closed_areas", "areas")
def closed_areas(tables: Tables, behaviour: str, year: str) -> float:
    """Areas in which less than a hundredth of the need is open from a year to 2035."""
    frame = _where(tables("closing"), behaviour=behaviour)
    return float(frame.filter(pl.col("closes") <= int(year)).height)


@measure("closed_areas_counted", "areas")
def closed_areas_counted(tables: Tables) -> float:
    """How many areas are planned."""
    return float(tables("closing")["area"].n_unique())


@measure("us_part_cost", "EUR bn")
def us_part_cost(tables: Tables) -> float:
    """Cost without any US part less cost with it assured, plans together, present value."""
    return variant_cost(tables, "us-gone", "planned") - variant_cost(tables, "us-stays", "planned")


@measure("us_part_shortfall", "percent-years")
def us_part_shortfall(tables: Tables) -> float:
    """Shortfall to 2035 without any US part less that with it assured, plans together."""
    return variant(tables, "us-gone", "planned") - variant(tables, "us-stays", "planned")


@measure("worst_open", "share")
def worst_open(tables: Tables, behaviour: str, area: str) -> float:
    """The largest share of an area's need open in a year from 2029 to 2033."""
    row = _where(tables("closing"), behaviour=behaviour, area=area)
    return max(float(row[f"open_{year}"][0]) for year in range(2029, 2034))


@measure("spending", "EUR bn")
def spending(
    tables: Tables, behaviour: str, state: str, area: str, origin: str, year: str
) -> float:
    """Payments for new orders, by buyer, area, state of the line and year."""
    frame = tables("spending").filter(pl.col("year") <= 2035)
    found = _where(frame, behaviour=behaviour, state=state, area=area, origin=origin, year=year)
    return _total(found, "eur_bn")


@measure("spending_controlled", "EUR bn")
def spending_controlled(tables: Tables, behaviour: str, state: str, controller: str) -> float:
    """Payments to 2035 for new orders whose use or supply a state can withhold."""
    frame = tables("spending").filter(pl.col("year") <= 2035)
    return _total(_where(frame, behaviour=behaviour, state=state, controllers=controller), "eur_bn")


@measure("spending_controlled_share", "share")
def spending_controlled_share(tables: Tables, behaviour: str, controller: str) -> float:
    """Share of payments to 2035 for new orders whose use or supply a state can withhold."""
    total = spending(tables, behaviour, EVERY, EVERY, EVERY, EVERY)
    return spending_controlled(tables, behaviour, EVERY, controller) / total if total else 0.0


@measure("exposure", "share")
def exposure(tables: Tables, behaviour: str, area: str, controller: str, year: str) -> float:
    """Share of units in service that a state can withhold; over several areas, their mean."""
    return _share_in_service(tables, behaviour, area, f"state/{controller}", year)


@measure("origin", "share")
def origin(tables: Tables, behaviour: str, area: str, origin: str, year: str) -> float:
    """Share of units in service that a state designed or made; over several areas, their mean."""
    return _share_in_service(tables, behaviour, area, f"from:state/{origin}", year)


def _share_in_service(
    tables: Tables, behaviour: str, area: str, controller: str, year: str
) -> float:
    frame = _where(tables("exposure"), behaviour=behaviour, area=area, year=year)
    areas = frame["area"].n_unique()
    held = frame.filter(pl.col("controller") == controller)
    last = held.group_by("area").agg(pl.col("share").last())
    return _total(last, "share") / areas if areas else math.nan


@measure("units_held", "capability units")
def units_held(tables: Tables, behaviour: str, area: str, controller: str, year: str) -> float:
    """Units in service at the end of a year that a state can withhold (`total`: all)."""
    name = "all" if controller == "total" else f"state/{controller}"
    frame = _where(tables("exposure"), behaviour=behaviour, area=area, year=year)
    frame = frame.filter(pl.col("controller") == name)
    return _total(frame.group_by("area").agg(pl.col("units").last()), "units")


@measure("money", "EUR bn")
def money(tables: Tables, behaviour: str, state: str, item: str, first: str, last: str) -> float:
    """A column of the money table (budget, national, loans), added over states and years."""
    frame = _where(tables("money"), behaviour=behaviour, state=state)
    inside = frame.filter(pl.col("year").is_between(int(first), int(last)))
    return _total(inside, item)


@measure("order_value", "EUR bn")
def order_value(tables: Tables, behaviour: str, buyer: str, line: str, ordered: str) -> float:
    """Payments for the orders of a buyer (or all) on a line placed in a year (or all)."""
    return _total(_orders(tables, behaviour, buyer, line, ordered), "eur_bn")


@measure("order_units", "items")
def order_units(tables: Tables, behaviour: str, buyer: str, line: str, ordered: str) -> float:
    """Units in the orders of a buyer (or all) on a line placed in a year (or all)."""
    return _total(_orders(tables, behaviour, buyer, line, ordered), "units")


def _orders(tables: Tables, behaviour: str, buyer: str, line: str, ordered: str) -> pl.DataFrame:
    frame = _where(tables("orders"), behaviour=behaviour, buyer=buyer, line=line)
    return frame if ordered == EVERY else frame.filter(pl.col("ordered") == int(ordered))


@measure("whole", "see name")
def whole(tables: Tables, name: str, column: str) -> float:
    """The plan in whole units beside the optimum in fractions.

    `name` is shortfall, cost, or bound (the shortfall that no plan in whole units goes below);
    `column` is whole, against, or distance (of the first from the second, as a share).
    """
    frame = tables("whole").filter(pl.col("name") == name)
    return float(frame[column][0]) if frame.height else math.nan


@measure("bottleneck", "percent-years")
def bottleneck(tables: Tables, rank: str) -> float:
    """Shortfall that relaxing the bottleneck of a rank removes, solved again."""
    return _total(tables("bottlenecks").filter(pl.col("rank") == int(rank)), "removed")


@measure("bottleneck_share", "share")
def bottleneck_share(tables: Tables, rank: str) -> float:
    """Share of the plan's shortfall that relaxing the bottleneck of a rank removes."""
    return _total(tables("bottlenecks").filter(pl.col("rank") == int(rank)), "share")


@measure("best_use", "percent-years")
def best_use(tables: Tables, rank: str) -> float:
    """Shortfall that a billion removes in the use of a rank, solved again."""
    return _total(tables("best-use").filter(pl.col("rank") == int(rank)), "per_billion")


@measure("rule_cost", "percent-years")
def rule_cost(tables: Tables, rule: str) -> float:
    """Shortfall that goes without a rule, relaxed alone and solved again."""
    return _total(tables("rule-costs").filter(pl.col("name") == rule), "removed")


@measure("influence", "share")
def influence(tables: Tables, basis: str) -> float:
    """Share of the result that rests on inputs of a basis, weighted by their effect."""
    return _total(tables("influence").filter(pl.col("basis") == basis), "share")


@measure("assumed_holdings", "share")
def assumed_holdings(tables: Tables, place: str, area: str) -> float:
    """Share of weighted holdings whose basis is assumed; over several areas, their mean."""
    frame = _where(tables("evidence"), place=place, area=area).filter(pl.col("held") > 0)
    if frame.is_empty():
        return math.nan
    by_area = frame.group_by("area").agg(pl.col("held").sum(), pl.col("assumed").sum())
    return float((by_area["assumed"] / by_area["held"]).sum()) / by_area.height


@measure("approved", "percent-years")
def approved(tables: Tables) -> float:
    """Shortfall to 2035 under signed orders that counting approved orders would remove."""
    return _total(tables("approved-orders"), "removed")


@measure("plausibility", "see name")
def plausibility(tables: Tables, name: str) -> float:
    """One of the lines printed under a plan, by its name."""
    frame = tables("plausibility").filter(pl.col("name") == name)
    return float(frame["value"][0]) if frame.height else math.nan
