"""Random trainings on the native engine against the reference engine, bit for bit.

    python3 dev.py campaign engines --count 1000 --first 0 --steps 200 --numerics exact
                                   [--columns] [--polled]

With --columns every column of their traces, read at once, against the reference engine row by row. With --polled
the loops of every group that makes more operations than a few, another number for each seed, ask whether to end. Prints
each seed that differs; 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.columns import column_difference
from tests.laws.engines import difference, polled, random_model, random_training

from chainrule.errors import ChainruleError


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--steps", type=int, default=200)
    options.add_argument("--numerics", choices=["exact", "fused", "fused32", "plain32"], default="exact")
    options.add_argument("--columns", action="store_true")
    options.add_argument("--polled", action="store_true")
    chosen = options.parse_args()
    different, refused = 0, 0
    for seed in range(chosen.first, chosen.first + chosen.count):
        print(f"\r{seed - chosen.first} of {chosen.count}, {different} different", end="", file=sys.stderr, flush=True)
        try:
            how = random_training(seed)
            if chosen.numerics.endswith("32"):
                how["rate"] = min(how["rate"], 1e30)
            differs = column_difference if chosen.columns else difference
            with polled(seed % 50) if chosen.polled else nullcontext():
                found = differs(random_model(seed), steps=chosen.steps, numerics=chosen.numerics, **how)
        except ChainruleError:
            refused += 1
            continue
        if found:
            different += 1
            print(f"\nseed {seed}: {found}", flush=True)
    print(f"{chosen.count - refused} trainings of {chosen.steps} steps, {refused} refused, {different} different")
    return int(different > 0)


if __name__ == "__main__":
    raise SystemExit(main())
