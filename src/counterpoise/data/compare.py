"""What moved from one dataset to another: figures new, gone, or with another value or basis."""

from __future__ import annotations

from typing import Any

from counterpoise.data.conflicts import told
from counterpoise.data.dataset import Dataset

Row = dict[str, Any]


def moved_figures(before: Dataset, after: Dataset) -> list[Row]:
    """A row for each figure whose chosen value, range or basis differs, by address."""
    rows = []
    for key in {**before.chosen, **after.chosen}:
        old, new = before.chosen.get(key), after.chosen.get(key)
        if old is not None and new is not None:
            if (old.low, old.value, old.high) == (new.low, new.value, new.high):
                if old.standing == new.standing:
                    continue
                change = "basis"
            else:
                change = "value"
        else:
            change = "new" if old is None else "gone"
        item = new or old
        if item is None:
            continue
        rows.append(
            {
                "figure": item.address,
                "change": change,
                "before": told(old) if old else "",
                "after": told(new) if new else "",
                "unit": item.unit,
                "basis_before": old.standing if old else "",
                "basis_after": new.standing if new else "",
                "sources": "; ".join(new.sources) if new else "",
            }
        )
    return sorted(rows, key=lambda row: row["figure"])
