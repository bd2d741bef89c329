"""Tokens → one expression, by precedence, with an own stack: no depth of brackets meets the recursion limit.

``expr = [-] term {± term}``, ``term = power {* power | / power | power}``, ``power = atom [^ [-] power]``. A `Frame`
holds one sum while it is read: its finished terms, the product and the chain of powers being read. Brackets, calls and
reductions open a frame; what closes them makes an atom of the frame below. A reduction is closed by the end of a term.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NoReturn, cast

from chainrule.errors import Span
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Comparison,
    Cond,
    Constant,
    Derivative,
    Div,
    Expr,
    Index,
    InRange,
    Kind,
    Mul,
    Neg,
    Number,
    Operator,
    Pow,
    Reduce,
    Ref,
    Size,
)  # fmt: skip
from chainrule.notation import corrections
from chainrule.notation.known import ALIASES, KNOWN, LINEAR, MACROS, PATTERN_REDUCTIONS, REDUCTIONS, WORDS
from chainrule.notation.lexer import Token
from chainrule.notation.names import clip, pretty
from chainrule.notation.reader import COMPARISONS, Reader
from chainrule.notation.scope import Scope

LARGEST = Fraction(2) ** 1024 - Fraction(2) ** 970
SMALLEST = Fraction(1, 2**1075)

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


def expression(reader: Reader, scope: Scope) -> Expr:
    """The expression at which reading stands, up to the first token that cannot go on with it."""
    return Machine(reader, scope).run()


class Machine:
    """Reads one expression; `operand` where a value must come, `infix` after one."""

    __slots__ = ("reader", "result", "scope", "stack")

    def __init__(self, reader: Reader, scope: Scope) -> None:
        self.reader = reader
        self.scope = scope
        self.stack: list[Frame] = []

    def run(self) -> Expr:
        self.push("root", self.reader.token.start)
        operand = True
        while self.stack:
            operand = self.operand() if operand else self.infix()
        return self.result

    # ---------------------------------------------------------------- frames

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

    # ---------------------------------------------------------------- where a value must come

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
        match token.text:
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
                self.absolute()
            case "inf":
                reader.fail("E051", "∞ is not a number to reckon with", "it may only stand in a domain: `in [0, ∞)`")
        self.missing(frame, token)

    def missing(self, frame: Frame, token: Token) -> NoReturn:
        reader = self.reader
        before = reader.tokens[reader.at - 1] if reader.at else None
        what = f"expected a value, found {reader.found()}"
        if before is not None and before.kind == "operator" and token.kind == "end":
            what = f"after {reader.found(reader.at - 1)} a value is missing"
        if token.kind == "superscript":
            reader.fail("E012", what, "a power needs a base: x²")
        if token.kind == "subscript":
            reader.fail("E012", what, "a subscript needs a name: xᵢ")
        if token.text == "," and frame.kind == "root":
            reader.fail("E012", what, "write a value before the comma")
        if token.text == "=" and before is not None and before.text in ("<", ">", "!", "="):
            reader.fail("E025", what, "comparisons are written <= >= == !=")
        if token.text in ("*", "/") and before is not None and before.text == token.text:
            reader.fail(
                "E012", what, "comments begin with #" if token.text == "/" else "a power is written x^2 or x**2"
            )
        reader.fail("E012", what, "write a number, a name or an expression in brackets here")

    def atom(self, frame: Frame, atom: Expr, span: Span, kind: str = "") -> None:
        self.count(1, span)
        frame.set(atom, 1, span.start, span.stop, kind)

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
        stop = reader.end_of_term(reader.at) if frame.kind == "reduce" else reader.end_of_power(reader.at)
        inside = reader.typed(token.start, stop)
        line = reader.edited((token.start, stop, f"({inside})" if token.text == "-" else inside.lstrip("+ ")))
        name = "minus" if token.text == "-" else "plus"
        reader.fail(
            "E023", f"a {name} sign directly after {reader.found(reader.at - 1)}", f"put it in brackets: {line}"
        )

    def after_power(self) -> bool:
        return self.reader.tokens[self.reader.at - 1].text == "^"

    def number(self, frame: Frame, token: Token) -> bool:
        reader = self.reader
        value = self.exact(token)
        if frame.at_term and not frame.operation and token.text.isdigit() and self.ratio():
            reader.at += 2
            last = reader.token
            below = self.exact(last)
            span = Span(token.start, last.stop)
            reader.take()
            self.atom(frame, Number(value / below, f"{token.text}/{last.text}", span), span, "ratio")
            return False
        reader.take()
        self.atom(frame, Number(value, token.text, token.span), token.span)
        return False

    def ratio(self) -> bool:
        """Whether integer/integer stands here, and nothing after it that would bind tighter to the second."""
        reader = self.reader
        slash, below, after = reader.peek(1), reader.peek(2), reader.peek(3)
        if slash.text != "/" or below.kind != "number" or not below.text.isdigit() or not below.text.strip("0"):
            return False
        return after.kind in ("operator", "end") and after.text not in ("^", "(", "[", "∂")

    def exact(self, token: Token) -> Fraction:
        """The number as typed; one that floating point cannot hold is an error."""
        text = token.text
        if text.isdigit():
            return Fraction(int(text))
        _, letter, exponent = text.lower().partition("e")
        if letter and self.scope.quantity(f"e{exponent}"):
            note = f"{text} is the number {_plain(text)}; for a product with e{exponent} write {text.lower().partition('e')[0]}*e{exponent}"
            self.reader.budget.notes.append((note, token.span))
        if letter and len(exponent) > 5:
            value = Fraction(0) if "-" in exponent else LARGEST * 2
        else:
            value = Fraction(text)
        digits = text.lower().partition("e")[0].strip("0.")
        if value > LARGEST or (digits and value < SMALLEST):
            size = "large" if value > 1 else "small"
            self.reader.fail("E005", f"{clip(text)} is too {size}", "numbers reach from 5e-324 to 1.797e308")
        return value

    # ---------------------------------------------------------------- names

    def named(self, frame: Frame, token: Token) -> bool:
        reader, scope, name = self.reader, self.scope, token.text
        if scope.quantity(name):
            return self.quantity(frame, token)
        if scope.function(name):
            return self.call(frame, token, name)
        after = reader.peek()
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
        if name in ("d", "partial") and after.text == "(" and self.quotient(reader.at + 1, name):
            derivative = self.push("derivative", token.start)
            derivative.function = name
            derivative.opener = reader.at + 1
            reader.at += 2
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
            return self.call(frame, token, canonical)
        if stem == "softmax" and suffix and (scope.letter(suffix) or scope.open):
            return self.call(frame, token, name)
        if name in WORDS:
            reader.fail("E014", f"{name} is a word of the language and cannot be a name", "choose another name")
        if scope.open:
            called = after.text == "(" or (after.kind == "prime" and name not in scope.letters)
            return self.call(frame, token, name) if called else self.quantity(frame, token)
        corrections.name(reader, scope, token)
        return self.quantity(frame, token)

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

    # ---------------------------------------------------------------- reductions

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
        return self.reduce(operator, letters, token)

    def over(self, stem: str, suffix: str, token: Token) -> bool:
        """``sum_i`` or ``sum_{i,j}``; False where the name is only a name."""
        reader, scope = self.reader, self.scope
        if suffix:
            if not scope.letter(suffix) and not (scope.open and len(suffix) == 1):
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
            return (reader.letter(self.scope),)
        found = [reader.letter(self.scope)]
        while reader.accept(","):
            found.append(reader.letter(self.scope))
        if reader.sees("="):
            reader.fail(
                "E038",
                "a reduction has no bounds",
                "the range of a letter is given once, in `index i = 1..3`; write Σ_i",
            )
        reader.expect("}", "E038", "letters are separated by commas: sum_{i,j}")
        return tuple(found)

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
        outer = self.stack[-1]
        frame = self.push("reduce", token.start)
        frame.function, frame.letters = operator, letters
        frame.strict = operator not in LINEAR or (outer.kind == "reduce" and outer.strict)
        return True

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
                "E025", "square brackets around a value need a comparison", "write [z > 0]; a list may only stand after :=",
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
            reader.fail("E027", f"after ∂ a quantity is expected, and {clip(name)} is a function", f"write ∂({inner})")
        of = reader.reference(self.scope)
        self.count(1, of.span)
        self.below(frame, of, 1, "∂", order, token.start)
        return False

    def orders(self) -> int:
        """The order in ``∂²``; 1 without one."""
        reader = self.reader
        if reader.token.kind != "superscript":
            if reader.sees("^"):
                reader.fail("E027", "the order of a derivative is a superscript", "write ∂²f/∂x², or ∂²f/∂x∂y")
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
                above, under = "²" * (len(wrt) == 2), "".join(f"∂{pretty(one.name)}" for one in wrt)
                reader.fail_at(
                    "E027", "the orders above and below are not the same",
                    f"write ∂²E/∂{pretty(wrt[0].name)}² for the second derivative, (∂E/∂{pretty(wrt[0].name)})² for the square"
                    if len(set(wrt)) == 1 else f"write ∂{above}f/{under}",
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

    def absolute(self) -> NoReturn:
        """``|x|``: always an error, with the right text where its end can be told."""
        reader = self.reader
        begin = reader.at
        last = next((n for n in range(begin + 1, len(reader.tokens)) if reader.tokens[n].text == "|"), None)
        if last is None:
            reader.fail("E026", "| is only for tables", "an absolute value is written abs(x)")
        first, final = reader.tokens[begin], reader.tokens[last]
        inside = reader.typed(first.stop, final.start)
        reader.fail("E026", "an absolute value is written abs(…)", f"write abs({inside})", begin, last)

    # ---------------------------------------------------------------- after a value

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

    def factor(self, frame: Frame, token: Token) -> None:
        if frame.kind == "reduce" and frame.strict:
            corrections.strict(self.reader, frame.start, token, self.reader.at)
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

    def number_after(self, frame: Frame, token: Token) -> None:
        reader = self.reader
        before = reader.typed(frame.atom_start, frame.atom_stop)
        typed = reader.found()
        reader.fail(
            "E022", f"{typed} stands directly after {clip(before)}: a number may only come first in a product without a sign",
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

    def end_reduce(self, frame: Frame) -> bool:
        """The end of a term closes the reductions in it."""
        body, depth = self.end_sum(frame)
        self.stack.pop()
        span = Span(frame.start, frame.factors_stop)
        reduction = Reduce(cast(Operator, frame.function), frame.letters, body, span)
        self.stack[-1].set(reduction, self.deep(depth + 1, span), span.start, span.stop, "reduce")
        return False

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
            reader.fail("E025", "= inside brackets", "equality is compared with ==: [i == j]")
        if token.text == "in":
            reader.fail("E025", "`in` compares an index with a letter", "write [t-1 in t]")
        if token.text in (")", "]", "}"):
            opened = reader.tokens[frame.opener].text
            reader.fail("E011", f"{found} cannot close {opened}", f"write {frame.closed_by}")
        if token.text == "|":
            self.absolute()
        reader.fail("E012", f"expected {frame.closed_by}, found {found}", "write an operator, or close the bracket")


def starts_operand(token: Token) -> bool:
    """Whether a value can begin with a token."""
    return token.kind in ("name", "number", "fraction", "sum") or token.text in ("(", "[", "∂")


def _plain(text: str) -> str:
    """A number with an exponent, written out where that is short."""
    value = Fraction(text)
    return str(value) if value.denominator == 1 and value < 10**12 else f"{float(value):g}"
