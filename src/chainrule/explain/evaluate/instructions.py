"""What is done at each node of an expression: steps that read slots and fill one. Equal nodes have one slot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from chainrule.expr.nodes import Bracket, Call, Expr, Mul, Neg, Number, Pow, Reduce, Ref
from chainrule.numbers.guards import guards
from chainrule.values import dataclass

Value = Any
"""A value of an arithmetic: an array of floats, of complex numbers or of sets, an `Enclosure`, a `Jet`."""

Operation = Callable[[Mapping[str, Value], int, tuple[Value, ...]], Value]
"""The value of a node from what is known, the number of patterns, and the values inside."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operation: from which slots into which, the name of what it completes, and the slots read here last."""

    operation: Operation
    inputs: tuple[int, ...]
    output: int
    last: tuple[int, ...] = ()


def freed(steps: Sequence[Instruction], kept: set[int]) -> list[Instruction]:
    """The steps with the slots that each is the last to read, but for those that are kept."""
    seen, found = set(kept), []
    for step in reversed(steps):
        last = {slot for slot in step.inputs if slot not in seen}
        seen |= last
        found.append(replace(step, last=tuple(last)) if last else step)
    return found[::-1]


def kind(node: Expr) -> object:
    """What a node does with the values inside it: of two that are equal, one is computed."""
    match node:
        case Number(exact):
            return Number, exact
        case Ref(name):
            return Ref, name
        case Pow(_, exponent):
            return Pow, exponent_of(exponent)
        case Call(function, _, order):
            return Call, function, order
        case Reduce(reduction, _):
            return Reduce, reduction
        case Bracket(comparison):
            return Bracket, comparison
        case Mul(args):
            return Mul, guards(args)
        case _:
            return type(node)


def exponent_of(exponent: Expr) -> Fraction | None:
    match exponent:
        case Number(exact):
            return exact
        case Neg(Number(exact)):
            return -exact
    return None
