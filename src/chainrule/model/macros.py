"""Macros → what they stand for: ``softmax_k(z[k])`` an expression, ``gelu`` and its like definitions of functions.

The definitions join the functions of a model that uses them, so a derivation prints them like the user's own.
"""

from __future__ import annotations

from fractions import Fraction

from chainrule.expr.nodes import (
    Add,
    Bracket,
    Call,
    Cond,
    Constant,
    Div,
    Expr,
    Index,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
)
from chainrule.expr.walk import rename_letters
from chainrule.model.letters import every, fresh
from chainrule.model.model import Definition

_U = Ref("u")
_ONE = Number(Fraction(1))
_TWO = Number(Fraction(2))
_POSITIVE = Bracket(">", _U, Number(Fraction(0)))
_BELOW = Add((Call("exp", (_U,)), Neg(_ONE)))


def _tanh_gelu() -> Expr:
    # Hendrycks and Gimpel, Gaussian Error Linear Units (2016), the approximation with tanh
    cubic = Mul((Number(Fraction("0.044715"), "0.044715"), Pow(_U, Number(Fraction(3)))))
    inside = Mul((Call("sqrt", (Div(_TWO, Constant("pi")),)), Add((_U, cubic))))
    return Mul((Number(Fraction(1, 2)), _U, Add((_ONE, Call("tanh", (inside,))))))


DEFINED: dict[str, Definition] = {
    "gelu": Definition("gelu", ("u",), _tanh_gelu()),
    "elu": Definition("elu", ("u",), Cond(_POSITIVE, _U, _BELOW)),
    "swish": Definition("swish", ("u",), Mul((_U, Call("sigmoid", (_U,))))),
    "leaky_relu": Definition("leaky_relu", ("u",), Cond(_POSITIVE, _U, Mul((Number(Fraction(1, 100), "0.01"), _U)))),
}
"""Macros of one argument: functions that the text could have defined."""

SLOPED: dict[str, Definition] = {
    "elu": Definition("elu", ("u", "a"), Cond(_POSITIVE, _U, Mul((Ref("a"), _BELOW)))),
    "leaky_relu": Definition("leaky_relu", ("u", "a"), Cond(_POSITIVE, _U, Mul((Ref("a"), _U)))),
}
"""The same with a second argument, written out where they are called."""

SOFTMAX = "softmax_"


def softmax(call: Call, taken: set[str]) -> Expr:
    """``softmax_k(z[k])`` → ``exp(z[k] - logsumexp_k' z[k'])``, which no large entry makes overflow."""
    letter = call.function.removeprefix(SOFTMAX)
    (argument,) = call.args
    other = fresh(letter, taken | every(argument))
    elsewhere = rename_letters(argument, {letter: Index(((other, 1),))})
    return Call("exp", (Add((argument, Neg(Reduce("logsumexp", (other,), elsewhere)))),), span=call.span)
