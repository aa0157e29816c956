"""Who can stop a decision: pivots, smallest blocking sets, and the chance that it passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import comb, prod, sqrt

import numpy as np

from counterpoise.cooperation.coalitions import free_part, tally
from counterpoise.cooperation.games import Game
from counterpoise.cooperation.passage import Outcome, StageOutcome
from counterpoise.cooperation.rules import game_of

MOST_LISTED = 20_000
"""Sets of voters that are gone through to list the smallest blocking ones."""

MOST_COMBINED = 14
"""Voters of uncertain position up to which every combination is gone through."""

DRAWS = 40_000


@dataclass(frozen=True)
class Blocking:
    """The smallest sets of voters that stop a decision by being against when all others are for.

    `size` is None where nobody can stop it or it can't be counted, and 0 where nothing passes
    at all; `count` is how many such sets there are.
    """

    size: int | None
    count: int


def smallest_blocking(game: Game) -> Blocking:
    """The size and number of a game's smallest blocking sets, exactly."""
    everyone = frozenset(game.players)
    if not game.wins(everyone):
        return Blocking(0, 1)
    alone = sum(not game.wins(everyone - {player}) for player in game.players)
    if alone:
        return Blocking(1, alone)
    counted = tally(game)
    if counted is None:
        return Blocking(None, 0)
    count = len(game.players)
    for size in range(2, count + 1):
        losing = comb(count, size) - counted.total[count - size]
        if losing:
            return Blocking(size, losing)
    return Blocking(None, 0)


def blocking_sets(game: Game, found: Blocking) -> tuple[tuple[str, ...], ...]:
    """The smallest blocking sets where they are few enough to go through; else one of them."""
    everyone = frozenset(game.players)
    if found.size is None:
        return ()
    if comb(len(everyone), found.size) <= MOST_LISTED:
        every = combinations(game.players, found.size)
        return tuple(chosen for chosen in every if not game.wins(everyone - frozenset(chosen)))
    for item in game.thresholds:
        heavy = sorted(game.players, key=lambda player: -item.weights.get(player, 0))
        chosen = tuple(heavy[: found.size])
        if not game.wins(everyone - frozenset(chosen)):
            return (chosen,)
    return ()


def pivots(found: Outcome) -> tuple[str, ...]:
    """The voters who alone can turn the outcome by changing their vote.

    Where it passes: by being against; where it is stopped: by being for.
    """
    yes = frozenset(found.remain)
    if found.passed:
        return tuple(
            voter
            for voter in found.remain
            if any(not item.game.wins(yes & _voters(item) - {voter}) for item in found.stages)
        )
    return tuple(voter for voter in found.voters if voter not in yes and _won(found, yes, voter))


def _voters(item: StageOutcome) -> frozenset[str]:
    return frozenset(seat.voter for seat in item.seats)


def _won(found: Outcome, yes: frozenset[str], voter: str) -> bool:
    """Whether a decision that is stopped passes once one more voter is for it."""
    silent = found.positions.abstaining - {voter}
    return all(
        game_of(item.stage.rule, item.seats, silent).wins((yes | {voter}) & _voters(item))
        for item in found.stages
    )


@dataclass(frozen=True)
class Chance:
    """The probability that a decision passes; `error` is its standard error where it was drawn."""

    value: float
    error: float


def chance(game: Game, support: Mapping[str, float], seed: int = 1) -> Chance:
    """The probability that a decision passes when each voter is for with a probability of its own.

    `support` has a number from 0 to 1 for each voter, independent of the others. Exact where
    few are uncertain, or where only stopping votes count; else drawn.
    """
    if not game.possible:
        return Chance(0.0, 0.0)
    needed = prod(support[player] for player in game.needed)
    if not game.binding:
        return Chance(needed, 0.0)
    part = free_part(game)
    shares = np.array([support[player] for player in part.players])
    open_ones = np.flatnonzero((shares > 0) & (shares < 1))
    count = 2 ** len(open_ones) if len(open_ones) <= MOST_COMBINED else DRAWS
    inside = np.tile(shares == 1, (count, 1))
    if len(open_ones) <= MOST_COMBINED:
        inside[:, open_ones] = (np.arange(count)[:, None] >> np.arange(len(open_ones))) & 1
        each = np.where(inside[:, open_ones], shares[open_ones], 1 - shares[open_ones])
        won = part.wins([inside @ vector for vector in part.sums])
        return Chance(needed * float(each.prod(axis=1)[won].sum()), 0.0)
    drawn = np.random.default_rng(seed).random((count, len(open_ones)))
    inside[:, open_ones] = drawn < shares[open_ones]
    share = float(part.wins([inside @ vector for vector in part.sums]).mean())
    return Chance(needed * share, needed * sqrt(share * (1 - share) / count))
