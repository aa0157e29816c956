"""Decision stages of bodies and clauses, read from their rows; what is missing where none are."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise.cooperation.electorates import Electorate, electorate_on
from counterpoise.cooperation.rules import Rule, read_rule
from counterpoise.data.dataset import Dataset, folded
from counterpoise.data.records import Thing, short
from counterpoise.data.sheets import split_list
from counterpoise.errors import BadInput, CounterpoiseError, Problem

PARLIAMENT = "national-parliament"
"""The kind of body whose assent is a stage of its own, counted apart."""

PARLIAMENTS = "parliaments"
"""How a stage's row says that those who take part may need their parliament."""

EXISTING, PROPOSED, HISTORIC = "existing", "proposed", "historic"

Days = tuple[float | None, float | None, float | None]
"""Days low, mid and high, as far as cases tell."""


@dataclass(frozen=True)
class Stage:
    """One stage: who votes in it by which rule. `electorate` is None where no state votes.

    `concerned` is True where a state concerned doesn't vote; `assent` lists whose assent is
    needed beside; `competences` the matters it holds for (empty: all).
    """

    address: str
    order: int
    name: str
    electorate: Electorate | None
    rule: Rule
    concerned: bool
    assent: tuple[str, ...]
    competences: tuple[str, ...]
    days: Days | None
    sources: tuple[str, ...]


def find_decider(dataset: Dataset, name: str) -> str:
    """The body or clause that a name, alias or address means; BadInput with the nearest ones."""
    kinds = ("body", "clause")
    for address in (name, *(f"{kind}/{name}" for kind in kinds)):
        if address in dataset.things and dataset.things[address].kind in kinds:
            return address
    for kind in kinds:
        for item in dataset.kind(kind):
            if folded(item.name) == folded(name):
                return item.address
    try:
        found = dataset.find(name)
    except CounterpoiseError:
        found = ""
    if found and dataset.things[found].kind in kinds:
        return found
    near = [item for item in dataset.suggest(name, 40) if item.split("/")[0] in kinds][:5]
    remedy = (
        f"did you mean {', '.join(near)}?" if near else "`list body` and `list clause` name all"
    )
    raise BadInput([Problem("body", "decide", None, "", name, "a body or a clause", remedy)])


def deciders(dataset: Dataset, kind: str) -> list[Thing]:
    """All bodies that are no national parliament, or all clauses, in the order of their sheet."""
    return [item for item in dataset.kind(kind) if item.texts.get("kind") != PARLIAMENT]


def status_of(dataset: Dataset, address: str) -> str:
    """Existing, proposed or historic, as the row of a body or clause says; else existing."""
    return dataset.text(address, "status") or EXISTING


def stages_of(dataset: Dataset, address: str, on: str, competence: str = "") -> tuple[Stage, ...]:
    """The stages of a body or clause in order, with their electorates on a date.

    With a competence those that hold for it. BadInput where a row can't be used.
    """
    found = [
        _stage(dataset, dataset.things[link.subject], on)
        for link in dataset.links_to.get(address, [])
        if link.role in ("stage of", "stage under")
    ]
    kept = [
        item
        for item in found
        if not (competence and item.competences) or competence in item.competences
    ]
    return tuple(sorted(kept, key=lambda item: (item.order, item.address)))


def ways_of(dataset: Dataset, address: str) -> list[tuple[str, ...]]:
    """The matters for which a body or clause has stages of their own; one empty one for all."""
    found = (
        tuple(split_list(dataset.text(link.subject, "competences")))
        for link in dataset.links_to.get(address, [])
        if link.role in ("stage of", "stage under")
    )
    return [way for way in dict.fromkeys(found) if way] or [()]


def missing_of(dataset: Dataset, address: str) -> str:
    """What is missing to run a body or clause, as its row tells; a general word where none does."""
    gaps = [
        dataset.text(link.subject, "missing")
        for link in dataset.links_to.get(address, [])
        if link.role in ("not run for", "not run under")
    ]
    return "; ".join(gaps) or "no decision stage in the data"


