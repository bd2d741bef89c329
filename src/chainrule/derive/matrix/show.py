"""A matrix form → text: for people (``δ₁ = (W₂ᵀ δ₂) ⊙ (1 − h∘²)``) or for NumPy.

Conventions. A space is the matrix product and ⊙ the product entry by entry; neither is mixed with the other without a
bracket. 𝟏 is a column of ones, ``N_p`` how many values p has. The ASCII form is NumPy: a column is an array of
one column, ``ones(n)`` such a one, ``diag(v)`` the matrix with it on its diagonal, ``dE_dh`` the name of ∂E/∂h.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

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
    Times,
    Total,
    Transpose,
    Tree,
)
from chainrule.expr.nodes import Constant, Derivative, Expr, Number, Ref, Size, key
from chainrule.expr.walk import names
from chainrule.model.explicit import spoken_letter
from chainrule.model.letters import base, every
from chainrule.model.model import HIDDEN
from chainrule.notation.names import pretty
from chainrule.notation.show import exact

SUM, SIGN, ENTRIES, PREFIX, PRODUCT, NAME, POWER, ATOM = range(8)
"""How tightly a printed piece holds: a ± b, −a, a ⊙ b and a/n, 2 a and Σ a, a b, ∂E/∂h, h∘², the rest."""

Piece = tuple[int, str]
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def show(form: MatrixForm, ascii: bool = False, other: Mapping[str, str] = NO_NAMES) -> str:
    """The text of a matrix form; ``other`` are other names to print, by key (``{"∂E/∂z1": "δ₁"}``)."""
    style = NumPy(form, other) if ascii else Text(form, other)
    return f"{style.name(form.equation.target)[1]} = {style.piece(form.tree)[1]}"


def pattern_letter(body: Expr) -> str:
    """How patterns without a declared letter are called in an equation: by a letter that it does not use."""
    taken = {*map(base, every(body)), *names(body)}
    return spoken_letter(taken)


class Text:
    """Prints for people."""

    join, times, over, minus, ones = " ", " ⊙ ", " ⊘ ", "−", "𝟏"
    factor = POWER  # how tightly a factor of a matrix product must hold
    compared: Mapping[str, str] = MappingProxyType({"<=": "≤", ">=": "≥", "!=": "≠"})

    def __init__(self, form: MatrixForm, other: Mapping[str, str]) -> None:
        self.names = other
        self.patterns = pattern_letter(form.equation.body)

    def name(self, target: Ref | Derivative) -> Piece:
        if (shown := self.names.get(key(target))) is not None:
            return ATOM, shown
        match target:
            case Ref(name):
                return ATOM, self.spell(name)
            case Derivative(Ref(of), (Ref(wrt),)):
                return self.derivative(self.spell(of), self.spell(wrt))
            case Derivative(Ref(of), (Ref(one), Ref(other))):
                return self.second(self.spell(of), self.spell(one), self.spell(other))
        raise TypeError(f"no name for the derivative of an expression: {target!r}")

    def spell(self, name: str) -> str:
        return pretty(name)

    def letter(self, letter: str) -> str:
        """A letter as shown; patterns without a declared one get one that is not taken."""
        plain = base(letter)
        return self.patterns if plain == HIDDEN else self.spell(plain) + letter[len(plain) :]

    def derivative(self, of: str, wrt: str) -> Piece:
        return NAME, f"∂{of}/∂{wrt}"

    def second(self, of: str, one: str, other: str) -> Piece:
        return NAME, f"∂²{of}/∂{one}∂{other}"

    def bracket(self, text: str) -> str:
        return f"({text})"

    def at_least(self, tree: Tree, level: int) -> str:
        own, text = self.piece(tree)
        return text if own >= level else self.bracket(text)

    def piece(self, tree: Tree) -> Piece:
        """How tightly the text of a tree holds together, and the text."""
        match tree:
            case Scalar(Number(value)):
                return self.number(value)
            case Scalar(Constant()):
                return ATOM, self.pi()
            case Scalar(Size(letter)):
                return ATOM, self.size(letter)
            case Name(target):
                return self.name(target)
            case Ones(letter):
                return ATOM, self.one(letter)
            case Diagonal(arg):
                return ATOM, self.call("diag", [self.piece(arg)[1]])
            case Transpose(arg):
                return ATOM, self.transposed(self.at_least(arg, ATOM))
            case Product(args):
                return PRODUCT, self.product([self.at_least(arg, self.factor) for arg in args])
            case Scaled(scalars, arg):
                parts = [self.at_least(scalar, self.factor) for scalar in scalars]
                return PREFIX, self.scaled([*parts, self.at_least(arg, PREFIX)])
            case Times(args):
                return ENTRIES, self.times.join(self.at_least(arg, NAME) for arg in args)
            case Over(above, below):
                return self.quotient(above, below)
            case Power(base, exponent):
                return POWER, self.power(base, exponent)
            case Apply(function, order, args):
                return ATOM, self.call(function, [self.piece(arg)[1] for arg in args], order)
            case Compare(comparison, left, right):
                return ATOM, self.comparison(comparison, self.piece(left)[1], self.piece(right)[1])
            case Choice(test, then, otherwise):
                return ATOM, self.choice([self.piece(part)[1] for part in (test, then, otherwise)])
            case Negative(arg):
                return SIGN, self.minus + self.at_least(arg, ENTRIES)
            case Total(args):
                return SUM, "".join(self.summed(arg, number) for number, arg in enumerate(args))
            case PatternSum(letter, arg):
                return self.pattern_sum(letter, arg)
        raise TypeError(f"not a node of a matrix form: {tree!r}")

    def summed(self, tree: Tree, number: int) -> str:
        if isinstance(tree, Negative):
            return (f" {self.minus} " if number else self.minus) + self.at_least(tree.arg, ENTRIES)
        return (" + " if number else "") + self.at_least(tree, ENTRIES)

    def number(self, value: Fraction) -> Piece:
        text = "½" if value == Fraction(1, 2) else exact(value)
        return (NAME if "/" in text else ATOM), text

    def pi(self) -> str:
        return "π"

    def size(self, letter: str) -> str:
        return f"N_{self.letter(base(letter))}"

    def one(self, letter: str) -> str:
        return self.ones

    def transposed(self, text: str) -> str:
        return text + "ᵀ"

    def product(self, parts: list[str]) -> str:
        return self.join.join(parts)

    def scaled(self, parts: list[str]) -> str:
        return self.join.join(parts)

    def quotient(self, above: Tree, below: Tree) -> Piece:
        if below.shape == SCALAR:
            level, text = self.piece(above)
            text = text if level in (PREFIX, PRODUCT, POWER, ATOM) else self.bracket(text)
            return ENTRIES, f"{text}/{self.at_least(below, POWER)}"
        return ENTRIES, self.at_least(above, NAME) + self.over + self.at_least(below, NAME)

    def power(self, base: Tree, exponent: Tree) -> str:
        ring = "" if base.shape == SCALAR else "∘"
        text = self.piece(exponent)[1]
        raised = text.translate(SUPERSCRIPTS) if text.isdecimal() else f"^{self.at_least(exponent, ATOM)}"
        return self.at_least(base, ATOM) + ring + raised

    def call(self, function: str, args: list[str], order: int = 0) -> str:
        return f"{self.spell(function)}{chr(39) * order}({', '.join(args)})"

    def comparison(self, sign: str, left: str, right: str) -> str:
        return f"[{left} {self.compared.get(sign, sign)} {right}]"

    def choice(self, parts: list[str]) -> str:
        test, then, otherwise = parts
        return f"if({test[1:-1]}, {then}, {otherwise})"

    def pattern_sum(self, letter: str, arg: Tree) -> Piece:
        return PREFIX, f"Σ_{self.letter(letter)} {self.at_least(arg, PREFIX)}"


SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class NumPy(Text):
    """Prints what NumPy computes."""

    join, times, over, minus = " @ ", " * ", " / ", "-"
    compared: Mapping[str, str] = MappingProxyType({})

    def spell(self, name: str) -> str:
        return name

    def derivative(self, of: str, wrt: str) -> Piece:
        return ATOM, f"d{of}_d{wrt}"

    def second(self, of: str, one: str, other: str) -> Piece:
        return ATOM, f"d2{of}_d{one}_d{other}"

    def number(self, value: Fraction) -> Piece:
        text = exact(value, decimal=True)
        return (ENTRIES if "/" in text else ATOM), text

    def pi(self) -> str:
        return "pi"

    def one(self, letter: str) -> str:
        return f"ones({self.size(letter)})"

    def transposed(self, text: str) -> str:
        return text + ".T"

    def scaled(self, parts: list[str]) -> str:
        return " * ".join(parts)

    def quotient(self, above: Tree, below: Tree) -> Piece:
        level = PREFIX if below.shape == SCALAR else NAME
        return ENTRIES, f"{self.at_least(above, level)} / {self.at_least(below, POWER)}"

    def power(self, base: Tree, exponent: Tree) -> str:
        return f"{self.at_least(base, ATOM)}**{self.at_least(exponent, ATOM)}"

    def comparison(self, sign: str, left: str, right: str) -> str:
        return f"({left} {sign} {right})"

    def choice(self, parts: list[str]) -> str:
        return f"where({', '.join(parts)})"

    def pattern_sum(self, letter: str, arg: Tree) -> Piece:
        return ATOM, f"sum_{self.letter(letter)}({self.piece(arg)[1]})"
