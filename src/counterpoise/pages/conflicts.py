"""The page of rival values: by what they would move, the choice and why, ranges side by side."""

from __future__ import annotations

from collections.abc import Iterable

from counterpoise.data import conflicts
from counterpoise.data.conflicts import conflict_rows
from counterpoise.data.dataset import Dataset, Key
from counterpoise.data.records import Observation
from counterpoise.pages.cells import address_of, compact, cut, table, told
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.publish.blocks import Heading, Name, PageBlock, Paragraph, parts
from counterpoise.publish.names import called
from counterpoise.publish.side_by_side import Range, ranges

MOST = 80
"""Figures in the table of the page: those that would move most; the data files hold all."""

_DRAWN = 10
"""Figures whose rivals are drawn: those that would move the most."""


@view("conflicts")
def rows(site: Site) -> list[Row]:
    """Each figure with rival values by what they would move, then conflicts about words."""
    found = []
    for row in conflict_rows(site.dataset, site.slopes):
        figure = row["figure"] or ""
        found.append({"what": _name(site.dataset, figure) or row["conflict"], **row})
    return found


@view("rivals")
def rivals(site: Site) -> list[Row]:
    """The values of the figures whose rivals would move the most, in percent of the chosen one.

    Misprints, and figures chosen as nought, are left out.
    """
    data = site.dataset
    found: list[Row] = []
    largest = [row["figure"] for row in conflict_rows(data, site.slopes) if row["figure"]]
    for address in largest:
        key = data.key(address)
        chosen = data.chosen[key]
        others = [item for item in conflicts.rivals(data, key) if not item.error and item.value]
        if chosen.value and others:
            found += _beside(data, key, [chosen, *others])
        if len({row["figure"] for row in found}) == _DRAWN:
            break
    return found


def _beside(data: Dataset, key: Key, items: list[Observation]) -> Iterable[Row]:
    chosen = data.chosen[key]
    for item in items:
        share = {
            end: None if value is None or not chosen.value else 100 * value / chosen.value
            for end, value in (("low", item.low), ("value", item.value), ("high", item.high))
        }
        yield {
            "figure": chosen.address,
            "what": _name(data, chosen.address),
            **share,
            "unit": "% of the chosen value",
            "basis": item.standing,
            "outcome": "chosen" if item is chosen else "rival",
            "sources": "; ".join(item.sources),
        }


def _name(data: Dataset, address: str) -> str:
    """A figure by the name of its thing: "Patriot fire unit, unit price"."""
    if not address:
        return ""
    subject, quantity, *rest = data.key(address)
    more = " ".join(part for part in rest if part)
    return f"{called(data, subject)}, {quantity.replace('_', ' ')} {more}".strip()


_COLUMNS = {
    "what": "figure", "chosen": "chosen", "rivals": "rivals", "unit": "unit",
    "effect": "would move, percent-years", "why": "why the others lost", "conflict": "conflict",
    "state": "state", "reason": "reason",
}  # fmt: skip


@page("conflicts", menu="Conflicts", group="Data")
def conflicts_page(site: Site, asked: Asked) -> Page:
    """Rival values by effect, with the choice and why."""
    data = site.dataset
    found = rows(site)
    figures = [row for row in found if row["figure"]]
    words = [row for row in found if not row["figure"]]
    moved = sum(bool(row["effect"]) for row in figures)
    lead = told(
        f"{len(figures):,} figures have rival values; choosing another would move the result for "
        f"{moved:,} of them."
    )
    beside = rivals(site)
    drawn = [
        Range(
            label=row["what"] if row["outcome"] == "chosen" else "",
            value=row["value"],
            low=row["low"],
            high=row["high"],
            address=f"view/rivals/{at}/value",
            own=row["outcome"] == "chosen",
        )
        for at, row in enumerate(beside, start=1)
    ]
    blocks: list[PageBlock] = []
    if drawn:
        caption = "Rivals of the figures that move most, in percent of the chosen value"
        blocks.append(ranges(drawn, caption, f"{caption}: {len(drawn)} values, listed below"))
    address = address_of("conflicts", {})
    shown = table(data, "Figures with rival values", figures, address, _COLUMNS, leading="figure")
    blocks += [Heading(2, ("Rival values",)), cut(compact(shown), MOST)]
    blocks.append(
        Paragraph(parts("All of them: ", Name("list of conflicts", "page/list/conflicts"), "."))
    )
    if words:
        places = range(len(figures) + 1, len(found) + 1)
        columns = {"conflict": "conflict", "state": "state", "reason": "reason"}
        told_words = table(data, "Conflicts about words, definitions or arithmetic", words, address,
                           columns, places=places)  # fmt: skip
        blocks += [Heading(2, ("No figure at stake",)), told_words]
    standing = told(
        "Effects are those of the newest stored run: the distance between the farthest rivals "
        "times the figure's slope; without a run they are nought. Each figure opens to its sources."
    )
    return Page(asked.path, "Where sources disagree", lead, tuple(blocks), standing)
