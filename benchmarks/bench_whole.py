"""Time the step to whole units beside the plan in fractions; prints one table.

    python benchmarks/bench_whole.py [CALENDAR]

Processor seconds of one run on one machine mean little; the ratio is taken within the run.
"""

from __future__ import annotations

import sys
import time

from counterpoise.data.load import load
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.whole import crumbs, plan_whole
from counterpoise.world.world import build_world


def main(arguments: list[str]) -> int:
    """Plan on a calendar, the yearly one by default, in fractions and in whole units."""
    world = build_world(load(), calendar=arguments[0] if arguments else "yearly")
    started = time.process_time()
    fractions = plan_together(world)
    both = time.process_time() - started
    print(f"both stages in fractions                 {both:8.1f} s", flush=True)
    started = time.process_time()
    found = plan_whole(fractions)
    seconds = time.process_time() - started
    print(f"whole units                              {seconds:8.1f} s  {seconds / both:.1f} times")
    small, orders = crumbs(found)
    print(f"shortfall {found.shortfall_distance:+.2%}, cost {found.cost_distance:+.2%}, ", end="")
    print(f"gap {found.gap:.2%}, orders {orders}, under a lot {small}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
