"""Suggestions for plain words: questions with their arguments filled in, then things.

Everything is found in an index that holds plain values alone, so that a page can carry it and
`pages/assets/search.js` finds the same; who changes the one must change the other.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from counterpoise.questions.words import alike, rare, stems, weights

Index = Mapping[str, Any]
"""See `suggest_index.index`."""

QUESTION, PAGE, FIGURE = "question", "page", "figure"
"""Kinds of suggestion beside those of things; a page is found by its path alone."""

ASK = "ask/"
"""What the paths of questions begin with; other rows among the questions are of pages."""

FILLED = 2.0
"""What an argument counts that the words name, beside a word of the question's text.

It counts nothing more where the words that name it are the question's own.
"""

NUMBERED = 0.5
"""The same of an argument that is a year or number: it fits many."""

CLEAR = 1.3
"""How much better than the second the best question must be to be recommended."""

EXACT = 2.0
"""How much better than any question a thing is that the words name and say nothing else of."""

PROPER = ("state", "system", "line", "company", "post")
"""Kinds whose names are no topics: who types one alone means the thing."""

WHOLE = 0.6
"""Part of a thing's score that counts by how much of its name the words hold."""

LEAST = 0.4
"""A suggestion with less than this part of the best one's score is left out."""

_LONGEST_NAME = 6
"""Words of a name that is looked for in the words."""

_SMALL = re.compile(r"\d{1,3}")
"""A number that is no year."""

_DIGITS = 6
"""Decimals of a score, so that a rounding error decides no order."""


