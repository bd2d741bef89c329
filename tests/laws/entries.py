"""A text → each entry of each quantity, by the definition alone: the one equation that defines it, computed when asked.

What the engines are held against. Nothing of the package is used but its parser: an entry is found by recursion with a
memory, scalar by scalar in complex numbers, a slope by a complex step so small that nothing is rounded away. An entry
is defined by the equation with constants at the places where any other that reaches it has some, and more; a reference
under an index bracket that is 0 counts 0 and is not read. What no number can be given for is refused: two equations
that overlap where none is more special, an entry that is read and not defined, entries that wait for each other.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import mul
from typing import Any

import numpy as np

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
)  # fmt: skip
from chainrule.expr.walk import children, nodes
from chainrule.notation import parse
from chainrule.notation.statements import (
    Declare,
    Define,
    Function,
    Given,
    Goal,
    Letters,
    Listing,
)

STEP = 1e-30
HIDDEN = "#"
"""The letter of the patterns where the text has none."""

Place = tuple[int, ...]
Env = dict[str, int]
Value = Callable[[Env], complex]
COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": float.__lt__, "<=": float.__le__, ">": float.__gt__,
    ">=": float.__ge__, "==": float.__eq__, "!=": float.__ne__,
}  # fmt: skip


class Refusal(Exception):
    """Why a text defines no numbers: "overlap", "undefined" or "cycle", and where."""

    def __init__(self, kind: str, where: str) -> None:
        super().__init__(f"{kind}: {where}")
        self.kind = kind


@dataclass(frozen=True)
class Line:
    """One equation of a name: at each place a letter or a constant (the patterns' letter left out), and its body."""

    name: str
    places: tuple[str | int, ...]
    body: Expr

    @property
    def fixed(self) -> frozenset[int]:
        """Where it has constants."""
        return frozenset(k for k, place in enumerate(self.places) if isinstance(place, int))


class Entries:
    """The numbers that a text says with these data; ``rows`` are the patterns of the step."""

    def __init__(self, text: str, data: Mapping[str, Any], count: int) -> None:
        self.statements = parse(text).statements
        self.rows: Sequence[int] = range(count)
        self.pattern = HIDDEN
        self.ranges = self._ranges(count)
        self.functions = {one.name: one for one in self._all(Function)}
        self.roles, self.letters = dict[str, str](), dict[str, tuple[str, ...]]()
        self.varying: set[str] = set()
        self.given: dict[tuple[str, Place, int | None], complex] = {}
        self.lines: dict[str, list[Line]] = {}
        for define in self._all(Define):
            target = define.equation.target
            assert isinstance(target, Ref)
            places = tuple(one.letter or one.constant for one in target.indices if one.letter != self.pattern)
            self.lines.setdefault(target.name, []).append(Line(target.name, places, define.equation.body))
            if any(one.letter == self.pattern for one in target.indices):
                self.varying.add(target.name)
        self._declare(data)
        self._vary()
        self._found: dict[tuple[str, Place], Line | None] = {}
        self._known: dict[tuple[str, Place, int | None], complex] = {}
        self._moved: dict[tuple[str, Place, int | None], complex] = {}
        self._compiled: dict[int, tuple[Expr, Value]] = {}

    # ---------------------------------------------------------------- what the text declares

    def _all(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.statements if isinstance(one, kind)]

    def _ranges(self, count: int) -> dict[str, range]:
        found: dict[str, range] = {}
        for line in self._all(Letters):
            for group in line.groups:
                if line.kind == "patterns":
                    self.pattern = group.letters[0]
                else:
                    low, high = (int(self._constant(bound, {})) for bound in (group.low, group.high))
                    found |= dict.fromkeys(group.letters, range(low, high + 1))
        return {**found, self.pattern: range(count)}

    def values(self, letter: str) -> Sequence[int]:
        plain = letter.rstrip("'").partition("#")[0] or letter
        return self.rows if plain == self.pattern else self.ranges[plain]

    def _constant(self, expr: Expr, env: Env) -> float:
        """An expression of numbers and letters alone."""
        match expr:
            case Number(value):
                return float(value)
            case At(index):
                return float(at(index, env))
            case Size(letter):
                return float(len(self.values(letter)))
            case Neg(arg):
                return -self._constant(arg, env)
            case Add(args):
                return sum(self._constant(one, env) for one in args)
            case Mul(args):
                return math.prod(self._constant(one, env) for one in args)
            case Div(above, below):
                return self._constant(above, env) / self._constant(below, env)
            case Bracket() | InRange():
                return float(self._holds(expr, env))
        raise TypeError(expr)

    def _declare(self, data: Mapping[str, Any]) -> None:
        for line in self._all(Declare):
            for one in line.declarations:
                name, own = one.name, tuple(letter for letter in one.letters if letter != self.pattern)
                self.roles[name], self.letters[name] = line.role, own
                varies = line.role in ("data", "target")
                if varies:
                    self.varying.add(name)
                array = np.asarray(data[name], float) if name in data else None
                for place in product(*map(self.values, own)):
                    spot = tuple(value - self.values(letter)[0] for value, letter in zip(place, own, strict=True))
                    if varies:
                        assert array is not None, name
                        for row in self.ranges[self.pattern]:
                            self.given[name, place, row] = complex(array[(row, *spot)])
                    else:
                        assert isinstance(one.start, Given), name
                        value: Any = one.start.value
                        for k in spot:
                            value = value.items[k] if isinstance(value, Listing) else value
                        env = dict(zip(own, place, strict=True))
                        self.given[name, place, None] = complex(self._constant(value, env))

    def _vary(self) -> None:
        """Which quantities have a value for each pattern, where the letter of the patterns is hidden."""
        before = -1
        while self.pattern == HIDDEN and before < len(self.varying):
            before = len(self.varying)
            self.varying |= {line.name for line in self._equations() if self.carries(line.body)}

    def carries(self, expr: Expr) -> bool:
        """Whether an expression has one value for each pattern."""
        match expr:
            case Ref(name):
                return name in self.varying
            case Reduce(_, letters, body):
                return bool(letters) and self.pattern not in letters and self.carries(body)
            case Call(name) if name in self.functions and self.carries(self.functions[name].body):
                return True
            case Derivative():
                return False
        return any(map(self.carries, children(expr)))

    def _equations(self) -> Iterator[Line]:
        for lines in self.lines.values():
            yield from lines

    # ---------------------------------------------------------------- which equation defines an entry

    def line(self, name: str, place: Place) -> Line | None:
        """The equation that defines an entry; None where nobody does."""
        if (name, place) not in self._found:
            self._found[name, place] = self._line(name, place)
        return self._found[name, place]

    def _line(self, name: str, place: Place) -> Line | None:
        here = [line for line in self.lines.get(name, ()) if self._reaches(line, place)]
        if not here:
            return None
        best = [line for line in here if all(other is line or other.fixed < line.fixed for other in here)]
        if not best:
            raise Refusal("overlap", f"{name}{list(place)} has {len(here)} equations")
        return best[0]

    def _reaches(self, line: Line, place: Place) -> bool:
        return all(
            own == value if isinstance(own, int) else value in self.values(own)
            for own, value in zip(line.places, place, strict=True)
        )

    def defined(self, name: str) -> list[Place]:
        """The entries of a quantity."""
        if name not in self.lines:
            return list(product(*map(self.values, self.letters[name])))
        return sorted({
            place
            for line in self.lines[name]
            for place in product(*((own,) if isinstance(own, int) else self.values(own) for own in line.places))
        })  # fmt: skip

    def check(self) -> None:
        """Nothing, or the Refusal that the text deserves."""
        graph: dict[tuple[str, Place], list[tuple[str, Place]]] = {}
        for name in self.lines:
            for place in self.defined(name):
                line = self.line(name, place)
                assert line is not None
                env = {own: value for own, value in zip(line.places, place, strict=True) if isinstance(own, str)}
                graph[name, place] = self._checked(line.body, env)
        for goal in self._all(Goal):
            self._checked(goal.value, {})
        done: set[tuple[str, Place]] = set()
        for entry in graph:
            self._walk(entry, graph, done)

    def _checked(self, body: Expr, env: Env) -> list[tuple[str, Place]]:
        found = list(dict.fromkeys(self.reads(body, env)))
        for name, place in found:
            if self.line(name, place) is None and (name in self.lines or place not in self.defined(name)):
                raise Refusal("undefined", f"{name}{list(place)} is read")
        return found

    def _walk(self, first: Any, graph: Mapping[Any, list[Any]], done: set[Any]) -> None:
        path, todo = dict[Any, None](), [(first, False)]
        while todo:
            entry, leaving = todo.pop()
            if leaving:
                path.pop(entry)
                done.add(entry)
            elif entry in path:
                raise Refusal("cycle", f"{entry[0]}{list(entry[1])} waits for itself")
            elif entry not in done:
                path[entry] = None
                todo.append((entry, True))
                todo.extend((other, False) for other in graph.get(entry, ()))

    def reads(self, expr: Expr, env: Env) -> Iterator[tuple[str, Place]]:
        """The entries that an expression reads, at these values of its letters."""
        match expr:
            case Ref(name, indices) if name in self.lines or name in self.roles:
                yield name, tuple(at(one, env) for one in indices if one.letter != self.pattern)
            case Mul(args):
                tests = tests_of(expr)
                if all(self._holds(test, env) for test in tests):
                    for one in args:
                        yield from self.reads(one, env)
            case Div(above, below):
                yield from self.reads(above, env)
                if all(self._holds(test, env) for test in tests_of(above)):
                    yield from self.reads(below, env)
            case Cond(test, then, otherwise) if indexical(test):
                yield from self.reads(then if self._holds(test, env) else otherwise, env)
            case Reduce(_, letters, body):
                own = [letter for letter in letters if letter != self.pattern]
                for place in product(*map(self.values, own)):
                    yield from self.reads(body, env | dict(zip(own, place, strict=True)))
            case Call(name, args):
                if name in self.functions:
                    yield from self.reads(self.functions[name].body, {})
                for one in args:
                    yield from self.reads(one, env)
            case _:
                for one in children(expr):
                    yield from self.reads(one, env)

    def _holds(self, test: Expr, env: Env) -> bool:
        match test:
            case InRange(index, letter):
                return at(index, env) in self.values(letter)
            case Bracket(comparison, left, right):
                return COMPARE[comparison](self._constant(left, env), self._constant(right, env))
        raise TypeError(test)

    # ---------------------------------------------------------------- values

    def value(self, name: str, place: Place = (), row: int | None = None) -> complex:
        """One entry (of one pattern, where it has a value for each)."""
        at_row = row if name in self.varying else None
        entry = (name, place, at_row)
        if entry in self._known:
            return self._known[entry]
        if name in self.lines:
            line = self.line(name, place)
            if line is None:
                raise Refusal("undefined", f"{name}{list(place)} is read")
            env = {own: value for own, value in zip(line.places, place, strict=True) if isinstance(own, str)}
            if at_row is not None:
                env[self.pattern] = at_row
            found = self.compiled(line.body)(env)
        elif entry in self.given:
            found = self.given[entry]
        else:
            raise Refusal("undefined", f"{name}{list(place)} is read")
        self._known[entry] = found = found + self._moved.get(entry, 0)
        return found

    def slope(
        self, of: Callable[[], complex], name: str, place: Place = (), row: int | None = None
    ) -> float:
        """The derivative of a number by one entry, by the complex step."""
        kept, self._known = self._known, {}
        self._moved = {(name, place, row if name in self.varying else None): STEP * 1j}
        found = of().imag / STEP
        self._moved, self._known = {}, kept
        return found

    def goal(self) -> complex:
        """What a step makes small, over ``rows``."""
        lines = self._all(Goal)
        expr = lines[-1].value if lines else Ref(list(self.lines)[-1], ())
        value = self.compiled(expr)
        if self.carries(expr):
            return sum(value({self.pattern: row}) for row in self.rows) / len(self.rows)
        return value({})

    def batch(self, rows: Sequence[int]) -> None:
        """Take these patterns for the step."""
        self.rows = rows
        self._known = {}

    def start(self, name: str, array: Any) -> None:
        """Other values of a weight."""
        own = self.letters[name]
        for place in self.defined(name):
            spot = tuple(value - self.values(letter)[0] for value, letter in zip(place, own, strict=True))
            self.given[name, place, None] = complex(np.asarray(array)[spot])
        self._known = {}

    def compiled(self, expr: Expr) -> Value:
        """What computes an expression from the values of its letters."""
        if id(expr) not in self._compiled:
            self._compiled[id(expr)] = (expr, self._compile(expr, {}))  # the expression is kept, and so its id
        return self._compiled[id(expr)][1]

    def _compile(self, expr: Expr, own: Mapping[str, Value]) -> Value:
        """``own`` are the parameters of a function."""
        inside = [self._compile(one, own) for one in children(expr) if not isinstance(expr, Derivative)]
        match expr:
            case Number(value):
                number = complex(float(value))
                return lambda env: number
            case Constant():
                return lambda env: complex(math.pi)
            case At(index):
                return lambda env: complex(at(index, env))
            case Size(letter):
                return lambda env: complex(len(self.values(letter)))
            case Ref(name, ()) if name in own:
                return own[name]
            case Ref(name, indices):
                return self._reference(name, tuple(one for one in indices if one.letter != self.pattern))
            case Neg():
                return lambda env: -inside[0](env)
            case Add():
                return lambda env: sum([one(env) for one in inside])
            case Mul():
                tests = tests_of(expr)
                return lambda env: (
                    reduce(mul, [one(env) for one in inside]) if all(self._holds(one, env) for one in tests) else 0j
                )
            case Div(above):
                tests = tests_of(above)
                return lambda env: (
                    inside[0](env) / inside[1](env) if all(self._holds(one, env) for one in tests) else 0j
                )
            case Pow():
                return lambda env: power(inside[0](env), inside[1](env))
            case Call(name, args, order):
                return self._call(name, args, order, inside)
            case Reduce(operator, letters):
                return self._reduction(operator, letters or (self.pattern,), inside[0])
            case Bracket(comparison):
                compare = COMPARE[comparison]
                return lambda env: complex(compare(inside[0](env).real, inside[1](env).real))
            case InRange():
                return lambda env: complex(self._holds(expr, env))
            case Cond():
                return lambda env: inside[1](env) if inside[0](env).real else inside[2](env)
            case Derivative():
                return self._derivative(expr)
        raise TypeError(expr)

    def _reference(self, name: str, indices: tuple[Index, ...]) -> Value:
        varies, pattern = name in self.varying, self.pattern
        if not indices:
            return lambda env: self.value(name, (), env[pattern] if varies else None)
        return lambda env: self.value(name, tuple([at(one, env) for one in indices]), env[pattern] if varies else None)

    def _reduction(self, operator: str, letters: tuple[str, ...], body: Value) -> Value:
        def found(env: Env) -> complex:
            spaces = [self.values(letter) for letter in letters]
            values = [body(env | dict(zip(letters, place, strict=True))) for place in product(*spaces)]
            match operator:
                case "sum":
                    return sum(values)
                case "mean":
                    return sum(values) / len(values)
                case "prod":
                    return reduce(mul, values)
                case "logsumexp":
                    return cmath.log(sum(map(cmath.exp, values)))
            return (max if operator == "max" else min)(values, key=lambda value: value.real)

        return found

    def _call(self, name: str, args: tuple[Expr, ...], order: int, inside: list[Value]) -> Value:
        if name in self.functions:
            parameters, body = self.functions[name].parameters, self.functions[name].body
            slots: list[complex] = []
            own = {one: (lambda env, k=k: slots[k]) for k, one in enumerate(parameters)}
            compiled = self._compile(body, own)

            def call(env: Env) -> complex:
                values = [one(env) for one in inside]
                if order:
                    assert order == 1
                    assert not values[0].imag
                    values[0] += STEP * 1j
                kept, slots[:] = slots[:], values
                found = compiled({self.pattern: env[self.pattern]} if self.pattern in env else {})
                slots[:] = kept
                return complex(found.imag / STEP) if order else found

            return call
        if order:
            return lambda env: complex(known(name, inside[0](env) + STEP * 1j).imag / STEP)
        if name in ("max", "min"):
            best = max if name == "max" else min
            return lambda env: best((one(env) for one in inside), key=lambda value: value.real)
        return lambda env: known(name, inside[0](env))

    def _derivative(self, node: Derivative) -> Value:
        """A derivative named in a line of a derivation: of an entry, or of an expression, by an entry."""
        assert len(node.wrt) == 1
        wrt = node.wrt[0]

        def found(env: Env) -> complex:
            place = tuple(at(one, env) for one in wrt.indices if one.letter != self.pattern)
            row = env.get(self.pattern)
            if node.kind == "total":
                return complex(self.slope(lambda: self.compiled(node.of)(env), wrt.name, place, row))
            assert isinstance(node.of, Ref)
            own = tuple(at(one, env) for one in node.of.indices if one.letter != self.pattern)
            return complex(self._partial(node.of.name, own, wrt.name, place, row))

        return found

    def _partial(self, of: str, own: Place, name: str, place: Place, row: int | None) -> float:
        """The slope of one equation's right side alone: whatever it reads is held."""
        line = self.line(of, own)
        assert line is not None
        env = {one: value for one, value in zip(line.places, own, strict=True) if isinstance(one, str)}
        if row is not None:
            env[self.pattern] = row
        self.compiled(line.body)(env)  # so that all it reads is known
        kept = dict(self._known)
        entry = (name, place, row if name in self.varying else None)
        self._known[entry] = self.value(name, place, row) + STEP * 1j
        found = self.compiled(line.body)(env).imag / STEP
        self._known = kept
        return found


def at(index: Index, env: Mapping[str, int]) -> int:
    """The value of an index."""
    total = index.constant
    for letter, factor in index.terms:
        total += factor * env[letter]
    return total


def indexical(expr: Expr) -> bool:
    """Whether an expression is a bracket about indices alone."""
    return isinstance(expr, InRange) or (
        isinstance(expr, Bracket)
        and all(isinstance(node, Bracket | At | Size | Number | Add | Mul | Neg | Div) for node in nodes(expr))
    )


def tests_of(expr: Expr) -> list[Expr]:
    """The brackets about indices alone among the factors: where one is 0, so is the whole product or quotient."""
    match expr:
        case Mul(args):
            return [one for arg in args if not isinstance(arg, Mul) for one in tests_of(arg)]
        case Div(above):
            return tests_of(above)
    return [expr] if indexical(expr) else []


def power(base: complex, exponent: complex) -> complex:
    if not exponent.imag and exponent.real == int(exponent.real) and abs(exponent.real) < 64:
        whole = reduce(mul, [base] * abs(int(exponent.real)), 1 + 0j)
        return whole if exponent.real >= 0 else 1 / whole
    return cmath.exp(exponent * cmath.log(base))


def known(name: str, z: complex) -> complex:
    """A known function of a number that may carry a step."""
    positive = z.real > 0
    match name:
        case "exp":
            return cmath.exp(z)
        case "log":
            return cmath.log(z)
        case "sqrt":
            return cmath.sqrt(z)
        case "tanh":
            return cmath.tanh(z)
        case "sigmoid":
            return 1 / (1 + cmath.exp(-z))
        case "relu":
            return z if positive else 0j
        case "softplus":
            return cmath.log(1 + cmath.exp(z))
        case "sin":
            return cmath.sin(z)
        case "cos":
            return cmath.cos(z)
        case "sinh":
            return cmath.sinh(z)
        case "cosh":
            return cmath.cosh(z)
        case "arctan":
            return cmath.atan(z)
        case "abs":
            return z if positive else -z
        case "sign":
            return complex((z.real > 0) - (z.real < 0))
    raise KeyError(name)
