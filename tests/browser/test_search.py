"""The pages' search finds what the package finds, in the same order."""

from __future__ import annotations

import random
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page

from counterpoise.data.load import load
from counterpoise.questions.catalogue import questions
from counterpoise.questions.suggest import Lexicon, lexicon, suggest
from counterpoise.questions.suggest_index import index

SCRIPT = files("counterpoise.pages") / "assets" / "search.js"
WORDS = (
    "Patriot delay Poland", "patrioot dleay", "F-35 germany 2031", "what does Poland lack without "
    "the US part", "Türkiye", "İstanbul ß", "", "  ", "the of", "Patriot's price", "x" * 300,
    "constructor __proto__ toString", "poland 2030 gap", "who pays", "SAFE", "de", "del",
)  # fmt: skip


@pytest.fixture(scope="module")
def known() -> Lexicon:
    return lexicon(index(questions(), load()))


def found(page: Page, words: list[str], **more: Any) -> Any:
    return page.evaluate(
        "([words, more]) => words.map((each) =>"
        " window.counterpoiseSuggest(Object.assign(window.index, more), each))",
        [words, more],
    )


def test_pages_and_package_suggest_the_same(page: Page, known: Lexicon) -> None:
    page.goto("about:blank")
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    page.evaluate("(index) => { window.index = index; }", dict(known.index))
    names = random.Random(1).sample([name for _, _, name, _ in known.things], 80)
    words = [*WORDS, *names, *(name[: max(3, len(name) // 2)] for name in names[:40])]
    wanted = [
        [{"text": item.text, "path": item.path, "kind": item.kind} for item in suggest(known, text)]
        for text in words
    ]
    for text, mine, theirs in zip(words, wanted, found(page, words), strict=True):
        assert theirs == mine, text


def test_only_stored_answers_are_suggested_without_a_server(page: Page, known: Lexicon) -> None:
    page.goto("about:blank")
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    page.evaluate("(index) => { window.index = index; }", dict(known.index))
    words = ["himars estonia"]
    free = "ask/deliver/line=himars-usa/buyer=EST"
    assert found(page, words)[0][0]["path"] == free
    stored = found(page, words, answers=[])[0][0]
    assert (stored["path"], stored["text"]) == ("ask/deliver", "When would it arrive?")
    assert found(page, words, answers=[free])[0][0]["path"] == free
