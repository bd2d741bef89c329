"""The fused multiply-add on arrays: rounded once, against fractions and, where Python has it, its own."""

import math
from fractions import Fraction

import numpy as np
import pytest

from chainrule.engines.fma import fma
from chainrule.numbers.operations import fma as exactly

EDGES = [
    0.0, -0.0, 5e-324, -5e-324, 2.0**-1022, 1e-310, 1.0, -1.0, 1 + 2.0**-52, 1 - 2.0**-53, 0.1, 3.0, 1e16, 2.0**996,
    1.7976931348623157e308, -1.7976931348623157e308, math.inf, -math.inf, math.nan, 2.0**-537, 2.0**-500, 1e154,
]  # fmt: skip
EDGES32 = [
    0.0, -0.0, 2.0**-149, -(2.0**-149), 2.0**-126, 1e-40, 1.0, -1.0, 1 + 2.0**-23, 1 - 2.0**-24, 0.1, 3.0, 2.0**64,
    3.4028234663852886e38, -3.4028234663852886e38, math.inf, -math.inf, math.nan, 2.0**-75, 4097.0,
]  # fmt: skip


def nearest32(value: Fraction) -> np.float32:
    """A fraction, rounded once to float32, by looking at the neighbours."""
    guess = np.float32(float(value))
    with np.errstate(all="ignore"):
        around = [np.nextafter(guess, np.float32(-np.inf)), guess, np.nextafter(guess, np.float32(np.inf))]
    finite = [one for one in around if np.isfinite(one)]
    return min(finite, key=lambda one: (abs(Fraction(float(one)) - value), int(one.view(np.int32)) & 1))


def same(got: np.ndarray, wanted: np.ndarray) -> bool:
    bits = f"i{got.itemsize}"
    return bool(((got.view(bits) == wanted.view(bits)) | np.isnan(got) & np.isnan(wanted)).all())


def triples(format: type, count: int) -> list[np.ndarray]:
    """Numbers of all sizes, many of them such that the sum nearly cancels or is nearly halfway."""
    draw = np.random.default_rng(1)
    top = 60 if format is np.float32 else 500
    a, b, c = (draw.normal(size=count) * 2.0 ** draw.integers(-top, top, count) for _ in range(3))
    near = draw.random(count) < 0.6
    with np.errstate(all="ignore"):
        c = np.where(near, -a * b * (1 + draw.integers(-3, 4, count) * 2.0 ** draw.integers(-60, 30, count)), c)
        few = draw.random(count) < 0.5  # few bits: exact halves and exact zeros are frequent
        a, b = np.where(few, np.round(a / 2.0**40) * 2.0**40, a), np.where(few, draw.integers(-9, 10, count) * 1.0, b)
        return [one.astype(format) for one in (a, b, c)]


def test_float64_is_rounded_once() -> None:
    a, b, c = triples(np.float64, 20_000)
    got = fma(a, b, c, np.empty(len(a)))
    own = getattr(math, "fma", None)
    for x, y, z, value in zip(a.tolist(), b.tolist(), c.tolist(), got.tolist(), strict=True):
        assert value == exactly(x, y, z)
        assert own is None or value == own(x, y, z)
    assert (got != a * b + c).mean() > 0.05


def test_float32_is_rounded_once() -> None:
    a, b, c = triples(np.float32, 20_000)
    got = fma(a, b, c, np.empty(len(a), np.float32))
    with np.errstate(all="ignore"):
        twice = (a.astype(float) * b + c).astype(np.float32)
    finite = np.isfinite(got)
    assert finite.mean() > 0.9
    for x, y, z, value in zip(a[finite], b[finite], c[finite], got[finite], strict=True):
        exact = Fraction(float(x)) * Fraction(float(y)) + Fraction(float(z))
        assert value == nearest32(exact)
    assert (got != a * b + c).mean() > 0.05
    assert same(got[~finite], twice[~finite])


def test_rounding_by_way_of_float64_would_be_wrong_and_is_not_done() -> None:
    a, b = np.float32(1 + 2.0**-12), np.float32(1 + 2.0**-12)  # 1 + 2⁻¹¹ + 2⁻²⁴: exactly halfway between two float32
    for c, up in ((2.0**-80, True), (-(2.0**-80), False)):
        got = fma(a, b, np.float32(c), np.empty((), np.float32)).item()
        assert got == 1 + 2.0**-11 + (2.0**-23 if up else 0.0)
    assert np.float32(float(a) * float(b) + 2.0**-80) != np.float32(1 + 2.0**-11 + 2.0**-23)


@pytest.mark.parametrize(("format", "edges"), [(np.float64, EDGES), (np.float32, EDGES32)])
def test_the_ends_of_the_format(format: type, edges: list[float]) -> None:
    a, b, c = (one.ravel().astype(format) for one in np.meshgrid(edges, edges, edges))
    got = fma(a, b, c, np.empty(len(a), format))
    for x, y, z, value in zip(a.tolist(), b.tolist(), c.tolist(), got.tolist(), strict=True):
        wanted = exactly(x, y, z)
        if format is np.float32 and math.isfinite(wanted):
            exact = Fraction(x) * Fraction(y) + Fraction(z)
            limit = Fraction(2) ** 128 * (1 - Fraction(1, 2**25))
            if abs(exact) >= limit:
                wanted = math.copysign(math.inf, exact)
            elif exact:
                wanted = math.copysign(float(nearest32(exact)), exact)
        assert repr(value) == repr(wanted), (x, y, z)


def test_shapes_are_broadcast() -> None:
    a, b, c = np.arange(6.0).reshape(2, 3, 1), np.arange(4.0), np.array(0.5)
    assert fma(a, b, c, np.empty((2, 3, 4))).tolist() == (a * b + c).tolist()
