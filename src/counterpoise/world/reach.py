"""What an event reaches: the states of a scope, and the things its filters let through."""

from __future__ import annotations

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Address
from counterpoise.world.scenario import Event


def reaches(dataset: Dataset, target: Address, state: Address) -> bool:
    """Whether an event aimed at a state, or at a scope with members, reaches a state."""
    return target == state or state in dataset.targets(target, "includes")


def narrowed(event: Event, area: Address, line: Address = "", eligible: bool = False) -> bool:
    """Whether an event's filters (areas, lines, only what loans may pay) let a thing through."""
    return (
        (not event.areas or area.split("/")[1] in event.areas)
        and (not event.lines or line.split("/")[-1] in event.lines)
        and (not event.eligible or eligible)
    )
