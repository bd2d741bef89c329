"""A matrix form and values → its numbers, by nothing but what its nodes say: rows times columns, entry by entry work.

A value is a list of rows. It is the plain judge of the tree, not a fast one; a name is looked up as the evaluation of
expressions looks it up, so values are given in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.derive.matrix.form import MatrixForm
from chainrule.derive.matrix.tree import (
    SCALAR,
    Apply,
    Choice,
    Compare,
    Diagonal,
    Name,
    Negative,
    Ones,
    Over,
    PatternSum,
    Power,
    Product,
    Scalar,
    Scaled,
    Shape,
    Times,
    Total,
    Transpose,
    Tree,
)
from chainrule.expr.nodes import Add, Bracket, Call, Cond, Div, Expr, Mul, Neg, Pow, Ref
from chainrule.numbers import evaluate as numbers
from chainrule.numbers.environment import Letters, Setting
from chainrule.values import dataclass

Rows = list[list[float]]


def evaluate(form: MatrixForm, values: Mapping[str, Any], setting: Setting, at: int | None = None) -> Rows:
    """The rows of the right-hand side; ``at`` is the pattern, where the form is written for one.

    >>> from chainrule.derive.matrix.recognise import matrix_form
    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> model = build(parse("index i = 1..2, j = 1..2\\ndata x[i]\\nweight W[j,i]\\nz[j] = sum_i W[j,i]*x[i]\\n"
    ...                     "E = sum_j z[j]^2"))
    >>> setting = Setting({"i": range(1, 3), "j": range(1, 3)}, {"x": ("i",), "W": ("j", "i")})
    >>> evaluate(matrix_form(model.equations[0], model), {"x": [5.0, 6.0], "W": [[1.0, 2.0], [3.0, 4.0]]}, setting)
    [[17.0], [39.0]]
    """
    letters = {} if at is None or form.pattern is None else {form.pattern: at}
    return Arithmetic(values, setting).rows(form.tree, letters)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """What names and letters mean."""

    values: Mapping[str, Any]
    setting: Setting

    def span(self, letter: str | None) -> range:
        return range(1) if letter is None else self.setting.range(letter)

    def number(self, expr: Expr, letters: Letters, given: Mapping[str, float] | None = None) -> float:
        values = {**self.values, **given} if given else self.values
        return numbers.evaluate(expr, values, setting=self.setting, letters=letters)

    def rows(self, tree: Tree, letters: Letters) -> Rows:
        """The value of a tree."""
        match tree:
            case Scalar(value):
                return [[self.number(value, letters)]]
            case Name(target, axes):
                return [
                    [
                        self.number(target, {**letters, **dict(zip(axes, (row, column), strict=False))})
                        for column in self.span(tree.shape[1])
                    ]
                    for row in self.span(tree.shape[0])
                ]
            case Ones(letter):
                return [[1.0] for _ in self.span(letter)]
            case Diagonal(arg):
                column = self.rows(arg, letters)
                return [[entry[0] if i == j else 0.0 for j in range(len(column))] for i, entry in enumerate(column)]
            case Transpose(arg):
                return [list(row) for row in zip(*self.rows(arg, letters), strict=True)]
            case Product(args):
                total = self.rows(args[0], letters)
                for arg in args[1:]:
                    total = product(total, self.rows(arg, letters))
                return total
            case PatternSum(letter, arg):
                parts = [self.rows(arg, {**letters, letter: at}) for at in self.span(letter)]
                return [[sum(entries) for entries in zip(*rows, strict=True)] for rows in zip(*parts, strict=True)]
            case _:
                return self.entrywise(tree, letters)

    def entrywise(self, tree: Tree, letters: Letters) -> Rows:
        """A node that works entry by entry, as the expression of its operands that it stands for."""
        operands, expr = meaning(tree)
        values = [self.spread(operand, tree.shape, letters) for operand in operands]
        return [
            [
                self.number(expr, letters, {f"#{place}": value[row][column] for place, value in enumerate(values)})
                for column in range(len(self.span(tree.shape[1])))
            ]
            for row in range(len(self.span(tree.shape[0])))
        ]

    def spread(self, tree: Tree, shape: Shape, letters: Letters) -> Rows:
        """The value of an operand; a scalar counts for every entry."""
        found = self.rows(tree, letters)
        if tree.shape == SCALAR:
            return [[found[0][0] for _ in self.span(shape[1])] for _ in self.span(shape[0])]
        return found


def product(left: Rows, right: Rows) -> Rows:
    """The matrix product, each entry summed from left to right."""
    columns = list(zip(*right, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]


def meaning(tree: Tree) -> tuple[tuple[Tree, ...], Expr]:
    """An entry by entry node as its operands and an expression in ``#0``, ``#1``, …"""
    one, two, three = Ref("#0"), Ref("#1"), Ref("#2")
    match tree:
        case Scaled(scalars, arg):
            operands = (*scalars, arg)
            return operands, Mul(tuple(Ref(f"#{place}") for place in range(len(operands))))
        case Times(args):
            return args, Mul(tuple(Ref(f"#{place}") for place in range(len(args))))
        case Total(args):
            return args, Add(tuple(Ref(f"#{place}") for place in range(len(args))))
        case Over(above, below):
            return (above, below), Div(one, two)
        case Power(base, Scalar(value)):
            return (base,), Pow(one, value)
        case Power(base, exponent):
            return (base, exponent), Pow(one, two)
        case Apply(function, order, args):
            return args, Call(function, tuple(Ref(f"#{place}") for place in range(len(args))), order)
        case Compare(comparison, left, right):
            return (left, right), Bracket(comparison, one, two)
        case Choice(Compare(comparison, left, right), then, otherwise):
            return (left, right, then, otherwise), Cond(Bracket(comparison, one, two), three, Ref("#3"))
        case Negative(arg):
            return (arg,), Neg(one)
    raise TypeError(f"not an entry by entry node: {tree!r}")
