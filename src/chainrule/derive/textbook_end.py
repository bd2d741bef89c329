"""The state of a line → the end that a textbook writes: a cross-entropy and its sigmoid leave ŷ − y, and what terms
have in common stands outside the bracket.

Each is a step of its own with its reason. Nothing is factored in general: a state changes only where it gets shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chainrule.derive.derivation import Equality, Reason
from chainrule.derive.readable import put, readable
from chainrule.expr.nodes import Add, Call, Derivative, Div, Equation, Expr, Mul, Neg, Number, Ref
from chainrule.expr.walk import nodes, size, transform
from chainrule.gradient.occurrences import ONE
from chainrule.gradient.simplify import simplify


def ended(state: Expr, equations: Mapping[str, Equation]) -> Iterator[tuple[Expr, tuple[Reason, ...]]]:
    """The states that follow: a call by its name, the cross-entropy cancelled."""
    for node in nodes(state):
        if not isinstance(node, Mul):
            continue
        for value in denominators(node):
            call = equations[value.name].body if isinstance(value, Ref) and value.name in equations else None
            named = node if not isinstance(call, Call) else put(node, call, value)
            short = cancelled(named, value)
            if short is None:
                continue
            if named != node and isinstance(call, Call):
                state = put(state, node, named)
                yield state, (Reason("fold-name", {"values": (Equality(value, call),)}),)
            yield minus(put(state, named, short)), (Reason("cross-entropy", {"s": value}),)
            return


def named(state: Expr, equations: Mapping[str, Equation]) -> Iterator[tuple[Expr, tuple[Reason, ...]]]:
    """The values of functions by their names: a slope stands with its value, 1 − a² where a = tanh(w·x)."""
    for equation in equations.values():
        value, call = equation.target, equation.body
        if isinstance(value, Ref) and isinstance(call, Call) and any(node == call for node in nodes(state)):
            state = put(state, call, value)
            yield state, (Reason("fold-name", {"values": (Equality(value, call),)}),)


def denominators(product: Mul) -> Iterator[Expr]:
    """What a sum in a product divides by, if that is a name or a call."""
    seen = [part.denominator for arg in product.args if isinstance(arg, Add) for part in nodes(arg)
            if isinstance(part, Div) and isinstance(part.denominator, Ref | Call)]  # fmt: skip
    yield from dict.fromkeys(seen)


def cancelled(product: Expr, value: Expr) -> Expr | None:
    """A product with (…/s − …/(1 − s))·(1 − s)·s as what that is; None where it has none."""
    if not isinstance(product, Mul):
        return None
    rest = Add((ONE, Neg(value)))
    args = list(product.args)
    if value not in args or rest not in args:
        return None
    place = next((n for n, arg in enumerate(args) if isinstance(arg, Add) and divides(arg, value)), None)
    if place is None:
        return None
    inner = simplify(Mul((args[place], rest, value)))
    if any(isinstance(node, Div) for node in nodes(inner)) or size(inner) >= size(args[place]):
        return None
    args[place] = inner
    args.remove(rest)
    args.remove(value)
    return Mul(tuple(args)) if len(args) > 1 else args[0]


def divides(expr: Expr, value: Expr) -> bool:
    return any(isinstance(node, Div) and node.denominator == value for node in nodes(expr))


def minus(state: Expr) -> Expr:
    """−(y − ŷ)·x as (ŷ − y)·x."""

    def change(node: Expr) -> Expr:
        match node:
            case Neg(Mul((Add((first, Neg(second))), *rest))):
                return Mul((Add((second, Neg(first))), *rest))
            case Neg(Add((first, Neg(second)))):
                return Add((second, Neg(first)))
            case _:
                return node

    return readable(transform(state, change))


def gathered(state: Expr) -> Expr:
    """``x·s − y·x`` as ``(s − y)·x``: a sum of two products that have a factor in common and one name more each."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Add) or len(node.args) != 2:
            return node
        bare = [arg.arg if isinstance(arg, Neg) else arg for arg in node.args]
        parts = [list(arg.args) if isinstance(arg, Mul) else [arg] for arg in bare]
        common = [factor for factor in parts[0] if factor in parts[1]]
        rests = [[factor for factor in own if factor not in common] for own in parts]
        plain = all(len(rest) == 1 and isinstance(rest[0], Ref | Call) for rest in rests)
        if not common or not plain or any(isinstance(one, Number | Derivative) for one in common):
            return node
        terms = [Neg(rest[0]) if isinstance(arg, Neg) else rest[0] for rest, arg in zip(rests, node.args, strict=True)]
        found = Mul((Add(tuple(terms)), *common))
        return found if size(found) < size(node) else node

    return readable(transform(state, change))
