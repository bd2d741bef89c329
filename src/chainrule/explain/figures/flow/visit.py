"""An expression → its piece: a template over the nodes that it reads, while larger parts become operations.

Small things stay together: what is done to one number with constants alone, as in ``½·(ŷ − y)²``, is one operation, and
the sign of a term and the bounds of a sum are no operations of their own.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import cast

from chainrule.explain.figures.flow.pieces import ARRAY, ROW, fixed, moved, placeholder
from chainrule.explain.figures.flow.unrolled import Kind, Letters, Piece, Unrolled, Visit, make, seen
from chainrule.expr.indices import speaks_of_indices
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
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
)
from chainrule.expr.walk import children, rebuild, rename_letters, size
from chainrule.model import explicit
from chainrule.model.letters import base
from chainrule.notation.show import show
from chainrule.numbers.evaluate import holds
from chainrule.numbers.guards import guards

LONG = 24
"""Letters of an operation that is written out; the operations in a longer one become dots."""


def visit(known: Unrolled, expr: Expr, letters: Letters) -> Visit:
    """The piece of an expression."""
    match expr:
        case Number() | Constant():
            return Piece(expr, (), "constant", expr)
        case At(position):
            return constant(Fraction(fixed(position, letters)))
        case Size(letter):
            return constant(Fraction(len(known.environment.setting.range(base(letter)))))
        case InRange(position, letter):
            return constant(Fraction(int(fixed(position, letters) in known.environment.setting.range(base(letter)))))
        case Ref(name, indices):
            place = tuple(fixed(position, letters) for position in indices)
            at: int = yield known.entry(known, name, place)
            return single(known, at, Ref(name, tuple(Index((), one) for one in seen(known, name, place))))
        case Reduce():
            found: Piece = yield reduced(known, expr, letters)
            return found
        case Cond(test, then, otherwise) if speaks_of_indices(test):
            truth = yield holds(known.environment, test, letters, {})
            found = yield visit(known, then if truth else otherwise, letters)
            return found
        case Bracket() if speaks_of_indices(expr):
            truth = yield holds(known.environment, expr, letters, {})
            return constant(Fraction(int(bool(truth))))
        case Mul(args) if any(speaks_of_indices(arg) for arg in args):
            for arg in args:
                if speaks_of_indices(arg):
                    truth = yield holds(known.environment, arg, letters, {})
                    if not truth:
                        return constant(Fraction(0))
            rest = tuple(arg for arg in args if not speaks_of_indices(arg))
            left = Mul(rest) if len(rest) > 1 else rest[0] if rest else Number(Fraction(1))
            found = yield visit(known, left, letters)
            return found
        case Mul(args) if any(guarding := guards(args)):
            rest = tuple(arg for guard, arg in zip(guarding, args, strict=True) if not guard)
            inner: Expr = Mul(rest) if len(rest) > 1 else rest[0]
            for guard, arg in zip(guarding, args, strict=True):
                inner = Cond(cast(Bracket, arg), inner, Number(Fraction(0))) if guard else inner
            found = yield visit(known, inner, letters)
            return found
    parts: list[tuple[Expr, Piece]] = []
    for child in children(expr):
        inside: Piece = yield visit(known, child, letters)
        parts.append((child, inside))
    return combined(known, expr, parts, letters)


def constant(value: Fraction) -> Piece:
    """A number that no quantity stands in."""
    number: Expr = Number(value) if value >= 0 else Neg(Number(-value))
    return Piece(number, (), "constant", number)


def single(known: Unrolled, at: int, short: Expr) -> Piece:
    """A node as it is read."""
    return Piece(placeholder(0), (at,), "plain", short)


def operation(known: Unrolled, expr: Expr, piece: Piece, letters: Letters) -> Piece:
    """A piece as an operation of its own; the same again in one equation is the same operation."""
    same = (known.owner[-1], piece.template, piece.inputs)
    if same not in known.same:
        known.same[same] = make(known, piece, known.owner[-1], "operation", text(known, expr, letters, piece))
    return single(known, known.same[same], Ref("…"))


def combined(known: Unrolled, expr: Expr, parts: list[tuple[Expr, Piece]], letters: Letters) -> Piece:
    """The piece of a node of pieces: small ones are taken in, the others become operations."""
    varying = sum(bool(piece.inputs) for _, piece in parts)
    ready: list[Piece] = []
    scaled = isinstance(expr, Mul | Div | Neg) and varying == 1
    for child, piece in parts:
        taken = piece.kind in ("constant", "plain") or (piece.kind == "wrapped" and varying == 1)
        taken = taken or (scaled and piece.kind == "product") or isinstance(child, Bracket) or isinstance(expr, Neg)
        bare = negated(piece) if isinstance(expr, Add) and isinstance(child, Neg) else None
        if bare is not None and piece.kind == "product":  # a − b·c: the sign is that of the term
            inner = operation(known, children(child)[0], bare, letters)
            ready.append(replace(inner, template=Neg(inner.template), short=Neg(inner.short)))
        elif isinstance(expr, Add) and isinstance(piece.template, Add) and isinstance(child, Reduce):
            ready.append(piece)  # a sum in a sum goes on
        else:
            ready.append(piece if taken else operation(known, child, piece, letters))
    inputs: tuple[int, ...] = ()
    templates: list[Expr] = []
    for piece in ready:
        templates.append(moved(piece.template, len(inputs)))
        inputs += piece.inputs
    template, short = rebuild(expr, tuple(templates)), rebuild(expr, tuple(piece.short for piece in ready))
    if isinstance(template, Add):
        template, short = flat(template), flat(short) if isinstance(short, Add) else short
    return Piece(template, inputs, kind_of(expr, ready, varying), short)


def negated(piece: Piece) -> Piece | None:
    """A piece without the sign before it, if it has one."""
    template, short = piece.template, piece.short
    if not (isinstance(template, Neg) and isinstance(short, Neg)):
        return None
    return replace(piece, template=template.arg, short=short.arg)


def flat(expr: Add) -> Expr:
    """A sum with the terms of the sums in it, without zeros."""
    terms = [term for arg in expr.args for term in (arg.args if isinstance(arg, Add) else (arg,))]
    kept = [term for term in terms if not (isinstance(term, Number) and term.value == 0)]
    return Add(tuple(kept)) if len(kept) > 1 else kept[0] if kept else Number(Fraction(0))


def kind_of(expr: Expr, ready: list[Piece], varying: int) -> Kind:
    """How much a piece is: what can be taken in by what it stands in."""
    if not varying:
        return "constant"
    inside = next(piece.kind for piece in ready if piece.inputs)
    match expr:
        case Neg():
            return inside
        case Mul() | Div() if varying == 1:
            return "product" if inside == "product" else "wrapped"
        case Pow() if varying == 1:
            return "wrapped"
        case Mul():
            return "product"
    return "whole"


def reduced(known: Unrolled, expr: Reduce, letters: Letters) -> Visit:
    """The piece of a reduction: a sum of terms, or a function of a row of numbers."""
    names = expr.letters or (known.model.pattern,)
    ranges = [known.environment.setting.range(base(name)) for name in names]
    places = list(product(*ranges))
    ready: list[Piece] = []
    for place in places:
        bound = {**letters, **dict(zip(names, place, strict=True))}
        piece: Piece = yield visit(known, expr.body, bound)
        if expr.operator == "sum" and piece.template == Number(Fraction(0)):
            continue
        if len(places) == 1 and expr.operator in ("sum", "mean", "max", "min", "prod"):
            return piece
        small = piece.kind in ("constant", "plain") and (expr.operator == "sum" or piece.template == placeholder(0))
        ready.append(piece if small else operation(known, expr.body, piece, bound))
    if not ready:
        return constant(Fraction(0))
    inputs = tuple(input for piece in ready for input in piece.inputs)
    if expr.operator == "sum":
        templates, count = [], 0
        for piece in ready:
            templates.append(moved(piece.template, count))
            count += len(piece.inputs)
        total: Expr = Add(tuple(templates)) if len(templates) > 1 else templates[0]
        short = Add(tuple(piece.short for piece in ready)) if len(ready) > 1 else ready[0].short
        return Piece(total, inputs, "whole" if len(ready) > 1 else ready[0].kind, short)
    return Piece(Reduce(expr.operator, (ROW,), ARRAY), inputs, "whole", Reduce(expr.operator, names, Ref("…")))


# ---- words -----------------------------------------------------------------------------------------------------------


def text(known: Unrolled, expr: Expr, letters: Letters, piece: Piece) -> str:
    """What an operation does, as short as it has to be."""
    whole = show(without_patterns(known, expr, letters))
    if len(whole) <= LONG:
        return whole
    many = len(piece.inputs)
    if isinstance(piece.template, Add) and (many > 4 or size(piece.short) > 40):
        return f"Σ of {many} terms"
    return show(piece.short)


def without_patterns(known: Unrolled, expr: Expr, letters: Letters) -> Expr:
    """An expression as it is read: letters as their numbers, without that of the patterns."""
    one = explicit.unwritten(expr, known.model.pattern, "written")
    return rename_letters(one, {name: Index((), value) for name, value in letters.items()})
