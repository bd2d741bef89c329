"""What opens a frame by a word or a sign: reductions, square brackets, conditions, derivatives, absolute values."""

from __future__ import annotations

from chainrule.errors import Span
from chainrule.expr.nodes import (
    Derivative,
    Expr,
    Index,
    InRange,
    Kind,
    Ref,
)
from chainrule.notation import corrections
from chainrule.notation.frames import Builder, Frame
from chainrule.notation.known import KNOWN, LINEAR, PATTERN_REDUCTIONS
from chainrule.notation.lexer import Token
from chainrule.notation.names import clip, pretty


class Forms(Builder):
    """Reads reductions, comparisons and derivatives."""

    __slots__ = ()

    def sigma(self, token: Token) -> bool:
        """``Σ_i``, ``Σᵢ``, ``Σ_{i,j}``, or ``Σ`` alone, over the patterns."""
        reader = self.reader
        reader.take()
        operator = token.text.rstrip("_")
        if token.text.endswith("_"):
            letters = self.reduced()
        elif reader.token.kind == "subscript":
            letters = self.plain(reader.subscripts(self.scope))
        else:
            letters = ()
            if operator not in PATTERN_REDUCTIONS:
                reader.fail("E038", "a product needs a letter", "write prod_i v[i]", reader.at - 1)
            if self.scope.quantity(operator) or self.scope.function(operator):
                problem = f"Σ without a letter means {operator}, which here is a name of its own"
                reader.fail("E036", problem, "write Σ_i, or choose another name", reader.at - 1)
        return self.reduce(operator, letters, token)

    def over(self, stem: str, suffix: str, token: Token) -> bool:
        """``sum_i`` or ``sum_{i,j}``; False where the name is only a name."""
        reader, scope = self.reader, self.scope
        if suffix:
            after = reader.peek()
            likely = scope.open and len(suffix) == 1 and (after.kind == "prime" or starts_operand(after))
            if not scope.letter(suffix) and suffix not in scope.heads and not likely:
                corrections.reduction(reader, scope, token, stem, suffix)
                return False
            reader.take()
            return self.reduce(stem, (suffix + reader.primes(),), token)
        if reader.peek().text != "{":
            return False
        reader.take()
        return self.reduce(stem, self.reduced(), token)

    def reduced(self) -> tuple[str, ...]:
        """``i``, or ``{i, j}``."""
        reader = self.reader
        if not reader.accept("{"):
            return (self.letter(),)
        found = [self.letter()]
        while reader.accept(","):
            found.append(self.letter())
        if reader.sees("="):
            reader.fail(
                "E038",
                "a reduction has no bounds",
                "the range of a letter is given once, in `index i = 1..3`; write Σ_i",
            )
        reader.expect("}", "E038", "letters are separated by commas: sum_{i,j}")
        return tuple(found)

    def letter(self) -> str:
        """A letter, or a name in the head of a block."""
        reader = self.reader
        if reader.token.text in self.scope.heads:
            return reader.take().text + reader.primes()
        return reader.letter(self.scope)

    def plain(self, found: tuple[Index, ...]) -> tuple[str, ...]:
        letters = tuple(position.letter for position in found if position.letter)
        if len(letters) < len(found):
            self.reader.fail("E038", "a reduction has plain letters", "write Σ_i", self.reader.at - 1)
        return letters

    def patterns(self, token: Token) -> bool:
        """``mean E``: over the patterns; ``max(a, b)`` with a comma is the function."""
        reader = self.reader
        after = reader.peek()
        if after.text == "(" and reader.at + 1 in reader.commas:
            return False
        if not starts_operand(after) and after.text != "-":
            if token.text in KNOWN or self.scope.open:
                return False
            reader.take()
            reader.fail(
                "E012", f"after {token.text} a value is missing", f"write {token.text} E, or {token.text}_i v[i]"
            )
        reader.take()
        return self.reduce(token.text, (), token)

    def reduce(self, operator: str, letters: tuple[str, ...], token: Token) -> bool:
        if len(set(letters)) < len(letters):
            self.reader.fail(
                "E038", "a letter stands twice in a reduction", "name each letter once", self.reader.at - 1
            )
        if any(letter.rstrip("'") in self.scope.heads for letter in letters):
            self.headed(operator, letters)
        outer = self.stack[-1]
        frame = self.push("reduce", token.start)
        frame.function, frame.letters = operator, letters
        frame.strict = operator not in LINEAR or (outer.kind == "reduce" and outer.strict)
        return True

    def headed(self, operator: str, letters: tuple[str, ...]) -> None:
        """Refuse what a reduction over all weights of a block, or over the entries of one, cannot be."""
        head = next(letter for letter in letters if letter.rstrip("'") in self.scope.heads)
        plain = head.rstrip("'")
        shown = pretty(plain)
        known = f"write one of {', '.join(f'{word}_{shown}' for word in PATTERN_REDUCTIONS)}"
        if plain != head:
            self.reader.fail("E038", f"{shown} is no letter of a set, so it has no other", known, self.reader.at - 1)
        if len(letters) > 1:
            others = ",".join(pretty(letter) for letter in letters if letter != head)
            help = f"write {operator}_{shown} ({operator}_{others} …)"
            self.reader.fail("E038", f"{shown} stands alone under a reduction", help, self.reader.at - 1)
        if operator not in PATTERN_REDUCTIONS:
            self.reader.fail("E038", f"{operator} does not go over {shown}", known, self.reader.at - 1)

    # ---------------------------------------------------------------- square brackets, conditions, derivatives

    def iverson(self, token: Token) -> bool:
        """``[z > 0]`` or ``[t-1 in t]``."""
        reader = self.reader
        begin = reader.at
        if begin in reader.ranges:
            reader.take()
            inside = self.in_range(token.start)
            reader.expect("]", "E025", "write [t-1 in t]")
            self.atom(self.stack[-1], inside, Span(token.start, reader.tokens[reader.at - 1].stop))
            return False
        if begin not in reader.compared:
            reader.fail(
                "E025", "square brackets need a comparison in them", "write [z > 0]; a list may only stand after :=",
                begin, reader.closing[begin],
            )  # fmt: skip
        self.push("bracket", token.start)
        reader.take()
        return True

    def in_range(self, start: int) -> InRange:
        reader = self.reader
        position = reader.affine(self.scope)
        reader.expect("in", "E025", "write [t-1 in t]")
        letter = reader.letter(self.scope)
        return InRange(position, letter, Span(start, reader.tokens[reader.at - 1].stop))

    def condition(self, token: Token) -> bool:
        """``if(a > b, c, d)``."""
        reader = self.reader
        frame = self.push("cond", token.start)
        opener = reader.at + 1
        frame.opener = opener
        reader.at += 2
        if opener in reader.ranges:
            frame.args.append(self.in_range(reader.token.start))
            self.count(1, token.span)
            reader.expect(",", "E050", "write if(t > 1, a, b)")
        return True

    def quotient(self, begin: int, name: str) -> bool:
        """Whether the bracket that begins here is the upper half of ``d(…)/d(…)``."""
        reader = self.reader
        last = reader.closing[begin]
        after = [token.text for token in reader.tokens[last + 1 : last + 4]]
        return after == ["/", name, "("]

    def partial_sign(self, frame: Frame, token: Token) -> bool:
        """``∂E/∂w``, ``∂²f/∂x∂y``, ``∂(a*b)/∂a``."""
        reader = self.reader
        reader.take()
        order = self.orders()
        if reader.sees("("):
            derivative = self.push("derivative", token.start)
            derivative.function, derivative.order = "∂", order
            reader.take()
            return True
        if reader.token.kind == "name" and reader.peek().text == "(" and not self.scope.quantity(reader.token.text):
            name = pretty(reader.token.text)
            stop = reader.tokens[reader.closing[reader.at + 1]].stop
            inner = reader.typed(reader.token.start, stop)
            reader.fail(
                "E027", f"after ∂ a quantity is expected, and {clip(name)} is a function", f"write ∂({inner})/∂…"
            )
        of = reader.reference(self.scope)
        self.count(1, of.span)
        self.below(frame, of, 1, "∂", order, token.start)
        return False

    def orders(self) -> int:
        """The order in ``∂²``; 1 without one."""
        reader = self.reader
        if reader.token.kind != "superscript":
            if reader.sees("^"):
                reader.fail(
                    "E027",
                    "the order of a derivative is a superscript",
                    "write ∂²f/∂x² for the second one, (∂f/∂x)^2 for the square",
                )
            return 1
        token = reader.take()
        if token.text not in ("1", "2"):
            reader.fail("E027", "derivatives are of first or second order", "write ∂E/∂w or ∂²E/∂w²", reader.at - 1)
        return int(token.text)

    def below(self, frame: Frame, of: Expr, depth: int, name: str, order: int, start: int) -> None:
        """The lower half of a derivative, read to its end."""
        reader = self.reader
        help = "a derivative is written ∂E/∂w" if name == "∂" else f"a derivative is written {name}(E)/{name}(w)"
        reader.expect("/", "E027", help)
        wrt: list[Ref] = []
        if name == "∂":
            while reader.accept("∂"):
                if reader.token.kind == "superscript":
                    reader.fail("E027", "below, the order stands after the quantity", "write ∂²f/∂x²")
                reference = reader.reference(self.scope)
                wrt += [reference] * self.orders()
            if not wrt:
                reader.fail("E027", f"expected ∂, found {reader.found()}", help)
            if len(wrt) != order:
                under = "".join(f"∂{pretty(one.name)}" for one in wrt[:3])
                if len(wrt) > 2:
                    reader.fail(
                        "E027", "derivatives are of first or second order", "write ∂E/∂w or ∂²E/∂w∂v", reader.at - 1
                    )
                reader.fail_at(
                    "E027", "the orders above and below are not the same",
                    "write ∂²E/∂{0}² for the second derivative, (∂E/∂{0})² for the square".format(pretty(wrt[0].name))
                    if len(set(wrt)) == 1 else f"write ∂²E/{under}",
                    Span(start, reader.tokens[reader.at - 1].stop),
                )  # fmt: skip
        else:
            reader.at += 2
            wrt.append(reader.reference(self.scope))
            if reader.accept(","):
                wrt.append(reader.reference(self.scope))
            reader.expect(")", "E027", help)
        span = Span(start, reader.tokens[reader.at - 1].stop)
        kind: Kind = "partial" if name == "partial" else "total"
        self.count(len(wrt), span)
        frame.set(
            Derivative(of, tuple(wrt), kind, span), self.deep(max(depth, 1) + 1, span), start, span.stop, "derivative"
        )


def starts_operand(token: Token) -> bool:
    """Whether a value can begin with a token."""
    return token.kind in ("name", "number", "fraction", "sum") or token.text in ("(", "[", "∂")
