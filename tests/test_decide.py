"""Decisions: rules worked by hand, published indices, invariants, and the bodies of the release."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from math import comb, factorial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from counterpoise.cli import app
from counterpoise.cli import decide as command
from counterpoise.cooperation import coalitions
from counterpoise.cooperation.behind import parliaments
from counterpoise.cooperation.blocking import blocking_sets, chance, pivots, smallest_blocking
from counterpoise.cooperation.cases import historic, precedents
from counterpoise.cooperation.command import standing_on
from counterpoise.cooperation.detail import force_rows, post_rows
from counterpoise.cooperation.electorates import Seat, electorate_on
from counterpoise.cooperation.games import Game, Threshold
from counterpoise.cooperation.overview import (
    Vote,
    gap_rows,
    outcome_rows,
    outcomes,
    unopposed,
)
from counterpoise.cooperation.passage import (
    NO_VOTES,
    NOT_RUN,
    Outcome,
    passes,
    read_day,
    read_positions,
)
from counterpoise.cooperation.posts import VACANT
from counterpoise.cooperation.power import Power, drawn_power, power
from counterpoise.cooperation.rules import Rule, game_of, read_rule
from counterpoise.cooperation.stages import competences, deciders
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.view import View
from counterpoise.questions.ask import ask
from counterpoise.questions.catalogue import questions
from counterpoise.questions.question import Answer, Context
from tiny import write_rows

DATA = Path(__file__).parent / "data"
STATES = ("HUN", "TUR", "USA", "DEU", "FRA")


@pytest.fixture(scope="module")
def release() -> Dataset:
    return load()


@pytest.fixture(scope="module")
def view(release: Dataset) -> View:
    return View(release)


def weighted(weights: Iterable[int], quota: int, needed: Iterable[int] = ()) -> Game:
    """A game of one sum; players are p0, p1 …"""
    sums = {f"p{at}": weight for at, weight in enumerate(weights)}
    stopping = frozenset(f"p{at}" for at in needed)
    return Game(tuple(sums), stopping, (Threshold("votes", sums, quota),))


def by_definition(game: Game) -> dict[str, Power]:
    """Power by going through every coalition, up to twelve players."""
    count = len(game.players)
    assert count <= 12
    swings = dict.fromkeys(game.players, 0)
    shapley = dict.fromkeys(game.players, 0.0)
    for voter in game.players:
        others = [player for player in game.players if player != voter]
        for size in range(count):
            share = factorial(size) * factorial(count - size - 1) / factorial(count)
            for chosen in combinations(others, size):
                if game.wins(frozenset(chosen) | {voter}) and not game.wins(frozenset(chosen)):
                    swings[voter] += 1
                    shapley[voter] += share
    every = sum(swings.values()) or 1
    return {
        voter: Power(voter, turned, turned / 2 ** (count - 1), turned / every, shapley[voter])
        for voter, turned in swings.items()
    }


def seat(name: str, population: int = 1, role: str = "vote", votes: int = 1) -> Seat:
    return Seat(f"elector/{name}", name, name, role, votes, population, "", "")


def states(names: Iterable[str]) -> set[str]:
    return {f"state/{name}" for name in names}


def voters(found: Outcome) -> set[str]:
    return {voter.split("/")[1] for voter in found.voters}


# Power: published values, all votes gone through, chance.


def reference() -> list[dict[str, str]]:
    with (DATA / "weighted-voting-reference.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    kept = ("banzhaf-index", "banzhaf-absolute", "shapley-shubik")
    return [row for row in rows if row["index"] in kept]


@pytest.mark.parametrize("row", reference(), ids=lambda row: row["id"])
def test_published_indices_to_six_digits(row: dict[str, str]) -> None:
    game = weighted(map(int, row["weights"].split(";")), int(row["quota"]))
    name = {"banzhaf-index": "banzhaf", "banzhaf-absolute": "absolute"}.get(row["index"], "shapley")
    found = [getattr(power(game)[player], name) for player in game.players]
    assert found == pytest.approx(
        [float(item) for item in row["published_result"].split(";")], abs=5e-7
    )


def test_nine_published_rows_are_there() -> None:
    assert len(reference()) == 9


def test_council_against_a_published_table(release: Dataset) -> None:
    """Votes of all 2^27 in which a state's own changes the outcome: equal to the last one."""
    with (DATA / "council-power-published.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    seats = [seat(row["state"], int(row["population"])) for row in rows]
    found = power(game_of(read_rule(release, "decision-rule/qualified-72-65"), seats))
    for row in rows:
        own = found[row["state"]]
        assert own.swings is not None
        assert 2 * own.swings == int(row["influences"])
        assert own.banzhaf == pytest.approx(float(row["banzhaf"]), rel=5e-4)


GAMES = st.builds(
    lambda weights, quota, needed, waived, quorum: Game(
        tuple(f"p{at}" for at in range(len(weights))),
        frozenset(f"p{at}" for at in needed if at < len(weights)),
        (
            Threshold(
                "population",
                {f"p{at}": weight for at, weight in enumerate(weights)},
                max(1, round(quota * sum(weights))),
                waived,
            ),
            Threshold(
                "seats", {f"p{at}": 1 for at in range(len(weights))}, min(quorum, len(weights))
            ),
        ),
    ),
    st.lists(st.integers(0, 40), min_size=2, max_size=8),
    st.floats(0.3, 1.0),
    st.sets(st.integers(0, 7), max_size=2),
    st.integers(0, 3),
    st.integers(1, 5),
)


@given(GAMES, st.booleans())
@settings(max_examples=150)
def test_power_equals_going_through_all_votes(game: Game, halves: bool) -> None:
    """Both ways to count, by table and by halves, give what the definitions give."""
    kept = coalitions.MOST_CELLS
    try:
        coalitions.MOST_CELLS = 0 if halves else kept
        assume(coalitions.tally(game) is not None)
        found = power(game)
    finally:
        coalitions.MOST_CELLS = kept
    for voter, own in by_definition(game).items():
        assert found[voter].swings == own.swings
        assert found[voter].shapley == pytest.approx(own.shapley)
        assert found[voter].banzhaf == pytest.approx(own.banzhaf)


@pytest.mark.parametrize("seed", range(6))
def test_power_of_twelve_equals_going_through_all_votes(seed: int) -> None:
    """Twelve members with two sums, a veto in every second case: the most gone through."""
    draw = np.random.default_rng(seed)
    names = [f"p{at}" for at in range(12)]
    people = {name: int(draw.integers(1, 90)) for name in names}
    game = Game(
        tuple(names),
        frozenset(names[: seed % 2]),
        (
            Threshold(
                "population", people, round(0.65 * sum(people.values())), 4 if seed > 2 else 0
            ),
            Threshold("seats", dict.fromkeys(names, 1), 7),
        ),
    )
    found = power(game)
    for voter, own in by_definition(game).items():
        assert found[voter].swings == own.swings
        assert found[voter].shapley == pytest.approx(own.shapley)


@given(GAMES)
def test_power_sums_to_one_where_somebody_decides(game: Game) -> None:
    decides = game.wins(frozenset(game.players)) and not game.wins(frozenset())
    found = power(game).values()
    assert sum(item.shapley for item in found) == pytest.approx(float(decides))
    assert sum(item.banzhaf for item in found) == pytest.approx(float(decides))


def test_drawn_power_lies_within_its_error() -> None:
    game = weighted([9, 7, 5, 3, 3, 2, 1, 1], 18, needed=[2])
    exact, drawn = power(game), drawn_power(game, seed=7, draws=40_000)
    for voter, own in exact.items():
        assert drawn[voter].shapley == pytest.approx(
            own.shapley, abs=5 * drawn[voter].shapley_error + 1e-9
        )
        assert drawn[voter].absolute == pytest.approx(
            own.absolute, abs=5 * drawn[voter].absolute_error + 1e-9
        )
    assert any(item.shapley_error > 0 for item in drawn.values())


def test_three_sums_are_drawn_where_they_cannot_be_counted() -> None:
    """Votes, states and population together, the population in persons: with errors told."""
    names = [f"p{at}" for at in range(40)]
    people = {name: 1_000_003 * (at + 1) for at, name in enumerate(names)}
    votes = {name: 700_001 * (at % 7 + 1) for at, name in enumerate(names)}
    game = Game(
        tuple(names),
        frozenset(),
        (
            Threshold("population", people, round(0.62 * sum(people.values()))),
            Threshold("votes", votes, round(0.7 * sum(votes.values()))),
        ),
    )
    found = power(game, seed=3)
    assert all(item.swings is None for item in found.values())
    assert sum(item.shapley for item in found.values()) == pytest.approx(1.0)


# Who can stop a decision.


@given(GAMES)
def test_smallest_blocking_sets_block_and_nothing_smaller_does(game: Game) -> None:
    found = smallest_blocking(game)
    everyone = frozenset(game.players)
    assert found.size is not None or game.wins(frozenset())
    for chosen in blocking_sets(game, found):
        assert len(chosen) == found.size
        assert not game.wins(everyone - frozenset(chosen))
    for size in range(found.size or 0):
        assert all(
            game.wins(everyone - frozenset(chosen)) for chosen in combinations(game.players, size)
        )
    if found.size:
        blocking = [
            chosen
            for chosen in combinations(game.players, found.size)
            if not game.wins(everyone - frozenset(chosen))
        ]
        assert found.count == len(blocking)


@given(GAMES, st.integers(0, 7), st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_giving_a_member_a_veto_never_raises_passage(
    game: Game, chosen: int, likely: list[float]
) -> None:
    support = dict(zip(game.players, likely, strict=False))
    voter = game.players[chosen % len(game.players)]
    stricter = replace(game, needed=game.needed | {voter})
    assert chance(stricter, support).value <= chance(game, support).value + 1e-12


@given(GAMES, st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_chance_equals_the_sum_over_all_votes(game: Game, likely: list[float]) -> None:
    support = dict(zip(game.players, likely, strict=False))
    whole = 0.0
    for size in range(len(game.players) + 1):
        for chosen in combinations(game.players, size):
            if game.wins(frozenset(chosen)):
                share = 1.0
                for player in game.players:
                    share *= support[player] if player in chosen else 1 - support[player]
                whole += share
    assert chance(game, support).value == pytest.approx(whole, abs=1e-9)


def test_chance_with_many_uncertain_is_drawn_and_tells_its_error() -> None:
    game = weighted([1] * 21, 11)
    found = chance(game, dict.fromkeys(game.players, 0.5))
    assert found.error > 0
    assert found.value == pytest.approx(0.5, abs=5 * found.error)


# Rules by hand.


def rule_of(release: Dataset, name: str) -> Rule:
    return read_rule(release, f"decision-rule/{name}")


def test_constructive_abstention_stops_at_a_third_of_states_and_people(release: Dataset) -> None:
    rule = rule_of(release, "unanimity-cfsp")
    seats = [seat(f"s{at}", 10) for at in range(9)]
    two, three = frozenset({"s0", "s1"}), frozenset({"s0", "s1", "s2"})
    assert game_of(rule, seats, two).possible
    assert not game_of(rule, seats, three).possible
    small = [seat(f"s{at}", 1 if at < 3 else 10) for at in range(9)]
    assert game_of(rule, small, three).possible, "a third of the states, but few people"


def test_three_states_cannot_block_by_population_and_four_can(release: Dataset) -> None:
    rule = rule_of(release, "qualified-55-65")
    seats = [seat(f"big{at}", 40) for at in range(3)] + [seat(f"s{at}", 10) for at in range(17)]
    game = game_of(rule, seats)
    everyone = frozenset(game.players)
    assert game.wins(everyone - {"big0", "big1", "big2"})
    assert not game.wins(everyone - {"big0", "big1", "big2", "s0"})
    silent = game_of(rule, seats, frozenset({"s0"}))
    assert not silent.wins(frozenset(silent.players) - {"big0", "big1", "big2"})


def test_ten_votes_block_in_occar(release: Dataset) -> None:
    rule = rule_of(release, "blocking-ten")
    seats = [seat("founder", votes=10), seat("five", votes=5), seat("four", votes=4)]
    game = game_of(rule, seats)
    assert not game.wins(frozenset({"five", "four"}))
    assert game.wins(frozenset({"founder"})), "nine votes against are one too few"


def test_a_framework_nation_must_itself_be_for(release: Dataset) -> None:
    rule = rule_of(release, "lead-and-one")
    seats = [seat("lead", role="lead"), seat("a"), seat("b")]
    game = game_of(rule, seats)
    assert game.wins(frozenset({"lead", "a"}))
    assert not game.wins(frozenset({"a", "b"}))
    assert not game.wins(frozenset({"lead"}))
    assert not game_of(rule, seats, frozenset({"lead"})).possible


def test_abstentions_lower_the_base_only_where_the_rule_says_so(release: Dataset) -> None:
    seats = [seat(f"s{at}") for at in range(5)]
    silent = frozenset({"s0", "s1"})
    yes = frozenset({"s2", "s3"})
    assert game_of(rule_of(release, "majority-cast"), seats, silent).wins(yes)
    assert not game_of(rule_of(release, "simple-majority"), seats, silent).wins(yes)


# Electorates of the release.


def test_electorates_are_their_own_table(release: Dataset) -> None:
    """Where a body's row says who sits in it, its electorate is that, not its arrangement's."""
    safe = voters(passes(release, "safe-decision"))
    assert len(safe) == 27 and "HUN" in safe and "DEU" in safe
    npg = voters(passes(release, "npg"))
    assert len(npg) == 31 and "FRA" not in npg
    both = voters(passes(release, "berlin-plus-dec"))
    assert {"CYP", "TUR", "USA", "AUT"} <= both and len(both) == 36
    assert len(voters(passes(release, "nac"))) == 32
    pesco = voters(passes(release, "council-pesco"))
    assert len(pesco) == 26 and "MLT" not in pesco and "DNK" in pesco


def test_five_vetoes_in_the_security_council(release: Dataset) -> None:
    college = electorate_on(release, "electorate/unsc-15", "2026-09-01")
    assert {item.name for item in college.seats if item.role == "veto"} == {
        "CHN", "FRA", "GBR", "RUS", "USA",
    }  # fmt: skip
    assert len(college.seats) == 15
    assert not passes(release, "unsc", ["RUS"], on="2026-09-01").passed
    assert passes(release, "unsc", abstain=["RUS"], on="2026-09-01").passed


def test_an_electorate_is_that_of_the_date(release: Dataset) -> None:
    assert len(voters(passes(release, "nac", on="2023-04-03"))) == 30
    assert len(voters(passes(release, "nac", on="2023-04-04"))) == 31
    assert len(voters(passes(release, "nac", on="2024-03-07"))) == 32
    assert passes(release, "nac", ["SWE"], on="2024-03-01").passed
    assert not passes(release, "nac", ["SWE"], on="2024-04").passed


def test_most_bodies_and_clauses_run_and_all_others_tell_why(view: View) -> None:
    vote = Vote(read_positions(view.dataset), read_day(view.dataset, ""))
    for kind, least in (("body", 40), ("clause", 30)):
        run = [item for item in outcomes(view, vote, kind) if item.result != NOT_RUN]
        gone = gap_rows(view, vote, kind)
        names = {item.address for item in run}
        assert len(names) >= least
        assert len(names) + len(gone) == len(deciders(view.dataset, kind))
        assert all(row["missing"] != "no decision stage in the data" for row in gone)


def test_parliaments_are_no_bodies_here_but_counted_apart(release: Dataset) -> None:
    assert not any(
        item.texts.get("kind") == "national-parliament" for item in deciders(release, "body")
    )
    found = parliaments(release, tuple(sorted(states(("DEU", "FRA", "POL", "ALB")))))
    assert found.needed == ("state/DEU",)
    assert found.partly == ("state/FRA",)
    assert found.not_needed == ("state/POL",)
    assert found.unknown == ("state/ALB",)


# Outcomes.


def test_an_ally_stops_the_council_and_no_coalition(release: Dataset) -> None:
    stopped = passes(release, "nac", against=["HUN"])
    assert not stopped.passed and stopped.stoppers == ("state/HUN",)
    assert any("stopped by HUN" in told for told in stopped.reasons)
    assert pivots(stopped) == ("state/HUN",)
    assert pivots(passes(release, "nac", against=["HUN", "SVK"])) == ()
    free = passes(release, "coalition-body", against=["GBR"])
    assert free.passed and "state/GBR" not in free.remain


def test_a_body_with_two_ways_comes_once_for_each(view: View) -> None:
    """The Atlantic Council consults when one ally asks, and decides nothing against one."""
    vote = Vote(read_positions(view.dataset, ["HUN"]), read_day(view.dataset, ""))
    rows = {row["matter"]: row for row in outcome_rows(view, vote) if row["body"] == "nac"}
    assert rows["article-4"]["outcome"] == "passes"
    assert rows["article-5"]["outcome"] == "stopped"
    assert passes(view.dataset, "nac", ["HUN"], competence="article-4").passed
    assert not passes(view.dataset, "nac", ["HUN"], competence="operation-authorise").passed


def test_historic_bodies_are_precedents_and_never_run(release: Dataset) -> None:
    for name, on in (("nato-dpc", ""), ("weu-council", ""), ("weu-v", ""), ("weu-v", "2005-06-01")):
        found = passes(release, name, on=on)
        assert found.result == NOT_RUN and "historic" in found.missing
    told = {item.address: item for item in historic(release)}
    assert "body/nato-dpc" in told and told["body/nato-dpc"].sources
    assert told["clause/weu-v"].kind == "historic clause"


def test_a_college_of_fixed_size_is_run_only_with_all_its_members(release: Dataset) -> None:
    """Of the Security Council of 2028 five members were elected by the release."""
    assert passes(release, "unsc", on="2027-06-01").passed
    for on in ("2028-06-01", "2024-06-01"):
        found = passes(release, "unsc", on=on)
        assert found.result == NOT_RUN and f"of 15 members not known on {on}" in found.missing
    assert passes(release, "unsc", on="2028-06-01").missing.startswith("5 of 15")
    assert passes(release, "unsc", ["RUS"], on="2099").result == NOT_RUN


def test_a_day_outside_the_dated_data_is_told(release: Dataset) -> None:
    before = passes(release, "us-dod", on="1900")
    assert before.result == NOT_RUN and "outside what the data dates" in before.missing
    after = passes(release, "nac", on="2099")
    assert "outside what the data dates" in after.reasons[0]
    assert not any("outside" in told for told in passes(release, "nac", on="2026-09-01").reasons)


def test_where_no_state_votes_nothing_passes_and_nothing_is_counted(view: View) -> None:
    vote = Vote(read_positions(view.dataset, ["HUN"]), "2026-09-01")
    rows = {row["body"]: row for row in outcome_rows(view, vote)}
    for name in ("commission", "european-parliament", "eeas", "dg-defis", "eu-crisis-hub"):
        assert rows[name]["outcome"] == NO_VOTES, name
        assert rows[name]["for"] is rows[name]["of"] is rows[name]["posts"] is None
    clauses = {row["body"] for row in outcome_rows(view, vote, "clause")
               if row["outcome"] == NO_VOTES}  # fmt: skip
    assert clauses == {"ep-res-427", "preparedness-2025"}


def test_the_sole_voter_is_named_as_the_one_who_stops(view: View) -> None:
    for name in ("us-dod", "us-state", "usa-senate-exit", "us-fms", "us-itar", "us-erip",
                 "us-nato-exit"):  # fmt: skip
        for votes in ({"against": ["USA"]}, {"abstain": ["USA"]}):
            found = passes(view.dataset, name, **votes)  # type: ignore[arg-type]
            assert found.stoppers == ("state/USA",), name
    assert passes(view.dataset, "council-qmv", ["HUN", "DEU", "FRA", "ITA"]).stoppers == ()
    assert passes(view.dataset, "coalition-body", ["HUN", "DEU"]).stoppers == ()


def test_proposed_bodies_stand_in_a_block_of_their_own(view: View) -> None:
    vote = Vote(read_positions(view.dataset, ["HUN"]), read_day(view.dataset, ""))
    rows = outcome_rows(view, vote)
    status = [row["status"] for row in rows]
    assert status == sorted(status) and set(status) == {"existing", "proposed"}
    assert {row["body"] for row in rows if row["status"] == "proposed"} >= {"esc-ceps"}


@pytest.mark.parametrize("state", STATES)
def test_one_layout_for_every_state(view: View, state: str) -> None:
    vote = Vote(read_positions(view.dataset, [state]), read_day(view.dataset, ""))
    rows = outcome_rows(view, vote)
    plain = outcome_rows(view, Vote(read_positions(view.dataset, ["BEL"]), vote.on))
    assert sorted((row["body"], row["matter"]) for row in rows) == sorted(
        (row["body"], row["matter"]) for row in plain
    )
    assert all(list(row) == list(plain[0]) for row in rows)
    for row in rows:
        if row["outcome"] == NO_VOTES:
            assert row["for"] is row["of"] is row["pivots"] is None and not row["stopped_by"]
            continue
        sits = state in row["remain"].split(", ") or row["for"] < row["of"]
        assert row["outcome"] == "passes" or sits
        assert (row["outcome"] == "stopped") == bool(row["stopped_by"])


def test_precedents_have_dates_and_sources(release: Dataset) -> None:
    found = precedents(release, "body/nac", "2026-09-01")
    assert len(found) > 10
    assert all(item.date and item.sources for item in found)
    assert [item.date for item in found] == sorted(item.date for item in found)
    assert len(precedents(release, "body/nac", "2010-01-01")) < len(found)
    used = precedents(release, "clause/nat-5", "2026-09-01")
    assert [item.date for item in used] == ["2001-09-12"]


def test_a_parliament_that_refuses_takes_its_forces_out_and_stops_nothing(view: View) -> None:
    def row(said: dict[str, str]) -> dict[str, object]:
        vote = Vote(read_positions(view.dataset), "2026-09-01", "operation-authorise", {}, said)
        return next(item for item in outcome_rows(view, vote) if item["body"] == "council-fac")

    free, refused = row({}), row({"state/DEU": "no"})
    assert refused["outcome"] == free["outcome"] == "passes"
    assert refused["taking_part"] == free["taking_part"] - 1  # type: ignore[operator]
    assert refused["assent_no"] == 1 and free["assent_no"] == 0
    assert refused["spending_eur_bn"] < free["spending_eur_bn"]  # type: ignore[operator]


def forces(view: View, body: str, against: Iterable[str] = ()) -> dict[str, dict[str, object]]:
    """The forces behind a decision, by what they are."""
    vote = Vote(read_positions(view.dataset, against), "2026-09-01")
    found = passes(view.dataset, body, against, on=vote.on)
    return {row["what"]: row for row in force_rows(view, vote, found)}


def test_forces_that_are_not_known_are_never_none(view: View) -> None:
    """The release lists no tank of the United States, Canada, Iceland or Montenegro."""
    tanks = forces(view, "nac", ["USA"])[view.dataset.things["area/mbt"].name]
    assert tanks["not_known"] == "CAN, ISL, MNE" and tanks["not_known_others"] == "USA"
    assert tanks["of_all_pct"] is None and tanks["value"] > 1000  # type: ignore[operator]
    outlay = forces(view, "nac", ["USA"])["defence outlay 2025"]
    assert outlay["not_known"] == "ISL" and outlay["of_all_pct"] is None
    seen = forces(view, "unsc")[view.dataset.things["area/mbt"].name]
    assert {"CHN", "PAK", "RUS", "USA"} <= set(str(seen["not_known"]).split(", "))
    assert seen["of_all_pct"] is None
    alone = forces(view, "us-dod")[view.dataset.things["area/mbt"].name]
    assert alone["value"] is None and alone["not_known"] == "USA"
    known = forces(view, "e3-body", ["FRA"])[view.dataset.things["area/mbt"].name]
    assert known["not_known"] == known["not_known_others"] == ""
    assert 0 < known["of_all_pct"] < 100  # type: ignore[operator]


def test_an_unknown_outlay_leaves_the_share_empty(view: View) -> None:
    vote = Vote(read_positions(view.dataset, ["USA"]), "2026-09-01", "operation-authorise")
    rows = {row["body"]: row for row in outcome_rows(view, vote)}
    assert "CHN" in rows["unsc"]["spending_not_known"]
    assert rows["unsc"]["spending_pct"] is None and rows["unsc"]["spending_eur_bn"] > 0
    assert rows["council-fac"]["spending_not_known"] == ""
    assert rows["council-fac"]["spending_pct"] == pytest.approx(100)


def posts_of(view: View, against: str, on: str) -> dict[str, set[str]]:
    """Posts behind the Atlantic Council's decision, with holders, by group."""
    found = passes(view.dataset, "nac", [against], on=on)
    groups: dict[str, set[str]] = {"for": set(), "others": set(), "not known": set()}
    for row in post_rows(view, found):
        groups[row["held_by_those"]].add(f"{row['post']}: {row['holder']}")
    return groups


def test_posts_behind_are_those_held_on_the_day_and_no_groups(view: View) -> None:
    """The United States leave eight posts of the alliance, as `command` tells."""
    now = posts_of(view, "USA", "2026-09-01")
    standing = standing_on(view, "2026-09-01", ["state/USA"])
    vacant = {item.post.name for item in standing.values() if item.status == VACANT}
    assert {told.split(":")[0] for told in now["others"]} == vacant and len(vacant) == 8
    assert not any("group" in told for group in now.values() for told in group)
    brunssum = "Commander JFC Brunssum"
    assert f"{brunssum}: DEU" in now["for"]
    then = posts_of(view, "USA", "2025-01-01")
    assert f"{brunssum}: ITA" in then["for"]
    assert "Supreme Allied Commander Europe: " in then["not known"], "held since July 2025"


def test_probabilities_of_ones_own(view: View) -> None:
    support = {"state/HUN": 0.3, "state/TUR": 0.5}
    vote = Vote(read_positions(view.dataset), "2026-09-01", "", support)
    rows = {row["body"]: row for row in outcome_rows(view, vote)}
    rows["nac"] = next(
        row
        for row in outcome_rows(view, replace(vote, competence="budget"))
        if row["body"] == "nac"
    )
    assert rows["nac"]["probability"] == pytest.approx(0.15)
    assert rows["council-qmv"]["probability"] == pytest.approx(1.0)
    assert rows["european-council"]["probability"] == pytest.approx(0.3)
    assert rows["e3-body"]["probability"] == 1.0


def test_power_of_the_bodies_sums_to_one(release: Dataset) -> None:
    for name in ("nac", "council-qmv", "unsc", "occar-bos", "jef-body", "art427-states"):
        found = power(unopposed(passes(release, name)))
        assert sum(item.shapley for item in found.values()) == pytest.approx(1.0)
        assert all(item.shapley_error == 0 for item in found.values())


def test_smallest_block_of_the_council(release: Dataset) -> None:
    game = unopposed(passes(release, "council-qmv"))
    found = smallest_blocking(game)
    sets = blocking_sets(game, found)
    assert found.size == 4 and found.count == len(sets) < comb(27, 4)
    assert states(("DEU", "FRA", "ITA", "ESP")) in [set(item) for item in sets]


# A body by rows alone.


def council(folder: Path, members: Iterable[str], rule: str) -> Path:
    """An overlay that founds a European Security Council."""
    folder.mkdir(parents=True)
    proof = {"source": "cp-rules", "as_of": "2027", "basis": "assumed"}
    write_rows(
        folder / "bodies.csv",
        [{"id": "esc-test", "name": "European Security Council", "kind": "proposed-body",
          "status": "proposed", "competences": "operation-authorise", **proof}],
    )  # fmt: skip
    write_rows(folder / "electorates.csv", [{"id": "esc-test", "name": "Its members", **proof}])
    write_rows(
        folder / "electors.csv",
        [{"id": f"esc-test-{name.lower()}", "electorate": "esc-test", "state": name,
          "role": "vote", "since": "2027", **proof} for name in members],
    )  # fmt: skip
    write_rows(
        folder / "decision-stages.csv",
        [{"id": "esc-test-1", "body": "esc-test", "order": 1, "name": "The council",
          "electorate": "esc-test", "rule": rule, "assent": "parliaments", **proof}],
    )  # fmt: skip
    return folder


@pytest.mark.parametrize("members", [("FRA", "DEU", "GBR"), ("POL", "EST", "LVA", "LTU", "UKR")])
def test_a_new_body_is_rows_alone(tmp_path: Path, members: tuple[str, ...]) -> None:
    found = load(overlays=(council(tmp_path / "own", members, "unanimity"),))
    free = passes(found, "European Security Council", on="2028-01-01")
    assert free.passed and voters(free) == set(members) and free.status == "proposed"
    assert not passes(found, "esc-test", [members[0]], on="2028").passed
    assert passes(found, "esc-test", on="2026-06-01").result == NOT_RUN, "nobody sits before 2027"
    majority = load(overlays=(council(tmp_path / "more", members, "simple-majority"),))
    assert passes(majority, "esc-test", [members[0]], on="2028").passed


def test_faulty_rows_are_told(tmp_path: Path) -> None:
    folder = council(tmp_path / "own", ["FRA", "DEU"], "unanimity")
    proof = {"source": "cp-rules", "as_of": "2027", "basis": "assumed"}
    write_rows(
        folder / "electors.csv",
        [{"id": "x", "electorate": "esc-test", "state": "FRA", "role": "vetoo", **proof}],
    )
    with pytest.raises(BadInput, match="vote or veto or lead"):
        passes(load(overlays=(folder,)), "esc-test")


# The questions.


def answer(view: View, ident: str, **given: str) -> Answer:
    return ask(view, Context(Path("runs")), questions(), ident, given)


def test_what_can_be_decided_if_one_ally_blocks(view: View) -> None:
    found = answer(view, "q27", against="TUR")
    rows = {(row["body"], row["matter"]): row for row in found.table}
    assert rows["berlin-plus-dec", "any"]["stopped_by"] == "TUR"
    assert rows["council-fac", "operation-authorise"]["outcome"] == "passes"
    assert found.sentence.startswith("With TUR against")
    assert found.sources and found.chart is not None
    with pytest.raises(BadInput, match="HUN"):
        answer(view, "q27", against="HUNN")


def test_a_council_of_more_members_passes_less_under_unanimity(view: View) -> None:
    found = answer(view, "q32", variants="FRA+DEU,FRA+DEU+GBR,e5", support="0.9")
    assert [row["passes_pct"] for row in found.table] == pytest.approx([81.0, 72.9, 59.049])
    assert [row["members"] for row in found.table] == [2, 3, 5]
    majority = answer(view, "q32", variants="FRA+DEU+GBR", rule="simple-majority", support="0.9")
    assert majority.table[0]["passes_pct"] == pytest.approx(97.2)
    assert majority.table[0]["coalitions_pct"] == pytest.approx(50.0)


def test_consent_against_delay(view: View) -> None:
    """Side by side parliaments cost one parliament's days, one after another all of theirs."""
    found = answer(view, "q33", members="FRA+DEU+POL", parliament_days="10")
    rows = {row["consent"]: row for row in found.table}
    alone = rows["leaders alone"]["days"]
    assert rows["parliaments that must agree before"]["parliaments_asked"] == 1
    assert rows["every parliament, side by side"]["days"] == alone + 10
    assert rows["every parliament, one after another"]["days"] == alone + 30
    shares = [row["agreed_before_pct"] for row in found.table]
    assert shares[0] == 0 and shares[-1] == pytest.approx(100)
    with pytest.raises(NotFound, match="days"):
        answer(view, "q33", like="e3-body")


def test_who_steers_shows_three_things_side_by_side(view: View) -> None:
    found = answer(view, "q04")
    bodies = {row["body"]: row for row in found.table}
    assert "nac" not in bodies and "council-fac" not in bodies
    assert bodies["e3-body"]["stop_alone"] == 3 and bodies["coalition-body"]["stop_alone"] == 0
    assert bodies["e5-body"]["cover_spending_pct"] > bodies["e3-body"]["cover_spending_pct"]
    assert "nac" in {row["body"] for row in answer(view, "q04", without="none").table}


# The command.


@pytest.fixture
def loaded(release: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command takes the release as loaded once."""
    monkeypatch.setattr(command, "load_data", lambda data, without_leaks: release)


def run(*words: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["decide", *words])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.exit_code, found.stdout


def test_the_command_gives_the_same_in_every_form(loaded: None, tmp_path: Path) -> None:
    words = ("--against", "HUN,SVK", "--abstain", "AUT", "--on", "2026-09-01",
             "--competence", "operation-authorise")  # fmt: skip
    status, told = run(*words, "--format", "json")
    rows = json.loads(told)
    assert status == 0
    found = {row["body"]: row for row in rows}
    assert found["nac"]["stopped_by"] == "HUN, SVK"
    assert found["council-fac"]["outcome"] == "stopped"
    assert found["coalition-body"]["outcome"] == "passes"
    file = tmp_path / "decide.csv"
    assert run(*words, "--format", "csv", "--out", str(file))[0] == 0
    with file.open(encoding="utf-8") as handle:
        assert [row["body"] for row in csv.DictReader(handle)] == [row["body"] for row in rows]
    status, told = run(*words)
    assert status == 0 and "existing bodies" in told and "proposed bodies" in told


def test_every_part_of_a_body_can_be_told(loaded: None) -> None:
    for part in ("stages", "seats", "blocks", "forces", "posts", "parliaments", "cases"):
        status, told = run("nac", "--against", "TUR", "--part", part, "--format", "json")
        assert status == 0 and json.loads(told), part


def test_all_faults_are_told_at_once(loaded: None, release: Dataset) -> None:
    with pytest.raises(BadInput) as found:
        run("--against", "HUNN", "--on", "soon", "--competence", "war", "--support", "DEU=2",
            "--assent", "ESP=perhaps", "--part", "all")  # fmt: skip
    codes = {problem.code for problem in found.value.problems}
    assert codes == {"state", "date", "competence", "probability", "assent", "part"}
    expected = next(item for item in found.value.problems if item.code == "competence").expected
    assert set(competences(release)) == set(expected.split(", "))
    with pytest.raises(BadInput, match="body/nac"):
        run("nacc")
    with pytest.raises(BadInput, match="one position"):
        run("--against", "HUN", "--abstain", "HUN")
