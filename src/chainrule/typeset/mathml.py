"""An expression → MathML, from its nodes: what browsers set as mathematics without any library.

Names are letters, digits and accents alone by the time they stand in an expression; they are escaped all the same.
"""

from __future__ import annotations

import re

from chainrule.errors import markup
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
from chainrule.notation.names import pretty
from chainrule.numbers.functions import FUNCTIONS

SUM, SIGN, PRODUCT, POWER, ATOM = range(5)
"""How tightly a printed piece holds together."""

Piece = tuple[str, int]

SINGLE = re.compile(r"<(mi|mn)( [^<>]*)?>[^<]*</\1>")

MARKS = {"hat": "^", "bar": "¯", "dot": "˙", "tilde": "~"}
COMPARISONS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
WORDS = {name: row.written for name, row in FUNCTIONS.items() if row.written}


def mathml(*sides: Expr, apart: bool = False) -> str:
    """An expression, or the two sides of an equation, as an element ``math``.

    ``apart`` writes total derivatives with an upright d.

    >>> from chainrule.notation import parse_expression
    >>> print(mathml(parse_expression("W₁·x")))
    <math displaystyle="true"><mrow><msub><mi>W</mi><mn>1</mn></msub><mo>·</mo><mi>x</mi></mrow></math>
    """
    texts = (row(fold(side, lambda node, inside: piece(node, inside, apart))[0]) for side in sides)
    return f'<math displaystyle="true">{operator("=").join(texts)}</math>'


def piece(node: Expr, inside: tuple[Piece, ...], apart: bool = False) -> Piece:
    """One node, from its printed parts."""
    texts = [text for text, _ in inside]
    match node:
        case Number():
            return number(node)
        case Ref(name, indices):
            return symbol(name, indices), ATOM
        case At(position):
            return affine(position), ATOM if position.letter else SUM
        case Size(letter):
            return f"<msub><mi>N</mi>{symbol(letter)}</msub>", ATOM
        case Constant():
            return "<mi>π</mi>", ATOM
        case Add(args):
            return total(args, inside), SUM
        case Neg():
            return sign("−") + held(inside[0], PRODUCT), SIGN
        case Mul(args):
            last = len(args) - 1
            parts = (
                held(part, ATOM if isinstance(arg, Reduce) and place < last else PRODUCT)
                for place, (arg, part) in enumerate(zip(args, inside, strict=True))
            )
            return operator("·").join(parts), PRODUCT
        case Div():
            return f"<mfrac>{row(texts[0])}{row(texts[1])}</mfrac>", POWER
        case Pow():
            return f"<msup>{row(held(inside[0], ATOM))}{row(texts[1])}</msup>", POWER
        case Call(function, _, order):
            if function == "sqrt" and not order:
                return f"<msqrt>{texts[0]}</msqrt>", ATOM
            name = symbol(WORDS.get(function, function) + "'" * order)
            return f"{name}{APPLY}{bracketed(operator(',').join(texts))}", ATOM
        case Reduce(name, letters):
            return reduction(name, letters) + held(inside[0], PRODUCT), PRODUCT
        case Bracket(comparison):
            return bracketed(texts[0] + operator(COMPARISONS[comparison]) + texts[1], "[]"), ATOM
        case InRange(position, letter):
            return bracketed(affine(position) + operator("∈") + symbol(letter), "[]"), ATOM
        case Cond():
            return cases(texts), SUM
        case Derivative():
            return fraction("d" if apart and node.kind == "total" else "∂", inside), POWER


APPLY = "<mo>&#x2061;</mo>"
"""The invisible sign between a function and its argument."""


def operator(sign: str) -> str:
    return f"<mo>{markup(sign)}</mo>"


def sign(text: str) -> str:
    return f'<mo form="prefix">{text}</mo>'


def row(text: str) -> str:
    """Several elements as one; a single letter or number as it is."""
    return text if SINGLE.fullmatch(text) else f"<mrow>{text}</mrow>"


def bracketed(text: str, pair: str = "()") -> str:
    """A part in brackets, which grow only with what is tall: without a mathematical font they would grow too soon."""
    tall = any(element in text for element in ("<mfrac", "<munder", "<mtable"))
    opened, closed = (f'<mo fence="true" stretchy="{str(tall).lower()}">{sign}</mo>' for sign in pair)
    return f"<mrow>{opened}{row(text)}{closed}</mrow>"


def held(part: Piece, floor: int) -> str:
    """A part in brackets where it holds less tightly than its place asks."""
    text, level = part
    return bracketed(text) if level < floor else text


