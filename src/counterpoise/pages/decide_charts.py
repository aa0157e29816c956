"""Matrices of decisions: bodies by who stops them, and bodies by matter when states object."""

from __future__ import annotations

from dataclasses import replace

from counterpoise.cooperation.blockers import Decider, deciders_on, objectors, several
from counterpoise.cooperation.overview import Vote, matter, outcomes
from counterpoise.cooperation.passage import NO_VOTES, NOT_RUN, PASSES, STOPPED, Outcome, Positions
from counterpoise.data.records import short
from counterpoise.pages.decide_views import outcomes_of
from counterpoise.pages.site import Site
from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart, Name
from counterpoise.publish.matrix import Line, Look, Mark, matrix

PASS = Look("still passes", theme.DIVERGING[4])
STOP = Look("stopped by it", theme.DIVERGING[1], "cross")
DONE = Look("stopped already", theme.LAND, "cross")
OPEN = Look("no state votes", theme.LAND)

_MOST_LETTERS = 40


def by_blocker(site: Site, vote: Vote, given: dict[str, str]) -> Chart:
    """Bodies of several voters by the one state that objects (further): passes or stopped."""
    found = several(_deciders(site, vote, given))
    columns = objectors(site.view)
    marks = {}
    for row, item in enumerate(found):
        for column, state in enumerate(columns):
            if state in item.outcome.voters:
                stopped = "stop" if state in item.alone else "pass"
                marks[row, column] = Mark(stopped if item.outcome.passed else "done")
    more = "further " if vote.positions.against or vote.positions.abstaining else ""
    return matrix(
        [_line(site, item.outcome, not vote.competence) for item in found],
        [short(state) for state in columns],
        marks,
        {"pass": PASS, "stop": STOP, "done": DONE},
        caption=(Name(f"Body by one {more}state that objects; empty where it has no vote"),),
        alternative=(
            f"{len(found)} decisions of bodies by {len(columns)} states that object alone: who "
            "stops each is told in the tables below"
        ),
    )


def _deciders(site: Site, vote: Vote, given: dict[str, str]) -> tuple[Decider, ...]:
    if vote == Vote(Positions(), site.dataset.release, vote.competence):
        return site.deciders.get(vote.competence, ())
    return deciders_on(outcomes_of(site, given))


def by_matter(site: Site, vote: Vote) -> Chart:
    """Bodies by matter under given votes: passes, stopped, no state votes."""
    matters = [name for name in site.deciders if name]
    found = {
        name: {
            item.address: item
            for item in outcomes(site.view, Vote(vote.positions, vote.on, name))
            if item.result != NOT_RUN
        }
        for name in matters
    }
    bodies = {address: item for items in found.values() for address, item in items.items()}
    order = sorted(bodies.values(), key=lambda item: (item.status, -len(item.voters)))
    looks = {PASSES: "pass", STOPPED: "stop", NO_VOTES: "open"}
    marks = {
        (row, column): Mark(looks[found[name][item.address].result])
        for row, item in enumerate(order)
        for column, name in enumerate(matters)
        if item.address in found[name]
    }
    return matrix(
        [Line(_named(item.name), item.status) for item in order],
        matters,
        marks,
        {"pass": PASS, "stop": replace(STOP, told="stopped"), "open": OPEN},
        caption=(Name("Body by matter; empty where a body doesn't decide it"),),
        alternative=(
            f"{len(order)} bodies by {len(matters)} matters: the outcome of each is told in the "
            "table below"
        ),
    )


def _line(site: Site, item: Outcome, with_matter: bool) -> Line:
    way = matter(site.view, item).split(", ")
    told = f": {way[0]}{' …' if len(way) > 1 else ''}" if with_matter and way != ["any"] else ""
    return Line(_named(item.name, _MOST_LETTERS - len(told)) + told, item.status)


def _named(name: str, most: int = _MOST_LETTERS) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
