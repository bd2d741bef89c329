"""Derives the coefficients of the elementary functions and measures their errors, both against mpmath.

    python scripts/elementary.py coefficients     writes src/chainrule/numbers/coefficients.py
    python scripts/elementary.py table            writes docs/reference/elementary.md (about ten minutes)

A polynomial is the interpolant at Chebyshev nodes, computed with 200 bits: within a factor of three of the best one of
its degree. Constants of which a program needs more than 53 bits are cut into words, each the next bits of the number.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mp, mpf

from chainrule.numbers.functions import PROGRAMS, ULPS

ROOT = Path(__file__).resolve().parent.parent
BITS = 200

Real = Any  # mpmath has no types


# Coefficients


@dataclass(frozen=True)
class Format:
    """A floating-point format: its bits, and of the constants what has to be chosen for it."""

    name: str
    bits: int
    ln2_bits: int  # of the first word of log 2: its product with an exponent is exact
    half_pi_bits: tuple[int, ...]  # of all words of ½π but the last: their products with a number of quarters are exact
    trigonometric_range: float
    reach: str  # of r after the turn; above ¼π by the rounding of the number of quarters
    exp_ends: tuple[float, float]
    degrees: dict[str, int]

    def number(self, value: Real) -> float:
        """The nearest number of the format; all here are of normal size."""
        with mp.workprec(self.bits):
            return float(+mpf(value))


DOUBLE = Format(
    "DOUBLE", 53, 32, (26, 26, 26), 1e8, "0.7854", (710.5, -747.0),
    {"exp": 10, "sinh": 7, "log": 7, "log_long": 8, "sin": 6, "cos": 5, "arctan": 11, "erf": 10, "erfc": 15},
)  # fmt: skip
SINGLE = Format(
    "SINGLE", 24, 16, (11, 11, 11, 11), 1e4, "0.7867", (89.5, -105.0),
    {"exp": 4, "sinh": 3, "log": 3, "log_long": 4, "sin": 3, "cos": 2, "arctan": 5, "erf": 5, "erfc": 7},
)  # fmt: skip


def interpolant(
    format: Format, function: Callable[[Real], Real], low: Real, high: Real, degree: int
) -> tuple[float, ...]:
    """The coefficients c₀, c₁, … of the polynomial that meets the function at the Chebyshev nodes of [low, high]."""
    low, high = mpf(low), mpf(high)
    count = degree + 1
    nodes = [
        (low + high) / 2 + (high - low) / 2 * mpmath.cos((2 * k + 1) * mpmath.pi / (2 * count)) for k in range(count)
    ]
    powers = mpmath.matrix(count, count)
    for row, node in enumerate(nodes):
        for column in range(count):
            powers[row, column] = node**column
    return tuple(map(format.number, mpmath.lu_solve(powers, mpmath.matrix([function(node) for node in nodes]))))


def words(format: Format, value: Real, *bits: int) -> tuple[float, ...]:
    """The number as a sum of numbers of the format, the first with so many bits each, the last rounded."""
    parts: list[float] = []
    rest = value
    for count in bits:
        unit = mpf(2) ** (mpmath.floor(mpmath.log(abs(rest), 2)) + 1 - count)
        parts.append(float(mpmath.floor(rest / unit) * unit))
        rest = rest - parts[-1]
    return (*parts, format.number(rest))


def series(term: Callable[[int], Real], z: Real) -> Real:
    """Σ term(k)·zᵏ, for |z| < 1."""
    return mpmath.fsum(term(k) * mpf(z) ** k for k in range(160))


def exp_tail(r: Real) -> Real:
    return series(lambda k: 1 / mpmath.factorial(k + 2), r)


def log_tail(z: Real) -> Real:
    return series(lambda k: mpf(2) / (2 * k + 3), z)


def log_long_tail(z: Real) -> Real:
    return series(lambda k: mpf(2) / (2 * k + 5), z)


def sinh_tail(z: Real) -> Real:
    return series(lambda k: 1 / mpmath.factorial(2 * k + 3), z)


def sin_tail(z: Real) -> Real:
    return series(lambda k: mpf(-1) ** (k + 1) / mpmath.factorial(2 * k + 3), z)


def cos_tail(z: Real) -> Real:
    return series(lambda k: mpf(-1) ** k / mpmath.factorial(2 * k + 4), z)


def arctan_tail(z: Real) -> Real:
    return series(lambda k: mpf(-1) ** (k + 1) / (2 * k + 3), z)


def erf_near(z: Real) -> Real:
    return series(lambda k: 2 / mpmath.sqrt(mpmath.pi) * mpf(-1) ** k / (mpmath.factorial(k) * (2 * k + 1)), z) - 1


def erf_far(t: Real) -> Real:
    x = 3 * (1 + t) / (1 - t)
    return mpmath.exp(x * x) * mpmath.erfc(x)


def constants(format: Format) -> dict[str, tuple[str, float | tuple[Any, ...]]]:
    """Name → what it is, and its value: a float or a tuple of floats (or of tuples)."""
    square = (3 - 2 * mpmath.sqrt(2)) ** 2  # of s = (f − 1)/(f + 1) at f = √2
    reach, quarters, bits = mpf(format.reach), "½π in words of ", format.bits
    log_2, two_thirds = words(format, mpmath.log(2), format.ln2_bits), words(format, mpf(2) / 3, bits)
    bases = tuple(
        (format.number(mpf(start)), c, *words(format, mpmath.atan(c), bits))
        for start, c in (("0.4", 0.5), ("0.7", 1.0), ("1.4", 2.0), ("2.5", math.inf))
    )
    quarters += ", ".join(map(str, format.half_pi_bits)) + f" and {bits} bits"

    def fit(function: Callable[[Real], Real], low: Real, high: Real, of: str) -> tuple[float, ...]:
        return interpolant(format, function, low, high, format.degrees[of])

    return {
        "log2_e": ("1/log 2", format.number(1 / mpmath.log(2))),
        "ones": ("beside it a sum is an integer", 1.5 * 2.0 ** (bits - 1)),
        "ln2_high": (f"log 2, its first {format.ln2_bits} bits", log_2[0]),
        "ln2_low": ("log 2, the rest", log_2[1]),
        "sqrt_half": ("√½", format.number(mpmath.sqrt(mpf(1) / 2))),
        "two_thirds_high": (f"⅔, its first {bits} bits", two_thirds[0]),
        "two_thirds_halves": ("those bits in two halves", words(format, mpf(two_thirds[0]), -(-bits // 2))),
        "two_thirds_low": ("⅔, the rest", two_thirds[1]),
        "two_over_pi": ("2/π", format.number(2 / mpmath.pi)),
        "half_pi_words": (quarters, words(format, mpmath.pi / 2, *format.half_pi_bits)),
        "trigonometric_range": ("sin and cos keep their error up to this size", format.trigonometric_range),
        "reach": ("r after the turn is at most", format.number(reach)),
        "arctan_bases": ("from this size of x on: c, and arctan c in two words", bases),
        "exp_highest": ("above it eˣ and eˣ/2 are ∞", format.exp_ends[0]),
        "exp_lowest": ("below it eˣ and eˣ/2 are 0", format.exp_ends[1]),
        "splitter": ("times this, less that product: half the bits", 2.0 ** -(-bits // 2) + 1.0),
        "exp_tail": ("(eʳ − 1 − r)/r² in r, |r| ≤ 0.3467", fit(exp_tail, "-0.3467", "0.3467", "exp")),
        "sinh_tail": ("(sinh x − x)/x³ in x², |x| ≤ 1", fit(sinh_tail, 0, 1, "sinh")),
        "log_tail": ("2(artanh s − s)/s³ in s², s ≤ 3 − 2√2", fit(log_tail, 0, square, "log")),
        "log_long_tail": ("2(artanh s − s − s³/3)/s⁵ in s²", fit(log_long_tail, 0, square, "log_long")),
        "sin_tail": (f"(sin r − r)/r³ in r², |r| ≤ {reach}", fit(sin_tail, 0, reach**2, "sin")),
        "cos_tail": (f"(cos r − 1 + r²/2)/r⁴ in r², |r| ≤ {reach}", fit(cos_tail, 0, reach**2, "cos")),
        "arctan_tail": ("(arctan u − u)/u³ in u², |u| ≤ 0.4", fit(arctan_tail, 0, mpf("0.1601"), "arctan")),
        "erf_near": ("erf x/x − 1 in x², |x| ≤ 0.875", fit(erf_near, 0, mpf("0.766"), "erf")),
        "erf_far": ("e^(x²)·erfc x in (x − 3)/(x + 3), 0.875 ≤ x ≤ 6", fit(erf_far, mpf(-17) / 31, mpf(1) / 3, "erfc")),
    }


def coefficients_file() -> str:
    """The text of coefficients.py."""
    lines = [
        '"""The constants of the elementary functions, as exact hexadecimal floats: generated, do not edit.',
        "",
        "Made by ``python scripts/elementary.py coefficients``, which says how; the errors they lead to are in",
        "docs/reference/elementary.md.",
        '"""',
        "",
        "from math import inf",
        "",
        "from chainrule.numbers.constants import Constants",
        "",
        "hexadecimal = float.fromhex",
    ]
    for format in (DOUBLE, SINGLE):
        lines += ["", f"{format.name} = Constants("]
        for name, (meaning, value) in constants(format).items():
            lines.append(f"    # {meaning}")
            if isinstance(value, tuple):
                lines += [f"    {name}=(", *(f"        {written(item)}," for item in value), "    ),"]
            else:
                lines.append(f"    {name}={written(value)},")
        lines.append(")")
    return "\n".join(lines) + "\n"


