"""All standing measures, by name: importing this module registers every one."""

from __future__ import annotations

<<<<<<< HEAD
from counterpoise.measures import dependence, forces, industry, inputs, origin, replacement, types
from counterpoise.measures.standing import STANDING, StandingMeasure, measure_rows, value_of

_MODULES = (dependence, forces, industry, inputs, origin, replacement, types)
=======
from counterpoise.measures import burden, forces, paths, soldiers, spending, threat
from counterpoise.measures.standing import STANDING, StandingMeasure

_MODULES = (burden, forces, paths, soldiers, spending, threat)
>>>>>>> 426d500fcdb4c6c239dadd4c75a55c0444fbc2d0

ALL: dict[str, StandingMeasure] = STANDING

__all__ = ["ALL", "measure_rows", "value_of"]
