"""The dataset: things, links, observations and sources, with the lookups that all rooms use."""

from __future__ import annotations

import difflib
import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from counterpoise.data.choose import choose
from counterpoise.data.dates import last_day
from counterpoise.data.records import Figure, Link, Observation, Source, Thing
from counterpoise.data.schema import Schema
from counterpoise.errors import NotFound

Key = tuple[str, str, str, str]
"""Subject, quantity, period, qualifier."""


def folded(name: str) -> str:
    """A name without case, accents and outer blanks: Türkiye and TURKIYE are one."""
    plain = unicodedata.normalize("NFKD", name.strip().casefold()).replace("\u0131", "i")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@dataclass(frozen=True)
class Dataset:
    """A checked dataset. Frozen: an overlay or a cut-off date gives a new one.

    `carried` maps file and row to the address that carries it; `release` is the date of the
    reference release (ISO), from which the calendar starts.
    """

    things: dict[str, Thing]
    aliases: dict[str, str]
    links: tuple[Link, ...]
    observations: tuple[Observation, ...]
    sources: dict[str, Source]
    schema: Schema
    release: str
    carried: dict[tuple[str, int], str]

    @cached_property
    def figures(self) -> dict[Key, tuple[Observation, ...]]:
        """All observations of each figure."""
        found: defaultdict[Key, list[Observation]] = defaultdict(list)
        for item in self.observations:
            found[item.key].append(item)
        return {key: tuple(items) for key, items in found.items()}

    @cached_property
    def chosen(self) -> dict[Key, Observation]:
        """The observation that counts for each figure."""
        return {
            key: items[0] if len(items) == 1 else choose(items, self.sources)
            for key, items in self.figures.items()
        }

    @cached_property
    def by_subject(self) -> dict[str, list[Key]]:
        """The figures of each thing."""
        found: defaultdict[str, list[Key]] = defaultdict(list)
        for key in self.figures:
            found[key[0]].append(key)
        return dict(found)

    @cached_property
    def links_from(self) -> dict[str, list[Link]]:
        """Links by the thing that has the role."""
        found: defaultdict[str, list[Link]] = defaultdict(list)
        for link in self.links:
            found[link.subject].append(link)
        return dict(found)

    @cached_property
    def links_to(self) -> dict[str, list[Link]]:
        """Links by the thing towards which the role is held."""
        found: defaultdict[str, list[Link]] = defaultdict(list)
        for link in self.links:
            found[link.object].append(link)
        return dict(found)

    @cached_property
    def _objects(self) -> dict[tuple[str, str], list[str]]:
        """Objects of links by subject and role."""
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for link in self.links:
            found[(link.subject, link.role)].append(link.object)
        return dict(found)

    @cached_property
    def digest(self) -> str:
        """Sixteen hex digits that change with any value, source or link."""
        total = hashlib.sha256()
        records = (
            *self.observations,
            *self.links,
            *self.things.values(),
            *self.sources.values(),
            *self.aliases.items(),
        )
        for told in sorted(repr(record) for record in records):
            total.update(told.encode())
        return total.hexdigest()[:16]

    @property
    def id(self) -> str:
        """The release and what was laid over it: the date and eight digits of the digest."""
        return f"{self.release}+{self.digest[:8]}"

    def kind(self, kind: str) -> list[Thing]:
        """All things of a kind, in the order of their sheet."""
        return self._kinds.get(kind, [])

    @cached_property
    def _kinds(self) -> dict[str, list[Thing]]:
        found: defaultdict[str, list[Thing]] = defaultdict(list)
        for thing in self.things.values():
            found[thing.kind].append(thing)
        return dict(found)

    def observation(
        self, subject: str, quantity: str, period: str = "", qualifier: str = ""
    ) -> Observation | None:
        """The observation that counts, or None where the figure isn't known."""
        return self.chosen.get((subject, quantity, period, qualifier))

    def value(
        self, subject: str, quantity: str, period: str = "", qualifier: str = ""
    ) -> float | None:
        """The chosen value, or None where it isn't known."""
        found = self.observation(subject, quantity, period, qualifier)
        return None if found is None else found.value

    def text(self, subject: str, name: str) -> str:
        """What a thing's row says in words ("" where it says nothing)."""
        thing = self.things.get(subject)
        return thing.texts.get(name, "") if thing else ""

    def targets(self, subject: str, role: str) -> list[str]:
        """Addresses of the things towards which `subject` has `role`."""
        return list(self._objects.get((subject, role), ()))

    def target(self, subject: str, role: str) -> str:
        """The one such address, or ""."""
        found = self._objects.get((subject, role))
        return found[0] if found else ""

    def figure(self, address: str) -> Figure:
        """The figure at an address `subject/quantity[/period[/qualifier]]`; NotFound if none."""
        item = self.chosen.get(self.key(address))
        if item is None or item.value is None:
            raise NotFound(address)
        low = item.value if item.low is None else item.low
        high = item.value if item.high is None else item.high
        assumed = 1.0 if item.basis == "assumed" else 0.0
        return Figure(
            address, low, item.value, high, item.unit, item.basis, assumed, inputs=(item.id,)
        )

    def key(self, address: str) -> Key:
        """The figure key that an address names; NotFound with suggestions if there is none."""
        parts = address.split("/")
        if len(parts) >= 3:
            subject = self.find("/".join(parts[:2]))
            quantity, rest = parts[2], parts[3:]
            period = rest[0] if rest else ""
            qualifier = "/".join(rest[1:])
            key = (subject, quantity, "" if period == "-" else period, qualifier)
            if key in self.figures:
                return key
            near = [item for item in self.by_subject.get(subject, []) if item[1] == quantity]
            near = near or self.by_subject.get(subject, [])
            raise NotFound(address, [self.figures[item][0].address for item in near[:5]])
        raise NotFound(address, self.suggest(address))

    @cached_property
    def _names(self) -> dict[str, str]:
        """Every way to name a thing, folded, to its address.

        Of things with one name that of the kind whose sheet comes first has it.
        """
        order = {kind: place for place, kind in enumerate(self.schema.kinds)}
        names: dict[str, str] = {}
        for address in sorted(self.things, key=lambda item: order[self.things[item].kind]):
            for name in (self.things[address].name, address.split("/", 1)[1]):
                names.setdefault(folded(name), address)
        names |= {folded(alias): address for alias, address in self.aliases.items()}
        return names | {folded(address): address for address in self.things}

    def find(self, name: str) -> str:
        """The address of a thing given by address, name or alias; NotFound with suggestions."""
        if name in self.things:
            return name
        found = self._names.get(folded(name))
        if found is None:
            raise NotFound(name, self.suggest(name))
        return found

    def suggest(self, name: str, count: int = 5) -> list[str]:
        """Addresses of the things whose names are nearest to `name`."""
        wanted = folded(name)
        near = difflib.get_close_matches(wanted, list(self._names), n=4 * count, cutoff=0.5)
        near = near or difflib.get_close_matches(wanted, list(self._names), n=count, cutoff=0.0)
        near += [known for known in self._names if wanted and wanted in known][: 2 * count]
        return list(dict.fromkeys(self._names[known] for known in near))[:count]

    def known(self, on: str) -> Dataset:
        """The dataset as it was known on a date (ISO): observations published by then.

        A figure published some time in a month or year counts from its end, at the latest from
        the release on, as do judgements and what the rules for gaps add.
        """
        end = last_day(on)
        kept = tuple(
            item for item in self.observations if min(last_day(item.published), self.release) <= end
        )
        return replace(self, observations=kept)

    def without_leaks(self) -> Dataset:
        """The dataset without what only leaked documents state."""

        def open_ones(keys: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(key for key in keys if not self.sources[key].leak)

        things = {
            address: replace(item, sources=open_ones(item.sources))
            for address, item in self.things.items()
            if open_ones(item.sources)
        }
        observations = (
            replace(item, sources=open_ones(item.sources))
            for item in self.observations
            if item.subject in things and open_ones(item.sources)
        )
        links = (
            replace(item, sources=open_ones(item.sources))
            for item in self.links
            if {item.subject, item.object} <= things.keys() and open_ones(item.sources)
        )
        return replace(
            self,
            things=things,
            aliases={name: found for name, found in self.aliases.items() if found in things},
            links=tuple(links),
            observations=tuple(observations),
            sources={key: item for key, item in self.sources.items() if not item.leak},
        )

    def with_observations(self, more: tuple[Observation, ...]) -> Dataset:
        """The dataset with more observations."""
        return replace(self, observations=self.observations + more)

    def rows(self, kind: str) -> Iterator[dict[str, object]]:
        """Wide rows of a kind: address, name, texts, links and chosen values."""
        for thing in self.kind(kind):
            row: dict[str, object] = {"address": thing.address, "name": thing.name, **thing.texts}
            for link in self.links_from.get(thing.address, []):
                held = row.get(link.role)
                row[link.role] = f"{held}; {link.object}" if held else link.object
            for key in self.by_subject.get(thing.address, []):
                label = "/".join(part for part in key[1:] if part)
                row[label] = self.chosen[key].value
            yield row

    def table(self, kind: str) -> pl.DataFrame:
        """The things of a kind as a wide table: one row a thing, one column a quantity."""
        return pl.DataFrame(list(self.rows(kind)), infer_schema_length=None)
