"""The process that checks an uploaded overlay: it may end badly without harm to the server.

Run as `python -m counterpoise.serve.checking OVERLAY MEMORY LEAKS [BELOW …]`; prints JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from counterpoise.data.compare import moved_figures
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import REFERENCE, load
from counterpoise.data.terms import excess
from counterpoise.errors import BadInput, CounterpoiseError, Problem

_SHOWN = 500
"""Figures that moved, of which the reply tells."""


def main() -> int:
    """Check an overlay as `data check` does, and print its problems or what it changes."""
    overlay, memory, leaks, *below = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    laid = tuple(map(Path, below))
    found: dict[str, Any] = {"problems": [], "summary": None}
    try:
        before = load(REFERENCE, laid, leaks == "leaks")
        after = load(REFERENCE, (*laid, Path(overlay)), leaks == "leaks")
        found["summary"] = summary(before, after)
    except BadInput as error:
        found["problems"] = [asdict(problem) for problem in error.problems]
    except CounterpoiseError as error:
        told = Problem("refused", "body", None, "", "", str(error), "correct it")
        found["problems"] = [asdict(told)]
    except MemoryError:
        told = Problem("too-large", "body", None, "", "", "a smaller overlay", "send less")
        found["problems"] = [asdict(told)]
    print(json.dumps(found))
    return 0


def _links(dataset: Dataset) -> set[tuple[str, str, str, str]]:
    """What the links say, whichever file says it."""
    return {(link.subject, link.role, link.object, link.since) for link in dataset.links}


def summary(before: Dataset, after: Dataset) -> dict[str, Any]:
    """What an overlay changes: things, links, sources and figures, and what may not be shared."""
    moved = moved_figures(before, after)
    return {
        "release": after.id,
        "things_new": sorted(after.things.keys() - before.things.keys())[:_SHOWN],
        "things_gone": sorted(before.things.keys() - after.things.keys())[:_SHOWN],
        "links_new": len(_links(after) - _links(before)),
        "links_gone": len(_links(before) - _links(after)),
        "sources_new": sorted(after.sources.keys() - before.sources.keys())[:_SHOWN],
        "figures": dict(Counter(str(row["change"]) for row in moved)),
        "moved": moved[:_SHOWN],
        "not_to_be_shared": len(excess(after)) - len(excess(before)),
    }


if __name__ == "__main__":
    sys.exit(main())
