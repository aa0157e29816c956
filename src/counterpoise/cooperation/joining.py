"""Steps that fill holes: links and mergers of formats, and new ones, with their points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from counterpoise.cooperation.cells import Network, Place
from counterpoise.cooperation.formats import Format, words
from counterpoise.data.dataset import Dataset

LINK, MERGER, NEW = "link", "merger", "new"


@dataclass(frozen=True)
class StepKind:
    """A kind of step: a row of `format-steps`."""

    id: str
    name: str
    cost: float
    function_cost: float
    most_joined: int
    least_states: int
    kinds: frozenset[str]
    leaves_out: frozenset[str]

    def joins(self, item: Format) -> bool:
        """Whether the step may join a format."""
        return (
            item.kind in self.kinds
            and len(item.members) >= self.least_states
            and not item.marks & self.leaves_out
        )


@dataclass(frozen=True)
class Step:
    """A step: what it joins (nothing for a new format), the cells it fills, and its points."""

    kind: str
    formats: tuple[Format, ...]
    fills: frozenset[Place]
    cost: float

    @property
    def name(self) -> str:
        """The formats joined, or the plan of a new one."""
        if self.formats:
            return " + ".join(item.id for item in self.formats)
        return ", ".join(sorted({plan.split("/", 1)[1] for plan, _ in self.fills}))


def read_kinds(dataset: Dataset) -> dict[str, StepKind]:
    """The kinds of step by short name."""

    def number(address: str, name: str) -> float:
        return dataset.value(address, name) or 0.0

    return {
        item.address.split("/", 1)[1]: StepKind(
            item.address.split("/", 1)[1],
            item.name,
            number(item.address, "cost"),
            number(item.address, "function_cost"),
            int(number(item.address, "most_joined")),
            int(number(item.address, "least_states")),
            frozenset(words(item, "kinds")),
            frozenset(dataset.targets(item.address, "leaves out")),
        )
        for item in dataset.kind("format-step")
    }


def steps(net: Network, kinds: Mapping[str, StepKind]) -> list[Step]:
    """All steps that fill a hole and that no smaller step of the same kind equals."""
    found: list[Step] = []
    if LINK in kinds:
        found += _links(net, kinds[LINK])
    if MERGER in kinds:
        found += _mergers(net, kinds[MERGER])
    if NEW in kinds:
        found += _new(net, kinds[NEW])
    return found


def _links(net: Network, kind: StepKind) -> Iterator[Step]:
    """Formats with a function in a plan that only together have enough of its states."""
    joinable = [item for item in net.counted if kind.joins(item)]
    for plan, function in net.holes:
        states = net.plans[plan]
        have = [
            item
            for item in joinable
            if plan in net.reach(item)
            and function in net.definition.functions(item)
            and item.members & states
        ]
        smaller: list[frozenset[str]] = []
        for size in range(2, kind.most_joined + 1):
            for chosen in combinations(have, size):
                ids = frozenset(item.id for item in chosen)
                if any(less <= ids for less in smaller) or not hang_together(chosen):
                    continue
                if net.definition.enough(_members(chosen), states):
                    smaller.append(ids)
                    fills = frozenset({(plan, function)})
                    yield Step(LINK, chosen, fills, kind.cost * (size - 1))


def _mergers(net: Network, kind: StepKind) -> Iterator[Step]:
    """Formats that in one would fill holes, none of which could be left out."""
    joinable = [item for item in net.counted if kind.joins(item)]
    holes = net.holes
    fills: dict[frozenset[int], frozenset[Place]] = {}
    for size in range(2, kind.most_joined + 1):
        for chosen in combinations(range(len(joinable)), size):
            formats = tuple(joinable[at] for at in chosen)
            found = _merged(net, formats, holes)
            if not found or not hang_together(formats):
                continue
            ids = frozenset(chosen)
            fills[ids] = found
            if all(fills.get(ids - {at}) != found for at in chosen):
                yield Step(MERGER, formats, found, kind.cost * (size - 1))


def hang_together(chosen: Sequence[Format]) -> bool:
    """Whether formats form one whole by members that they share, each with some other one."""
    held, rest = chosen[0].members, list(chosen[1:])
    while rest:
        near = [item for item in rest if item.members & held]
        if not near:
            return False
        held = held.union(*(item.members for item in near))
        rest = [item for item in rest if item not in near]
    return True


def _merged(net: Network, chosen: Sequence[Format], holes: tuple[Place, ...]) -> frozenset[Place]:
    """The holes that formats fill in one, with members and functions of all.

    One format in place of several counts only in plans in which each of them does: a function
    that is at work in one region isn't so in another for being joined to a format there.
    """
    plans = frozenset(net.plans).intersection(*(net.reach(item) for item in chosen))
    does: frozenset[str] = frozenset()
    for item in chosen:
        does |= net.definition.functions(item)
    members = _members(chosen)
    return frozenset(
        (plan, function)
        for plan, function in holes
        if plan in plans and function in does and net.definition.enough(members, net.plans[plan])
    )


def _new(net: Network, kind: StepKind) -> Iterator[Step]:
    """A new format of a plan's states, if they are enough, for any of its holes."""
    for plan, states in net.plans.items():
        if len(states) < net.definition.least_states:
            continue
        mine = [place for place in net.holes if place[0] == plan]
        for size in range(1, len(mine) + 1):
            for chosen in combinations(mine, size):
                yield Step(NEW, (), frozenset(chosen), kind.cost + kind.function_cost * size)


def _members(chosen: Iterable[Format]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for item in chosen:
        found |= item.members
    return found


def members(net: Network, step: Step) -> frozenset[str]:
    """The states of what a step makes: of the formats joined, or of the plan of a new one."""
    if step.formats:
        return _members(step.formats)
    return frozenset(state for plan, _ in step.fills for state in net.plans[plan])


def frictions(dataset: Dataset, states: frozenset[str], strong: float = 3.0) -> tuple[str, ...]:
    """Pairs of states with a recorded friction of at least a strength (1 to 3) between them."""
    found: defaultdict[str, float] = defaultdict(float)
    for state in states:
        for link in _frictions_of(dataset, state):
            other, strength = link
            if other in states and strength >= strong:
                pair = "-".join(sorted(item.split("/", 1)[1] for item in (state, other)))
                found[pair] = max(found[pair], strength)
    return tuple(sorted(found))


def _frictions_of(dataset: Dataset, state: str) -> Iterator[tuple[str, float]]:
    for key in dataset.by_subject.get(state, []):
        _, quantity, _, qualifier = key
        kind, _, other = qualifier.partition(" ")
        if quantity == "relation_strength" and kind == "friction":
            value = dataset.chosen[key].value
            if value is not None:
                yield f"state/{other}", value
