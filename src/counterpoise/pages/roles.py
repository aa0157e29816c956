"""The links of a thing: its own roles, and the roles of others towards it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from counterpoise.data.cells import unit_told
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Link, Observation
from counterpoise.data.views import main_figure
from counterpoise.pages.cells import compact, keys, named, number, told
from counterpoise.publish.blocks import Cell, Heading, Opened, PageBlock, Part, Table, parts

FEW = 8
"""Links of one role that stand in the common table; more are folded under a line of their own."""

MANY = 60
"""Links in one direction above which all are folded, by the kind of the others."""

MOST = 15
"""Links in a fold that a page shows; its data files hold the others."""

_HEADS = ("name", "role", "figure", "since", "basis", "sources", "note")
_BRIEF = _HEADS[:5]
"""What a table tells of long groups."""


def role_tables(data: Dataset, address: str, without: Collection[str] = ()) -> list[PageBlock]:
    """Links in both directions; others of the kinds in `without` are told elsewhere."""
    out = data.links_from.get(address, [])
    back = [link for link in data.links_to.get(address, []) if _kind(link.subject) not in without]
    return [
        *_direction(data, "Links", out, True),
        *_direction(data, "What uses it", back, False),
    ]


def _kind(address: str) -> str:
    return address.split("/")[0]


def _direction(data: Dataset, title: str, links: Sequence[Link], out: bool) -> list[PageBlock]:
    if not links:
        return []
    groups: defaultdict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        kind = _kind(link.object if out else link.subject)
        groups["" if len(links) > MANY else link.role, kind].append(link)
    few = FEW if len(links) <= MANY else 0
    short = [link for group in groups.values() if len(group) <= few for link in group]
    found: list[PageBlock] = [Heading(2, parts(title))]
    if short:
        caption = "its roles" if out else "roles of others towards it"
        found.append(_table(data, caption, short, out, len(short)))
    for (role, kind), group in sorted(groups.items(), key=lambda item: -len(item[1])):
        if len(group) > few:
            named_kind = kind.replace("-", " ")
            said = f"{role}: {len(group):,} of kind {named_kind}" if role else _said(kind, group)
            found.append(Opened(told(said), (_table(data, said, group, out, MOST),)))
    return found


def _said(kind: str, group: Sequence[Link]) -> str:
    """The links of others of one kind with their commonest roles."""
    counts = Counter(link.role for link in group)
    roles = ", ".join(f"{role} {count}" for role, count in counts.most_common(3))
    more = ", and others" if len(counts) > 3 else ""
    return f"{len(group):,} of kind {kind.replace('-', ' ')} ({roles}{more})"


def _table(data: Dataset, caption: str, links: Sequence[Link], out: bool, most: int) -> Table:
    few = len(links) <= most
    heads = _HEADS if few else _BRIEF
    rows = tuple(_row(data, link, out)[: len(heads)] for link in links)
    note = () if few else told("sources and notes stand on the page of each")
    columns = tuple(parts(name) for name in heads)
    return compact(Table(told(caption), columns, rows[:most], note=note, unshown=rows[most:]))


def _row(data: Dataset, link: Link, out: bool) -> tuple[Cell, ...]:
    other = link.object if out else link.subject
    return (
        Cell((named(data, other),)),
        Cell(told(link.role)),
        _figure(main_figure(data, other)),
        Cell(told(link.since)),
        Cell(told(link.basis)),
        Cell(tuple(keys(link.sources))),
        Cell(told(link.note)),
    )


def _figure(item: Observation | None) -> Cell:
    """The figure that tells most about the other end."""
    if item is None or item.value is None:
        return Cell(())
    shown: list[Part] = [number(item.value, item.address), " "]
    shown += told(unit_told(item.unit))
    return Cell(tuple(shown), hatched=item.basis == "assumed")