def written(value: float | tuple[Any, ...]) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(map(written, value)) + ")"
    if value == math.inf or value * 10 == round(value * 10):
        return repr(value)
    mantissa, _, exponent = value.hex().partition("p")
    return f'hexadecimal("{mantissa.rstrip("0").rstrip(".")}p{exponent}")'


# Errors


@dataclass(frozen=True)
class Case:
    """A function on a range: where its points are drawn, and the promised worst error in units of the last place."""

    name: str
    low: float
    high: float
    wide: bool = False  # sizes spread evenly over the exponents, both signs where low < 0
    second: tuple[float, float] | None = None  # the range of a second argument

    @property
    def range(self) -> str:
        text = f"\\|x\\| ≤ {self.high:g}" if self.low == -self.high else f"{self.low:g} ≤ x ≤ {self.high:g}"
        return text + (f", {self.second[0]:g} ≤ y ≤ {self.second[1]:g}" if self.second else "")


CASES = (
    Case("exp", -745.5, 709.9),
    Case("exp", -1.0, 1.0, wide=True),
    Case("expm1", -40.0, 709.5),
    Case("expm1", -2.0, 2.0, wide=True),
    Case("log", 5e-324, 1.7e308, wide=True),
    Case("log", 0.5, 2.0),
    Case("log1p", -0.999999, 3.0),
    Case("log1p", -0.5, 1e300, wide=True),
    Case("sigmoid", -745.5, 40.0),
    Case("sigmoid", -10.0, 10.0),
    Case("softplus", -745.5, 800.0),
    Case("softplus", -10.0, 10.0),
    Case("tanh", -20.0, 20.0),
    Case("tanh", -1.0, 1.0),
    Case("tanh", -0.6, 0.6, wide=True),
    Case("sinh", -710.4, 710.4),
    Case("sinh", -2.0, 2.0, wide=True),
    Case("cosh", -710.4, 710.4),
    Case("cosh", -2.0, 2.0, wide=True),
    Case("sin", -10.0, 10.0),
    Case("sin", -1e5, 1e5),
    Case("sin", -1e8, 1e8, wide=True),
    Case("cos", -10.0, 10.0),
    Case("cos", -1e5, 1e5),
    Case("cos", -1e8, 1e8, wide=True),
    Case("arctan", -4.0, 4.0),
    Case("arctan", -1e300, 1e300, wide=True),
    Case("asinh", -4.0, 4.0),
    Case("asinh", -1.7e308, 1.7e308, wide=True),
    Case("power", 0.5, 2.0, second=(-1000.0, 1000.0)),
    Case("power", 1e-300, 1e300, wide=True, second=(-5.0, 5.0)),
    Case("sqrt", 5e-324, 1.7e308, wide=True),
)

