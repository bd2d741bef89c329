"""Trainings compiled, run and dropped, each with a kernel of its own: how much memory a thousand of them leave behind.

    python3 dev.py campaign memory --cycles 10000

Prints a line for each thousand; 1 if one of them left 20 MB or more.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.memory import growth, resident

MOST = 20.0
"""MB that a thousand may leave."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cycles", type=int, default=10_000)
    cycles = options.parse_args().cycles
    growth(0, 100)  # what is kept once, and the last kernels, which are kept too
    worst = 0.0
    for first in range(100, 100 + cycles, 1000):
        count = min(1000, 100 + cycles - first)
        left = growth(first, count) / count / 1000  # MB for a thousand
        worst = max(worst, left)
        print(f"{first - 100 + count} cycles: {left:.1f} MB for a thousand, {resident() / 1e6:.0f} MB held", flush=True)
    return int(worst >= MOST)


if __name__ == "__main__":
    raise SystemExit(main())
