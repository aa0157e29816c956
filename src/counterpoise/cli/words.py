"""Arguments given as name=value words: read all at once, with every fault told."""

from __future__ import annotations

from collections.abc import Sequence

from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import near


def pairs(words: Sequence[str] | None) -> dict[str, str]:
    """Values by name; "" where a word has no = or no value, so that who reads it tells that too.

    BadInput with all names that stand twice.
    """
    problems: list[Problem] = []
    found = _split(words or (), problems)
    if problems:
        raise BadInput(problems)
    return found


def read_words(
    words: Sequence[str], told: dict[str, str], problems: list[Problem]
) -> dict[str, str]:
    """Values by name; `told` says for each name what may be given.

    Unknown names (with the nearest known), names given twice or without a value are added to
    `problems`.
    """
    found = _split(words, problems)
    for name, value in found.items():
        if name not in told:
            expected = " or ".join(near(name, list(told)) or [f"{item}=…" for item in told])
            problems.append(Problem("unknown-word", name, None, "", value, expected, "correct it"))
        elif not value:
            problems.append(Problem("no-value", f"{name}=", None, "", "", told[name], "add it"))
    return {name: value for name, value in found.items() if name in told and value}


def _split(words: Sequence[str], problems: list[Problem]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name in found:
            problems.append(Problem("word-twice", word, None, "", "", "each once", "remove one"))
        else:
            found[name] = value
    return found
