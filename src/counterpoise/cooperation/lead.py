"""Who could lead a format of a region: what each state brings, kept in columns apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from counterpoise.cooperation.cells import Network
from counterpoise.cooperation.formats import ACTIVE, Format
from counterpoise.cooperation.places import great_circle
from counterpoise.data.schema import YES
from counterpoise.measures.amount import Amount, total
from counterpoise.measures.view import View

SERIES = "nato"
"""Series of spending and personnel: NATO's, by one definition for all allies."""


@dataclass(frozen=True)
class Candidate:
    """What a state would bring to a plan's format; None where it isn't known.

    Capacity: `spending` (EUR bn a year) and `personnel` (thousands). Geography: `distance` (mean
    km from its capital to those of the plan's other states), `border` with Russia or Belarus.
    Industry: `lines` (lines of production in the state) and `revenue` (USD bn of arms makers with
    their seat in it). Ties: `common` (active formats that it has in common with another state of
    the plan, on average), `tied` (percent of them with which it has one), `formats` of the plan in
    which it sits, those it leads, recorded frictions.
    """

    plan: str
    state: str
    spending: Amount | None
    personnel: Amount | None
    distance: float | None
    border: bool | None
    lines: int
    revenue: Amount | None
    common: float
    tied: float
    formats: int
    leads: tuple[str, ...]
    frictions: tuple[str, ...]

    @property
    def measures(self) -> tuple[float | None, float | None, float, float]:
        """Capacity, geography, industry and ties by one column each, more being better."""
        far = None if self.distance is None else -self.distance
        spending = None if self.spending is None else self.spending.value
        return spending, far, float(self.lines), self.common


HEADS = ("capacity", "geography", "industry", "ties")
"""What the four columns of `Candidate.measures` stand for."""


def candidates(view: View, net: Network, plan: str, year: int) -> tuple[Candidate, ...]:
    """The states of a plan, each with what it would bring, in the order of their spending."""
    states = sorted(net.plans.get(plan, frozenset()))
    found = [_candidate(view, net, plan, state, states, year) for state in states]
    return tuple(sorted(found, key=lambda item: (-(item.measures[0] or 0.0), item.state)))


def weaknesses(found: Sequence[Candidate]) -> dict[str, tuple[str, ...]]:
    """By state the heads in which it lies below the plan's middle state; what isn't known does."""
    weak: dict[str, list[str]] = {item.state: [] for item in found}
    for at, head in enumerate(HEADS):
        known = [value for value in (item.measures[at] for item in found) if value is not None]
        middle = median(known) if known else 0.0
        for item in found:
            value = item.measures[at]
            if value is None or value < middle:
                weak[item.state].append(head)
    return {state: tuple(heads) for state, heads in weak.items()}


def strongest(found: Sequence[Candidate]) -> tuple[str, ...]:
    """The states that are weak in the fewest heads, by spending: those who could lead."""
    weak = weaknesses(found)
    fewest = min((len(heads) for heads in weak.values()), default=0)
    return tuple(item.state for item in found if len(weak[item.state]) == fewest)


def firsts(found: Sequence[Candidate]) -> dict[str, str]:
    """The state that is first by each head; "" where no state has a figure."""
    best: dict[str, str] = {}
    for at, head in enumerate(HEADS):
        known = [(item.measures[at], item.state) for item in found]
        values = [(value, state) for value, state in known if value is not None]
        top = max(values, key=lambda entry: (entry[0], entry[1]), default=(0.0, ""))
        best[head] = top[1]
    return best


def _candidate(
    view: View, net: Network, plan: str, state: str, states: Sequence[str], year: int
) -> Candidate:
    dataset = view.dataset
    others = [other for other in states if other != state]
    active = [item for item in net.formats if _ties(net, item) and state in item.members]
    common = [sum(other in item.members for item in active) for other in others]
    spending = view.newest(state, "defence_outlay_eur", str(year), SERIES)
    border = dataset.text(state, "borders_russia_belarus")
    return Candidate(
        plan=plan,
        state=state,
        spending=None if spending is None else spending / 1000,
        personnel=view.newest(state, "personnel", str(year), SERIES),
        distance=_distance(view, state, others),
        border=border.lower() in YES if border else None,
        lines=_subjects(view, state, "located in", "line"),
        revenue=_revenue(view, state),
        common=sum(common) / len(others) if others else 0.0,
        tied=100 * sum(map(bool, common)) / len(others) if others else 0.0,
        formats=sum(net.definition.counts(item) and plan in net.reach(item) for item in active),
        leads=tuple(
            item.id for item in active if state in item.framework and plan in net.reach(item)
        ),
        frictions=_frictions(view, state, others),
    )


def _ties(net: Network, item: Format) -> bool:
    """Whether a format ties its members: active, of a region, and not left out."""
    left_out = item.marks & net.definition.leaves_out
    return item.status == ACTIVE and bool(item.plans) and not left_out


def _distance(view: View, state: str, others: Iterable[str]) -> float | None:
    here = _capital(view, state)
    known = [place for place in (_capital(view, other) for other in others) if place is not None]
    if here is None or not known:
        return None
    return sum(great_circle(here, place) for place in known) / len(known)


def _capital(view: View, state: str) -> tuple[float, float] | None:
    north = view.dataset.value(state, "capital_latitude")
    east = view.dataset.value(state, "capital_longitude")
    return None if north is None or east is None else (north, east)


def _subjects(view: View, state: str, role: str, kind: str) -> int:
    return sum(
        link.role == role and link.subject.startswith(f"{kind}/")
        for link in view.dataset.links_to.get(state, [])
    )


def _revenue(view: View, state: str) -> Amount | None:
    """Arms revenue of the makers with their seat in a state, USD bn."""
    found = [
        view.known(link.subject, "arms_revenue")
        for link in view.dataset.links_to.get(state, [])
        if link.role == "headquartered in" and link.subject.startswith("company/")
    ]
    known = [item for item in found if item is not None]
    return total(known) / 1000 if known else None


def _frictions(view: View, state: str, others: Iterable[str]) -> tuple[str, ...]:
    """The plan's states with which a friction is recorded, on either side."""
    inside = set(others)
    away = {
        link.object for link in view.dataset.links_from.get(state, []) if link.role == "friction"
    }
    near = {
        link.subject for link in view.dataset.links_to.get(state, []) if link.role == "friction"
    }
    return tuple(sorted(item.split("/", 1)[1] for item in (away | near) & inside))
