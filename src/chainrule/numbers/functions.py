"""The functions that are known without a definition: one row a function, one column a kind of number.

The programs define what a function gives (`exact`); the analytic forms are independent of them and serve the oracle of
derivatives; the enclosures bound the values on an interval. Names are the tree's (``ln`` and ``σ`` are notation's
business).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from chainrule.numbers import analytic, interval, multicomplex
from chainrule.numbers.elementary import PROGRAMS, ULPS
from chainrule.numbers.interval import Interval, increasing
from chainrule.numbers.multicomplex import Moved


@dataclass(frozen=True, slots=True)
class Elementary:
    """A known function: how many arguments, its program over a machine, its other forms, and where it has values."""

    arity: int
    program: Callable[..., Any]
    analytic: Callable[..., Moved]
    enclosure: Callable[..., Interval]
    ulps: float
    domain: str = "every number"


def known(
    name: str,
    form: Callable[..., Moved],
    enclosure: Callable[..., Interval] | None = None,
    domain: str = "every number",
    arity: int = 1,
) -> Elementary:
    """A row; an increasing function needs no enclosure of its own."""
    return Elementary(arity, PROGRAMS[name], analytic.total(form), enclosure or increasing(name), ULPS[name], domain)


FUNCTIONS: Mapping[str, Elementary] = MappingProxyType(
    {
        "exp": known("exp", multicomplex.exp),
        "log": known("log", analytic.logarithm, domain="positive numbers; −∞ at 0"),
        "sqrt": known("sqrt", analytic.square_root, domain="numbers from 0 on"),
        "tanh": known("tanh", multicomplex.tanh),
        "sigmoid": known("sigmoid", analytic.sigmoid),
        "relu": known("relu", analytic.relu, interval.relu, "every number; a kink at 0"),
        "softplus": known("softplus", analytic.softplus),
        "sin": known("sin", multicomplex.sin, interval.sin, "every number; accurate up to 10⁸ in size"),
        "cos": known("cos", multicomplex.cos, interval.cos, "every number; accurate up to 10⁸ in size"),
        "sinh": known("sinh", multicomplex.sinh),
        "cosh": known("cosh", multicomplex.cosh, interval.cosh),
        "arctan": known("arctan", multicomplex.arctan),
        "asinh": known("asinh", multicomplex.asinh),
        "abs": known("abs", analytic.absolute, interval.absolute, "every number; a kink at 0"),
        "sign": known("sign", analytic.sign, interval.sign, "every number; a jump at 0, where it is 0"),
        "floor": known("floor", analytic.floor, interval.floor, "every number; a jump at every integer"),
        "max": known("max", analytic.maximum, interval.maximum, "every two numbers; a kink where they are equal", 2),
        "min": known("min", analytic.minimum, interval.minimum, "every two numbers; a kink where they are equal", 2),
    }
)
"""Name → what is known of it. Which functions are known is read here.

>>> from chainrule.numbers.operations import FLOAT
>>> FUNCTIONS["tanh"].program(FLOAT, 0.5), FUNCTIONS["max"].arity
(0.46211715726000974, 2)
"""
