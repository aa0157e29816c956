"""Tables of command: posts, chains, vacancies, what stops, who is next, headquarters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterpoise.cooperation.chains import Chain, chains, functions
from counterpoise.cooperation.posts import (
    HELD,
    VACANT,
    Standing,
    read_posts,
    standings,
)
from counterpoise.cooperation.reassignment import able, reassignment, rule
from counterpoise.cooperation.seats import by_distance, leads, read_seats, seat_of
from counterpoise.data.dates import first_day
from counterpoise.measures.view import Place, View

Row = dict[str, Any]

NOT_KNOWN = "not known"

UNKNOWN = "unknown"
"""Stands for the state that holds posts of which no holder is known."""

CANDIDATES = 3
"""Candidates that a table names for each vacancy."""


def short(addresses: Sequence[str] | str) -> str:
    """Short names of addresses, with commas between."""
    many = [addresses] if isinstance(addresses, str) else addresses
    return ", ".join(item.split("/", 1)[1] for item in many if item)


def standing_on(view: View, on: str, without: Sequence[str] = ()) -> dict[str, Standing]:
    """How all posts stand on a day once some states have stepped back."""
    return standings(read_posts(view.dataset).values(), on, without)


def _next(item: Standing) -> Row:
    """Who is decided to follow and stays, and when."""
    return {"next": short(item.coming), "from": item.when}


def post_rows(view: View, standing: Mapping[str, Standing]) -> list[Row]:
    """Every post that counts: who holds it since when, and who follows."""
    seats = read_seats(view)
    found = []
    for address, item in standing.items():
        if not item.post.appointment.counted:
            continue
        seat = seat_of(seats, address)
        found.append(
            {
                "post": item.post.id,
                "name": item.post.name,
                "stars": item.post.stars,
                "seat": seat.town if seat else "",
                "holder": short(item.holders),
                "since": item.since or (NOT_KNOWN if item.holders else ""),
                "status": item.status,
                "acting": short(item.acting),
                **_next(item),
            }
        )
    return found


def chain_rows(view: View, standing: Mapping[str, Standing], plans: Sequence[str]) -> list[Row]:
    """The chain of command of each plan, from the top."""
    return [_chain_row(item) for item in chains(view.dataset, standing) if item.plan in plans]


def _chain_row(item: Chain) -> Row:
    return {
        "plan": short(item.plan),
        "place": item.place,
        "post": item.standing.post.id,
        "holder": short(item.standing.holders),
        "status": item.standing.status,
        "acting": short(item.standing.acting),
        "reports_to": short(item.standing.post.superior),
        "broken_at": short(item.broken_at),
        **_next(item.standing),
    }


def function_rows(view: View, standing: Mapping[str, Standing]) -> list[Row]:
    """The functions that vacancies touch: uncovered, under a deputy, reduced or not known."""
    return [
        {
            "function": item.name,
            "plan": short(item.plan) or "all",
            "status": item.status,
            "vacant": short([each.post.address for each in item.posts if each.status == VACANT]),
            "acting": short(
                [state for each in item.posts if each.status == VACANT for state in each.acting]
            ),
            "remain": short([each.post.address for each in item.posts if each.status == HELD]),
        }
        for item in functions(view.dataset, standing)
        if item.status
    ]


def vacancies(standing: Mapping[str, Standing]) -> list[Standing]:
    """The posts that their holders have left."""
    return [item for item in standing.values() if item.status == VACANT]


def next_rows(
    view: View,
    standing: Mapping[str, Standing],
    on: str,
    pool: Place,
    without: Sequence[str],
) -> list[Row]:
    """For each vacant post: deputies who stay, who is decided, and the best candidates.

    Candidates are ranked by points of a first seat and place; ties by name.
    """
    plan = reassignment(view, standing, on, pool, without)
    dataset = view.dataset
    found = []
    for item in vacancies(standing):
        post = item.post
        ranked = sorted(
            able(post, plan.contributions, lambda name: rule(view, name)),
            key=lambda state: (-plan.points(post, state), state),
        )
        found.append(
            {
                "post": post.id,
                "left_by": short(item.left_by),
                "stars": post.stars,
                "deputy": short(item.acting) or NOT_KNOWN,
                **_next(item),
                "candidates": short(ranked[:CANDIDATES]),
                "second_hat": dataset.text(post.address, "second_hat"),
            }
        )
    return found


def count_rows(view: View, standing: Mapping[str, Standing], on: str) -> list[Row]:
    """For each named set of posts how many each state holds, and once decided handovers are done.

    A post that several states hold counts for the first. Those of which no holder is known are
    `unknown`, those that were left `vacant`, so that rows add up to the posts. A handover without
    a date counts in the second number alone, which is None before the date of the decision that
    the set rests on.
    """
    dataset = view.dataset
    found = []
    for item in dataset.kind("post-set"):
        posts = [standing[post] for post in dataset.targets(item.address, "counts")]
        now = [_counted(each, each.holders) for each in posts]
        decided = on >= first_day(item.as_of)
        later = [_counted(each, each.coming or each.holders) for each in posts] if decided else []
        words = (VACANT, UNKNOWN)
        for state in sorted({*now, *later}, key=lambda x: (x in words, -now.count(x), x)):
            found.append(
                {
                    "set": short(item.address),
                    "posts": len(posts),
                    "state": state,
                    "held": now.count(state),
                    "after_handovers": later.count(state) if decided else None,
                }
            )
    return found


def _counted(item: Standing, states: Sequence[str]) -> str:
    """The state for which a post counts, or that it is vacant or its holder unknown."""
    if states:
        return short(states[0])
    return VACANT if item.status == VACANT else UNKNOWN


def headquarters_rows(
    view: View, plans: Sequence[str], on: str, within: float, most: int | None = None
) -> list[Row]:
    """For each plan the seats by mean distance to the capitals of its states.

    The seat of the command that runs the plan is always among them; `most` is how many others.
    """
    speed = rule(view, "cruise-speed")
    found = []
    for plan in plans:
        lead = leads(view)[plan]
        for rank, item in enumerate(by_distance(view, plan, on, within), start=1):
            runs = lead in item.seat.posts
            if most is not None and rank > most and not runs:
                continue
            found.append(
                {
                    "plan": short(plan),
                    "rank": rank,
                    "seat": item.seat.town,
                    "posts": short(item.seat.posts),
                    "runs_it": "y" if runs else "",
                    "mean_km": item.mean.value,
                    "nearest": short(item.nearest[0]),
                    "farthest": short(item.farthest[0]),
                    "farthest_km": item.farthest[1].value,
                    "flight_hours": item.mean.value / speed,
                    "clock_hours": item.hours,
                    "widest_clock": item.widest,
                    "near_pct": 100 * item.near,
                }
            )
    return found
