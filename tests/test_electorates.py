"""Who votes where, by the rows of the release: against members as bodies state them, and dates."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from counterpoise.cooperation.electorates import Electorate, Seat, electorate_on
from counterpoise.cooperation.power import power
from counterpoise.cooperation.rules import game_of, read_rule
from counterpoise.cooperation.stages import deciders, stages_of
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.data.records import short

NOW = "2026-09-01"

WORDS = {
    "five": 5, "six": 6, "seven": 7, "ten": 10, "twelve": 12,
}  # fmt: skip
"""Number words in the column members_rule."""

PAST = {"weu-council": "2010-12-31", "eurogroup-1968": "1990-01-01"}
"""Historic bodies: a day on which they sat."""

NO_COUNT = {
    "nato-dpc": "allies of a date, tested below",
    "eurogroup-1968": "those that chose to join",
    "eurogroup-new": "European allies, no number",
    "art427-states": "a victim state and those that answer",
    "enhanced-coop": "a least number",
    "art44-group": "states that the Council chooses",
    "berlin-plus-dec": "two councils, tested below",
    "esc-ceps": "two formats to choose from",
    "udcg-body": "about 54, of which the data know 46, tested below",
}
"""Bodies whose column members_rule gives no membership, each with the reason."""


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load()


def voters(dataset: Dataset, college: str, on: str) -> set[str]:
    return {short(seat.voter) for seat in electorate_on(dataset, f"electorate/{college}", on).seats}


def of_body(dataset: Dataset, body: str, on: str) -> set[str]:
    colleges = [stage.electorate for stage in stages_of(dataset, f"body/{body}", on)]
    return {short(seat.voter) for college in colleges if college for seat in college.seats}


def members(dataset: Dataset, text: str) -> set[str]:
    return {short(item.address) for item in dataset.kind("state") if item.texts.get(text) == "y"}


def allies(dataset: Dataset) -> set[str]:
    found = (item.address for item in dataset.kind("state"))
    return {short(state) for state in found if dataset.value(state, "nato_member_since")}


def linked(dataset: Dataset, body: str, role: str) -> set[str]:
    """States with a role in the arrangement that a body belongs to."""
    links = dataset.links_from.get(dataset.target(body, "organ of"), [])
    return {short(link.object) for link in links if link.role == role}


def test_membership_as_the_body_states_it(dataset: Dataset) -> None:
    """Every body with voters that states its members, by name or number, has just those."""
    eu, nato = members(dataset, "eu_member"), allies(dataset)
    tested = 0
    for body in deciders(dataset, "body"):
        name, rule = short(body.address), body.texts.get("members_rule", "")
        found = of_body(dataset, name, PAST.get(name, NOW))
        if not found or name in NO_COUNT:
            continue
        codes = set(re.findall(r"\b[A-Z]{3}\b", rule)) - {"NAC"}
        number = re.search(r"\d+", rule) or re.search("|".join(WORDS), rule)
        if "except France" in rule:
            assert found == nato - {"FRA"}, name
        elif "allies" in rule:
            assert found == nato, name
        elif codes:
            assert found == codes, name
        elif "Council" in rule or (number and number[0] == "27"):
            assert found == eu, name
        elif number:
            counted = WORDS.get(number[0]) or int(number[0])
            assert len(found) == counted, name
        elif rule == "framework nations":
            assert found == linked(dataset, body.address, "framework-nation"), name
        else:
            pytest.fail(f"{name}: {rule} isn't read")
        tested += 1
    assert tested >= 40


def test_councils_are_not_the_arrangement(dataset: Dataset) -> None:
    """SAFE is adopted by all 27, PESCO by all but Malta; Berlin Plus needs Cyprus and Turkey."""
    borrowers = linked(dataset, "body/safe-decision", "member")
    eu = members(dataset, "eu_member")
    assert len(borrowers) == 19
    assert of_body(dataset, "safe-decision", NOW) == eu
    assert of_body(dataset, "council-pesco", NOW) == eu - {"MLT"}
    assert of_body(dataset, "berlin-plus-dec", NOW) == eu | allies(dataset)
    assert {"CYP", "TUR"} <= of_body(dataset, "berlin-plus-dec", NOW)


@pytest.mark.parametrize(
    ("college", "on", "count", "state", "inside"),
    [
        ("nato-32", "2023-04-03", 30, "FIN", False),
        ("nato-32", "2023-04-04", 31, "FIN", True),
        ("nato-32", "2024-03-06", 31, "SWE", False),
        ("nato-32", "2024-03-07", 32, "SWE", True),
        ("npg-31", "2024-03-07", 31, "FRA", False),
        ("nato-dpc", "2003-02-16", 18, "FRA", False),
        ("eu-27", "2020-01-31", 28, "GBR", True),
        ("eu-27", "2020-02-01", 27, "GBR", False),
        ("eu-27", "2013-06-30", 27, "HRV", False),
        ("eu-csdp-27", "2014-04-01", 27, "DNK", False),
        ("eu-csdp-27", "2022-06-30", 26, "DNK", False),
        ("eu-csdp-27", "2022-07-01", 27, "DNK", True),
        ("eda-27", "2023-03-22", 26, "DNK", False),
        ("eda-27", "2023-03-23", 27, "DNK", True),
        ("eu-pesco-26", "2023-05-22", 25, "DNK", False),
        ("eurocorps-6", "2021-11-26", 5, "POL", False),
        ("weu-10", "2011-07-01", 0, "FRA", False),
        ("unsc-15", "2026-12-31", 15, "PAK", True),
        ("unsc-15", "2027-01-01", 15, "PAK", False),
    ],
)
def test_seats_change_with_the_date(
    dataset: Dataset, college: str, on: str, count: int, state: str, inside: bool
) -> None:
    found = voters(dataset, college, on)
    assert len(found) == count
    assert (state in found) == inside


def test_roles_and_votes(dataset: Dataset) -> None:
    """Five vetoes in the Security Council, one lead in the expeditionary force, OCCAR's tens."""

    def seats(college: str) -> Electorate:
        return electorate_on(dataset, f"electorate/{college}", NOW)

    council = seats("unsc-15").seats
    vetoes = {seat.name for seat in council if seat.role == "veto"}
    assert vetoes == {"CHN", "FRA", "GBR", "RUS", "USA"}
    assert {seat.name for seat in seats("jef-10").seats if seat.role == "lead"} == {"GBR"}
    tens = {seat.name for seat in seats("occar-6").seats if seat.votes == 10}
    assert tens == {"DEU", "FRA", "GBR", "ITA"}
    assert all(seat.role == "observer" for seat in seats("esc-ceps").others)


