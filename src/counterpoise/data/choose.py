"""Which of several observations of one figure counts: a stated rule, the losers stay visible.

The rule, in this order: never a recorded misprint, nor a bound where a value is stated; an
overlay before the reference release, the release before a rule that fills a gap; basis
(reported, estimated, derived, assumed); the best grade among the sources; the newest date.
Ties are settled by the median value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from counterpoise.data.records import Observation, Source
from counterpoise.data.schema import BASES, GRADES

_BASIS_RANK = {basis: rank for rank, basis in enumerate(BASES)}
_GRADE_RANK = {grade: rank for rank, grade in enumerate(GRADES)}


def grade_of(observation: Observation, sources: Mapping[str, Source]) -> str:
    """The best grade among an observation's sources ("E" where none is known)."""
    grades = [sources[key].grade for key in observation.sources if key in sources]
    return min(grades, default="E")


def rank(
    observation: Observation, sources: Mapping[str, Source]
) -> tuple[bool, bool, int, int, int]:
    """Sorts before its rivals where it beats them, dates aside."""
    return (
        observation.error,
        observation.value is None,
        -observation.layer,
        _BASIS_RANK[observation.basis],
        _GRADE_RANK.get(grade_of(observation, sources), len(GRADES)),
    )


def choose(rivals: Iterable[Observation], sources: Mapping[str, Source]) -> Observation:
    """The observation that counts among the rivals for one figure (at least one)."""
    ranked = sorted(rivals, key=lambda item: rank(item, sources))
    best = rank(ranked[0], sources)
    equals = [item for item in ranked if rank(item, sources) == best]
    newest = max(item.as_of for item in equals)
    tied = [item for item in equals if item.as_of == newest]
    tied.sort(key=lambda item: (item.value is None, item.value or 0.0, item.id))
    return tied[(len(tied) - 1) // 2]


def reason(winner: Observation, loser: Observation, sources: Mapping[str, Source]) -> str:
    """Why `loser` lost against `winner`, in words."""
    if loser.error:
        return "a recorded misprint"
    if loser.value is None:
        return "states a bound only"
    if loser.layer != winner.layer:
        return "an overlay's figure goes first" if winner.layer > 1 else "a gap's rule gives way"
    if loser.basis != winner.basis:
        return f"{winner.basis} goes before {loser.basis}"
    if grade_of(loser, sources) != grade_of(winner, sources):
        return f"grade {grade_of(winner, sources)} goes before {grade_of(loser, sources)}"
    if loser.as_of != winner.as_of:
        return "an older figure"
    return "the median of equals was taken"
