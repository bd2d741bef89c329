"""Stories of random trainings, each finding attacked by brute force: neighbours, rates, longer runs, other directions.

    python3 dev.py campaign truth --count 1000 --first 0

Prints what was refuted, with its seed, and how many stories there were; 1 if anything was.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.truth import refuted


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--first", type=int, default=0)
    chosen = options.parse_args()
    wrong = 0
    for seed in range(chosen.first, chosen.first + chosen.count):
        try:
            found = refuted(seed)
        except Exception:
            found = [traceback.format_exc(limit=-3)]
        for one in found:
            wrong += 1
            print(f"{seed}: {one}", flush=True)
        if (seed + 1 - chosen.first) % 100 == 0:
            print(f"{seed + 1 - chosen.first} stories so far, {wrong} findings refuted", file=sys.stderr, flush=True)
    print(f"{chosen.count} stories, {wrong} findings refuted")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
