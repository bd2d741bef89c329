"""Equations of SymPy → the text of a model, each node as the notation has it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isfinite
from typing import Any

import sympy

from chainrule.errors import ChainruleError, UsageError, shown
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
    number,
)  # fmt: skip
from chainrule.notation.names import ascii as ascii_name
from chainrule.values import dataclass

CALLS: Mapping[Any, str] = {
    sympy.tanh: "tanh", sympy.erf: "erf", sympy.sin: "sin", sympy.cos: "cos",
    sympy.sinh: "sinh", sympy.cosh: "cosh", sympy.atan: "arctan", sympy.asinh: "asinh", sympy.Abs: "abs",
    sympy.sign: "sign", sympy.floor: "floor",
}  # fmt: skip

COMPARISONS: Mapping[Any, Any] = {
    sympy.StrictLessThan: "<", sympy.LessThan: "<=", sympy.StrictGreaterThan: ">", sympy.GreaterThan: ">=",
    sympy.Equality: "==", sympy.Unequality: "!=",
}  # fmt: skip

REWRITTEN = (sympy.tan, sympy.cot, sympy.sec, sympy.csc, sympy.coth, sympy.sech, sympy.csch, sympy.erfc)
"""Functions that are others of them, as SymPy itself says."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the expressions of one model, whose letters are known."""

    letters: Mapping[str, tuple[Any, Any] | None]  # each with its ends, where they are known
    names: frozenset[str]  # of what has an equation or is declared

    def expression(self, expr: Any) -> Expr:
        """An expression."""
        match expr:
            case sympy.Rational():
                return number(Fraction(int(expr.p), int(expr.q)))
            case sympy.Float():
                return decimal(float(expr))
            case sympy.Symbol():
                return self.symbol(str(expr.name))
            case sympy.Indexed():
                return self.indexed(expr)
            case sympy.Add():
                return Add(tuple(self.expression(one) for one in expr.as_ordered_terms()))
            case sympy.Mul():
                return self.product(expr)
            case sympy.exp():
                return Call("exp", (self.expression(expr.args[0]),))
            case sympy.Pow():
                return self.power(*expr.args)
            case sympy.log():
                return self.logarithm(expr.args[0])
            case sympy.Max() | sympy.Min():
                return self.nested("max" if isinstance(expr, sympy.Max) else "min", [*map(self.expression, expr.args)])
            case sympy.Heaviside() if expr.args[1] == sympy.Rational(1, 2):
                return self.expression((1 + sympy.sign(expr.args[0])) / 2)
            case sympy.Sum() | sympy.Product():
                return self.reduced("sum" if isinstance(expr, sympy.Sum) else "prod", expr)
            case sympy.Piecewise():
                return self.pieces([*expr.args])
            case sympy.KroneckerDelta():
                left, right = map(self.expression, expr.args[:2])
                return Bracket("==", left, right)
        if expr == sympy.pi:
            return Constant("pi")
        if expr == sympy.E:
            return Call("exp", (number(1),))
        if type(expr) in CALLS and len(expr.args) == 1:
            return Call(CALLS[type(expr)], (self.expression(expr.args[0]),))
        if isinstance(expr, REWRITTEN):
            return self.expression(rewritten(expr))
        raise refused(f"{type(expr).__name__} ({shown(str(expr))})", "the notation has no such node")

    def symbol(self, name: str) -> Expr:
        """A name: a letter where it is an index somewhere, a size where it is one of these."""
        if base(name) in self.letters:
            return At(Index(((name, 1),)))
        if name.startswith("n_") and name[2:] in self.letters and name not in self.names:
            return Size(name[2:])
        return Ref(named(name))

    def indexed(self, expr: Any) -> Expr:
        """An entry of an array."""
        return Ref(named(str(expr.base.label)), tuple(self.index(one) for one in expr.indices))

    def index(self, expr: Any) -> Index:
        """An affine index."""
        terms, constant = [], 0
        for part, count in sympy.sympify(expr).as_coefficients_dict().items():
            if not (count.is_Integer and (part == 1 or isinstance(part, sympy.Symbol | sympy.Idx))):
                raise refused(f"the index {shown(str(expr))}", "an index is a sum of letters and whole numbers")
            if part == 1:
                constant = int(count)
            else:
                terms.append((str(part.name), int(count)))
        return Index(tuple(sorted(terms)), constant)

    def product(self, expr: Any) -> Expr:
        """A product; what is below a fraction line stands there."""
        above, below = sympy.fraction(expr, exact=True)
        if below != 1:
            return self.quotient(above, below)
        factors = list(above.as_ordered_factors()) if isinstance(above, sympy.Mul) else [above]
        minus = bool(factors and factors[0].is_Rational and factors[0] < 0)
        if minus:
            factors[0] = -factors[0]
        factors = [one for one in factors if one != 1] or [sympy.Integer(1)]
        parts = [self.expression(one) for one in factors]
        value = parts[0] if len(parts) == 1 else Mul(tuple(parts))
        return Neg(value) if minus else value

    def quotient(self, above: Any, below: Any) -> Expr:
        """A fraction."""
        top = self.expression(above)
        bottom = self.expression(below)
        return Neg(Div(top.arg, bottom)) if isinstance(top, Neg) else Div(top, bottom)

    def power(self, of: Any, exponent: Any) -> Expr:
        """A power: a root, a fraction, or as it is."""
        if exponent == sympy.Rational(1, 2):
            return Call("sqrt", (self.expression(of),))
        if exponent.is_Rational and exponent < 0:
            return Div(number(1), self.power(of, -exponent) if exponent != -1 else self.expression(of))
        if of == sympy.E:
            return Call("exp", (self.expression(exponent),))
        return Pow(self.expression(of), self.expression(exponent))

    def logarithm(self, of: Any) -> Expr:
        """A logarithm; of 1 + exp(u) it is softplus, of a sum of exponentials logsumexp: they do not overflow."""
        if isinstance(of, sympy.Sum) and isinstance(of.function, sympy.exp):
            return self.reduced("logsumexp", sympy.Sum(of.function.args[0], *of.limits))
        if isinstance(of, sympy.Add) and of.args[0] == 1 and len(of.args) == 2 and isinstance(of.args[1], sympy.exp):
            return Call("softplus", (self.expression(of.args[1].args[0]),))
        return Call("log", (self.expression(of),))

    def nested(self, function: str, parts: list[Expr]) -> Expr:
        """A maximum or minimum of several: of two, again and again. Of 0 and another it is relu."""
        if function == "max" and len(parts) == 2 and number(0) in parts:
            return Call("relu", (parts[1] if parts[0] == number(0) else parts[0],))
        while len(parts) > 1:
            last = parts.pop()
            parts[-1] = Call(function, (parts[-1], last))
        return parts[0]

    def reduced(self, operator: Any, expr: Any) -> Expr:
        """A sum or product over letters; those inside are met first."""
        letters = tuple(str(one[0].name) for one in expr.limits)
        return Reduce(operator, letters, self.expression(expr.function))

    def pieces(self, pieces: list[Any]) -> Expr:
        """A piecewise: its conditions one after the other."""
        value, condition = pieces[0]
        if condition == True:  # noqa: E712 - SymPy's own true
            return self.expression(value)
        if len(pieces) == 1:
            raise refused("a Piecewise without a value elsewhere", "an equation has a value everywhere")
        rest = self.pieces(pieces[1:])
        inside = self.inside(condition)
        if value == 1 and rest == number(0) and (inside or type(condition) in COMPARISONS):
            return inside or self.comparison(condition)
        return self.choice(condition, self.expression(value), rest)

    def choice(self, condition: Any, then: Expr, otherwise: Expr) -> Expr:
        """One of two values."""
        inside = self.inside(condition)
        match condition:
            case _ if inside is not None:
                return Cond(inside, then, otherwise)
            case sympy.And():
                first, *others = condition.args
                return self.choice(first, self.choice(sympy.And(*others), then, otherwise), otherwise)
            case sympy.Or():
                first, *others = condition.args
                return self.choice(first, then, self.choice(sympy.Or(*others), then, otherwise))
            case sympy.Not():
                return self.choice(condition.args[0], otherwise, then)
            case _ if type(condition) in COMPARISONS:
                return Cond(self.comparison(condition), then, otherwise)
            case _ if condition in (sympy.true, sympy.false):
                return then if condition == sympy.true else otherwise
        raise refused(f"the condition {shown(str(condition))}", "a condition compares two numbers")

    def inside(self, condition: Any) -> InRange | None:
        """The bracket that guards a border, ``[t-1 in t]``, of two comparisons of a letter with its ends, shifted."""
        if not isinstance(condition, sympy.And) or len(condition.args) != 2:
            return None
        above = [one for one in condition.args if isinstance(one, sympy.Ge)]
        below = [one for one in condition.args if isinstance(one, sympy.Le)]
        letter = str(getattr(above[0].lhs, "name", "")) if above else ""
        ends = self.letters.get(base(letter))
        if not (above and below and letter and above[0].lhs == below[0].lhs):
            return None
        low, high = ends or (sympy.Integer(1), sympy.Symbol(f"n_{base(letter)}", integer=True, positive=True))
        shift = above[0].rhs - low
        if not shift.is_Integer or sympy.expand(below[0].rhs - high - shift) != 0:
            return None
        return InRange(Index(((letter, 1),), -int(shift)), base(letter))

    def comparison(self, condition: Any) -> Bracket:
        """A comparison."""
        left, right = map(self.expression, condition.args)
        return Bracket(COMPARISONS[type(condition)], left, right)