@dataclass(frozen=True)
class Suggestion:
    """A question or thing found by words.

    `path` is the address of its page (`ask/deliver/buyer=EST`, `state/POL`; that of a figure names
    its place on the page of its thing), `kind` "question", "page", "figure" or the thing's kind;
    `given` are the arguments that the words name. The path leaves out those that go without saying.
    """

    text: str
    path: str
    kind: str
    score: float
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Named:
    """A thing named in full: the places of its words, and who bears the name."""

    places: tuple[int, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """An index prepared for look-ups: words of things and questions, and full names.

    `numbered` are words with a number behind them that is part of a name, as in "Leopard 2".
    """

    index: Index
    questions: tuple[dict[str, float], ...]
    question_spread: Counter[str]
    fill_spread: Counter[str]
    things: tuple[tuple[str, str, str, float], ...]
    names: tuple[tuple[int, frozenset[str]], ...]
    holders: Mapping[str, Sequence[int]]
    bearers: Mapping[tuple[str, ...], Sequence[str]]
    called: Mapping[str, str]
    numbered: frozenset[tuple[str, str]]


def lexicon(index: Index) -> Lexicon:
    """Prepare an index."""
    held = tuple(
        weights(path.removeprefix(ASK), text, keys) for path, text, keys, _ in index["questions"]
    )
    fills = Counter(
        kind for *_, parameters in index["questions"] for kind in {item[1] for item in parameters}
    )
    things: list[tuple[str, str, str, float]] = []
    names: list[tuple[int, frozenset[str]]] = []
    holders: defaultdict[str, list[int]] = defaultdict(list)
    bearers: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    numbered: set[tuple[str, str]] = set()
    for kind, (weight, rows) in index["kinds"].items():
        for ident, name, *more in rows:
            address = ident if kind == PAGE else f"{kind}/{ident}"
            for text in dict.fromkeys((name or ident, ident, *more)):
                found = stems(text)
                for stem in set(found):
                    holders[stem].append(len(names))
                names.append((len(things), frozenset(found)))
                numbered |= {pair for pair in pairwise(found) if _SMALL.fullmatch(pair[1])}
                if found and len(found) <= _LONGEST_NAME and address not in bearers[tuple(found)]:
                    bearers[tuple(found)].append(address)
            things.append((kind, address, name or ident, weight))
    return Lexicon(
        index,
        held,
        Counter(stem for found in held for stem in found),
        fills,
        tuple(things),
        tuple(names),
        dict(holders),
        dict(bearers),
        {address: name for _, address, name, _ in things},
        frozenset(numbered),
    )


def suggest(
    known: Lexicon, text: str, questions: int = 7, things: int = 8
) -> tuple[Suggestion, ...]:
    """What is found for plain words: questions, pages and figures, best first, then things."""
    words = stems(text)
    named = list(_named(known, words))
    found = _things(known, words)
    pages = [item for item in found if item.kind == PAGE]
    asked = sorted((*_questions(known, words, named), *pages), key=lambda item: -item.score)
    most = asked[0].score if asked else 1.0
    meant = [*_exact(words, named, found, most), *_figure(known, words, named, most)]
    asked = sorted((*meant, *asked), key=lambda item: -item.score)[:questions]
    shown = {item.path for item in asked}
    rest = [item for item in found if item.kind != PAGE and item.path not in shown]
    return (*asked, *rest[:things])


def _exact(
    words: Sequence[str], named: Sequence[_Named], found: Sequence[Suggestion], most: float
) -> list[Suggestion]:
    """The thing of a kind in PROPER whose name is all that the words say."""
    bearers = {path for item in named if len(item.places) == len(words) for path in item.addresses}
    meant = [item for item in found if item.path in bearers and item.kind in PROPER]
    return [replace(meant[0], score=round(EXACT * most, _DIGITS))] if meant else []


def _figure(
    known: Lexicon, words: Sequence[str], named: Sequence[_Named], most: float
) -> list[Suggestion]:
    """The figure that the words name by its thing and quantity; none, or the one that fits best.

    It goes before the best other suggestion, whose score is `most`, where it reads all words.
    """
    found: list[tuple[int, str, str]] = []
    for item in named:
        rest = {word for place, word in enumerate(words) if place not in item.places}
        for address in item.addresses:
            kind = address.partition("/")[0]
            for quantity in known.index["quantities"].get(kind, ()):
                read = len(rest & set(stems(quantity)))
                if read:
                    found.append((read + len(item.places), address, quantity))
    if not found:
        return []
    read, address, quantity = max(found, key=lambda each: each[0])
    text = f"{known.called[address]}: {quantity}"
    score = round(CLEAR * most * min(read / len(set(words)), 1.0), _DIGITS)
    return [Suggestion(text, f"{address}#{quantity.replace(' ', '_')}", FIGURE, score)]


def _questions(known: Lexicon, words: Sequence[str], named: Sequence[_Named]) -> list[Suggestion]:
    rows = known.index["questions"]
    scores = [[0.0] * len(words) for _ in rows]
    for place, word in enumerate(words):
        if word in words[:place]:
            continue
        for stem, likeness in alike(word, known.question_spread):
            rarity = rare(len(rows), known.question_spread[stem]) * likeness
            for at, held in enumerate(known.questions):
                scores[at][place] += held.get(stem, 0.0) * rarity
    found = []
    for own, (head, told, _, parameters) in zip(scores, rows, strict=True):
        kind_of = QUESTION if head.startswith(ASK) else PAGE
        given: dict[str, str] = {}
        total = sum(own)
        if kind_of == PAGE and not total:
            continue
        for name, kind, value, places in _filled(known, parameters, named, words):
            given[name] = value
            if not any(own[place] for place in places):
                counts = FILLED if kind in known.index["fills"] else NUMBERED
                total += counts * rare(len(rows), known.fill_spread[kind])
        filled = {item[0]: given[item[0]] for item in parameters if item[0] in given}
        shown = ", ".join(f"{name} {text}" for name, text in filled.items())
        label = f"{told} ({shown})" if shown else told
        path = "/".join((head, *_arguments(parameters, filled)))
        found.append(Suggestion(label, path, kind_of, round(total, _DIGITS), filled))
    return _best(found)


def _arguments(parameters: Sequence[Sequence[Any]], filled: Mapping[str, str]) -> Iterator[str]:
    """The pieces of a path: arguments that are named, or stand in for those that aren't."""
    for name, _, usual, _, *instead in parameters:
        value = filled.get(name, instead[0] if instead else usual)
        if value != usual:
            yield f"{name}={value}"


def _best(found: list[Suggestion]) -> list[Suggestion]:
    """Those not far behind the best, best first; equal ones stay in their order."""
    most = max((item.score for item in found), default=0.0)
    kept = [item for item in found if item.score > 0 and item.score >= LEAST * most]
    return sorted(kept, key=lambda item: -item.score)


def _filled(
    known: Lexicon,
    parameters: Sequence[Sequence[Any]],
    named: Sequence[_Named],
    words: Sequence[str],
) -> Iterator[tuple[str, str, str, tuple[int, ...]]]:
    """Arguments that the words name: name, kind, text, and the places of the words.

    One of a kind: a second state named is no second one that blocks.
    """
    taken: set[str] = set()
    for item in named:
        for name, kind, *_ in parameters:
            if kind in taken:
                continue
            accepted = known.index["fills"].get(kind, {})
            value = next((accepted[each] for each in item.addresses if each in accepted), None)
            if value is not None:
                taken.add(kind)
                yield name, kind, value, item.places
                break
    for place, (pair, word) in enumerate(zip(pairwise(("", *words)), words, strict=True)):
        for name, kind, _, texts, *_ in parameters:
            if kind not in taken and word in texts and pair not in known.numbered:
                taken.add(kind)
                yield name, kind, word, (place,)
                break


def _named(known: Lexicon, words: Sequence[str]) -> Iterator[_Named]:
    """Things named in full, the longest names first from left to right."""
    clear = [_corrected(known, word) for word in words]
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST_NAME, len(words) - place), 0, -1):
            bearers = known.bearers.get(tuple(clear[place : place + length]))
            if bearers:
                yield _Named(tuple(range(place, place + length)), tuple(bearers))
                place += length
                break
        else:
            place += 1


