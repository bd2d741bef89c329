"""Random texts with several equations of one name: values, slopes, trainings and derivations, entry by entry.

    python3 dev.py campaign equations --count 2000 --first 0

Prints how often each kind of difference was met, and the smallest text of each; 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.agreement import kind, smallest, wrong
from tests.laws.equations import Program, program


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=2000)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--small", action="store_true", help="the programs of the suite")
    chosen = options.parse_args()
    met: dict[str, list[int]] = {}
    for seed in range(chosen.first, chosen.first + chosen.count):
        print(f"\r{seed - chosen.first} of {chosen.count}", end="", file=sys.stderr, flush=True)
        found = wrong(program(seed, large=not chosen.small), seed)
        if found:
            met.setdefault(kind(found), []).append(seed)
    print(f"\r{chosen.count} programs, {sum(map(len, met.values()))} different", flush=True)
    for what, seeds in sorted(met.items(), key=lambda one: -len(one[1])):
        tried = [smallest(program(seed, large=not chosen.small), seed) for seed in seeds[:3]]
        least: Program = min(tried, key=lambda one: len(one.text))
        print(f"\n{len(seeds)} times: {what} (seeds {', '.join(map(str, seeds[:8]))})")
        print(f"{least}  → {wrong(least, seeds[0])}", flush=True)
    return int(bool(met))


if __name__ == "__main__":
    raise SystemExit(main())
