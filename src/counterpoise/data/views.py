"""What a reader asks of the dataset: one thing, all things of a kind, the trail of a figure.

Every view is a list of rows that all have the same keys, ready to print or to save.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from counterpoise.data.choose import grade_of
from counterpoise.data.dataset import Dataset, Key
from counterpoise.data.history import changes_of
from counterpoise.data.records import Link, Observation, Thing
from counterpoise.data.sheets import split_list
from counterpoise.errors import NotFound

Row = dict[str, Any]

PERIODS = 3
"""The newest periods of a series that `show` prints unless asked for all."""

LINKS = 5
"""The links of one role that `show` prints unless asked for all."""

_MAIN = (
    "value", "unit_price", "quantity", "rate", "allocation", "envelope", "cost", "plan_outlay",
    "amount", "share", "delay", "need_2035", "holding",
)  # fmt: skip
"""Quantities that tell most about the other end of a link, the most telling first."""

_COLUMNS = 4
"""Quantities beside the name in a list of one kind."""

_SHORT = 40
"""Characters up to which a text stands in a list."""


def show(dataset: Dataset, name: str, full: bool = False) -> list[Row]:
    """What is known of a thing given by address, name or alias, or of a figure's address.

    Column `part` says what a row tells: about, figure, link out, link in, changed, provenance.
    Series and long lists are cut, with a row that counts the rest, unless `full`.
    """
    try:
        address = dataset.find(name)
    except NotFound:
        if name.count("/") < 2:
            raise
        return [figure_row(dataset, key) for key in figures_at(dataset, name)]
    thing = dataset.things[address]
    return [
        *_about(dataset, thing),
        *_figures(dataset, address, full),
        *_links(dataset, dataset.links_from.get(address, []), out=True, full=full),
        *_links(dataset, dataset.links_to.get(address, []), out=False, full=full),
        *_changed(address, full),
        *_provenance(dataset, thing),
    ]


def figures_at(dataset: Dataset, address: str) -> list[Key]:
    """The figure at an address, or all that it begins; NotFound with the nearest otherwise."""
    try:
        return [dataset.key(address)]
    except NotFound:
        parts = address.split("/")
        subject = dataset.find("/".join(parts[:2]))
        found = [
            key
            for key in dataset.by_subject.get(subject, [])
            if list(key[1:])[: len(parts) - 2] == parts[2:]
        ]
        if not found:
            raise
        return sorted(found)


def view_row(part: str, name: str, text: str = "", **more: Any) -> Row:
    """A row with the keys that every row of a view has."""
    row: Row = dict.fromkeys(
        ("part", "name", "text", "period", "low", "value", "high", "unit", "basis", "grade",
         "sources", "rivals", "effect", "address")
    )  # fmt: skip
    row.update(part=part, name=name, text=text, **more)
    return row


def _about(dataset: Dataset, thing: Thing) -> list[Row]:
    rows = [view_row("about", thing.kind, thing.name, address=thing.address)]
    for name, text in thing.texts.items():
        if name == "commands":
            rows += [view_row("about", "run", command) for command in split_list(text)]
        elif name != "name":
            rows.append(view_row("about", name.replace("_", " "), text))
    # Orders and the like are named by what they are of: only real names are told apart.
    if dataset.schema.kinds[thing.kind].title == "{name}":
        for other in dataset.things.values():
            if other.name.lower() == thing.name.lower() and other is not thing:
                rows.append(view_row("about", "same name", other.address))
    return rows


def figure_row(dataset: Dataset, key: Key) -> Row:
    """A figure with its range, basis, best grade and number of rivals."""
    item = dataset.chosen[key]
    return view_row(
        "figure",
        key[1].replace("_", " "),
        key[3],
        period=key[2],
        low=item.low,
        value=item.value,
        high=item.high,
        unit=item.unit,
        basis=item.standing,
        grade=grade_of(item, dataset.sources),
        sources="; ".join(item.sources),
        rivals=len(dataset.figures[key]) - 1,
        address=item.address,
    )


def _figures(dataset: Dataset, address: str, full: bool) -> list[Row]:
    """The figures of a thing, each series with its newest periods."""
    series: defaultdict[tuple[str, str], list[Key]] = defaultdict(list)
    for key in dataset.by_subject.get(address, []):
        series[(key[1], key[3])].append(key)
    rows = []
    for (quantity, qualifier), keys in series.items():
        keys.sort(key=lambda key: key[2])
        kept = keys if full else keys[-PERIODS:]
        rows += [figure_row(dataset, key) for key in kept]
        if len(kept) < len(keys):
            first, last = keys[0][2], keys[-PERIODS - 1][2]
            rest = f"and {len(keys) - len(kept)} more, {first} to {last}"
            rows.append(
                view_row("figure", quantity.replace("_", " "), f"{qualifier} {rest}".strip())
            )
    return rows


def main_figure(dataset: Dataset, address: str) -> Observation | None:
    """The figure that tells most about a thing."""
    for quantity in _MAIN:
        found = dataset.observation(address, quantity)
        if found is not None and found.value is not None:
            return found
    return None


def _links(dataset: Dataset, links: list[Link], out: bool, full: bool) -> list[Row]:
    """Links by role and by the other's kind, those with the largest figures first."""
    groups: defaultdict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        other = link.object if out else link.subject
        groups[(link.role, other.split("/")[0])].append(link)
    part = "link out" if out else "link in"
    rows = []
    for (role, kind), items in groups.items():
        found = []
        for link in items:
            other = link.object if out else link.subject
            found.append((link, other, main_figure(dataset, other)))
        found.sort(key=lambda item: -(item[2].value or 0.0) if item[2] else 0.0)
        kept = found if full or len(found) <= LINKS + 1 else found[:LINKS]
        for link, other, main in kept:
            rows.append(
                view_row(
                    part,
                    role,
                    _titled(dataset.things[other]),
                    period=link.since,
                    value=main.value if main else None,
                    unit=main.unit if main else None,
                    basis=link.basis,
                    grade=min((dataset.sources[key].grade for key in link.sources), default=""),
                    sources="; ".join(link.sources),
                    address=other,
                )
            )
        if len(kept) < len(found):
            rows.append(view_row(part, role, f"and {len(found) - len(kept)} more of kind {kind}"))
    return rows


