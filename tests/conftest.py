"""What all tests share: things that a machine may lack, and the settings of Hypothesis."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from needed import NEEDED, REQUIRED, SHARED
from tiny import Tiny

# Files that take longest begin first, whatever their name; short ones then even out the end.
LONG = (
    "test_plan_holds",
    "test_brief",
    "test_site_files",
    "test_questions",
    "test_verify",
    "test_tight",
    "test_runs",
    "test_trust",
    "test_whole",
    "test_fix",
)

pytest_plugins = ["chromium", "stored", "small_site"]

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder shared beside the project; a test that asks for it is marked `shared`."""
    return SHARED


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """An empty world to be filled by hand."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    return Tiny(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark a test with what it needs, by the fixtures that it asks for; long files come first."""
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))
    for item in items:
        for name in NEEDED.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(name)


def needs(item: pytest.Item) -> list[str]:
    return [name for name in NEEDED if item.get_closest_marker(name)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a thing that is absent."""
    for present, absent in map(NEEDED.__getitem__, needs(item)):
        if not present:
            pytest.skip(absent)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where what a test needs is required, turn skipping it into a failure."""
    report = yield
    skipped = report.skipped and not hasattr(report, "wasxfail")
    required = [name for name in needs(item) if name in REQUIRED]
    if required and skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"a test marked {required[0]} must run here, but: {reason}"
    return report
