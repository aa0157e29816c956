"""Pages of decisions: who can still decide what when states object, and what stands behind."""

from __future__ import annotations

from collections.abc import Sequence

from counterpoise.cooperation.blockers import objectors, passing
from counterpoise.cooperation.overview import Vote
from counterpoise.cooperation.passage import PASSES, STOPPED
from counterpoise.cooperation.stages import EXISTING
from counterpoise.data.records import short
from counterpoise.pages import decide_views as views
from counterpoise.pages.cells import address_of, number, table, told
from counterpoise.pages.decide_charts import by_blocker, by_matter
from counterpoise.pages.decide_words import done, title, who
from counterpoise.pages.page import Asked, Choice, Control, Page, path_of
from counterpoise.pages.registry import Row, page
from counterpoise.pages.site import Site
from counterpoise.publish.blocks import (
    Bullets,
    Cell,
    Heading,
    Name,
    Number,
    Opened,
    PageBlock,
    Part,
    Table,
    parts,
)

Given = dict[str, str]

_OUTCOME = {
    "body": "body", "status": "status", "matter": "matter", "outcome": "outcome",
    "stopped_by": "stopped by", "for": "for", "of": "of", "smallest_block": "least that stops it",
    "pivots": "voters who alone turn it", "days_low": "days, low", "days": "days",
    "days_high": "days, high", "cases": "cases", "last_case": "last case",
}  # fmt: skip
"""Columns of the outcomes, with their headings."""

_BEHIND = {
    "body": "body", "matter": "matter", "spending_low": "defence outlay, EUR bn: low",
    "spending_eur_bn": "value", "spending_high": "high", "spending_pct": "of all voters, %",
    "population_m": "people, m", "posts": "command posts",
    "parliaments_before": "parliaments asked first", "parliaments_unknown": "parliaments not known",
}  # fmt: skip
_WHY = {
    "body": "body", "matter": "matter", "remain": "for it", "pivotal": "can turn it alone",
    "reasons": "votes counted", "sources": "sources",
}  # fmt: skip

_CASES = ("date", "kind", "body", "states", "what", "delay_months", "resolved")

_MOST_CASES = 30
"""Cases that stand open; more of them are folded."""

_QUESTIONS = ("q27", "q04", "q32", "q33", "q40")
"""Questions on the same matter."""

_MOST_NAMED = 9


def _stored(site: Site) -> list[str]:
    matters = [name for name in site.deciders if name]
    states = ["", *(short(state) for state in objectors(site.view))]
    return [_path(against=state, competence=name) for state in states for name in ("", *matters)]


def _path(**given: str) -> str:
    """The path of a page of decisions; what isn't given is left out."""
    return path_of("decide", **{name: text for name, text in given.items() if text})


@page("decide", _stored, "Who can still decide", "Decide")
def decide_page(site: Site, asked: Asked) -> Page:
    """Who can still decide under given votes, on one matter or all."""
    given = dict(asked.given)
    vote = views.vote_of(site, given)
    rows = views.outcome_rows(site, **given)
    return Page(
        asked.path,
        title(site.dataset, vote),
        tuple(_lead(site, vote, given, rows)),
        tuple(_blocks(site, vote, given, rows)),
        _standing(vote),
        controls=_controls(site, given),
    )


def _lead(site: Site, vote: Vote, given: Given, rows: Sequence[Row]) -> list[Part]:
    """Who can and who can't, counted by name where they are few."""
    counted = views.count_rows(site, **given)[0]
    address = address_of("decide-counts", given)

    def count(name: str) -> Number:
        return number(counted[name], f"{address}/1/{name}")

    refused = vote.positions.against | vote.positions.abstaining
    existing = [row for row in rows if row["status"] == EXISTING]
    can = list(dict.fromkeys(row["body"] for row in existing if row["outcome"] == PASSES))
    stopped = list(dict.fromkeys(row["body"] for row in existing if row["outcome"] == STOPPED))
    if not refused:
        what = "on it" if vote.competence else "on one matter or all"
        return [
            count("of_several"), " decisions of existing bodies with several voters are run ",
            what, "; one member alone can stop ", count("stopped_by_one"), " of them.",
        ]  # fmt: skip
    told_who = who(site.dataset, refused)
    if not vote.competence:
        return [
            count("pass"), " of ", count("existing"), " decisions of existing bodies still pass (a "
            "body counts once for each way of deciding); of the ", count("votes_in"),
            f" in which {told_who} votes, ", count("pass_where_it_votes"), ".",
        ]  # fmt: skip
    found: list[Part] = [count("pass"), " of ", count("existing"), " existing bodies can: "]
    found += _named(site, can) if can else ["none"]
    if stopped:
        found += ["; stopped: ", *_named(site, stopped)]
    proposed = [row["body"] for row in rows if row["status"] != EXISTING]
    passed = [row["body"] for row in rows
              if row["status"] != EXISTING and row["outcome"] == PASSES]  # fmt: skip
    if proposed:
        found += [". Of those only proposed ", *(_named(site, passed) if passed else ["none"])]
        found += [" could"]
    return [*found, "."]


def _named(site: Site, bodies: Sequence[str]) -> list[Part]:
    found: list[Part] = []
    for at, body in enumerate(bodies[:_MOST_NAMED]):
        found += [", " if at else "", Name(site.dataset.things[body].name, body)]
    left = len(bodies) - _MOST_NAMED
    return [*found, *told(f" and {left} more")] if left > 0 else found


