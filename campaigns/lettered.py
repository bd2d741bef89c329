"""Random models written with and without a letter of the patterns: equal bits, derivations and verdicts.

    python3 dev.py campaign lettered --count 500 --first 0

Prints how many pairs differ, with the first seeds and what is different; 1 if any.
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
    wrong = {}
    for seed in range(chosen.first, chosen.first + chosen.count):
        if found := differences(random_pair(seed)):
            wrong[seed] = found
    print(f"{chosen.count} pairs of models, {len(wrong)} differ")
    for seed, found in list(wrong.items())[:10]:
        print(seed, *(one[:300] for one in found), sep="\n  ")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
