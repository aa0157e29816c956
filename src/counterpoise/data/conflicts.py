"""Rival values side by side: the rule's choice, why the others lost, what they would move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterpoise.data.choose import reason
from counterpoise.data.dataset import Dataset, Key
from counterpoise.data.records import Observation

Row = dict[str, Any]

STATES = ("resolved", "open", "words")
"""What became of a conflict: a value was chosen; rivals stand side by side and nobody knows; or
it is about words, definitions or arithmetic and no figure of ours."""


def rivals(dataset: Dataset, key: Key) -> tuple[Observation, ...]:
    """The stated observations of a figure that differ from the chosen one; rules aside."""
    chosen = dataset.chosen[key]
    wanted = (chosen.low, chosen.value, chosen.high)
    return tuple(
        item
        for item in dataset.figures[key]
        if item.layer > 0 and item is not chosen and (item.low, item.value, item.high) != wanted
    )


def told(item: Observation) -> str:
    """A value with its range, as in 850 (85 to 2300)."""
    span = f"{_short(item.low)} to {_short(item.high)}"
    if item.value is None:
        return span
    if item.low is None and item.high is None:
        return _short(item.value)
    return f"{_short(item.value)} ({span})"


def _short(value: float | None) -> str:
    return "?" if value is None else f"{value:,.6g}" if value >= 10000 else f"{value:.6g}"


def conflict_rows(dataset: Dataset, slopes: Mapping[str, float]) -> list[Row]:
    """Each figure with rival values, by what the rivals would move; then conflicts of words.

    `slopes` are percent-years of shortfall per unit of a figure, by address: the effect is the
    slope times the distance between the farthest rivals (recorded misprints aside); 0 where the
    figure doesn't enter the plan.
    """
    named: dict[str, str] = {}
    for thing in dataset.kind("conflict"):
        for address in thing.texts.get("figures", "").split(";"):
            named[address.strip()] = thing.address
    rows: list[Row] = []
    for key, chosen in dataset.chosen.items():
        others = rivals(dataset, key)
        if chosen.layer == 0 or (not others and chosen.address not in named):
            continue
        conflict = named.get(chosen.address, "")
        values = [
            item.value for item in (chosen, *others) if item.value is not None and not item.error
        ]
        spread = max(values) - min(values) if values else 0.0
        rows.append(
            {
                "effect": abs(slopes.get(chosen.address, 0.0)) * spread,
                "figure": chosen.address,
                "chosen": told(chosen),
                "rivals": "; ".join(told(item) for item in others),
                "unit": chosen.unit,
                "why": "; ".join(
                    dict.fromkeys(reason(chosen, item, dataset.sources) for item in others)
                ),
                "conflict": conflict,
                "state": dataset.text(conflict, "state") if conflict else "resolved",
                "reason": dataset.text(conflict, "reason") if conflict else "",
            }
        )
    rows.sort(key=lambda row: (-row["effect"], row["conflict"] == "", row["figure"]))
    return rows + [
        {
            **dict.fromkeys(("effect", "figure", "chosen", "rivals", "unit", "why"), None),
            "conflict": thing.address,
            "state": thing.texts.get("state", ""),
            "reason": thing.texts.get("reason", ""),
        }
        for thing in dataset.kind("conflict")
        if not thing.texts.get("figures")
    ]
