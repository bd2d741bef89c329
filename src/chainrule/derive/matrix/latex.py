r"""A matrix form → LaTeX: ``\odot``, ``\oslash``, ``h^{\circ 2}`` entry by entry, ``\mathbf{1}`` a column of ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from chainrule.derive.matrix.form import MatrixForm
from chainrule.derive.matrix.show import ATOM, NAME, NO_NAMES, PREFIX, Piece, Text
from chainrule.derive.matrix.tree import SCALAR, Tree
from chainrule.model.letters import base
from chainrule.notation.names import GREEK
from chainrule.numbers.functions import FUNCTIONS


def latex(form: MatrixForm, other: Mapping[str, str] = NO_NAMES, spell: Callable[[str], str] | None = None) -> str:
    """The same as LaTeX, without the dollars; ``spell`` writes the kept name of a quantity or letter.

    ``other`` are other names by key, in LaTeX already.
    """
    style = Latex(form, other, spell or spelled)
    return f"{style.name(form.equation.target)[1]} = {style.piece(form.tree)[1]}"


class Latex(Text):
    """Prints LaTeX."""

    join, times, over, minus, ones = r" \, ", r" \odot ", r" \oslash ", "-", r"\mathbf{1}"
    factor = NAME
    compared: Mapping[str, str] = MappingProxyType({"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "==": "="})

    def __init__(self, form: MatrixForm, other: Mapping[str, str], spell: Callable[[str], str]) -> None:
        super().__init__(form, other)
        self.spelling = spell

    def spell(self, name: str) -> str:
        return self.spelling(name)

    def derivative(self, of: str, wrt: str) -> Piece:
        return NAME, rf"\frac{{\partial {of}}}{{\partial {wrt}}}"

    def second(self, of: str, one: str, other: str) -> Piece:
        return NAME, rf"\frac{{\partial^2 {of}}}{{\partial {one} \, \partial {other}}}"

    def bracket(self, text: str) -> str:
        return rf"\left({text}\right)"

    def number(self, value: Fraction) -> Piece:
        whole = value.denominator == 1
        return ATOM, str(value) if whole else rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}"

    def pi(self) -> str:
        return r"\pi"

    def size(self, letter: str) -> str:
        return f"N_{{{self.letter(base(letter))}}}"

    def transposed(self, text: str) -> str:
        return f"{{{text}}}^{{\\top}}"

    def quotient(self, above: Tree, below: Tree) -> Piece:
        if below.shape == SCALAR:
            return NAME, rf"\frac{{{self.piece(above)[1]}}}{{{self.piece(below)[1]}}}"
        return super().quotient(above, below)

    def power(self, base: Tree, exponent: Tree) -> str:
        ring = "" if base.shape == SCALAR else r"\circ "
        return f"{{{self.at_least(base, ATOM)}}}^{{{ring}{self.piece(exponent)[1]}}}"

    def call(self, function: str, args: list[str], order: int = 0) -> str:
        if function == "sqrt" and not order:
            return rf"\sqrt{{{args[0]}}}"
        name = rf"\{function}" if function in OPERATORS else self.spelling(function)
        name = r"\operatorname{diag}" if function == "diag" else name
        return rf"{name}{chr(39) * order}\left({', '.join(args)}\right)"

    def comparison(self, sign: str, left: str, right: str) -> str:
        return rf"\left[{left} {self.compared.get(sign, sign)} {right}\right]"

    def choice(self, parts: list[str]) -> str:
        return rf"\operatorname{{if}}\left({', '.join(parts)}\right)"

    def pattern_sum(self, letter: str, arg: Tree) -> Piece:
        return PREFIX, rf"\sum_{{{self.letter(letter)}}} {self.at_least(arg, PREFIX)}"


OPERATORS = frozenset(name for name, row in FUNCTIONS.items() if row.latex and name != "sigmoid")
"""Functions that LaTeX has a name for; σ is a letter to it, and is written as the text has it."""

MARKS = MappingProxyType({"hat": r"\hat", "bar": r"\bar", "dot": r"\dot", "tilde": r"\tilde"})
LETTERS = frozenset(GREEK.values()) - {"omicron"}


def spelled(name: str) -> str:
    r"""A kept name in LaTeX.

    >>> print(spelled("y_hat"), spelled("W1"), spelled("alpha"), spelled("decay"), spelled("Delta_w"))
    \hat{y} W_{1} \alpha \mathrm{decay} \Delta w
    """
    shown: list[str] = []
    for part in name.split("_"):
        if part in MARKS and shown:
            shown.append(f"{MARKS[part]}{{{shown.pop()}}}")
            continue
        stem = part.rstrip("0123456789")
        symbol = f"\\{stem}" if stem in LETTERS else stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
        digits = part[len(stem) :]
        shown.append(f"{symbol}_{{{digits}}}" if digits else symbol)
    return " ".join(shown)
