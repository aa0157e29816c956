"""The pages that a plan writes beside its brief: enough to read the run by, in seconds."""

from __future__ import annotations

from counterpoise.measures.parameters import BEHAVIOURS
from counterpoise.pages.gap_rows import DEFAULTS
from counterpoise.pages.gaps import HEAD, planned
from counterpoise.pages.site import Site
from counterpoise.pages.variants import variant


def plan_paths(site: Site) -> list[str]:
    """Paths of the start page, gaps by behaviour, states that plan, and the run."""
    # The run's page waits for the verifier: it goes first.
    found = [] if site.run is None else [f"run/{site.run.id}"]
    found += ["", *(f"state/{code}" for code in planned(site))]
    return found + [variant(HEAD, DEFAULTS, behaviour=behaviour) for behaviour in BEHAVIOURS]
