"""Pages of bodies, clauses and voting colleges: stages, voters, power, who stops it, precedents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from counterpoise.cooperation.blocking import pivots
from counterpoise.cooperation.decide_asked import ONE, rows_of_one
from counterpoise.cooperation.electorates import electorate_on
from counterpoise.cooperation.overview import Vote, matter
from counterpoise.cooperation.passage import NOT_RUN, STOPPED, Outcome, outcome
from counterpoise.cooperation.stages import PARLIAMENT, find_decider, ways_of
from counterpoise.data.records import Thing, short
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import near
from counterpoise.pages.cells import address_of, number, table, told
from counterpoise.pages.decide_charts import PASS, STOP
from counterpoise.pages.decide_views import ARGUMENTS as VOTES
from counterpoise.pages.decide_views import vote_of
from counterpoise.pages.decide_words import done, who
from counterpoise.pages.naming import known, linked
from counterpoise.pages.page import Asked, Given, Page
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.pages.things import page_of, thing_at
from counterpoise.publish.blocks import (
    Bullets,
    Chart,
    Heading,
    Name,
    Opened,
    PageBlock,
    Paragraph,
    Part,
    parts,
)
from counterpoise.publish.matrix import Line, Mark, matrix

TITLES = {
    "stages": "Stages in order",
    "seats": "Voters, and the power of each when nobody abstains",
    "blocks": "Smallest sets that stop it when all others are for",
    "forces": "What stands behind those who take part",
    "posts": "Command posts of its arrangement",
    "parliaments": "Parliaments of those who are for",
    "cases": "Recorded cases",
}
"""What is told of a body or clause, with its title."""

_KINDS = {"state": ("state",), "holder": ("state",), "body": ("body", "clause")}
_LEFT_OUT = frozenset({"banzhaf_raw", "swings", "note"})
"""Columns that a page leaves to the command."""

_IF_ANY = frozenset({"banzhaf_error_pct", "shapley_error_pct", "seats_of_unknown_date", "until"})
"""Columns that are told only where some row has something to say."""

_FOLDED = frozenset({"blocks", "posts", "parliaments"})
_ROLES = ("decision-stage", "block")
"""Kinds of thing whose links to a body the page's own tables tell."""

_MOST_ROWS = 12


def _outcome(site: Site, address: str, vote: Vote) -> Outcome:
    return outcome(site.dataset, address, vote.positions, vote.on, vote.competence)


@view("council", VOTES)
def council_rows(site: Site, decider: str, part: str = "stages", **given: str) -> list[Row]:
    """A part of a body or clause under given votes: stages, seats, blocks, forces, cases."""
    if part not in ONE:
        close = ", ".join(near(part, ONE)) or ", ".join(ONE)
        raise BadInput([Problem("part", "council", None, "part", part, close, "choose one")])
    vote = vote_of(site, given)
    found = _outcome(site, find_decider(site.dataset, decider), vote)
    return _rows(site, vote, found, part)


def _rows(site: Site, vote: Vote, found: Outcome, part: str) -> list[Row]:
    rows = linked(site.dataset, rows_of_one(site.view, vote, found, part), _KINDS)
    told_names = [
        name
        for name in (rows[0] if rows else {})
        if name not in _LEFT_OUT and (name not in _IF_ANY or any(row[name] for row in rows))
    ]
    return [{name: row[name] for name in told_names} for row in rows]


@view("council-ways", VOTES)
def way_rows(site: Site, decider: str, **given: str) -> list[Row]:
    """Each way of a body or clause: its outcome, who remains, who alone turns it."""
    vote = vote_of(site, given)
    return [
        {
            "matter": matter(site.view, item),
            "outcome": item.result,
            "for": len(item.remain),
            "of": len(item.voters),
            "turn_it_alone": len(pivots(item)),
            "stopped_by": ", ".join(short(state) for state in item.stoppers),
        }
        for item in _ways(site, find_decider(site.dataset, decider), vote)
    ]


def _ways(site: Site, address: str, vote: Vote) -> list[Outcome]:
    names = (
        [vote.competence]
        if vote.competence
        else [way[0] if way else "" for way in ways_of(site.dataset, address)]
    )
    return [_outcome(site, address, replace(vote, competence=name)) for name in names]


def _stored(kind: str, site: Site) -> list[str]:
    return [item.address for item in site.dataset.kind(kind)]


@page("body", lambda site: _stored("body", site))
def body_page(site: Site, asked: Asked) -> Page:
    """A body: how it decides, who votes with what power, who stops it, and precedents."""
    thing = thing_at(site, asked)
    if thing.texts.get("kind") == PARLIAMENT:
        known(asked.given, (), thing.address)
        return page_of(site, thing, (), ())
    return _page(site, asked, thing)


@page("clause", lambda site: _stored("clause", site))
def clause_page(site: Site, asked: Asked) -> Page:
    """A clause: by which stages it is used, who votes, and its uses."""
    return _page(site, asked, thing_at(site, asked))


def _page(site: Site, asked: Asked, thing: Thing) -> Page:
    given = dict(asked.given)
    vote = vote_of(site, given)
    ways = _ways(site, thing.address, vote)
    run = [item for item in ways if item.result != NOT_RUN]
    lead = _lead(site, thing, given, ways) if run else told(f"Not run: {ways[0].missing}.")
    own = _own(site, thing, vote, given, run)
    made = page_of(site, thing, lead, own, _ROLES)
    refused = vote.positions.against | vote.positions.abstaining
    if not given:
        return made
    name = f"{thing.name}, if {who(site.dataset, refused)} isn't for" if refused else thing.name
    return replace(made, path=asked.path, title=name)