def test_population_agrees_with_the_council(dataset: Dataset) -> None:
    """Shares of persons are within 0.3 points of those of 2025; Poland's fell most since."""
    seats = electorate_on(dataset, "electorate/eu-27", NOW).seats
    whole = sum(seat.population or 0 for seat in seats)
    for seat in seats:
        published = dataset.value(seat.voter, "population_share")
        assert published is not None
        assert 100 * (seat.population or 0) / whole == pytest.approx(published, abs=0.3), seat.name


def test_nobody_sits_twice_on_any_day(dataset: Dataset) -> None:
    """On every day on which some seat begins or ends, each holder has one voting seat."""
    for college in dataset.kind("electorate"):
        whole = electorate_on(dataset, college.address, NOW)
        seats = [dataset.things[link.subject] for link in dataset.links_to[college.address]]
        days = {item.texts.get(name, "") for item in seats for name in ("since", "until")}
        for day in sorted(filter(None, days)):
            found = electorate_on(dataset, college.address, (day + "-01-01")[:10])
            assert len({seat.voter for seat in found.seats}) == len(found.seats)
        assert whole.name


@pytest.mark.parametrize(("kind", "least"), [("body", 40), ("clause", 30)])
def test_every_row_runs_or_says_what_is_missing(dataset: Dataset, kind: str, least: int) -> None:
    """No body or clause is without stages and without a gap, and none has both."""
    runs = 0
    for item in deciders(dataset, kind):
        roles = {link.role for link in dataset.links_to.get(item.address, [])}
        stages = bool(roles & {"stage of", "stage under"})
        gap = bool(roles & {"not run for", "not run under"})
        assert stages != gap, item.address
        runs += stages
    assert runs >= least


def test_a_college_known_in_part_says_so(dataset: Dataset) -> None:
    """The contact group has 57 states of which 46 are known; the college's note tells it."""
    assert len(voters(dataset, "udcg", NOW)) == 46
    assert "not known" in dataset.things["electorate/udcg"].note


def test_power_in_the_council_as_published(dataset: Dataset) -> None:
    """The published counts of the rule of 72 and 65 percent, to the last digit; the shares to six.

    The source counts every vote in which a state's own turns the outcome, so twice its swings.
    """
    path = Path(__file__).parent / "data" / "council-power-published.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        published = {row["state"]: row for row in csv.DictReader(handle)}
    seats = [
        Seat(name, name, name, "vote", 1, int(row["population"]), "", "")
        for name, row in published.items()
    ]
    found = power(game_of(read_rule(dataset, "decision-rule/qualified-72-65"), seats))
    assert len(found) == 27
    for name, row in published.items():
        swings = found[name].swings
        assert swings is not None
        assert 2 * swings == int(row["influences"]), name
        assert found[name].banzhaf == pytest.approx(float(row["banzhaf"]), abs=5e-7), name
