"""Random networks with letters: gradients against the complex step, some against JAX.

    python3 dev.py campaign networks --count 1000 --first 0 --jax 20

Prints the worst difference and the seed where it is; 1 if one is above 1e-12 of the largest entry.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.indexed import worst


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--jax", type=int, default=0, help="how many of them to hold against JAX too")
    chosen = options.parse_args()
    found = {seed: worst(seed) for seed in range(chosen.first, chosen.first + chosen.count)}
    by_jax = {seed: worst(seed, jax=True) for seed in range(chosen.first, chosen.first + chosen.jax)}
    failed = False
    for what, differences in (("the complex step", found), ("JAX", by_jax)):
        if differences:
            seed = max(differences, key=differences.__getitem__)
            print(f"{len(differences)} networks against {what}: at most {differences[seed]:.2e}, at seed {seed}")
            failed |= not differences[seed] < 1e-12
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
