"""The tables that tell of formats: one row each, as the command and the answers show them."""

from __future__ import annotations

from collections.abc import Callable

from counterpoise.cooperation.beside import (
    apart_rows,
    count_rows,
    dormant_rows,
    filter_rows,
    pair_rows,
)
from counterpoise.cooperation.cells import Cell, Network, network, read_definitions
from counterpoise.cooperation.formats import Format
from counterpoise.cooperation.joining import NEW, Step, frictions, members
from counterpoise.cooperation.lead import Candidate, candidates, strongest
from counterpoise.cooperation.nested import nested, overlapping
from counterpoise.cooperation.told import Row, Told, short
from counterpoise.measures.view import View

NAMED = 3
"""Steps of equal worth that a row names; the rest are counted."""


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
            "share_pct": 100 * cell.largest,
            "largest_format": cell.present[0][0].id if cell.present else "",
            "filled_by": ", ".join(item.id for item in cell.fills),
            "hole": "hole" if cell.hole else "",
        }
        for cell in told.net.cells.values()
    ]


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


def working_rows(told: Told) -> list[Row]:
    """The working formats of each plan; without one the nation that could lead, and why."""
    view = View(told.dataset)
    rows: list[Row] = []
    for plan in told.net.plans:
        found: dict[Format, tuple[str, ...]] = told.net.working(plan)
        name = plan.split("/", 1)[1]
        for item, filled in found.items():
            functions = ", ".join(filled)
            rows.append({"plan": name, "format": item.id, "functions": functions, **_lead(None)})
        if not found:
            year = int(told.dataset.release[:4]) - 1
            known = {item.state: item for item in candidates(view, told.net, plan, year)}
            best = strongest(tuple(known.values()))
            leader = known[best[0]] if best else None
            rows.append({"plan": name, "format": "none", "functions": "", **_lead(leader)})
    return rows


def _lead(found: Candidate | None) -> Row:
    """Who could lead, with a column for each reason; empty where nobody need."""
    if found is None:
        return dict.fromkeys(("framework_nation", "capacity", "geography", "industry", "ties"), "")
    spending = "not known" if found.spending is None else f"EUR bn {found.spending.value:.3g}"
    far = "not known" if found.distance is None else f"{found.distance:,.0f} km"
    return {
        "framework_nation": found.state.split("/", 1)[1],
        "capacity": f"{spending} a year",
        "geography": f"{far} to the other capitals on average",
        "industry": f"{found.lines} lines of production",
        "ties": f"{found.common:.1f} formats in common with another state",
    }


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
