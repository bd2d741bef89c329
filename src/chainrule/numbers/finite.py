"""Floats of which no operation may leave the finite numbers: where one does, the whole computation has no value.

``atan(w/0)`` is π/2 by way of ∞, which is no number that a rule of differentiation speaks of.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from chainrule.numbers.kinds import Floats


class NotFinite(ArithmeticError):
    """An operation gave ∞ or no number."""


class Finite(Floats):
    """Floats that raise NotFinite instead of being ∞ or no number."""

    def _checked(self, value: float) -> float:
        if not math.isfinite(value):
            raise NotFinite
        return value

    def given(self, value: object, /) -> float:
        return self._checked(super().given(value))

    def add(self, a: float, b: float, /) -> float:
        return self._checked(a + b)

    def multiply(self, a: float, b: float, /) -> float:
        return self._checked(a * b)

    def divide(self, a: float, b: float, /) -> float:
        return self._checked(super().divide(a, b))

    def integer_power(self, a: float, n: int, /) -> float:
        return self._checked(super().integer_power(a, n))

    def power(self, a: float, b: float, /) -> float:
        return self._checked(super().power(a, b))

    def call(self, function: str, arguments: Sequence[float], /) -> float:
        return self._checked(super().call(function, arguments))

    def logsumexp(self, values: Sequence[float], /) -> float:
        return self._checked(super().logsumexp(values))


FINITE = Finite()
