"""What a problem may use of what is shared: line slots, expansions, inputs, loans, needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from counterpoise.planning.registry import Ints
from counterpoise.world.calendar import Floats
from counterpoise.world.labels import GROUP
from counterpoise.world.lines import opened
from counterpoise.world.needs import outputs, shares
from counterpoise.world.world import World


@dataclass(frozen=True)
class Offers:
    """Upper limits that a problem is built with.

    `free` and `growth` are lines × periods (units; units per year of added rate decided in the
    period); `output_share` the part of its open output that events leave; `open_need` cells ×
    periods; `group_share` by state; `absorption_share` by cell, of what is left when
    `absorbed_kept` (capability units, cells × years) is kept for decisions, of which
    `absorbed_first` are these states' own; `loan_left` EUR bn by loan; `inputs` t a year by input
    and `amounts` t a unit by input and line.
    """

    free: Floats
    growth: Floats
    output_share: Floats
    open_need: Floats
    group_share: Floats
    absorption_share: Floats
    absorbed_first: Floats
    absorbed_kept: Floats
    loan_left: dict[str, float]
    inputs: dict[str, Floats]
    amounts: dict[str, Floats]


def all_offers(world: World) -> Offers:
    """Everything that is open: what one plan for all may use."""
    growth = np.array([line.growths for line in world.lines]) * world.calendar.lengths[None, :]
    growth = np.maximum(growth - kept_expansions(world), 0.0)
    drawn = world.earlier.drawn if world.earlier is not None else {}
    names = [
        item.address for item in world.dataset.kind("input") if _is_limited(world, item.address)
    ]
    return Offers(
        free=world.free,
        growth=growth,
        output_share=np.array(
            [
                line.delivering * opened(world.dataset, line, world.calendar, world.scenario)
                for line in world.lines
            ]
        ),
        open_need=world.open_need,
        group_share=gdp_shares(world),
        absorption_share=np.ones(len(world.labels.cells)),
        absorbed_first=np.zeros((len(world.labels.cells), len(world.calendar.budget_years))),
        absorbed_kept=np.zeros((len(world.labels.cells), len(world.calendar.budget_years))),
        loan_left={
            loan.address: max(loan.left - drawn.get(loan.address, 0.0), 0.0) for loan in world.loans
        },
        inputs={
            name: np.maximum(input_supply(world, name) - kept_inputs(world, name), 0.0)
            for name in names
        },
        amounts={name: input_amounts(world, name) for name in names},
    )


def kept_expansions(world: World) -> Floats:
    """Added rate that earlier plans have decided, by line and period of decision."""
    total = np.zeros((len(world.lines), len(world.calendar)))
    if world.earlier is not None:
        for line, units in world.earlier.expansions.items():
            total[world.labels.line_index[line]] = units
    return total


def kept_inputs(world: World, name: str) -> Floats:
    """Tonnes of an input that orders of earlier plans take, by budget year."""
    amount = input_amounts(world, name)
    total = np.zeros(len(world.calendar.budget_years))
    for entry, units in world.kept:
        taken = units * amount[world.labels.line_index[entry.line]]
        np.add.at(total, world.calendar.years - world.calendar.budget_years[0], taken)
    return total


def gdp_shares(world: World) -> Floats:
    """Each planning state's share of the group's gross domestic product."""
    output = outputs(world.dataset, world.labels)
    share: Floats = output / output.sum()
    return share


def _is_limited(world: World, name: str) -> bool:
    return world.dataset.text(name, "planned") == "y"


def input_supply(world: World, name: str) -> Floats:
    """Tonnes a year of an input open to European lines, by budget year."""
    data, years = world.dataset, world.calendar.budget_years
    total = np.zeros(len(years))
    for link in data.links_to.get(name, []):
        output = data.value(link.subject, "output")
        share = data.value(link.subject, "open_share")
        if link.role == "source of" and output is not None and share is not None:
            first = data.value(link.subject, "first_year") or 0.0
            total += np.where(np.array(years) >= first, output * share, 0.0)
    return total


def input_amounts(world: World, name: str) -> Floats:
    """Tonnes of an input in one unit of each line's system; 0 for lines outside Europe."""
    data = world.dataset
    kilos: dict[str, float] = {}
    for link in data.links_to.get(name, []):
        if link.role == "needs":
            amount = data.value(link.subject, "amount")
            if amount is not None:
                kilos[data.target(link.subject, "part of")] = amount
    return np.array(
        [
            kilos.get(line.system, 0.0) / 1000 if data.text(line.state, "planning") else 0.0
            for line in world.lines
        ]
    )


def bloc_offers(world: World, everything: Offers, bloc: Ints, room: dict[str, Floats]) -> Offers:
    """What one bloc may use: the `room` offered to it, its share of joint needs and inputs."""
    share = everything.group_share[bloc].sum()
    members = {world.labels.states[state] for state in bloc}
    joint = np.array([place == GROUP for place, _ in world.labels.cells])
    own = np.array([place in members for place, _ in world.labels.cells])
    open_need = np.where(joint[:, None], everything.open_need * share, everything.open_need)
    return replace(
        everything,
        free=room["free"],
        growth=room["growth"],
        open_need=np.where((joint | own)[:, None], open_need, 0.0),
        absorption_share=np.where(joint, share, 1.0),
        inputs={name: room[name] for name in everything.inputs},
    )


def slot_shares(world: World, everything: Offers) -> Floats:
    """How free slots of each line are shared out, shape (states, lines), columns adding to 1.

    Half goes to the line's own state, where it plans; the rest by share of the open need of
    the line's area.
    """
    labels = world.labels
    by_area = {}
    fallback = shares(world.dataset, labels, "gdp")
    for area in labels.areas:
        if area in labels.joint:
            by_area[area] = everything.group_share
            continue
        wanted = np.array(
            [
                everything.open_need[labels.cell_index[(state, area)]].max()
                for state in labels.states
            ]
        )
        by_area[area] = wanted / wanted.sum() if wanted.sum() > 0 else fallback[area]
    result = np.zeros((len(labels.states), len(world.lines)))
    for index, line in enumerate(world.lines):
        own = labels.state_index.get(line.state)
        rest = 0.5 if own is not None else 1.0
        result[:, index] = rest * by_area[line.area]
        if own is not None:
            result[own, index] += 0.5
    return result


def everyone(world: World) -> Ints:
    """Positions of all planning states."""
    return np.arange(len(world.labels.states))
