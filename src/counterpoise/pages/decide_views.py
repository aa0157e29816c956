"""Rows of decisions: outcomes, clauses, what isn't run, cases, and who alone stops what."""

from __future__ import annotations

from counterpoise.cooperation import blockers, detail, overview
from counterpoise.cooperation.overview import Vote
from counterpoise.cooperation.passage import Outcome
from counterpoise.cooperation.reading import read_vote
from counterpoise.data.dataset import Dataset
from counterpoise.pages.naming import known, linked
from counterpoise.pages.registry import Row, view
from counterpoise.pages.site import Site

ARGUMENTS = ("against", "abstain", "concerned", "on", "competence", "support", "assent")
"""What may be asked of decisions, as the command takes it."""


def vote_of(site: Site, given: dict[str, str]) -> Vote:
    """What a page or view asks; BadInput for unknown arguments and unfit values."""
    return read_vote(site.dataset, **known(given, ARGUMENTS, "decide"))


@view("decide", ARGUMENTS)
def outcome_rows(site: Site, **given: str) -> list[Row]:
    """Every body that is run, under given votes: outcome, who remains, what stands behind."""
    return _rows(site, given, "body")


@view("decide-clauses", ARGUMENTS)
def clause_rows(site: Site, **given: str) -> list[Row]:
    """Every clause that is run, under given votes."""
    return _rows(site, given, "clause")


def _rows(site: Site, given: dict[str, str], kind: str) -> list[Row]:
    found = outcomes_of(site, given, kind)
    rows = overview.outcome_rows(site.view, vote_of(site, given), kind, found)
    return [{**row, "body": f"{kind}/{row['body']}"} for row in rows]


def outcomes_of(site: Site, given: dict[str, str], kind: str = "body") -> list[Outcome]:
    """Outcomes of all bodies or clauses under given votes, kept for what a page asks next."""
    vote = vote_of(site, given)
    key = ("outcomes", kind, *(f"{name}={text}" for name, text in sorted(given.items())))
    return site.kept(key, lambda: overview.outcomes(site.view, vote, kind))


@view("decide-gaps", ARGUMENTS)
def gap_rows(site: Site, **given: str) -> list[Row]:
    """Bodies and clauses that aren't run, with what is missing."""
    rows = overview.all_gap_rows(site.view, vote_of(site, given))
    return [
        {"decider": f"{row['kind']}/{row['id']}", "status": row["status"],
         "missing": row["missing"]}
        for row in rows
    ]  # fmt: skip


@view("decide-cases", ARGUMENTS)
def case_rows(site: Site, **given: str) -> list[Row]:
    """Recorded blocks by those who object (by anybody, where nobody does), and what is history."""
    vote = vote_of(site, given)
    return cases_told(site.dataset, detail.case_rows(detail.cases_beside(site.dataset, vote)))


def cases_told(data: Dataset, rows: list[Row]) -> list[Row]:
    """Cases with the addresses of body and sources."""
    return linked(data, rows, {"body": ("body", "clause")})


@view("decide-alone")
def alone_rows(site: Site, competence: str = "") -> list[Row]:
    """For each body of several voters who alone can stop a decision, if all others are for."""
    return blockers.alone_rows(site.view, site.deciders.get(_matter(site, competence), ()))


@view("decide-counts", ARGUMENTS)
def count_rows(site: Site, **given: str) -> list[Row]:
    """How many existing bodies in which states vote pass under given votes: one row."""
    return [blockers.counts(vote_of(site, given), outcomes_of(site, given))]


def _matter(site: Site, competence: str) -> str:
    return vote_of(site, {"competence": competence}).competence
