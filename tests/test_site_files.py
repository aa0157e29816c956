"""A written site without a browser: links, ids, twins, and numbers reckoned again."""

from __future__ import annotations

import csv
import json
import random
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from counterpoise.data.load import load
from counterpoise.pages.evaluate import value_at
from counterpoise.pages.registry import PAGES
from small_site import WANTED, PageReader, SmallSite, read_html

DRAWN = 200
FIRST_PAGE = 300_000
"""Bytes that the start page may load, its drawings included and no runtime for them."""


@pytest.fixture(scope="module")
def pages(small_site: SmallSite) -> dict[str, PageReader]:
    return {path: read_html(small_site.file(path)) for path in small_site.paths}


def twin(small_site: SmallSite, path: str) -> list[dict[str, str]]:
    with small_site.file(path, "index.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_all_kinds_of_page_are_there(small_site: SmallSite) -> None:
    """Each registered kind of page, and each kind of thing, has a page; the walks' pages too."""
    heads = {path.split("/")[0] for path in small_site.paths}
    data = load()
    assert {*PAGES} - {"thing"} <= heads
    assert {item.kind for item in data.things.values()} <= heads
    assert set(small_site.paths) >= WANTED
    assert len(small_site.paths) == len(set(small_site.paths))


def test_links_lead_to_files_and_places_within_the_site(
    small_site: SmallSite, pages: dict[str, PageReader]
) -> None:
    wrong: list[str] = []
    ids = {small_site.file(path).resolve(): set(page.ids) for path, page in pages.items()}
    for path, page in pages.items():
        for link in (*page.links, *page.assets):
            parts = urlsplit(link)
            if parts.scheme == "https" and path.startswith("source/") and link in page.links:
                continue  # a source opens where it was published, once somebody clicks
            if parts.scheme or parts.netloc or link.startswith("/"):
                wrong.append(f"{path}: {link} leaves the site")
                continue
            there = small_site.file(path)
            if parts.path:
                there = (there.parent / unquote(parts.path)).resolve()
            if not there.is_file():
                wrong.append(f"{path}: {link} is no file")
            elif parts.fragment and unquote(parts.fragment) not in ids.get(there.resolve(), ()):
                wrong.append(f"{path}: {link} is no place")
    assert wrong == []


def test_ids_are_unique(pages: dict[str, PageReader]) -> None:
    twice = {
        path: [name for name, count in Counter(page.ids).items() if count > 1]
        for path, page in pages.items()
    }
    assert {path: names for path, names in twice.items() if names} == {}


def test_nothing_from_elsewhere_is_named_as_an_asset(small_site: SmallSite) -> None:
    """No style, script or drawing of a page mentions an address to load from."""
    for file in (small_site.folder / "assets").iterdir():
        text = file.read_text(encoding="utf-8")
        text = re.sub(r"url\(data:[^)]*\)", "", text).replace("http://www.w3.org/", "")
        assert not re.search(r"https?://|@import|url\(", text), file.name


def test_each_page_says_what_its_twins_say(
    small_site: SmallSite, pages: dict[str, PageReader]
) -> None:
    """The same numbers at the same addresses in the page, its CSV and its JSON.

    Of a long table the page shows the first rows, says how many more there are, and where.
    """
    for path, page in pages.items():
        rows = twin(small_site, path)
        stated = Counter((row["address"], float(row["value"])) for row in rows if row["value"])
        assert set(page.numbers) <= set(stated), path
        cut = "more rows are in this page's CSV and JSON" in page.text
        assert cut or set(page.numbers) == set(stated), path
        told = json.loads(small_site.file(path, "index.json").read_text(encoding="utf-8"))
        again = [{**row, "value": float(row["value"]) if row["value"] else None} for row in rows]
        assert [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]] == again, path
        assert told["path"] == path


def test_numbers_drawn_at_random_are_reckoned_again(
    small_site: SmallSite, pages: dict[str, PageReader]
) -> None:
    """Each number's address gives the number; as many drawn from each kind of page as there are."""
    site = small_site.opened()
    found: dict[str, list[tuple[str, float]]] = {}
    for path, page in pages.items():
        if page.numbers:
            found.setdefault("/".join(path.split("/")[:1]), []).extend(page.numbers)
    draw = random.Random("numbers of the small site")
    drawn: dict[tuple[str, float], None] = {}
    while len(drawn) < DRAWN:
        drawn[draw.choice(found[draw.choice(sorted(found))])] = None
    wrong = [
        f"{address}: {value} against {again}"
        for address, value in sorted(drawn)
        if (again := value_at(site, address)) != pytest.approx(value, rel=1e-9, abs=1e-12)
    ]
    assert wrong == []


def test_range_basis_and_source_are_within_reach(
    small_site: SmallSite, pages: dict[str, PageReader]
) -> None:
    """Each page says where its figures stand; each of its numbers names an address."""
    for path, page in pages.items():
        assert {"standing"} <= page.classes, path
        assert all(address for address, _ in page.numbers), path


def transferred(small_site: SmallSite, path: str) -> dict[Path, int]:
    """Files that a page loads by itself, with their sizes."""
    page = read_html(small_site.file(path))
    kept = (asset for asset in page.assets if not asset.endswith((".csv", ".json")))
    files = {(small_site.file(path).parent / asset).resolve() for asset in kept}
    return {file: file.stat().st_size for file in {small_site.file(path).resolve(), *files}}


def test_the_first_page_is_light(small_site: SmallSite) -> None:
    sizes = transferred(small_site, "")
    assert sum(sizes.values()) < FIRST_PAGE, sizes
    assert {file.name for file in sizes} >= {"index.html", "site.css", "site.js"}