def _corrected(known: Lexicon, word: str) -> str:
    """A word, or the one it stands for with a typing error, if no question holds it."""
    if word in known.holders or word in known.question_spread:
        return word
    found = alike(word, known.holders)
    return found[0][0] if found and not found[0][0].startswith(word) else word


def _things(known: Lexicon, words: Sequence[str]) -> list[Suggestion]:
    """Things by their best name: its words that are meant, and how much of it they are."""
    scores: defaultdict[int, float] = defaultdict(float)
    hits: defaultdict[int, int] = defaultdict(int)
    for word in dict.fromkeys(words):
        own: dict[int, float] = {}
        for stem, likeness in alike(word, known.holders):
            holding = known.holders[stem]
            counted = rare(len(known.names), len(holding)) * likeness
            for at in holding:
                own[at] = max(own.get(at, 0.0), counted)
        for at, counted in own.items():
            scores[at] += counted
            hits[at] += 1
    best: dict[int, float] = {}
    for at, score in scores.items():
        thing, own_words = known.names[at]
        whole = min(hits[at] / len(own_words), 1.0)
        counted = score * (1 - WHOLE + WHOLE * whole) * known.things[thing][3]
        best[thing] = max(best.get(thing, 0.0), counted)
    return _best([_thing(known, thing, best[thing]) for thing in sorted(best)])


def _thing(known: Lexicon, at: int, score: float) -> Suggestion:
    kind, address, name, _ = known.things[at]
    return Suggestion(name, address, kind, round(score, _DIGITS))


def clear_best(questions: Sequence[Suggestion]) -> Suggestion | None:
    """The best question where it's clearly better than the next; None otherwise."""
    if not questions or (len(questions) > 1 and questions[0].score < CLEAR * questions[1].score):
        return None
    return questions[0]


def ident_of(question: Suggestion) -> str:
    """The id of a question suggested."""
    return question.path.split("/")[1]
