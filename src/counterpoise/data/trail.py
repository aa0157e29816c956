"""The trail of a figure: every value stated, which one counts and why, and all that supports it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterpoise.data.choose import rank, reason
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Observation
from counterpoise.data.support import independent, searched
from counterpoise.data.views import figures_at
from counterpoise.errors import NotFound

Row = dict[str, Any]

_LAYERS = ("rule for gaps", "reference release", "overlay")
"""What an observation's layer is called; further layers are overlays too."""


def why(dataset: Dataset, address: str, effects: Mapping[str, float] | None = None) -> list[Row]:
    """Every observation of a figure with each of its sources, the chosen one first.

    Column `outcome` is "chosen", or says why the observation lost. The address may also name
    a thing (by address, name or alias): then all its figures. `effects` are percent-years of
    shortfall over a figure's range, by address.
    """
    try:
        keys = dataset.by_subject.get(dataset.find(address), [])
    except NotFound:
        if address.count("/") < 2:
            raise
        keys = figures_at(dataset, address)
    rows = []
    for key in keys:
        winner = dataset.chosen[key]
        losers = [item for item in dataset.figures[key] if item is not winner]
        losers.sort(key=lambda item: item.as_of, reverse=True)
        losers.sort(key=lambda item: rank(item, dataset.sources))
        trail = _trail(dataset, winner, "chosen")
        for item in losers:
            trail += _trail(dataset, item, "lost: " + reason(winner, item, dataset.sources))
        looked, nearest = searched(dataset, key)
        told = {
            "effect": (effects or {}).get(winner.address),
            "independent": len(independent(dataset, key)),
            "looked": looked,
            "nearest": nearest,
        }
        rows += [row | told for row in trail]
    return rows


def _trail(dataset: Dataset, item: Observation, outcome: str) -> list[Row]:
    rows = []
    for key in item.sources:
        source = dataset.sources[key]
        rows.append(
            {
                "figure": item.address,
                "observation": item.id,
                "outcome": outcome,
                "low": item.low,
                "value": item.value,
                "high": item.high,
                "unit": item.unit,
                "basis": item.basis,
                "as_of": item.as_of,
                "published": item.published,
                "from": _LAYERS[min(item.layer, 2)],
                "note": item.note,
                "source": key,
                "grade": source.grade,
                "publisher": source.publisher,
                "title": source.title,
                "date": source.date,
                "url": source.url,
                "licence": source.licence,
                "relay_of": source.relay_of,
                "leak": "yes" if source.leak else "",
            }
        )
    return rows
