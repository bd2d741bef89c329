"""The equations of a program at many points at once: each lane has its own weights and its own rows of patterns.

Conventions. A value is an array that broadcasts to (lanes, patterns of the lane); what is one number for all patterns
has a last axis of length 1. The same evaluation runs on floats, on complex numbers (a derivative that knows no rule)
and, entry by entry, on sets of numbers (`bounds`, intervals): an `Arithmetic` says what differs. The engine's own
numbers are never taken from here: this is the second opinion they are compared with.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import BrokenPass
from chainrule.explain.evaluate.entrywise import entrywise
from chainrule.explain.evaluate.instructions import Instruction, Operation, Value, exponent_of, freed, kind
from chainrule.expr.nodes import (
    Add,
    Bracket,
    Call,
    Comparison,
    Cond,
    Constant,
    Div,
    Equation,
    Expr,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    Size,
    key,
)
from chainrule.expr.walk import fold, keyed
from chainrule.numbers.functions import FUNCTIONS
from chainrule.numbers.guards import guards, lifted
from chainrule.values import dataclass

Values = NDArray[Any]

@dataclass(frozen=True, slots=True)
class Arithmetic:
    """What differs between kinds of values; + − × ÷ are their own operators."""

    constant: Callable[[Fraction], Value]
    call: Callable[[str, tuple[Value, ...]], Value]
    power: Callable[[Value, Value, Fraction | None], Value]  # base, exponent, the exponent if it is a written number
    holds: Callable[[Comparison, Value, Value], Value]
    choose: Callable[[Value, Value, Value], Value]
    extreme: Callable[[str, tuple[Value, ...]], Value]  # "max" or "min" of the values of all patterns
    total: Callable[[Value, int], Value]  # over the patterns of each lane
    parts: Callable[[Value, int], tuple[Value, ...]]  # pattern by pattern
    sets: bool = False  # a·a is then a², not one set times another


@dataclass(frozen=True, slots=True)
class Ready:
    """Equations made ready: from what is given and how many patterns a lane has to every left side by its key."""

    lines: tuple[tuple[str, int, tuple[Instruction, ...]], ...]  # the name, its slot, and what is done for it
    slots: int

    def __call__(self, given: Mapping[str, Value], patterns: int) -> dict[str, Value]:
        known: dict[str, Value] = dict(given)
        values: list[Value] = [None] * self.slots
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, slot, steps in self.lines:
                walked(steps, values, known, patterns)
                known[name] = values[slot]
        return known


def ready(equations: Iterable[Equation], arithmetic: Arithmetic) -> Ready:
    """The equations as lists of steps: searches ask for them thousands of times, so nodes are looked at once, here.

    What stands in several places is computed once.
    """
    numbered = Numbered(arithmetic)
    lines = []
    for equation in equations:
        first = len(numbered.made)
        slot = numbered.of(equation.body)
        lines.append((key(equation.target), slot, first, len(numbered.made)))
        numbered.names[key(equation.target)] = slot
    kept = {slot for _, slot, _, _ in lines}
    made = freed(numbered.made, kept)
    return Ready(tuple((name, slot, tuple(made[start:stop])) for name, slot, start, stop in lines), numbered.slots)


def evaluate(
    equations: Iterable[Equation], given: Mapping[str, Value], patterns: int, arithmetic: Arithmetic
) -> dict[str, Value]:
    """Every left side by its key, and what was given. ``patterns`` is how many a lane has."""
    return ready(equations, arithmetic)(given, patterns)


def value(expr: Expr, known: Mapping[str, Value], patterns: int, arithmetic: Arithmetic) -> Value:
    """The value of one expression."""
    numbered = Numbered(arithmetic)
    slot = numbered.of(expr)
    values: list[Value] = [None] * numbered.slots
    walked(freed(numbered.made, {slot}), values, known, patterns)
    return values[slot]


def walked(steps: Sequence[Instruction], values: list[Value], known: Mapping[str, Value], patterns: int) -> None:
    """Each step done, in order; what is not read any more is let go."""
    for step in steps:
        values[step.output] = step.operation(known, patterns, tuple([values[slot] for slot in step.inputs]))
        for slot in step.last:
            values[slot] = None


class Numbered:
    """Expressions as steps, leaves first. Equal nodes on equal slots have one slot, in whatever lines they stand."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic = arithmetic
        self.made: list[Instruction] = []
        self.names: dict[str, int] = {}
        self.slots = 0
        self._known: dict[object, int] = {}

    def of(self, expr: Expr) -> int:
        """The slot of an expression."""
        return fold(lifted(expr), self.node)

    def node(self, node: Expr, inside: tuple[int, ...]) -> int:
        if isinstance(node, Ref) and node.name in self.names:
            return self.names[node.name]
        same = (kind(node), inside)
        if same not in self._known:
            self._known[same] = self.slots
            self.made.append(Instruction(done_at(node, inside, self.arithmetic), inside, self.slots))
            self.slots += 1
        return self._known[same]


