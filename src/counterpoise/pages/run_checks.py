"""What a run's page says of checking it: the verifier's lines, digests, sizes, the request."""

from __future__ import annotations

from counterpoise import __version__
from counterpoise.pages.answers_kept import FOLDER, keep
from counterpoise.pages.cells import told
from counterpoise.pages.site import Kept, Site
from counterpoise.planning.size import size_words
from counterpoise.publish.blocks import Bullets, Heading, PageBlock, Paragraph
from counterpoise.publish.cells import shown
from counterpoise.verify import lines_of, verify

_LAST = 3
"""The verifier's last lines: how much it checked, the largest residuals, its verdict."""


def checks(site: Site, run: Kept) -> list[PageBlock]:
    """What the verifier found, how large the problems are, and what was asked for."""
    asked = run.meta["request"]
    told_request = "; ".join(
        f"{name.replace('_', ' ')} {shown(value)}"
        for name, value in asked.items()
        if name not in ("fixes", "overlays") and value != ""
    )
    found = verified(site, run)
    lead = f"“counterpoise verify {run.id}” says: {found[-1]}" if found else (
        f"Check it with “counterpoise verify {run.id}”"
    )  # fmt: skip
    return [
        Heading(2, ("Is it solved correctly?",)),
        Paragraph(
            told(
                f"{lead}. The verifier is one file that shares no code with the planner, rebuilds "
                "each problem from the run's copy of the data and checks every solution against it."
            )
        ),
        Bullets(
            (
                *(told(line[:1].upper() + line[1:]) for line in found[:-1]),
                told(
                    f"Digest of the run: {run.meta['digest']}, over {len(run.meta['files'])} files"
                ),
                told(f"Release {run.meta['release_id']}, version {run.meta['version']}"),
                *(told(f"Problem {line}") for line in size_words(run.meta.get("size", {}))),
                told(f"Asked for: {told_request}"),
            )
        ),
    ]


def verified(site: Site, run: Kept) -> tuple[str, ...]:
    """The verifier's last lines on a run: as they were kept, else found now and kept.

    Nothing where they aren't kept and the site takes no long work upon itself.
    """
    path = run.path.parent / FOLDER / f"{run.meta['digest'][:24]}-{__version__}.verified"
    try:
        return tuple(path.read_text(encoding="utf-8").splitlines())
    except OSError:
        if not site.planning:
            return ()
    found = tuple(lines_of(verify(run.path)))[-_LAST:]
    keep(path, "\n".join(found))
    return found
