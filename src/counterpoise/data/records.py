"""What the dataset consists of: things, texts, links, observations, sources."""

from __future__ import annotations

from dataclasses import dataclass

Address = str


def short(address: Address) -> str:
    """What an address says after its kind: POL of state/POL."""
    return address.split("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Origin:
    """The file and spreadsheet row (the heading is row 1) that something was read from."""

    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Thing:
    """Anything with a name in the world: `texts` holds what its row says in words."""

    address: Address
    kind: str
    name: str
    texts: dict[str, str]
    sources: tuple[str, ...]
    as_of: str
    basis: str
    note: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Link:
    """A role that one thing has towards another: company/rtx —made by— system/patriot."""

    subject: Address
    role: str
    object: Address
    since: str
    sources: tuple[str, ...]
    basis: str
    note: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Observation:
    """One stated value of one quantity of one thing, with the sources that state it.

    `value` is None where only a low or a high is stated. `layer` is 0 for the rules that
    fill gaps, 1 for the reference release, 2 and up for overlays in the order given.
    `error` marks a recorded misprint: it stays visible and never wins.
    """

    id: str
    subject: Address
    quantity: str
    period: str
    qualifier: str
    low: float | None
    value: float | None
    high: float | None
    unit: str
    price_basis: str
    basis: str
    sources: tuple[str, ...]
    as_of: str
    published: str
    note: str
    error: bool
    layer: int
    origin: Origin

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The figure that this is an observation of: subject, quantity, period, qualifier."""
        return self.subject, self.quantity, self.period, self.qualifier

    @property
    def standing(self) -> str:
        """The basis of a stated figure; `rule` where a rule fills a gap."""
        return "rule" if self.layer == 0 else self.basis

    @property
    def address(self) -> Address:
        """The address of the figure that this observation is one value of."""
        parts = [self.subject, self.quantity]
        if self.period or self.qualifier:
            parts.append(self.period or "-")
        if self.qualifier:
            parts.append(self.qualifier)
        return "/".join(parts)


@dataclass(frozen=True, slots=True)
class Source:
    """A document or data set that was read, with what is known of its quality and terms.

    `terms` says by which rule its figures may be shared (TERMS of the schema); `compilation_rows`
    is the size of the publisher's compilation, None where that isn't known.
    """

    key: str
    title: str
    publisher: str
    date: str
    url: str
    kind: str
    grade: str
    licence: str
    relay_of: str
    leak: bool
    terms: str
    compilation_rows: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with range, unit, basis, and the addresses of what it was made from.

    `assumed_share` is the share of the inputs (0 to 1) whose basis is `assumed`.
    """

    address: Address
    low: float
    value: float
    high: float
    unit: str
    basis: str
    assumed_share: float = 0.0
    measure: str = ""
    inputs: tuple[Address, ...] = ()