MEASURED = [name for name, ulps in ULPS.items() if ulps]
"""The functions that are rounded."""

CASES += tuple(
    Case(name, -size, size, wide)
    for name in MEASURED if name not in {case.name for case in CASES}
    for size, wide in ((4.0, False), (1.7e308, True))
)  # fmt: skip

NAMES = {"arctan": "atan"}
"""What mpmath calls them otherwise."""

MADE: dict[str, Callable[..., Real]] = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
}

TRUE: dict[str, Callable[..., Real]] = {
    name: MADE[name] if name in MADE else getattr(mpmath, NAMES.get(name, name)) for name in MEASURED
}
"""The true values, by mpmath."""


def points(case: Case, count: int, seed: int) -> Iterator[tuple[float, ...]]:
    """Random arguments in the range of a case, and the neighbours of its ends and of every joint inside."""
    draw = random.Random(seed)  # noqa: S311 - a test, not a secret
    for joint in (case.low, case.high, *JOINTS.get(case.name, ())):
        near = [joint]
        for _ in range(3):
            near = [math.nextafter(near[0], -math.inf), *near, math.nextafter(near[-1], math.inf)]
        for x in near:
            if case.low <= x <= case.high:
                yield (x, *(draw.uniform(*case.second),)) if case.second else (x,)
    for _ in range(count):
        x = draw.uniform(case.low, case.high)
        if case.wide:
            least = math.log(case.low) if case.low > 0 else -40.0
            x = max(min(math.exp(draw.uniform(least, math.log(case.high))), case.high), 5e-324)
            x = max(-x, case.low) if case.low < 0 and draw.random() < 0.5 else x
        yield (x, draw.uniform(*case.second)) if case.second else (x,)


