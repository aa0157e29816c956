"""Inputs: which hang on one state, and how many types need one of these."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated

from counterpoise.measures.amount import Amount, largest
from counterpoise.measures.parameters import AreasArgument, StateArgument, number, thing
from counterpoise.measures.service import counted
from counterpoise.measures.standing import standing
from counterpoise.measures.view import NoAnswer, View

GROUP = "industry"
Threshold = Annotated[float, number(1, 100, "percent of an input's supply")]
Criticality = Annotated[float, number(1, 3, "1 useful, 3 nothing works without")]
InputArgument = Annotated[str, thing("input")]


def _shares(view: View) -> dict[str, list[tuple[str, Amount]]]:
    """Shares in percent by input: (state, share) of each source that is one state."""
    dataset = view.dataset
    found: defaultdict[str, list[tuple[str, Amount]]] = defaultdict(list)
    for item in dataset.kind("input-source"):
        states = dataset.targets(item.address, "located in")
        share = view.known(item.address, "share")
        if share is not None and len(states) == 1 and dataset.things[states[0]].kind == "state":
            found[dataset.target(item.address, "source of")].append((states[0], share))
    return found


def _single(view: View, threshold: float) -> dict[str, Amount]:
    """Inputs of which one state has at least a share, with that share."""
    found = {}
    for item, shares in _shares(view).items():
        top = largest(share for _, share in shares)
        if top.value >= threshold:
            found[item] = top
    return found


@standing(
    "inputs",
    GROUP,
    "count; share of a supply chain's stage by state",
    defaults={"threshold": "50"},
)
def single_source_inputs(view: View, threshold: Threshold) -> Amount:
    """Number of inputs of which one state supplies at least a share of a stage.

    A stage is mining, refining, production or imports, as the source states it. Inputs whose
    shares nobody publishes don't count and are named.
    """
    known = _shares(view)
    gone = {item.address for item in view.dataset.kind("input")} - known.keys()
    shares = [share for items in known.values() for _, share in items]
    found = counted(len(_single(view, threshold)), shares)
    return found.lacking(gone)


@standing(
    "percent",
    GROUP,
    "count of types whose recorded inputs include one of a single source",
    bounds=(0.0, 100.0),
    defaults={"area": "all", "threshold": "50", "criticality": "1"},
)
def single_source_exposure(
    view: View, area: AreasArgument, threshold: Threshold, criticality: Criticality
) -> Amount:
    """Share of types that need an input of which one state supplies at least a share.

    Of the types in the areas with recorded inputs; needs below `criticality` are left out.
    """
    dataset = view.dataset
    single = _single(view, threshold)
    needs: defaultdict[str, list[Amount]] = defaultdict(list)
    for item in dataset.kind("content"):
        system = dataset.target(item.address, "part of")
        if dataset.target(system, "fills") not in area.addresses:
            continue
        weight = view.known(item.address, "criticality")
        asked = dataset.target(item.address, "needs")
        counts = asked in single and weight is not None and weight.value >= criticality
        needs[system] += [single[asked]] if counts else []
    if not needs:
        raise NoAnswer("a type with recorded inputs in the area", ["area=all"])
    exposed = [share for found in needs.values() for share in found]
    return counted(100 * sum(map(bool, needs.values())) / len(needs), exposed)


@standing(
    "percent",
    GROUP,
    "share of a supply chain's stage by state",
    bounds=(0.0, 100.0),
    defaults={"input": "gallium", "state": "CHN"},
)
def input_state_share(view: View, input: InputArgument, state: StateArgument) -> Amount:
    """Share of an input that a state supplies; of several stages, the one where it is largest."""
    found = [share for where, share in _shares(view).get(input, []) if where == state]
    if not found:
        raise NoAnswer(f"a share of {state} in {input}", ["input=gallium state=CHN"])
    return largest(found)
