"""Lines as people type them first, through reading and the helps of their errors, each compared with its own value.

    python3 dev.py campaign lines --count 3000 --seed 1

Prints how many were read as they stood, mended by taking at most two helps, refused, and read as something else, and
one line of each template that was refused or wrong; 1 if one was wrong, or fewer than 90 % were read or mended.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.lines import attempts, outcome, templates

LEAST = 0.9


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=3000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    found: Counter[str] = Counter()
    told: dict[str, str] = {}
    for number, attempt in enumerate(attempts(chosen.count, chosen.seed)):
        print(f"\r{number} of {chosen.count}", end="", file=sys.stderr, flush=True)
        end = outcome(attempt)
        found[end.kind] += 1
        if end.kind in ("refused", "wrong"):
            told.setdefault(attempt.template, f"{end.kind}: {attempt.template}  → {end.said}")
    print(f"\r{chosen.count} lines of {templates()} templates: {dict(found)}", *told.values(), sep="\n")
    return int(bool(found["wrong"]) or found["read"] + found["mended"] < LEAST * chosen.count)


if __name__ == "__main__":
    raise SystemExit(main())
