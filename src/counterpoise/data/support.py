"""How well a figure is supported: its independent sources, and where else was looked."""

from __future__ import annotations

from counterpoise.data.dataset import Dataset, Key
from counterpoise.data.records import Source


def original(source: Source) -> str:
    """Who stands behind a source: the original where a relay was read."""
    return source.relay_of or source.publisher


def independent(dataset: Dataset, key: Key) -> tuple[str, ...]:
    """Originals that state a figure, over all its observations but assumed ones and misprints.

    Relays count as their original, so two reports of one release are one.
    """
    names = {
        original(dataset.sources[name])
        for item in dataset.figures.get(key, ())
        if not item.error and item.basis != "assumed"
        for name in item.sources
        if dataset.sources[name].terms != "own"
    }
    return tuple(sorted(names))


def searched(dataset: Dataset, key: Key) -> tuple[str, str]:
    """Where was looked for a better figure, and the nearest one found ("" where not told)."""
    subject, quantity = key[:2]
    if dataset.things[subject].origin.row == 0:  # made by a rule for gaps: a state's stock
        area = dataset.target(subject, "fills").partition("/")[2]
        subject, quantity = dataset.target(subject, "held by"), f"{area}-stock"
    texts = dataset.things[subject].texts
    return texts.get(f"searched {quantity}", ""), texts.get(f"nearest {quantity}", "")
