"""Rules of decision as rows of data, and a stage's rule and seats as a game of yes and no."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from counterpoise.cooperation.electorates import Seat
from counterpoise.cooperation.games import NEVER, Game, Threshold
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem

STOPPED_BY = ("members", "veto", "none")
THRESHOLDS = ("at-least", "more-than")
ABSTENTIONS = ("allows", "blocks", "lowers-base")

_NEAR = 1e-9
"""Part of a total by which a share may be off, since thirds are written as decimals."""


@dataclass(frozen=True)
class Rule:
    """A rule: who may stop alone, what must be reached, how abstentions count.

    Shares are percent; None where the rule doesn't ask for one.
    """

    address: str
    name: str
    definition: str
    stopped_by: str
    more_than: bool
    abstention: str
    votes_for_needed: float | None
    share_of_seats: float | None
    share_of_population: float | None
    share_of_votes: float | None
    blocking_seats: float | None
    blocking_votes: float | None
    abstaining_seats: float | None
    abstaining_population: float | None

    @property
    def asks(self) -> bool:
        """Whether anybody's vote matters under the rule."""
        numbers = (self.votes_for_needed, self.share_of_seats, self.share_of_population)
        more = (self.share_of_votes, self.blocking_votes)
        return self.stopped_by != "none" or any(item is not None for item in (*numbers, *more))


def read_rule(dataset: Dataset, address: str) -> Rule:
    """The rule at an address; BadInput with every cell that can't be used."""
    thing = dataset.things[address]
    texts = {
        "stopped_by": (thing.texts.get("stopped_by", ""), STOPPED_BY),
        "threshold": (thing.texts.get("threshold", "at-least"), THRESHOLDS),
        "abstention": (thing.texts.get("abstention", ""), ABSTENTIONS),
    }
    problems = [
        Problem(
            "rule", thing.origin.file, thing.origin.row, name, text, " or ".join(known),
            "choose one",
        )
        for name, (text, known) in texts.items()
        if text not in known
    ]  # fmt: skip
    if problems:
        raise BadInput(problems)

    def number(quantity: str) -> float | None:
        return dataset.value(address, quantity)

    return Rule(
        address,
        thing.name,
        thing.texts.get("definition", ""),
        texts["stopped_by"][0],
        texts["threshold"][0] == "more-than",
        texts["abstention"][0],
        number("votes_for_needed"),
        number("share_of_seats"),
        number("share_of_population"),
        number("share_of_votes"),
        number("blocking_seats"),
        number("blocking_votes"),
        number("abstaining_seats"),
        number("abstaining_population"),
    )


def quota(total: int, percent: float, more_than: bool) -> int:
    """The least whole number that reaches a share of a total."""
    share = percent / 100 * total
    slack = _NEAR * max(total, 1)
    return math.floor(share + slack) + 1 if more_than else math.ceil(share - slack)


def game_of(rule: Rule, seats: Iterable[Seat], abstaining: frozenset[str] = frozenset()) -> Game:
    """The game of yes and no among the seats that don't abstain.

    A coalition of voters wins where the decision passes if it is for and all others but the
    abstaining are against. NEVER where the abstentions alone stop it. Raises ValueError where
    the rule counts a population that isn't known.
    """
    whole = tuple(seats)
    silent = [seat for seat in whole if seat.voter in abstaining]
    voting = [seat for seat in whole if seat.voter not in abstaining]
    if _stopped_by_silence(rule, whole, silent):
        return NEVER
    needed = {
        "members": [seat.voter for seat in voting],
        "veto": [seat.voter for seat in voting if seat.role in ("veto", "lead")],
        "none": [seat.voter for seat in voting if seat.role == "lead"],
    }[rule.stopped_by]
    return Game(
        tuple(seat.voter for seat in voting),
        frozenset(needed),
        tuple(_thresholds(rule, whole, voting, silent)),
    )


def _stopped_by_silence(rule: Rule, whole: tuple[Seat, ...], silent: list[Seat]) -> bool:
    if any(seat.role == "lead" for seat in silent):
        return True
    if rule.stopped_by == "members" and rule.abstention == "blocks" and silent:
        return True
    if rule.abstaining_seats is None or not silent:
        return False
    seats = quota(len(whole), rule.abstaining_seats, False)
    people = quota(_people(whole), rule.abstaining_population or 0.0, False)
    return len(silent) >= seats and _people(silent) >= people


def _thresholds(
    rule: Rule, whole: tuple[Seat, ...], voting: list[Seat], silent: list[Seat]
) -> Iterable[Threshold]:
    lowered = rule.abstention == "lowers-base"
    base = tuple(voting) if lowered else whole
    outside = 0 if lowered else len(silent)
    ones = {seat.voter: 1 for seat in voting}
    votes = {seat.voter: seat.votes for seat in voting}
    if rule.votes_for_needed is not None:
        yield Threshold("seats", ones, int(rule.votes_for_needed))
    if rule.share_of_seats is not None:
        yield Threshold("seats", ones, quota(len(base), rule.share_of_seats, rule.more_than))
    if rule.share_of_population is not None:
        least = quota(_people(base), rule.share_of_population, rule.more_than)
        waived = max(int(rule.blocking_seats or 0) - outside, 0)
        people = {seat.voter: seat.population or 0 for seat in voting}
        yield Threshold("population", people, least, waived)
    if rule.share_of_votes is not None:
        all_votes = sum(seat.votes for seat in base)
        yield Threshold("votes", votes, quota(all_votes, rule.share_of_votes, rule.more_than))
    if rule.blocking_votes is not None:
        counted = whole if rule.abstention == "blocks" else voting
        least = sum(seat.votes for seat in counted) - int(rule.blocking_votes) + 1
        yield Threshold("votes", votes, max(least, 0))


def _people(seats: Iterable[Seat]) -> int:
    """Persons behind seats; ValueError where a state's number isn't known."""
    found = list(seats)
    unknown = [seat.name for seat in found if seat.population is None]
    if unknown:
        raise ValueError(f"the population of {', '.join(unknown)}")
    return sum(seat.population or 0 for seat in found)
