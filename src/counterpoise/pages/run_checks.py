"""What a run's page says of checking it: the command, digests, sizes, and what was asked for."""

from __future__ import annotations

from counterpoise.pages.cells import told
from counterpoise.pages.site import Kept
from counterpoise.planning.size import size_words
from counterpoise.publish.blocks import Bullets, Heading, PageBlock, Paragraph


def checks(run: Kept) -> list[PageBlock]:
    """How to check the run, how large its problems are, and what was asked for."""
    asked = run.meta["request"]
    told_request = "; ".join(
        f"{name} {value}" for name, value in asked.items() if name not in ("fixes", "overlays")
    )
    return [
        Heading(2, ("Is it solved correctly?",)),
        Paragraph(
            told(
                f"Check it with “counterpoise verify {run.id}”: one file that shares no code with "
                "the planner, rebuilds each problem from the run's copy of the data and checks "
                "every solution against it. It says nothing about the data."
            )
        ),
        Bullets(
            (
                told(
                    f"Digest of the run: {run.meta['digest']}, over {len(run.meta['files'])} files"
                ),
                told(f"Release {run.meta['release_id']}, version {run.meta['version']}"),
                *(told(f"Problem {line}") for line in size_words(run.meta.get("size", {}))),
                told(f"Asked for: {told_request}"),
            )
        ),
    ]
