"""Tokens → one expression, by precedence, with an own stack: no depth of brackets meets the recursion limit.

``expr = [-] term {± term}``, ``term = power {* power | / power | power}``, ``power = atom [^ [-] power]``. A `Frame`
holds one sum while it is read: its finished terms, the product and the chain of powers being read. Brackets, calls and
reductions open a frame; what closes them makes an atom of the frame below. A reduction is closed by the end of a term.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NoReturn, cast

from chainrule.errors import Span
from chainrule.expr.nodes import (
    Bracket,
    Call,
    Comparison,
    Cond,
    Expr,
    InRange,
    Neg,
    Number,
    Pow,
)
from chainrule.notation import corrections
from chainrule.notation.frames import Frame
from chainrule.notation.lexer import Token
from chainrule.notation.names import clip
from chainrule.notation.operands import Operands
from chainrule.notation.reader import COMPARISONS, Reader
from chainrule.notation.scope import Scope


def expression(reader: Reader, scope: Scope) -> Expr:
    """The expression at which reading stands, up to the first token that cannot go on with it."""
    return Machine(reader, scope).run()


class Machine(Operands):
    """Reads one expression: `operand` where a value must come, `infix` after one."""

    __slots__ = ()

    def run(self) -> Expr:
        self.push("root", self.reader.token.start)
        operand = True
        while self.stack:
            operand = self.operand() if operand else self.infix()
        return self.result

    def infix(self) -> bool:
        """Read what follows a value: whether another value must come next."""
        reader, frame = self.reader, self.stack[-1]
        token = reader.token
        if token.kind == "operator":
            match token.text:
                case "*" | "/":
                    self.factor(frame, token)
                    reader.take()
                    frame.operation = token.text
                    return True
                case "+" | "-":
                    if frame.kind == "reduce":
                        return self.end_reduce(frame)
                    self.end_term(frame)
                    frame.begin_term(token.text == "-", token.start)
                    reader.take()
                    return True
                case "^":
                    return self.power(frame, token)
                case "(" | "[" | "∂":
                    return self.juxtaposed(frame, token)
        elif token.kind == "superscript":
            return self.superscript(frame, token)
        elif token.kind in ("name", "sum"):
            return self.juxtaposed(frame, token)
        elif token.kind in ("number", "fraction"):
            self.number_after(frame, token)
        elif token.kind == "prime":
            reader.fail("E037", "a prime stands after a letter or a function", "write A'(u) for the derivative of A")
        elif token.kind == "subscript":
            reader.fail("E033", "a subscript stands directly after a name", "write xᵢ or x[i]")
        return self.close(frame, token)

    def number_after(self, frame: Frame, token: Token) -> None:
        reader = self.reader
        before = reader.typed(frame.atom_start, frame.atom_stop)
        typed = reader.found()
        reader.fail(
            "E022", f"{typed} directly after {clip(before)}: a number may only come first in a product without a sign",
            f"write {clip(before)}*{typed}, or {clip(before)} + {typed}",
        )  # fmt: skip

    def power(self, frame: Frame, token: Token) -> bool:
        reader = self.reader
        self.raised(frame, token)
        frame.bases.append((cast(Expr, frame.atom), frame.atom_depth, frame.atom_start, -1))
        frame.atom = None
        frame.atom_kind = ""
        reader.take()
        return True

    def superscript(self, frame: Frame, token: Token) -> bool:
        reader = self.reader
        self.raised(frame, token)
        if "-" in token.text[1:] or token.text == "-":
            reader.fail("E021", "the superscript is not an integer", "write x⁻¹ or x^(-1)")
        if len(token.text) > reader.budget.limits.digits:
            reader.exceeded("digits", token.span)
        reader.take()
        digits = token.text.lstrip("-")
        exponent: Expr = Number(Fraction(int(digits)), digits, token.span)
        depth = 1
        self.count(1, token.span)
        if token.text[0] == "-":
            exponent, depth = Neg(exponent, token.span), self.deep(2, token.span)
        span = Span(frame.atom_start, token.stop)
        power = Pow(cast(Expr, frame.atom), exponent, span)
        frame.set(power, self.deep(max(frame.atom_depth, depth) + 1, span), frame.atom_start, token.stop, "superscript")
        return False

    def raised(self, frame: Frame, token: Token) -> None:
        """Refuse a power of what cannot have one without brackets."""
        reader = self.reader
        if frame.atom_kind == "derivative":
            typed = reader.typed(frame.atom_start, frame.atom_stop)
            reader.fail("E027", "a power after a derivative could mean its order", f"write ({typed})^2 for the square")
        if frame.atom_kind == "superscript":
            typed = reader.typed(frame.atom_start, frame.atom_stop)
            reader.fail("E021", "a power of a power needs brackets", f"write ({typed})^… or {typed[:-1]}^(…)")

    # ---------------------------------------------------------------- ends

    def close(self, frame: Frame, token: Token) -> bool:
        """What ends a sum: a comma, a comparison, a closing bracket or the end of the expression."""
        reader = self.reader
        if frame.kind == "reduce":
            return self.end_reduce(frame)
        value, depth = self.end_sum(frame)
        if frame.kind == "root":
            self.result = value
            self.stack.pop()
            return False
        frame.inner = max(frame.inner, depth)
        if token.text in COMPARISONS:
            self.compare(frame, value, token)
        elif token.text == ",":
            self.comma(frame, value, token)
        elif token.text == frame.closed_by:
            self.end_bracket(frame, value, token)
            return False
        else:
            self.unexpected(frame, token)
        frame.clear()
        reader.take()
        return True

    def compare(self, frame: Frame, value: Expr, token: Token) -> None:
        reader = self.reader
        if frame.test:
            reader.fail("E025", "a bracket holds one comparison", "write [0 < x]*[x < 1] for 0 < x < 1")
        if frame.kind != "bracket" and (frame.kind != "cond" or frame.args):
            reader.fail(
                "E025",
                f"{reader.found()} stands outside of square brackets",
                "a comparison is written [a > b]; it is 1 or 0",
            )
        frame.test, frame.left = token.text, value

    def comma(self, frame: Frame, value: Expr, token: Token) -> None:
        match frame.kind:
            case "call":
                frame.args.append(value)
            case "cond" if not frame.args:
                frame.args.append(self.bracket(frame, value))
            case "cond" if len(frame.args) == 1:
                frame.args.append(value)
            case "cond":
                self.reader.fail(
                    "E050",
                    "if( … ) takes three parts",
                    "write if(a > b, c, d): the test, the value if it holds, the other",
                )
            case _:
                corrections.comma(self.reader)

    def bracket(self, frame: Frame, value: Expr) -> Bracket:
        if not frame.test or frame.left is None:
            self.reader.fail("E050", "if( … ) begins with a comparison", "write if(a > b, c, d)", frame.opener)
        span = Span(self.reader.tokens[frame.opener].start, self.reader.token.stop)
        self.count(1, span)
        return Bracket(cast(Comparison, frame.test), frame.left, value, span)

    def end_bracket(self, frame: Frame, value: Expr, token: Token) -> None:
        """A closing bracket makes an atom of the frame below."""
        reader = self.reader
        self.stack.pop()
        outer = self.stack[-1]
        span = Span(frame.start, token.stop)
        made: Expr
        match frame.kind:
            case "group":
                outer.set(value, frame.inner, span.start, span.stop, "bracket")
                reader.take()
                return
            case "call":
                made = Call(frame.function, (*frame.args, value), frame.order, span)
            case "bracket":
                made = self.bracket(frame, value)
            case "cond":
                if len(frame.args) != 2:
                    reader.fail(
                        "E050",
                        "if( … ) takes three parts",
                        "write if(a > b, c, d): the test, the value if it holds, the other",
                        frame.opener,
                    )
                made = Cond(cast(Bracket | InRange, frame.args[0]), frame.args[1], value, span)
                frame.inner += 1
            case _:
                reader.take()
                self.below(outer, value, frame.inner, frame.function, frame.order, frame.start)
                return
        reader.take()
        outer.set(made, self.deep(frame.inner + 1, span), span.start, span.stop, frame.kind)

    def unexpected(self, frame: Frame, token: Token) -> NoReturn:
        reader = self.reader
        found = reader.found()
        if token.text == "=":
            corrections.comparison(reader)
        if token.text == "in":
            reader.fail("E025", "`in` compares an index with a letter", "write [t-1 in t]")
        if token.text in (")", "]", "}"):
            opened = reader.tokens[frame.opener].text
            reader.fail("E011", f"{found} cannot close {opened}", f"write {frame.closed_by}")
        if token.text == "|":
            corrections.absolute(reader)
        reader.fail("E012", f"expected {frame.closed_by}, found {found}", "write an operator, or close the bracket")
