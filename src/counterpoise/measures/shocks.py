"""Measures of a run's variants and shocks: other worlds, held, replanned, foreseen, regret."""

from __future__ import annotations

import math

import polars as pl

from counterpoise.measures.registry import Tables, measure


@measure("variant", "percent-years")
def variant(tables: Tables, scenario: str, version: str) -> float:
    """Shortfall to 2035 of the plan together in another scenario.

    `version` is planned (the world itself), foreseen (known from the start), replanned (planned
    anew when it becomes known) or held (orders as planned, none new).
    """
    frame = tables("variants").filter(
        (pl.col("scenario") == scenario) & (pl.col("version") == version)
    )
    return float(frame["shortfall"][0]) if frame.height else math.nan


@measure("variant_cost", "EUR bn")
def variant_cost(tables: Tables, scenario: str, version: str) -> float:
    """Cost to 2040 of all that is ordered in another scenario, present value."""
    frame = tables("variants").filter(
        (pl.col("scenario") == scenario) & (pl.col("version") == version)
    )
    return float(frame["cost"][0]) if frame.height else math.nan


@measure("variant_reached", "year")
def variant_reached(tables: Tables, scenario: str, version: str) -> float:
    """Year from which four fifths of the need stay met, on average over the areas."""
    frame = tables("variants").filter(
        (pl.col("scenario") == scenario) & (pl.col("version") == version)
    )
    found = frame["reached"].to_list()
    return float(found[0]) if found and found[0] is not None else math.nan


def _shock(tables: Tables, scenario: str, column: str) -> float:
    frame = tables("regret").filter(pl.col("scenario") == scenario)
    return float(frame[column][0]) if frame.height else math.nan


@measure("shocked", "percent-years")
def shocked(tables: Tables, scenario: str, case: str) -> float:
    """Shortfall to 2035 of a plan that a scenario surprises.

    `case` is held (orders as planned, none new), replanned (planned anew when a surprise becomes
    known) or foreseen (planned by someone who had known from the start).
    """
    return _shock(tables, scenario, case)


@measure("regret", "percent-years")
def regret(tables: Tables, scenario: str) -> float:
    """What having committed before a surprise costs: shortfall replanned less foreseen, to 2035."""
    return _shock(tables, scenario, "regret")


@measure("regret_cost", "EUR bn")
def regret_cost(tables: Tables, scenario: str) -> float:
    """Cost to 2040 replanned less foreseen, present value: below zero where less is bought."""
    return _shock(tables, scenario, "regret_eur_bn")


@measure("replanning_saves", "percent-years")
def replanning_saves(tables: Tables, scenario: str) -> float:
    """What planning anew after a surprise gains: shortfall held less replanned, to 2035."""
    return _shock(tables, scenario, "saved")


@measure("replanning_saves_cost", "EUR bn")
def replanning_saves_cost(tables: Tables, scenario: str) -> float:
    """Cost to 2040 held less replanned, present value: below zero where planning anew costs."""
    return _shock(tables, scenario, "saved_eur_bn")