def _titled(thing: Thing) -> str:
    """A thing's name with its status and date, where its row states them shortly."""
    stated = [thing.texts.get(name, "") for name in ("status", "signed")]
    told = " ".join(text for text in stated if 0 < len(text) <= _SHORT)
    return f"{thing.name}, {told}" if told else thing.name


def _changed(address: str, full: bool) -> list[Row]:
    """What the last release changed about a thing."""
    found = changes_of(address)
    rows = []
    for row in found if full else found[:LINKS]:
        moved = f"{row['before'] or 'nothing'} became {row['after'] or 'nothing'} {row['unit']}"
        bases = f"{row['basis_before'] or 'none'} to {row['basis_after'] or 'none'}"
        name = row["figure"].removeprefix(f"{address}/")
        text = f"{moved.strip()} ({bases}), in release {row['release']}"
        rows.append(view_row("changed", name, text, sources=row["sources"]))
    if not full and len(found) > LINKS:
        rows.append(view_row("changed", "and", f"{len(found) - LINKS} more; --all shows them"))
    return rows


def _provenance(dataset: Dataset, thing: Thing) -> list[Row]:
    rows = [view_row("provenance", "basis", thing.basis)]
    if thing.as_of:
        rows.append(view_row("provenance", "as of", thing.as_of))
    if thing.note:
        rows.append(view_row("provenance", "note", thing.note))
    rows.append(view_row("provenance", "row", f"{thing.origin.file}:{thing.origin.row}"))
    for key in thing.sources:
        source = dataset.sources[key]
        told = ", ".join(part for part in (source.publisher, source.title, source.date) if part)
        rows.append(view_row("provenance", "source", told, grade=source.grade, sources=key))
    return rows


def listing(dataset: Dataset, kind: str) -> list[Row]:
    """All things of a kind: address, name, and the quantities and short texts most often stated.

    `kind` may also be the name of its sheet. NotFound, with the kinds there are, otherwise.
    """
    if kind in dataset.schema.sheets:
        kind = dataset.schema.sheets[kind].kind or kind
    if kind not in dataset.schema.kinds:
        raise NotFound(kind, sorted(dataset.schema.kinds))
    things = dataset.kind(kind)
    stated: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for thing in things:
        for key in dataset.by_subject.get(thing.address, []):
            stated[key[1]][(key[2], key[3])] += 1
    best: dict[str, tuple[str, str]] = {}
    for quantity, places in stated.items():
        best[quantity] = max(places, key=lambda place: (places[place], place))
    kept = sorted(best, key=lambda name: -stated[name][best[name]])[:_COLUMNS]
    texts = _short_texts(things)[: _COLUMNS - len(kept)]
    units = {name: _units(dataset, things, (name, *best[name])) for name in kept}
    rows = []
    for thing in things:
        row: Row = {"address": thing.address, "name": thing.name}
        row.update({name: thing.texts.get(name, "") for name in texts})
        for quantity in kept:
            item = dataset.observation(thing.address, quantity, *best[quantity])
            label = ", ".join(part for part in (quantity, *best[quantity]) if part)
            if len(units[quantity]) == 1:
                row[f"{label} ({units[quantity][0]})"] = item.value if item else None
                continue
            row[label] = item.value if item else None
            row[f"{label}, unit"] = item.unit if item else None
        rows.append(row)
    return rows


def _units(dataset: Dataset, things: list[Thing], key: tuple[str, str, str]) -> list[str]:
    """The units that a quantity of some things is stated in."""
    found = (dataset.observation(thing.address, *key) for thing in things)
    return sorted({item.unit for item in found if item})


def _short_texts(things: list[Thing]) -> list[str]:
    """Names of texts that fit into a list, those stated most often first."""
    stated: Counter[str] = Counter()
    long: set[str] = set()
    for thing in things:
        for name, text in thing.texts.items():
            stated[name] += 1
            if len(text) > _SHORT:
                long.add(name)
    return [name for name, _ in stated.most_common() if name != "name" and name not in long]
