"""Whose consent an act with a type needs: who licenses which part, and which act each part stops.

The states and regimes that can withhold a type stand in its `control_regime`; which part each
stands for, which act needs which consent and which agreements bind are rows of sheets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from counterpoise.cooperation.rights_cases import Case, cases_of, own_name
from counterpoise.data.dataset import Dataset
from counterpoise.data.schema import BASES
from counterpoise.errors import NotFound

DESIGN, PARTNER, LISTED, SELLER = "design", "partner", "us-content", "seller"
"""Kinds of part that no sheet names for a type: they follow from its own row and the asker."""

UNKNOWN = "not known"

NEEDS = ("y", "depends", UNKNOWN, "n")
"""Whether consent is needed, the strongest first."""


@dataclass(frozen=True)
class Stake:
    """One part of a type and the state that licenses it.

    `part` is a kind of part of the sheet consent-rules; `words` tell it. `basis` and `sources`
    are those of the row that says so. `by` is the rule (its row's address), or the case.
    `acts` are the acts that a case has shown to need the state's word (None: by rule).
    """

    state: str
    part: str
    words: str
    basis: str
    sources: tuple[str, ...]
    by: str
    acts: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Agreement:
    """An agreement that binds the seller and states whose consent is asked."""

    address: str
    parties: tuple[str, ...]
    effect: str
    months: float | None


@dataclass(frozen=True)
class Rights:
    """What is known of the rights over an item.

    `system` is the address of its type, "" where the item is no type of the sheet. `needs` maps
    each act and stake to y, n, depends or not known. `unlisted` are parts of the type whose
    licensing state isn't known. `bans` are purchases that the buyer itself rules out.
    """

    item: str
    system: str
    seller: str
    buyer: str
    stakes: tuple[Stake, ...]
    acts: tuple[str, ...]
    cases: tuple[Case, ...]
    agreements: tuple[Agreement, ...]
    bans: tuple[str, ...]
    unlisted: tuple[str, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """States with a stake, in the order of the stakes."""
        return tuple(dict.fromkeys(item.state for item in self.stakes))


def rights(dataset: Dataset, item: str, seller: str = "", buyer: str = "") -> Rights:
    """The rights over a type, or over an item that only a recorded case names.

    `seller` and `buyer` are addresses of states, or "". NotFound with suggestions for an item
    that is neither.
    """
    system, name = find_item(dataset, item)
    cases = cases_of(dataset, system, name)
    stakes = [*_by_rule(dataset, system), *_of_seller(dataset, seller)]
    stakes += _by_case(cases, {each.state for each in stakes})
    return Rights(
        name,
        system,
        seller,
        buyer,
        tuple(stakes),
        tuple(each.address for each in dataset.kind("act")),
        cases,
        _agreements(dataset, stakes, seller),
        _bans(dataset, system, stakes, buyer),
        _unlisted(dataset, system),
    )


def find_item(dataset: Dataset, item: str) -> tuple[str, str]:
    """Address of the type ("" for none) and name of an item, by type or by recorded case."""
    for address in (item, f"system/{item}"):
        if dataset.things.get(address) and dataset.things[address].kind == "system":
            return address, dataset.things[address].name
    found = own_name(dataset, item)
    if found is not None:
        return found
    try:
        address = dataset.find(item)
    except NotFound as error:
        near = [name for name in error.suggestions if name.startswith("system/")]
        raise NotFound(item, near or error.suggestions) from None
    if dataset.things[address].kind != "system":
        raise NotFound(item, [each.address for each in dataset.kind("system")][:3])
    return address, dataset.things[address].name


def needed(dataset: Dataset, act: str, stake: Stake) -> str:
    """Whether an act needs the word of who holds a stake: y, n, depends or not known."""
    if stake.acts is not None:
        return "y" if act in stake.acts else UNKNOWN
    rule = f"consent-rule/{act.split('/')[1]}-{stake.part}"
    return dataset.text(rule, "needed") or UNKNOWN


def strongest(needs: list[str]) -> str:
    """The strongest of several needs; not known for none."""
    return min(needs, key=NEEDS.index, default=UNKNOWN)


def need_of_state(dataset: Dataset, found: Rights, act: str, state: str) -> str:
    """Whether an act needs a state's word for any of its stakes."""
    return strongest([needed(dataset, act, item) for item in found.stakes if item.state == state])


def _by_rule(dataset: Dataset, system: str) -> Iterator[Stake]:
    """Stakes of a type: its design authority, each entry of its control regime, listed content."""
    if not system:
        return
    thing = dataset.things[system]
    designers = dataset.targets(system, "designed by")
    for state in designers:
        yield Stake(state, DESIGN, "design authority", thing.basis, thing.sources, system)
    named = [_of_regime(dataset, system, name) for name in regime_names(dataset, system)]
    yield from (item for item in named if item.part != PARTNER or item.state not in designers)
    listed = next(item for item in dataset.kind("regime") if item.texts.get("part") == LISTED)
    state = f"state/{listed.texts['state']}"
    share = dataset.observation(system, "us_content")
    known = {*designers, *(item.state for item in named)}
    if share is not None and share.value and state not in known:
        words = f"{share.value:g}% of its value; under which regime is {UNKNOWN}"
        yield Stake(state, LISTED, words, share.basis, share.sources, share.address)


def _of_regime(dataset: Dataset, system: str, name: str) -> Stake:
    """The stake that an entry of a control regime stands for: a regime, or a state with its part.

    A state whose part no row tells is a partner.
    """
    part = f"control-part/{system.split('/')[1]}-{name}"
    address = f"regime/{name}" if f"regime/{name}" in dataset.things else part
    row = dataset.things.get(address)
    if row is None:
        own = dataset.things[system]
        words = f"named as able to withhold; part {UNKNOWN}"
        return Stake(_state(dataset, name), PARTNER, words, own.basis, own.sources, system)
    state = _state(dataset, row.texts.get("state", name))
    return Stake(state, row.texts["part"], row.texts["words"], row.basis, row.sources, address)


def regime_names(dataset: Dataset, system: str) -> list[str]:
    """Names in a type's control regime: regimes, and after `national:` states."""
    cell = dataset.text(system, "control_regime").replace("national:", "")
    names = [name.strip() for name in cell.split(";")]
    return [name for name in names if name and name not in ("national", "none")]


def _state(dataset: Dataset, name: str) -> str:
    """Address of a state or scope by its short name; the name itself where neither is known."""
    for kind in ("state", "scope"):
        if f"{kind}/{name}" in dataset.things:
            return f"{kind}/{name}"
    return name


def _of_seller(dataset: Dataset, seller: str) -> Iterator[Stake]:
    if seller:
        rule = next(
            item for item in dataset.kind("consent-rule") if item.texts.get("part") == SELLER
        )
        words = "its own licence"
        yield Stake(seller, SELLER, words, rule.basis, rule.sources, rule.address)


def _by_case(cases: tuple[Case, ...], known: set[str]) -> Iterator[Stake]:
    """Stakes of states that only recorded cases name; a buyer's own step gives none."""
    shown: dict[str, list[Case]] = {}
    for case in cases:
        if case.own_step != "buyer":
            for state in case.controllers:
                if state not in known:
                    shown.setdefault(state, []).append(case)
    for state, some in shown.items():
        acts = tuple(dict.fromkeys(case.act for case in some if case.act))
        words = "; ".join(f"{case.kind} in a case of {case.date}" for case in some)
        sources = tuple(dict.fromkeys(key for case in some for key in case.sources))
        bases = [case.basis for case in some]
        yield Stake(state, "case", words, max(bases, key=BASES.index), sources, "case", acts)


def _agreements(dataset: Dataset, stakes: list[Stake], seller: str) -> tuple[Agreement, ...]:
    """Agreements to which the seller and another state with a stake are parties."""
    found = []
    asked = {item.state for item in stakes} - {seller}
    for thing in dataset.kind("consent-agreement"):
        parties = dataset.targets(thing.address, "consent party")
        both = tuple(state for state in parties if state in asked)
        if seller in parties and both:
            months = dataset.value(thing.address, "objection_time")
            found.append(Agreement(thing.address, both, thing.texts["effect"], months))
    return tuple(found)


def _bans(dataset: Dataset, system: str, stakes: list[Stake], buyer: str) -> tuple[str, ...]:
    """Addresses of the buyer's own bans that reach the type or a state with a stake."""
    states = {item.state for item in stakes if item.part != SELLER}
    return tuple(
        ban.address
        for ban in dataset.kind("ban")
        if buyer in dataset.targets(ban.address, "may not buy")
        and (
            system in dataset.targets(ban.address, "bars")
            or states.intersection(dataset.targets(ban.address, "bars control by"))
        )
    )


def _unlisted(dataset: Dataset, system: str) -> tuple[str, ...]:
    """Inputs that the type needs, for which no row tells who licenses them."""
    contents = [
        link.subject
        for link in dataset.links_to.get(system, [])
        if link.role == "part of" and link.subject.startswith("content/")
    ]
    return tuple(dataset.things[dataset.target(item, "needs")].name for item in contents)
