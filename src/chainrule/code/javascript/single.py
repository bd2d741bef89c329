"""JavaScript in float32: each result of float64 is rounded once more, which for one operation is float32's rounding.

So a browser has the bits of ``plain32`` numbers without a graphics card. Source of the rounding: Figueroa, When is
double rounding innocuous? (1995): of +, −, ×, ÷ and √ the rounding through float64 is that of float32 itself.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.code.javascript.table import JAVASCRIPT, literal
from chainrule.code.spelling import ATOM, LOOSE, PRODUCT, SUM, Form
from chainrule.numbers.numerics import PLAIN32


def single(number: float) -> str:
    """A number as JavaScript reads it, rounded to float32.

    >>> single(0.1), single(1e40), single(-0.0)
    ('0.10000000149011612', 'Infinity', '-0')
    """
    with np.errstate(all="ignore"):
        return literal(float(np.float32(number)))


def rounded(text: str, *needs: int) -> Form:
    """An operation of float64 whose result is rounded to float32."""
    return Form(f"fround({text})", ATOM, needs)


SINGLE = replace(
    JAVASCRIPT,
    number=single,
    operations={
        **JAVASCRIPT.operations,
        "add": rounded("{0} + {1}", SUM, PRODUCT),
        "subtract": rounded("{0} - {1}", SUM, PRODUCT),
        "multiply": rounded("{0} * {1}", PRODUCT, ATOM),
        "divide": rounded("{0} / {1}", PRODUCT, ATOM),
        "sqrt": rounded("Math.sqrt({0})", LOOSE),
        "scale": rounded("{0} * POWERS[({1} | 0) + 1022]", PRODUCT, ATOM),
    },
    real=Form("fround({0})", ATOM, (LOOSE,)),
    reserved=JAVASCRIPT.reserved | {"fround", "given"},
    prelude="const fround = Math.fround;",
    numerics=PLAIN32,
)
"""The table; POWERS, fraction and exponent are those of `table`, for a float32 is a float64 too."""
