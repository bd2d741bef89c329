"""How each known function passes a change on: rows of mathematics, each with a reason and a source.

Conventions. A row is a text in the package's own notation. ``u`` is the argument (``u`` and ``v`` if there are two) and
``s`` the value of the call. The call form says the slope with ``u`` alone; the value form with ``s``, and is used where
the value has a name, so that ``h = tanh(z)`` gives ``1 - h^2``. A kink is a place without a derivative, and the
slope taken there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from chainrule.expr.nodes import Expr, Number
from chainrule.notation import parse_expression
from chainrule.notation.known import KNOWN


@dataclass(frozen=True, slots=True)
class Rule:
    """The slopes of a function, one an argument, in call form and (where that reads better) in value form."""

    slopes: tuple[str, ...]
    reason: str
    source: str
    values: tuple[str, ...] = ()
    kink: str = ""


_DLMF = "NIST Digital Library of Mathematical Functions, dlmf.nist.gov, §"

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "exp": Rule(("exp(u)",), "the exponential is its own derivative", _DLMF + "4.20", ("s",)),
        "log": Rule(("1/u",), "the logarithm grows as 1/u", _DLMF + "4.20"),
        "sqrt": Rule(("1/(2*sqrt(u))",), "the power rule with exponent 1/2", _DLMF + "4.20", ("1/(2*s)",)),
        "tanh": Rule(("1 - tanh(u)^2",), "tanh′ = 1 − tanh²", _DLMF + "4.34", ("1 - s^2",)),
        "sigmoid": Rule(
            ("(1 - sigmoid(u))*sigmoid(u)",),
            "σ′ = (1 − σ)·σ",
            "from σ = 1/(1 + exp(−u)) by the quotient rule and 1 − σ = exp(−u)/(1 + exp(−u))",
            ("(1 - s)*s",),
        ),
        "relu": Rule(
            ("[u > 0]",),
            "open, it passes every change; shut, none",
            "from relu(u) = max(u, 0)",
            kink="at u = 0 the slope is taken as 0",
        ),
        "softplus": Rule(
            ("sigmoid(u)",),
            "the slope of softplus is the sigmoid",
            "from softplus(u) = log(1 + exp(u)) by the chain rule",
        ),
        "sin": Rule(("cos(u)",), "sin′ = cos", _DLMF + "4.20"),
        "cos": Rule(("-sin(u)",), "cos′ = −sin", _DLMF + "4.20"),
        "sinh": Rule(("cosh(u)",), "sinh′ = cosh", _DLMF + "4.34"),
        "cosh": Rule(("sinh(u)",), "cosh′ = sinh", _DLMF + "4.34"),
        "arctan": Rule(("1/(1 + u^2)",), "arctan′ = 1/(1 + u²)", _DLMF + "4.24"),
        "asinh": Rule(("1/sqrt(1 + u^2)",), "asinh′ = 1/√(1 + u²)", _DLMF + "4.40"),
        "abs": Rule(
            ("sign(u)",),
            "the slope of |u| is its sign",
            "from |u| = u above 0 and −u below",
            kink="at u = 0 the slope is taken as 0",
        ),
        "sign": Rule(
            ("0",),
            "the sign does not change with u",
            "constant on both sides of 0",
            kink="at u = 0, where it jumps, the slope is taken as 0",
        ),
        "floor": Rule(
            ("0",),
            "between two integers, rounding down does not change with u",
            "constant between integers",
            kink="where u is an integer, at which it jumps, the slope is taken as 0",
        ),
        "max": Rule(
            ("[u > v] + 1/2*[u == v]", "[v > u] + 1/2*[u == v]"),
            "the greater one passes every change, the lesser none",
            "from max(u, v) = u where u > v, else v",
            kink="of a tie, each passes half",
        ),
        "min": Rule(
            ("[u < v] + 1/2*[u == v]", "[v < u] + 1/2*[u == v]"),
            "the lesser one passes every change, the greater none",
            "from min(u, v) = u where u < v, else v",
            kink="of a tie, each passes half",
        ),
    }
)
"""Function → its rule; every function that needs no definition has one."""

PLACES = ("u", "v", "s")


@cache
def slope(function: str, place: int = 0, value: bool = False) -> Expr:
    """The slope of a known function in one of its arguments, as an expression in ``u``, ``v`` and ``s``.

    >>> from chainrule.notation import show
    >>> show(slope("tanh"), ascii=True), show(slope("tanh", value=True), ascii=True), show(slope("log", value=True))
    ('1 - tanh(u)^2', '1 - s^2', '1/u')
    """
    rule = RULES[function]
    rows = rule.values if value and rule.values else rule.slopes
    row = parse_expression(rows[place], functions=tuple(KNOWN), quantities=PLACES)
    return Number(row.value) if isinstance(row, Number) else row  # a 0 that no one wrote goes from a product
