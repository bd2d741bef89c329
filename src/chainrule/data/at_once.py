"""An expression for every value of one letter at once: the bits that `numbers.evaluate` gives one after another.

The letter is taken out of the indices, and what carries it is given as a column of numbers. That is possible where the
letter only says which entry is read; where it is counted with, reduced over or shifted, it is not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Any

import numpy as np

from chainrule.data.table import Array
from chainrule.engines.machine import ARRAYS, COMPARE
from chainrule.expr.nodes import (
    At,
    Call,
    Comparison,
    Derivative,
    Equation,
    Expr,
    Index,
    InRange,
    Reduce,
    Ref,
    index,
)
from chainrule.expr.walk import nodes, transform
from chainrule.numbers import elementary
from chainrule.numbers.environment import Definition, Setting
from chainrule.numbers.evaluate import evaluate, solve
from chainrule.numbers.functions import FUNCTIONS
from chainrule.numbers.kinds import FLOATS
from chainrule.values import dataclass

FEW = 32
"""Values of a letter that are as soon computed one after another."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Values and their setting without the letter, which is the last axis of what had it."""

    expr: Expr
    values: Mapping[str, Any]
    setting: Setting


def columns(expr: Expr, letter: str, values: Mapping[str, Any], setting: Setting) -> Columns | None:
    """An expression without a letter; None where it does more with the letter than read entries."""
    every = setting.range(letter)
    if len(every) < FEW:
        return None
    whole: dict[str, Any] = dict(values)
    axes = dict(setting.axes)
    found: dict[str, set[int | None]] = {}
    bodies = called(expr, setting.functions)
    for body, hidden in [(expr, frozenset[str]()), *((one.body, frozenset(one.parameters)) for one in bodies.values())]:
        for node in nodes(body):
            if not reads_only(node, letter):
                return None
            if isinstance(node, Ref) and node.name not in hidden:
                found.setdefault(node.name, set()).add(axis_of(node, letter))
    for name, places in found.items():
        if places == {None}:
            continue
        given = whole.get(name)
        axis = next(iter(places))
        if len(places) > 1 or axis is None or not isinstance(given, np.ndarray) or axis >= given.ndim:
            return None
        own = setting.range(axes[name][axis]) if name in axes else range(given.shape[axis])
        if own != every or len(every) != given.shape[axis]:
            return None
        whole[name] = np.moveaxis(given, axis, -1)
        if name in axes:
            axes[name] = axes[name][:axis] + axes[name][axis + 1 :]
    functions = {
        name: Body(one.parameters, without(one.body, letter), one.rules) if name in bodies else one
        for name, one in setting.functions.items()
    }
    return Columns(without(expr, letter), whole, replace(setting, axes=axes, functions=functions))


@dataclass(frozen=True, slots=True)
class Body:
    """A function of the model whose body reads columns."""

    parameters: tuple[str, ...]
    body: Expr
    rules: Mapping[int, tuple[str, Expr]]


def called(expr: Expr, functions: Mapping[str, Definition]) -> dict[str, Definition]:
    """The model's own functions that an expression calls, and those that these call."""
    found: dict[str, Definition] = {}
    left = [expr]
    while left:
        for node in nodes(left.pop()):
            if isinstance(node, Call) and node.function in functions and node.function not in found:
                found[node.function] = functions[node.function]
                left.append(functions[node.function].body)
    return found


def reads_only(node: Expr, letter: str) -> bool:
    """Whether a node does no more with a letter than read entries, and needs nothing that columns have not."""
    match node:
        case Derivative():
            return False
        case Call():
            return node.order == 0
        case Reduce():
            return bool(node.letters) and letter not in node.letters
        case At(at) | InRange(at, _):
            return not has(at, letter)
        case Ref(_, indices):
            carrying = [at for at in indices if has(at, letter)]
            return not carrying or carrying == [index(letter)]
    return True


def has(at: Index, letter: str) -> bool:
    return any(own == letter for own, _ in at.terms)


def axis_of(node: Ref, letter: str) -> int | None:
    return next((axis for axis, at in enumerate(node.indices) if has(at, letter)), None)


def without(expr: Expr, letter: str) -> Expr:
    def taken(node: Expr) -> Expr:
        if isinstance(node, Ref) and axis_of(node, letter) is not None:
            return replace(node, indices=tuple(at for at in node.indices if not has(at, letter)))
        return node

    return transform(expr, taken)


class Many:
    """Columns of numbers as a kind of number (`numbers.kinds`): each operation for all of them, with the bits of
    ``FLOATS``. Callers ignore NumPy's warnings."""

    pi: Any = math.pi

    def number(self, value: Fraction, /) -> Any:
        return np.asarray(FLOATS.number(value))

    def given(self, value: object, /) -> Any:
        return np.asarray(value, np.float64)

    def add(self, a: Any, b: Any, /) -> Any:
        return a + b

    def multiply(self, a: Any, b: Any, /) -> Any:
        return a * b

    def negate(self, a: Any, /) -> Any:
        return -a

    def divide(self, a: Any, b: Any, /) -> Any:
        return ARRAYS.divide(a, b)

    def integer_power(self, a: Any, n: int, /) -> Any:
        return elementary.integer_power(ARRAYS, a, n)

    def power(self, a: Any, b: Any, /) -> Any:
        return elementary.power(ARRAYS, *np.broadcast_arrays(a, b))

    def call(self, function: str, arguments: Sequence[Any], /) -> Any:
        return FUNCTIONS[function].program(ARRAYS, *np.broadcast_arrays(*arguments))

    def extreme(self, operator: str, values: Sequence[Any], /) -> Any:
        return reduce(lambda a, b: self.call(operator, (a, b)), values)

    def logsumexp(self, values: Sequence[Any], /) -> Any:
        return elementary.logsumexp(ARRAYS, np.broadcast_arrays(*values))

    def compare(self, comparison: Comparison, a: Any, b: Any, /) -> Any:
        """A truth for each number; one for all where neither side is a column."""
        held = COMPARE[comparison](a, b)
        return bool(held) if np.ndim(held) == 0 else held

    def either(self, a: Any, b: Any, /) -> Any:
        return np.where(np.asarray(a) == b, a, math.nan)

    def choose(self, truth: Any, then: Any, otherwise: Any, /) -> Any:
        """The one number where a comparison holds, the other where it does not."""
        return np.where(truth, then, otherwise)


MANY = Many()


def over(expr: Expr, letters: tuple[str, ...], values: Mapping[str, Any], setting: Setting) -> Array | None:
    """The array of an expression over letters, for all values of the longest at once; None where it cannot be."""
    longest = max(letters, key=lambda letter: len(setting.range(letter)))
    found = columns(expr, longest, values, setting)
    if found is None:
        return None
    others = tuple(letter for letter in letters if letter != longest)
    ranges = [setting.range(letter) for letter in others]
    with np.errstate(all="ignore"):
        if others:
            target = Ref("computed#", tuple(map(index, others)))
            entries = solve([Equation(target, found.expr)], found.values, MANY, setting=found.setting)[target.name]
        else:
            entries = {(): evaluate(found.expr, found.values, MANY, setting=found.setting)}
    whole = np.empty([*map(len, ranges), len(setting.range(longest))])
    for at, place in zip(np.ndindex(whole.shape[:-1]), product(*ranges), strict=True):
        whole[at] = entries[place]
    return np.ascontiguousarray(np.moveaxis(whole, -1, letters.index(longest)))
