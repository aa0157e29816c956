"""All standing measures, by name: importing this module registers every one."""

from __future__ import annotations

from counterpoise.measures import (
    burden,
    cover,
    decisions,
    dependence,
    forces,
    industry,
    inputs,
    ordered,
    origin,
    paths,
    replacement,
    soldiers,
    spending,
    threat,
    types,
)
from counterpoise.measures.standing import STANDING, StandingMeasure, measure_rows, value_of

_MODULES = (
    burden,
    cover,
    decisions,
    dependence,
    forces,
    industry,
    inputs,
    ordered,
    origin,
    paths,
    replacement,
    soldiers,
    spending,
    threat,
    types,
)

ALL: dict[str, StandingMeasure] = STANDING

__all__ = ["ALL", "measure_rows", "value_of"]
