"""What is asked of decisions, read from text: states, a day, a matter, what may be known beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from counterpoise.cooperation.behind import GIVEN
from counterpoise.cooperation.overview import Vote
from counterpoise.cooperation.passage import Positions, read_day, read_positions, read_states
from counterpoise.cooperation.stages import competences
from counterpoise.data.dataset import Dataset
from counterpoise.data.sheets import parse_number
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import near

Read = TypeVar("Read")


def read_vote(
    dataset: Dataset,
    problems: Iterable[Problem] = (),
    /,
    *,
    against: str = "",
    abstain: str = "",
    concerned: str = "",
    on: str = "",
    competence: str = "",
    support: str = "",
    assent: str = "",
) -> Vote:
    """A vote from its texts: states with commas between, a date, a matter, NAME=VALUE pairs.

    BadInput with all that is wrong, after the `problems` found before.
    """
    found = list(problems)
    _check_competence(dataset, competence, found)
    said = _words(dataset, assent, "--assent", found)
    for text in said.values():
        if text not in GIVEN:
            expected = " or ".join(GIVEN)
            found.append(Problem("assent", "--assent", None, "", text, expected, "choose one"))
    likely = _probabilities(_words(dataset, support, "--support", found), found)
    groups = [names_in(text) for text in (against, abstain, concerned)]
    positions = _kept(lambda: read_positions(dataset, *groups), Positions(), found)
    day = _kept(lambda: read_day(dataset, on), "", found)
    if found:
        raise BadInput(found)
    return Vote(positions, day, competence, likely, said)


def names_in(text: str) -> list[str]:
    """The names between commas."""
    return [item.strip() for item in text.split(",") if item.strip()]


def _kept(read: Callable[[], Read], instead: Read, problems: list[Problem]) -> Read:
    """What is read, or something in its place with what is wrong told."""
    try:
        return read()
    except BadInput as wrong:
        problems += wrong.problems
        return instead


def _check_competence(dataset: Dataset, competence: str, problems: list[Problem]) -> None:
    known = competences(dataset)
    if competence and competence not in known:
        told, likely_meant = ", ".join(known), ", ".join(near(competence, known))
        remedy = f"did you mean {likely_meant}?" if likely_meant else "choose one"
        problems.append(Problem("competence", "--competence", None, "", competence, told, remedy))


def _words(dataset: Dataset, text: str, option: str, problems: list[Problem]) -> dict[str, str]:
    """NAME=VALUE pairs by the states' addresses."""
    found = {}
    for item in names_in(text):
        name, equals, value = item.partition("=")
        if not equals or not value:
            expected, remedy = "HUN=…", "give each state a value"
            problems.append(Problem("pair", option, None, "", item, expected, remedy))
            continue
        try:
            found[read_states(dataset, [name], option)[0]] = value
        except BadInput as wrong:
            problems += wrong.problems
    return found


def _probabilities(words: dict[str, str], problems: list[Problem]) -> dict[str, float]:
    found = {}
    for state, text in words.items():
        value = parse_number(text)
        if value is None or not 0 <= value <= 1:
            expected, remedy = "a number from 0 to 1", "correct it"
            problems.append(Problem("probability", "--support", None, "", text, expected, remedy))
        else:
            found[state] = value
    return found