def done_at(node: Expr, slots: tuple[int, ...], arithmetic: Arithmetic) -> Operation:
    """What is done at a node; equal slots hold the same value."""
    match node:
        case Number(exact):
            number = arithmetic.constant(exact)
            return lambda known, patterns, inside: number
        case Constant():
            pi = arithmetic.constant(Fraction(float(np.pi)))
            return lambda known, patterns, inside: pi
        case Ref(name):
            return lambda known, patterns, inside: known[name]
        case Size():
            return lambda known, patterns, inside: arithmetic.constant(Fraction(patterns))
        case Add():
            return lambda known, patterns, inside: _chain(inside, operator.add)
        case Mul(args) if any(guarding := guards(args)):
            return lambda known, patterns, inside: _guarded(guarding, inside, arithmetic)
        case Mul() if arithmetic.sets and len(set(slots)) < len(slots):
            return lambda known, patterns, inside: _product_of_sets(slots, inside, arithmetic)
        case Mul():
            return lambda known, patterns, inside: _chain(inside, operator.mul)
        case Neg():
            return lambda known, patterns, inside: -inside[0]
        case Div():
            return lambda known, patterns, inside: inside[0] / inside[1]
        case Pow(_, exponent):
            written = exponent_of(exponent)
            return lambda known, patterns, inside: arithmetic.power(inside[0], inside[1], written)
        case Call(function, _, 0):
            return lambda known, patterns, inside: arithmetic.call(function, inside)
        case Reduce(reduction, _):
            return lambda known, patterns, inside: _reduce(reduction, inside[0], patterns, arithmetic)
        case Bracket(comparison):
            return lambda known, patterns, inside: arithmetic.holds(comparison, inside[0], inside[1])
        case Cond():
            return lambda known, patterns, inside: arithmetic.choose(*inside)
    raise BrokenPass("explaining", f"{type(node).__name__} stands in a network of plain numbers")


def with_keys(equation: Equation) -> Equation:
    """The equation with each derivative that it reads as a reference to its key: what `ready` takes."""
    return replace(equation, body=keyed(equation.body))


def _chain(values: tuple[Value, ...], operation: Callable[[Value, Value], Value]) -> Value:
    total = values[0]
    for other in values[1:]:
        total = operation(total, other)
    return total


def _guarded(guarding: tuple[bool, ...], values: tuple[Value, ...], arithmetic: Arithmetic) -> Value:
    """A product that is 0 where a bracket that guards it is 0."""
    one, zero = arithmetic.constant(Fraction(1)), arithmetic.constant(Fraction(0))
    total = _chain((one, *(value for guard, value in zip(guarding, values, strict=True) if not guard)), operator.mul)
    for guard, test in zip(guarding, values, strict=True):
        total = arithmetic.choose(test, total, zero) if guard else total
    return total


def _product_of_sets(slots: tuple[int, ...], values: tuple[Value, ...], arithmetic: Arithmetic) -> Value:
    """A product where equal factors are a power, because a set squared is less than a set times another."""
    groups: dict[int, list[Value]] = {}
    for slot, found in zip(slots, values, strict=True):
        groups.setdefault(slot, []).append(found)
    powers = tuple(
        found[0] if len(found) == 1 else arithmetic.power(found[0], None, Fraction(len(found)))
        for found in groups.values()
    )
    return _chain(powers, operator.mul)


def _reduce(reduction: str, inside: Value, patterns: int, arithmetic: Arithmetic) -> Value:
    """A reduction over the patterns of the lane; a value that is the same for all of them counts once for each."""
    match reduction:
        case "sum":
            return arithmetic.total(inside, patterns)
        case "mean":
            return arithmetic.total(inside, patterns) / arithmetic.constant(Fraction(patterns))
        case "max" | "min":
            return arithmetic.extreme(reduction, arithmetic.parts(inside, patterns))
        case "prod":
            return _chain(arithmetic.parts(inside, patterns), operator.mul)
    top = arithmetic.extreme("max", arithmetic.parts(inside, patterns))
    total = arithmetic.total(arithmetic.call("exp", (inside - top,)), patterns)
    return top + arithmetic.call("log", (total,))


# ---- floats and complex numbers ---------------------------------------------------------------------------------


def _sigmoid(u: Values) -> Values:
    small = np.exp(-np.where(u.real < 0, -u, u))
    return np.where(u.real < 0, small / (1 + small), 1 / (1 + small))


