"""The text of a kernel that computes each machine operation once on given numbers; buffers as in `code.wgsl.probe`."""

from __future__ import annotations

from chainrule.code.opencl.table import spelling
from chainrule.code.spelling import filled
from chainrule.code.wgsl.probe import ROWS, TRIED
from chainrule.numbers.numerics import Numerics

MIXED = {
    "x * y + z": "x * y + z",
    "(x + y) - x": "(x + y) - x",
    "x - (x - y)": "x - (x - y)",
    "z - x * y": "z - x * y",
    "-(x * y) + z": "-(x * y) + z",
    "x * 0": "x * (REAL)0",
    "[x < y]": "(REAL)(x < y)",
    "[x = x]": "(REAL)(x == x)",
    "[x is infinite or NaN]": "(REAL)odd(x)",
}
"""What a compiler might contract, or see through."""

ONCE = "fma(x, y, z)"
"""Rounded once: what fused numbers ask for besides."""

ALL = (*ROWS, ONCE)
"""The operations, in the order of the results."""

HEAD = """\
__kernel void tried(
  int count, int a, int b, int c, int d, __global const REAL *xs, __global const REAL *ys, __global const REAL *zs,
  __global REAL *found, __global const uint *zeros, __global uint *counted
) {
  int k = (int)get_global_id(0);
  if (k >= count) return;
  REAL x = xs[k], y = ys[k], z = zs[k];"""


def probe(numerics: Numerics, asked: int) -> str:
    """The text of the kernel; it says that its loops went as far as ``asked``."""
    table = spelling(numerics)
    made = [filled(table.operations[one].text, first, second) for one, first, second in TRIED.values()]
    lines = [f"  found[{number} * count + k] = {text};" for number, text in enumerate((*made, *MIXED.values(), ONCE))]
    counted = [f"  for (uint i = 0; k == 0 && i < {asked}u + zeros[0]; i++) counted[0] = i + 1;", "}", ""]
    return "\n".join((table.prelude + HEAD, *lines, *counted))
