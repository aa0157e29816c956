"""The windows that other tests open: what they refuse, and that no complaint goes unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chromium import OpenWindow, watched

HEAD = "<!doctype html><html lang=en><title>Title</title><h1>Heading</h1>"


def written(folder: Path, body: str) -> str:
    (folder / "index.html").write_text(HEAD + body, encoding="utf-8")
    return (folder / "index.html").as_uri()


def test_a_quiet_page_passes_and_its_files_are_saved(page: Page, tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("a,b\n", encoding="utf-8")
    page.goto(written(tmp_path, '<a href="index.csv" download>CSV</a>'))
    with page.expect_download() as download:
        page.get_by_text("CSV").click()
    assert download.value.path().read_text(encoding="utf-8") == "a,b\n"


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ('<img src="https://example.org/a.png">', "asked for https://example.org/a.png"),
        ('<img src="http://192.0.2.1/a.png">', "asked for http://192.0.2.1/a.png"),
        ('<img src="absent.png">', "absent.png failed"),
        ("<script>console.error('broken')</script>", "error: broken"),
        ("<script>console.warn('careful')</script>", "warning: careful"),
        ("<script>throw new Error('thrown')</script>", "thrown"),
    ],
)
def test_a_complaint_or_request_is_seen(
    browser: Browser, tmp_path: Path, body: str, seen: str
) -> None:
    context, watch = watched(browser)
    context.new_page().goto(written(tmp_path, body))
    context.close()
    assert any(seen in fault for fault in watch.faults)


def test_without_scripts_none_runs(open_window: OpenWindow, tmp_path: Path) -> None:
    script = "<script>document.querySelector('h1').textContent = 'Changed'</script>"
    address = written(tmp_path, script)
    for scripts, heading in ((True, "Changed"), (False, "Heading")):
        page = open_window(scripts=scripts)
        page.goto(address)
        expect(page.get_by_role("heading")).to_have_text(heading)
