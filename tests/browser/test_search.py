"""The pages' search finds what the package finds, in the same order."""

from __future__ import annotations

import random
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page

from counterpoise.data.load import load
from counterpoise.pages.search_index import search_index
from counterpoise.pages.site import open_site
from counterpoise.questions.suggest import Lexicon, lexicon, suggest

SCRIPT = files("counterpoise.pages") / "assets" / "search.js"
WORDS = (
    "Patriot delay Poland", "patrioot dleay", "F-35 germany 2031", "what does Poland lack without "
    "the US part", "Türkiye", "İstanbul ß", "", "  ", "the of", "Patriot's price", "x" * 300,
    "constructor __proto__ toString", "poland 2030 gap", "who pays", "SAFE", "de", "del", "objects",
    "What does Romania lack in 2033 without the US part?", "7 Patriots for Germany in 2030",
    "Who must consent before Britain sells Eurofighter to Turkey?", "Patriot price",
    "Leopard 2 Lithuania", "Germany", "SACEUR",
    "two or eight posts vacant without Britain", "price and weight of the Leopard 2A8",
)  # fmt: skip


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    return lexicon(search_index(open_site(load(), tmp_path_factory.mktemp("no-runs"))))


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
        [(item.text, item.path, item.kind, item.score) for item in suggest(known, text)]
        for text in words
    ]
    for text, mine, theirs in zip(words, wanted, found(page, words), strict=True):
        told = [(item["text"], item["path"], item["kind"], item["score"]) for item in theirs]
        assert told == mine, text


def test_only_stored_pages_are_suggested_without_a_server(page: Page, known: Lexicon) -> None:
    """Where the page that is meant isn't stored, the nearest is: less named, nothing else in it."""
    page.goto("about:blank")
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    page.evaluate("(index) => { window.index = index; }", dict(known.index))

    def led(words: str, stored: list[str]) -> tuple[str, str]:
        first = found(page, [words], stored=stored)[0][0]
        return first["path"], first["text"]

    free = "ask/deliver/line=himars-usa/buyer=EST"
    assert led("himars estonia", [free])[0] == free
    # A question stored for other things alone isn't suggested.
    elsewhere = [item["path"] for item in found(page, ["himars estonia"], stored=[])[0]]
    assert {"system/himars", "state/EST"} <= set(elsewhere)
    assert not any(path.startswith("ask/") for path in elsewhere)
    asked = "what does Romania lack in 2033 without the US part"
    text = "What does a state lack in a year without the US part?"
    near = ["gaps/place=POL/us_part=left-out", "gaps/place=ROU/us_part=left-out"]
    assert led(asked, near) == (near[1], text)
    assert led(asked, near[:1]) == ("gaps", text)
    whole = "gaps/place=ROU/us_part=left-out/year=2033"
    assert led(asked, [*near, whole]) == (whole, f"{text} (place ROU, year 2033)")
