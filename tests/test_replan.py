"""Replanning through surprises: chains and regret worked by hand, and the shipped shocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.earlier import earlier_from
from counterpoise.planning.hold import hold
from counterpoise.planning.plan import Plan
from counterpoise.planning.regret import CASES, foresee, outcome, regret_of, regret_table
from counterpoise.planning.replan import replan, scenario_of
from counterpoise.planning.setting import Setting, world_of
from tiny import Tiny, by_year, taken


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """An empty tiny dataset."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    return Tiny(folder)


def event(kind: str, target: str, start: str, amount: float, known: str = "") -> str:
    """An event of a scenario file."""
    lines = ["[[event]]", f'kind = "{kind}"', f'target = "{target}"', f'start = "{start}"']
    lines += [f'known_from = "{known}"'] if known else []
    return "\n".join([*lines, f"amount = {amount}", 'reason = "the test"', ""])


def shocked(folder: Path, *events: str, based_on: str = "us-stays") -> Setting:
    """A yearly setting whose scenario holds some events."""
    path = folder / "shock.toml"
    path.write_text(
        f'title = "A shock"\nbased_on = "{based_on}"\n' + "\n".join(events), encoding="utf-8"
    )
    return Setting(str(path), calendar="yearly", key="gdp")


def planned(data: Dataset) -> Plan:
    return plan_together(world_of(data, Setting("us-stays", calendar="yearly", key="gdp")))


def two_lines(tiny: Tiny) -> Dataset:
    """Need 40; a cheap line of 10 a year ordered two years ahead, a dear one of 10 a year.

    The cheap one (EUR m 50) delivers 2029 on, the dear one (EUR m 100) is ordered and delivered
    in a year from 2027 on.
    """
    tiny.state("AAA")
    tiny.state("FAR", planning="")
    tiny.area("tank", 40)
    tiny.offer("cheap", "tank", price=50, rate=10, state="FAR", lead=24)
    tiny.offer("dear", "tank", price=100, rate=10, lead=6)
    return tiny.dataset()
