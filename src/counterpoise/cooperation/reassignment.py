"""Who could hold the posts in each year: the assignment model filled from the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from counterpoise.cooperation.assignment import Best, Group, Holders, Slot, Task, best
from counterpoise.cooperation.posts import ALWAYS, VACANT, WHEN_VACANT, Post, Standing
from counterpoise.data.dates import DATE, first_day
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.amount import Amount, total
from counterpoise.measures.spending import defence_spending, personnel
from counterpoise.measures.stated import NATO
from counterpoise.measures.view import NoAnswer, Place, View

LAST = 2035
COUNTED_YEAR = 2026
"""Year whose spending and soldiers a state's contribution is counted by."""

FOUR_STARS = 4.0
_MIDDLE = "-07-01"

RANKS = (("troops-four-stars", 4.0), ("troops-three-stars", 3.0), ("troops-two-stars", 0.0))
"""The rule on soldiers for posts of so many stars and more."""

OPEN, HOLDS = "assigned", "present term"
DECIDED, YEAR_ASSUMED = "decided", "decided, year assumed"
"""Why a state holds a term: chosen by the model, held today, or decided with or without date."""


@dataclass(frozen=True)
class Contribution:
    """What a state brings: percent of all candidates' spending and soldiers, weighed."""

    share: Amount
    spending: Amount
    soldiers: Amount


@dataclass(frozen=True)
class Reassignment:
    """The task, why each term is as it is, what each state brings, and who can't be counted."""

    task: Task
    reasons: tuple[str, ...]
    contributions: Mapping[str, Contribution]
    not_counted: tuple[str, ...]
    fit: Mapping[tuple[str, str], float]

    @cached_property
    def best(self) -> Best:
        """The best assignments of all years."""
        return best(self.task, self.open)

    @property
    def open(self) -> list[int]:
        """Places of the terms in which there is a choice."""
        return [at for at, slot in enumerate(self.task.slots) if len(slot.allowed) > 1]

    def points(self, post: Post, state: str) -> float:
        """Points a year of a state's first seat in a post, without staying."""
        first = max((group.seats.get(state, (0.0,))[0] for group in self.task.groups), default=0.0)
        return first + self.fit.get((post.address, state), 0.0)

    def in_year(self, year: int, most: int = 10) -> Best:
        """The best assignments that differ in a year."""
        here = [at for at in self.task.held(year) if len(self.task.slots[at].allowed) > 1]
        return best(self.task, here, most) if here else best(self.task, (), 1)


def rule(view: View, name: str) -> float:
    """A judgement of the sheet of assignment rules; NoAnswer where it's gone."""
    return view.read(f"assignment-rule/{name}", "value").value


def contributions(
    view: View, states: Sequence[str], weight: float
) -> tuple[dict[str, Contribution], tuple[str, ...]]:
    """Shares of the states' spending and soldiers, and the states without a figure of either."""
    spent: dict[str, Amount] = {}
    served: dict[str, Amount] = {}
    for state in states:
        place = Place(state, (state,))
        try:
            money = defence_spending(view, place, COUNTED_YEAR, NATO)
            served[state] = personnel(view, place, COUNTED_YEAR)
            spent[state] = money
        except NoAnswer:
            served.pop(state, None)
    if not spent:
        raise NoAnswer("spending and soldiers of any candidate")
    money, soldiers = total(spent.values()), total(served.values())
    found = {
        state: Contribution(
            100 * (weight * (served[state] / soldiers) + (1 - weight) * (spent[state] / money)),
            spent[state],
            served[state],
        )
        for state in spent
    }
    return found, tuple(state for state in states if state not in found)


