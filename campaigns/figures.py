"""Every figure of random networks, half of them with letters.

    python3 dev.py campaign figures [COUNT]

Prints what is wrong with a figure; 1 if anything is. 1,000 networks take about five minutes.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.figures import faults


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    wrong = 0
    for seed in range(count):
        try:
            found = faults(seed)
        except Exception:
            found = [f"network {seed}", traceback.format_exc()]
        wrong += bool(found)
        for line in found:
            print(line)
    print(f"{count} networks, {wrong} with a fault")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
