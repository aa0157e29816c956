"""Weights of areas and years in the shortfall: whose judgement of what matters more."""

from __future__ import annotations

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.world.calendar import REPORT_END, Calendar, Floats
from counterpoise.world.labels import Labels

EQUAL = "equal"
"""Each area and year counts alike."""


def weight_sets(dataset: Dataset) -> list[str]:
    """Names of the sets of weights, `equal` first."""
    names = [item.address.split("/")[1] for item in dataset.kind("weight-set")]
    return list(dict.fromkeys((EQUAL, *names)))


def area_weights(dataset: Dataset, name: str, labels: Labels, calendar: Calendar) -> Floats:
    """Weight of each area and period, shape (areas, periods); the mean is 1.

    The weight of the area times that of the year, each over its mean: over the planned areas,
    and over the years to the end of what is shown. What a set doesn't name weighs 1; years that
    it doesn't name lie straight between those that it names, or weigh as the nearest. So totals
    under any set compare.

    Raises BadInput for an unknown set, or one that can't be read so.
    """
    if name not in weight_sets(dataset):
        allowed = " or ".join(weight_sets(dataset))
        raise BadInput([Problem("weights", "--weights", None, "", name, allowed, "choose one")])
    by_area, by_year = _stated(dataset, f"weight-set/{name}", labels)
    area = np.array([by_area.get(item, 1.0) for item in labels.areas])
    if by_year:
        known = sorted(by_year)
        year = np.interp(calendar.years, known, [by_year[item] for item in known])
    else:
        year = np.ones(len(calendar))
    shown = calendar.overlap(calendar.edges[0], REPORT_END)
    for values, weight, what in ((area, np.ones(len(area)), "area"), (year, shown, "year")):
        if (values * weight).sum() <= 0:
            expected = f"a weight above zero for at least one {what}"
            problem = Problem("weights", "weights.csv", None, what, name, expected, "give it one")
            raise BadInput([problem])
    even = (year * shown).sum() / shown.sum()
    found: Floats = area[:, None] / area.mean() * year[None, :] / even
    return found


def _stated(
    dataset: Dataset, address: str, labels: Labels
) -> tuple[dict[str, float], dict[int, float]]:
    """Weights that the rows of a set state, by area and by year."""
    by_area: dict[str, float] = {}
    by_year: dict[int, float] = {}
    problems = []
    for key in dataset.by_subject.get(address, []):
        found = dataset.chosen[key]
        period, area = key[2], f"area/{key[3]}"
        if key[1] != "weight" or found.value is None:
            continue
        if not period and area in labels.area_index:
            by_area[area] = found.value
        elif not key[3] and period.isdigit():
            by_year[int(period)] = found.value
        else:
            expected = "an area that is planned, or a year"
            remedy = "name one of them, and only one"
            row, stated = found.origin.row, "/".join(part for part in key[2:] if part)
            problems.append(
                Problem("weights", found.origin.file, row, "area", stated, expected, remedy)
            )
    if problems:
        raise BadInput(problems)
    return by_area, by_year
