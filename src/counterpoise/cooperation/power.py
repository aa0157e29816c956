"""Power in a game: the indices of Banzhaf and of Shapley and Shubik."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb, sqrt

import numpy as np

from counterpoise.cooperation.coalitions import Tally, free_part, tally
from counterpoise.cooperation.games import Game

DRAWS = 40_000
"""Coalitions and orders that are drawn where counting is out of reach."""


@dataclass(frozen=True)
class Power:
    """The power of one voter, and the standard errors where it was drawn and not counted.

    `swings` are the coalitions of others that the voter turns from losing to winning (None where
    drawn). `absolute` is their share of all coalitions of others (Banzhaf 1965, Penrose 1946),
    `banzhaf` that share in percent of all voters' sum, as a share of 1. `shapley` is the share of
    orders in which the voter is the first to carry the decision (Shapley and Shubik 1954).
    """

    voter: str
    swings: int | None
    absolute: float
    banzhaf: float
    shapley: float
    absolute_error: float = 0.0
    banzhaf_error: float = 0.0
    shapley_error: float = 0.0


def power(game: Game, seed: int = 1, draws: int = DRAWS) -> dict[str, Power]:
    """Each voter's power: exact where coalitions can be counted, else drawn with its error.

    All are 0 in a game that nobody can win, or that is won whoever is against.
    """
    found = tally(game)
    return power_of(game, found) if found is not None else drawn_power(game, seed, draws)


def power_of(game: Game, counted: Tally) -> dict[str, Power]:
    """Power from the counts of winning coalitions by size.

    A voter turns as many coalitions of size s as win with it at s + 1, less those that win
    without it at s.
    """
    count = len(game.players)
    swings: dict[str, list[int]] = {}
    for voter in game.players:
        own = counted.by_player[voter]
        swings[voter] = [own[size + 1] - (counted.total[size] - own[size]) for size in range(count)]
    every = sum(sum(item) for item in swings.values())
    orders = [1 / (count * comb(count - 1, size)) for size in range(count)]
    return {
        voter: Power(
            voter,
            sum(item),
            sum(item) / 2 ** (count - 1),
            sum(item) / every if every else 0.0,
            sum(turned * share for turned, share in zip(item, orders, strict=True)),
        )
        for voter, item in swings.items()
    }


def drawn_power(game: Game, seed: int, draws: int) -> dict[str, Power]:
    """Power from coalitions and orders drawn at random, with standard errors."""
    if not game.possible:
        return {voter: Power(voter, None, 0.0, 0.0, 0.0) for voter in game.players}
    part = free_part(game)
    random = np.random.default_rng(seed)
    inside = random.random((draws, len(part.players))) < 0.5
    sums = [inside @ vector for vector in part.sums]
    won = part.wins(sums)
    scale = 0.5 ** len(part.needed)
    share = {voter: (2 * scale * float(won.mean()), 2 * scale) for voter in part.needed}
    for at, voter in enumerate(part.players):
        without = [
            values - np.where(inside[:, at], vector[at], 0)
            for values, vector in zip(sums, part.sums, strict=True)
        ]
        joined = [item + vector[at] for item, vector in zip(without, part.sums, strict=True)]
        turned = part.wins(joined) & ~part.wins(without)
        share[voter] = (scale * float(turned.mean()), scale)
    first = _firsts(game, random, draws)
    every = sum(value for value, _ in share.values())
    found = {}
    for voter in game.players:
        value, unit = share[voter]
        error = unit * _error(value / unit, draws)
        pivot = first[voter]
        found[voter] = Power(
            voter, None, value, value / every if every else 0.0, pivot,
            error, error / every if every else 0.0, _error(pivot, draws),
        )  # fmt: skip
    return found


def _error(share: float, draws: int) -> float:
    """The standard error of a share that was counted in draws."""
    return sqrt(max(share * (1 - share), 0.0) / draws)


def _firsts(game: Game, random: np.random.Generator, draws: int) -> Mapping[str, float]:
    """How often each voter is the first in a random order to carry the decision."""
    count = len(game.players)
    order = np.argsort(random.random((draws, count)), axis=1)
    reached = np.ones((draws, count), bool)
    vectors = []
    if game.needed:
        needed = np.array([player in game.needed for player in game.players], np.int64)
        vectors.append((needed, len(game.needed), needed, count + 1))
    for item in game.thresholds:
        weights = np.array([item.weights.get(player, 0) for player in game.players], np.int64)
        counted = np.array([player in item.weights for player in game.players], np.int64)
        waiving = len(item.weights) - item.waived_below + 1 if item.waived_below else count + 1
        vectors.append((weights, item.quota, counted, waiving))
    for weights, least, counted, waiving in vectors:
        so_far = np.cumsum(weights[order], axis=1) >= least
        reached &= so_far | (np.cumsum(counted[order], axis=1) >= waiving)
    carried = reached.any(axis=1)
    firsts = order[np.arange(draws), np.argmax(reached, axis=1)][carried]
    counts = np.bincount(firsts, minlength=count)
    return {player: float(counts[at]) / draws for at, player in enumerate(game.players)}
