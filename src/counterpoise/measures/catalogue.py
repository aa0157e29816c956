"""All standing measures, by name: importing this module registers every one."""

from __future__ import annotations

from counterpoise.measures import forces
from counterpoise.measures.standing import STANDING, StandingMeasure, measure_rows, value_of

_MODULES = (forces,)

ALL: dict[str, StandingMeasure] = STANDING

__all__ = ["ALL", "measure_rows", "value_of"]
