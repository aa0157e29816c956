"""Command posts: what falls vacant if a state steps back, and where commands sit."""

from __future__ import annotations

from counterpoise.cooperation import command as tables
from counterpoise.cooperation.arguments import (
    DayArgument,
    KilometresArgument,
    PlansArgument,
    StatesArgument,
)
from counterpoise.cooperation.chains import UNCOVERED, chains, functions
from counterpoise.cooperation.posts import HELD, VACANT, Standing
from counterpoise.cooperation.reassignment import rule
from counterpoise.cooperation.seats import Reach, by_distance, leads
from counterpoise.measures.amount import Amount, total
from counterpoise.measures.parameters import PlaceArgument
from counterpoise.measures.view import View
from counterpoise.questions.question import ChartSpec, Context, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import ends, listed, ranged, reply, said

NEAREST = 3
"""Other seats that the table compares with the one that runs a plan."""


@computed(without="USA", on="2026-09-01", candidates="NATO-EUR")
def vacant_posts(
    view: View,
    context: Context,
    without: StatesArgument,
    on: DayArgument,
    candidates: PlaceArgument,
) -> Reply:
    """Posts left by states that step back, the functions that stop, deputies and candidates."""
    dataset = view.dataset
    standing = tables.standing_on(view, on, without)
    gone = tables.vacancies(standing)
    touched = [item for item in functions(dataset, standing) if item.status]
    broken = {
        dataset.things[item.plan].name
        for item in chains(dataset, standing)
        if item.broken_at and item.broken_at == leads(view)[item.plan]
    }
    rows = tables.next_rows(view, standing, on, candidates, without) if gone else []
    for row in rows:
        address = f"post/{row['post']}"
        row["functions"] = "; ".join(
            f"{item.name}: {item.status}"
            for item in touched
            if address in [each.post.address for each in item.posts]
        )
    amounts = [
        amount for item in standing.values() if item in gone for amount in _ranks(view, item)
    ]
    stopped = [item.name for item in touched if item.status == UNCOVERED]
    helped = [item.post.id for item in gone if item.acting]
    names = listed([dataset.things[state].name for state in without], 8)
    unknown = [item for item in standing.values() if _open(item)]
    sentence = (
        f"With {names} stepping back on {on}, {len(gone)} command posts fall vacant "
        f"({listed([item.post.id for item in gone], 12)}); for {len(helped)} a deputy from a state "
        f"that stays is known; without anyone known to lead: {listed(stopped, 6).lower()}."
    )
    return reply(
        sentence,
        rows,
        amounts,
        headline=total(amounts) if amounts else None,
        chart=ChartSpec(
            "bars", "plan", "posts", "Posts in the chain of each regional plan", "posts",
            series="status", rows=tuple(_by_plan(view, standing)),
        ),
        reasons=[
            f"plans whose regional command nobody known leads: {listed(sorted(broken), 6)}",
            *(f"{item.name}: {item.status}" for item in touched),
            f"{len(unknown)} posts have no known holder: they are unknown or proposed, not vacant "
            f"({listed([item.post.id for item in unknown], 12)})",
            "a post is left with its holder's state, unless a person is elected or named to it, or "
            "it is the state's own",
            "a deputy counts if one from that state was known at any date; some are years old",
        ],
        cites=[key for item in gone for key in _sources(view, item)],
        not_included=[
            "what staffs below the posts do, and forces that leave with the state",
            "the regions of the three plans are a reading of public statements",
        ],
    )  # fmt: skip


def _open(item: Standing) -> bool:
    """Whether a post that counts has neither a holder nor one who left."""
    return item.post.appointment.counted and item.status not in (HELD, VACANT)


def _sources(view: View, item: Standing) -> list[str]:
    """Sources of a post, its tenures, and what is linked from it."""
    dataset = view.dataset
    things = [item.post.address, *(row.address for row in item.post.tenures)]
    links = dataset.links_from.get(item.post.address, [])
    told = [*(dataset.things[address].sources for address in things), *(x.sources for x in links)]
    return [key for keys in told for key in keys]


def _ranks(view: View, item: Standing) -> list[Amount]:
    """What a post's rank is stated as, by its row and by those of its holders' tenures."""
    addresses = [item.post.address, *(row.address for row in item.post.tenures if not row.until)]
    found = [view.known(address, "rank") for address in addresses]
    return [amount for amount in found if amount is not None]


