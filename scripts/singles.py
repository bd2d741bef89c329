"""Measures the elementary functions in float32, at every N-th float32, against NumPy's in float64.

    python scripts/singles.py [N]     writes docs/reference/elementary-float32.md (N = 1: every one, half an hour)

The programs are run as machine code, which tests hold to NumPy's bits. A function of NumPy in float64 is wrong by about
10⁻⁹ units of the last place of float32, which is nothing here. Of two arguments, the first is every
N-th number and the second is drawn.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.machine import FUSED_SINGLES
from chainrule.numbers.coefficients import SINGLE
from chainrule.numbers.functions import FUNCTIONS, PROGRAMS, ULPS
from chainrule.numbers.numerics import FUSED32

ROOT = Path(__file__).resolve().parent.parent
BLOCK = 2**16
"""So many numbers are looked at together: they stay in the processor's cache."""

Singles = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A function, where it is looked at, and its true values."""

    name: str
    range: str
    true: Callable[..., Doubles]
    most: float = np.inf  # the size of x up to which the error is promised
    second: tuple[float, float] | None = None


CASES = (
    Case("exp", "every x", np.exp),
    Case("expm1", "every x", np.expm1),
    Case("log", "every x", np.log),
    Case("log1p", "every x", np.log1p),
    Case("sigmoid", "every x", lambda x: 1 / (1 + np.exp(-x))),
    Case("softplus", "every x", lambda x: np.logaddexp(0.0, x)),
    Case("tanh", "every x", np.tanh),
    Case("sinh", "every x", np.sinh),
    Case("cosh", "every x", np.cosh),
    Case("sin", f"\\|x\\| ≤ {SINGLE.trigonometric_range:g}", np.sin, SINGLE.trigonometric_range),
    Case("cos", f"\\|x\\| ≤ {SINGLE.trigonometric_range:g}", np.cos, SINGLE.trigonometric_range),
    Case("arctan", "every x", np.arctan),
    Case("asinh", "every x", np.arcsinh),
    Case("power", "every x, -90 ≤ y ≤ 90", np.power, second=(-90.0, 90.0)),
    Case("sqrt", "every x", np.sqrt),
)
CASES += tuple(
    Case(name, "every x", np.vectorize(row.platform, otypes=[np.float64]))
    for name, row in FUNCTIONS.items() if row.ulps and name not in {case.name for case in CASES}
)  # fmt: skip


def compiled(name: str) -> Callable[..., Singles]:
    """A program as machine code, for whole blocks."""
    from chainrule.engines.native.machine import compiled as function_of
    from chainrule.engines.native.writer import Value, Writer
    from chainrule.tape.machine import Cell, TapeMachine
    from chainrule.tape.tape import Tape

    lanes, arity = 16, 2 if name in ("power", "max", "min") else 1
    tape, writer = Tape({}, {}, FUSED32), Writer(32)
    inputs = [tape.input(f"x{k}", (), steady=False) for k in range(arity)]
    result = PROGRAMS[name](TapeMachine(tape), *(Cell(tape, slot) for slot in inputs)).slot
    addresses = []
    for place in range(arity + 1):
        at = writer.put(f"getelementptr ptr, ptr %table, i64 {place}")
        addresses.append(writer.put(f"load ptr, ptr {at}"))
    count = writer.put("load i64, ptr %control")
    values: dict[int, Value] = {slot: writer.constant(float(value)) for slot, value in tape.constants.items()}
    with writer.loop(0, count, lanes) as place:
        for slot, address in zip(inputs, addresses[1:], strict=True):
            values[slot] = writer.load(address, place, 1, lanes)
        for line in tape.instructions:
            values[line.output] = writer.operation(line.operation, [values[slot] for slot in line.inputs], line.detail)
        writer.store(values[result], addresses[0], place, 1, lanes)
    writer.do("ret i64 0")
    head = [*sorted(writer.declared), "define i64 @advance(ptr %table, ptr %control) {", "entry:", *writer.entry]
    machine = function_of("\n".join([*head, *writer.lines, "}", ""]))

    def call(_: object, *arrays: Singles) -> Singles:
        size = len(arrays[0])
        padded = [np.zeros(-(-size // lanes) * lanes, np.float32) for _ in range(arity + 1)]
        for own, array in zip(padded[1:], arrays, strict=True):
            own[:size] = array
        table = np.array([own.ctypes.data for own in padded], np.uintp)
        control = np.array([len(padded[0])], np.int64)
        machine.advance(table.ctypes.data, control.ctypes.data)
        return padded[0][:size]

    return call


def ulps(got: Singles, true: Doubles) -> Doubles:
    """How far results are from the true values, in units of the last place of the true value."""
    unit = np.ldexp(1.0, np.maximum(np.frexp(true)[1] - 24, -149))
    away = np.abs(got.astype(np.float64) - true) / unit
    overflows = np.isinf(got) & (np.abs(true) >= 2.0**128 * (1 - 2.0**-25)) & (np.sign(got) == np.sign(true))
    both = np.isnan(got) & np.isnan(true)
    return np.where(both | overflows | (got == true), 0.0, np.where(np.isnan(away), np.inf, away))


def blocks(step: int) -> Iterator[Singles]:
    """Every so many-th bit pattern of float32: both signs, subnormals, infinities and NaN among them."""
    for start in range(0, 2**32, step * BLOCK):
        yield np.arange(start, min(start + step * BLOCK, 2**32), step, np.int64).astype(np.uint32).view(np.float32)


def worst(case: Case, step: int, program: Callable[..., Any] | None = None) -> tuple[float, tuple[float, ...], int]:
    """(worst error in ulps, where, number of points) of a program at every so many-th number."""
    program = program or PROGRAMS[case.name]
    error, where, total = -1.0, (), 0
    draw = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        for x in blocks(step):
            x = x if case.most == np.inf else x[np.abs(x) <= case.most]
            if not len(x):
                continue
            arguments = [x]
            if case.second:
                arguments.append(draw.uniform(*case.second, len(x)).astype(np.float32))
            true = case.true(*(one.astype(np.float64) for one in arguments))
            found = ulps(program(FUSED_SINGLES, *arguments), true)
            place = int(np.argmax(found))
            if found[place] > error:
                error, where = float(found[place]), tuple(float(one[place]) for one in arguments)
            total += len(x)
    return error, where, total


def table(step: int) -> str:
    """The page of the worst errors found."""
    rows = []
    for case in CASES:
        error, where, total = worst(case, step, compiled(case.name))
        place = ", ".join(repr(x) for x in where)
        rows.append(f"| `{case.name}` | {case.range} | {total:,} | {error:.3f} | {ULPS[case.name]:g} | {place} |")
        sys.stderr.write(rows[-1] + "\n")
    return PAGE.replace("TABLE", "\n".join(rows)).replace("EVERY", "every" if step == 1 else f"every {step:,}th")


PAGE = """# The elementary functions in float32

