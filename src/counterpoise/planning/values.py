"""A figure's range, and a dataset in which figures have other values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from counterpoise.data.dataset import Dataset, Key
from counterpoise.data.records import Observation

STATED_WITHOUT_RANGE = 0.05
"""A figure that states no range, and isn't assumed, counts as five percent up and down."""


def span(found: Observation) -> tuple[float, float, float]:
    """Low, value and high of a figure; five percent either way where none is stated."""
    value = found.value or 0.0
    low = value * (1 - STATED_WITHOUT_RANGE) if found.low is None else found.low
    high = value * (1 + STATED_WITHOUT_RANGE) if found.high is None else found.high
    return low, value, high


def with_values(dataset: Dataset, values: Mapping[Key, float]) -> Dataset:
    """The dataset in which these figures have one value each, without rivals and ranges."""
    changed = {
        key: replace(dataset.chosen[key], low=None, value=value, high=None)
        for key, value in values.items()
    }
    others = tuple(item for item in dataset.observations if item.key not in changed)
    return replace(dataset, observations=(*others, *changed.values()))
