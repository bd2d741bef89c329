"""Stories of random trainings, each finding attacked by brute force: neighbours, rates, longer runs, other directions.

    python3 dev.py campaign truth --count 1000 --first 0
    python3 dev.py campaign truth --count 10000 --shard 2/4 --out truth-2.jsonl    (goes on where it was cut short)
    python3 dev.py campaign truth --read truth-1.jsonl truth-2.jsonl               (what came out, without new stories)

Prints what was refuted, with its seed, how often each claim was affirmed and denied, and the share of each feature; 1
if anything was refuted. With --rates the stories say too which rates learn. With --known, models whose end is known
stand in the place of random ones.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.truth.answers import known, missed
from tests.laws.truth.trials import tried
from tests.laws.truth.worlds import world


def story(seed: int, mapped: bool = False) -> dict[str, Any]:
    """What came out of one seed, as JSON."""
    try:
        found = tried(seed, mapped)
    except Exception:
        return {"seed": seed, "refuted": [traceback.format_exc(limit=-3)], "features": sorted(world(seed).features)}
    return {
        "seed": seed, "refuted": found.refuted, "holds": found.holds, "kind": found.kind, "open": found.open,
        "features": found.features,
    }  # fmt: skip


def told(lines: Iterable[dict[str, Any]]) -> int:
    """The sums; 1 if anything was refuted."""
    found = list({line["seed"]: line for line in lines}.values())
    affirmed, denied, kinds, features, silent = (Counter[str]() for _ in range(5))
    refuted = 0
    for line in found:
        for one in line["refuted"]:
            refuted += 1
            print(f"{line['seed']}: {one}")
        for claim, holds in line.get("holds", {}).items():
            (affirmed if holds else denied)[claim] += 1
        kinds[line.get("kind", "")] += 1
        features.update(line["features"])
        silent.update(line.get("open", ()))
    many = max(1, len(found))
    print("affirmed and denied: " + ", ".join(f"{one} {affirmed[one]}/{denied[one]}" for one in affirmed | denied))
    print("ends: " + ", ".join(f"{kind or '?'} {count}" for kind, count in kinds.most_common()))
    print("features: " + ", ".join(f"{one} {count / many:.0%}" for one, count in features.most_common()))
    print("left open: " + ", ".join(f"{one} {count / many:.1%}" for one, count in silent.most_common()))
    print(f"{len(found)} stories, {refuted} findings refuted")
    return int(bool(refuted))


def silent(first: int, count: int) -> int:
    """How often the right finding is made of an end that is known; 1 if it is not in 95 of 100."""
    right = 0
    for seed in range(first, first + count):
        one = known(seed)
        said = missed(one)
        right += said is None
        if said is not None:
            print(f"{seed} {one.what}, {', '.join(one.kinds)}: {said}", flush=True)
    print(f"{right} of {count} right findings")
    return int(right < 0.95 * count)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--shard", default="1/1", help="2/4 takes each fourth seed, from the second")
    options.add_argument("--out", type=Path, help="a file to which each story is added; what is in it is left out")
    options.add_argument("--read", type=Path, nargs="+", help="files of earlier campaigns, to be summed up")
    options.add_argument("--rates", action="store_true", help="stories that say too which rates learn")
    options.add_argument("--known", action="store_true", help="models of known answer: how often it is found")
    chosen = options.parse_args()
    warnings.simplefilter("ignore")
    if chosen.read:
        return told(json.loads(line) for path in chosen.read for line in path.read_text().splitlines())
    if chosen.known:
        return silent(chosen.first, chosen.count)
    part, parts = map(int, chosen.shard.split("/"))
    seeds = [seed for seed in range(chosen.first, chosen.first + chosen.count) if seed % parts == part - 1]
    earlier = chosen.out.read_text().splitlines() if chosen.out and chosen.out.exists() else []
    done = [json.loads(line) for line in earlier]
    known = {line["seed"] for line in done}
    for number, seed in enumerate(seed for seed in seeds if seed not in known):
        done.append(line := story(seed, chosen.rates))
        if chosen.out:
            with chosen.out.open("a") as file:
                file.write(json.dumps(line) + "\n")
        for one in line["refuted"]:
            print(f"{seed}: {one}", file=sys.stderr, flush=True)
        if number % 100 == 99:
            print(f"{number + 1} stories so far", file=sys.stderr, flush=True)
    return told(done)


if __name__ == "__main__":
    raise SystemExit(main())
