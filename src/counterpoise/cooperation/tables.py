"""The tables that tell of formats: one row each, as the command and the answers show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from counterpoise.cooperation.cells import Cell, Definition, Network, network, read_definitions
from counterpoise.cooperation.counts import counts, filters
from counterpoise.cooperation.formats import Format, read_groups
from counterpoise.cooperation.joining import NEW, Step, frictions, members, read_kinds, steps
from counterpoise.cooperation.least import Least, least
from counterpoise.cooperation.nested import Pair, nested, overlapping, signs
from counterpoise.data.dataset import Dataset

Row = dict[str, Any]

ADDED = "format-mark/added"
NAMED = 3
"""Steps of equal worth that a row names; the rest are counted."""


@dataclass(frozen=True)
class Told:
    """A network with its least set of steps, ready to be told."""

    dataset: Dataset
    net: Network
    without: tuple[str, ...] = ()

    @cached_property
    def least(self) -> Least:
        """The least set of steps that fills the holes."""
        return least(self.net.holes, steps(self.net, read_kinds(self.dataset)))

    def name(self, address: str) -> str:
        """A thing's name."""
        return self.dataset.things[address].name


def tell(dataset: Dataset, definition: Definition, without: Iterable[str] = ()) -> Told:
    """The network of a definition without some states, ready to be told."""
    gone = tuple(without)
    return Told(dataset, network(dataset, definition, gone), gone)


def short(addresses: Iterable[str]) -> str:
    """Short names of things, in order, in one cell."""
    return " ".join(sorted(item.split("/", 1)[1] for item in addresses))


def list_rows(told: Told) -> list[Row]:
    """Every arrangement: what it does, for which plans, who takes part, where it is shown."""
    return [
        {
            "format": item.id,
            "name": item.name,
            "shown_under": told.name(item.group) if item.group else "",
            "functions": ", ".join(f for f in told.net.functions if f in item.functions),
            "region": item.region,
            "plans": short(item.plans),
            "members": len(item.members),
            "states": short(item.members),
            "status": item.status,
            "decides_by": item.rule,
            "marks": short(item.marks),
        }
        for item in told.net.formats
    ]


def matrix_rows(told: Told) -> list[Row]:
    """A row for each function, a column for each plan: who fills the cell, or how near one is."""
    return [
        {
            "function": function,
            **{
                plan.split("/", 1)[1]: _cell_told(told.net.cells[(plan, function)])
                for plan in told.net.plans
            },
        }
        for function in told.net.functions
    ]


def _cell_told(cell: Cell) -> str:
    """A cell in few words: "jef 75%, 1 more", or "hole (jef 36%)"."""
    nearest = f"{cell.present[0][0].id} {100 * cell.largest:.0f}%" if cell.present else "none"
    if cell.hole:
        return f"HOLE ({nearest})"
    more = len(cell.fills) - 1
    return f"{nearest}, {more} more" if more else nearest


def cell_rows(told: Told) -> list[Row]:
    """Each cell: formats there, the largest share of the plan's states, which fill it."""
    return [
        {
            "plan": cell.plan.split("/", 1)[1],
            "function": cell.function,
            "formats": len(cell.present),
            "largest_pct": 100 * cell.largest,
            "largest": cell.present[0][0].id if cell.present else "",
            "filled_by": ", ".join(item.id for item in cell.fills),
            "hole": "hole" if cell.hole else "",
        }
        for cell in told.net.cells.values()
    ]


def apart_rows(told: Told) -> list[Row]:
    """How many arrangements each group shows: of the facts and in the release."""
    facts = [item for item in told.net.formats if ADDED not in item.marks]
    in_facts = Counter(item.group for item in facts)
    in_all = Counter(item.group for item in told.net.formats)
    rows = [
        {
            "group": group.name,
            "of_the_facts": in_facts[group.address],
            "in_the_release": in_all[group.address],
            "explanation": group.explanation,
        }
        for group in read_groups(told.dataset)
    ]
    rows.append(
        {
            "group": "all",
            "of_the_facts": len(facts),
            "in_the_release": len(told.net.formats),
            "explanation": "added after the facts: "
            + ", ".join(item.id for item in told.net.formats if ADDED in item.marks),
        }
    )
    return rows


def definition_rows(told: Told) -> list[Row]:
    """The holes under each definition, with the states left out that the network leaves out."""
    rows = []
    for definition in read_definitions(told.dataset).values():
        net = network(told.dataset, definition, told.without)
        rows.append(
            {
                "definition": definition.id,
                "least_states": definition.least_states,
                "share_pct": 100 * definition.share,
                "formats": len(net.counted),
                "holes": len(net.holes),
                "cells": len(net.cells),
                "where": holes_told(net),
                "explanation": definition.explanation,
            }
        )
    return rows


