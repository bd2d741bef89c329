"""The frame of a sum being read, and how its pieces are put together: powers, products, terms.

Depth is counted while putting together, so that a tree deeper than the limit is never made.
"""

from __future__ import annotations

from typing import Literal, cast

from chainrule.errors import Span
from chainrule.expr.nodes import (
    Add,
    Div,
    Expr,
    Mul,
    Neg,
    Operator,
    Pow,
    Reduce,
    Ref,
)
from chainrule.notation import corrections
from chainrule.notation.lexer import Token
from chainrule.notation.reader import Reader
from chainrule.notation.scope import Scope

FrameKind = Literal["root", "group", "call", "reduce", "bracket", "cond", "derivative"]


class Frame:
    """One sum being read, and what its end will make of it."""

    __slots__ = (
        "args", "atom", "atom_depth", "atom_kind", "atom_start", "atom_stop", "bases", "depth", "factors",
        "factors_depth", "factors_start", "factors_stop", "function", "inner", "kind", "left", "letters", "negative",
        "opener", "operation", "order", "sign", "start", "strict", "terms", "terms_start", "test",
    )  # fmt: skip

    def __init__(self, kind: FrameKind, opener: int, start: int) -> None:
        self.kind = kind
        self.opener = opener  # number of the token that opened it
        self.start = start  # where in the text the whole of it began
        self.strict = False
        self.function = ""
        self.order = 0
        self.letters: tuple[str, ...] = ()
        self.args: list[Expr] = []
        self.test = ""  # the comparison read, in a bracket or a condition, and what stands left of it
        self.left: Expr | None = None
        self.inner = 0  # the depth of what has been read in it
        self.clear()

    def clear(self) -> None:
        """Begin another sum: after a comma or a comparison."""
        self.terms: list[Expr] = []
        self.terms_start = -1
        self.depth = 0
        self.begin_term(False, -1)

    def begin_term(self, negative: bool, sign: int) -> None:
        self.negative = negative
        self.sign = sign  # where the sign of this term stands
        self.factors: list[Expr] = []
        self.factors_depth = 0
        self.factors_start = self.factors_stop = -1
        self.operation = ""
        self.bases: list[
            tuple[Expr, int, int, int]
        ] = []  # base, its depth, its start, where the exponent's minus stands
        self.atom: Expr | None = None
        self.atom_kind = ""

    @property
    def closed_by(self) -> str:
        return "]" if self.kind == "bracket" else ")"

    @property
    def at_term(self) -> bool:
        """Whether the next operand begins a term."""
        return not self.factors and not self.bases

    def set(self, atom: Expr, depth: int, start: int, stop: int, kind: str = "") -> None:
        self.atom, self.atom_depth, self.atom_start, self.atom_stop, self.atom_kind = atom, depth, start, stop, kind


