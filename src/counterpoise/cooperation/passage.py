"""Whether a decision passes: a body's or clause's stages in order, under given votes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from counterpoise.cooperation.electorates import Seat
from counterpoise.cooperation.games import Game, Threshold, both
from counterpoise.cooperation.rules import game_of
from counterpoise.cooperation.runnable import outside, why_not_run
from counterpoise.cooperation.stages import (
    Days,
    Stage,
    days_of,
    find_decider,
    stages_of,
    status_of,
)
from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import is_date, last_day
from counterpoise.data.records import short
from counterpoise.errors import BadInput, CounterpoiseError, Problem

PASSES, STOPPED, NOT_RUN = "passes", "stopped", "not run"

NO_VOTES = "no state votes"
"""The result where no stage has a voter: a body or office decides by itself."""


@dataclass(frozen=True)
class Positions:
    """Who is against, who abstains, and whom a decision concerns; all others are for.

    Addresses of states.
    """

    against: frozenset[str] = frozenset()
    abstaining: frozenset[str] = frozenset()
    concerned: frozenset[str] = frozenset()


@dataclass(frozen=True)
class StageOutcome:
    """A stage's votes and whether it passes, with the reasons; `game` is that among its voters."""

    stage: Stage
    passes: bool
    told: tuple[str, ...]
    seats: tuple[Seat, ...]
    game: Game


@dataclass(frozen=True)
class Outcome:
    """What becomes of a decision in a body or under a clause.

    `competence` is the matter ("" for every one, so that the stages for all of them must pass).
    `result` is passes, stopped, no state votes or not run; `reasons` say why, and `missing` what
    a row that isn't run lacks. `voters` have a vote in some stage, `remain` are those of them that
    are for, `stoppers` those whose vote alone stops it. `game` is that of all stages together,
    with the abstentions as given.
    """

    address: str
    name: str
    status: str
    on: str
    competence: str
    positions: Positions
    result: str
    reasons: tuple[str, ...]
    missing: str
    stages: tuple[StageOutcome, ...]
    remain: tuple[str, ...]
    voters: tuple[str, ...]
    stoppers: tuple[str, ...]
    days: Days | None
    game: Game

    @property
    def passed(self) -> bool:
        """Whether it passes."""
        return self.result == PASSES


def read_day(dataset: Dataset, on: str) -> str:
    """A date as an ISO day, the last that it may mean; the release's where none is given."""
    if not on:
        return dataset.release
    if not is_date(on):
        expected = "YYYY, YYYY-MM or YYYY-MM-DD"
        raise BadInput([Problem("date", "--on", None, "", on, expected, "correct the date")])
    return last_day(on)


def read_states(dataset: Dataset, names: Iterable[str], what: str) -> tuple[str, ...]:
    """Addresses of states given by code, name or alias; BadInput for every unknown one."""
    found, problems = [], []
    for name in names:
        address = f"state/{name.upper()}"
        if address not in dataset.things:
            try:
                address = dataset.find(name)
            except CounterpoiseError:
                address = ""
        if address not in dataset.things or dataset.things[address].kind != "state":
            near = [item for item in dataset.suggest(name, 20) if item.startswith("state/")][:4]
            remedy = f"did you mean {', '.join(map(short, near))}?" if near else "see `list state`"
            problems.append(Problem("state", what, None, "", name, "a state", remedy))
        found.append(address)
    if problems:
        raise BadInput(problems)
    return tuple(dict.fromkeys(found))


def read_positions(
    dataset: Dataset,
    against: Iterable[str] = (),
    abstain: Iterable[str] = (),
    concerned: Iterable[str] = (),
) -> Positions:
    """Positions from names of states; BadInput for unknown states and for two positions of one."""
    problems: list[Problem] = []
    groups: list[frozenset[str]] = []
    for names, what in ((against, "against"), (abstain, "abstain"), (concerned, "concerned")):
        try:
            groups.append(frozenset(read_states(dataset, names, f"--{what}")))
        except BadInput as wrong:
            problems += wrong.problems
    if problems:
        raise BadInput(problems)
    found = Positions(*groups)
    twice = sorted(map(short, found.against & found.abstaining))
    if twice:
        told = ", ".join(twice)
        problem = Problem(
            "position", "--abstain", None, "", told, "one position a state", "name it once"
        )
        raise BadInput([problem])
    return found


def passes(
    dataset: Dataset,
    decider: str,
    against: Iterable[str] = (),
    abstain: Iterable[str] = (),
    on: str = "",
    *,
    concerned: Iterable[str] = (),
    competence: str = "",
) -> Outcome:
    """Whether a body (or clause) passes a decision when states object or abstain, with reasons.

    `decider` is a body or clause by short name, name or address; states are given by code, name
    or alias, and all that aren't named are for. `on` is the date (ISO) whose electorate counts,
    the release's by default; `concerned` are states that the decision is about and that don't
    vote where a stage says so. With a `competence` the stages for that matter count, without one
    those for every matter. A historic body, or one without stages, isn't run. BadInput
    for unknown names, with the nearest ones.
    """
    return outcome(
        dataset,
        find_decider(dataset, decider),
        read_positions(dataset, against, abstain, concerned),
        read_day(dataset, on),
        competence,
    )


