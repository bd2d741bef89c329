"""Claims that pages compute again, on random models with random settings: Python and Node, explain, numbers.

    python3 dev.py campaign live --count 2000
    python3 dev.py campaign live --count 2000 --shard 1/2 --out live-1.jsonl    (goes on where it was cut short)

Prints what differs between Python and Node, what contradicts explain at the same step, what numbers in sixty digits
refute, and how often each claim was affirmed, denied and not known; 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from _kept import Kept, asked
from tests.page.live import Pair, difference, node
from tests.page.live_trials import contradicted, refuted

from chainrule.page.live.table import table

AT_ONCE = 20
"""Pairs that one process of Node looks at."""


def batch(seeds: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What came out of some seeds, as JSON."""
    pairs = [Pair(int(seed)) for seed in seeds]
    mine = [pair.told(table()) for pair in pairs]
    with tempfile.TemporaryDirectory() as folder:
        other = node(table(), pairs, Path(folder))
    for seed, pair, told, theirs in zip(seeds, pairs, mine, other, strict=True):
        try:
            wrong = [*difference(told, theirs), *contradicted(pair, told), *refuted(pair, told)]
        except Exception:
            wrong = [traceback.format_exc(limit=-3)]
        verdicts = {one.id: one.holds for one in told}
        keys = sorted({key for one in told for key in one.keys})
        yield seed, {"k": pair.k, "wrong": wrong, "holds": verdicts, "keys": keys}


def summed(found: dict[str, dict[str, Any]]) -> int:
    """The sums; 1 if anything was wrong."""
    shares: dict[str, Counter[str]] = {}
    said: Counter[str] = Counter()
    wrong = 0
    for seed, line in found.items():
        for one in line["wrong"]:
            wrong += 1
            print(f"{seed} before step {line['k'] + 1}: {one}")
        for claim, holds in line["holds"].items():
            shares.setdefault(claim, Counter())[{True: "affirmed", False: "denied", None: "not known"}[holds]] += 1
        said.update(line["keys"])
    for claim, counted in shares.items():
        print(f"{claim}: " + ", ".join(f"{how} {many / len(found):.1%}" for how, many in counted.most_common()))
    never = sorted({key.removesuffix(".one").removesuffix(".many") for key in table().strings} - set(said))
    print(f"never said: {', '.join(never) or 'nothing'}")
    print(f"{len(found)} pairs, {wrong} wrong")
    return int(bool(wrong))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=2000)
    options.add_argument("--first", type=int, default=0)
    asked(options)
    chosen = options.parse_args()
    warnings.simplefilter("ignore")
    kept = Kept(chosen.out)
    left = list(kept.left([str(seed) for seed in range(chosen.first, chosen.first + chosen.count)], chosen.shard))
    for begin in range(0, len(left), AT_ONCE):
        for seed, line in batch(left[begin : begin + AT_ONCE]):
            kept.add(seed, line)
            for one in line["wrong"]:
                print(f"{seed}: {one}", file=sys.stderr, flush=True)
        print(f"{min(begin + AT_ONCE, len(left))} of {len(left)}", file=sys.stderr, flush=True)
    return summed(kept.found)


if __name__ == "__main__":
    raise SystemExit(main())
