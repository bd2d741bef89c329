"""A learner's right side → the same with one thing changed: the change that makes it true is the slip.

Conventions. ``Repair.yours`` is the place in the line as it stands, ``ours`` what it becomes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from chainrule.derive.judge.explicit_model import ExplicitModel
from chainrule.derive.judge.line import TypedLine
from chainrule.expr.nodes import Add, Bracket, Call, Derivative, Div, Expr, Mul, Neg, Number, Operator, Pow, Reduce, Ref
from chainrule.expr.walk import children, fold, rebuild, size
from chainrule.model.letters import base, free
from chainrule.model.model import HIDDEN
from chainrule.notation import show
from chainrule.values import dataclass

OPERATORS: tuple[Operator, ...] = ("sum", "mean")

MOST = 400
"""Nodes of a line of which single repairs are tried."""


@dataclass(frozen=True, slots=True)
class Repair:
    slip: str
    words: Mapping[str, str]
    body: Expr


Change = tuple[Expr, Expr, Expr]
"""The whole with one node replaced, the node, the new node."""

SLIP = {
    "swapped": "swapped-difference", "transposed": "transposed-index", "spare": "extra-factor", "turned": "line-sign",
    "numbers": "number", "fewer": "extra-term", "oversummed": "extra-sum", "averaged": "mean-dropped",
}  # fmt: skip
"""What it means that a change of this name mends a line."""


def bound(line: TypedLine) -> Iterator[Repair]:
    """What may bind letters of the right side that nothing binds."""
    wanted = line.unbound
    for body, node, new in each(line.body, lambda node: other_letters(node, wanted)):
        yield Repair("sum-letter", {"yours": bound_by(node), "ours": bound_by(new)}, body)
    letter = ",".join(wanted)
    for operator in OPERATORS:
        terms = line.body.args if isinstance(line.body, Add) else (line.body,)
        new_terms = tuple(
            Reduce(operator, own, term) if (own := tuple(one for one in wanted if one in free(term))) else term
            for term in terms
        )
        yield Repair("sum-missing", {"letter": letter}, Add(new_terms) if len(new_terms) > 1 else new_terms[0])
        for body, _, _ in each(line.body, lambda node, op=operator: summed(node, wanted, op)):  # type: ignore[misc]
            yield Repair("sum-missing", {"letter": letter}, body)


def bound_by(node: Expr) -> str:
    return ",".join(node.letters) if isinstance(node, Reduce) else ""


def other_letters(node: Expr, wanted: tuple[str, ...]) -> Iterator[Expr]:
    if isinstance(node, Reduce) and node.letters:
        if len(wanted) == len(node.letters):
            yield replace(node, letters=wanted)
        for number in range(len(node.letters)):
            if len(wanted) == 1:
                yield replace(node, letters=(*node.letters[:number], wanted[0], *node.letters[number + 1 :]))


def summed(node: Expr, wanted: tuple[str, ...], operator: Operator) -> Iterator[Expr]:
    own = tuple(one for one in wanted if one in free(node))
    if own == wanted and isinstance(node, Mul):
        yield Reduce(operator, own, node)


def repairs(line: TypedLine, explicit: ExplicitModel) -> Iterator[Repair]:
    """Every single change that is tried, the likeliest first."""
    if size(line.body) > MOST:
        return
    for change in (
        swapped(explicit), transposed, averaged(line, explicit), oversummed(line), spare, reduced, renamed(explicit),
        called(explicit), turned, numbers, fewer,
    ):  # fmt: skip
        for body, node, new in each(line.body, change):
            slip = SLIP.get(change.__name__)
            words = {"yours": show(node), "ours": show(new)}
            if change is spare:
                words = {"factor": gone(node, new)}
            elif isinstance(node, Reduce) and change is reduced:
                slip = "mean-not-sum" if node.operator == "mean" else "sum-not-mean"
                letter = ",".join(map(base, node.letters)).replace("#", "") or "the patterns"
                words = {"letter": letter, "count": f"size({letter})" if node.letters else "their number"}
            elif isinstance(node, Ref) and slip is None:
                slip = "wrong-factor"
            elif isinstance(node, Call) and slip is None:
                slip = "wrong-function"
            if slip:
                yield Repair(slip, words, body)


def each(expr: Expr, change: Callable[[Expr], Iterable[Expr]]) -> Iterator[Change]:
    """The expression with one node replaced by each of its changes: the whole, the node, the new node."""

    def combine(node: Expr, inside: tuple[list[Change], ...]) -> list[Change]:
        found = [(new, node, new) for new in change(node)]
        below = children(node)
        if isinstance(node, Derivative | Bracket):
            return found
        for place, options in enumerate(inside):
            for new, was, is_ in options:
                found.append((rebuild(node, (*below[:place], new, *below[place + 1 :])), was, is_))
        return found

    found: list[Change] = fold(expr, combine)
    return iter(found)


def swapped(explicit: ExplicitModel) -> Callable[[Expr], Iterator[Expr]]:
    """ŷ − y for y − ŷ, where y is a target."""
    quantities = explicit.model.quantities

    def change(node: Expr) -> Iterator[Expr]:
        match node:
            case Add((Ref(name) as first, Neg(second))) if name in quantities and quantities[name].role == "target":
                yield Add((second, Neg(first)))

    change.__name__ = "swapped"
    return change


def transposed(node: Expr) -> Iterator[Expr]:
    """Two indices changed over."""
    match node:
        case Ref(_, indices) | Derivative(_, (Ref(_, indices),)) if len(indices) > 1:
            for one in range(len(indices)):
                for two in range(one + 1, len(indices)):
                    new = list(indices)
                    new[one], new[two] = new[two], new[one]
                    if tuple(new) != indices:
                        if isinstance(node, Ref):
                            yield replace(node, indices=tuple(new))
                        elif isinstance(node, Derivative):
                            yield replace(node, wrt=(replace(node.wrt[0], indices=tuple(new)),))


def averaged(line: TypedLine, explicit: ExplicitModel) -> Callable[[Expr], Iterator[Expr]]:
    """A mean or a sum over the patterns in front of what has a value a pattern, where the derivative has none."""

    def change(node: Expr) -> Iterator[Expr]:
        kinds = Mul | Add | Ref | Div | Pow | Neg
        if whole(line, explicit) and isinstance(node, kinds) and HIDDEN in free(explicit.written(node)):
            yield from (Reduce(operator, (), node) for operator in OPERATORS)

    change.__name__ = "averaged"
    return change


def whole(line: TypedLine, explicit: ExplicitModel) -> bool:
    """Whether a line speaks of a derivative of what all patterns make, by what none of them has alone; of the goal
    itself `pattern-for-mean` says more."""
    target = line.target
    if not isinstance(target, Derivative) or not isinstance(target.of, Ref):
        return False
    if target.of.name not in explicit.model.quantities:
        return False
    return not any(HIDDEN in explicit.letters.get(one.name, (HIDDEN,)) for one in (target.of, *target.wrt))


def oversummed(line: TypedLine) -> Callable[[Expr], Iterator[Expr]]:
    """A sum over a letter that the left side has, left out."""

    def change(node: Expr) -> Iterator[Expr]:
        match node:
            case Reduce("sum", letters, body) if letters and set(letters) <= set(line.letters):
                yield body

    change.__name__ = "oversummed"
    return change


def spare(node: Expr) -> Iterator[Expr]:
    """One factor left out, or two."""
    match node:
        case Mul(args):
            for count in (1, 2):
                for gone_ in combinations(range(len(args)), count):
                    rest = tuple(arg for place, arg in enumerate(args) if place not in gone_)
                    if rest and not all(isinstance(args[place], Number) for place in gone_):
                        yield Mul(rest) if len(rest) > 1 else rest[0]


def gone(before: Expr, after: Expr) -> str:
    """The factors that one product has and the other has not."""
    args = before.args if isinstance(before, Mul) else ()
    rest = list(after.args) if isinstance(after, Mul) and after not in args else [after]
    left: list[Expr] = []
    for arg in args:
        if arg in rest:
            rest.remove(arg)
        else:
            left.append(arg)
    return show(Mul(tuple(left)) if len(left) > 1 else left[0])


def reduced(node: Expr) -> Iterator[Expr]:
    """A mean for a sum and the other way round."""
    match node:
        case Reduce("sum" | "mean" as operator):
            yield replace(node, operator="mean" if operator == "sum" else "sum")


def renamed(explicit: ExplicitModel) -> Callable[[Expr], Iterator[Expr]]:
    """Another quantity of the same letters."""
    quantities = explicit.model.quantities

    def change(node: Expr) -> Iterator[Expr]:
        if isinstance(node, Ref) and node.name in quantities:
            own = quantities[node.name].letters
            yield from (replace(node, name=name) for name, other in quantities.items()
                        if name != node.name and other.letters == own)  # fmt: skip

    return change


def called(explicit: ExplicitModel) -> Callable[[Expr], Iterator[Expr]]:
    """Another function, or another number of primes."""
    others = (*explicit.model.functions, "sigmoid", "tanh", "exp", "relu", "log")

    def change(node: Expr) -> Iterator[Expr]:
        if isinstance(node, Call) and len(node.args) == 1:
            if node.order:
                yield replace(node, order=node.order - 1)
            yield replace(node, order=node.order + 1)
            for name in others:
                definition = explicit.model.functions.get(name)
                if name != node.function and (definition is None or len(definition.parameters) == 1):
                    yield replace(node, function=name)

    return change


def turned(node: Expr) -> Iterator[Expr]:
    """One term with the other sign."""
    match node:
        case Add(args):
            for place, arg in enumerate(args):
                new = arg.arg if isinstance(arg, Neg) else Neg(arg)
                yield Add((*args[:place], new, *args[place + 1 :]))
        case Neg(arg):
            yield arg


def numbers(node: Expr) -> Iterator[Expr]:
    """Another small number."""
    match node:
        case Number(value):
            near = (Fraction(1), Fraction(2), Fraction(1, 2), value + 1, value - 1, value * 2, value / 2, Fraction(3))
            yield from (Number(one) for one in dict.fromkeys(near) if one != value and one >= 0)
        case Pow(base_, Number(value)) if value == 2:
            yield base_


def fewer(node: Expr) -> Iterator[Expr]:
    """A term left out."""
    match node:
        case Add(args) if len(args) > 1:
            for place in range(len(args)):
                rest = args[:place] + args[place + 1 :]
                yield Add(rest) if len(rest) > 1 else rest[0]
