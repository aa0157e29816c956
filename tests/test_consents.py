"""Consents of levers: who must agree, who stops what, and what goes on, on the release's rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoise.cooperation.consent_tables import consent_rows, needed, objector_rows
from counterpoise.cooperation.consents import (
    AGREES,
    DECIDES,
    EACH,
    WITHOUT,
    consents_of,
    lever_result,
)
from counterpoise.cooperation.passage import NOT_RUN, PASSES, STOPPED
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.world.bundles import Lever, read_levers

DAY = "2026-11-21"


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load()


@pytest.fixture(scope="module")
def levers(data: Dataset) -> dict[str, Lever]:
    return {lever.id: lever for lever in read_levers(data)}


def result(data: Dataset, lever: Lever, *objectors: str) -> str:
    against = [f"state/{name}" for name in objectors]
    return lever_result(data, lever, consents_of(data, lever, DAY), against, DAY)


def test_every_lever_names_a_body_or_state_that_must_agree(
    data: Dataset, levers: dict[str, Lever]
) -> None:
    for lever in levers.values():
        found = consents_of(data, lever, DAY)
        assert found, lever.id
        assert {item.party for item in found} == {*lever.states, *lever.bodies}
        assert {item.kind for item in found} <= {DECIDES, AGREES, EACH}


def test_consensus_is_stopped_by_one_and_a_qualified_majority_is_not(
    data: Dataset, levers: dict[str, Lever]
) -> None:
    """The Atlantic Council needs all 32; the Council's budget needs 15 of 27 and 65 percent."""
    assert result(data, levers["common-fleets"], "HUN") == STOPPED
    assert result(data, levers["output-grants"], "HUN") == PASSES
    assert result(data, levers["output-grants"], "HUN", "SVK", "CZE") == PASSES
    assert result(data, levers["output-grants"], "DEU", "FRA", "ITA", "ESP") == STOPPED
    assert result(data, levers["force-packages"], "HUN") == STOPPED


def test_what_each_state_gives_for_itself_goes_on_without_it(
    data: Dataset, levers: dict[str, Lever]
) -> None:
    assert result(data, levers["firm-orders"], "HUN") == WITHOUT
    assert result(data, levers["firm-orders"], "USA") == PASSES
    assert result(data, levers["american-queue"], "USA") == STOPPED
    assert result(data, levers["licensed-lines"], "DEU") == STOPPED


def test_a_body_in_which_no_state_votes_stops_no_lever(
    data: Dataset, levers: dict[str, Lever]
) -> None:
    lever = replace(levers["output-grants"], states=(), bodies=("body/commission",), competence="")
    assert result(data, lever, "HUN", "DEU") == PASSES
    assert [item.alone for item in consents_of(data, lever, DAY)] == [()]


def test_what_can_not_be_run_is_said(data: Dataset, levers: dict[str, Lever]) -> None:
    lever = levers["group-headquarters"]
    assert result(data, lever) == NOT_RUN
    rows = consent_rows(data, [lever], DAY)
    assert [row["missing"] for row in rows if row["party"] == "body/minilateral-hq"] != [""]


def test_an_objector_stops_what_its_row_says_and_nothing_else(
    data: Dataset, levers: dict[str, Lever]
) -> None:
    """Every row of the table holds when the state objects; a state without a row stops nothing."""
    rows = objector_rows(data, tuple(levers.values()), DAY)
    for row in rows:
        for heading, expected in (("stops", STOPPED), ("passes", PASSES)):
            for name in filter(None, row[heading].split("; ")):
                assert result(data, levers[name], row["objector"]) == expected
    told = {(row["pathway"], row["objector"]) for row in rows}
    assert ("eu-led-defence-cooperation", "TUR") not in told
    assert all(
        result(data, lever, "TUR") != STOPPED
        for lever in levers.values()
        if "pathway/eu-led-defence-cooperation" in lever.pathways
    )


def test_more_levers_never_need_less(data: Dataset, levers: dict[str, Lever]) -> None:
    """What levers need together is counted once each, so it only grows with levers."""
    several = list(levers.values())
    before = dict.fromkeys(("bodies", "states", "vetoes", "posts"), 0)
    for count in range(1, len(several) + 1):
        now = needed(data, several[:count], DAY)
        assert all(now[name] >= before[name] for name in before)
        before = now
    assert before["bodies"] == len({body for lever in several for body in lever.bodies})
