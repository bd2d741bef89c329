"""Functions on decimal numbers: at angles of any size, and at numbers for which a series must end all the same."""

from __future__ import annotations

import random
from decimal import Decimal

import mpmath
import pytest

import chainrule as cr
from chainrule.numbers import decimals
from chainrule.numbers.functions import FUNCTIONS

CLOSE = 1e-94
"""Of a hundred digits the last few are lost, more where the sine is near 0."""
LARGEST = (
    "1e121", "-7e199", "1.5e308", "1e999", "3e2000", "-1e900000000000", "1e-500000000000", "0", "Infinity", "-Infinity",
)


@pytest.mark.parametrize("name", ["sin", "cos", "arctan"])
def test_angles_of_any_size(name: str) -> None:
    drawn = random.Random(3)
    angles = [drawn.uniform(-10, 10) * 10 ** drawn.uniform(-20, 306) for _ in range(60)] + [3.5, -9.4, 22.0, 1.7e308]
    with mpmath.workdps(500):
        for angle in angles:
            right = getattr(mpmath, {"arctan": "atan"}.get(name, name))(mpmath.mpf(angle))
            mine = mpmath.mpf(str(getattr(decimals, name)(Decimal(angle))))
            assert abs(mine - right) <= CLOSE * abs(right), angle


@pytest.mark.parametrize("at", LARGEST)
@pytest.mark.parametrize("name", [name for name, row in FUNCTIONS.items() if name not in ("max", "min")])
def test_every_function_ends(name: str, at: str) -> None:
    assert isinstance(FUNCTIONS[name].digits(Decimal(at)), Decimal)


@pytest.mark.parametrize("text", [
    "weight w := 3\nE = w⁴ + sin(w)",
    "weight w := 3\nE = w⁴ + cos(w)²",
    "weight w := 3, v := 0.1\nE = (w² + v·sin(w))²",
    "weight w := 3\nf = −w⁴ − sin(w·w)\nmaximise f",
])  # fmt: skip
def test_a_story_of_angles_beyond_all_turns_is_told(text: str) -> None:
    """A reduction of such an angle to no number sent a sum of its powers round for ever."""
    model = cr.Model(text)
    run = model.train(rate=1.0, steps=20)
    assert model.explain(run)["end"].evidence["kind"] == "left the finite numbers"