def outcome(
    dataset: Dataset,
    address: str,
    positions: Positions,
    on: str,
    competence: str = "",
    beyond: str | None = None,
) -> Outcome:
    """The outcome for an address, positions and a day at hand: see `passes`.

    `beyond` is what `outside` tells of the day, where it is at hand.
    """
    name, status = dataset.things[address].name, status_of(dataset, address)
    stages = stages_of(dataset, address, on, competence)
    beyond = outside(dataset, on) if beyond is None else beyond
    missing = why_not_run(dataset, address, stages, on, beyond)
    if missing:
        return Outcome(
            address, name, status, on, competence, positions, NOT_RUN, (missing,), missing,
            (), (), (), (), None, both(()),
        )  # fmt: skip
    found = tuple(_run(stage, positions) for stage in stages)
    voters = tuple(dict.fromkeys(seat.voter for item in found for seat in item.seats))
    whole = both(item.game for item in found)
    refused = positions.against | positions.abstaining
    return Outcome(
        address,
        name,
        status,
        on,
        competence,
        positions,
        _result(found),
        (
            *([beyond] if beyond else []),
            *(f"{_titled(item.stage)}: {told}" for item in found for told in item.told),
        ),
        "",
        found,
        tuple(voter for voter in voters if voter not in refused),
        voters,
        _stoppers(found, positions),
        days_of(dataset, address, stages),
        whole,
    )


def _result(found: Sequence[StageOutcome]) -> str:
    if not any(item.seats for item in found):
        return NO_VOTES
    return PASSES if all(item.passes for item in found) else STOPPED


def _titled(stage: Stage) -> str:
    """A stage's name, with the matters that it holds for where these are not all."""
    return f"{stage.name} ({', '.join(stage.competences)})" if stage.competences else stage.name


def _run(stage: Stage, positions: Positions) -> StageOutcome:
    if stage.electorate is None:
        told = (f"{stage.rule.definition}",)
        return StageOutcome(stage, True, told, (), both(()))
    left_out = positions.concerned if stage.concerned else frozenset()
    seats = tuple(seat for seat in stage.electorate.seats if seat.voter not in left_out)
    game = game_of(stage.rule, seats, positions.abstaining)
    yes = frozenset(
        seat.voter for seat in seats if seat.voter not in positions.against | positions.abstaining
    )
    return StageOutcome(
        stage, game.wins(yes), tuple(_told(stage, seats, game, yes, positions)), seats, game
    )


def _told(
    stage: Stage, seats: tuple[Seat, ...], game: Game, yes: frozenset[str], positions: Positions
) -> Iterable[str]:
    names = {seat.voter: seat.name for seat in seats}
    yield f"{len(yes)} of {len(seats)} for, {stage.rule.name}"
    alone = [seat.voter for seat in seats if seat.voter in positions.against]
    stopping = [names[voter] for voter in alone if _stops(stage, seats, voter, silent=False)]
    if stopping:
        yield f"stopped by {', '.join(stopping)}"
    if not game.possible:
        silent = [seat.name for seat in seats if seat.voter in positions.abstaining]
        yield f"stopped by the abstention of {', '.join(silent)}"
    for item in game.thresholds:
        if len(item.weights) and not (item.name == "seats" and item.quota <= 1 and yes):
            yield _counted(item, yes)


def _counted(item: Threshold, yes: frozenset[str]) -> str:
    """A threshold in words: "population for 292 m of the 293 m needed"."""
    whole = item.name == "population"
    have, need = (
        f"{value / 1e6:.1f} m" if whole else f"{value}" for value in (item.sum(yes), item.quota)
    )
    waived = ", which too few block" if item.sum(yes) < item.quota and item.waived(yes) else ""
    return f"{item.name} {have} of {need} needed{waived}"


def _stops(stage: Stage, seats: tuple[Seat, ...], voter: str, silent: bool) -> bool:
    """Whether a voter that is against (or silent) stops a stage when all others are for."""
    game = game_of(stage.rule, seats, frozenset({voter} if silent else ()))
    return not game.wins(frozenset(game.players) - {voter})


def _stoppers(found: Iterable[StageOutcome], positions: Positions) -> tuple[str, ...]:
    """Those who are against or abstain and whose vote alone stops a stage.

    Where abstentions stop it together, all who abstain.
    """
    stopping: dict[str, None] = {}
    for item in found:
        for seat in item.seats:
            silent = seat.voter in positions.abstaining
            objects = silent or seat.voter in positions.against
            together = silent and not item.game.possible
            if together or (objects and _stops(item.stage, item.seats, seat.voter, silent)):
                stopping[seat.voter] = None
    return tuple(stopping)
