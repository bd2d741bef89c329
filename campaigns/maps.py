"""Stores of maps: processes are killed, bits are changed, disks fail and power is lost, many times.

    python3 dev.py campaign maps --kind kill --count 200 --out kills.jsonl     (goes on where it was cut short)
    python3 dev.py campaign maps --kind flips --count 10000
    python3 dev.py campaign maps --kind faults
    python3 dev.py campaign maps --kind power --count 1000

kill: each round has a store filled by `chainrule map work`, by threads, watched processes, Dask, or two processes at
once, and ends the driver, one it began, or all, by SIGKILL at a random moment; then the rest is done. What was
committed must be there, whole, and the same numbers, and the end that of a map that nothing disturbed. flips: a bit,
a length or a place of some file is changed; it must be refused, or computed again. faults: each call of the system
fails once, or from then on, with each of six errors, sometimes again where it recovers. power: the calls of the system
that make a map are played again up to a random one, and of what was not flushed to the disk any part is lost; what was
said to survive must be there. Prints each result; 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from _kept import Kept, asked

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.maps.faults import every
from tests.maps.kills import HOWS, Round
from tests.maps.power import losses
from tests.maps.test_store import flips

PART = 100
"""Changes in one round of flips, and losses of power in one of those."""


def one(kind: str, key: str) -> dict[str, Any]:
    """One round, and how it went."""
    draw, began = random.Random(key), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        line: dict[str, Any] = {}
        try:
            if kind == "kill":
                one = Round(draw, Path(folder), draw.choice(HOWS), draw.choice((1, 1, 2, 3)))
                line = {"how": one.how}
                one.run()
                line["killed"] = one.killed
            elif kind == "flips":
                line = dict(flips(Path(folder) / "m", PART, draw.randrange(2**30)))
            elif kind == "power":
                line = dict(losses(Path(folder) / "m", draw, PART))
            else:
                line = {"runs": every(Path(folder) / "m", draw, all_of_it=True)}
        except Exception:
            line["lost"] = traceback.format_exc(limit=-4)
    return {**line, "seconds": round(time.monotonic() - began, 2)}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kind", choices=["kill", "flips", "faults", "power"], default="kill")
    options.add_argument("--count", type=int, default=200, help="of kills, changes, losses; not of faults")
    options.add_argument("--seed", type=int, default=0)
    asked(options)
    chosen = options.parse_args()
    if chosen.kind != "kill":
        os.fsync = lambda handle: None  # no power is lost here
    rounds = {"kill": chosen.count, "faults": 1}.get(chosen.kind, -(-chosen.count // PART))
    kept, kills = Kept(chosen.out), 0
    for key in kept.left([f"{chosen.kind}/{chosen.seed}/{number}" for number in range(rounds)], chosen.shard):
        kept.add(key, one(chosen.kind, key))
        print(" ".join(f"{name}={value}" for name, value in kept.found[key].items()), flush=True)
        kills = sum(len(line.get("killed", ())) for line in kept.found.values())
        if chosen.kind == "kill" and kills >= chosen.count:
            break
    lost = [line for line in kept.found.values() if "lost" in line]
    if chosen.kind == "kill":
        whom = Counter(whom for line in kept.found.values() for whom in line.get("killed", ()))
        print(f"{kills} kills in {len(kept.found)} stores: {dict(whom)}")
    print(f"{len(lost)} lost")
    return int(bool(lost))


if __name__ == "__main__":
    raise SystemExit(main())
