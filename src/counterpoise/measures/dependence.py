"""Dependence: who makes, who keeps up and who permits the use of what a place has in service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from counterpoise.data.dataset import Dataset
from counterpoise.measures.amount import Amount, combined, mean, total
from counterpoise.measures.parameters import (
    AreasArgument,
    BehaviourArgument,
    Kind,
    PlaceArgument,
    PlanYear,
    Refused,
    ScenarioArgument,
    choice,
    number,
    thing,
    year,
)
from counterpoise.measures.service import NOTHING, Units, units_in
from counterpoise.measures.standing import standing
from counterpoise.measures.view import NoAnswer, Place, View
from counterpoise.world.labels import GROUP as ALLIES
from counterpoise.world.lines import controllers_of

GROUP = "dependence"
AMERICA = "state/USA"
"""The state whose part in a type the quantity `us_content` states."""

NEED_FROM = 2026
"""The year from which needs rise in a straight line."""

OUTSIDE = "outside"
"""Stands for all states outside a place's own group."""


def _read_supplier(text: str, view: View) -> str:
    if text == OUTSIDE:
        return OUTSIDE
    try:
        return str(_state.read(text, view))
    except Refused as refused:
        raise Refused(f"outside, or {refused.expected}", refused.near) from None


def _supplier_parts(value: Any, view: View) -> list[str]:
    dataset = view.dataset
    designers = {link.object for link in dataset.links if link.role == "designed by"}
    places = {dataset.target(item.address, "located in") for item in dataset.kind("line")}
    return sorted(item.split("/")[1] for item in designers | places if item.startswith("state/"))


_state = thing("state")
Supplier = Annotated[str, Kind("supplier", "a state, or outside", _read_supplier, _supplier_parts)]
Controller = Annotated[str, Kind("state", _state.told, _state.read, _supplier_parts)]
Part = Annotated[str, choice("service", "holdings", "orders", "plan")]
Content = Annotated[float, number(0.1, 100, "percent of a type's content")]
NeedYear = Annotated[int, year(2026, 2035)]

DEFAULTS = {
    "place": "NATO-EUR",
    "area": "all",
    "controller": "USA",
    "year": "2027",
    "base": "service",
    "behaviour": "ordered",
    "scenario": "baseline",
}


def own_group(view: View, place: Place) -> frozenset[str]:
    """The states that aren't outside: a group's members; for a single state its allies too."""
    if len(place.states) > 1:
        return frozenset(place.states)
    allies = view.dataset.targets(ALLIES, "includes")
    return frozenset((*place.states, *(allies if place.address in allies else ())))


def _share(
    view: View,
    place: Place,
    areas: tuple[str, ...],
    base: str,
    asked: tuple[int, str, str],
    counts: Callable[[Units], bool],
) -> Amount:
    """Percent of capability units that count; over several areas, their mean.

    Areas of which the place never has anything are left out; one that has nothing in the year
    counts as 0, as in the table of exposure.
    """
    found = []
    for area in areas:
        units = units_in(view, area, place, *asked)
        chosen = [item for item in units if base in ("service", item.part)]
        if chosen:
            whole = total(item.capability for item in chosen)
            part = total(item.capability for item in chosen if counts(item))
            found.append(part / whole if whole.value > NOTHING else Amount(0.0))
    if not found:
        raise NoAnswer(f"units of {place.name} in {base}", ["base=service", "area=all"])
    planning = view.world(asked[2]).labels.state_index.keys()
    share = 100 * mean(found)
    return share.lacking(set(place.states) - planning)


@standing(
    "percent",
    GROUP,
    "docs/model.md, Control; share of units in service by place of manufacture",
    bounds=(0.0, 100.0),
    defaults=DEFAULTS | {"controller": OUTSIDE},
)
def supply_dependence(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    controller: Supplier,
    year: PlanYear,
    base: Part,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Share of units in service that a state, or the outside, makes; over areas, their mean.

    Orders and a plan's purchases count by where their line stands, holdings by the type's
    design authority. Outside is every state that isn't in the group; for a single ally, that
    isn't a European ally. `base` narrows it to holdings, signed orders or a plan's purchases
    in service at the end of the year.
    """
    inside = own_group(view, place)

    def foreign(item: Units) -> bool:
        if controller == OUTSIDE:
            return bool(item.made_in) and item.made_in not in inside
        return item.made_in == controller

    return _share(view, place, area.addresses, base, (year, behaviour, scenario), foreign)


@standing(
    "percent",
    GROUP,
    "docs/model.md, Control: design authority and content",
    bounds=(0.0, 100.0),
    defaults=DEFAULTS | {"content": "10"},
)
def upkeep_dependence(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    controller: Controller,
    content: Content,
    year: PlanYear,
    base: Part,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Share of units in service whose spares and upgrades a state can withhold; mean over areas.

    Those of which it is design authority, and for the United States those with at least
    `content` percent of their content from there; where a type's content isn't known, the
    design authority decides alone.
    """

    def kept_up(item: Units) -> bool:
        return sustains(view.dataset, item.system, controller, content)

    return _share(view, place, area.addresses, base, (year, behaviour, scenario), kept_up)


def sustains(dataset: Dataset, system: str, state: str, content: float) -> bool:
    """Whether a state can withhold spares and upgrades of a type."""
    if not system:
        return False
    if state in dataset.targets(system, "designed by"):
        return True
    part = dataset.value(system, "us_content") if state == AMERICA else None
    return part is not None and part >= content


@standing("percent", GROUP, "docs/model.md, Control", bounds=(0.0, 100.0), defaults=DEFAULTS)
def permission_dependence(
    view: View,
    place: PlaceArgument,
    area: AreasArgument,
    controller: Supplier,
    year: PlanYear,
    base: Part,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Amount:
    """Share of units in service whose use or re-export a state can withhold; mean over areas.

    By control regime, else by design authority; the same as a run's measure `exposure`. A type
    under several states' control counts under each. Outside is every state that isn't in the
    group, and counts once.
    """
    inside = own_group(view, place)

    def permits(item: Units) -> bool:
        held = controllers_of(view.dataset, item.system) if item.system else ()
        if controller == OUTSIDE:
            return not inside.issuperset(held)
        return controller in held

    return _share(view, place, area.addresses, base, (year, behaviour, scenario), permits)


@standing(
    "percent",
    GROUP,
    "docs/model.md, Requirement: US part over the whole need",
    bounds=(0.0, 100.0),
    defaults={"area": "all", "year": "2026"},
)
def enabler_dependence(view: View, area: AreasArgument, year: NeedYear) -> Amount:
    """Share of European allies' need that the United States provide as far as they stay.

    US part over European need and US part together. With all areas: the mean of the joint
    areas, which are the enablers; any other area can be named.
    """
    joint = [item for item in area.addresses if view.dataset.text(item, "joint") == "y"]
    chosen = area.addresses if len(area.addresses) == 1 else tuple(joint)
    if not chosen:
        raise NoAnswer("a joint area", ["area=tanker"])
    parts = []
    last = view.read("rule/need-end", "value").value
    later = min((year - NEED_FROM) / (last - NEED_FROM), 1.0)
    for item in chosen:
        row = f"need/{item.split('/')[1]}"
        start, end = view.read(row, "need_2026"), view.read(row, "need_2035")
        own = combined(((1 - later, start), (later, end)))
        american = view.known(row, "us_part") or Amount(0.0)
        parts.append(american / (own + american))
    return 100 * mean(parts)