def _by_plan(view: View, standing: dict[str, Standing]) -> list[Row]:
    """How many posts of each plan's chain are held, under a deputy, vacant, or neither."""
    counted: dict[tuple[str, str], int] = {}
    for item in chains(view.dataset, standing):
        status = item.standing.status
        told = "vacant, deputy known" if item.standing.acting else status
        key = (item.plan.split("/")[1], told)
        counted[key] = counted.get(key, 0) + 1
    return [
        {"plan": plan, "status": told, "posts": count} for (plan, told), count in counted.items()
    ]


@computed(plan="all", on="2026-09-01", within="1500")
def command_seats(
    view: View,
    context: Context,
    plan: PlansArgument,
    on: DayArgument,
    within: KilometresArgument,
) -> Reply:
    """Distance, flight and clock hours from headquarters to the states of the regional plans."""
    speed = view.read("assignment-rule/cruise-speed", "value")
    rows: list[Row] = []
    amounts: list[Amount] = []
    told: list[str] = []
    drawn: list[Row] = []
    for address in plan:
        lead = leads(view)[address]
        found = by_distance(view, address, on, within)
        own = next((item for item in found if lead in item.seat.posts), None)
        for rank, item in enumerate(found, start=1):
            if rank <= NEAREST or item is own:
                rows.append(_row(view, item, rank, item is own, speed))
                amounts.append(item.mean / speed)
        name = address.split("/")[1]
        if own is not None:
            told.append(
                f"{own.seat.town} stands {ranged(view, own.mean)} km from the capitals of "
                f"{name} on average, place {found.index(own) + 1} of {len(found)} seats "
                f"(nearest: {found[0].seat.town}, {said(found[0].mean.value)} km)"
            )
            drawn.append(_dot(view, own, name))
    marked = {row["label"] for row in drawn}
    drawn += [
        row
        for item in by_distance(view, plan[0], on, within)
        if (row := _dot(view, item, ""))["label"] not in marked
    ]
    return reply(
        "; ".join(told) + ".",
        rows,
        amounts,
        chart=ChartSpec(
            "map", "longitude", "latitude", "Headquarters and the states of the regional plans",
            "", label="label", series="plan", low="states", rows=tuple(drawn),
        ),
        reasons=[
            "a plan's states are a reading of public statements: the plans are classified",
            "a state is reached at its capital, a headquarters at its town; great circles on a "
            "sphere of the Earth's mean radius",
            "flight hours are the mean distance over a usual cruising speed "
            f"({said(rule(view, 'cruise-speed'), 3)} km/h), without any delay on the ground",
            f"clock hours are the mean gap between a seat's clock and the capitals' on {on}; "
            "the widest one is signed: below zero the seat's clock is behind",
            f"near_pct is the share of a plan's capitals within {said(within, 4)} km",
        ],
        not_included=[
            "forces, roads and lines between a headquarters and its region",
            "what a move of a headquarters costs, and how well it is protected",
        ],
    )  # fmt: skip


def _row(view: View, item: Reach, rank: int, own: bool, speed: Amount) -> Row:
    hours = item.mean / speed
    low, high = ends(view, hours, (0.0, float("inf")))
    return {
        "plan": item.plan.split("/")[1],
        "rank": rank,
        "seat": item.seat.town,
        "posts": tables.short(item.seat.posts),
        "runs_it": "y" if own else "",
        "mean_km": item.mean.value,
        "nearest": tables.short(item.nearest[0]),
        "nearest_km": item.nearest[1].value,
        "farthest": tables.short(item.farthest[0]),
        "farthest_km": item.farthest[1].value,
        "flight_hours": hours.value,
        "low": low,
        "high": high,
        "clock_hours": item.hours,
        "widest_clock": item.widest,
        "near_pct": 100 * item.near,
    }


def _dot(view: View, item: Reach, plan: str) -> Row:
    """A headquarters on the map; the states that its plan covers where it runs one."""
    covered = view.dataset.targets(item.plan, "covers") if plan else []
    return {
        "label": item.seat.town,
        "latitude": item.seat.latitude.value,
        "longitude": item.seat.longitude.value,
        "plan": plan,
        "states": ";".join(state.split("/")[1] for state in covered),
    }