HALF_LOG_2 = math.log(2) / 2
EIGHTHS = tuple(k * math.pi / 4 for k in range(-8, 9))
JOINTS: dict[str, Sequence[float]] = {
    "exp": (0.0, HALF_LOG_2, -HALF_LOG_2, 3 * HALF_LOG_2, -708.3964, 709.782712893384),
    "expm1": (0.0, HALF_LOG_2, -HALF_LOG_2, 3 * HALF_LOG_2, 40.0),
    "log": (1.0, math.sqrt(0.5), math.sqrt(2.0), 2.2250738585072014e-308),
    "log1p": (0.0, math.sqrt(0.5) - 1, math.sqrt(2.0) - 1),
    "sigmoid": (0.0, HALF_LOG_2, -HALF_LOG_2, -708.3964),
    "softplus": (0.0, HALF_LOG_2, -HALF_LOG_2, -708.3964),
    "tanh": (0.0, HALF_LOG_2 / 2, -HALF_LOG_2 / 2, 3 * HALF_LOG_2 / 2, 19.0, 20.0),
    "sinh": (0.0, 1.0, -1.0),
    "cosh": (0.0, 1.0),
    "sin": (*EIGHTHS, 355.0, 103993.0, 710.0),
    "cos": (*EIGHTHS, 355.0 / 2, 103993.0 / 2, 710.0),
    "arctan": (0.0, 0.4, 0.7, 1.4, 2.5, 0.5, 1.0, 2.0),
    "asinh": (0.0, 2.0**-27, math.sqrt(0.125), 0.75, 2.0**28),
    "power": (1.0, math.sqrt(0.5), math.sqrt(2.0)),
    "erf": (0.0, 0.875, 6.0),
}