def total(args: tuple[Expr, ...], inside: tuple[Piece, ...]) -> str:
    """A sum; a negative term brings its own sign."""
    out = ""
    for arg, (text, level) in zip(args, inside, strict=True):
        if isinstance(arg, Neg):
            out += operator("−") + text.removeprefix(sign("−")) if out else text
        else:
            out += (operator("+") if out else "") + held((text, level), PRODUCT if out else SIGN)
    return out


def reduction(name: str, letters: tuple[str, ...]) -> str:
    """Σ, or the word of another reduction, with its letters below."""
    head = '<mo movablelimits="false">∑</mo>' if name == "sum" else f"<mi>{markup(name)}</mi>"
    below = row(operator(",").join(map(symbol, letters)))
    element = "munder" if name == "sum" else "msub"
    space = '<mspace width="0.17em"/>'
    return (f"<{element}>{head}{below}</{element}>" if letters else head) + space


def cases(texts: list[str]) -> str:
    """One of two values, in two lines behind a brace."""
    rows = (
        f"<mtr><mtd>{row(value)}</mtd><mtd><mtext>{word} </mtext>{row(test)}</mtd></mtr>"
        for value, word, test in ((texts[1], "if", texts[0]), (texts[2], "else", ""))
    )
    return f'<mrow><mo fence="true">{{</mo><mtable>{"".join(rows)}</mtable></mrow>'


def fraction(d: str, inside: tuple[Piece, ...]) -> str:
    """The derivative as a fraction; what is not a name or a call stands in brackets."""
    above, mark = held(inside[0], ATOM), f'<mi mathvariant="normal">{d}</mi>'
    below = [text for text, _ in inside[1:]]
    if len(below) == 1:
        return f"<mfrac>{row(mark + above)}{row(mark + below[0])}</mfrac>"
    twice = f"<msup>{mark}<mn>2</mn></msup>"
    names = f"{mark}<msup>{row(below[0])}<mn>2</mn></msup>" if below[0] == below[1] else mark + mark.join(below)
    return f"<mfrac>{row(twice + above)}{row(names)}</mfrac>"


def number(node: Number) -> Piece:
    """A number, or a fraction of two."""
    above, slash, below = show(node, ascii=True).removeprefix("-").partition("/")
    text = f"<mn>{markup(above)}</mn>"
    if slash:
        text = f"<mfrac>{text}<mn>{markup(below)}</mn></mfrac>"
    if node.value < 0:
        return sign("−") + text, SIGN
    return text, POWER if slash else ATOM


def symbol(name: str, indices: tuple[Index, ...] = ()) -> str:
    """A name: accents over their letter, digits and indices below, primes behind.

    >>> symbol("y_hat")
    '<mover accent="true"><mi>y</mi><mo>^</mo></mover>'
    """
    stem = name.rstrip("'")
    primes = "′" * (len(name) - len(stem))
    out, below = "", ""
    parts = stem.split("_")
    for place, part in enumerate(parts):
        letters = part.rstrip("0123456789") if part.rstrip("0123456789") else part
        below += part[len(letters) :]
        if letters in MARKS and out:
            out = f'<mover accent="true">{out}<mo>{MARKS[letters]}</mo></mover>'
        elif letters:
            word = pretty(letters)
            joined = out and len(word) > 1 and len(pretty(parts[place - 1])) > 1
            out += f"<mi>{'_' if joined else ''}{markup(word)}</mi>"
    places = ([f"<mn>{below}</mn>"] if below else []) + [affine(position) for position in indices]
    if primes:
        out += f'<mo lspace="0" rspace="0">{primes}</mo>'
    core = row(out) if primes or out.count("<mi>") > 1 else out
    if not places:
        return core
    under = places[0] if len(places) == 1 and below else row(operator(",").join(places))
    return f"<msub>{core}{under}</msub>"


def affine(position: Index) -> str:
    """An index, ``2s + u − 1``."""
    out = ""
    for letter, factor in position.terms:
        if out:
            out += operator("−" if factor < 0 else "+")
        elif factor < 0:
            out += sign("−")
        out += ("" if abs(factor) == 1 else f"<mn>{abs(factor)}</mn>") + symbol(letter)
    if position.constant and out:
        return f"{out}{operator('−' if position.constant < 0 else '+')}<mn>{abs(position.constant)}</mn>"
    if not out:
        return ("" if position.constant >= 0 else sign("−")) + f"<mn>{abs(position.constant)}</mn>"
    return out