class Builder:
    """Keeps the stack of frames and makes nodes of what they hold."""

    __slots__ = ("reader", "result", "scope", "stack")

    def __init__(self, reader: Reader, scope: Scope) -> None:
        self.reader = reader
        self.scope = scope
        self.stack: list[Frame] = []

    def push(self, kind: FrameKind, start: int) -> Frame:
        reader = self.reader
        frame = Frame(kind, reader.at, start)
        if len(self.stack) > 2 * reader.budget.limits.depth:
            reader.exceeded("depth", reader.token.span)
        self.stack.append(frame)
        return frame

    def count(self, nodes: int, span: Span) -> None:
        budget = self.reader.budget
        budget.nodes += nodes
        if budget.nodes > budget.limits.nodes:
            self.reader.exceeded("nodes", span)

    def deep(self, depth: int, span: Span) -> int:
        self.count(1, span)
        if depth > self.reader.budget.limits.depth:
            self.reader.exceeded("depth", span)
        return depth

    def end_power(self, frame: Frame) -> None:
        """The atom, and the bases waiting for it, become a factor."""
        expr, depth, start, stop = cast(Expr, frame.atom), frame.atom_depth, frame.atom_start, frame.atom_stop
        while frame.bases:
            base, base_depth, base_start, minus = frame.bases.pop()
            if minus >= 0:
                span = Span(minus, stop)
                expr, depth = Neg(expr, span), self.deep(depth + 1, span)
            span = Span(base_start, stop)
            expr, depth, start = Pow(base, expr, span), self.deep(max(depth, base_depth) + 1, span), base_start
        if not frame.operation:
            frame.factors, frame.factors_depth, frame.factors_start = [expr], depth, start
        elif frame.operation == "/":
            numerator, above = self.product(frame)
            span = Span(frame.factors_start, stop)
            frame.factors = [Div(numerator, expr, span)]
            frame.factors_depth = self.deep(max(depth, above) + 1, span)
        else:
            frame.factors.append(expr)
            frame.factors_depth = max(frame.factors_depth, depth)
        frame.factors_stop = stop
        frame.atom = None
        frame.operation = ""

    def factor(self, frame: Frame, token: Token) -> None:
        if frame.kind == "reduce" and frame.strict:
            below = len(self.stack) - 1
            while below and self.stack[below - 1].kind == "reduce" and self.stack[below - 1].strict:
                below -= 1
            corrections.strict(self.reader, self.stack[below].start, token, self.reader.at)
        self.end_power(frame)

    def juxtaposed(self, frame: Frame, token: Token) -> bool:
        """A product without a sign; after a division or a power it could mean two things."""
        reader = self.reader
        if frame.operation == "/":
            corrections.division(reader, frame.factors_start, frame.atom_start, frame.atom_stop, token)
        if frame.bases and frame.atom_kind != "bracket":
            corrections.exponent(reader, frame.bases[-1][2], frame.atom_start, frame.atom_stop, token)
        if (
            isinstance(frame.atom, Ref)
            and token.text == "["
            and frame.atom.indices
            and reader.at not in reader.compared | reader.ranges
        ):
            reader.fail("E040", "a name has one index bracket", "write W[j,i] for W[j][i]")
        self.factor(frame, token)
        frame.operation = "*"
        return True

    def product(self, frame: Frame) -> tuple[Expr, int]:
        if len(frame.factors) == 1:
            return frame.factors[0], frame.factors_depth
        span = Span(frame.factors_start, frame.factors_stop)
        return Mul(tuple(frame.factors), span), self.deep(frame.factors_depth + 1, span)

    def end_term(self, frame: Frame) -> None:
        self.end_power(frame)
        expr, depth = self.product(frame)
        start = frame.factors_start
        if frame.negative:
            start = frame.sign
            span = Span(start, frame.factors_stop)
            expr, depth = Neg(expr, span), self.deep(depth + 1, span)
        if not frame.terms:
            frame.terms_start = start
        frame.terms.append(expr)
        frame.depth = max(frame.depth, depth)

    def end_sum(self, frame: Frame) -> tuple[Expr, int]:
        self.end_term(frame)
        if len(frame.terms) == 1:
            return frame.terms[0], frame.depth
        span = Span(frame.terms_start, frame.factors_stop)
        return Add(tuple(frame.terms), span), self.deep(frame.depth + 1, span)

    def atom(self, frame: Frame, atom: Expr, span: Span, kind: str = "") -> None:
        self.count(1, span)
        frame.set(atom, 1, span.start, span.stop, kind)

    def end_reduce(self, frame: Frame) -> bool:
        """The end of a term closes the reductions in it."""
        body, depth = self.end_sum(frame)
        self.stack.pop()
        span = Span(frame.start, frame.factors_stop)
        reduction = Reduce(cast(Operator, frame.function), frame.letters, body, span)
        self.stack[-1].set(reduction, self.deep(depth + 1, span), span.start, span.stop, "reduce")
        return False
