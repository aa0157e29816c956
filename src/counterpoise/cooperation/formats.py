"""Formats: arrangements with their members, functions, plans and the group that shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Thing
from counterpoise.data.schema import YES
from counterpoise.data.sheets import split_list
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import near
from counterpoise.measures.view import MEMBER_ROLES

ACTIVE = "active"


@dataclass(frozen=True)
class Format:
    """An arrangement as a format of cooperation.

    `members` are states that take part in full, `states` those in any role. `functions` are those
    of the seven that its domains stand for, `wide_functions` where domains are read widely.
    `plans` are those that its region lies in; `everywhere` is set where that is for all Europe.
    `group` is the row of `format-groups` that shows it; `marks` are rows of `format-marks`.
    """

    address: str
    name: str
    kind: str
    layer: str
    founded: int | None
    domains: tuple[str, ...]
    region: str
    status: str
    rule: str
    members: frozenset[str]
    states: frozenset[str]
    framework: frozenset[str]
    functions: frozenset[str]
    wide_functions: frozenset[str]
    plans: frozenset[str]
    everywhere: bool
    group: str
    marks: frozenset[str]
    sources: tuple[str, ...]

    @property
    def id(self) -> str:
        """The short name."""
        return self.address.split("/", 1)[1]


@dataclass(frozen=True)
class Group:
    """A group of formats: a row of `format-groups`. Empty conditions fit anything."""

    address: str
    name: str
    statuses: frozenset[str]
    kinds: frozenset[str]
    with_state: str
    regions: frozenset[str]
    without_function: bool
    counted: bool
    explanation: str

    def fits(self, item: Thing, states: Iterable[str], functions: Iterable[str]) -> bool:
        """Whether an arrangement with these states and functions belongs to the group."""
        texts = item.texts
        return (
            (not self.statuses or texts.get("status", "") in self.statuses)
            and (not self.kinds or texts.get("kind", "") in self.kinds)
            and (not self.with_state or self.with_state in states)
            and (not self.regions or texts.get("region", "") in self.regions)
            and not (self.without_function and any(functions))
        )


def words(thing: Thing, column: str) -> tuple[str, ...]:
    """The entries of a text cell that holds a list."""
    return tuple(split_list(thing.texts.get(column, "")))


def yes(thing: Thing, column: str) -> bool:
    """Whether a text cell says yes."""
    return thing.texts.get(column, "").lower() in YES


def read_groups(dataset: Dataset) -> tuple[Group, ...]:
    """The groups in the order in which they are tried."""
    return tuple(
        Group(
            item.address,
            item.name,
            frozenset(words(item, "statuses")),
            frozenset(words(item, "kinds")),
            dataset.target(item.address, "has as member"),
            frozenset(words(item, "regions")),
            item.texts.get("functions") == "none",
            yes(item, "counted"),
            item.texts.get("explanation", ""),
        )
        for item in dataset.kind("format-group")
    )


def functions(dataset: Dataset) -> tuple[str, ...]:
    """The functions that domains stand for, in the order of their sheet."""
    found = (item.texts.get("function", "") for item in dataset.kind("format-domain"))
    return tuple(dict.fromkeys(name for name in found if name))


def plan_states(dataset: Dataset, without: Iterable[str] = ()) -> dict[str, frozenset[str]]:
    """The states of each regional plan by address, less those named; no plan without a state."""
    gone = frozenset(without)
    found = {
        plan.address: frozenset(dataset.targets(plan.address, "covers")) - gone
        for plan in dataset.kind("regional-plan")
    }
    return {plan: states for plan, states in found.items() if states}


def read_formats(dataset: Dataset, without: Iterable[str] = ()) -> tuple[Format, ...]:
    """All arrangements as formats, in the order of their sheet, with states named left out.

    BadInput for domains and regions that no row maps, all at once.
    """
    _check(dataset)
    gone = frozenset(without)
    groups = read_groups(dataset)
    domains = {item.address.split("/", 1)[1]: item for item in dataset.kind("format-domain")}
    return tuple(
        _format(dataset, item, gone, groups, domains) for item in dataset.kind("arrangement")
    )


def _check(dataset: Dataset) -> None:
    """BadInput for what arrangements name and neither format-domains nor format-regions maps."""
    problems = []
    for column, kind in (("domains", "format-domain"), ("region", "format-region")):
        known = [item.address.split("/", 1)[1] for item in dataset.kind(kind)]
        for item in dataset.kind("arrangement"):
            for name in words(item, column):
                if name not in known:
                    expected = " or ".join(near(name, known) or known)
                    remedy = f"correct it, or add a row to the sheet {kind}s"
                    row = item.origin
                    problems.append(
                        Problem("unmapped", row.file, row.row, column, name, expected, remedy)
                    )
    if problems:
        raise BadInput(problems)


def _format(
    dataset: Dataset,
    item: Thing,
    gone: frozenset[str],
    groups: tuple[Group, ...],
    domains: dict[str, Thing],
) -> Format:
    roles = [
        (link.role, link.object)
        for link in dataset.links_from.get(item.address, [])
        if link.origin.file.startswith("memberships") or link.role in MEMBER_ROLES
    ]
    held = [
        (role, state)
        for role, state in roles
        if state in dataset.things and dataset.things[state].kind == "state"
    ]
    members = frozenset(state for role, state in held if role in MEMBER_ROLES) - gone
    states = frozenset(state for _, state in held)
    own = words(item, "domains")
    found = frozenset(_functions(own, domains, "function"))
    wide = frozenset(_functions(own, domains, "wide_function"))
    group = next((each for each in groups if each.fits(item, states, found)), None)
    founded = dataset.value(item.address, "founded_year")
    region = f"format-region/{item.texts.get('region', '')}"
    plans = frozenset(dataset.targets(region, "lies in"))
    return Format(
        address=item.address,
        name=item.name,
        kind=item.texts.get("kind", ""),
        layer=item.texts.get("layer", ""),
        founded=None if founded is None else int(founded),
        domains=own,
        region=item.texts.get("region", ""),
        status=item.texts.get("status", ""),
        rule=item.texts.get("decision_rule", ""),
        members=members,
        states=states - gone,
        framework=frozenset(state for role, state in held if role == "framework-nation") - gone,
        functions=found,
        wide_functions=wide | found,
        plans=plans,
        everywhere=region in dataset.things and not plans,
        group=group.address if group else "",
        marks=frozenset(dataset.targets(item.address, "marked as")),
        sources=item.sources,
    )


def _functions(own: tuple[str, ...], domains: dict[str, Thing], column: str) -> Iterable[str]:
    for domain in own:
        if domain in domains and domains[domain].texts.get(column):
            yield domains[domain].texts[column]
