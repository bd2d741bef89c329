"""Random texts, small and strange, through reading, derivations, values, training, the story and every figure.

    python3 dev.py campaign stages --count 5000 --first 0

Prints each text that meets a fault on its way; 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.stages import text_of, through


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=5000)
    options.add_argument("--first", type=int, default=0)
    chosen = options.parse_args()
    refused: Counter[str] = Counter()
    wrong = 0
    for seed in range(chosen.first, chosen.first + chosen.count):
        text = text_of(seed)
        way = through(text)
        refused[way.codes.get("read", "read")] += 1
        wrong += bool(way.faults)
        if way.faults:
            print(f"text {seed}:\n{text}\n" + "\n".join(f"  {one}" for one in way.faults), flush=True)
    print(f"{chosen.count} texts, {wrong} with a fault; {dict(refused)}")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