def _log1p(u: Values) -> Values:
    """NumPy's own loses small numbers where they are complex: log(1 + 1e−22 + 0i) is 0 there."""
    if not np.iscomplexobj(u):
        return np.asarray(np.log1p(u))
    return complex_of(np.log1p(u.real), u.imag / (1 + u.real))


def _expm1(u: Values) -> Values:
    if not np.iscomplexobj(u):
        return np.asarray(np.expm1(u))
    return complex_of(np.expm1(u.real), u.imag * np.exp(u.real))


def extreme(reduction: str, values: Values) -> Values:
    """The largest or the smallest along the last axis, by the real parts; of a tie, an equal share of each.

    NaN if one is; the real part is that of an entry, to the bit.
    """
    top = (np.maximum if reduction == "max" else np.minimum).reduce(values.real, axis=-1)
    if not np.iscomplexobj(values):
        return np.asarray(top)
    hits = values.real == top[..., None]
    with np.errstate(all="ignore"):
        share = np.add.reduce(np.where(hits, values.imag, 0.0), axis=-1) / np.add.reduce(hits, axis=-1)
    return complex_of(top, np.where(share == share, share, 0.0))


def complex_of(real: Values, imaginary: Values) -> Values:
    """Both parts as one number; a sum would make ∞ + 0i no number."""
    found = np.empty(np.broadcast_shapes(real.shape, imaginary.shape), dtype=np.complex128)
    found.real, found.imag = real, imaginary
    return found


_FUNCTIONS: Mapping[str, Callable[..., Values]] = {
    **{name: entrywise(name) for name in FUNCTIONS},
    "exp": np.exp,
    "log": np.log,
    "expm1": _expm1,
    "log1p": _log1p,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "softplus": lambda u: np.where(u.real > 0, u, 0) + _log1p(np.exp(-np.where(u.real > 0, u, -u))),
    "relu": lambda u: np.where(u.real > 0, u, 0 * u),
    "sin": np.sin,
    "cos": np.cos,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "arctan": np.arctan,
    "asinh": np.arcsinh,
    "abs": lambda u: np.where(u.real < 0, -u, np.where(u.real == 0, 0 * u, u)),
    "sign": lambda u: np.sign(u.real) + 0 * u,
    "floor": lambda u: np.floor(u.real) + 0 * u,
    "max": lambda *two: extreme("max", np.stack(np.broadcast_arrays(*two), axis=-1)),
    "min": lambda *two: extreme("min", np.stack(np.broadcast_arrays(*two), axis=-1)),
}
"""Function → what it is on arrays: number by number, or by NumPy, which is quicker."""

_COMPARE: Mapping[Comparison, Callable[[Values, Values], Values]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def _call(name: str, values: tuple[Values, ...]) -> Values:
    return np.asarray(_FUNCTIONS[name](*values))


def _power(base: Values, exponent: Values, exact: Fraction | None) -> Values:
    whole = exact.numerator if exact is not None and exact.denominator == 1 else -1
    if 0 <= whole <= 64:
        total = np.ones_like(base) if whole < 2 else base * base
        for _ in range(whole if whole < 2 else whole - 2):
            total = total * base
        return total
    found = np.asarray(base**exponent)
    if not np.iscomplexobj(found):
        return found
    # 0 to a moving exponent stays where it is; a moving 0 to an exponent of 1 moves as it does, above 1 not at all
    at, size = exponent.real, base.real**exponent.real
    slope = np.where(at == 1, base.imag, np.where((at > 1) | (at == 0) | (base.imag == 0), 0.0, np.nan))
    return np.asarray(np.where(base.real == 0, complex_of(size, slope), found))


def total(inside: Values, patterns: int) -> Values:
    """The sum over the last axis, stretched to all patterns first."""
    return np.add.reduce(np.broadcast_to(inside, (*inside.shape[:-1], patterns)), axis=-1, keepdims=True)


def parts(inside: Values, patterns: int) -> tuple[Values, ...]:
    """The values of each pattern."""
    every = np.broadcast_to(inside, (*inside.shape[:-1], patterns))
    return tuple(every[..., place : place + 1] for place in range(patterns))


NUMBERS = Arithmetic(
    constant=lambda exact: np.array([[float(exact)]]),
    call=_call,
    power=_power,
    holds=lambda comparison, a, b: _COMPARE[comparison](a.real, b.real).astype(np.float64),
    choose=lambda test, then, otherwise: np.where(test.real != 0, then, otherwise),
    extreme=lambda reduction, values: extreme(reduction, np.stack(np.broadcast_arrays(*values), axis=-1)),
    total=total,
    parts=parts,
)
"""Floats and complex numbers; a kink is decided by the real part."""
