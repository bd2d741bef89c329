"""The chain rule of a derivative as adjoint equations in which every slope is a function of its own, to be replaced.

Each call, power and reciprocal of the equations gets a function ``slope#3`` for its derivative. Replaced by another
function, left out of a product, or with a term gone, the adjoints give what a learner with that slip would get: one
reverse pass serves every slip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import cast

from chainrule.derive.judge.explicit_model import ONE, ExplicitModel
from chainrule.derive.judge.test_points import CheckedPoint, constant, value, weighed
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import (
    Add,
    Call,
    Derivative,
    Div,
    Equation,
    Expr,
    Index,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    index,
    key,
)
from chainrule.expr.walk import nodes, rename_letters, substitute, transform
from chainrule.gradient.letters import rebind
from chainrule.gradient.recognise import known
from chainrule.gradient.reverse import reverse
from chainrule.model.letters import free
from chainrule.model.model import Definition
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.guards import integer_exponent
from chainrule.values import dataclass

U = Ref("u")
UNIT = Number(Fraction(1))
ERROR = "error#"
SLOPE = "slope#"
TRUE = "true#"
"""In a replaced adjoint, ``∂true#/∂w`` is the true derivative at the place, ``∂true#h/∂w`` that of the quantity h."""


@dataclass(frozen=True, slots=True)
class Slope:
    """The derivative of one call, power or reciprocal: ``function`` is what it is a slope of, ``node`` where it stands,
    ``of`` the quantity that it is the whole of, if it is."""

    function: str
    node: Call
    inside: Expr  # as the text has it
    own: Expr  # in terms of u
    of: Ref | None


@dataclass(frozen=True, slots=True)
class Term:
    """One term of an adjoint: a sign, the letters summed over, and the factors."""

    negative: bool
    letters: tuple[str, ...]
    factors: tuple[Expr, ...]

    @property
    def expr(self) -> Expr:
        inside: Expr = Mul(self.factors) if len(self.factors) > 1 else self.factors[0] if self.factors else UNIT
        inside = Reduce("sum", self.letters, inside) if self.letters else inside
        return Neg(inside) if self.negative else inside


@dataclass(frozen=True, slots=True)
class System:
    """The adjoints of one derivative. ``bare`` are they as term lists, in the same order."""

    explicit: ExplicitModel
    target: Derivative
    adjoints: tuple[Equation, ...]
    terms: tuple[tuple[Term, ...], ...]
    slopes: Mapping[str, Slope]
    functions: Mapping[str, Definition]

    @property
    def of(self) -> Ref:
        """What is differentiated."""
        return cast(Ref, self.target.of)

    def value(
        self,
        place: CheckedPoint,
        adjoints: Mapping[int, Expr] | None = None,
        slopes: Mapping[str, Expr] | None = None,
    ) -> float:
        """The derivative at a place with some adjoints' bodies, or some slopes, replaced; NaN if that gives nothing."""
        lines = self.adjoints
        if adjoints:
            lines = tuple(replace(line, body=adjoints.get(n, line.body)) for n, line in enumerate(lines))
        functions = {**self.functions, **place.setting.functions}
        functions |= {slope: self.definition(slope, (slopes or {}).get(slope)) for slope in self.slopes}
        own = place.setting
        setting = Setting(own.ranges, own.axes, functions, own.pattern)
        wanted = Derivative(Ref(ERROR), self.target.wrt)

        def true(node: Derivative, letters: Mapping[str, int]) -> float:
            at = tuple(Index((), constant(position, letters)) for position in node.wrt[0].indices)
            of = self.of
            if (other := cast(Ref, node.of)).name != TRUE:
                there = tuple(Index((), constant(position, letters)) for position in other.indices)
                of = Ref(other.name.removeprefix(TRUE), there)
            return value(self.explicit, place, replace(node, of=of, wrt=(replace(node.wrt[0], indices=at),)))

        try:
            found: float = evaluate(wanted, weighed(place, self.explicit, self.of), setting=setting,
                                    letters=place.letters, equations=(*lines, *self.explicit.equations),
                                    derivative=true, made=self.explicit.search.add)  # fmt: skip
        except (ChainruleError, OverflowError):
            return float("nan")
        return found

    def definition(self, slope: str, own: Expr | None = None) -> Definition:
        return Definition(slope, ("u",), self.slopes[slope].own if own is None else own)


def system(explicit: ExplicitModel, target: Derivative) -> System:
    """The adjoints between a quantity and what differentiates it; of a partial, those of its one equation."""
    of, wrt = cast(Ref, target.of).name, target.wrt[0].name
    letters = explicit.letters[of]
    equations = explicit.equations
    if target.kind == "partial":
        equations = tuple(line for line in equations if key(line.target) == of)
    slopes: dict[str, Slope] = {}
    calls: dict[str, Definition] = dict(explicit.functions)
    opaque: list[Equation] = []
    for line in equations:
        name = line.target if isinstance(line.target, Ref) else None
        opaque.append(replace(line, body=hidden(line.body, slopes, calls, explicit, name)))
    own = tuple(map(index, letters))
    whole: Expr = Ref(of, own)
    if letters:
        whole = Reduce("sum", letters, Mul((Ref(ONE, own), whole)))
    opaque.append(Equation(Ref(ERROR), whole))
    found = reverse(opaque, ERROR, {wrt: explicit.letters[wrt]}, calls, explicit.model.sets)
    found = tuple(in_letters(line, target.wrt[0]) for line in found)
    return System(explicit, target, found, tuple(map(terms, (line.body for line in found))), slopes, calls)


