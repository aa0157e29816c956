"""Arguments of questions on decisions: states, a day, a matter, layers, members of a council."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from counterpoise.cooperation.electorates import electorate_on
from counterpoise.cooperation.passage import read_states
from counterpoise.cooperation.stages import competences
from counterpoise.data.dates import is_date, last_day
from counterpoise.data.records import short
from counterpoise.errors import BadInput, CounterpoiseError
from counterpoise.measures.parameters import Kind, Refused, near
from counterpoise.measures.view import View

NOBODY, RELEASE, ANY = "none", "release", "any"

LAYERS = "nato+eu"
"""Layers of arrangements that are left out where both fail to lead."""


def _read_states(text: str, view: View) -> tuple[str, ...]:
    if text == NOBODY:
        return ()
    try:
        return read_states(view.dataset, text.replace("+", ",").split(","), "states")
    except BadInput:
        known = [short(item.address) for item in view.dataset.kind("state")]
        raise Refused("states by code or name joined by +, or none", near(text, known)) from None


def _read_day(text: str, view: View) -> str:
    if text != RELEASE and not is_date(text):
        raise Refused("YYYY-MM-DD, YYYY-MM or YYYY, or release")
    return view.dataset.release if text == RELEASE else last_day(text)


def _read_competence(text: str, view: View) -> str:
    known = competences(view.dataset)
    if text != ANY and text not in known:
        raise Refused(" or ".join((ANY, *known)), near(text, known))
    return "" if text == ANY else text


def _read_layers(text: str, view: View) -> frozenset[str]:
    known = {item.texts.get("layer", "") for item in view.dataset.kind("arrangement")} - {""}
    found = frozenset(text.replace(",", "+").split("+")) if text != NOBODY else frozenset()
    if found - known:
        raise Refused(" or ".join((NOBODY, *sorted(known))), near(text, sorted(known)))
    return found


def _none(value: object, view: View) -> list[str]:
    return []


StatesArgument = Annotated[
    tuple[str, ...], Kind("states", "states joined by +, or none", _read_states, _none)
]
DayArgument = Annotated[str, Kind("day", "a date, or release", _read_day, _none)]
CompetenceArgument = Annotated[
    str, Kind("competence", "a competence of bodies, or any", _read_competence, _none)
]
LayersArgument = Annotated[
    frozenset[str],
    Kind("layers", "layers of arrangements joined by +, or none", _read_layers, _none),
]

VARIANTS = "esc-ceps,esc-kubilius,esc-lagodinsky,e3,e5,northern-group"
_VARIANTS = "electorates, arrangements or states joined by +; variants joined by commas"


@dataclass(frozen=True)
class Members:
    """Named members of a council: the addresses of states, in order."""

    name: str
    states: tuple[str, ...]
    sources: tuple[str, ...] = ()


def _members(text: str, view: View) -> Members:
    """The states that vote in an electorate or sit in an arrangement, or states joined by +."""
    address = f"electorate/{text}"
    dataset = view.dataset
    if address in dataset.things:
        seats = electorate_on(dataset, address, dataset.release).seats
        keys = (key for seat in seats for key in dataset.things[seat.address].sources)
        states = tuple(seat.voter for seat in seats if seat.voter.startswith("state/"))
        return Members(text, states, tuple(dict.fromkeys(keys)))
    found: list[str] = []
    for name in text.split("+"):
        try:
            found += view.place(name.strip()).states
        except CounterpoiseError:
            known = [short(item.address) for item in dataset.kind("electorate")]
            known += [short(item.address) for item in dataset.kind("arrangement")]
            known += [short(item.address) for item in dataset.kind("state")]
            raise Refused(_VARIANTS, near(name, known)) from None
    return Members(text, tuple(dict.fromkeys(found)))


def _read_variants(text: str, view: View) -> tuple[Members, ...]:
    return tuple(_members(item.strip(), view) for item in text.split(","))


VariantsArgument = Annotated[
    tuple[Members, ...], Kind("variants", _VARIANTS, _read_variants, _none)
]
MembersArgument = Annotated[
    Members,
    Kind("members", "an electorate, an arrangement, or states joined by +", _members, _none),
]
