"""Winning coalitions of a game, counted exactly: generating functions, or halves put together.

Counts by size are all that power indices and blocking sets need. A generating function keeps a
table over size and the sums that the thresholds ask for (Leech 2003, "Computing power indices for
large voting games"). Where a sum has too many values, as a population has, the voters are cut
in halves, and for each coalition of one half those of the other that reach the rest are counted
by bisection (Klinz and Woeginger 2005).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from math import comb
from operator import and_
from typing import Any

import numpy as np
import numpy.typing as npt

from counterpoise.cooperation.games import Game

Whole = npt.NDArray[np.int64]
Table = npt.NDArray[Any]

MOST_CELLS = 2_000_000
"""Cells of a generating function's table."""

MOST_HALVED = 34
"""Voters that are cut in halves: each half has up to 131,072 coalitions."""


@dataclass(frozen=True)
class Tally:
    """Winning coalitions by size, from 0 to the number of players: all, and those with each."""

    total: tuple[int, ...]
    by_player: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Free:
    """What is left of a game once all needed voters are for.

    `sums` are vectors over the free voters, the first of them ones. Each test is a vector, the
    least sum, a vector of ones and the least count that waives the sum.
    """

    players: tuple[str, ...]
    needed: tuple[str, ...]
    sums: tuple[Whole, ...]
    tests: tuple[tuple[int, int, int, int], ...]

    def wins(self, values: list[Any]) -> Any:
        """Whether sums reach every test; each value an array, all of one shape."""
        reached = [
            (values[at] >= least) | (values[counted] >= waiving)
            for at, least, counted, waiving in self.tests
        ]
        return reduce(and_, reached, np.ones_like(values[0], bool))


def free_part(game: Game) -> Free:
    """The game among the voters who can't stop a decision alone."""
    free = tuple(player for player in game.players if player not in game.needed)
    sums = [np.ones(len(free), np.int64)]

    def place(vector: Whole) -> int:
        for at, known in enumerate(sums):
            if np.array_equal(known, vector):
                return at
        sums.append(vector)
        return len(sums) - 1

    tests = []
    for item in game.binding:
        weights = np.array([item.weights.get(player, 0) for player in free], np.int64)
        counted = np.array([player in item.weights for player in free], np.int64)
        least = item.quota - item.sum(game.needed)
        waiving = int(counted.sum()) - item.waived_below + 1
        if not item.waived_below:
            waiving = len(free) + 1
        tests.append((place(weights), least, place(counted) if item.waived_below else 0, waiving))
    return Free(free, tuple(sorted(game.needed)), tuple(sums), tuple(tests))


def tally(game: Game) -> Tally | None:
    """The winning coalitions of a game by size; None where they are too many to count."""
    if not game.possible:
        nothing = (0,) * (len(game.players) + 1)
        return Tally(nothing, dict.fromkeys(game.players, nothing))
    part = free_part(game)
    cells = (len(part.players) + 1) * np.prod([float(item.sum()) + 1 for item in part.sums[1:]])
    if cells <= MOST_CELLS:
        total, with_each = _generated(part)
    elif len(part.sums) == 2 and len(part.players) <= MOST_HALVED:
        total, with_each = _halved(part)
    else:
        return None
    return _whole(game, part, total, with_each)


def _whole(game: Game, part: Free, total: list[int], with_each: list[list[int]]) -> Tally:
    """Counts over free voters as counts over all: the needed ones are in every coalition."""
    before = (0,) * len(part.needed)
    every = (*before, *total)
    found = dict.fromkeys(part.needed, every)
    found |= {
        player: (*before, *counts) for player, counts in zip(part.players, with_each, strict=True)
    }
    return Tally(every, {player: found[player] for player in game.players})


