"""Levers as rows: of which pathways, what they do, who must agree, what recommends them."""

from __future__ import annotations

from typing import Any

from counterpoise.data.dataset import Dataset
from counterpoise.world.bundles import read_levers
from counterpoise.world.scenario import Event

Row = dict[str, Any]


def lever_list(dataset: Dataset) -> list[Row]:
    """All levers: of which pathways, what they do, who must agree, what recommends them."""
    numbers = {item.address: number for number, item in enumerate(dataset.kind("pathway"), start=1)}
    rows: list[Row] = []
    for lever in read_levers(dataset):
        asked = [
            link.subject.split("/", 1)[1]
            for link in dataset.links_to.get(lever.address, [])
            if link.role == "pulls"
        ]
        rows.append(
            {
                "lever": lever.id,
                "name": lever.name,
                "pathways": "+".join(str(numbers[item]) for item in lever.pathways),
                "does": "; ".join(map(event_told, lever.events)) or lever.without_effect,
                "needs": "; ".join(
                    item.split("/", 1)[1] for item in (*lever.states, *lever.bodies)
                ),
                "recommended_in": "; ".join(sorted(asked)),
            }
        )
    return rows


def event_told(event: Event) -> str:
    """An event in a few words: spending of scope/NATO-EUR 1 to 1.11 from 2028 to 2032."""
    if event.kind == "plans-together":
        return f"{event.target} plans as one"
    later = "" if event.amount_end is None else f" to {event.amount_end:g}"
    end = f" to {event.end}" if event.end else ""
    areas = f" ({', '.join(event.areas)})" if event.areas else ""
    return f"{event.kind} of {event.target}{areas} {event.amount:g}{later} from {event.start}{end}"
