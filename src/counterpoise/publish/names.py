"""Names of things as a reader knows them, where a row has none of its own."""

from __future__ import annotations

from collections.abc import Iterator

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Thing
from counterpoise.data.schema import PLACEHOLDER

_MOST = 3
"""Things of one column that a name lists."""


def called(data: Dataset, address: str) -> str:
    """A thing's name: a line by its type and state, a need by its area, others by their own.

    Where that names other things, as "patriot for POL", they are told by theirs.
    """
    thing = data.things[address]
    if thing.kind == "line":
        makes, state = (data.target(address, role) for role in ("makes", "located in"))
        if makes and state:
            return f"{data.things[makes].name} line in {data.things[state].name}"
    area = f"area/{address.removeprefix('need/')}"
    if thing.kind == "need" and area in data.things:
        return f"Need: {data.things[area].name}"
    words = dict(_words(data, thing))
    title = data.schema.kinds[thing.kind].title
    if not set(PLACEHOLDER.findall(title)) <= words.keys():
        return thing.name
    return PLACEHOLDER.sub(lambda found: words[found[1]], title)


def _words(data: Dataset, thing: Thing) -> Iterator[tuple[str, str]]:
    """What each column of a thing's title says, those that name other things by their names."""
    sheet = data.schema.kinds[thing.kind]
    for name in PLACEHOLDER.findall(sheet.title):
        column = sheet.columns.get(name)
        if column is None or column.role != "link":
            text = data.text(thing.address, name)
        else:
            targets = data.targets(thing.address, column.link_role)
            found = [data.things[item].name for item in targets if item in data.things]
            text = ", ".join(found) if len(found) <= _MOST else ""
        if text:
            yield name, text
