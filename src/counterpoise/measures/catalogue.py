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
from counterpoise.measures.standing import STANDING, StandingMeasure

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
