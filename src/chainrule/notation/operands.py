"""Where a value must come: numbers, names by what they are, brackets, signs."""

from __future__ import annotations

from fractions import Fraction
from typing import NoReturn

from chainrule.errors import Span
from chainrule.expr.nodes import (
    At,
    Constant,
    Index,
    Number,
    Ref,
    Size,
)
from chainrule.notation import corrections
from chainrule.notation.forms import Forms
from chainrule.notation.frames import Frame
from chainrule.notation.known import ALIASES, KNOWN, MACROS, PATTERN_REDUCTIONS, REDUCTIONS, WORDS
from chainrule.notation.lexer import Token
from chainrule.notation.names import ascii as kept
from chainrule.notation.names import clip, pretty
from chainrule.notation.numerals import exact, spelled
from chainrule.notation.runs import product


class Operands(Forms):
    """Reads one value, or what opens one."""

    __slots__ = ()

    def operand(self) -> bool:
        """Read a value or what opens one; whether another value must follow."""
        reader, frame = self.reader, self.stack[-1]
        token = reader.token
        match token.kind:
            case "name":
                return self.named(frame, token)
            case "number":
                return self.number(frame, token)
            case "fraction":
                reader.take()
                self.atom(frame, Number(Fraction(token.text), reader.source.text[token.start], token.span), token.span)
                return False
            case "sum":
                return self.sigma(token)
        match token.text if token.kind == "operator" else "":
            case "(":
                self.push("group", token.start)
                reader.take()
                if reader.sees(")"):
                    reader.fail("E012", "there is nothing in the brackets", "write an expression in them")
                return True
            case "[":
                return self.iverson(token)
            case "∂":
                return self.partial_sign(frame, token)
            case "-" | "+":
                return self.signed(frame, token)
            case "|":
                corrections.absolute(reader)
            case "inf":
                reader.fail("E051", "∞ is not a number to reckon with", "it may only stand in a domain: `in [0, ∞)`")
        return self.missing(frame, token)

    def missing(self, frame: Frame, token: Token) -> NoReturn:
        reader = self.reader
        before = reader.tokens[reader.at - 1] if reader.at else None
        what = f"expected a value, found {reader.found()}"
        if before is not None and before.kind == "operator" and token.kind == "end":
            arrow = before.text == "-" and reader.tokens[reader.at - 2].text == "<"
            what = f"after {'<-' if arrow else reader.found(reader.at - 1)} a value is missing"
        if token.kind == "superscript":
            reader.fail("E012", what, "a power needs a base: x²")
        if token.kind == "subscript":
            reader.fail("E012", what, "a subscript needs a name: xᵢ")
        if token.text == "," and frame.kind == "root":
            reader.fail("E012", what, "write a value before the comma")
        if token.text in (">", "=", "<") and before is not None and before.text in ("<", ">", "==", "=", "<=", ">="):
            corrections.comparison(reader)
        if token.text in ("*", "/") and before is not None and before.text == token.text:
            reader.fail(
                "E012", what, "comments begin with #" if token.text == "/" else "a power is written x^2 or x**2"
            )
        reader.fail("E012", what, "write a number, a name or an expression in brackets here")

    def signed(self, frame: Frame, token: Token) -> bool:
        """A sign: before the first term of a sum, or a minus in an exponent; elsewhere it needs brackets."""
        reader = self.reader
        if frame.bases and frame.atom is None and token.text == "-" and frame.bases[-1][3] < 0 and self.after_power():
            base, depth, start, _ = frame.bases[-1]
            frame.bases[-1] = (base, depth, start, token.start)
            reader.take()
            return True
        first = not frame.terms and frame.at_term and frame.sign < 0 and not frame.operation
        if first and frame.kind != "reduce":
            frame.negative = token.text == "-"
            frame.sign = token.start
            reader.take()
            return True
        reduced = frame.kind == "reduce" and frame.at_term
        stop = reader.end_of_term(reader.at + 1) if reduced else reader.end_of_power(reader.at)
        inside = reader.typed(token.start, stop)
        line = reader.edited((token.start, stop, f"({inside})" if token.text == "-" else inside.lstrip("+ ")))
        before = clip(reader.typed(frame.start, token.start)) if reduced else reader.found(reader.at - 1)
        name = "minus" if token.text == "-" else "plus"
        return reader.fail("E023", f"a {name} sign directly after {before}", f"put it in brackets: {line}")

    def after_power(self) -> bool:
        return self.reader.tokens[self.reader.at - 1].text == "^"

    def number(self, frame: Frame, token: Token) -> bool:
        reader = self.reader
        value = exact(reader, token, self.scope)
        if frame.at_term and not frame.operation and token.text.isdigit() and self.ratio():
            reader.at += 2
            last = reader.token
            below = exact(reader, last, self.scope)
            span = Span(token.start, last.stop)
            reader.take()
            self.atom(frame, Number(value / below, f"{token.text}/{last.text}", span), span)
            return False
        reader.take()
        self.atom(frame, Number(value, spelled(token.text), token.span), token.span)
        return False

    def ratio(self) -> bool:
        """Whether integer/integer stands here, and nothing after it that would bind tighter to the second."""
        reader = self.reader
        slash, below, after = reader.peek(1), reader.peek(2), reader.peek(3)
        if slash.text != "/" or below.kind != "number" or not below.text.isdigit() or not below.text.strip("0"):
            return False
        return after.kind in ("operator", "end") and after.text not in ("^", "(", "[", "∂")

    # ---------------------------------------------------------------- names

    def named(self, frame: Frame, token: Token) -> bool:
        reader, scope, name = self.reader, self.scope, token.text
        after = reader.peek()
        if name in ("d", "partial") and after.text == "(" and self.quotient(reader.at + 1, name):
            derivative = self.push("derivative", token.start)
            derivative.function = name
            derivative.opener = reader.at + 1
            reader.at += 2
            return True
        if scope.quantity(name) or scope.function(name):
            if over := scope.head(name):
                corrections.taken(reader, over)
            return self.quantity(frame, token) if scope.quantity(name) else self.call(frame, token, name)
        if scope.letter(name):
            reader.take()
            primes = reader.primes()
            if reader.sees("[") and reader.at not in reader.compared and reader.at not in reader.ranges:
                reader.fail(
                    "E040",
                    f"{pretty(name)} is a letter: it has no index",
                    "call the quantity by another name",
                    reader.at - 1,
                )
            span = Span(token.start, reader.tokens[reader.at - 1].stop)
            self.atom(frame, At(Index(((name + primes, 1),)), span), span)
            return False
        stem, _, suffix = name.partition("_")
        if stem in REDUCTIONS and "_" in name and self.over(stem, suffix, token):
            return True
        if name in PATTERN_REDUCTIONS and self.patterns(token):
            return True
        if name == "if" and after.text == "(":
            return self.condition(token)
        if name == "size" and after.text == "(":
            reader.at += 2
            letter = reader.letter(scope)
            reader.expect(")", "E038", "write size(i)")
            span = Span(token.start, reader.tokens[reader.at - 1].stop)
            self.atom(frame, Size(letter, span), span)
            return False
        if name == "pi" and not (scope.open and after.text in ("(", "[")):
            reader.take()
            self.atom(frame, Constant("pi", token.span), token.span)
            return False
        canonical = ALIASES.get(name, name)
        if canonical in KNOWN or canonical in MACROS:
            if scope.open and name in ALIASES and after.text != "(" and after.kind != "prime":
                return self.quantity(frame, token)
            if canonical != name:
                self.unhidden(canonical, token)
            return self.call(frame, token, canonical)
        if stem == "softmax" and suffix and (scope.letter(suffix) or scope.open):
            return self.call(frame, token, name)
        if name == "inf":
            reader.fail("E051", "∞ is not a number to reckon with", "it may only stand in a domain: `in [0, ∞)`")
        if name in WORDS:
            reader.reserved()
        if after.kind != "prime" and (parts := product(name, scope, after.text == "(")):
            return self.together(frame, token, parts)
        if scope.open:
            called = after.text == "(" or (after.kind == "prime" and name not in scope.letters)
            return self.call(frame, token, name) if called else self.quantity(frame, token)
        corrections.name(reader, scope, token)
        return self.quantity(frame, token)

    def together(self, frame: Frame, token: Token, parts: list[str]) -> bool:
        """``wx``: the letters one after another, as if white space stood between them."""
        reader = self.reader
        meant = "·".join(map(pretty, parts))
        reader.note(f"{pretty(token.text)} is read as {meant}: no name of the text is {pretty(token.text)}", token.span)
        typed, start = reader.source.text, token.start
        for number, part in enumerate(parts):
            start += typed[start] == "_"  # between scripts, in ASCII
            stop = start + 1
            while stop < token.stop and kept(typed[start:stop]) != part:
                stop += 1
            one = Token("name", part, start, stop if number + 1 < len(parts) else token.stop)
            reader.tokens[reader.at] = one
            if number:
                self.juxtaposed(frame, one)
            if number + 1 < len(parts):
                here = self.scope.quantity(part)
                self.atom(frame, Ref(part, (), one.span) if here else Constant("pi", one.span), one.span)
            start = stop
        return self.named(frame, one)

    def unhidden(self, canonical: str, token: Token) -> None:
        """Another name of a function would print as that function: no quantity may be called so."""
        if self.scope.quantity(canonical) or self.scope.function(canonical):
            here = "quantity" if self.scope.quantity(canonical) else "function of its own"
            problem = f"{self.reader.found()} means {canonical}, which here is a {here}"
            self.reader.fail("E036", problem, f"define a function, f(u) = …, or call the {here} by another name")

    def quantity(self, frame: Frame, token: Token) -> bool:
        reader = self.reader
        reader.take()
        following = reader.token
        indices: tuple[Index, ...] = ()
        if following.kind == "prime":
            shown = pretty(token.text)
            reader.fail(
                "E037", f"{shown} is a quantity: a prime after it means nothing", f"write ∂{shown}/∂w for a derivative"
            )
        if following.kind == "subscript":
            indices = reader.subscripts(self.scope)
        elif following.text == "[" and reader.at not in reader.compared and reader.at not in reader.ranges:
            indices = reader.indices(self.scope)
        elif following.text == "{":
            corrections.braces(reader, token)
        elif following.text == "(":
            reader.skip_brackets(token.text, self.scope)
        span = Span(token.start, reader.tokens[reader.at - 1].stop)
        self.atom(frame, Ref(token.text, indices, span), span)
        return False

    def call(self, frame: Frame, token: Token, function: str) -> bool:
        """The name of a function: its primes and its bracket must follow."""
        reader = self.reader
        reader.take()
        order = len(reader.primes()) if function.partition("_")[0] != "softmax" else 0
        if function.startswith("softmax"):
            function += reader.primes()
        if not reader.sees("("):
            shown = clip(pretty(token.text))
            if reader.token.kind == "superscript" or reader.sees("^"):
                reader.fail(
                    "E031", f"{shown} is a function: the power stands after its argument", f"write {shown}(u)^2"
                )
            if reader.token.kind == "subscript" or reader.sees("["):
                reader.fail("E031", f"{shown} is a function: it has no index", f"write {shown}(u[i])")
            reader.fail(
                "E031", f"{shown} is a function and needs its argument in brackets", f"write {shown}(u)", reader.at - 1
            )
        calling = self.push("call", token.start)
        reader.take()
        if reader.sees(")"):
            reader.fail("E012", f"{clip(pretty(token.text))} needs an argument", f"write {clip(pretty(token.text))}(u)")
        calling.function, calling.order = function, order
        return True
