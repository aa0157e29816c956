"""What several test files need and takes long to make: made once, whichever process is first."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from counterpoise.cli.job import plan_run
from counterpoise.cli.request import Request
from counterpoise.data.load import load
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.plan import Plan
from counterpoise.world.world import build_world

Once: TypeAlias = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """`once(name, fill)` gives a folder that one test process fills; the others wait for it.

    Nothing may be changed in it: copy what a test writes to.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        folder, aside = base / name, base / f"{name}.part"
        with (base / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                shutil.rmtree(aside, ignore_errors=True)
                aside.mkdir()
                fill(aside)
                aside.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def yearly_runs(once: Once) -> Path:
    """A folder of runs with one run: the release by years, all behaviours, without analyses."""
    return once("yearly-runs", lambda folder: plan_run(YEARLY, folder))


YEARLY = Request(calendar="yearly", quick=True)


@pytest.fixture(scope="session")
def yearly_together(once: Once) -> Plan:
    """The release's plan together by years, with its solved stages."""

    def fill(folder: Path) -> None:
        plan = plan_together(build_world(load(), calendar="yearly"))
        (folder / "plan").write_bytes(pickle.dumps(plan))

    found = pickle.loads((once("yearly-together", fill) / "plan").read_bytes())
    assert isinstance(found, Plan)
    return found
