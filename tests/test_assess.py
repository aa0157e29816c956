"""The standing picture: it fits a screen, its figures are the measures', and gaps are told."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from counterpoise.cli import main
from counterpoise.cli.assess import WIDTH, screen
from counterpoise.data.load import load
from counterpoise.errors import BadInput
from counterpoise.measures.asking import told, value_of
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.view import View
from counterpoise.questions.assess import Line, picture, read_lines
from tiny import Tiny

GROUPS = ("NATO-EUR", "EU27", "NATO", "nordefco")
LINES = 40


@pytest.fixture(scope="module")
def view() -> View:
    return View(load())


def places(view: View) -> list[str]:
    planning = [s for s in view.dataset.kind("state") if s.texts.get("planning") == "plans"]
    return [*GROUPS, *(item.address.split("/")[1] for item in planning)]


def test_every_line_names_a_measure_once_with_arguments_that_it_has() -> None:
    lines = read_lines()
    assert len({(line.section, line.label) for line in lines}) == len(lines)
    for line in lines:
        known = {item.name for item in ALL[line.measure].parameters}
        assert set(line.arguments) <= known
        assert not line.by or (line.by in known and line.top > 0)
        assert line.of in ("", "group")


@pytest.mark.slow
def test_every_place_fits_the_screen_with_the_same_lines(view: View) -> None:
    """One line more than the picture's for the place's name."""
    labels = [(line.section, line.label) for line in read_lines()]
    for place in places(view):
        rows = picture(view, {"place": place})
        lines = screen(rows)
        assert len(lines) + 1 <= LINES, place
        assert max(map(len, lines)) <= WIDTH, place
        assert list(dict.fromkeys((row["section"], row["label"]) for row in rows)) == labels
        for row in rows:
            assert row["missing"] or row["unit"]
            assert row["missing"] or row["value"] is None or row["low"] <= row["value"]


@pytest.mark.parametrize("place", ["NATO-EUR", "POL", "EU27"])
def test_every_figure_is_its_measures(view: View, place: str) -> None:
    found = [row for row in picture(view, {"place": place}) if not row["missing"]]
    assert found
    for row in found:
        given = dict(part.split("=", 1) for part in row["arguments"].split())
        assert given.get("place", place) == place
        assert row["value"] == told(value_of(view, row["measure"], **given).value)


def test_a_ranking_tells_the_largest_first(view: View) -> None:
    line = Line("gaps", "open", "gap_share", {"year": "2030"}, "area", 3, "")
    rows = picture(view, {"place": "POL"}, [line])
    values = [row["value"] for row in rows]
    every = [
        value_of(view, "gap_share", place="POL", area=area.split("/")[1], year="2030").value
        for area in view.world().labels.areas
        if value_of(view, "need", place="POL", area=area.split("/")[1], year="2030").value > 0
    ]
    assert values == pytest.approx(sorted(every, reverse=True)[:3])


def test_missing_data_are_told_and_nothing_is_made_up(view: View) -> None:
    """No forces are planned for Austria; its count of blocks is known all the same."""
    rows = picture(view, {"place": "AUT"})
    [cover] = [row for row in rows if row["measure"] == "cover"]
    assert cover["missing"].startswith("not known") and cover["value"] is None
    [blocks] = [row for row in rows if row["measure"] == "blocks_recorded"]
    assert not blocks["missing"] and blocks["value"] == 2
    assert any("not known" in line for line in screen(rows))


def test_what_means_nothing_for_a_single_state_is_said_to(view: View) -> None:
    line = replace(read_lines()[0], of="group")
    [row] = picture(view, {"place": "POL"}, [line])
    assert row["missing"] == "told of groups of states alone"


def test_counts_of_decisions_by_hand(tmp_path: Path) -> None:
    """AAA blocked twice, once with BBB; of three bodies it sits in two, one decides by majority."""
    tiny = Tiny(tmp_path)
    for state in ("AAA", "BBB"):
        tiny.state(state)
    for case, state, date in (("one", "AAA", "2010"), ("two", "AAA;BBB", "2020-05")):
        tiny.add("blocks", id=case, date=date, blocker_state=state, issue=case)
    for pact, member in (("pact", "AAA"), ("league", "BBB")):
        tiny.add("arrangements", id=pact, name=pact)
        tiny.add("memberships", arrangement=pact, state=member, role="member")
    for body, pact, by in (
        ("council", "pact", "any member"),
        ("agency", "pact", "blocking minority"),
        ("senate", "league", "any participating member"),
    ):
        tiny.add(
            "bodies", id=body, name=body, arrangement=pact, can_be_blocked_by=by, status="existing"
        )
    tiny.add("posts", id="chief", post="Chief", holder_state="AAA")
    view = View(tiny.dataset())
    counts = {
        name: [value_of(view, name, place=state).value for state in ("AAA", "BBB")]
        for name in ("blocks_recorded", "veto_bodies", "posts_held")
    }
    assert counts == {"blocks_recorded": [2, 1], "veto_bodies": [1, 1], "posts_held": [1, 0]}
    assert value_of(view, "blocks_recorded", place="AAA", since="2015").value == 1


def test_signed_orders_add_to_the_need_by_hand(tmp_path: Path) -> None:
    """Of a need of 10 an order of 2 in 2028 adds a fifth from 2029 on."""
    tiny = Tiny(tmp_path)
    tiny.state("AAA")
    tiny.area("tanks", 10.0)
    tiny.offer("tank", "tanks", 10.0, 5.0)
    tiny.order("two", "AAA", "tank", "tanks", 2.0, (2028, 2028))
    view = View(tiny.dataset())
    given = {"place": "AAA", "area": "tanks", "scenario": "us-stays"}
    shares = [
        value_of(view, "arriving_share", year=year, **given).value for year in ("2027", "2029")
    ]
    assert shares == pytest.approx([0.0, 20.0])


def run(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["counterpoise", "assess", *arguments])
    return main()


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("Poland", monkeypatch=monkeypatch) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Poland") and len(lines) <= LINES
    assert run("POL", "--format", "json", monkeypatch=monkeypatch) == 0
    rows = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert {row["section"] for row in rows} == {line.section for line in read_lines()}
    book = tmp_path / "pol.xlsx"
    assert run("POL", "--format", "xlsx", "--out", str(book), monkeypatch=monkeypatch) == 0
    assert book.read_bytes()[:2] == b"PK"
    assert run("POLL", monkeypatch=monkeypatch) == 2
    assert "POL" in capsys.readouterr().err
    with pytest.raises(BadInput):
        picture(View(load()), {"place": "POL", "scenario": "nowhere"})
