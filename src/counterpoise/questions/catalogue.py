"""All questions: importing this module registers every function that answers one."""

from __future__ import annotations

from functools import cache

from counterpoise.questions import (  # noqa: F401 (imported to be registered)
    air_defence,
    america,
    burdens,
    command_posts,
    consent,
    councils,
    decisions,
    delivery,
    fast,
    formats,
    gaps,
    half_requirement,
    late_spending,
    lead_nation,
    less_dependence,
    lock_in,
    milestones,
    mutual_aid,
    pathway_mix,
    sovereignty,
    steering,
    survival,
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
