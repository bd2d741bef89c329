"""Random maxima, minima and kinks of bodies that can be written shorter: slopes against a complex step.

    python3 dev.py campaign ties --count 10000 --first 0

Prints how many slopes are no number or differ by more than 1e-12 of the largest entry, with the first seeds; 1 if any.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.ties import worst


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--first", type=int, default=0)
    chosen = options.parse_args()
    wrong = [seed for seed in range(chosen.first, chosen.first + chosen.count) if not worst(seed) < 1e-12]
    print(f"{chosen.count} networks, {len(wrong)} with a wrong slope", *wrong[:10])
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
