"""Rights: who must consent, worked by hand, and every recorded case found again."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from counterpoise.cli import app
from counterpoise.cooperation.rights import (
    UNKNOWN,
    need_of_state,
    needed,
    regime_names,
    rights,
)
from counterpoise.cooperation.rights_cases import case, cases_of, span
from counterpoise.cooperation.rights_told import limits, sentences
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import REFERENCE, load
from counterpoise.errors import BadInput, NotFound

ACTS = ("use", "delivery", "transfer", "re-export", "upgrade")


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load()


def restrictions() -> list[dict[str, str]]:
    with (REFERENCE / "restrictions.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def first_named(row: dict[str, str]) -> bool:
    """Whether the case's item was a type of the facts' sheet: their notes say so of the others."""
    return "item not in systems.csv" not in row["note"] and bool(row["system"])


IN_SHEET = [row for row in restrictions() if first_named(row)]
OTHERS = [row for row in restrictions() if not first_named(row)]
BY_THE_CASE = {"k9", "altay"}
BUYERS_STEP = "esp-puls-2025"


def test_the_cases_are_those_of_the_facts() -> None:
    rows = restrictions()
    assert (len(rows), len(OTHERS)) == (43, 43 - len(IN_SHEET))
    assert sum(bool(row["duration_months"]) for row in rows) == 19


@pytest.mark.parametrize("row", IN_SHEET, ids=lambda row: row["id"])
def test_the_controller_is_named(dataset: Dataset, row: dict[str, str]) -> None:
    """By rule, or for Germany's engines by the case; never for a buyer's own step."""
    found = rights(dataset, row["system"])
    by_rule = {item.state for item in found.stakes if item.acts is None}
    by_case = {item.state for item in found.stakes if item.acts is not None}
    controllers = {f"state/{name}" for name in row["controller_state"].split(";")}
    if row["id"] == BUYERS_STEP:
        assert not controllers & (by_rule | by_case)
    elif row["system"] in BY_THE_CASE:
        assert controllers == {"state/DEU"} == by_case
        assert not controllers & by_rule
    else:
        assert controllers <= by_rule


@pytest.mark.parametrize("row", IN_SHEET, ids=lambda row: row["id"])
def test_the_rule_names_the_act_that_was_stopped(dataset: Dataset, row: dict[str, str]) -> None:
    """Where a case stopped an act, the rows say that this act needs or may need the controller."""
    told = case(dataset, f"restriction/{row['id']}")
    if told.act and told.own_step != "buyer":
        found = rights(dataset, row["system"])
        for state in told.controllers:
            assert need_of_state(dataset, found, told.act, state) in ("y", "depends")


def test_twenty_six_and_seventeen() -> None:
    """Items that are types, and items of other names."""
    assert (len(IN_SHEET), len(OTHERS)) == (26, 17)


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row["id"])
def test_other_cases_are_found_under_their_own_names(dataset: Dataset, row: dict[str, str]) -> None:
    name = row["named_system"] or row["system"]
    found = rights(dataset, name)
    assert f"restriction/{row['id']}" in [item.address for item in found.cases]
    states = {item.state for item in found.stakes}
    assert {f"state/{each}" for each in row["controller_state"].split(";")} <= states
    if row["item"]:
        assert rights(dataset, row["item"]).cases == found.cases


def test_britain_sells_eurofighter_to_turkey(dataset: Dataset) -> None:
    """Germany, Italy and Spain must agree, Britain licenses it, American content may matter."""
    found = rights(dataset, "eurofighter", "state/GBR", "state/TUR")
    told = {line.split(":")[0]: line for line in sentences(dataset, found)}
    assert told["Re-export"] == (
        "Re-export: DEU, ITA and ESP must agree; USA may have to; GBR licenses it itself."
    )
    american = next(item for item in found.stakes if item.state == "state/USA")
    assert american.basis == "assumed" and UNKNOWN in american.words
    assert [item.months for item in found.cases] == [63, 11, 4]
    agreement = found.agreements[0]
    assert set(agreement.parties) == {"state/DEU", "state/ESP"} and agreement.months == 2


def test_agreements_bind_only_their_parties(dataset: Dataset) -> None:
    assert rights(dataset, "eurofighter", "state/ITA", "state/TUR").agreements == ()
    assert rights(dataset, "eurofighter").agreements == ()


def test_the_buyers_own_bans_are_told(dataset: Dataset) -> None:
    assert rights(dataset, "f-35a", "state/USA", "state/TUR").bans == ("ban/tur-f-35a",)
    assert rights(dataset, "puls", "state/ISR", "state/ESP").bans == ("ban/esp-israeli",)
    assert rights(dataset, "eurofighter", "state/GBR", "state/TUR").bans == ()


def test_no_estimate_from_few_cases(dataset: Dataset) -> None:
    assert span(rights(dataset, "kaan").cases).endswith("months known of none: no estimate")
    assert span(()) == "no recorded case"
    patriot = cases_of(dataset, "system/patriot", "")
    assert (len(patriot), sum(item.months is not None for item in patriot)) == (3, 1)
    assert "known of 1: 54;" in span(patriot)


def test_a_rule_is_a_row(dataset: Dataset) -> None:
    """Another word in the table of consents is another answer: no act is written in code."""
    found = rights(dataset, "kaan")
    engine = next(item for item in found.stakes if item.part == "engine")
    assert needed(dataset, "act/re-export", engine) == "y"
    key = "consent-rule/re-export-engine"
    row = dataset.things[key]
    other = replace(row, texts={**row.texts, "needed": "n"})
    changed = replace(dataset, things={**dataset.things, key: other})
    assert needed(changed, "act/re-export", engine) == "n"


def test_every_stake_of_every_type_has_a_rule_for_every_act(dataset: Dataset) -> None:
    """The tables fit together: no part of any type lacks its word in the table of consents."""
    assert tuple(item.address for item in dataset.kind("act")) == tuple(
        f"act/{name}" for name in ACTS
    )
    for system in dataset.kind("system"):
        for stake in rights(dataset, system.address).stakes:
            if stake.acts is None:
                for act in ACTS:
                    assert needed(dataset, f"act/{act}", stake) in ("y", "n", "depends")
    for row in dataset.kind("case-kind"):
        own = row.texts.get("own_step", "")
        assert bool(dataset.target(row.address, "withholds")) != bool(own)


def test_parts_belong_to_the_regime_of_their_type(dataset: Dataset) -> None:
    """A row of parts names a state that the type's control regime names too."""
    for row in dataset.kind("control-part"):
        system = dataset.target(row.address, "controlled part of")
        state = dataset.target(row.address, "part licensed by").split("/")[1]
        assert state in regime_names(dataset, system), row.address