def _blocks(site: Site, vote: Vote, given: Given, rows: Sequence[Row]) -> list[PageBlock]:
    data = site.dataset
    own = address_of("decide", given)
    told_rows = [{**row, "matter": ""} for row in rows] if vote.competence else rows
    positions = vote.positions
    open_votes = not positions.against and not positions.abstaining
    blocks: list[PageBlock] = []
    if open_votes:
        blocks.append(by_blocker(site, vote, given))
        if not vote.competence:
            blocks += [Heading(2, ("If one state objects",)), _grid(site)]
        alone = {"competence": vote.competence} if vote.competence else {}
        blocks.append(
            table(data, "Who alone can stop it, all others for", views.alone_rows(site, **alone),
                  address_of("decide-alone", alone))
        )  # fmt: skip
    else:
        blocks.append(by_blocker(site, vote, given) if vote.competence else by_matter(site, vote))
    blocks += [
        Heading(2, ("Outcome by body",)),
        table(data, "Each body under these votes", told_rows, own, _held(_OUTCOME, told_rows)),
        Heading(2, ("What stands behind it",)),
        table(
            data, "Those who take part", told_rows, own, _held(_BEHIND, told_rows),
            "Empty where no state votes, or where a voter's figure isn't known.",
        ),
        Opened(
            parts("Who remains, and how votes are counted"),
            (table(data, "Votes by body", told_rows, own, _held(_WHY, told_rows)),),
        ),
    ]  # fmt: skip
    blocks += _beside(site, vote, given)
    return [*blocks, Heading(2, ("Asked as a question",)), _questions(site)]


def _held(columns: dict[str, str], rows: Sequence[Row]) -> dict[str, str]:
    """Columns that say something in some row, the matter where it is more than any; the body."""
    return {
        name: head
        for name, head in columns.items()
        if name == "body" or any(row.get(name) not in (None, "", "any") for row in rows)
    }


def _beside(site: Site, vote: Vote, given: Given) -> list[PageBlock]:
    """Cases, clauses, and what isn't run."""
    data = site.dataset
    blocks: list[PageBlock] = []
    cases = views.case_rows(site, **given)
    if cases:
        blocks.append(Heading(2, ("Precedents",)))
        caption = "Recorded blocks, and bodies and clauses of the past"
        columns = {name: name.replace("_", " ") for name in _CASES}
        shown = table(data, caption, cases, address_of("decide-cases", given), columns)
        few = len(cases) <= _MOST_CASES
        blocks.append(shown if few else Opened(told(f"{len(cases)} cases"), (shown,)))
    if not vote.competence:
        clauses = views.clause_rows(site, **given)
        columns = _held(_OUTCOME, clauses) | {"body": "clause"}
        blocks += [
            Heading(2, ("Clauses",)),
            table(data, "Each clause under these votes", clauses,
                  address_of("decide-clauses", given), columns),
        ]  # fmt: skip
    # What isn't run is so whoever objects: pages of objectors leave it to that of the matter.
    refused = vote.positions.against or vote.positions.abstaining
    gaps = [] if refused else views.gap_rows(site, **given)
    if refused:
        path = _path(competence=vote.competence)
        blocks.append(Bullets((("Without objections, and what isn't run: ",
                                Name("who can decide", f"page/{path}")),)))  # fmt: skip
    if gaps:
        shown = table(data, "Not run", gaps, address_of("decide-gaps", given))
        summary = told(f"Not run: {len(gaps)} bodies and clauses, each with what is missing")
        blocks.append(Opened(summary, (shown,)))
    return blocks


def _grid(site: Site) -> Table:
    """Existing bodies that still pass, by objecting state and matter, each leading to its page."""
    matters = [name for name in site.deciders if name]
    rows = []
    for state in ("", *(objectors(site.view))):
        name = short(state) if state else ""
        path = _path(against=name)
        head: Part = Name(site.dataset.things[state].name, f"page/{path}") if state else "nobody"
        cells = []
        for item in matters:
            given = {"against": name} if state else {}
            address = address_of("decide-counts", {**given, "competence": item})
            cells.append(Cell((number(passing(site.deciders[item], state), f"{address}/1/pass"),)))
        rows.append((Cell((head,)), *cells))
    named = ((Name(done(item), f"page/{_path(competence=item)}"),) for item in matters)
    heads: tuple[tuple[Part, ...], ...] = (("who objects",), *named)
    return Table(
        parts("Existing bodies that still can, by who objects; each number opens to the bodies"),
        heads, tuple(rows), frozenset(range(1, len(heads))),
        parts("Bodies in which no state votes aren't counted; proposed ones neither."),
    )  # fmt: skip


def _questions(site: Site) -> Bullets:
    items = site.catalogue.questions
    return Bullets(
        tuple((Name(items[name].text, f"question/{name}"),) for name in _QUESTIONS if name in items)
    )


def _controls(site: Site, given: Given) -> tuple[Control, ...]:
    states = ["", *(short(state) for state in objectors(site.view))]
    matters = [name for name in site.deciders]
    return (
        Control(
            "against", "who objects; all others are for", given.get("against", ""),
            tuple(_step(given, "against", name, name or "nobody") for name in states),
        ),
        Control(
            "competence", "the matter", given.get("competence", ""),
            tuple(_step(given, "competence", name, name or "any") for name in matters),
        ),
    )  # fmt: skip


def _step(given: Given, argument: str, value: str, label: str) -> Choice:
    order = ("against", "competence", *(name for name in given))
    asked = {**given, argument: value}
    path = _path(**{name: asked[name] for name in dict.fromkeys(order) if name in asked})
    return Choice(label, path, given.get(argument, "") == value, value)


def _standing(vote: Vote) -> tuple[Part, ...]:
    return told(
        f"Members and rules as of {vote.on}, each from its row; figures of a body that is only "
        "proposed rest on the proposal. Outlay and people are sums of figures with ranges: "
        "each state's page has range, basis and source. Days come from few recorded cases. "
        "Who remains, with the sources of each rule, stands under the outcomes."
    )
