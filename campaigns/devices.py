"""Random trainings on each device of this machine against the native engine, bit for bit.

    python3 dev.py campaign devices --count 100 --first 0 --steps 60 [--device gpu|opencl|browser]

``browser`` is Chromium's WebGPU, which SwiftShader plays, with the module of a page; there all patterns make a step.
Prints each seed that differs, and how many were compared, refused, or sent to the processor; 1 if one differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.engines import random_model, random_training

from chainrule.errors import ChainruleError
from chainrule.train.device import KEEPS

RATES = "α=[0, 0.001, 0.01, 0.1, 0.5, 1, 3, 30, 1000, 1e6, 1e30]"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--steps", type=int, default=60)
    options.add_argument("--device", choices=["gpu", "opencl", "browser"], default="gpu")
    chosen = options.parse_args()
    if chosen.device == "browser":
        return in_browser(range(chosen.first, chosen.first + chosen.count), chosen.steps)
    same = refused = elsewhere = different = 0
    for seed in range(chosen.first, chosen.first + chosen.count):
        numerics = KEEPS[chosen.device][seed % len(KEEPS[chosen.device])]
        how = random_training(seed)
        how = {name: how[name] for name in ("batch", "update", "seed")}
        try:
            model = random_model(seed)
            one = model.map(RATES, steps=chosen.steps, numerics=numerics, **how)
            other = model.map(RATES, steps=chosen.steps, numerics=numerics, device=chosen.device, **how)
        except ChainruleError as error:
            refused += 1
            print(f"seed {seed}: refused, {error.code}", flush=True)
            continue
        if other.made is not None and other.made.why:
            elsewhere += 1
            print(f"seed {seed}: {other.made.why}", flush=True)
        elif all(one[name].tobytes() == other[name].tobytes() for name in one.arrays):
            same += 1
        else:
            different += 1
            print(f"seed {seed} in {numerics}: {one} and {other}", flush=True)
    print(f"{same} the same, {different} different, {refused} refused, {elsewhere} by the processor")
    return 1 if different else 0


def in_browser(seeds: range, steps: int) -> int:
    """The same in a page."""
    from tests.page.browser import Browser
    from tests.page.played import difference, opened, random_plan

    browser = Browser(card=True)
    same = refused = different = 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            page = opened(browser, Path(folder))
            for seed in seeds:
                try:
                    found = difference(page, random_plan(seed, steps), 7 + seed % 60)
                except ChainruleError as error:
                    refused += 1
                    print(f"seed {seed}: refused, {error.code}", flush=True)
                    continue
                same, different = same + (not found), different + bool(found)
                if found:
                    print(f"seed {seed}: {found}", flush=True)
    finally:
        browser.close()
    print(f"{same} the same, {different} different, {refused} refused")
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())
