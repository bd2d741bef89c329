"""Many runs side by side on the native engine against the same runs one by one on the reference engine, bit for bit.

    python3 dev.py campaign runs --count 300 --first 0 --steps 200 --overflows 10000

Random networks at 1, 4, 8 and 16 runs side by side, then runs that overflow somewhere: step, equation, pattern and
entry have to be the same. Prints what differs; 1 if anything does.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.engines import ensemble_difference, overflow_difference

from chainrule.errors import ChainruleError

BLOCK = 500
"""Runs that overflow together."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=300)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--steps", type=int, default=200)
    options.add_argument("--overflows", type=int, default=10_000)
    chosen = options.parse_args()
    different, refused = 0, 0
    for seed in range(chosen.first, chosen.first + chosen.count):
        print(f"\r{seed - chosen.first} of {chosen.count}, {different} different", end="", file=sys.stderr, flush=True)
        try:
            found = ensemble_difference(seed, chosen.steps)
        except ChainruleError:
            refused += 1
            continue
        if found:
            different += 1
            print(f"\nseed {seed}: {found}", flush=True)
    print(f"{chosen.count - refused} networks of {chosen.steps} steps, {refused} refused, {different} different")
    for block in range(-(-chosen.overflows // BLOCK)):
        found = overflow_difference(chosen.first + block, BLOCK)
        if found:
            different += 1
            print(f"overflows, seed {chosen.first + block}: {found}", flush=True)
    print(f"{chosen.overflows} runs made to leave the finite numbers")
    return int(different > 0)


if __name__ == "__main__":
    raise SystemExit(main())
