"""The equations of a model → equations of SymPy: names are real symbols, arrays indexed, conditions piecewise.

Functions of the text are opened. A letter is an integer symbol; where its size comes from the data, ``n_i`` is that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy

from chainrule.errors import UsageError
from chainrule.expr.indices import base
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Div,
    Expr,
    Index,
    InRange,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    Size,
    key,
)  # fmt: skip
from chainrule.expr.walk import fold
from chainrule.model.model import Model as Network
from chainrule.notation.names import pretty
from chainrule.program.lower import open_calls

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt, "tanh": sympy.tanh, "erf": sympy.erf, "sin": sympy.sin,
    "cos": sympy.cos, "sinh": sympy.sinh, "cosh": sympy.cosh, "arctan": sympy.atan, "asinh": sympy.asinh,
    "abs": sympy.Abs, "sign": sympy.sign, "floor": sympy.floor, "max": sympy.Max, "min": sympy.Min,
    "sigmoid": lambda u: 1 / (1 + sympy.exp(-u)), "relu": lambda u: sympy.Max(0, u),
    "softplus": lambda u: sympy.log(1 + sympy.exp(u)),
}  # fmt: skip
"""Each known function of the notation in SymPy's."""

COMPARED: Mapping[str, Callable[..., Any]] = {
    "<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge, "==": sympy.Eq, "!=": sympy.Ne,
}  # fmt: skip


def equations(network: Network, wanted: tuple[str, ...]) -> tuple[Any, ...]:
    """Every equation of a model, or those of the quantities that are wanted, in the order of the text.

    Errors: E412 for what SymPy has no node for.
    """
    writer = Writer(network)
    chosen = tuple(line for line in network.equations if not wanted or key(line.target) in wanted)
    opened = open_calls(chosen, network.functions)
    return tuple(
        sympy.Eq(writer.expression(line.target), writer.expression(line.body), evaluate=False) for line in opened
    )


def name_of(name: str) -> str:
    """How a name is called there."""
    return pretty(name)


class Writer:
    """Writes expressions of one model."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def expression(self, expr: Expr) -> Any:
        """An expression."""
        return fold(expr, self.node)

    def node(self, expr: Expr, inside: tuple[Any, ...]) -> Any:
        """A node whose parts are written."""
        match expr:
            case Number(value):
                return sympy.Rational(value.numerator, value.denominator)
            case Constant():
                return sympy.pi
            case Ref(name, indices):
                if not indices:
                    return sympy.Symbol(name_of(name), real=True)
                return sympy.IndexedBase(name_of(name), real=True)[tuple(self.index(one) for one in indices)]
            case At(position):
                return self.index(position)
            case Size(letter):
                low, high = self.ends(letter)
                return high - low + 1
            case Add():
                return sympy.Add(*inside)
            case Mul():
                return sympy.Mul(*inside)
            case Neg():
                return -inside[0]
            case Div():
                return inside[0] / inside[1]
            case Pow():
                return sympy.Pow(*inside)
            case Call(function, _, 0) if function in FUNCTIONS:
                return FUNCTIONS[function](*inside)
            case Call(function, args, order) if function in FUNCTIONS and len(args) == 1:
                inner = sympy.Dummy("u", real=True)
                return sympy.diff(FUNCTIONS[function](inner), inner, order).subs(inner, inside[0])
            case Bracket(comparison):
                return sympy.Piecewise((1, COMPARED[comparison](*inside)), (0, True))
            case InRange():
                return sympy.Piecewise((1, self.within(expr)), (0, True))
            case Cond(test):
                return sympy.Piecewise((inside[1], self.condition(test, inside[0])), (inside[2], True))
            case Reduce(operator, letters):
                return self.reduced(operator, letters, inside[0])
        raise refused(f"a {type(expr).__name__.lower()} of the text", "it has no expression for it")

    def condition(self, test: Bracket | InRange, written: Any) -> Any:
        """What decides: the comparison in the piecewise that a bracket was written as."""
        return self.within(test) if isinstance(test, InRange) else written.args[0][1]

    def within(self, test: InRange) -> Any:
        low, high = self.ends(test.letter)
        position = self.index(test.index)
        return sympy.And(position >= low, position <= high)

    def index(self, position: Index) -> Any:
        """An affine index."""
        return sympy.Add(*(count * letter_of(letter) for letter, count in position.terms), position.constant)

    def ends(self, letter: str) -> tuple[Any, Any]:
        """The first and the last value of a letter."""
        network, plain = self.network, base(letter)
        group = network.pattern_set if plain == network.pattern else network.set_of(letter)
        if group is None:
            raise refused("a reduction over the patterns", "the text has no letter for them: write patterns p")
        if group.low is None or group.high is None:
            return sympy.Integer(1), sympy.Symbol(f"n_{group.name}", integer=True, positive=True)
        return self.expression(group.low), self.expression(group.high)

    def reduced(self, operator: str, letters: tuple[str, ...], body: Any) -> Any:
        """A reduction over letters."""
        limits = [(letter_of(one), *self.ends(one)) for one in letters or (self.network.pattern,)]
        match operator:
            case "sum":
                return sympy.Sum(body, *limits)
            case "prod":
                return sympy.Product(body, *limits)
            case "mean":
                return sympy.Sum(body, *limits) / sympy.Mul(*(high - low + 1 for _, low, high in limits))
            case "logsumexp":
                return sympy.log(sympy.Sum(sympy.exp(body), *limits))
        raise refused(f"the {operator} over {', '.join(map(pretty, letters))}", "it has no such node")


def letter_of(letter: str) -> Any:
    """The symbol of a letter."""
    return sympy.Symbol(letter, integer=True)


def refused(what: str, why: str) -> UsageError:
    """The error about what cannot cross."""
    return UsageError("E412", f"{what} cannot be said in SymPy: {why}", "leave it out, or write it another way")
