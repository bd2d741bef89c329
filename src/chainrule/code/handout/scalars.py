"""Equations → lines of a language with numbers and loops: each letter is a loop, each reduction a running total."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chainrule.code.handout.pieces import (
    LOOSE,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    TEST,
    Piece,
    affine,
    how_tight,
    lacking,
    number,
)
from chainrule.code.handout.python import within
from chainrule.code.handout.scalar_lines import BREAK, Fixed, ScalarLines
from chainrule.code.spelling import filled
from chainrule.errors import BrokenPass
from chainrule.expr.indices import Extent, around, below, reach
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Derivative,
    Div,
    Equation,
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
    key,
    places,
)
from chainrule.expr.order import Part, Slices, flat
from chainrule.numbers.guards import guards, integer_exponent
from chainrule.program.program import NEW

TOTALS = {"sum": "sum", "mean": "sum", "prod": "product", "max": "largest", "min": "smallest", "logsumexp": "top"}


class Scalars(ScalarLines):
    """Writes equations in a language of the table."""

    # --- equations

    def parts(self, parts: Sequence[Part]) -> None:
        for part in parts:
            self.part(part, {})

    def part(self, part: Part, fixed: Fixed) -> None:
        if isinstance(part, Slices):
            self.slices(part, fixed)
        else:
            self.equation(part, fixed)

    def slices(self, part: Slices, fixed: Fixed) -> None:
        """A recurrence."""
        along = {id(line): part.along(line) for line in flat((part,))}
        ranges = {line: self.outline.at(place) for line, place in along.items()}
        values = range(min(one.start for one in ranges.values()), max(one.stop for one in ranges.values()))
        name = self.loop_name(next((place.letter for place in along.values() if place.letter), None) or "k")
        if part.downwards:
            head = filled(self.table.down, letter=name, first=values.stop - 1, last=values.start)
        else:
            head = filled(self.table.up, letter=name, start=values.start, stop=values.stop)
        names = dict(fixed) | {place.letter: name for place in along.values() if place.letter}
        with self.block(head):
            for inner in part.parts:
                own = [ranges[id(line)] for line in flat((inner,))]
                whole = range(min(one.start for one in own), max(one.stop for one in own))
                if whole == values:
                    self.part(inner, names)
                    continue
                test = within(name, whole, values).replace("==", self.table.equal)
                if " <= " in test and " < " in test:
                    low, _, rest = test.partition(" <= ")
                    test = f"{low} <= {name}{self.table.both}{name} < {rest.partition(' < ')[2]}"
                with self.block(filled(self.table.when, test=test)):
                    self.part(inner, names)
        self.fresh.free(name)

    def equation(self, line: Equation, fixed: Fixed, called: str = "", sign: str = "=", tail: str = "") -> None:
        """An equation: an assignment in loops over its letters."""
        name, sides = key(line.target), places(line.target)
        called = called or self.names[name]
        told = self.outline.told(line, sign) + tail
        letters = [one.letter for one in sides if one.letter and one.letter not in fixed]
        before = set(self.fresh.taken)
        with self.loops(letters, fixed) as names:
            tests = [self.test(test, names) for test in line.where]
            if tests:
                test = self.table.both.join(one.at(SUM) if one.holds < TEST else one.text for one in tests)
                self.add(filled(self.table.when, test=test))
                self.depth += 1
            value = self.value(line.body, names).text
            if not sides:
                form = self.table.variable if called in self.mutable else self.table.constant
                form = self.table.assign if called in self.declared else form
                self.declared.add(called)
                self.add(filled(form, name=called, value=value), told)
            else:
                boxes = self.outline.boxes[name]
                self.arrays.setdefault(called, self.sizes(boxes))
                at = "".join(f"[{affine(one, names, -values.start)}]" for one, values in zip(sides, boxes, strict=True))
                self.add(filled(self.table.assign, name=f"{called}{at}", value=value), told)
            if tests:
                self.depth -= 1
                self.add(self.table.end)
        if letters or fixed:  # what was named inside the loops is forgotten behind them
            self.fresh.taken = before

    def sizes(self, boxes: Sequence[range]) -> str:
        return "".join(f"[{len(values)}]" for values in boxes)

    # --- expressions

    def value(self, expr: Expr, fixed: Fixed) -> Piece:
        """The piece of an expression; what it needs stands in lines before."""
        table = self.table
        match expr:
            case Number(value):
                return number(value, table.whole)
            case Constant():
                return Piece(table.pi)
            case Size(letter):
                if self.outline.is_pattern(letter):
                    return Piece(filled(table.read_whole, "n"))
                return Piece(str(len(self.outline.values(letter))) + ".0" * (not table.whole))
            case Ref(name, indices):
                return self.reference(name, indices, fixed)
            case Derivative():
                return self.reference(key(expr), places(expr), fixed)
            case At(index):
                text = affine(index, fixed)
                return Piece(text, how_tight(text)) if table.whole else Piece(filled(table.read_whole, text))
            case Bracket() | InRange():
                ends = ("1", "0") if table.whole else ("1.0", "0.0")
                return Piece(filled(table.choose, self.test(expr, fixed).at(TEST), *ends), LOOSE)
            case Neg(inner):
                piece = self.value(inner, fixed)
                text = piece.at(PRODUCT)
                return Piece(f"-({text})" if text.startswith("-") else f"-{text}", SIGN)
            case Add(terms):
                return self.sum(terms, fixed)
            case Mul(factors):
                return self.product(factors, fixed)
            case Div(above, under):
                one, other = self.value(above, fixed), self.value(under, fixed)
                return Piece(f"{one.at(PRODUCT)}/{other.at(POWER)}", PRODUCT)
            case Pow(base, exponent):
                return self.power(base, exponent, fixed)
            case Call(function, arguments):
                return self.call(function, [self.value(one, fixed) for one in arguments])
            case Cond(test, then, otherwise):
                return self.choice(self.test(test, fixed), then, otherwise, fixed)
            case Reduce(operator, letters, body):
                return self.reduce(operator, letters, body, fixed)

    def sum(self, terms: Sequence[Expr], fixed: Fixed) -> Piece:
        text = ""
        for term in terms:
            inner = term.arg if isinstance(term, Neg) else term
            piece = self.value(inner, fixed).at(PRODUCT)
            sign = "-" if isinstance(term, Neg) else "+"
            if piece.startswith("-"):
                piece = f"({piece})" if text or sign == "-" else piece
            text += f"{BREAK}{sign} {piece}" if text else ("-" if sign == "-" else "") + piece
        return Piece(text, SUM)

    def product(self, factors: Sequence[Expr], fixed: Fixed) -> Piece:
        """Factors from left to right; 0 where a bracket that guards them does not hold."""
        guarding = guards(factors)
        tests = [factor for factor, guard in zip(factors, guarding, strict=True) if guard]
        rest = [factor for factor, guard in zip(factors, guarding, strict=True) if not guard]
        held = [self.held(test) for test in tests]
        if False in held:
            return Piece("0" if self.table.whole else "0.0")
        tests = [test for test, known in zip(tests, held, strict=True) if known is None]
        body: Expr = Mul(tuple(rest)) if len(rest) > 1 else rest[0] if rest else ONE
        if not tests:
            if len(rest) < 2:
                return self.value(body, fixed)
            pieces = [self.value(factor, fixed) for factor in rest]
            return Piece("*".join(one.at(POWER if k else PRODUCT) for k, one in enumerate(pieces)), PRODUCT)
        test = self.table.both.join(self.test(one, fixed).at(TEST) for one in tests)
        return self.choice(Piece(test, LOOSE), body, ZERO, fixed)

    def choice(self, test: Piece, then: Expr, otherwise: Expr, fixed: Fixed) -> Piece:
        """One of two values: an expression, or lines of their own where a value needs some."""
        first, one = self.apart(then, fixed)
        second, other = self.apart(otherwise, fixed)
        if not first and not second:
            text = filled(self.table.choose, test.text, one.at(LOOSE + 1), other.at(LOOSE + 1))
            return Piece(text, LOOSE)
        name = self.fresh.fresh("chosen")
        simple = other.text in ("0", "0.0") and not second
        self.add(filled(self.table.variable, name=name, value=other.text if simple else "0"))
        self.add(filled(self.table.when, test=test.text))
        self.depth += 1
        self.lines += [("  " * 1 + line) if line else line for line in first]
        self.add(filled(self.table.assign, name=name, value=one.text))
        self.depth -= 1
        if not simple:
            self.add(self.table.otherwise)
            self.depth += 1
            self.lines += [("  " * 1 + line) if line else line for line in second]
            self.add(filled(self.table.assign, name=name, value=other.text))
            self.depth -= 1
        self.add(self.table.end)
        return Piece(name)

    def step(self) -> None:
        """The equations of a step, and its learning rule."""
        outline, names = self.outline, self.names
        self.add("// forward: each quantity from those before it")
        self.parts(outline.forward)
        self.add()
        self.add("// backward: the derivative of the error with respect to each of them, users before makers")
        self.parts(outline.backward)
        self.add()
        self.add("// the learning rule: all weights change together")
        self.mutable = {names[f"{name}{NEW}"] for name in outline.program.boxes if name in outline.updated}
        self.update()

    def apart(self, expr: Expr, fixed: Fixed) -> tuple[list[str], Piece]:
        """A piece and the lines that it needs, not yet written."""
        before = len(self.lines)
        piece = self.value(expr, fixed)
        lines = self.lines[before:]
        del self.lines[before:]
        return lines, piece

    def power(self, base: Expr, exponent: Expr, fixed: Fixed) -> Piece:
        whole = integer_exponent(exponent)
        piece = self.value(base, fixed)
        if whole is None:
            return self.call("power", [piece, self.value(exponent, fixed)])
        if whole == 2 and piece.text.isidentifier():
            return Piece(f"{piece.text}*{piece.text}", PRODUCT)
        if whole in (2, 3):
            return self.call("square" if whole == 2 else "cube", [piece])
        return Piece(filled(self.table.power, piece.text, str(whole)))

    def call(self, function: str, arguments: Sequence[Piece]) -> Piece:
        if function not in self.table.functions:
            raise lacking(self.table.name, function)
        text = filled(self.table.functions[function], *(one.text for one in arguments))
        helper = text.partition("(")[0]
        if helper in self.table.helpers:
            self.helpers[helper] = None
        return Piece(text)

    def test(self, expr: Expr, fixed: Fixed) -> Piece:
        match expr:
            case InRange(index, letter):
                extent, values = reach(index, self.extent), self.outline.values(letter)
                text, tests = affine(index, fixed), []
                if below(extent.low, values.start):
                    tests.append(f"{text} >= {values.start}")
                if below(values.stop - 1, extent.high):
                    tests.append(f"{text} <= {values.stop - 1}")
                joined = self.table.both.join(tests) or f"0 {self.table.equal} 0"
                return Piece(joined, LOOSE if len(tests) > 1 else TEST)
            case Bracket(comparison, left, right):
                sign = {"==": self.table.equal, "!=": self.table.differs}.get(comparison, comparison)
                one, other = (self.value(side, fixed) for side in (left, right))
                return Piece(f"{one.at(SUM)} {sign} {other.at(SUM)}", TEST)
        raise BrokenPass("printing", f"{expr!r} is no test")

    def held(self, test: Expr) -> bool | None:
        """Whether a bracket about letters holds for all their values, for none, or (None) for some."""
        match test:
            case InRange(index, letter):
                own, values = reach(index, self.extent), self.extent(letter)
                if not own.meets(values):
                    return False
                return None if below(own.low, values.low) or below(values.high, own.high) else True
        return None

    def extent(self, letter: str) -> Extent:
        return around(self.outline.values(letter))

    def reference(self, name: str, indices: Sequence[Index], fixed: Fixed) -> Piece:
        """An entry of a quantity."""
        outline, text = self.outline, self.names[name]
        boxes = outline.boxes.get(name, ())
        at = [affine(index, fixed, -values.start) for index, values in zip(indices, boxes, strict=True)]
        if name in outline.varying and outline.rows == "many" and outline.order != "all":
            text, at[0] = f"{text}_data", f"rows[{at[0]}]"
        return Piece(text + "".join(f"[{one}]" for one in at))

    # --- reductions

    def reduce(self, operator: str, letters: Sequence[str], body: Expr, fixed: Fixed) -> Piece:
        """A running total in loops before the line."""
        table = self.table
        begin = {"sum": "0", "mean": "0", "prod": "1", "max": f"-{table.infinity}", "min": table.infinity}
        if operator == "logsumexp":
            top = self.reduce("max", letters, body, fixed)
            name = self.fresh.fresh("sum")
            self.add(filled(table.variable, name=name, value="0"))
            with self.loops(letters, fixed) as names:
                piece = self.value(body, names)
                inner = self.call("exp", [Piece(f"{piece.at(SUM)} - {top.text}", SUM)])
                self.add(filled(table.assign, name=name, value=f"{name} + {inner.text}"))
            return Piece(f"{top.text} + {self.call('log', [Piece(name)]).text}", SUM)
        name = self.fresh.fresh(TOTALS[operator])
        self.add(filled(table.variable, name=name, value=begin[operator]))
        with self.loops(letters, fixed) as names:
            piece = self.value(body, names)
            match operator:
                case "sum" | "mean":
                    value = f"{name} + {piece.at(PRODUCT)}"
                case "prod":
                    value = f"{name}*{piece.at(POWER)}"
                case _:
                    value = self.call(operator, [Piece(name), piece]).text
            self.add(filled(table.assign, name=name, value=value))
        if operator != "mean":
            return Piece(name)
        count, many = 1, False
        for letter in letters:
            many |= self.outline.is_pattern(letter)
            count *= 1 if self.outline.is_pattern(letter) else len(self.outline.values(letter))
        sizes = ([filled(table.read_whole, "n")] if many else []) + ([f"{count}"] if count > 1 or not many else [])
        text = "*".join(sizes)
        return Piece(f"{name}/{text}" if len(sizes) == 1 else f"{name}/({text})", PRODUCT)

    # --- the learning rule

    def update(self) -> None:
        """New values of weights and states."""
        shared = self.outline.program.shared
        for line in self.outline.program.phases["update"]:
            name = key(line.target)
            self.equation(line, {}, self.names[name if name in shared else f"{name}{NEW}"], "←")

    def project(self) -> None:
        """Each weight back into its box."""
        program = self.outline.program
        before = dict(self.names)
        self.names |= {name: before[f"{name}{NEW}"] for name in self.outline.updated}
        for line in program.phases["project"]:
            self.equation(line, {}, self.names[key(line.target)], "←", ": back into its box")
        self.names = before


ONE, ZERO = Number(Fraction(1)), Number(Fraction(0))

