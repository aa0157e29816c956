"""One body or clause in detail: stages, seats with power, forces, posts, parliaments, cases."""

from __future__ import annotations

from typing import Any

from counterpoise.cooperation.behind import (
    amount_behind,
    assent_of,
    holdings_of,
    parliaments,
    people,
    posts_behind,
    spending,
    taking_part,
    troops,
    without_figure,
)
from counterpoise.cooperation.blocking import blocking_sets, smallest_blocking
from counterpoise.cooperation.cases import Case, blocks, historic, names
from counterpoise.cooperation.overview import YEAR, Row, Vote, unopposed
from counterpoise.cooperation.passage import NO_VOTES, PASSES, STOPPED, Outcome
from counterpoise.cooperation.power import power
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import short
from counterpoise.measures.amount import Amount, span, weakest_basis
from counterpoise.measures.view import View


def stage_rows(found: Outcome) -> list[Row]:
    """The stages in order: rule, votes, whether it passes and why, days, whose assent beside."""
    rows = []
    for item in found.stages:
        days = item.stage.days or (None, None, None)
        college = item.stage.electorate
        rows.append(
            {
                "stage": item.stage.order,
                "name": item.stage.name,
                "rule": item.stage.rule.name,
                "outcome": (PASSES if item.passes else STOPPED) if item.seats else NO_VOTES,
                "told": "; ".join(item.told),
                "days_low": days[0],
                "days": days[1],
                "days_high": days[2],
                "assent": ", ".join(item.stage.assent),
                "seats_of_unknown_date": len(college.undated) if college else 0,
                "sources": "; ".join(item.stage.sources),
            }
        )
    return rows


def seat_rows(view: View, found: Outcome) -> list[Row]:
    """Every voter: position, role, votes, population counted, power, parliament, dates.

    Power is that of all stages together when nobody abstains.
    """
    held = found.positions
    strength = power(unopposed(found))
    rows: dict[str, Row] = {}
    for item in found.stages:
        for seat in item.seats:
            own = strength[seat.voter]
            place = "against" if seat.voter in held.against else "for"
            rows.setdefault(
                seat.voter,
                {
                    "state": seat.name,
                    "position": "abstains" if seat.voter in held.abstaining else place,
                    "role": seat.role,
                    "votes": seat.votes,
                    "population": seat.population,
                    "banzhaf_pct": 100 * own.banzhaf,
                    "shapley_pct": 100 * own.shapley,
                    "banzhaf_raw": own.absolute,
                    "swings": own.swings,
                    "banzhaf_error_pct": 100 * own.banzhaf_error,
                    "shapley_error_pct": 100 * own.shapley_error,
                    "parliament": assent_of(view.dataset, seat.voter),
                    "since": seat.since or "not known",
                    "until": seat.until,
                },
            )
    return list(rows.values())


def block_rows(found: Outcome) -> list[Row]:
    """The smallest sets of voters that stop a decision when all others are for."""
    game = unopposed(found)
    blocking = smallest_blocking(game)
    seats = {seat.voter: seat.name for item in found.stages for seat in item.seats}
    return [
        {
            "size": blocking.size,
            "of_so_many": blocking.count,
            "set": ", ".join(seats[voter] for voter in chosen),
        }
        for chosen in blocking_sets(game, blocking)
    ]


def force_rows(view: View, vote: Vote, found: Outcome) -> list[Row]:
    """Spending, troops, population and holdings of those who take part, and of all voters.

    Voters without a figure are named, those who take part and the others apart; the percentage
    of all voters is then empty.
    """
    part = taking_part(found, parliaments(view.dataset, found.remain, vote.said))
    rows = []
    for name, unit, read in (
        ("population", "million", people),
        (f"defence outlay {YEAR}", "EUR bn", spending(YEAR)),
        (f"military personnel {YEAR}", "thousand", troops(YEAR)),
    ):
        own, whole = (amount_behind(view, states, read) for states in (part, found.voters))
        gone = without_figure(found.voters, whole)
        rows.append(_force(view, name, unit, own, whole, part, gone))
    held, all_held = (holdings_of(view, states) for states in (part, found.voters))
    for area in view.dataset.kind("area"):
        gone = all_held.unknown(area.address)
        if area.texts.get("planned") == "y" and (gone or area.address in all_held.units):
            own, whole = (item.units.get(area.address) for item in (held, all_held))
            unit = area.texts.get("unit", "")
            rows.append(_force(view, area.name, unit, own, whole, part, gone))
    return rows


def _force(
    view: View,
    name: str,
    unit: str,
    own: Amount | None,
    whole: Amount | None,
    part: tuple[str, ...],
    gone: tuple[str, ...],
) -> Row:
    """A row of forces; `gone` are the voters of whom the figure isn't known."""
    row: Row = {"what": name, **dict.fromkeys(("low", "value", "high")), "unit": unit}
    row |= {"of_all_pct": None, "basis": ""}
    nothing = own is None and bool(part) and set(part) <= set(gone)
    if not nothing and whole is not None:
        item = Amount(0.0) if own is None else own
        low, high = span(item, view.inputs)
        row |= {"low": low, "value": item.value, "high": high}
        row["basis"] = weakest_basis(item, view.inputs)
        if whole.value and not gone:
            row["of_all_pct"] = 100 * item.value / whole.value
    row["not_known"] = names(tuple(sorted(set(gone) & set(part))))
    row["not_known_others"] = names(tuple(sorted(set(gone) - set(part))))
    return row


def post_rows(view: View, found: Outcome) -> list[Row]:
    """Command posts of the body's arrangement on the day, by who holds them."""
    dataset, behind = view.dataset, posts_behind(view.dataset, found)
    told = (("for", behind.own), ("others", behind.others), ("not known", behind.unknown))
    return [
        {
            "held_by_those": group,
            "post": item.post.name,
            "level": dataset.text(item.post.address, "level"),
            "holder": names(item.holders),
            "since": item.since,
            "status": item.status,
            "as_of": item.post.as_of,
            "sources": "; ".join(dataset.things[item.post.address].sources),
        }
        for group, standing in told
        for item in standing
    ]


def parliament_rows(view: View, vote: Vote, found: Outcome) -> list[Row]:
    """The parliament of each state that is for: whether it must agree, and what it has said."""
    return [
        {
            "state": short(state),
            "assent_needed": assent_of(view.dataset, state),
            "said": vote.said.get(state, "unknown"),
        }
        for state in found.remain
        if state.startswith("state/")
    ]


def cases_beside(dataset: Dataset, vote: Vote) -> tuple[Case, ...]:
    """Recorded blocks by those against (by anybody where nobody is), then what is history."""
    return (
        *blocks(dataset, vote.on, states=vote.positions.against),
        *historic(dataset, vote.competence),
    )


def case_rows(cases: tuple[Case, ...]) -> list[dict[str, Any]]:
    """Recorded cases with dates and sources."""
    return [
        {
            "kind": item.kind,
            "date": item.date,
            "body": short(item.body),
            "states": names(item.states),
            "what": item.what,
            "delay_months": item.months,
            "resolved": item.resolved,
            "sources": "; ".join(item.sources),
            "note": item.note,
        }
        for item in cases
    ]
