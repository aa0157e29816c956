"""The figures of a thing: a line each, opening to rivals and sources; a series in one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from counterpoise.data.cells import unit_told
from counterpoise.data.choose import grade_of, rank, reason
from counterpoise.data.dataset import Dataset, Key
from counterpoise.data.records import Observation
from counterpoise.pages.cells import compact, number, told
from counterpoise.pages.cells import keys as source_keys
from counterpoise.pages.links import anchor_of
from counterpoise.pages.site import Site
from counterpoise.publish.blocks import (
    Cell,
    Opened,
    PageBlock,
    Paragraph,
    Part,
    Table,
    parts,
)

_COLUMNS = ("value", "basis", "grade", "as of", "published", "outcome", "sources", "note")


def figure_lines(site: Site, address: str) -> list[PageBlock]:
    """All figures of a thing in the order of its sheet, the periods of a series under one line."""
    series: defaultdict[tuple[str, str], list[Key]] = defaultdict(list)
    for key in site.dataset.by_subject.get(address, []):
        series[(key[1], key[3])].append(key)
    return [_line(site, sorted(keys, key=lambda key: key[2])) for keys in series.values()]


def _line(site: Site, keys: Sequence[Key]) -> Opened:
    """A figure, or a series told by its newest period."""
    data = site.dataset
    newest = keys[-1]
    item = data.chosen[newest]
    named = " ".join(part for part in (newest[1].replace("_", " "), newest[3]) if part)
    span = newest[2] if len(keys) == 1 else f"{keys[0][2]} to {newest[2]}"
    what = told(f"{named}, {span}" if span else named)
    value = amount(item, item.address)
    if len(keys) > 1:
        value = [*value, *told(f" in {newest[2]}")]
    alone = len(keys) == 1 and len(data.figures[newest]) == 1
    blocks: tuple[PageBlock, ...] = (_stated_once(item),) if alone else (_observations(data, keys),)
    return Opened(
        parts(*what),
        blocks,
        anchor_of(item.address) if len(keys) == 1 else "",
        item.basis == "assumed",
        parts(*value),
        item.standing,
        parts(*told(_beside(site, keys))),
    )


def _stated_once(item: Observation) -> Paragraph:
    """What stands behind a figure without rivals."""
    dates = [("as of", item.as_of), ("published", item.published)]
    said = [f"{name} {date}, " for name, date in dates if date]
    found: list[Part] = [*told("".join(said)), "from ", *source_keys(item.sources)]
    return Paragraph((*found, *told(f". {item.note}" if item.note else "")), "note")


def _beside(site: Site, keys: Sequence[Key]) -> str:
    """Grade, rivals and effect of a figure; periods of a series."""
    data = site.dataset
    item = data.chosen[keys[-1]]
    rivals = sum(len(data.figures[key]) - 1 for key in keys)
    moved = sum(site.effects.get(data.chosen[key].address, 0.0) for key in keys)
    said = [f"grade {grade_of(item, data.sources)}"]
    if len(keys) > 1:
        said.append(f"{len(keys)} periods")
    if rivals:
        said.append(f"{rivals} rival{'s' if rivals > 1 else ''}")
    if moved:
        said.append(f"moves the shortfall by {moved:.2g} percent-years")
    return ", ".join(said)


def amount(item: Observation, address: str) -> list[Part]:
    """Value, range and unit of an observation, each number with its address."""
    found: list[Part] = []
    unit = unit_told(item.unit)
    kind = item.unit if item.unit == "year" else ""
    ends = [each for each in (item.low, item.high) if each is not None and each != item.value]
    if item.value is not None:
        found.append(number(item.value, address, kind))
    if ends:
        low = number(item.low, f"{address}/low", kind) if item.low is not None else "below"
        high = number(item.high, f"{address}/high", kind) if item.high is not None else "above"
        found += [" [" if found else "[", low, " to ", high, "]"]
    return [*found, *([" ", *told(unit)] if unit else [])]


def _observations(data: Dataset, keys: Sequence[Key]) -> Table:
    """What is stated, chosen and rivals; for a series by period, the newest first."""
    rows: list[list[Cell]] = []
    anchors = []
    for key in reversed(keys):
        winner = data.chosen[key]
        for item, outcome in ranked(data, key):
            own = item is winner
            rows.append(_observation(data, item, outcome, winner.address if own else ""))
            anchors.append(anchor_of(winner.address) if own and len(keys) > 1 else "")
    heads = list(_COLUMNS)
    if len(keys) > 1:
        heads.insert(0, "period")
        order = [item.period for key in reversed(keys) for item, _ in ranked(data, key)]
        rows = [[Cell(told(period)), *row] for period, row in zip(order, rows, strict=True)]
    first = data.chosen[keys[0]]
    caption = first.address if len(keys) == 1 else f"{first.subject}/{first.quantity}"
    return compact(
        Table(
            told(caption),
            tuple(parts(name) for name in heads),
            tuple(map(tuple, rows)),
            anchors=tuple(anchors) if len(keys) > 1 else (),
        )
    )


def ranked(data: Dataset, key: Key) -> Iterable[tuple[Observation, str]]:
    """The observations of a figure, the chosen first, with why the others lost."""
    winner = data.chosen[key]
    yield winner, "chosen"
    others = [item for item in data.figures[key] if item is not winner]
    for item in sorted(others, key=lambda item: rank(item, data.sources)):
        yield item, "lost: " + reason(winner, item, data.sources)


def _observation(data: Dataset, item: Observation, outcome: str, address: str) -> list[Cell]:
    shown = amount(item, address) if address else _stated(item)
    return [
        Cell(tuple(shown), hatched=item.basis == "assumed"),
        Cell(told(item.standing)),
        Cell(told(grade_of(item, data.sources))),
        Cell(told(item.as_of)),
        Cell(told(item.published)),
        Cell(told(outcome)),
        Cell(tuple(source_keys(item.sources))),
        Cell(told(item.note)),
    ]


def _stated(item: Observation) -> list[Part]:
    """A rival's value and range; its numbers are found by the observation's id."""
    kind = item.unit if item.unit == "year" else ""
    ends = {end: getattr(item, end) for end in ("low", "value", "high")}
    shown = {
        end: number(value, f"observation/{item.id}/{end}", kind)
        for end, value in ends.items()
        if value is not None
    }
    found: list[Part] = [shown["value"]] if "value" in shown else []
    if item.low != item.value or item.high != item.value:
        bounds = [shown.get("low", "below"), " to ", shown.get("high", "above")]
        if "low" in shown or "high" in shown:
            found += [" [" if found else "[", *bounds, "]"]
    unit = unit_told(item.unit)
    return [*found, *([" ", *told(unit)] if unit else [])]
