"""All standing measures, by name: importing this module registers every one."""

from __future__ import annotations

from counterpoise.measures import (  # noqa: F401 (imported to be registered)
    burden,
    cover,
    decisions,
    dependence,
    equipment_part,
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

ALL: dict[str, StandingMeasure] = STANDING