def _lead(site: Site, thing: Thing, given: Given, ways: Sequence[Outcome]) -> tuple[Part, ...]:
    """For each way how many vote, and how many can stop it alone."""
    address = address_of("council-ways", {"decider": thing.address, **given})
    rows = way_rows(site, thing.address, **given)
    found: list[Part] = []
    for at, (row, item) in enumerate(zip(rows, ways, strict=True), start=1):
        if item.result == NOT_RUN:
            continue
        on = "" if row["matter"] == "any" else f"to {done(row['matter'].split(', ')[0])}"
        more = " and more" if ", " in row["matter"] else ""
        on = f"{on}{more}: " if on else ""
        found += told(f"; {on}" if found else on[:1].upper() + on[1:])
        if not item.voters:
            found.append("no state votes")
            continue
        turn = number(row["turn_it_alone"], f"{address}/{at}/turn_it_alone")
        voters = number(row["of"], f"{address}/{at}/of")
        if item.result == STOPPED:
            alone = ", ".join(short(state) for state in item.stoppers)
            left = number(row["for"], f"{address}/{at}/for")
            found += ["stopped", *told(f" by {alone}" if alone else ": too few for")]
            found += [" with ", left, " of ", voters, " for"]
        else:
            rule = item.stages[0].stage.rule.name
            found += [*told(rule), ", ", voters, " voters, ", turn]
            found.append(" of whom can stop it alone")
    return parts(*found, ".")


def _own(
    site: Site, thing: Thing, vote: Vote, given: Given, run: Sequence[Outcome]
) -> list[PageBlock]:
    data = site.dataset
    blocks: list[PageBlock] = []
    voted = [item for item in run if item.voters]
    if voted:
        blocks.append(_drawn(site, voted))
    if len(run) > 1:
        address = address_of("council-ways", {"decider": thing.address, **given})
        rows = way_rows(site, thing.address, **given)
        blocks.append(table(data, "Its ways of deciding", rows, address))
    base = _outcome(site, thing.address, vote)
    for part, title in TITLES.items():
        if base.result == NOT_RUN and part != "cases":
            continue
        found = _rows(site, vote, base, part)
        if not found:
            continue
        asked = {"decider": thing.address, "part": part, **given}
        few = found[:_MOST_ROWS] if part == "blocks" else found
        block = table(data, title, few, address_of("council", asked))
        if part in _FOLDED:
            blocks.append(Opened(told(f"{title}: {len(found)}"), (block,)))
        else:
            blocks += [Heading(2, parts(part.capitalize())), block]
    if thing.kind == "body" and voted:
        beside = ("Beside all other bodies: ", Name("who can still decide", "page/decide"))
        blocks.append(Bullets((beside,)))
    if vote.on != data.release:
        blocks.append(Paragraph(told(f"Members of {vote.on}."), "note"))
    return blocks


def _drawn(site: Site, run: Sequence[Outcome]) -> Chart:
    """Ways by voter: whose single objection stops each."""
    voters = list(dict.fromkeys(voter for item in run for voter in item.voters))
    seats = {seat.voter: seat.name for item in run for stage in item.stages for seat in stage.seats}
    marks = {}
    for row, item in enumerate(run):
        alone = set(pivots(item))
        for column, voter in enumerate(voters):
            if voter in item.voters:
                stopped = voter in alone if item.passed else voter not in item.remain
                marks[row, column] = Mark("stop" if stopped else "pass")
    return matrix(
        [Line(matter(site.view, item).split(", ")[0]) for item in run],
        [seats[voter] for voter in voters],
        marks,
        {"pass": replace(PASS, told="can't stop it alone"), "stop": replace(STOP, told="stops it")},
        caption=("Way of deciding by voter",),
        alternative="voters by whether each alone stops a decision, told in the text",
    )


@view("electorate")
def seat_rows(site: Site, electorate: str, on: str = "") -> list[Row]:
    """Seats of a voting college on a day: role, votes, people counted, since and until."""
    day = vote_of(site, {"on": on}).on
    college = electorate_on(site.dataset, f"electorate/{electorate}", day)
    return [
        {
            "voter": seat.voter if seat.voter.startswith("state/") else seat.name,
            "role": seat.role,
            "votes": seat.votes,
            "people_m": None if seat.population is None else seat.population / 1e6,
            "since": seat.since or "not known",
            "until": seat.until,
            "sources": "; ".join(site.dataset.things[seat.address].sources),
        }
        for seat in (*college.seats, *college.others)
    ]


@view("electorate-size")
def size_rows(site: Site, electorate: str, on: str = "") -> list[Row]:
    """How many seats of a voting college vote on a day, and how many don't: one row."""
    day = vote_of(site, {"on": on}).on
    college = electorate_on(site.dataset, f"electorate/{electorate}", day)
    return [{"voters": len(college.seats), "others": len(college.others), "on": day}]


@page("electorate", lambda site: _stored("electorate", site))
def electorate_page(site: Site, asked: Asked) -> Page:
    """A voting college: who has a seat on a day."""
    thing = thing_at(site, asked)
    given = known(asked.given, ("on",), thing.address)
    name = short(thing.address)
    rows = seat_rows(site, name, **given)
    address = address_of("electorate", {"electorate": name, **given})
    size = size_rows(site, name, **given)[0]
    counted = address_of("electorate-size", {"electorate": name, **given}) + "/1/voters"
    lead = (number(size["voters"], counted), " voters on ", *told(f"{size['on']}."))
    own: list[PageBlock] = []
    if rows:
        own = [Heading(2, ("Seats",)), table(site.dataset, "Who votes", rows, address)]
    return replace(page_of(site, thing, lead, own, ("elector",)), path=asked.path)
