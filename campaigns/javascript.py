"""Random trainings in Node against the reference engine, bit for bit: every order, every rule, unrolled and in loops.

    python3 dev.py campaign javascript --count 2000 --first 0 --steps 200 [--out FILE]

With --out a line for each seed is added to a file, and the seeds that stand in it are not tried again: a campaign that
was cut short goes on. Prints each seed that differs; 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.engines import random_model, random_training
from tests.laws.javascript import differences

from chainrule.errors import ChainruleError
from chainrule.train.run import Run

TOGETHER = 25
"""Trainings in one process of Node."""


def trained(seed: int, steps: int) -> Run | None:
    """A random training; None where it is refused."""
    try:
        return random_model(seed).train(engine="reference", steps=steps, **random_training(seed))
    except ChainruleError:
        return None


def known(out: Path | None) -> dict[int, str]:
    """What a campaign that was cut short has found: seed → what differs. A line that was cut is left out."""
    found: dict[int, str] = {}
    for line in out.read_text("utf-8").splitlines() if out and out.exists() else ():
        try:
            one = json.loads(line)
        except ValueError:
            continue
        found[one["seed"]] = one["difference"]
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--count", type=int, default=2000)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--steps", type=int, default=200)
    options.add_argument("--out", type=Path)
    chosen = options.parse_args()
    found = known(chosen.out)
    wanted = range(chosen.first, chosen.first + chosen.count)
    left = [seed for seed in wanted if seed not in found]
    for start in range(0, len(left), TOGETHER):
        seeds = left[start : start + TOGETHER]
        different = sum(map(bool, found.values()))
        print(f"\r{len(found)} of {chosen.count}, {different} different", end="", file=sys.stderr, flush=True)
        runs = {seed: run for seed in seeds if (run := trained(seed, chosen.steps)) is not None}
        with tempfile.TemporaryDirectory() as folder:
            small = 0 if start // TOGETHER % 2 else 2000
            told = differences(list(runs.values()), Path(folder), small=small)
        new = dict.fromkeys(seeds, "") | dict(zip(runs, told, strict=True))
        for seed, one in new.items():
            if one:
                print(f"\nseed {seed}, {'loops' if not small else 'unrolled'}: {one[:400]}", flush=True)
            if chosen.out:
                with chosen.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"seed": seed, "difference": one, "refused": seed not in runs}) + "\n")
        found |= new
    different = sum(bool(found[seed]) for seed in wanted)
    print(f"\n{chosen.count} trainings of {chosen.steps} steps, {different} different")
    return int(different > 0)


if __name__ == "__main__":
    raise SystemExit(main())
