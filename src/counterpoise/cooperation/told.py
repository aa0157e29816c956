"""A network of formats with its least set of steps, ready to be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from counterpoise.cooperation.cells import Definition, Network, network
from counterpoise.cooperation.joining import read_kinds, steps
from counterpoise.cooperation.least import Least, least
from counterpoise.data.dataset import Dataset

Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """A network with its least set of steps, ready to be told."""

    dataset: Dataset
    net: Network
    without: tuple[str, ...] = ()

    @cached_property
    def least(self) -> Least:
        """The least set of steps that fills the holes."""
        return least(self.net.holes, steps(self.net, read_kinds(self.dataset)))

    def name(self, address: str) -> str:
        """A thing's name."""
        return self.dataset.things[address].name


def tell(dataset: Dataset, definition: Definition, without: Iterable[str] = ()) -> Told:
    """The network of a definition without some states, ready to be told."""
    gone = tuple(without)
    return Told(dataset, network(dataset, definition, gone), gone)


def short(addresses: Iterable[str]) -> str:
    """Short names of things, in order, in one cell."""
    return " ".join(sorted(item.split("/", 1)[1] for item in addresses))
