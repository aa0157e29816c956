"""Simple games: which coalitions of voters carry a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Threshold:
    """A sum over the voters who are for that must reach a quota.

    It counts as reached too where fewer than `waived_below` of its voters aren't for: a block by
    population that needs four states fails with three.
    """

    name: str
    weights: Mapping[str, int]
    quota: int
    waived_below: int = 0

    def reached(self, yes: frozenset[str]) -> bool:
        """Whether those who are for reach it."""
        return self.sum(yes) >= self.quota or self.waived(yes)

    def waived(self, yes: frozenset[str]) -> bool:
        """Whether too few of its voters aren't for to block."""
        return len(self.weights) - len(self.weights.keys() & yes) < self.waived_below

    def sum(self, yes: frozenset[str]) -> int:
        """The sum over those who are for."""
        return sum(weight for voter, weight in self.weights.items() if voter in yes)


@dataclass(frozen=True)
class Game:
    """Voters, those whose vote against alone stops a decision, and the sums to be reached.

    Each voter is for or against. `possible` is False where nothing passes whoever is for.
    """

    players: tuple[str, ...]
    needed: frozenset[str]
    thresholds: tuple[Threshold, ...]
    possible: bool = True

    def wins(self, yes: frozenset[str]) -> bool:
        """Whether a decision passes that exactly these voters are for."""
        return (
            self.possible
            and self.needed <= yes
            and all(item.reached(yes) for item in self.thresholds)
        )

    @property
    def binding(self) -> tuple[Threshold, ...]:
        """The thresholds that the needed voters alone don't reach, each once."""
        found: list[Threshold] = []
        for item in self.thresholds:
            if not item.reached(self.needed) and item not in found:
                found.append(item)
        return tuple(found)


NEVER = Game((), frozenset(), (), possible=False)
"""The game that nobody wins."""


def both(games: Iterable[Game]) -> Game:
    """The game that is won where all of the games are: stages that must all pass."""
    found = list(games)
    players = dict.fromkeys(player for game in found for player in game.players)
    return Game(
        tuple(players),
        frozenset().union(*(game.needed for game in found)),
        tuple(item for game in found for item in game.thresholds),
        all(game.possible for game in found),
    )