In float32, `exp`, `tanh` and the others are the programs of [the float64 ones](elementary.md) over the same nine
operations, with coefficients of their own and shorter polynomials: what is promised, in units of the last place (ulp)
of the true value, is the same.

```python
>>> import numpy as np
>>> from chainrule.engines.machine import FUSED_SINGLES
>>> from chainrule.numbers.elementary import exp, tanh
>>> exp(FUSED_SINGLES, np.array([1.0], np.float32)), tanh(FUSED_SINGLES, np.array([0.5], np.float32))
(array([2.7182817], dtype=float32), array([0.46211717], dtype=float32))

```

The errors are the worst at EVERY float32 of the range, subnormal numbers, infinities and NaN included, against NumPy's
functions in float64. (A NaN where the true value is none, or a wrong infinity, would count as an infinite error.)

| function | range | points | worst ulp | promised | at |
| --- | --- | --- | --- | --- | --- |
TABLE

`sin` and `cos` keep this error for |x| ≤ 10⁴; beyond, the digits are lost one by one, and the result stays in [−1, 1].
`abs`, `sign`, `floor`, `relu`, `max` and `min` are exact.

Written by `python scripts/singles.py`.
"""


def main(step: str = "1") -> int:
    page = table(int(step))
    (ROOT / "docs/reference/elementary-float32.md").write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
