"""The dataset that a run was made with."""

from __future__ import annotations

from pathlib import Path

from counterpoise import runs
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import REFERENCE, load
from counterpoise.errors import BadInput, Problem


def dataset_of(run: runs.Run) -> Dataset:
    """The dataset that a run was made with; BadInput where its overlays or release changed."""
    asked = run.meta["request"]
    dataset = load_for(tuple(asked["overlays"]), asked["leaks"])
    if dataset.digest != run.meta["dataset"]:
        expected = f"the dataset of digest {run.meta['dataset']}"
        remedy = "plan again, or put back the overlays that the run was made with"
        raise BadInput(
            [Problem("other-data", run.id, None, "dataset", dataset.digest, expected, remedy)]
        )
    return dataset


def load_for(overlays: tuple[str, ...], leaks: bool = True) -> Dataset:
    """The reference release under overlays, with or without what only leaks state."""
    return load(REFERENCE, tuple(Path(place) for place in overlays), leaks)
