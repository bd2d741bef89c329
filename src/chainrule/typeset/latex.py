"""A derivation → LaTeX for an ``align`` environment: factors in the order of the lines, ``\\hat{y}``, ``\\tfrac12``."""

from __future__ import annotations

import unicodedata

from chainrule.derive.derivation import Derivation
from chainrule.derive.sentences import label
from chainrule.errors import inline
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Derivative,
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
)
from chainrule.expr.walk import fold
from chainrule.notation import show
from chainrule.numbers.functions import FUNCTIONS
from chainrule.typeset.formula import ambiguous, named

SUM, SIGN, PRODUCT, POWER, ATOM = range(5)
"""How tightly a printed piece holds together."""

Piece = tuple[str, int]

ACCENTS = ("hat", "bar", "dot", "tilde")
GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
    "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega",
}  # fmt: skip
OPERATORS = {name: row.latex for name, row in FUNCTIONS.items() if row.latex}
SPECIAL = str.maketrans(
    {char: f"\\{char}" for char in "{}$&#%_"}
    | {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
)
COMPARISONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}


def latex(derivation: Derivation, rules: bool = True) -> str:
    r"""The lines of a derivation in an ``align`` environment, numbered by tags, with the rule of each if asked.

    >>> from chainrule.derive import derive
    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> print(latex(derive(build(parse("weight w\nE = ½w^2")), "w"), rules=False))
    \begin{align}
    \frac{\partial E}{\partial w}
    &= \frac{\partial \left(\tfrac12 \cdot w^{2}\right)}{\partial w} \tag{1} \\
    &= w \tag{2}
    \end{align}
    """
    rows: list[str] = []
    before, apart = None, ambiguous(derivation)
    for number, step in enumerate(derivation.steps, 1):
        if step.left != before:
            rows.append(formula(named(step.left, derivation.aliases), apart))
        before = step.left
        why = rf" && \text{{{words(label(step.rule))}}}" if rules else ""
        end = r" \\" if number < len(derivation.steps) else ""
        rows.append(rf"&= {formula(named(step.after, derivation.aliases), apart)}{why} \tag{{{number}}}{end}")
    return "\n".join([r"\begin{align}", *rows, r"\end{align}"])


def words(text: str) -> str:
    r"""A text as LaTeX may hold it between formulas: drawn, and nothing in it is a command.

    >>> print(words("50 % of \\input{x}"))
    50 \% of \textbackslash{}input\{x\}
    """
    return inline(text).translate(SPECIAL)


def formula(expr: Expr, apart: bool = False) -> str:
    r"""An expression in LaTeX; ``apart`` writes total derivatives with an upright d.

    >>> from chainrule.notation import parse_expression
    >>> print(formula(parse_expression("½(ŷ − y)²/W₁")))
    \frac{\tfrac12 \cdot \left(\hat{y} - y\right)^{2}}{W_{1}}
    """
    return fold(expr, lambda node, inside: piece(node, inside, apart))[0]


def piece(node: Expr, inside: tuple[Piece, ...], apart: bool = False) -> Piece:
    """One node, from its printed parts."""
    texts = [text for text, _ in inside]
    match node:
        case Number():
            return number(node)
        case Ref(name, indices):
            return symbol(name, indices), ATOM
        case At(index):
            return affine(index), ATOM if index.letter else SUM
        case Size(letter):
            return f"N_{{{symbol(letter)}}}", ATOM
        case Constant():
            return r"\pi", ATOM
        case Add(args):
            return total(args, inside), SUM
        case Neg():
            return f"-{held(inside[0], PRODUCT)}", SIGN
        case Mul(args):
            last = len(args) - 1
            parts = (
                held(part, ATOM if isinstance(arg, Reduce) and place < last else PRODUCT)
                for place, (arg, part) in enumerate(zip(args, inside, strict=True))
            )
            return r" \cdot ".join(parts), PRODUCT
        case Div():
            return rf"\frac{{{texts[0]}}}{{{texts[1]}}}", POWER
        case Pow():
            return f"{held(inside[0], ATOM)}^{{{texts[1]}}}", POWER
        case Call("sqrt", _, 0):
            return rf"\sqrt{{{texts[0]}}}", ATOM
        case Call(function, _, order):
            return rf"{called(function)}{order * chr(39)}\left({', '.join(texts)}\right)", ATOM
        case Reduce(operator, letters):
            sign = r"\sum" if operator == "sum" else rf"\operatorname{{{operator}}}"
            below = f"_{{{','.join(map(symbol, letters))}}}" if letters else ""
            return f"{sign}{below} {held(inside[0], PRODUCT)}", PRODUCT
        case Bracket(comparison):
            return rf"\left[{texts[0]} {COMPARISONS[comparison]} {texts[1]}\right]", ATOM
        case InRange(index, letter):
            return rf"\left[{affine(index)} \in {symbol(letter)}\right]", ATOM
        case Cond():
            test = texts[0].removeprefix(r"\left[").removesuffix(r"\right]")
            cases = rf"{texts[1]} & \text{{if }} {test} \\ {texts[2]} & \text{{else}}"
            return rf"\begin{{cases}} {cases} \end{{cases}}", SUM
        case Derivative():
            return fraction(r"\mathrm{d}" if apart and node.kind == "total" else r"\partial ", inside), POWER


