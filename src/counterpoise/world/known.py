"""The dataset as a planner had it on an earlier date: what was known then, and today's rules."""

from __future__ import annotations

from dataclasses import replace

from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import is_date, last_day
from counterpoise.data.fill import NotKnown, fill_gaps
from counterpoise.errors import BadInput, Problem

YARDSTICK = frozenset(
    {"areas.csv", "lots.csv", "rules.csv", "needs.csv", "baseline.csv", "payment-profile.csv"}
)
"""Sheets that hold the method and not the evidence: rules, and the frozen judgement of needs."""

EQUIVALENTS = frozenset({"weight", "units_per_item"})
"""Quantities that are method too: what counts as one unit."""


def as_known(dataset: Dataset, on: str) -> Dataset:
    """The dataset as of a date (ISO): what was published by then, under today's yardstick.

    The calendar starts after the date. Rules for gaps fill what wasn't known yet.
    Raises BadInput for what is no date, and where figures that the rules need weren't published.
    """
    if not is_date(on):
        expected = "YYYY, YYYY-MM or YYYY-MM-DD"
        raise BadInput([Problem("date", "--known", None, "", on, expected, "correct the date")])
    end = last_day(on)
    if end >= dataset.release:
        return dataset
    kept = {item.id for item in dataset.known(on).observations}
    made = {item.address for item in dataset.things.values() if item.origin.row == 0}
    cut = replace(
        dataset,
        observations=tuple(
            item
            for item in dataset.observations
            if item.layer > 0
            and (item.id in kept or item.origin.file in YARDSTICK or item.quantity in EQUIVALENTS)
        ),
        things={address: item for address, item in dataset.things.items() if address not in made},
        links=tuple(item for item in dataset.links if item.subject not in made),
        release=end,
    )
    try:
        return fill_gaps(cut)
    except NotKnown as gone:
        raise BadInput([unknown(str(gone.args[0]), on)]) from None


def unknown(address: str, on: str) -> Problem:
    """A figure that a world needs wasn't published by a date."""
    return Problem(
        "not-known", "--known", None, "", address, f"a figure published by {on}", "name a later day"
    )
