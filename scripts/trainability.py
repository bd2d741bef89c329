"""Draws the six maps of the paper on the fractal boundary of trainability, at a size of your choice.

    python scripts/trainability.py FOLDER [--cells N] [--steps T] [--only NAME] [--numerics NAME]

Each is written as NAME.png, a pixel for each cell in the paper's colours, and NAME.svg with axes; what is printed is
the dimension of its boundary beside the paper's, which is a median over fifty windows that were zoomed into: that of
the overview alone is lower. Source: Sohl-Dickstein (2024), arXiv:2402.06184.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

import chainrule as cr

WINDOW = "geometric(1e-3, 1e6, {cells})"

EXPERIMENTS = {
    "tanh": (("η0", "η1"), 1.66), "relu": (("η0", "η1"), 1.20), "linear": (("η0", "η1"), 1.17),
    "one-point": (("η0", "η1"), 1.41), "minibatch": (("η0", "η1"), 1.55), "offset": (("δ", "η"), 1.98),
}  # fmt: skip
"""Each with its axes, the first to the right, and the dimension that the paper gives."""


def main() -> int:
    """Compute and draw."""
    asked = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--cells", type=int, default=256)
    asked.add_argument("--steps", type=int, default=500)
    asked.add_argument("--only", choices=EXPERIMENTS)
    asked.add_argument("--numerics", default="fused")
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for name in [given.only] if given.only else EXPERIMENTS:
        names, stated = EXPERIMENTS[name]
        batch: object = "all"
        if name == "minibatch":
            batch = np.random.default_rng(42).integers(0, 272, (given.steps, 16)).tolist()
        axes = {axis: WINDOW.format(cells=given.cells) for axis in names}
        found = cr.example(f"trainability/{name}").map(
            axes, steps=given.steps, batch=batch, numerics=given.numerics, measures="trained"
        )  # fmt: skip
        found.save_png(given.folder / f"{name}.png", colours="spectral")
        found.figure(colours="spectral", bounds=False).save(given.folder / f"{name}.svg")
        value = found.dimension()
        sys.stdout.write(f"{name:10} {found}; dimension {value.value:.2f} (flips {value.flips:.2f}), paper {stated}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