def reassignment(
    view: View,
    standing: Mapping[str, Standing],
    on: str,
    pool: Place,
    without: Sequence[str] = (),
    weights: Mapping[str, float] | None = None,
) -> Reassignment:
    """The task for all posts to be assigned from the year after `on` to LAST.

    Candidates are the states of `pool` that haven't stepped back and have the soldiers that the
    post's rank asks for, and whoever holds the post. `weights` go before the rules of the same
    name. BadInput for a date that leaves no year.
    """
    given = weights or {}

    def number(name: str) -> float:
        return given[name] if name in given else rule(view, name)

    start = int(on[:4]) + (on[4:] > _MIDDLE)
    if start > LAST:
        expected, remedy = f"a date up to {LAST}{_MIDDLE}", "name an earlier one"
        raise BadInput([Problem("date", "command", None, "--on", on, expected, remedy)])
    stay = [state for state in pool.states if state not in without]
    brought, gone = contributions(view, stay, number("personnel-weight"))
    posts = [item for item in standing.values() if _assigned(item)]
    slots: list[Slot] = []
    reasons: list[str] = []
    before: dict[str, str] = {}
    for item in posts:
        post = item.post
        fit_ones = able(post, brought, number) or tuple(brought)
        for slot, why in _terms(item, fit_ones, (start, round(number("term"))), without):
            slots.append(slot)
            reasons.append(why)
        before[post.address] = item.holders[0] if item.holders else ""
    fit = {
        (item.post.address, state): _fit(view, item.post, state, number)
        for item in posts
        for state in {*brought, *item.holders, *item.post.planned}
    }
    points = number("contribution-points")
    seats = {
        state: tuple(
            float(round(points * item.share.value / (2 * seat - 1)))
            for seat in range(1, len(posts) + 1)
        )
        for state, item in brought.items()
    }
    groups = (
        Group(frozenset(item.post.address for item in posts), seats),
        Group(
            frozenset(item.post.address for item in posts if item.post.stars == FOUR_STARS),
            seats,
            round(number("most-four-stars")),
        ),
    )
    turns = frozenset(item.post.address for item in posts if item.post.turns)
    task = Task(tuple(slots), fit, number("continuity-points"), turns, before, groups)
    return Reassignment(task, tuple(reasons), brought, gone, fit)


def _assigned(item: Standing) -> bool:
    wanted = item.post.appointment.assigned
    return wanted == ALWAYS or (wanted == WHEN_VACANT and item.status == VACANT)


def able(
    post: Post, brought: Mapping[str, Contribution], number: Callable[[str], float]
) -> tuple[str, ...]:
    """The states with the soldiers that the post's rank asks for, of those it's reserved to."""
    name = next(name for name, stars in RANKS if (post.stars or 0.0) >= stars)
    least = number(name)
    found = tuple(state for state, item in brought.items() if item.soldiers.value >= least)
    return tuple(state for state in found if state in post.only) or found


def _terms(
    item: Standing,
    able: tuple[str, ...],
    years: tuple[int, int],
    without: Sequence[str],
) -> Iterable[tuple[Slot, str]]:
    """The terms of a post from the first year on, each with its reason.

    The holder stays to the end of a term counted from its beginning, where that isn't known from
    the date for which it is stated. Then follows who is decided, at once where the post is
    vacant: for one term in posts of turns, for good in others. All other terms are open.
    """
    start, term = years
    post, at = item.post, years[0]
    planned = tuple(state for state in post.planned if state not in without)
    dated = bool(DATE.fullmatch(item.when))
    if item.holders:
        began = item.since or post.as_of
        end = _first_year(item.when) if dated else _first_year(began) + term
        end = max(end, start)
        if end > start:
            yield Slot(post.address, start, min(end - 1, LAST), item.holders[:1]), HOLDS
        at = end
    fixed = bool(planned)
    while at <= LAST:
        last = min(at + term - 1, LAST)
        if fixed:
            yield Slot(post.address, at, last, planned[:1]), DECIDED if dated else YEAR_ASSUMED
            fixed = not post.turns
        else:
            allowed = able if post.only else tuple(dict.fromkeys((*able, *item.holders[:1])))
            yield Slot(post.address, at, last, allowed), OPEN
        at = last + 1


def _first_year(since: str) -> int:
    """The first year of which somebody holds a post from the middle on."""
    day = first_day(since)
    return int(day[:4]) + (day[4:] > _MIDDLE)


def _fit(view: View, post: Post, state: str, number: Callable[[str], float]) -> float:
    """Points a year of a state in a post for where it lies."""
    dataset = view.dataset
    region = any(state in dataset.targets(plan, "covers") for plan in post.plans)
    return region * number("region-points") + (state == post.host) * number("host-points")


def holders_in(task: Task, holders: Holders, year: int) -> dict[str, str]:
    """Who holds each post in a year."""
    return {task.slots[at].post: holders[at] for at in task.held(year)}
