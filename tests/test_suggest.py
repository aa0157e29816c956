"""Suggestions for plain words: compared words, a small index by hand, and the release."""

from __future__ import annotations

import csv
import io
import json
import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.cli import main
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.measures.standing import read_arguments
from counterpoise.measures.view import View
from counterpoise.pages.search_index import search_index
from counterpoise.pages.site import open_site
from counterpoise.questions.catalogue import questions
from counterpoise.questions.suggest import Lexicon, Suggestion, ident_of, lexicon, suggest
from counterpoise.questions.suggest_index import FIRST, LEFT_OUT, index
from counterpoise.questions.words import alike, stems, typing_errors

Capture = pytest.CaptureFixture[str]

BY_HAND = {
    "questions": [
        ["ask/deliver", "When would it arrive?", ["delay"],
         [["line", "order line", "gun-aaa", []], ["buyer", "state", "AAA", []],
          ["year", "year", "2030", ["2030", "2031"]]]],
        ["ask/q01", "Which gaps come first?", ["shortfall"], [["place", "place", "ALL", []]]],
        ["veto", "Who objects?", [], [["against", "state", "", [], "AAA"],
                                      ["also", "other state", "", []], ["on", "", "", [], "x"]]],
    ],
    "fills": {
        "order line": {"system/gun": "gun-aaa", "line/gun-bbb": "gun-bbb"},
        "state": {"state/AAA": "AAA", "state/BBB": "BBB"},
        "place": {"state/AAA": "AAA", "state/BBB": "BBB"},
        "other state": {"state/AAA": "AAA", "state/BBB": "BBB"},
    },
    "quantities": {"system": ["unit price", "weight"]},
    "kinds": {
        "state": [1.0, [["AAA", "Aland"], ["BBB", "Borduria"]]],
        "system": [1.0, [["gun", "Great Gun", "Big Bertha"]]],
        "line": [1.0, [["gun-bbb", ""]]],
        "page": [1.0, [["gaps", "Gaps by area"]]],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load()


@pytest.fixture(scope="module")
def known(data: Dataset) -> Lexicon:
    return lexicon(index(questions(), data))


@pytest.fixture(scope="module")
def tasked(data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """What the pages' search finds: tasks too."""
    return lexicon(search_index(open_site(data, tmp_path_factory.mktemp("no-runs"))))


@pytest.fixture
def small() -> Lexicon:
    return lexicon(BY_HAND)


def first(known: Lexicon, words: str) -> Suggestion:
    return suggest(known, words)[0]


def test_words_are_compared_without_endings() -> None:
    assert stems("The F-35A's deliveries; PAC-3, k2") == ["f35a", "deliver", "pac3", "k2"]
    assert stems("Türkiye and the US, U.S. or us") == ["turkiy", "usa", "usa"]
    assert stems("what if it is") == []


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [("patriot", "patriot", 0), ("patrioot", "patriot", 1), ("ptariot", "patriot", 1),
     ("patriot", "pariots", 2), ("", "gun", 3)],
)  # fmt: skip
def test_typing_errors_by_hand(one: str, other: str, errors: int) -> None:
    assert typing_errors(one, other) == errors == typing_errors(other, one)


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_typing_errors_are_bounded(one: str, other: str, third: str) -> None:
    found = typing_errors(one, other)
    assert abs(len(one) - len(other)) <= found <= max(len(one), len(other))
    assert (found == 0) == (one == other)


def test_what_a_word_stands_for() -> None:
    vocabulary = ["deliver", "delay", "gun", "guns"]
    assert alike("gun", vocabulary) == [("gun", 1.0)], "itself and nothing else"
    assert alike("del", vocabulary) == [("delay", 3 / 5), ("deliver", 3 / 7)], "what it starts"
    assert alike("dealy", vocabulary) == [("delay", pytest.approx(4 / 5))], "two letters swapped"
    assert alike("gn", vocabulary) == [], "too short for an error"
    assert alike("xelay", vocabulary) == [], "the first letter is right"


def test_by_hand(small: Lexicon) -> None:
    # "delay" is a keyword of one question of three; a line is an argument of one, a state of two.
    found = suggest(small, "Big Bertha delay Borduria")
    one, two = math.log(1 + 3 / 1), math.log(1 + 3 / 2)
    assert found[0].score == pytest.approx(1.5 * one + 2 * one + 2 * two)
    assert found[0].given == {"line": "gun-aaa", "buyer": "BBB"}
    assert found[0].path == "ask/deliver/buyer=BBB", "gun-aaa is the default"
    assert found[0].text == "When would it arrive? (line gun-aaa, buyer BBB)"
    things = [item.path for item in found if item.kind not in ("question", "page")]
    assert things == ["system/gun", "state/BBB"] == [item.path for item in found[-2:]]


def test_years_pages_and_errors(small: Lexicon) -> None:
    assert first(small, "dleay 2031").given == {"year": "2031"}
    assert first(small, "delay 2040").given == {}
    gaps = suggest(small, "gaps")
    assert [(item.kind, item.path) for item in gaps] == [("page", "gaps"), ("question", "ask/q01")]
    assert first(small, "shortfall Bordurai").given == {"place": "BBB"}
    assert [item.path for item in suggest(small, "Bordurai")][:2] == [
        "state/BBB",
        "ask/q01/place=BBB",
    ]
    assert [item.path for item in suggest(small, "Bordurai")].count("state/BBB") == 1
    assert suggest(small, "") == () == suggest(small, "the of")


def test_a_number_of_a_name_counts_nothing(known: Lexicon) -> None:
    for words in ("Leopard 2 Lithuania", "arrow 3 germany", "Type 26 Norway"):
        for item in suggest(known, words):
            assert "units" not in item.given, item
    assert first(known, "Patriot delay Poland 12").given["units"] == "12"
    for words, path in (("Germany", "state/DEU"), ("SACEUR", "post/saceur")):
        assert first(known, words).path == path


def test_a_page_is_found_with_what_the_words_name(small: Lexicon) -> None:
    """What they don't name has what stands instead; a second state goes where one is taken."""
    paths = {
        words: first(small, words).path
        for words in ("objects", "Borduria objects", "Borduria objects, so does Aland")
    }
    assert list(paths.values()) == [
        "veto/against=AAA/on=x",
        "veto/against=BBB/on=x",
        "veto/against=BBB/also=AAA/on=x",
    ]
    assert first(small, "objects").kind == "page"


def test_a_figure_is_found_by_thing_and_quantity(small: Lexicon) -> None:
    """It comes first where it reads all words, and not where it reads but some."""
    best = first(small, "price of the Great Gun")
    assert (best.kind, best.path) == ("figure", "system/gun#unit_price")
    assert best.text == "Great Gun: unit price"
    assert first(small, "delay of the Great Gun by its price").kind == "question"


def test_the_walk(known: Lexicon) -> None:
    best, *others = suggest(known, "Patriot delay Poland")
    assert ident_of(best) == "deliver" and best.given == {
        "line": "patriot-fire-unit-usa",
        "buyer": "POL",
    }
    kinds = [item.kind == "question" for item in others]
    assert kinds == sorted(kinds, reverse=True), "questions come first"
    assert {"state/POL", "system/patriot"} <= {item.path for item in others}


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("f35 germany when", "ask/deliver/line=f-35a-usa/buyer=DEU"),
        ("himars estonia", "ask/deliver/line=himars-usa/buyer=EST"),
        ("poland gap 2031", "ask/q49/place=POL/year=2031"),
        ("who can still authorise an operation if Turkey objects", "ask/q27/against=TUR"),
        ("america leaves 2029", "ask/q26/withdrawal=2029"),
        ("seven Patriots for Germany in 2030", "ask/deliver/buyer=DEU/units=7/order=2030"),
        ("Patriot price", "system/patriot#unit_price"),
        ("deliv", "ask/deliver"),
    ],
)
def test_arguments_are_filled_in(words: str, path: str, known: Lexicon) -> None:
    assert first(known, words).path == path


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("What does Romania lack in 2033 without the US part?",
         "gaps/place=ROU/us_part=left-out/year=2033"),
        ("who can still authorise an operation if Turkey objects",
         "decide/against=TUR/competence=operation-authorise"),
        ("Who must consent before Britain sells Eurofighter to Turkey?",
         "rights/system=eurofighter/from=GBR/to=TUR"),
        ("which sources disagree on a Patriot's price", "conflicts"),
        ("gaps Finland", "gaps/place=FIN"),
    ],
)  # fmt: skip
def test_tasks_take_what_the_words_name(words: str, path: str, tasked: Lexicon) -> None:
    assert first(tasked, words).path == path


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("polnad", "state/POL"),
        ("Türkei", "state/TUR"),
        ("leopard 2a8", "system/leopard-2a8"),
        ("SACEUR", "post/saceur"),
        ("nitrocelulose", "input/nitrocellulose"),
    ],
)
def test_things_are_found_by_name_alias_or_error(words: str, path: str, known: Lexicon) -> None:
    found = [item for item in suggest(known, words) if item.kind != "question"]
    assert found[0].path == path