def _generated(part: Free) -> tuple[list[int], list[list[int]]]:
    """Counts by size from the table over size and sums, and from it without each voter."""
    count = len(part.players)
    if not part.tests:
        total = [comb(count, size) for size in range(count + 1)]
        with_one = [comb(count - 1, size - 1) if size else 0 for size in range(count + 1)]
        return total, [with_one] * count
    dtype = np.int64 if count <= 62 else object
    shape = (count + 1, *(int(item.sum()) + 1 for item in part.sums[1:]))
    table = np.zeros(shape, dtype)
    table[(0,) * len(shape)] = 1
    steps = list(zip(*(item.tolist() for item in part.sums[1:]), strict=True))
    steps = steps or [()] * count
    for step in steps:
        for size in range(count, 0, -1):
            table[size] += _moved(table[size - 1], step)
    wins = part.wins(list(np.indices(shape, sparse=True)))
    wins = np.broadcast_to(wins, shape)
    total = _by_size(table, wins)
    with_each = []
    for step in steps:
        without = table.copy()
        for size in range(1, count + 1):
            without[size] -= _moved(without[size - 1], step)
        lost = _by_size(without, wins)
        with_each.append([all_of - rest for all_of, rest in zip(total, lost, strict=True)])
    return total, with_each


def _moved(layer: Table, step: tuple[int, ...]) -> Table:
    """A layer of the table moved by a voter's weights."""
    if not step:
        return layer
    found = np.zeros_like(layer)
    ends = tuple(slice(move, None) for move in step)
    starts = tuple(slice(0, size - move) for move, size in zip(step, layer.shape, strict=True))
    found[ends] = layer[starts]
    return found


def _by_size(table: Table, wins: Table) -> list[int]:
    kept = np.where(wins, table, 0).reshape(len(table), -1)
    return [int(item) for item in kept.sum(axis=1)]


def _halved(part: Free) -> tuple[list[int], list[list[int]]]:
    """Counts by size where one sum has too many values for a table."""
    count = len(part.players)
    halves = slice(0, count // 2), slice(count // 2, count)
    total: list[int] = []
    with_each: list[list[int]] = []
    for own, other in (halves, halves[::-1]):
        found, sizes = _half_counts(part, part.sums[1][own], part.sums[1][other])
        by_size = sizes[:, None] == np.arange(sizes.max() + 1)
        numbers = np.arange(len(sizes))
        # Counts stay far below 2^53, so that products of floating numbers are exact, and quick.
        ways = found.astype(np.float64)
        total = _diagonals(by_size.T.astype(np.float64) @ ways, count)
        for voter in range(own.stop - own.start):
            inside = by_size & ((numbers >> voter) & 1 == 1)[:, None]
            with_each.append(_diagonals(inside.T.astype(np.float64) @ ways, count))
    return total, with_each


def _diagonals(counts: npt.NDArray[np.float64], count: int) -> list[int]:
    """Counts by the size of both halves as counts by the size of the whole."""
    found = [0] * (count + 1)
    for own, row in enumerate(counts.tolist()):
        for other, ways in enumerate(row):
            found[own + other] += int(ways)
    return found


def _half_counts(part: Free, own: Whole, other: Whole) -> tuple[Whole, Whole]:
    """For each coalition of a half, how many of the other half's of each size complete it.

    With it the size of each coalition.
    """
    sums, sizes = _subset_sums(own), _subset_sums(np.ones(len(own), np.int64))
    rest, rest_sizes = _subset_sums(other), _subset_sums(np.ones(len(other), np.int64))
    found = np.zeros((len(sums), len(other) + 1), np.int64)
    for size in range(len(other) + 1):
        reached = np.sort(rest[rest_sizes == size])
        whole = sizes + size
        enough = np.zeros(len(sums), np.int64)
        allowed = np.ones(len(sums), bool)
        for at, least, counted, waiving in part.tests:
            waived = whole >= waiving if counted == 0 else np.zeros(len(sums), bool)
            if at == 0:
                allowed &= (whole >= least) | waived
                continue
            start = np.searchsorted(reached, least - sums, side="left")
            enough = np.maximum(enough, np.where(waived, 0, start))
        found[:, size] = np.where(allowed, len(reached) - enough, 0)
    return found, sizes


def _subset_sums(weights: Whole) -> Whole:
    """The sum of each subset; bit n of its number tells whether it has the n-th."""
    found = np.zeros(1, np.int64)
    for weight in weights:
        found = np.concatenate([found, found + weight])
    return found
