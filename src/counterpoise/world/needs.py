"""Needs: frozen numbers by area and year, shared out to the states by a key."""

from __future__ import annotations

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.fill import need
from counterpoise.errors import BadInput, Problem
from counterpoise.world.calendar import Calendar, Floats
from counterpoise.world.labels import GROUP, Labels

KEYS = ("half", "gdp", "population")
"""Ways to share the group's need: half gross domestic product and half holdings; or one alone."""

_BASE_YEAR = 2026.5


def group_need(dataset: Dataset, area: str, calendar: Calendar) -> Floats:
    """The European part of the need by period: straight from 2026 to 2035, then constant."""
    row = f"need/{area.split('/')[1]}"
    start, end = need(dataset, row, "need_2026"), need(dataset, row, "need_2035")
    last = need(dataset, "rule/need-end", "value") + 0.5
    return np.interp(calendar.middles, [_BASE_YEAR, last], [start, end])


def us_part(dataset: Dataset, area: str) -> float:
    """What the United States provides today to the area, in its unit."""
    return dataset.value(f"need/{area.split('/')[1]}", "us_part") or 0.0


def outputs(dataset: Dataset, labels: Labels) -> Floats:
    """Gross domestic product of each planning state in EUR bn, at the release's year."""
    year = dataset.release[:4]
    found = [dataset.value(state, "gdp_eur", year) for state in labels.states]
    missing = [state for state, value in zip(labels.states, found, strict=True) if value is None]
    if missing:
        raise BadInput(
            [
                Problem(
                    "no-gdp",
                    "gdp.csv",
                    None,
                    "gdp_eur_bn",
                    state,
                    f"a value for {year}",
                    "add the state's gross domestic product",
                )
                for state in missing
            ]
        )
    return np.array(found, dtype=np.float64)


def shares(dataset: Dataset, labels: Labels, key: str) -> dict[str, Floats]:
    """Each state's share of the open need by area, adding up to 1, shape (states,)."""
    if key not in KEYS:
        raise BadInput(
            [Problem("key", "--key", None, "", key, " or ".join(KEYS), "choose one of them")]
        )
    gdp = outputs(dataset, labels)
    people = np.array([dataset.value(state, "population") or 0.0 for state in labels.states])
    result = {}
    for area in labels.areas:
        held = baseline(dataset, labels, area, "holding") + baseline(
            dataset, labels, area, "ordered"
        )
        asked = np.ones(len(labels.states), dtype=bool)
        if dataset.text(area, "everyone") != "y":
            asked = held > 0
        by_gdp = np.where(asked, gdp, 0.0)
        by_gdp = by_gdp / by_gdp.sum()
        if key == "population":
            by_people = np.where(asked, people, 0.0)
            result[area] = by_people / by_people.sum()
        elif key == "half" and held.sum() > 0:
            result[area] = (by_gdp + held / held.sum()) / 2
        else:
            result[area] = by_gdp
    return result


def baseline(dataset: Dataset, labels: Labels, area: str, quantity: str) -> Floats:
    """Frozen weighted holdings or orders of each state at the baseline, shape (states,)."""
    name = area.split("/")[1]
    return np.array(
        [
            dataset.value(f"baseline/{state.split('/')[1].lower()}-{name}", quantity) or 0.0
            for state in labels.states
        ]
    )


def cell_needs(
    dataset: Dataset, labels: Labels, calendar: Calendar, key: str, grown: Floats
) -> tuple[Floats, Floats]:
    """Need of each cell by period with the US part in it, and the US part itself.

    A state's need is its own baseline holding plus its share of what the group needs beyond
    the baseline, so that none is asked to fill another's surplus. `grown` are factors on the
    group's need by area and period. Shapes (cells, periods) and (cells,).
    """
    total = np.zeros((len(labels.cells), len(calendar)))
    american = np.zeros(len(labels.cells))
    by_state = shares(dataset, labels, key)
    for area, factor in zip(labels.areas, grown, strict=True):
        group = group_need(dataset, area, calendar) * factor
        part = us_part(dataset, area)
        if area in labels.joint:
            cell = labels.cell_index[(GROUP, area)]
            total[cell], american[cell] = group + part, part
            continue
        own = baseline(dataset, labels, area, "holding")
        share = by_state[area]
        for index, state in enumerate(labels.states):
            cell = labels.cell_index[(state, area)]
            total[cell] = own[index] + share[index] * (group + part - own.sum())
            american[cell] = share[index] * part
    return total, american