def test_what_is_filled_in_is_read_as_the_thing(data: Dataset, known: Lexicon) -> None:
    """Every text that may be filled in passes the argument's own check."""
    view = View(data)
    fills = known.index["fills"]
    assert fills["order line"]["system/patriot"] == "patriot-fire-unit-usa"
    assert "state/USA" not in fills["place"] and "state/USA" in fills["state"]
    for item in questions().questions.values():
        for parameter in item.parameters if item.kind == "computed" else ():
            for address in list(fills.get(parameter.kind.name, {}))[::25]:
                text = fills[parameter.kind.name][address]
                read_arguments(item.id, [parameter], {parameter.name: text}, view)


def test_every_thing_with_a_name_of_its_own_is_found(data: Dataset, known: Lexicon) -> None:
    for kind in ("state", "system", "body", "instrument", "company", "pathway"):
        for thing in data.kind(kind):
            found = suggest(known, thing.name, things=12)
            assert thing.address in {item.path for item in found}, thing.address


def test_the_index_is_small_and_plain(data: Dataset, known: Lexicon) -> None:
    text = json.dumps(known.index, ensure_ascii=False, separators=(",", ":"))
    assert len(text.encode()) < 600_000
    assert json.loads(text) == known.index
    held = set(known.index["kinds"])
    assert held == {thing.kind for thing in data.things.values()} - LEFT_OUT | {"source"}
    assert next(iter(known.index["kinds"])) == FIRST[0]


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    found = suggest(lexicon(BY_HAND), text)
    assert all(item.score > 0 for item in found)


def run(capsys: Capture, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["counterpoise", "ask", *words])
    monkeypatch.setenv("COLUMNS", "200")
    status = main()
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return status, said.out, said.err


def test_the_command(capsys: Capture, monkeypatch: pytest.MonkeyPatch, data: Dataset) -> None:
    monkeypatch.setattr("counterpoise.cli.data.load", lambda overlays, leaks: data)
    status, out, _ = run(capsys, monkeypatch, "Patriot", "delay", "Poland")
    assert status == 0
    best = "best match: counterpoise ask deliver line=patriot-fire-unit-usa buyer=POL"
    assert best in out and "also: counterpoise show state/POL (Poland)" in out
    _, out, _ = run(capsys, monkeypatch, "Patriot", "delay", "Poland", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows[0]["ask"] == "deliver line=patriot-fire-unit-usa buyer=POL"
    status, out, _ = run(capsys, monkeypatch, "deliver", "patriot")
    assert status == 0 and "best match: counterpoise ask deliver line=" in out
    status, out, _ = run(capsys, monkeypatch, "nitrocellulose")
    assert status == 0 and out.startswith("also: counterpoise show input/nitrocellulose")