def holes_told(net: Network) -> str:
    """The holes of each plan, in words."""
    found = []
    for plan in net.plans:
        names = [function for where, function in net.holes if where == plan]
        if names:
            found.append(f"{plan.split('/', 1)[1]}: {', '.join(names)}")
    return "; ".join(found)


def step_rows(told: Told) -> list[Row]:
    """The least set of steps, each with those that could stand in its place."""
    rows = []
    for choice in told.least.choices:
        step = choice.step
        others = [each.name for each in choice.instead[:NAMED]]
        more = len(choice.instead) - len(others)
        rows.append(
            {
                "step": step.kind,
                "what": step.name if step.kind != NEW else f"a format of {step.name}",
                "fills": fills_told(step),
                "points": step.cost,
                "states": short(members(told.net, step)),
                "instead": "; ".join(others) + (f"; {more} more" if more else ""),
                "frictions": " ".join(frictions(told.dataset, members(told.net, step))),
            }
        )
    return rows


def fills_told(step: Step) -> str:
    """The cells that a step fills, in words."""
    return ", ".join(f"{plan.split('/', 1)[1]} {function}" for plan, function in sorted(step.fills))


def pair_rows(pairs: Iterable[Pair]) -> list[Row]:
    """Pairs of formats: what and whom they share."""
    return [
        {
            "format": pair.first.id,
            "within" if pair.nested else "beside": pair.second.id,
            "functions": ", ".join(pair.functions),
            "plans": short(pair.plans),
            "shared": len(pair.shared),
            "of": f"{len(pair.first.members)} and {len(pair.second.members)}",
        }
        for pair in pairs
    ]


def dormant_rows(told: Told) -> list[Row]:
    """Formats whose last dated sign is known, those that have fallen silent first."""
    found = signs(told.dataset, told.net.definition.silent_years)
    ranked = sorted(found.values(), key=lambda sign: (not sign.dormant, sign.date))
    return [
        {
            "format": sign.format.split("/", 1)[1],
            "last_sign": sign.date,
            "what": sign.told,
            "dormant": "dormant" if sign.dormant else "",
            "sources": "; ".join(sign.sources),
        }
        for sign in ranked
    ]


def count_rows(told: Told) -> list[Row]:
    """What the documents count, ours by the same words, and ours that name it beside others."""
    return [
        {
            "kind": item.name,
            "documents": item.theirs,
            "ours": len(item.ours),
            "difference": len(item.ours) - item.theirs,
            "ours_beside_others": len(item.beside),
            "sources": "; ".join(item.sources),
        }
        for item in counts(told.dataset, told.net.formats)
    ]


def filter_rows(told: Told) -> list[Row]:
    """From all arrangements to those that the documents count, one step at a time."""
    rows: list[Row] = []
    for item in filters(told.dataset, told.net.formats):
        before = rows[-1]["left"] if rows else len(item.left)
        rows.append(
            {"kept": item.told, "left": len(item.left), "fell_out": before - len(item.left)}
        )
    return rows


def working_rows(told: Told) -> list[Row]:
    """The working formats of each plan, with the functions that they fill."""
    rows: list[Row] = []
    for plan in told.net.plans:
        found: dict[Format, tuple[str, ...]] = told.net.working(plan)
        for item, filled in found.items():
            rows.append(
                {"plan": plan.split("/", 1)[1], "format": item.id, "functions": ", ".join(filled)}
            )
        if not found:
            rows.append({"plan": plan.split("/", 1)[1], "format": "none", "functions": ""})
    return rows


TABLES: dict[str, tuple[str, Callable[[Told], list[Row]]]] = {
    "matrix": ("functions by regional plan: formats, and the largest one's share", matrix_rows),
    "cells": ("every cell: formats there, the largest share of the plan's states", cell_rows),
    "definitions": ("holes under each definition", definition_rows),
    "apart": ("what is shown apart", apart_rows),
    "steps": ("the least set of steps that fills the holes", step_rows),
    "working": ("working formats of each plan", working_rows),
    "nested": ("formats within formats", lambda told: pair_rows(nested(told.net))),
    "overlaps": ("formats that overlap", lambda told: pair_rows(overlapping(told.net))),
    "dormant": ("last dated signs of life", dormant_rows),
    "counts": ("what the documents count, and ours", count_rows),
    "difference": ("from all arrangements to those that the documents count", filter_rows),
}
"""Tables by name: what each tells, and its rows."""
