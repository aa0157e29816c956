"""Rows `fixed`: what a user has decided to order, as much as, at least or at most."""

from __future__ import annotations

import numpy as np

from counterpoise.planning.fixes import fixed_rows_of, matches
from counterpoise.planning.rows.frame import Frame

FIXED = "fixed"


def write_fixes(frame: Frame) -> None:
    """Rows `fixed`, one a decision: units of its deliveries; none where nothing is decided."""
    world, pairs = frame.world, frame.pairs
    fixes = fixed_rows_of(world, frame.states)
    if not fixes:
        return
    area = {line.address: line.area for line in world.lines}
    area |= {line.system: line.area for line in world.lines}
    size = frame.series[[world.labels.area_index[area[fix.target]] for fix in fixes]]
    rows = frame.registry.rows(
        FIXED,
        "series",
        "what a user has decided to order",
        (("fix", tuple(fix.label for fix in fixes)),),
        (np.arange(len(fixes)),),
        low=np.array([fix.low for fix in fixes]) / size,
        high=np.array([fix.high for fix in fixes]) / size,
    )
    for number, fix in enumerate(fixes):
        inside = np.flatnonzero(matches(fix, world, pairs))
        frame.registry.entries(rows, np.full(len(inside), number), frame.deliver, inside, 1.0)
