"""Random models written with and without a letter of the patterns: equal bits, derivations and verdicts.

    python3 dev.py campaign lettered --count 500 --first 0

Prints each seed that differs and what is different; 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.lettered import differences, random_pair


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=500)
    options.add_argument("--first", type=int, default=0)
    chosen = options.parse_args()
    different = 0
    for seed in range(chosen.first, chosen.first + chosen.count):
        print(f"\r{seed - chosen.first} of {chosen.count}, {different} differ", end="", file=sys.stderr, flush=True)
        if found := differences(random_pair(seed)):
            different += 1
            print(f"\nseed {seed}", *(one[:300] for one in found), sep="\n  ", flush=True)
    print(f"{chosen.count} pairs of models, {different} differ")
    return int(different > 0)


if __name__ == "__main__":
    raise SystemExit(main())
