"""Words of decisions: a matter as what one does, so that a page's title is a question."""

from __future__ import annotations

from counterpoise.cooperation.overview import Vote
from counterpoise.data.dataset import Dataset

_DONE = {
    "article-4": "consult under Article 4",
    "article-5": "invoke Article 5",
    "article-42-7": "invoke Article 42(7)",
    "article-222": "invoke Article 222",
    "operation-authorise": "authorise an operation",
    "political-guidance": "give political guidance",
    "budget": "decide a budget",
    "procurement": "decide on procurement",
    "sanctions": "impose sanctions",
    "force-generate": "generate forces",
}
"""Matters that the data name by a keyword; others are told by it."""


def done(competence: str) -> str:
    """A matter as what one does: "authorise an operation"."""
    return _DONE.get(competence, f"decide on {competence.replace('-', ' ')}")


def listed(names: list[str], last: str = "and") -> str:
    """Names in a sentence: a, b and c."""
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def who(data: Dataset, states: frozenset[str]) -> str:
    """States by name, in a sentence."""
    return listed(sorted(data.things[state].name for state in states))


def title(data: Dataset, vote: Vote) -> str:
    """The question that a page of decisions answers."""
    positions = vote.positions
    parts = []
    for states, one, many in (
        (positions.against, "objects", "object"),
        (positions.abstaining, "abstains", "abstain"),
    ):
        if states:
            parts.append(f"{who(data, states)} {one if len(states) == 1 else many}")
    if vote.competence and parts:
        return f"Who can still {done(vote.competence)} if {' and '.join(parts)}?"
    if vote.competence:
        return f"Who can {done(vote.competence)}, and who can stop it?"
    if parts:
        return f"What can still be decided if {' and '.join(parts)}?"
    return "Who can still decide when a state objects?"
