"""Numbers of which each operation moves the last bit: computed so a few times, a value shows how many digits it has.

Where 1 − h² is computed beside h = 1, its first digits change, and nothing can be concluded from them. The move depends
on the number alone, so that what is equal stays equal.

Source: J. Vignes, A stochastic arithmetic for reliable scientific computation, Math. Comput. Simul. 35 (1993) 233-261.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chainrule.numbers.kinds import Floats

LAST_BIT = 2.0**-52

TURNS, MARGIN = 4, 8.0
"""So many times a value is computed, and so many times its largest change is what rounding may do to it."""


class Rounded(Floats):
    """Floats whose last bit moves; another ``turn`` moves others."""

    def __init__(self, turn: int) -> None:
        self.turn = turn

    def moved(self, value: float) -> float:
        """A number with its last bit moved, up or down."""
        return value * (1.0 + (LAST_BIT if hash((value, self.turn)) & 4 else -LAST_BIT))

    def given(self, value: object, /) -> float:
        return self.moved(super().given(value))

    def add(self, a: float, b: float, /) -> float:
        return self.moved(a + b)

    def multiply(self, a: float, b: float, /) -> float:
        return self.moved(a * b)

    def divide(self, a: float, b: float, /) -> float:
        return self.moved(super().divide(a, b))

    def integer_power(self, a: float, n: int, /) -> float:
        return self.moved(super().integer_power(a, n))

    def power(self, a: float, b: float, /) -> float:
        return self.moved(super().power(a, b))

    def call(self, function: str, arguments: Sequence[float], /) -> float:
        return self.moved(super().call(function, arguments))

    def logsumexp(self, values: Sequence[float], /) -> float:
        return self.moved(super().logsumexp(values))


def rounding(value: Callable[[Floats, Mapping[str, Any]], float], values: Mapping[str, Any]) -> float:
    """How much rounding may do to a value that is computed by a kind of numbers from named values.

    Of a value that is not finite that is not known, and 0 is given: it excuses nothing.

    >>> rounding(lambda kind, values: kind.add(1.0, -kind.multiply(values["h"], values["h"])), {"h": 0.5}) < 1e-14
    True
    """
    found = value(Floats(), values)
    changes = [abs(value(kind, moved(values, kind)) - found) for kind in map(Rounded, range(TURNS))]
    return MARGIN * max(changes) if all(map(math.isfinite, changes)) else 0.0


def moved(values: Mapping[Any, Any], kind: Rounded) -> dict[Any, Any]:
    """Values, and the entries of arrays among them, with their last bits moved."""
    return {
        name: moved(one, kind) if isinstance(one, Mapping) else kind.moved(one) for name, one in values.items()
    }
