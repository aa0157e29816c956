"""Plain words: compared without their endings, tolerant of typing errors, rare ones counting."""

from __future__ import annotations

import math
import re
from collections.abc import Collection

from counterpoise.data.dataset import folded

_SHORTEST_WITH_ERROR, _SHORTEST_WITH_TWO = 4, 8
"""Letters from which a word may have one typing error, and two."""

_SHORTEST_START = 3
"""Letters from which a word may be the start of another."""

_MOST_ALIKE = 3
"""Words that one with a typing error may stand for."""

KEYWORD = 1.5
"""Weight of a keyword beside a word of the question's text."""

IDENT = 2.0
"""Weight of a question's id, or of a page's path."""

COMMON = frozenset(
    (  # noqa: SIM905
        "a an and are as at be by can could do does for from how i if in is it of on or that the "
        "there they to we what when where which who whom whose why will with without would us our"
    ).split()
)
"""Words that say nothing about a question's subject."""

NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
         "twelve"), start=2,
    )
}  # fmt: skip
"""Numbers in words; one is left out, for it's no number in "one ally blocks"."""

ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "er", "ly", "al", "e", "y")


def rare(whole: int, holding: int) -> float:
    """What a word counts that so many of all hold: its inverse document frequency."""
    return math.log(1 + whole / holding)


def stems(text: str) -> list[str]:
    """The words of a text without case, accents, endings and common words.

    Short letters before a number belong to it: F-35A and PAC-3 are one word each. US in capitals
    is the state, and the s of a possessive no word. Small numbers become digits.
    """
    told = folded(re.sub(r"\bU\.?S\b\.?", "USA", text))
    joined = re.sub(r"['\u2019]s\b", "", told)
    joined = re.sub(r"(^|[^a-z0-9])([a-z]{1,3})-(?=[0-9])", r"\1\2", joined)
    words = (word for word in re.findall(r"[a-z0-9]+", joined) if word not in COMMON)
    return [NUMBERS.get(word) or _stem(word) for word in words]


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def weights(ident: str, text: str, keywords: Collection[str]) -> dict[str, float]:
    """The words of a question with what each counts."""
    found = dict.fromkeys(stems(text), 1.0)
    for keyword in keywords:
        for stem in stems(keyword):
            found[stem] = KEYWORD
    return found | dict.fromkeys(stems(ident), IDENT)


def alike(word: str, vocabulary: Collection[str]) -> list[tuple[str, float]]:
    """The words of a vocabulary that a word may stand for, each with its likeness (0 to 1).

    The word itself; else those that it starts; else those within a typing error or two that
    begin with the same letter, the nearest few.
    """
    if word in vocabulary:
        return [(word, 1.0)]
    if len(word) >= _SHORTEST_START:
        longer = [stem for stem in vocabulary if stem.startswith(word)]
        if longer:
            return sorted((stem, len(word) / len(stem)) for stem in longer)
    most = 2 if len(word) >= _SHORTEST_WITH_TWO else 1 if len(word) >= _SHORTEST_WITH_ERROR else 0
    near = []
    for stem in vocabulary if most else ():
        if stem[0] == word[0] and abs(len(stem) - len(word)) <= most:
            errors = typing_errors(word, stem)
            if errors <= most:
                near.append((stem, 1 - errors / len(word)))
    return sorted(near, key=lambda entry: (-entry[1], entry[0]))[:_MOST_ALIKE]


def typing_errors(one: str, other: str) -> int:
    """Letters to add, leave out, change or swap with the next to get one word from another."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [at]
        for to, wanted in enumerate(other, start=1):
            best = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            swapped = at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted
            row.append(min(best, earlier[to - 2] + 1) if swapped else best)
    return row[-1]
