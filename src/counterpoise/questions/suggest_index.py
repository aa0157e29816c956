"""The index that suggestions are found in: plain values, small enough for a page to carry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import short
from counterpoise.errors import CounterpoiseError
from counterpoise.measures.ordering import buyable_lines, lines_of
from counterpoise.measures.parameters import Areas, Kind, Refused
from counterpoise.measures.standing import Parameter
from counterpoise.measures.types import plan_year
from counterpoise.measures.view import View
from counterpoise.questions.suggest import ASK, PAGE
from counterpoise.questions.table import Catalogue

Rows = Sequence[Sequence[str]]
"""Things of a kind: id, name and other names."""

FIRST = (
    "state", "system", "area", "scope", "body", "arrangement", "instrument", "company", "post",
    "line", "clause", "input", "pathway", "process", "programme", "concept",
)  # fmt: skip
"""Kinds that people ask for by name; they come first and count in full."""

PLANNED = "plans"
"""How the sheet `states` tells that forces are planned for a state."""

LEFT_OUT = frozenset({
    "baseline", "consent-rule", "content", "control-part", "currency-pair", "decision-stage",
    "elector", "lever-event", "need", "rule",
})  # fmt: skip
"""Kinds that nobody asks for by name: each is told on the page of the thing it belongs to."""

_YEARS, _ORDERED = ("year", "moment"), "order time"
"""Kinds of argument that take a year, and that which takes any year of the plan."""

_COUNT, _MOST = "units", 100
"""The kind of argument that takes a number of units, and the most that words name."""

_LATER, _SOURCE = 0.7, 0.5
"""What things of other kinds and sources count beside those that come first."""

_FIGURED = ("system", "line", "instrument", "company", "programme")
"""Kinds whose figures are asked for by name; of states and areas people ask questions."""

_USUAL = 0.05
"""Share of the things of a kind from which on a quantity is usual among them."""

_ACCEPTED = {
    "place": ("state", "scope", "arrangement"),
    "state": ("state",),
    "other state": ("state",),
    "states": ("state",),
    "order line": ("line", "system"),
    "area": ("area",),
    "body": ("body",),
    "clause": ("clause",),
    "system": ("system",),
    "line": ("line",),
    "decision-rule": ("decision-rule",),
}
"""Kinds of thing that may be given for a kind of argument."""


def index(
    catalogue: Catalogue,
    dataset: Dataset,
    more: Mapping[str, Rows] | None = None,
    asked: Sequence[Sequence[Any]] = (),
) -> dict[str, Any]:
    """What suggestions are found in, as values that JSON can hold.

    questions: path, text, keywords, and parameters as name, kind, what goes without saying, and
    the years or numbers that one of these takes; `asked` are pages that are found as questions are,
    whose parameters may have a fifth part, what stands where the words name nothing. fills: by kind
    of argument, the text to fill in for a thing's address. quantities: by kind of thing, those that
    figures usually have. kinds: by kind of thing, what it counts and its things as id, name ("" if
    it's the id), other names. `more` are other pages to find, such as measures; those of kind PAGE
    count in full, and their id is their path.
    """
    view = View(dataset)
    questions = [
        [
            f"{ASK}{item.id}",
            item.text,
            list(item.keywords),
            [_parameter(each, view) for each in item.parameters] if item.kind == "computed" else [],
        ]
        for item in catalogue.questions.values()
    ]
    used = {
        each.kind.name: each.kind
        for item in catalogue.questions.values()
        for each in item.parameters
        if each.kind.name in _ACCEPTED
    }
    fills = {name: _fills(kind, view) for name, kind in sorted(used.items())}
    slots = {item[1] for row in asked for item in row[3]} & _ACCEPTED.keys() - used.keys()
    fills |= {name: _short_names(name, dataset) for name in sorted(slots)}
    return {
        "release": dataset.id,
        "questions": [*questions, *asked],
        "fills": fills,
        "quantities": _quantities(dataset),
        "kinds": _kinds(dataset, more or {}),
    }


def _parameter(item: Parameter, view: View) -> list[Any]:
    texts: list[str] = []
    if item.kind.name in (*_YEARS, _ORDERED):
        kind = plan_year if item.kind.name == _ORDERED else item.kind
        texts = [text for text in kind.parts(None, view) if text.isdigit()]
    elif item.kind.name == _COUNT:
        texts = [str(number) for number in range(1, _MOST + 1)]
    return [item.name, item.kind.name, item.default, texts]


def _quantities(dataset: Dataset) -> dict[str, list[str]]:
    """The usual quantities of figures by kind of thing, as words."""
    held = {(subject, quantity) for subject, quantity, *_ in dataset.chosen}
    counted = Counter((subject.partition("/")[0], quantity) for subject, quantity in held)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for (kind, quantity), number in sorted(counted.items()):
        if kind in _FIGURED and number >= _USUAL * len(dataset.kind(kind)):
            found[kind].append(quantity.replace("_", " "))
    return dict(found)


def _fills(kind: Kind, view: View) -> dict[str, str]:
    """The text that a kind of argument reads for each thing that it takes."""
    found = {}
    open_lines = frozenset(buyable_lines(view))
    for of in _ACCEPTED[kind.name]:
        for thing in view.dataset.kind(of):
            text, wanted = short(thing.address), thing.address
            if kind.name == "place" and of == "state" and thing.texts.get("planning") != PLANNED:
                continue
            if kind.name == "order line":
                lines = [thing.address] if of == "line" else lines_of(view, thing.address)
                wanted = next((line for line in lines if line in open_lines), "")
                text = short(wanted)
            if text and "/" not in text and _reads(kind, text, view, wanted):
                found[thing.address] = text
    return found


def _short_names(kind: str, dataset: Dataset) -> dict[str, str]:
    """The short names of what a kind of argument takes."""
    return {
        thing.address: short(thing.address)
        for of in _ACCEPTED[kind]
        for thing in dataset.kind(of)
        if "/" not in short(thing.address)
    }


def _reads(kind: Kind, text: str, view: View, wanted: str) -> bool:
    """Whether a kind of argument reads a text as the thing at an address."""
    try:  # a place is read without the search for near names that a refusal makes
        value = view.place(text).address if kind.name == "place" else kind.read(text, view)
    except (Refused, CounterpoiseError):
        return False
    return (value.addresses if isinstance(value, Areas) else value) in (wanted, (wanted,))


def _kinds(dataset: Dataset, more: Mapping[str, Rows]) -> dict[str, Any]:
    aliases: defaultdict[str, list[str]] = defaultdict(list)
    for alias, address in dataset.aliases.items():
        aliases[address].append(alias)
    others = [kind for kind in dataset.schema.kinds if kind not in (*FIRST, *LEFT_OUT)]
    found: dict[str, Any] = {}
    for kind in (*FIRST, *others):
        things = dataset.kind(kind)
        if things:
            rows = [_row(short(item.address), item.name, aliases[item.address]) for item in things]
            found[kind] = [1.0 if kind in FIRST else _LATER, rows]
    for kind, given in more.items():
        found[kind] = [
            1.0 if kind == PAGE else _LATER,
            [_row(row[0], row[1], row[2:]) for row in given],
        ]
    sources = [_row(item.key, item.title, ()) for item in dataset.sources.values()]
    return found | {"source": [_SOURCE, sources]}


def _row(ident: str, name: str, others: Sequence[str]) -> list[str]:
    """Id, name and other names; each once."""
    told = "" if name == ident else name
    return [ident, told, *(item for item in dict.fromkeys(others) if item not in (ident, name))]
