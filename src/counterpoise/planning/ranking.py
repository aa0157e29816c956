"""Ranking many steps by solving few: what a dual promises is never less than what a step does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from counterpoise.planning.stepped import Stepped
from counterpoise.planning.steps import Step, worth
from counterpoise.planning.workers import Workers

SHARES = (0.001, 0.1, 1.0)
"""Shares of a step that are solved in turn; the nearer is quicker, and says what more can bring."""


@dataclass(frozen=True)
class Ranked:
    """A step and the percent-years that it removes, solved again."""

    step: Step
    removed: float


@dataclass
class _Candidate:
    """A step with the most that it can remove, and how many of the shares are solved."""

    step: Step
    most: float
    solved: int = 0


def most_removed(base: Stepped, task: tuple[Step, float]) -> float:
    """The most that a whole step can remove, known from a share of it.

    Removed by a share s, plus what the dual there promises for the rest: the least shortfall is
    convex in its bounds.
    """
    step, share = task
    found = base.at(step, share)
    removed = base.least - found.objective
    return removed + (1 - share) * max(worth(step, found), 0.0)


def rank(
    pool: Workers[Stepped],
    candidates: Sequence[tuple[Step, float]],
    count: int,
    value: Callable[[Step, float], float] = lambda step, removed: removed,
    batch: int = 4,
) -> list[Ranked]:
    """The `count` best of all steps, best first; none that is left out could be among them.

    `candidates` come with the most that each can remove by the duals; `value` orders them, and
    grows with what is removed. Of steps at one address the best counts. Steps are solved while
    one not yet solved in full might be better than the last of the best.
    """
    open_ones = [_Candidate(step, most) for step, most in candidates]
    while True:
        open_ones.sort(key=lambda item: (-value(item.step, item.most), item.step.address))
        best = _firsts(open_ones)[:count]
        doubtful = [item for item in best if item.solved < len(SHARES)]
        if not doubtful:
            return [Ranked(item.step, item.most) for item in best]
        doubtful = doubtful[:batch]
        tasks = [(item.step, SHARES[item.solved]) for item in doubtful]
        for item, most in zip(doubtful, pool.map(most_removed, tasks), strict=True):
            item.most = most
            item.solved += 1


def _firsts(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The first of each address and kind."""
    found: dict[tuple[str, str], _Candidate] = {}
    for item in candidates:
        found.setdefault((item.step.address, item.step.kind), item)
    return list(found.values())
