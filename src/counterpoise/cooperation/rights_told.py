"""Rights told: the rows of a table, a sentence for each act, and what limits them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from counterpoise.cooperation.rights import SELLER, UNKNOWN, Rights, need_of_state, needed
from counterpoise.cooperation.rights_cases import span
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import short

Row = dict[str, Any]

TOLD = {"y": "yes", "n": "no"}
"""How a need is told where its own word isn't one for a reader."""


def joined(names: list[str]) -> str:
    """Names in a sentence: a, b and c."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def consent_rows(dataset: Dataset, found: Rights) -> list[Row]:
    """A row for each stake: who licenses what, whether each act needs it, and by which row."""
    return [
        {
            "state": short(item.state),
            "part": item.part,
            "what": item.words,
            **{
                short(act): TOLD.get(need, need)
                for act in found.acts
                for need in (needed(dataset, act, item),)
            },
            "basis": item.basis,
            "by": item.by,
            "sources": "; ".join(item.sources),
        }
        for item in found.stakes
    ]


def case_rows(found: Rights) -> list[Row]:
    """A row for each recorded case of the item; `months` is None where no span is known."""
    return [
        {
            "date": item.date,
            "controller": joined([short(state) for state in item.controllers]),
            "hit": joined([short(state) for state in item.hit]),
            "kind": item.kind,
            "act": short(item.act) or (f"own step of the {item.own_step}" if item.own_step else ""),
            "over": item.resolved,
            "months": item.months,
            "basis": item.basis,
            "note": item.note,
            "case": item.address,
            "sources": "; ".join(item.sources),
        }
        for item in found.cases
    ]


@dataclass(frozen=True)
class Asked:
    """Whose word an act needs: states that must agree, may have to, and of whom it isn't known.

    `itself` is the seller where the act needs its own licence, "" where not.
    """

    act: str
    must: tuple[str, ...]
    may: tuple[str, ...]
    unknown: tuple[str, ...]
    itself: str


def asked_for(dataset: Dataset, found: Rights, act: str) -> Asked:
    """Whose word an act needs.

    The seller is told apart where the act needs its own licence. Who asks agrees by asking: the
    buyer, or without one the state that holds it.
    """
    own = [needed(dataset, act, item) for item in found.stakes if item.part == SELLER]
    apart = {found.buyer or found.seller, found.seller if "y" in own else ""}
    groups: dict[str, list[str]] = {"y": [], "depends": [], UNKNOWN: []}
    for state in found.states:
        need = need_of_state(dataset, found, act, state)
        if state not in apart and need in groups:
            groups[need].append(state)
    return Asked(
        act,
        tuple(groups["y"]),
        tuple(groups["depends"]),
        tuple(groups[UNKNOWN]),
        found.seller if "y" in own else "",
    )


def sentences(dataset: Dataset, found: Rights) -> list[str]:
    """For each act who must agree, who may have to, and of whom it isn't known."""
    told = []
    for act in found.acts:
        asked = asked_for(dataset, found, act)
        parts = []
        if asked.must:
            parts.append(f"{joined(_short(asked.must))} must agree")
        if asked.may:
            parts.append(f"{joined(_short(asked.may))} may have to")
        if asked.unknown:
            parts.append(f"of {joined(_short(asked.unknown))} it is {UNKNOWN}")
        if asked.itself:
            parts.append(f"{short(asked.itself)} licenses it itself")
        name = dataset.things[act].name
        told.append(f"{name}: {'; '.join(parts) or 'nobody named has to agree'}.")
    return told


def _short(states: tuple[str, ...]) -> list[str]:
    return [short(state) for state in states]


def limits(dataset: Dataset, found: Rights) -> list[str]:
    """What else bears on the item: agreements, bans of the buyer, cases, and what isn't known."""
    told = []
    for item in found.agreements:
        months = "" if item.months is None else f", within {item.months:g} months"
        told.append(
            f"{dataset.things[item.address].name} ({joined([short(each) for each in item.parties])}"
            f" with {short(found.seller)}): {item.effect}{months} ({item.address})"
        )
    for ban in found.bans:
        row = dataset.things[ban]
        since = f" since {row.texts['since']}" if row.texts.get("since") else ""
        told.append(
            f"{short(found.buyer)} rules it out itself{since}: {row.note} ({ban}, {row.basis})"
        )
    told.append(f"{found.item}: {span(found.cases)}")
    if not found.system:
        told.append(f"not a type of the sheet systems: whose consent it needs by rule is {UNKNOWN}")
    elif found.unlisted:
        told.append(f"content whose licensing state is {UNKNOWN}: {', '.join(found.unlisted)}")
    else:
        told.append(f"content of the type isn't listed: who licenses it is {UNKNOWN}")
    return told
