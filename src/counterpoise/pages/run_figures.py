"""Figures that other pages tell of a run, one by one: measure, value, unit, definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from counterpoise.measures.evaluate import MEASURES
from counterpoise.pages.cells import number, told
from counterpoise.pages.links import FIGURES
from counterpoise.publish.blocks import Cell, Finding, Name, Number, Opened, Table
from counterpoise.publish.brief_parts import Brief
from counterpoise.publish.ranges import findings_of

_SHOCKED = ("held", "replanned", "foreseen")


def told_figures(b: Brief) -> Opened:
    """The figures of the findings and of shocks, each with what it is."""
    rows = []
    for address in dict.fromkeys(chain(_of_findings(b), _of_shocks(b))):
        _, _, name, *given = address.split("/")
        item = MEASURES[name]
        value = b.figures.value(name, *given)
        if value != value:
            continue
        rows.append(
            (
                Cell((Name(name, f"measure/{name}"),)),
                Cell(told(", ".join(given))),
                Cell((number(value, address, "year" if item.unit == "year" else ""),)),
                Cell(told(item.unit)),
                Cell(told(" ".join(item.definition.split("\n\n")[0].split()))),
            )
        )
    heads = tuple((text,) for text in ("measure", "of", "value", "unit", "what it is"))
    table = Table(told("Measures of the run, each reckoned from its tables"), heads, tuple(rows),
                  frozenset({2}))  # fmt: skip
    return Opened(told(f"Figures that findings and shocks tell: {len(rows)}"), (table,), FIGURES)


def _of_findings(b: Brief) -> Iterator[str]:
    for finding in findings_of(b):
        yield from _addresses(finding)


def _addresses(finding: Finding) -> Iterable[str]:
    parts = (*finding.headline, *finding.body)
    return (item.address for item in parts if isinstance(item, Number))


def _of_shocks(b: Brief) -> Iterator[str]:
    if "regret" not in b.run.tables():
        return
    for event in b.run.table("regret")["scenario"]:
        yield from (b.figures.address("shocked", event, case) for case in _SHOCKED)
        yield from (b.figures.address(name, event) for name in ("replanning_saves", "regret"))
