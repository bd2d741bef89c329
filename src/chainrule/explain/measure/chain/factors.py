"""The slope of a weight → the links of the chain rule that it is a product of, from the error to the weight.

A network of many paths has a chain for each; the one that is followed is the strongest: at every quantity the way that
adds most to its adjoint. Links are taken from the adjoint equations of the program, each of which is linear in the
adjoints that it reads: a link is what one of them is multiplied by. In a network with letters a path goes from entry to
entry, ``z[2]`` to ``h[5]``, and a sum over a letter is a way for each of its values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.equations import NUMBERS, value, with_keys
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.formulas import shown, tidy
from chainrule.expr.entries import entry_text
from chainrule.expr.indices import speaks_of_indices, truth
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Cond,
    Derivative,
    Div,
    Equation,
    Expr,
    Index,
    InRange,
    Mul,
    Neg,
    Reduce,
    Ref,
    key,
    number,
    places,
)
from chainrule.expr.walk import nodes, rename_letters, transform
from chainrule.gradient.simplify import simplify
from chainrule.model.explicit import unwritten
from chainrule.model.letters import free
from chainrule.notation.names import pretty
from chainrule.values import dataclass

MOST_WAYS = 2000
"""Ways that are looked at one by one at a quantity; where there are more, no chain is followed."""

Way = tuple[Derivative | None, Expr]
"""The adjoint that is read, None for the goal itself, and what it is multiplied by."""


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
        return f"∂{written(self.of)}/∂{written(self.wrt)}"


def written(entry: str) -> str:
    """An entry as a reader sees it.

    >>> written("y_hat[2]")
    'ŷ[2]'
    """
    name, bracket, rest = entry.partition("[")
    return pretty(name) + bracket + rest


class Unfollowed(Exception):
    """The adjoint equations have a form in which no chain is followed."""


def chain(context: Context, place: int, theta: Array, row: int) -> tuple[Link, ...]:
    """The links of the strongest path from the error of one pattern to a weight, the error's own first.

    Empty where a quantity is read in more ways than are looked at, or is given by several equations.
    """
    measure = reader(context, theta, row)
    equations: dict[str, list[Equation]] = {}
    for equation in context.program.phases["adjoint"]:
        equations.setdefault(key(equation.target), []).append(equation)
    found: list[Link] = []
    name, at = context.entries[place]
    upstream: Derivative | None = None
    adjoint = context.program.gradient(name)
    try:
        while adjoint in equations:
            upstream, link = strongest(context, body_of(context, equations[adjoint], at), (name, at), measure)
            found.append(link)
            if upstream is None or (context.reduced is not None and upstream.wrt[0].name == context.model.goal.each):
                break  # for one pattern its mean and its sum are the error itself
            adjoint, name, at = key(upstream), upstream.wrt[0].name, numbers(context, upstream.wrt[0])
    except Unfollowed:
        return ()
    return tuple(reversed(found))


def reader(context: Context, theta: Array, row: int) -> Callable[[Expr], float]:
    """What gives the value of an expression at one point for one pattern."""
    rows = np.array([[row]], dtype=np.int64)
    if not context.plain:
        grid = context.evaluator.grid(theta[None, :], rows, backward=True)
        return lambda expr: float(np.real(grid.value(with_key(expr)).values.ravel()[0]))
    values = context.evaluator.values(theta[None, :], rows, backward=True)
    return lambda expr: float(np.asarray(value(with_key(expr), values, 1, NUMBERS)).ravel()[0])


def with_key(expr: Expr) -> Expr:
    return with_keys(Equation(Ref("#"), expr)).body


def body_of(context: Context, lines: list[Equation], at: tuple[int, ...]) -> Expr:
    """The right side for one entry and one pattern of the adjoint equation that gives this entry.

    Of several it is the one with the fewest letters: a base line takes its entries out of a general equation.
    """
    pattern, sets, ranges = context.program.pattern, context.program.sets, context.bound.ranges

    def values(letter: str) -> range | None:
        return ranges.get(sets.get(letter, letter))

    for line in sorted(lines, key=lambda one: len(one.letters)):
        own = [one for one in places(line.target) if one.letter is None or sets.get(one.letter) != pattern]
        if len(own) != len(at):
            continue
        known = {one.letter: value for one, value in zip(own, at, strict=True) if one.letter is not None}
        fits = all(one.letter is not None or one.constant == value for one, value in zip(own, at, strict=True))
        inside = all(value in ranges[sets[letter]] for letter, value in known.items() if sets[letter] in ranges)
        if fits and inside and all(truth(test, known, values) for test in line.where):
            meaning = {letter: Index((), value) for letter, value in known.items()}
            put = rename_letters(unwritten(line.body, pattern, "alone", names=()), meaning)
            return transform(put, lambda node: decided(context, node))
    raise Unfollowed


def numbers(context: Context, reference: Ref) -> tuple[int, ...]:
    """The indices of an entry, without that of the patterns."""
    pattern, kept = context.program.pattern, list(reference.indices)
    kept = [one for one in kept if one.letter is None or context.program.sets.get(one.letter) != pattern]
    if any(one.terms for one in kept):
        raise Unfollowed
    return tuple(one.constant for one in kept)


def strongest(
    context: Context, body: Expr, wrt: tuple[str, tuple[int, ...]], measure: Callable[[Expr], float]
) -> tuple[Derivative | None, Link]:
    """The adjoint by which most comes to this one, None for the goal itself, and the link between the two."""
    together: dict[Derivative | None, list[Expr]] = {}
    for count, (one, times) in enumerate(ways(context, body)):
        if count >= MOST_WAYS:
            raise Unfollowed
        together.setdefault(one, []).append(times)
    found: list[tuple[float, Derivative | None, Expr, float]] = []
    for one, terms in together.items():
        local = tidy(simplify(Add(tuple(terms)) if len(terms) > 1 else terms[0]))
        if local == number(0):
            continue
        size = measure(local)
        found.append((abs(size * (1.0 if one is None else measure(one))), one, local, size))
    own = entry_text(*wrt)
    if not found:
        return None, Link(goal_of(context), own, "0", 0.0, (Factor("0", 0.0, True),), 1)
    best = max((way for way in found if way[0] == way[0]), key=lambda way: way[0], default=found[0])
    _, upstream, local, size = best
    user = goal_of(context) if upstream is None else entry_text(upstream.wrt[0].name, numbers(context, upstream.wrt[0]))
    parts = tuple(Factor(shown(part, context), measure(part), constant(part)) for part in factors(local))
    many = sum(way[0] != 0 for way in found) or 1
    return upstream, Link(user, own, shown(local, context), size, parts, many)


def goal_of(context: Context) -> str:
    """The error of one pattern where the goal is their mean or sum, else the goal."""
    return (context.model.goal.each if context.reduced is not None else None) or context.program.objective


def ways(context: Context, expr: Expr) -> Iterator[Way]:
    """An expression that is linear in the adjoints, as a sum over them: each with what it is multiplied by."""
    if not any(isinstance(node, Derivative) for node in nodes(expr)):
        yield None, expr
        return
    match expr:
        case Derivative():
            yield expr, number(1)
        case Add(args):
            for arg in args:
                yield from ways(context, arg)
        case Neg(arg):
            yield from ((one, Neg(times)) for one, times in ways(context, arg))
        case Mul(args):
            places = [place for place, arg in enumerate(args) if any(isinstance(n, Derivative) for n in nodes(arg))]
            if len(places) != 1:
                raise Unfollowed
            for one, times in ways(context, args[places[0]]):
                rest = (*args[: places[0]], *(() if times == number(1) else (times,)), *args[places[0] + 1 :])
                yield one, signed(rest)
        case Div(numerator, denominator):
            yield from ((one, Div(times, denominator)) for one, times in ways(context, numerator))
        case Reduce("sum" | "mean" as operator, letters, body):
            ranges = [context.bound.ranges[context.program.sets[letter]] for letter in letters]
            many = int(np.prod([len(one) for one in ranges]))
            if many > MOST_WAYS:
                raise Unfollowed
            for at in product(*ranges):
                put = rename_letters(body, {letter: Index((), k) for letter, k in zip(letters, at, strict=True)})
                part = transform(put, lambda node: decided(context, node))
                for one, times in ways(context, part):
                    yield one, times if operator == "sum" else Div(times, number(many))
        case Cond(test, then, otherwise):
            yield from ((one, Cond(test, times, number(0))) for one, times in ways(context, then))
            yield from ((one, Cond(test, number(0), times)) for one, times in ways(context, otherwise))
        case _:
            raise Unfollowed


def signed(args: tuple[Expr, ...]) -> Expr:
    """A product, its signs in front of it: what stood behind an adjoint is now alone."""
    negative = sum(isinstance(arg, Neg) for arg in args) % 2 == 1
    bare = tuple(arg.arg if isinstance(arg, Neg) else arg for arg in args)
    whole = number(1) if not bare else bare[0] if len(bare) == 1 else Mul(bare)
    return Neg(whole) if negative else whole


def decided(context: Context, node: Expr) -> Expr:
    """What a bracket of indices alone is, once they are numbers, and a product with 0 that it makes."""
    sets, ranges = context.program.sets, context.bound.ranges
    match node:
        case At(Index((), constant)):
            return number(constant)
        case Bracket() | InRange() if speaks_of_indices(node) and not free(node):
            known = truth(node, {}, lambda letter: ranges.get(sets.get(letter, letter)))
            return node if known is None else number(int(known))
        case Mul(args) if number(0) in args:
            return number(0)
    return node


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
