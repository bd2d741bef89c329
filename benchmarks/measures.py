"""What measuring costs a map: its speed beside that of the kernel alone, for the tanh network of `maps`.

    python3 dev.py bench measures [--cells N] [--steps N] [--rounds N] [--bits 32]

In each round the kernel makes the steps of all cells without a measure and with all that are found step by step, and
a block is computed with them, ends and all; times are those of the processor, on one thread.
"""

from __future__ import annotations

from _threads import keep_to_cores  # before NumPy is

import argparse
import time

import numpy as np

import chainrule as cr
from _record import keep
from chainrule.api.planned import planned
from chainrule.maps.tile import begun, computed
from chainrule.train.ensemble import follow

GOAL = 0.97
"""Of the kernel's own speed."""

MEASURES = ("trained", "largest", "reach(0.1)")


def main() -> int:
    """Measure, print, keep."""
    asked = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    asked.add_argument("--cells", type=int, default=32, help="along each axis")
    asked.add_argument("--steps", type=int, default=500)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--bits", type=int, default=32, choices=(32, 64))
    given = asked.parse_args()
    keep_to_cores()
    model = cr.example("trainability/tanh")
    axes = [f"{rate}=geometric(1e-3, 10, {given.cells})" for rate in ("η0", "η1")]
    numerics = "float32" if given.bits == 32 else "fused"
    how = {"steps": given.steps, "batch": "all", "numerics": numerics}
    bare, full = (planned(model, axes, measures=measures, **how) for measures in ((), MEASURES))
    places = (range(given.cells),) * 2
    times: dict[str, list[float]] = {"kernel alone": [], "kernel that measures": [], "map": []}
    for _ in range(given.rounds):
        for name, plan in (("kernel alone", bare), ("kernel that measures", full)):
            group = next(iter(plan.ground.groups(places)))
            ready = begun(plan.ground, group, np.arange(given.cells**2), 1)
            if ready is None:
                raise SystemExit("no cell can be begun")
            began = time.process_time()
            follow(ready[0], ready[1], group.order, given.steps)
            times[name].append(time.process_time() - began)
        began = time.process_time()
        computed(full, places, 1)
        times["map"].append(time.process_time() - began)
    best = {name: min(found) for name, found in times.items()}
    speeds = {name: best["kernel alone"] / found for name, found in best.items()}
    for name, found in best.items():
        print(f"{name:22} {found:8.3f} s  {given.cells**2 / found:8.1f} cells a second  {speeds[name]:.3f}")
    keep("measures", {"speeds": speeds, "seconds": best, **vars(given)})
    return 0 if speeds["map"] >= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
