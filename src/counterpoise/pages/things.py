"""The page of a thing: what it is, its figures with rivals and sources, and its links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from counterpoise.data.choose import grade_of, rank, reason
from counterpoise.data.dataset import Dataset, Key
from counterpoise.data.records import Link, Observation, Thing
from counterpoise.errors import NotFound
from counterpoise.pages.cells import named, number, told, words
from counterpoise.pages.links import anchor_of
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import PAGES, PageKind
from counterpoise.pages.site import Site
from counterpoise.publish.blocks import (
    Bullets,
    Cell,
    Heading,
    Name,
    Opened,
    PageBlock,
    Paragraph,
    Part,
    SourceLine,
    Strong,
    Table,
    parts,
)

FEW = 60
"""Links of one role that stand open; more of them are folded."""


def thing_page(site: Site, asked: Asked) -> Page:
    """The page of any thing: figures, links, where it comes from."""
    thing = site.dataset.things.get(asked.path)
    if thing is None:
        raise NotFound(asked.path, site.dataset.suggest(asked.path))
    blocks: list[PageBlock] = [
        *about(site.dataset, thing),
        *figures(site, thing.address),
        *links(site.dataset, thing.address),
        *provenance(site.dataset, thing),
    ]
    return Page(
        thing.address,
        thing.name,
        (),
        tuple(blocks),
        standing(site.dataset, thing),
        kind=thing.kind.replace("-", " "),
    )


def standing(data: Dataset, thing: Thing) -> tuple[Part, ...]:
    """Basis and sources of a thing's row, and where those of its figures are."""
    basis = thing.basis or "as its figures state"
    sources: list[Part] = []
    for at, key in enumerate(thing.sources):
        sources += ["; " if at else "", named(data, f"source/{key}")]
    return parts(
        "Basis: ", basis, ". Sources: ", *(sources or ["those of its figures"]),
        ". Each figure opens to its range, rivals and sources.",
    )  # fmt: skip


def about(data: Dataset, thing: Thing) -> list[PageBlock]:
    """What a thing's row says in words."""
    items = tuple(
        (Strong(name.replace("_", " ").capitalize()), ": ", *words(data, text))
        for name, text in thing.texts.items()
        if name not in ("name", "commands") and not any(letter.isdigit() for letter in name)
    )
    return [Bullets(items)] if items else []


def figures(site: Site, address: str) -> list[PageBlock]:
    """All figures of a thing, each opening to its observations."""
    data = site.dataset
    keys = data.by_subject.get(address, [])
    if not keys:
        return []
    series: defaultdict[tuple[str, str], list[Key]] = defaultdict(list)
    for key in keys:
        series[(key[1], key[3])].append(key)
    found: list[PageBlock] = [Heading(2, ("Figures",))]
    for group in series.values():
        found += [figure(site, key) for key in sorted(group, key=lambda key: key[2], reverse=True)]
    return found


def figure(site: Site, key: Key) -> Opened:
    """A figure: value, range and basis in a line, which opens to rivals and sources."""
    data = site.dataset
    item = data.chosen[key]
    period = " ".join(part for part in key[2:] if part)
    rivals = len(data.figures[key]) - 1
    beside = f", {rivals} other{'s' if rivals > 1 else ''}" if rivals else ""
    moved = site.effects.get(item.address)
    effect: tuple[Part, ...] = ()
    if moved:
        effect = (", ", *told(f"moves the shortfall by {moved:.2g} percent-years"))
    summary = parts(
        *told(f"{key[1].replace('_', ' ')} {period}".strip()),
        ": ",
        *amount(item, item.address),
        " (",
        *told(f"{item.standing}, grade {grade_of(item, data.sources) or 'none'}{beside}"),
        *effect,
        ")",
    )
    blocks: tuple[PageBlock, ...] = (_observations(data, key),)
    if item.note:
        blocks = (Paragraph(told(item.note), "note"), *blocks)
    return Opened(summary, blocks, anchor_of(item.address), item.basis == "assumed")


def amount(item: Observation, address: str) -> list[Part]:
    """Value, range and unit of an observation, each number with its address."""
    found: list[Part] = []
    unit = item.unit.replace("_", " ") if item.unit != "year" else ""
    ends = [each for each in (item.low, item.high) if each is not None and each != item.value]
    if item.value is not None:
        found.append(number(item.value, address, item.unit if item.unit == "year" else ""))
    if ends:
        low = number(item.low, f"{address}/low") if item.low is not None else "below"
        high = number(item.high, f"{address}/high") if item.high is not None else "above"
        found += [" [" if found else "[", low, " to ", high, "]"]
    return [*found, *([" ", *told(unit)] if unit else [])]


