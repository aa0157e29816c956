"""A dataset with planning states, systems and lines many times over, made in memory.

Each copy holds every planning state, system and line once more, with what hangs on them: holdings,
orders, baselines, pledges, loans, inputs. Addresses of copies end in `-2`, `-3`, ...; links between
copied things join the same copy, other ends (areas, the United States, rules) stay. Needs grow with
the copies, so that the problem of each copy stays like the first; and each state may buy from the
lines of all copies, so that pairs of state and line grow by the square.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Link, Observation

KINDS = frozenset(
    {
        "system", "line", "holding", "order", "baseline", "pledge", "loan", "content",
        "input-source", "ban",
    }
)  # fmt: skip
"""Kinds of which every thing is copied; states only where they plan."""

GROWING = frozenset({("need", "need_2026"), ("need", "need_2035"), ("need", "us_part")})
"""Figures of the group that grow with the number of copies."""


def scaled(dataset: Dataset, times: int) -> Dataset:
    """The dataset with `times` copies of states, systems and lines, the first among them."""
    moving = [
        item.address
        for item in dataset.things.values()
        if item.kind in KINDS or (item.kind == "state" and item.texts.get("planning"))
    ]
    things, links = dict(dataset.things), list(dataset.links)
    observations = [_grown(item, dataset, times) for item in dataset.observations]
    for copy in range(2, times + 1):
        names = {address: _renamed(address, copy) for address in moving}
        for address, name in names.items():
            things[name] = replace(dataset.things[address], address=name)
        links += [_linked(link, names) for link in dataset.links if link.subject in names]
        observations += [
            replace(item, id=f"{item.id}-{copy}", subject=names[item.subject])
            for item in dataset.observations
            if item.subject in names
        ]
    return replace(dataset, things=things, links=tuple(links), observations=tuple(observations))


def _grown(item: Observation, dataset: Dataset, times: int) -> Observation:
    if (dataset.things[item.subject].kind, item.quantity) not in GROWING:
        return item
    low, value, high = (
        None if figure is None else figure * times for figure in (item.low, item.value, item.high)
    )
    return replace(item, low=low, value=value, high=high)


def _renamed(address: str, copy: int) -> str:
    """A copy's address; of a baseline the state in it is renamed, as the world reads it."""
    if address.startswith("baseline/"):
        place, area = address.split("-", 1)
        return f"{place}-{copy}-{area}"
    return f"{address}-{copy}"


def _linked(link: Link, names: dict[str, str]) -> Link:
    target = names.get(link.object, link.object)
    return replace(link, subject=names[link.subject], object=target)


def peak_reset() -> float:
    """Megabytes that this process holds now; its peak is counted anew from here (Linux)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _megabytes("VmRSS")


def peak_used(base: float) -> float:
    """Megabytes above `base` at the peak since it was reset."""
    return _megabytes("VmHWM") - base


def _megabytes(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024