def in_letters(line: Equation, asked: Ref) -> Equation:
    """The adjoint of what is asked for in the letters of who asks; any other as it is."""
    own = cast(Derivative, line.target).wrt[0]
    pairs = list(zip(own.indices, asked.indices, strict=False))
    plain = all(one.letter and other.letter for one, other in pairs) and len(set(asked.indices)) == len(asked.indices)
    meaning = {cast(str, one.letter): other for one, other in pairs if one != other}
    if own.name != asked.name or not plain or not meaning:
        return line
    taken = {cast(str, position.letter) for position in asked.indices}

    def choose(letter: str, known: frozenset[str]) -> str:
        while letter in known:
            letter += "'"
        return letter

    body = rebind(line.body, {*taken, *free(line.body)}, choose)
    target = cast(Derivative, rename_letters(line.target, meaning))
    where = tuple(rename_letters(bracket, meaning) for bracket in line.where)
    return replace(line, target=target, body=rename_letters(body, meaning), where=where)


def hidden(
    body: Expr, slopes: dict[str, Slope], calls: dict[str, Definition], explicit: ExplicitModel, whole: Ref | None
) -> Expr:
    """A body in which every call, power and reciprocal is a function with a slope of its own."""

    def call(function: str, inside: Expr, node: Expr, value: Expr, slope: Expr) -> Expr:
        name = f"{SLOPE}{len(slopes) + 1}"
        new = Call(f"{function}#{len(slopes) + 1}", (inside,))
        own = whole if node == body or node is body else None
        slopes[name] = Slope(function, new, inside, slope, own)
        calls[name] = Definition(name, ("u",), slope)
        calls[new.function] = Definition(new.function, ("u",), value, {1: ("u", Call(name, (U,)))})
        return new

    def change(node: Expr) -> Expr:
        match node:
            case Call(function, (inside,), 0) if not function.startswith(SLOPE):
                return call(function, inside, node, Call(function, (U,)), Call(function, (U,), 1))
            case Pow(base, exponent) if (n := integer_exponent(exponent)) is not None and n not in (0, 1):
                lower = U if n == 2 else Pow(U, Number(Fraction(n - 1)) if n > 1 else Neg(Number(Fraction(1 - n))))
                first: Expr = Number(Fraction(n)) if n > 0 else Neg(Number(Fraction(-n)))
                return call("power", base, node, Pow(U, exponent), Mul((first, lower)))
            case Div(above, below) if not isinstance(below, Number):
                two = Number(Fraction(2))
                inverse = call("inverse", below, node, Div(UNIT, U), Neg(Div(UNIT, Pow(U, two))))
                return inverse if above == UNIT else Mul((above, inverse))
            case _:
                return node

    return transform(body, change)


def terms(body: Expr) -> tuple[Term, ...]:
    """The terms of an adjoint."""
    return tuple(map(term, body.args if isinstance(body, Add) else (body,)))


def term(expr: Expr) -> Term:
    negative = False
    letters: tuple[str, ...] = ()
    factors: tuple[Expr, ...] = ()
    while True:
        match expr:
            case Neg(inside):
                negative, expr = not negative, inside
            case Reduce("sum", bound, inside) if not factors:
                letters, expr = (*letters, *bound), inside
            case Div(above, below):
                factors, expr = (Div(UNIT, below), *factors), above
            case Mul(args):
                return spliced(negative, letters, (*args, *factors))
            case _:
                return spliced(negative, letters, (expr, *factors))


def spliced(negative: bool, letters: tuple[str, ...], factors: tuple[Expr, ...]) -> Term:
    """A term whose sums stand in front of all factors."""
    flat: list[Expr] = []
    for factor in factors:
        match factor:
            case Reduce("sum", bound, Mul(args)) if not set(bound) & set(letters):
                letters = (*letters, *bound)
                flat.extend(args)
            case _:
                flat.append(factor)
    return Term(negative, letters, tuple(flat))


def name_of(function: str, explicit: ExplicitModel) -> str:
    """The known function that a function of the text is, else its own name."""
    definition = explicit.functions.get(function)
    return (known(definition) if definition else None) or function


def opened(found: System, expr: Expr) -> Expr:
    """An expression with the functions of the text again, and slopes written out."""

    def change(node: Expr) -> Expr:
        match node:
            case Call(function, (inside,), 0) if function in found.slopes:
                return substitute(found.slopes[function].own, {"u": inside})
            case Call(function, (inside,), 0) if "#" in function and function in found.functions:
                return substitute(found.functions[function].body, {"u": inside})
            case _:
                return node

    return transform(expr, change)


def slope_in(expr: Expr) -> str | None:
    """The slope that a factor is."""
    return expr.function if isinstance(expr, Call) and expr.function.startswith(SLOPE) else None


def used(found: System) -> tuple[str, ...]:
    """The slopes that stand in the adjoints."""
    seen = {node.function: None for line in found.adjoints for node in nodes(line.body) if isinstance(node, Call)}
    return tuple(name for name in seen if name in found.slopes)