def competences(dataset: Dataset) -> list[str]:
    """Every competence that a body has."""
    found = (
        name
        for body in dataset.kind("body")
        for name in split_list(body.texts.get("competences", ""))
    )
    return list(dict.fromkeys(found))


def competent(dataset: Dataset, address: str, competence: str) -> bool:
    """Whether a body may decide a matter; without a competence, any."""
    return not competence or competence in split_list(dataset.text(address, "competences"))


def days_of(dataset: Dataset, address: str, stages: tuple[Stage, ...]) -> Days | None:
    """Days of all stages together; None where no case tells.

    Where no stage of a body has days, those of its own row.

    Stages without a case add nothing: the sum is then that of the others. Stages for different
    matters are other ways, not further steps: low and high are then those of all ways.
    """
    ways = dict.fromkeys(item.competences for item in stages if item.competences) or {(): None}
    found = []
    for way in ways:
        steps = [item.days for item in stages if item.competences in ((), way)]
        known = [days for days in steps if days is not None]
        if known:
            found.append(_added(known))
    if not found:
        return None if _any_days(dataset, address) else _days(dataset, address)
    if len(found) == 1:
        return found[0]
    lows = [item[0] for item in found if item[0] is not None]
    highs = [item[2] for item in found if item[2] is not None]
    return min(lows, default=None), None, max(highs, default=None)


def _any_days(dataset: Dataset, address: str) -> bool:
    """Whether a stage for any matter has days: the body's own row then tells of that one."""
    return any(
        _days(dataset, link.subject) is not None
        for link in dataset.links_to.get(address, [])
        if link.role in ("stage of", "stage under")
    )


def _added(days: list[Days]) -> Days:
    """Days of stages one after another; a middle that no stage tells stays unknown."""
    ends = []
    for at in range(3):
        told = [end for item in days if (end := item[at]) is not None]
        ends.append(sum(told) if told else None)
    return ends[0], ends[1], ends[2]


def _days(dataset: Dataset, address: str) -> Days | None:
    found = dataset.observation(address, "decision_time")
    if found is None:
        return None
    low = found.value if found.low is None else found.low
    high = found.value if found.high is None else found.high
    return low, found.value, high


def _stage(dataset: Dataset, thing: Thing, on: str) -> Stage:
    problems: list[Problem] = []

    def fault(column: str, value: str, expected: str, remedy: str) -> None:
        origin = thing.origin
        problems.append(Problem("stage", origin.file, origin.row, column, value, expected, remedy))

    def text(name: str) -> str:
        return thing.texts.get(name, "")

    order = text("order")
    if not order.isdigit():
        fault("order", order, "a whole number", "number the stages from 1")
    rule_at = dataset.target(thing.address, "decided by rule")
    college = dataset.target(thing.address, "voted by")
    if not rule_at:
        fault("rule", "", "a rule of the sheet decision-rules", "name one")
    if text("concerned") not in ("", "excluded"):
        fault("concerned", text("concerned"), "excluded or nothing", "choose one")
    assent = tuple(split_list(text("assent")))
    for name in assent:
        if name != PARLIAMENTS and f"body/{name}" not in dataset.things:
            fault("assent", name, "parliaments, or a body's short name", "correct it")
    if problems:
        raise BadInput(problems)
    rule = read_rule(dataset, rule_at)
    if not college and rule.asks:
        fault("electorate", "", f"a voting college, for the rule {short(rule_at)}", "name one")
        raise BadInput(problems)
    return Stage(
        thing.address,
        int(order),
        thing.name,
        electorate_on(dataset, college, on) if college else None,
        rule,
        text("concerned") == "excluded",
        assent,
        tuple(split_list(text("competences"))),
        _days(dataset, thing.address),
        thing.sources,
    )
