"""What all tests share: the folder of shared material and the settings of Hypothesis."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tiny import Tiny

SHARED = Path(__file__).resolve().parents[2] / "shared"
ABSENT = "the folder shared beside the project is absent"
REQUIRED = os.environ.get("COUNTERPOISE_SHARED") == "required"

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
    """Mark as `shared` what asks for the fixture of that name."""
    for item in items:
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker("shared")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked `shared` where the folder is absent."""
    if item.get_closest_marker("shared") and not SHARED.is_dir():
        pytest.skip(ABSENT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where the folder is required, turn a skipped `shared` test into a failure."""
    report = yield
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if REQUIRED and skipped and item.get_closest_marker("shared"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"a test marked shared must run here, but: {reason}"
    return report
