"""All standing measures, by name: importing this module registers every one."""

from __future__ import annotations

from counterpoise.measures import burden, forces, paths, soldiers, spending, threat
from counterpoise.measures.standing import STANDING, StandingMeasure

_MODULES = (burden, forces, paths, soldiers, spending, threat)

ALL: dict[str, StandingMeasure] = STANDING

__all__ = ["ALL"]
