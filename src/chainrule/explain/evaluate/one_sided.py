"""Numbers that know to which side they move: forward mode with one-sided rules, by complex numbers.

A number x + i·h·t with h = 10⁻³⁰ is x, on its way with speed t. Where an equation has a kink or a step, a complex
step by the real part alone takes what the rule of the gradient takes; here two numbers that are equal are told apart
by their speeds. So relu(0 + i·h·t) is what relu is just beside 0 on the side to which t leads, [u > 0] is 1 where u =
0 grows, and of a tie the one that grows fastest is the largest. What comes out is the value just
beside a point, and the rate to there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from chainrule.explain.evaluate.equations import NUMBERS, Values, complex_of
from chainrule.expr.nodes import Comparison

SPECK = 1e-50
"""What is left of a number by the squares of h: nothing, beside the numbers of any network."""


def above(u: Values, v: Values | float = 0.0) -> Values:
    """Whether u is larger than v just beside. A product of two speeds is h² and moves a 0 by a speck: that is a tie."""
    apart = np.real(u) - np.real(v)
    same = (np.real(u) == np.real(v)) | (np.abs(apart) < SPECK)
    return np.asarray((~same & (np.real(u) > np.real(v))) | (same & (np.imag(u) > np.imag(v))))


def _sign(u: Values) -> Values:
    return above(u) * 1.0 - above(-u)


def _floor(u: Values) -> Values:
    real = np.where(np.abs(u.real) < SPECK, 0.0, u.real)
    whole = np.floor(real)
    return np.asarray(np.where((whole == real) & (u.imag < 0), whole - 1, whole) + 0j)


def _sqrt(u: Values) -> Values:
    """√(t²·h²·i²) is |t|·h·i: the length of a vector that is 0 grows to every side."""
    speck = (np.abs(u.real) < SPECK) & (u.real <= 0) & (np.abs(u.imag) < SPECK)
    return np.asarray(np.where(speck, complex_of(0 * u.real, np.sqrt(np.abs(u.real))), np.sqrt(u)))


def extreme(reduction: str, values: Values) -> Values:
    """The largest or the smallest along the last axis; of a tie, the one that is so just beside."""
    if not np.iscomplexobj(values):
        return np.asarray((np.maximum if reduction == "max" else np.minimum).reduce(values, axis=-1))
    sign = 1 if reduction == "max" else -1
    real = sign * values.real
    top = np.maximum.reduce(real, axis=-1)
    tied = (real == top[..., None]) | (top[..., None] - real < SPECK)
    speed = np.maximum.reduce(np.where(tied, sign * values.imag, -np.inf), axis=-1)
    return complex_of(sign * top, sign * np.where(np.isfinite(speed), speed, 0.0))


_FUNCTIONS: Mapping[str, Callable[..., Values]] = {
    "relu": lambda u: np.where(above(u), u, 0 * u),
    "abs": lambda u: np.where(above(-u), -u, u),
    "sign": _sign,
    "floor": lambda u: _floor(np.asarray(u, dtype=np.complex128)),
    "sqrt": lambda u: _sqrt(np.asarray(u, dtype=np.complex128)),
    "max": lambda *two: extreme("max", np.stack(np.broadcast_arrays(*two), axis=-1)),
    "min": lambda *two: extreme("min", np.stack(np.broadcast_arrays(*two), axis=-1)),
}


def _call(name: str, values: tuple[Values, ...]) -> Values:
    return np.asarray(_FUNCTIONS[name](*values)) if name in _FUNCTIONS else NUMBERS.call(name, values)


def _power(base: Values, exponent: Values, exact: Fraction | None) -> Values:
    return _call("sqrt", (base,)) if exact == Fraction(1, 2) else NUMBERS.power(base, exponent, exact)


def _holds(comparison: Comparison, a: Values, b: Values) -> Values:
    more, less = above(a, b), above(b, a)
    found = {
        ">": more, "<": less, ">=": ~less, "<=": ~more, "==": ~(more | less), "!=": more | less,
    }[comparison]  # fmt: skip
    unknown = np.isnan(np.real(a)) | np.isnan(np.real(b))
    return np.asarray(np.where(unknown, NUMBERS.holds(comparison, a, b), found * 1.0))


SIDED = replace(
    NUMBERS, call=_call, power=_power, holds=_holds,
    extreme=lambda reduction, values: extreme(reduction, np.stack(np.broadcast_arrays(*values), axis=-1)),
)  # fmt: skip
"""Complex numbers that are told apart by their speeds where their real parts are equal."""
