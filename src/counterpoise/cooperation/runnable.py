"""Why a body or clause isn't run on a day: ended, without stages, members, numbers or dates."""

from __future__ import annotations

from collections.abc import Sequence

from counterpoise.cooperation.electorates import dated_days
from counterpoise.cooperation.rules import game_of
from counterpoise.cooperation.stages import HISTORIC, Stage, missing_of, status_of
from counterpoise.data.dataset import Dataset


def why_not_run(
    dataset: Dataset, address: str, stages: Sequence[Stage], on: str, beyond: str
) -> str:
    """Why a body or clause isn't run; "" where it is. `beyond` is what `outside` tells."""
    if status_of(dataset, address) == HISTORIC:
        clause = dataset.things[address].kind == "clause"
        own = "no clause in force" if clause else "no body that can decide"
        return f"historic: a precedent, and {own}"
    if not stages:
        return missing_of(dataset, address)
    if beyond and on < dataset.release:
        return beyond
    for stage in stages:
        if stage.electorate is not None and not stage.electorate.seats:
            return f"nobody has a seat in {stage.electorate.name} on {on}"
        college = stage.electorate
        if college is not None and len(college.seats) < (college.size or 0):
            gone = (college.size or 0) - len(college.seats)
            return f"{gone} of {college.size} members not known on {on}: {college.name}"
        try:
            if stage.electorate is not None:
                game_of(stage.rule, stage.electorate.seats)
        except ValueError as unknown:
            return f"{unknown} isn't known"
    return ""


def outside(dataset: Dataset, on: str) -> str:
    """That a day lies outside what the data dates; "" where it doesn't.

    Before the first dated seat nothing is run; after the last the seats are those last known.
    """
    first, last = dated_days(dataset)
    if first <= on <= last:
        return ""
    told = f"{on} lies outside what the data dates ({first} to {last})"
    return told if on < first else f"{told}: seats as last known"
