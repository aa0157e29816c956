"""Finding a question by plain words: tolerant of inflection and of typing errors."""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from counterpoise.data.dataset import folded
from counterpoise.questions.question import Question
from counterpoise.questions.table import Catalogue

_ALIKE = 0.8
"""Least likeness (0 to 1) at which two words count as one with a typing error."""

_CLEAR = 1.3
"""How much better than the second the best must be to be recommended."""

_KEYWORD = 1.5
"""Weight of a keyword beside a word of the question's text."""

_COMMON = frozenset(
    (  # noqa: SIM905
        "a an and are as at be by can could do does for from how i if in is it of on or that the "
        "there they to we what when where which who whom whose why will with would us our"
    ).split()
)
"""Words that say nothing about a question's subject."""

_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "er", "ly", "al", "e", "y")


@dataclass(frozen=True)
class Match:
    """A question found by words: its score, higher is better."""

    question: Question
    score: float


def search(catalogue: Catalogue, words: str) -> list[Match]:
    """The questions that share a word with the words, best first.

    Each word counts by how few questions hold it (inverse document frequency); a word within a
    typing error counts by its likeness.
    """
    wanted = list(dict.fromkeys(stems(words)))
    held = {item.id: _weights(item) for item in catalogue.questions.values()}
    spread = Counter(stem for weights in held.values() for stem in weights)
    vocabulary = list(spread)
    scores: defaultdict[str, float] = defaultdict(float)
    for word in wanted:
        close = difflib.get_close_matches(word, vocabulary, n=3, cutoff=_ALIKE)
        known = [word] if word in spread else close
        for stem in known:
            likeness = difflib.SequenceMatcher(None, word, stem).ratio()
            rarity = math.log(1 + len(held) / spread[stem])
            for ident, weights in held.items():
                if stem in weights:
                    scores[ident] += weights[stem] * rarity * likeness
    ranked = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))
    return [Match(catalogue.questions[ident], score) for ident, score in ranked]


def clear_best(matches: list[Match]) -> Question | None:
    """The best match where it's clearly better than the next; None otherwise."""
    if not matches or (len(matches) > 1 and matches[0].score < _CLEAR * matches[1].score):
        return None
    return matches[0].question


def stems(text: str) -> Iterable[str]:
    """The words of a text without case, accents, endings and common words."""
    for word in re.findall(r"[a-z0-9]+", folded(text)):
        if word not in _COMMON:
            yield _stem(word)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _weights(question: Question) -> dict[str, float]:
    weights = dict.fromkeys(stems(question.text), 1.0)
    for keyword in question.keywords:
        for stem in stems(keyword):
            weights[stem] = _KEYWORD
    weights[question.id] = 2.0
    return weights
