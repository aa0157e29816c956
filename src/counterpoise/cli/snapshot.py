"""What a run was made from, kept in its folder: the dataset as resolved, events, commitments.

`verify` rebuilds needs, output, deliveries and money from these files alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.world.earlier import Earlier
from counterpoise.world.fixes import Fix
from counterpoise.world.scenario import Scenario


def write_snapshot(
    folder: Path,
    dataset: Dataset,
    scenario: Scenario,
    decision: float,
    earlier: Earlier | None = None,
    fixes: Sequence[Fix] = (),
) -> None:
    """Write things, words, links, chosen figures, the events known at `decision`, commitments.

    `fixes` are the user's own decisions that the plan keeps to.

    Rows keep the dataset's order: that of the things is the order of states, lines and areas in
    the saved arrays.
    """
    folder.mkdir()
    for name, frame in _frames(dataset).items():
        frame.write_parquet(folder / f"{name}.parquet")
    known = scenario.known_by(decision)
    events = [event.model_dump(mode="json") for event in known.events]
    _write(
        folder / "setting.json",
        {
            "release": dataset.release,
            "scenario": scenario.name,
            "title": scenario.title,
            "decision": decision,
            "events": events,
            "fixes": [asdict(fix) for fix in fixes],
        },
    )
    if earlier is not None:
        _write(folder / "earlier.json", _commitments(earlier))


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _frames(dataset: Dataset) -> dict[str, pl.DataFrame]:
    things = dataset.things.values()
    chosen = list(dataset.chosen.values())
    return {
        "things": pl.DataFrame(
            {"address": [item.address for item in things], "kind": [item.kind for item in things]},
            schema={"address": pl.String, "kind": pl.String},
        ),
        "words": pl.DataFrame(
            [
                (item.address, name, text)
                for item in things
                for name, text in item.texts.items()
                if text
            ],
            schema={"subject": pl.String, "name": pl.String, "text": pl.String},
            orient="row",
        ),
        "links": pl.DataFrame(
            [(link.subject, link.role, link.object) for link in dataset.links],
            schema={"subject": pl.String, "role": pl.String, "object": pl.String},
            orient="row",
        ),
        "figures": pl.DataFrame(
            [
                (
                    *item.key,
                    item.value,
                    item.unit,
                    item.as_of,
                    item.standing,
                    "; ".join(item.sources),
                )
                for item in chosen
            ],
            schema={
                "subject": pl.String,
                "quantity": pl.String,
                "period": pl.String,
                "qualifier": pl.String,
                "value": pl.Float64,
                "unit": pl.String,
                "as_of": pl.String,
                "standing": pl.String,
                "sources": pl.String,
            },
            orient="row",
        ),
    }


def _commitments(earlier: Earlier) -> dict[str, Any]:
    entries = []
    for entry in earlier.entries:
        due = {int(at): float(entry.due[at]) for at in np.flatnonzero(entry.due)}
        entries.append({**asdict(entry), "due": due})
    return {
        "entries": entries,
        "expansions": {line: path.tolist() for line, path in earlier.expansions.items()},
        "paid": earlier.paid.tolist(),
        "drawn": earlier.drawn,
    }
