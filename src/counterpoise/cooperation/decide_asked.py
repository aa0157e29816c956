"""Tables that answer what is asked of decisions, by part: of all bodies, or of one."""

from __future__ import annotations

from typing import Any

from counterpoise.cooperation import cases, detail
from counterpoise.cooperation.overview import Vote, all_gap_rows, outcome_rows
from counterpoise.cooperation.passage import NOT_RUN, Outcome, outcome
from counterpoise.cooperation.stages import find_decider
from counterpoise.data.dataset import Dataset
from counterpoise.errors import NotFound, Problem
from counterpoise.measures.view import View

Row = dict[str, Any]

MANY = ("bodies", "clauses", "gaps", "cases")
"""Parts told of all bodies; without one, the bodies' outcomes, in blocks."""

ONE = ("stages", "seats", "blocks", "forces", "posts", "parliaments", "cases")
"""Parts told of one body or clause."""


def part_problems(decider: str, part: str) -> list[Problem]:
    """What is wrong with a part of the answer; of one body or clause if `decider` names it."""
    known = ONE if decider else MANY
    if not part or part in known:
        return []
    expected = ", ".join(known)
    return [Problem("part", "--part", None, "", part, expected, "choose one")]


def rows_of_all(view: View, vote: Vote, part: str) -> list[Row]:
    """One of the parts told of all bodies."""
    match part:
        case "bodies":
            return outcome_rows(view, vote)
        case "clauses":
            return outcome_rows(view, vote, "clause")
        case "gaps":
            return all_gap_rows(view, vote)
        case _:
            return detail.case_rows(detail.cases_beside(view.dataset, vote))


def find_outcome(dataset: Dataset, vote: Vote, name: str) -> Outcome:
    """What becomes of the vote in the body or clause of that name; NotFound for an unknown one."""
    return outcome(dataset, find_decider(dataset, name), vote.positions, vote.on, vote.competence)


def rows_of_one(view: View, vote: Vote, found: Outcome, part: str) -> list[Row]:
    """One of the parts told of a body or clause; NotRun for one that isn't run."""
    if found.result == NOT_RUN and part != "cases":
        raise NotRun(found)
    match part:
        case "stages":
            return detail.stage_rows(found)
        case "seats":
            return detail.seat_rows(view, found)
        case "blocks":
            return detail.block_rows(found)
        case "forces":
            return detail.force_rows(view, vote, found)
        case "posts":
            return detail.post_rows(view, found)
        case "parliaments":
            return detail.parliament_rows(view, vote, found)
        case _:
            return detail.case_rows(cases.precedents(view.dataset, found.address, vote.on))


class NotRun(NotFound):
    """A body or clause that isn't run, with what is missing."""

    def __init__(self, found: Outcome):
        super().__init__(found.address)
        self.args = (f"{found.name} ({found.address}) isn't run: {found.missing}",)
