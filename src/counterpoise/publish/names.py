"""Names of things as a reader knows them, where a row has none of its own."""

from __future__ import annotations

from counterpoise.data.dataset import Dataset


def called(data: Dataset, address: str) -> str:
    """A thing's name: a line by its type and state, a need by its area, others by their own."""
    thing = data.things[address]
    if thing.kind == "line":
        makes, state = (data.target(address, role) for role in ("makes", "located in"))
        if makes and state:
            return f"{data.things[makes].name} line in {data.things[state].name}"
    area = f"area/{address.removeprefix('need/')}"
    if thing.kind == "need" and area in data.things:
        return f"Need: {data.things[area].name}"
    return thing.name