def test_what_is_not_listed_is_not_known(dataset: Dataset) -> None:
    assert any("isn't listed" in line for line in limits(dataset, rights(dataset, "kaan")))
    lines = limits(dataset, rights(dataset, "eurofighter"))
    assert any("licensing state is not known" in line and "Gallium" in line for line in lines)
    assert any(
        "by rule is not known" in line
        for line in limits(dataset, rights(dataset, "caatsa licences"))
    )


def test_unknown_items_are_suggested(dataset: Dataset) -> None:
    with pytest.raises(NotFound, match="system/eurofighter"):
        rights(dataset, "eurofightr")
    with pytest.raises(NotFound):
        rights(dataset, "POL")


def test_the_command_tells_all_faults_at_once() -> None:
    outcome = CliRunner().invoke(app, ["rights", "f-35a", "from=USB", "tto=TUR", "--part", "al"])
    assert isinstance(outcome.exception, BadInput)
    assert {item.code for item in outcome.exception.problems} == {"part", "unknown-word", "state"}


def test_a_state_is_no_buyer_of_its_own() -> None:
    outcome = CliRunner().invoke(app, ["rights", "eurofighter", "from=GBR", "to=GBR"])
    assert isinstance(outcome.exception, BadInput)
    (problem,) = outcome.exception.problems
    assert (problem.file, problem.expected) == ("to=", "another state than from=GBR")


def test_the_command_writes_its_tables(tmp_path: Path) -> None:
    out = tmp_path / "consents.csv"
    words = ["rights", "krab", "from=POL", "--part", "consents", "--format", "csv"]
    assert CliRunner().invoke(app, [*words, "--out", str(out)]).exit_code == 0
    with out.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["state"] for row in rows] == ["POL", "KOR", "GBR", "USA", "POL"]
    assert all(row["sources"] and row["basis"] for row in rows)