_COLUMNS = ("outcome", "stated", "basis", "as of", "published", "sources")


def _observations(data: Dataset, key: Key) -> Table:
    winner = data.chosen[key]
    others = [item for item in data.figures[key] if item is not winner]
    others.sort(key=lambda item: rank(item, data.sources))
    rows = [_observation(data, winner, "chosen")]
    rows += [
        _observation(data, item, "lost: " + reason(winner, item, data.sources)) for item in others
    ]
    caption = told(winner.address)
    return Table(caption, tuple(parts(name) for name in _COLUMNS), tuple(rows))


def _observation(data: Dataset, item: Observation, outcome: str) -> tuple[Cell, ...]:
    sources: list[Part] = []
    for at, key in enumerate(item.sources):
        grade = data.sources[key].grade
        sources += ["; " if at else "", named(data, f"source/{key}"), f" ({grade})"]
    return (
        Cell(told(outcome)),
        Cell(tuple(_stated(item)), hatched=item.basis == "assumed"),
        Cell(told(item.standing)),
        Cell(told(item.as_of)),
        Cell(told(item.published)),
        Cell(tuple(sources)),
    )


def _stated(item: Observation) -> Iterable[Part]:
    address = f"observation/{item.id}"
    known = [("low", item.low), ("value", item.value), ("high", item.high)]
    first = True
    for end, value in known:
        if value is not None:
            yield "" if first else " / "
            yield number(value, f"{address}/{end}", item.unit if item.unit == "year" else "")
            first = False
    yield from told(f" {item.unit.replace('_', ' ')}" if item.unit != "year" else "")


def links(data: Dataset, address: str) -> list[PageBlock]:
    """The links of a thing by role: its own, and those of others to it."""
    found: list[PageBlock] = []
    for title, held, out in (
        ("Links", data.links_from.get(address, []), True),
        ("What uses it; the role is the other's", data.links_to.get(address, []), False),
    ):
        if not held:
            continue
        found.append(Heading(2, parts(title)))
        groups: defaultdict[tuple[str, str], list[Link]] = defaultdict(list)
        for link in held:
            other = link.object if out else link.subject
            groups[(link.role, other.split("/")[0])].append(link)
        for (role, kind), items in groups.items():
            found.append(_group(data, role, kind, items, out))
    return found


def _group(data: Dataset, role: str, kind: str, items: Sequence[Link], out: bool) -> PageBlock:
    rows = tuple(_link(data, link, out) for link in items)
    caption = told(f"{role} ({kind.replace('-', ' ')})")
    block = Table(
        caption, tuple(parts(name) for name in ("name", "since", "basis", "sources", "note")), rows
    )
    if len(rows) <= FEW:
        return block
    return Opened(told(f"{role}: {len(rows):,} of kind {kind.replace('-', ' ')}"), (block,))


def _link(data: Dataset, link: Link, out: bool) -> tuple[Cell, ...]:
    sources: list[Part] = []
    for at, key in enumerate(link.sources):
        sources += ["; " if at else "", Name(key, f"source/{key}")]
    return (
        Cell((named(data, link.object if out else link.subject),)),
        Cell(told(link.since)),
        Cell(told(link.basis)),
        Cell(tuple(sources)),
        Cell(told(link.note)),
    )


def provenance(data: Dataset, thing: Thing) -> list[PageBlock]:
    """Where a thing's row comes from."""
    told_rows = [("As of", thing.as_of), ("Note", thing.note)]
    told_rows.append(("Row", f"{thing.origin.file}, row {thing.origin.row}"))
    items = tuple((Strong(name), ": ", *told(text)) for name, text in told_rows if text)
    found: list[PageBlock] = [Heading(2, ("Where it comes from",)), Bullets(items)]
    for key in thing.sources:
        source = data.sources[key]
        text = ", ".join(part for part in (source.title, source.publisher, source.date) if part)
        found.append(SourceLine(f"{text} (grade {source.grade})", f"source/{key}"))
    return found


def _stored(site: Site) -> list[str]:
    """Things whose kind has no page of its own making."""
    return [item.address for item in site.dataset.things.values() if item.kind not in PAGES]


PAGES["thing"] = PageKind("thing", thing_page, _stored)