def held(part: Piece, floor: int) -> str:
    """A part in brackets where it holds less tightly than its place asks."""
    text, level = part
    return rf"\left({text}\right)" if level < floor else text


def total(args: tuple[Expr, ...], inside: tuple[Piece, ...]) -> str:
    """A sum; a negative term brings its own sign."""
    out = ""
    for arg, (text, level) in zip(args, inside, strict=True):
        if isinstance(arg, Neg):
            out += f" - {text[1:]}" if out else text
        else:
            out += (" + " if out else "") + held((text, level), PRODUCT if out else SIGN)
    return out


def fraction(d: str, inside: tuple[Piece, ...]) -> str:
    r"""The derivative as a fraction, with \partial; what is not a name or a call stands in brackets."""
    above = held(inside[0], ATOM)
    below = [text for text, _ in inside[1:]]
    if len(below) == 1:
        return rf"\frac{{{d}{above}}}{{{d}{below[0]}}}"
    names = f"{d}{below[0]}^2" if below[0] == below[1] else f"{d}{below[0]} {d}{below[1]}"
    return rf"\frac{{{d.rstrip()}^2 {above}}}{{{names}}}"


def number(node: Number) -> Piece:
    """A number; a fraction of two single digits in LaTeX's short form."""
    written = show(node, ascii=True)
    above, slash, below = written.removeprefix("-").partition("/")
    text = above
    if slash:
        text = rf"\tfrac{above}{below}" if len(above) == len(below) == 1 else rf"\tfrac{{{above}}}{{{below}}}"
    if node.value < 0:
        return f"-{text}", SIGN
    return text, POWER if slash else ATOM


def symbol(name: str, indices: tuple[Index, ...] = ()) -> str:
    r"""A name: accents over their letter, Greek letters by name, digits and indices below.

    >>> print(symbol("y_hat"), symbol("W1"), symbol("Delta_w"), symbol("error"))
    \hat{y} W_{1} \Delta w \mathrm{error}
    """
    out, below = "", ""
    for part in name.rstrip("'").split("_"):
        stem = part.rstrip("0123456789")
        below += part[len(stem) :]
        if stem in ACCENTS and out:
            out = rf"\{stem}{{{out}}}"
        elif stem:
            letter = rf"\{stem}" if stem in GREEK else stem if len(stem) == 1 else rf"\mathrm{{{ascii_text(stem)}}}"
            out += (" " if out.startswith("\\") and not out.endswith("}") else "") + letter
    places = [below] if below else []
    places += map(affine, indices)
    primes = "'" * (len(name) - len(name.rstrip("'")))
    return f"{out}{primes}_{{{','.join(places)}}}" if places else out + primes


def ascii_text(stem: str) -> str:
    """A word for \\mathrm: names have letters alone, so nothing needs an escape."""
    return unicodedata.normalize("NFKD", stem)


def called(function: str) -> str:
    return OPERATORS.get(function, symbol(function))


def affine(position: Index) -> str:
    """An index, ``2s+u-1``."""
    out = ""
    for letter, factor in position.terms:
        sign = "-" if factor < 0 else "+" if out else ""
        out += sign + ("" if abs(factor) == 1 else str(abs(factor))) + symbol(letter)
    if position.constant or not out:
        out += f"{position.constant:+d}" if out else str(position.constant)
    return out
