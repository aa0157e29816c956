"""All questions: importing this module registers every function that answers one."""

from __future__ import annotations

from functools import cache

from counterpoise.questions import (  # noqa: F401 (imported to be registered)
    air_defence,
    america,
    burdens,
    gaps,
    half_requirement,
    late_spending,
    less_dependence,
    milestones,
    pathway_mix,
    worksheets_forces,
    worksheets_money,
    worksheets_trade,
    worlds,
)
from counterpoise.questions.table import Catalogue, read_catalogue


@cache
def questions() -> Catalogue:
    """The questions of the release, read and checked once; BadInput with every problem."""
    return read_catalogue()
