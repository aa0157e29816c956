"""What stands beside one format: its cells, formats within and beside it, its signs of life."""

from __future__ import annotations

from counterpoise.cooperation.cells import Network
from counterpoise.cooperation.formats import Format
from counterpoise.cooperation.nested import Pair, nested, overlapping
from counterpoise.cooperation.told import Row
from counterpoise.data.dataset import Dataset


def format_at(net: Network, address: str) -> Format:
    """A format by its address; KeyError where it is none."""
    return next(item for item in net.formats if item.address == address)


def own_cells(net: Network, item: Format) -> list[Row]:
    """The cells of a format: its share of each plan's states, and whether it fills the cell."""
    return [
        {
            "plan": cell.plan,
            "function": cell.function,
            "share_pct": 100 * share,
            "fills": "fills it" if item in cell.fills else "too few states",
            "formats": len(cell.present),
            "largest_format": cell.present[0][0].address,
        }
        for cell in net.cells.values()
        for present, share in cell.present
        if present.address == item.address
    ]


def pairs_of(found: tuple[Pair, ...], item: Format) -> list[Row]:
    """Formats that a format lies in, holds, or overlaps with, and what they share."""
    rows = []
    for pair in found:
        if item.address in (pair.first.address, pair.second.address):
            inside = pair.first.address == item.address
            other = pair.second if inside else pair.first
            how = ("lies within" if inside else "holds") if pair.nested else "overlaps with"
            rows.append(
                {
                    "how": how,
                    "format": other.address,
                    "functions": ", ".join(pair.functions),
                    "plans": "; ".join(pair.plans),
                    "states_in_both": len(pair.shared),
                    "of": len(item.members),
                    "and_of": len(other.members),
                }
            )
    return rows


def every_pair(net: Network) -> tuple[Pair, ...]:
    """All pairs of formats that lie in one another or overlap."""
    return (*nested(net), *overlapping(net))


def sign_rows(dataset: Dataset, address: str) -> list[Row]:
    """Dated signs of life of an arrangement, the newest first."""
    found = [
        dataset.things[link.subject]
        for link in dataset.links_to.get(address, [])
        if link.role == "sign of"
    ]
    found.sort(key=lambda item: item.texts.get("date", ""), reverse=True)
    return [
        {
            "date": item.texts.get("date", ""),
            "sign": item.texts.get("sign", ""),
            "basis": item.basis,
            "sources": "; ".join(item.sources),
        }
        for item in found
    ]
