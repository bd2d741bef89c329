"""Random texts of the whole language through building, evaluating, training by both engines, and deriving.

    python3 dev.py campaign grammar --count 100000 --first 0

Prints how many are refused with which code, and the smallest text of each kind of fault; 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.faults import fault, kind, smallest
from tests.laws.grammar import sample


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--whole", type=int, default=10, help="every so many texts goes through everything")
    options.add_argument("--small", action="store_true", help="the texts of the suite")
    chosen = options.parse_args()
    refused: Counter[str] = Counter()
    met: dict[str, list[int]] = {}
    for seed in range(chosen.first, chosen.first + chosen.count):
        print(f"\r{seed - chosen.first} of {chosen.count}", end="", file=sys.stderr, flush=True)
        code, found = fault(sample(seed, large=not chosen.small), whole=seed % chosen.whole == 0)
        refused[code or "read"] += 1
        if found:
            met.setdefault(kind(found), []).append(seed)
    print(f"\r{chosen.count} texts, {sum(map(len, met.values()))} faults; {dict(refused)}", flush=True)
    for what, seeds in sorted(met.items(), key=lambda one: -len(one[1])):
        how = {"whole": any(seed % chosen.whole == 0 for seed in seeds[:3])}
        tried = [smallest(sample(seed, large=not chosen.small), **how) for seed in seeds[:3]]
        least = min(tried, key=lambda one: len(one.text))
        print(f"\n{len(seeds)} times: {what} (seeds {', '.join(map(str, seeds[:8]))})")
        print(f"{least}  → {fault(least, **how)[1]}", flush=True)
    return int(bool(met))


if __name__ == "__main__":
    raise SystemExit(main())
