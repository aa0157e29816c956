"""Weights of areas and years in the shortfall: whose judgement of what matters more."""

from __future__ import annotations

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.world.calendar import Calendar, Floats
from counterpoise.world.labels import Labels

EQUAL = "equal"
"""Each area and year counts alike."""


def area_weights(dataset: Dataset, name: str, labels: Labels, calendar: Calendar) -> Floats:
    """Weight of each area and period, shape (areas, periods); mean over areas 1."""
    if name != EQUAL:
        raise BadInput(
            [Problem("weights", "--weights", None, "", name, EQUAL, "choose one of them")]
        )
    return np.ones((len(labels.areas), len(calendar)))
