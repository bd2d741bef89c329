"""Random scalar networks: adjoints against the complex step.

    python3 dev.py campaign gradients --count 1000 --first 0

Prints the worst relative difference and the seed where it is; 1 if one is above 1e-12 of the largest entry.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.gradients import worst


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--first", type=int, default=0)
    chosen = options.parse_args()
    found = {seed: worst(seed) for seed in range(chosen.first, chosen.first + chosen.count)}
    seed = max(found, key=found.__getitem__)
    print(f"{len(found)} networks, the worst difference {found[seed]:.2e} of the largest entry, at seed {seed}")
    return int(found[seed] >= 1e-12)


if __name__ == "__main__":
    raise SystemExit(main())
