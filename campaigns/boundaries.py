"""Boundaries of maps whose dimension or whose curve is known, at sizes that the suite has no time for.

    python3 dev.py campaign boundaries [CELLS]

And each row of the calibration of the counter of boxes. Prints each with what it should be; 1 if anything is off.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import chainrule as cr
from chainrule.maps.boxes import CALIBRATION

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.maps.test_boxes import row
from tests.maps.test_exact import one_point

CURVE, FRACTAL = 0.03, 0.02
"""How far the dimension of a curve may be from 1, and that of the fractal basin from 1.728."""


def main() -> int:
    """Count the boxes of known pictures, compute both maps, and compare."""
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    for name in CALIBRATION:
        row(name)
        print(f"{name}: {CALIBRATION[name][1]}, as it should be", flush=True)
    one_point(min(cells, 256))
    print("one point and no bend: no cell misplaced", flush=True)
    how = {"steps": 1000, "numerics": "fused"}
    axes = {"x": f"linear(-6, 6, {cells})", "y": f"linear(-6, 6, {cells})"}
    found = cr.example("trainability/product").map(axes, **how)
    x, y = np.meshgrid(*(axis.values for axis in found.plan.axes), indexing="ij")
    wrong = int(((found.status == 3) != (x**2 + y**2 - 0.2 * x * y > 4 / 0.2 - 0.2)).sum())
    curve = found.dimension()
    said = f"cells {curve.cells:.4f}, flips {curve.flips:.4f}; should be 1"
    print(f"product: {curve}, {said}; {wrong} cells of {found.status.size} misplaced")
    axes = {"x": f"linear(3, 3.4, {cells})", "y": f"linear(0.1, 0.5, {cells})"}
    fractal = cr.example("trainability/edge").map(axes, **how).dimension()
    print(f"edge: {fractal}, cells {fractal.cells:.4f}, flips {fractal.flips:.4f}; should be 1.728")
    off = max(abs(curve.flips - 1) / CURVE, abs(fractal.flips - 1.728) / FRACTAL, abs(fractal.cells - 1.728) / FRACTAL)
    return int(wrong > 0 or off > 1)


if __name__ == "__main__":
    raise SystemExit(main())
