"""Elementary functions by machine code against the reference engine, bit for bit.

    python3 dev.py campaign functions --points 10000000

Prints a line for each function; 1 if a point differs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from tests.laws.functions import FUNCTIONS, values

WIDTH = 100_003
"""Points computed at once; no multiple of a number of lanes."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=10_000_000)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    rows, different = -(-chosen.points // WIDTH), 0
    for name in FUNCTIONS:
        found = count = 0
        for one, other in values(name, WIDTH, rows, chosen.seed):
            found += int(np.sum(one.view(np.uint64) != other.view(np.uint64)))
            count += one.size
        different += found + (count != rows * WIDTH)
        print(f"{name}: {count} points, {found} different", flush=True)
    return int(different > 0)


if __name__ == "__main__":
    raise SystemExit(main())