def decimal(value: float) -> Expr:
    """A floating number, written as Python writes it; E412 for one that is none."""
    if not isfinite(value):
        raise refused(f"the number {value}", "it is not finite")
    text = repr(abs(value))
    found = Number(Fraction(text), text if "e" not in text else "")
    return Neg(found) if value < 0 else found


def rewritten(expr: Any) -> Any:
    """A function by those that the notation has."""
    if isinstance(expr, sympy.erfc):
        return 1 - sympy.erf(expr.args[0])
    way = (sympy.sin, sympy.cos) if isinstance(expr, sympy.tan | sympy.cot | sympy.sec | sympy.csc) else sympy.exp
    u = expr.args[0]
    table = {
        sympy.tan: lambda: sympy.sin(u) / sympy.cos(u), sympy.cot: lambda: sympy.cos(u) / sympy.sin(u),
        sympy.sec: lambda: 1 / sympy.cos(u), sympy.csc: lambda: 1 / sympy.sin(u),
    }  # fmt: skip
    return table[type(expr)]() if type(expr) in table else expr.rewrite(way)


def named(name: str) -> str:
    """A name as the notation keeps it, or E412."""
    try:
        return ascii_name(name)
    except ChainruleError:
        raise refused(f"the name {shown(name)}", "the notation has no such name") from None


def refused(what: str, why: str) -> UsageError:
    """The error about what cannot cross."""
    return UsageError("E412", f"{what} cannot be written in the notation: {why}", "rewrite it in SymPy first")
