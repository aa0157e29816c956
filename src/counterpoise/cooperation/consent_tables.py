"""Tables of consents: what each lever needs, and what each objector stops of each pathway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from counterpoise.cooperation.consents import (
    WITHOUT,
    consents_of,
    lever_result,
    result_of,
)
from counterpoise.cooperation.passage import NOT_RUN, PASSES, STOPPED
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Address, short
from counterpoise.errors import BadInput, Problem
from counterpoise.world.bundles import Lever, read_levers

Row = dict[str, Any]

MOST_NAMED = 6
"""States named in a cell; beyond that their number is told."""


def consent_rows(
    dataset: Dataset, levers: Sequence[Lever], on: str, against: Sequence[Address] = ()
) -> list[Row]:
    """One row a lever and party: how it agrees, who stops it alone, how many states it takes.

    With objectors (addresses) also what becomes of the consent, and of the lever as a whole.
    """
    rows: list[Row] = []
    for lever in levers:
        consents = consents_of(dataset, lever, on)
        whole = lever_result(dataset, lever, consents, against, on) if against else ""
        for item in consents:
            row: Row = {
                "lever": lever.id,
                "pathways": "; ".join(map(short, lever.pathways)),
                "party": item.party,
                "name": item.name,
                "kind": item.kind,
                "status": item.status,
                "stops_alone": named(item.alone, item.members),
                "fewest_that_stop": item.fewest,
                "missing": item.missing,
            }
            if against:
                row["result"] = result_of(dataset, lever, item, against, on)
                row["lever_result"] = whole
            rows.append(row)
    return rows


def objector_rows(dataset: Dataset, levers: Sequence[Lever], on: str) -> list[Row]:
    """One row a pathway and state that alone stops one of its levers: what it stops, what goes on.

    The levers' needed agreements alone decide: a state may be asked for some and not for others.
    """
    consents = {lever.id: consents_of(dataset, lever, on) for lever in levers}
    states = sorted(
        {state for found in consents.values() for item in found for state in item.alone}
    )
    rows: list[Row] = []
    for pathway in dataset.kind("pathway"):
        own = [lever for lever in levers if pathway.address in lever.pathways]
        for state in states:
            found = {
                lever.id: lever_result(dataset, lever, consents[lever.id], (state,), on)
                for lever in own
            }
            if STOPPED not in found.values():
                continue
            rows.append(
                {
                    "pathway": short(pathway.address),
                    "objector": short(state),
                    "levers": len(own),
                    "stopped": sum(result == STOPPED for result in found.values()),
                    **{
                        heading: "; ".join(name for name, result in found.items() if result == kind)
                        for heading, kind in (
                            ("stops", STOPPED),
                            ("goes_on_without_it", WITHOUT),
                            ("passes", PASSES),
                            ("not_run", NOT_RUN),
                        )
                    },
                }
            )
    return sorted(rows, key=lambda row: (row["pathway"], -row["stopped"], row["objector"]))


def needed(dataset: Dataset, levers: Sequence[Lever], on: str) -> Row:
    """What levers together need: bodies that decide, states that must agree, posts that move.

    `vetoes` counts the states that alone can stop at least one of them.
    """
    found = [item for lever in levers for item in consents_of(dataset, lever, on)]
    return {
        "bodies": len({body for lever in levers for body in lever.bodies}),
        "states": len({member for item in found for member in item.members}),
        "vetoes": len({state for item in found for state in item.alone}),
        "posts": len({post for lever in levers for post in lever.posts}),
    }


def named(states: Sequence[Address], members: Sequence[Address]) -> str:
    """States in a cell: named where they are few, else their number: "any of 32"."""
    if not states:
        return ""
    if len(states) <= MOST_NAMED:
        return "; ".join(map(short, states))
    return f"any of {len(states)}" if len(states) == len(members) else f"{len(states)} states"


def chosen(dataset: Dataset, name: str) -> tuple[Lever, ...]:
    """The levers of a pathway, or the one named; all without a name. BadInput for others."""
    levers = read_levers(dataset)
    found = tuple(
        lever
        for lever in levers
        if not name
        or name in (lever.id, lever.address)
        or any(name in (item, item.split("/", 1)[1]) for item in lever.pathways)
    )
    if not found:
        known = [item.address.split("/", 1)[1] for item in dataset.kind("pathway")]
        expected = f"a pathway ({', '.join(known)}) or a lever"
        remedy = "`list lever` names the levers"
        raise BadInput([Problem("pathway", "consents", None, "", name, expected, remedy)])
    return found
