"""What the sections of a brief share: names of things, tables, cells."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise.data.dataset import Dataset
from counterpoise.measures.registry import printed
from counterpoise.publish.blocks import Cell, Name, Part, Table, parts
from counterpoise.publish.figures import Figures
from counterpoise.publish.names import called
from counterpoise.runs import Run

YEARS = tuple(str(year) for year in range(2027, 2036))
SHOCKS = ("us-exit-2028", "us-deliveries-stop-2028", "gulf-diversion", "gulf-then-us-stop")


@dataclass(frozen=True)
class Brief:
    """A run, its dataset and its figures, for the sections."""

    run: Run
    data: Dataset
    figures: Figures

    @property
    def printed(self) -> str:
        """The behaviour whose calendar of orders is printed."""
        return printed(self.run.table("summary")["behaviour"].to_list())

    def name(self, address: str) -> Part:
        """The printed name of a thing; digits in it are a name's."""
        thing = self.data.things.get(address)
        text = thing.name if thing is not None else address.split("/")[1]
        return Name(text, address)

    def line(self, address: str) -> list[Part]:
        """A line by its system and the state where it stands."""
        system = self.data.target(address, "makes")
        state = self.data.target(address, "located in")
        return [self.name(system), f" ({state.split('/')[1]})" if state else ""]

    def areas(self) -> list[str]:
        """Short names of the planned areas, in the order of the run."""
        return [
            area.split("/")[1]
            for area in self.run.table("closing")["area"].unique(maintain_order=True)
        ]

    def states(self) -> list[str]:
        """ISO codes of the planning states."""
        return [
            s.split("/")[1] for s in self.run.table("money")["state"].unique(maintain_order=True)
        ]


def table(
    caption: tuple[Part, ...],
    columns: list[list[Part]],
    rows: list[list[Cell]],
    note: tuple[Part, ...] = (),
    words: frozenset[int] = frozenset({0}),
) -> Table:
    """A table whose columns hold numbers, but for those in `words`."""
    numeric = frozenset(range(len(columns))) - words
    heads = tuple(tuple(column) for column in columns)
    return Table(caption, heads, tuple(tuple(row) for row in rows), numeric, note)


def cell(*content: Part, shade: float = 0.0, hatched: bool = False) -> Cell:
    """A table cell."""
    return Cell(parts(*content), shade, hatched)


def thing(b: Brief, address: str) -> Part:
    """A line by its system and state; anything else by its name."""
    return Name(called(b.data, address), address) if address in b.data.things else b.name(address)


def step(b: Brief, row: dict[str, object]) -> Part:
    """A bottleneck's place and step as one name."""
    address = str(row["address"])
    return Name(f"{thing_name(b, address)}: {row['step']}", address)


def thing_name(b: Brief, address: str) -> str:
    """The text of a thing's name."""
    named = thing(b, address)
    return named.text if isinstance(named, Name) else str(named)


def tight_names(b: Brief, rows: list[dict[str, object]]) -> list[Part]:
    """The places of bottlenecks, in a row."""
    found: list[Part] = []
    for position, row in enumerate(rows):
        found += [", " if position else "", thing(b, str(row["address"]))]
    return found
