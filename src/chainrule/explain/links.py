"""The slope of a weight → the links of the chain rule that it is a product of, from the error to the weight.

A network of many paths has a chain for each; the one that is followed is the strongest: at every quantity the way that
adds most to its adjoint. Links are taken from the adjoint equations of the program, each of which is linear in the
adjoints that it reads: a link is the equation with one of them put to 1 and the others to 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.context import Context
from chainrule.explain.formula import shown, tidy
from chainrule.explain.landscape import NUMBERS, Value, named, value
from chainrule.expr.nodes import Derivative, Equation, Expr, Mul, Neg, Reduce, Ref, key, number
from chainrule.expr.walk import nodes, transform
from chainrule.gradient.simplify import simplify
from chainrule.notation.names import pretty


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a link, as it is written and what it is; ``fixed`` if no quantity stands in it."""

    written: str
    value: float
    fixed: bool


@dataclass(frozen=True, slots=True)
class Link:
    """How the quantity ``of`` changes with the quantity ``wrt`` that it reads, and how many ways lead on from there."""

    of: str
    wrt: str
    written: str
    value: float
    factors: tuple[Factor, ...]
    ways: int

    @property
    def name(self) -> str:
        return f"∂{pretty(self.of)}/∂{pretty(self.wrt)}"


def chain(context: Context, name: str, theta: Array, row: int) -> tuple[Link, ...]:
    """The links of the strongest path from the error of one pattern to a weight, the error's own first."""
    values = context.lanes.values(theta[None, :], np.array([[row]], dtype=np.int64), backward=True)
    equations = {key(equation.target): equation for equation in context.program.phases["adjoint"]}
    found: list[Link] = []
    at, wrt = context.program.gradient(name), name
    while at in equations:
        upstream, link = strongest(context, equations[at], wrt, values)
        found.append(link)
        if upstream is None or (context.reduced is not None and upstream.wrt[0].name == context.model.goal.each):
            break  # for one pattern its mean and its sum are the error itself
        at, wrt = key(upstream), upstream.wrt[0].name
    return tuple(reversed(found))


def strongest(
    context: Context, equation: Equation, wrt: str, values: Mapping[str, Value]
) -> tuple[Derivative | None, Link]:
    """The adjoint by which most comes to this one, None for the goal itself, and the link between the two."""
    body = transform(equation.body, alone)
    inside = list(dict.fromkeys(node for node in nodes(body) if isinstance(node, Derivative)))
    ways: list[tuple[float, Derivative | None, Expr, float]] = []
    for one in (*inside, None):
        local = simplify(transform(body, lambda node: put(node, one)))  # noqa: B023 - used at once
        if local == number(0):
            continue
        size = number_of(local, values)
        reach = 1.0 if one is None else number_of(one, values)
        ways.append((abs(size * reach), one, tidy(local), size))
    if not ways:
        zero = number(0)
        return None, Link(context.program.objective, wrt, shown(zero), 0.0, (Factor("0", 0.0, True),), 1)
    _, upstream, local, size = max(ways, key=lambda way: way[0])
    of = context.model.goal.each if upstream is None and context.reduced is not None else None
    user = upstream.wrt[0].name if upstream is not None else of or context.program.objective
    parts = tuple(Factor(shown(part), number_of(part, values), constant(part)) for part in factors(local))
    return upstream, Link(user, wrt, shown(local), size, parts, len(ways))


def put(node: Expr, one: Derivative | None) -> Expr:
    """The adjoint that is followed as 1, the others as 0."""
    return number(int(node == one)) if isinstance(node, Derivative) else node


def alone(node: Expr) -> Expr:
    """Over one pattern a sum or a mean over the patterns is what stands in it."""
    return node.body if isinstance(node, Reduce) and node.operator in ("sum", "mean") else node


def factors(expr: Expr) -> tuple[Expr, ...]:
    """What a product is made of; the sign stays with its first factor."""
    match expr:
        case Neg(Mul((first, *rest))):
            return (Neg(first), *rest)
        case Mul(args):
            return args
    return (expr,)


def constant(expr: Expr) -> bool:
    return not any(isinstance(node, Ref) for node in nodes(expr))


def number_of(expr: Expr, values: Mapping[str, Value]) -> float:
    """The value of an expression at one point for one pattern."""
    read = named(Equation(Ref("#"), expr)).body
    return float(np.asarray(value(read, values, 1, NUMBERS)).ravel()[0])