def ulps(got: float, true: Real) -> float:
    """How far a result is from the true value, in units of the last place of the true value."""
    if not true or math.isinf(got):
        overflows = abs(true) >= mpf(2) ** 1024 * (1 - mpf(2) ** -54)
        return 0.0 if float(true) == got or overflows else math.inf
    unit = mpf(2) ** max(int(mpmath.floor(mpmath.log(abs(true), 2))) - 52, -1074)
    return float(abs(mpf(got) - true) / unit)


def worst(program: Callable[..., float], case: Case, count: int, seed: int = 0) -> tuple[float, tuple[float, ...], int]:
    """(worst error in ulps, where, number of points) of a program on floats."""
    error, where, total = 0.0, (), 0
    with mp.workprec(BITS):
        for arguments in points(case, count, seed):
            true = TRUE[case.name](*map(mpf, arguments))
            total += 1
            if (found := ulps(program(*arguments), true)) >= error:
                error, where = found, arguments
    return error, where, total


def table(count: int) -> str:
    """The page of the worst errors found."""
    from functools import partial

    from chainrule.numbers.operations import FLOAT, FUSED_FLOAT

    rows = []
    for case in CASES:
        error, where, total = worst(partial(PROGRAMS[case.name], FLOAT), case, count)
        fused = worst(partial(PROGRAMS[case.name], FUSED_FLOAT), case, count // 20)[0]
        place = ", ".join(repr(x) for x in where)
        numbers = f"{total:,} | {error:.3f} | {ULPS[case.name]:g} | {place} | {fused:.3f}"
        rows.append(f"| `{case.name}` | {case.range} | {numbers} |")
        sys.stderr.write(rows[-1] + "\n")
    return PAGE.replace("TABLE", "\n".join(rows))


PAGE = """# The elementary functions and their errors

chainrule computes `exp`, `tanh` and the others itself, from nine operations that every machine rounds in the same
way: + − × ÷ √, floor, select on a comparison, scale by a power of two, split into fraction and exponent. So Python,
NumPy, compiled code and a browser give the same bits.

```python
>>> from chainrule.numbers.elementary import exp, tanh
>>> from chainrule.numbers.operations import FLOAT
>>> exp(FLOAT, 1.0), tanh(FLOAT, 0.5)
(2.718281828459045, 0.46211715726000974)

```

The errors are the worst found at random points and beside every end and joint, in units of the last place (ulp) of
the true value, which mpmath computes with 200 bits. They are measured, not proved; the tests fail when one is above
what is promised. Overflow gives ∞, underflow is gradual.

| function | range | points | worst ulp | promised | at | worst in `fused` |
| --- | --- | --- | --- | --- | --- | --- |
TABLE

* In [`fused` numerics](engines.md#what-fused-means) the polynomials inside the functions are made of fused
  multiply-adds; the promise is the same, and was held to at a twentieth of the points.
* `sin` and `cos` keep this error for |x| ≤ 10⁸ (`TRIGONOMETRIC_RANGE`). Beyond, the error is about the distance of x
  to the next float, so from about 10¹⁶ on no digit is right. The bits are still the same everywhere, and the result is
  still in [−1, 1].
* An integer power is a product in a fixed order: the bits of |n| from the second highest down, square, and multiply by
  x where the bit is 1. Its error grows with n, by about half a unit for each factor. A negative one is 1 divided by
  it, so it is 0 where xⁿ overflows.
* `abs`, `sign`, `floor`, `relu`, `max` and `min` are exact. At 0, `abs` and `relu` give +0; `max` and `min` of equal
  numbers give the first.
* NaN in gives NaN out. `power` is NaN for x < 0 unless y is an integer; x⁰ = 1ʸ = 1.

Written by `python scripts/elementary.py table`.
"""


def main(task: str = "", count: str = "100000") -> int:
    mp.prec = BITS
    if task == "coefficients":
        (ROOT / "src/chainrule/numbers/coefficients.py").write_text(coefficients_file(), encoding="utf-8")
    elif task == "table":
        page = table(int(count))
        (ROOT / "docs/reference/elementary.md").write_text(page, encoding="utf-8")
    else:
        sys.stderr.write(__doc__ or "")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
