"""What the answer on mutual aid tells: its sentence, sums, limits, rules of assent and cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from counterpoise.cooperation.mutual_aid import Giver, Step
from counterpoise.measures.amount import Amount
from counterpoise.measures.view import View
from counterpoise.questions.reply import ends, listed, said

UNKNOWN, NONE, NO_FORCES = "not known", "none listed", "no forces"
"""Of a state whose forces the sheets don't list, of one whose forces they do, of one without."""


@dataclass(frozen=True)
class Having:
    """What a state has ready in an area; `upper_end` where it needs munitions not known."""

    giver: Giver
    units: Amount | None
    upper_end: bool

    @property
    def open(self) -> bool:
        """Whether it isn't known what the state has ready."""
        if not self.giver.has_forces:
            return False
        return self.upper_end or (self.units is None and not self.giver.listed)


def span(days: Sequence[float]) -> str:
    """The shortest and longest of some days; not known for none."""
    if not days:
        return UNKNOWN
    return " to ".join(dict.fromkeys((said(min(days)), said(max(days)))))


def sentence(
    view: View, victim: str, clause: str, found: tuple[Giver, ...], walk: tuple[Step, ...]
) -> str:
    """The answer in a sentence: who must act, who needn't, parliaments, days, special rules."""
    must = [item.who for item in walk if item.needed == "must"]
    spared = [item.who for item in walk if item.needed == "need not"]
    first = [item for item in found if item.assent == "y"]
    later = [item for item in first if item.urgent == "y"]
    free = [item.state.split("/")[1] for item in found if item.limits and item.has_forces]
    days = [each for item in found for each in item.days]
    took = f"cases took {span(days)} days" if days else "no case tells the days"
    special = f"; special rules are recorded for {listed(free, 8)}" if free else ""
    return (
        f"Under {view.dataset.things[clause].name} {len(found)} states would have to help "
        f"{victim.split('/')[1]}: {listed(must, 6)} must act, {listed(spared, 6)} need not; "
        f"{len(first)} parliaments vote first, where {len(later)} governments may act before them "
        f"in urgent cases; from the request to a state's decision {took}{special}."
    )


def sum_told(
    view: View, name: str, have: dict[str, Having], whole: Amount | None, year: int
) -> str:
    """What all states have ready in an area, and of which it isn't known."""
    if whole is None:
        return f"{name}: {UNKNOWN} of every state"
    low, high = ends(view, whole, (0.0, float("inf")))
    counted = sum(item.units is not None and not item.upper_end for item in have.values())
    left = [state.split("/")[1] for state, item in have.items() if item.open]
    return (
        f"{name}: {said(whole.value)} ({said(low)} to {said(high)}) ready in {year} in {counted} "
        f"states; left out, not known: {listed(left, 8)}"
    )


def limits_told(view: View, found: tuple[Giver, ...]) -> Iterator[str]:
    """What limits each state's aid, with the sources that say so."""
    for item in found:
        for limit in item.limits:
            row = view.dataset.things[limit]
            note = f"; {row.note}" if row.note else ""
            yield (
                f"{item.state.split('/')[1]}: {row.texts['effect']}{note} "
                f"({row.basis}, {'; '.join(row.sources)})"
            )


def rules_told(view: View, found: tuple[Giver, ...]) -> Iterator[str]:
    """The rule of each state's assent, where one is recorded."""
    for item in found:
        if item.rule:
            row = view.dataset.things[f"assent-rule/{item.state.split('/')[1]}"]
            yield f"{item.state.split('/')[1]}, assent: {item.rule} ({row.basis}, {row.address})"


def cases_told(view: View, clause: str) -> Iterator[str]:
    """The recorded cases of a clause."""
    dataset = view.dataset
    for case in dataset.kind("aid-case"):
        if clause in dataset.targets(case.address, "aid case of"):
            giver, taker = (
                dataset.target(case.address, role).split("/")[1] for role in ("aided by", "aid for")
            )
            yield (
                f"case {case.texts['asked']}: {giver} to {taker}, decided "
                f"{case.texts['decided']}: {case.texts['gave']} ({case.note}; {case.address})"
            )
