"""The text of a kernel that computes each machine operation once on given numbers, and counts as far as it may.

Buffers: 0 the call (how many numbers), 1 to 3 the operands, 4 the results (operation by operation), 5 ``zeros``, 6 how
far a loop counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.code.spelling import filled
from chainrule.code.wgsl.arithmetic import Modes, arithmetic
from chainrule.code.wgsl.table import WGSL

COUNTED = 200_000
"""Turns that a loop is asked for: a driver that ends loops early ended them after 65,535."""

TRIED: Mapping[str, tuple[str, str, str]] = {
    "x + y": ("add", "x", "y"),
    "x - y": ("subtract", "x", "y"),
    "x * y": ("multiply", "x", "y"),
    "x / y": ("divide", "x", "y"),
    "sqrt(x)": ("sqrt", "x", ""),
    "floor(x)": ("floor", "x", ""),
    "-x": ("negative", "x", ""),
    "the fraction of x": ("fraction", "x", ""),
    "the exponent of x": ("exponent", "x", ""),
}
"""What is computed, and of which operation and operands it is made."""

MIXED = {
    "x * y + z": "sum(product(x, y), z)",
    "(x + y) - x": "difference(sum(x, y), x)",
    "x - (x - y)": "difference(x, difference(x, y))",
    "z - x * y": "difference(z, product(x, y))",
    "-(x * y) + z": "sum(negative(product(x, y)), z)",
    "x * 0": "product(x, nought)",
    "[x < y]": "select(nought, 0x1p+0f, less(x, y))",
    "[x = x]": "select(nought, 0x1p+0f, equal(x, x))",
    "[x is infinite or NaN]": "select(nought, 0x1p+0f, odd(x))",
}
"""What compilers have been seen to change."""

ROWS = (*TRIED, *MIXED)
"""The operations, in the order of the results."""

HEAD = """\
struct Call { count: u32 };
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> xs: array<f32>;
@group(0) @binding(2) var<storage, read> ys: array<f32>;
@group(0) @binding(3) var<storage, read> zs: array<f32>;
@group(0) @binding(4) var<storage, read_write> found: array<f32>;
@group(0) @binding(5) var<storage, read> zeros: array<u32>;
@group(0) @binding(6) var<storage, read_write> counted: array<u32>;
"""


def probe(modes: Modes) -> str:
    """The text of the kernel."""
    lines = [HEAD + arithmetic(modes), "@compute @workgroup_size(64)"]
    lines.append("fn tried(@builtin(global_invocation_id) id: vec3<u32>) {")
    lines += ["  let k = id.x;", "  if (k >= call.count) { return; }", "  begin_numbers();"]
    lines += ["  let x = xs[k];", "  let y = ys[k];", "  let z = zs[k];"]
    made = [filled(WGSL.operations[one].text, first, second) for one, first, second in TRIED.values()]
    for number, text in enumerate((*made, *MIXED.values())):
        lines.append(f"  found[{number}u * call.count + k] = {text};")
    lines += [
        "  if (k == 0u) {",
        "    var turns = 0u;",
        f"    for (var i = 0u; i < {COUNTED}u + zero; i++) {{ turns = turns + 1u + (bits_of(y) & zero); }}",
        "    counted[0] = turns;",
        "  }",
        "}",
    ]
    return "\n".join((*lines, ""))
