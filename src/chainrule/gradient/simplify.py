"""A derived expression → the same as a textbook would leave it: shorter, not sorted, not expanded for its own sake.

Every rewrite is tried and kept only if the measure gets smaller, so simplifying ends, and simplifying again
changes nothing. The measure is, in this order: brackets and conditions, letters of sums, leaves, leaves inside sums,
terms, factors, nodes, how far down minus signs stand, sums that begin with a minus though they have a plus, how far
from the front a number stands. Each counts in the same way whatever stands around, so that a part made smaller makes
the whole smaller.

A zero that someone wrote is not multiplied out (0·∞ is not 0); what is cancelled is taken to be different from 0.
A derivative of very many parts is left as it is once a budget is spent (`TRIES`).
What a bracket compares and what a step is taken of stays as it is: rounded otherwise, it would decide otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import cast

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
)
from chainrule.expr.walk import Folding, children, nodes, rewritten, size, transform
from chainrule.gradient.letters import printable
from chainrule.gradient.products import ONE, ZERO
from chainrule.gradient.ranges import Ranges
from chainrule.gradient.rewrites import collapse, collect, decide, multiply_out, one_product, split
from chainrule.model.letters import base
from chainrule.values import dataclass

TRIES = 5_000
"""Nodes of one expression that are tried; a derivative of more parts is left as the rules give it, as true."""

PER_NODE = 10
"""So many more for each node of equations that are differentiated together: what is long because the text is long."""

Measure = tuple[int, int, int, int, int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A rewrite: its id, its sentence for a reader, and what it makes of one node (the node itself if nothing)."""

    id: str
    sentence: str
    change: Callable[[Expr, Ranges], Expr]


REWRITES = (
    Rewrite("decide", "a bracket that always or never holds is 1 or 0; two cases of one condition are one", decide),
    Rewrite("cancel", "numbers are multiplied, equal factors become a power or cancel, one minus goes to the front",
            one_product),
    Rewrite("collect", "like terms are added", collect),
    Rewrite("collapse-sum", "the sum keeps the one term whose letters agree; what has no letter of it stands outside",
            collapse),
    Rewrite("split-sum", "a sum is split where one part of it collapses", split),
    Rewrite("multiply-out", "multiplied out, because it gets shorter", multiply_out),
)  # fmt: skip


@dataclass(slots=True)
class Budget:
    """How many nodes may still be tried: counted, so that a busy machine writes the same form."""

    left: int = TRIES

    @property
    def spent(self) -> bool:
        """Whether nothing is tried any more."""
        return self.left <= 0


def simplify(expr: Expr, ranges: Ranges = Ranges()) -> Expr:  # noqa: B008 - a frozen value
    """The expression in the form a textbook leaves it in.

    >>> from chainrule.notation import parse_expression, show
    >>> show(simplify(parse_expression("1/2*2*(a - y)*1*b", quantities=("a", "b", "y"))), ascii=True)
    '(a - y)*b'
    """
    return simplified(expr, ranges)[0]


class Simplifier:
    """Simplifies many expressions; of those that differ in the names of quantities alone, only the first is worked on.

    A network of a thousand equations has a handful of shapes: no rewrite looks at a name, only at which are the same.

    >>> from chainrule.notation import parse_expression, show
    >>> simplifier = Simplifier()
    >>> for text in ("a*1*b*a", "b*1*c*b"):
    ...     print(show(simplifier(parse_expression(text, quantities=("a", "b", "c"))), ascii=True))
    a^2*b
    b^2*c
    """

    def __init__(self, ranges: Ranges = Ranges(), equations: Iterable[Equation] = ()) -> None:  # noqa: B008
        self._ranges = ranges
        self._budget = Budget(TRIES + PER_NODE * sum(size(equation.body) for equation in equations))
        self._done: dict[tuple[object, ...], tuple[Expr, tuple[str, ...]]] = {}

    def __call__(self, expr: Expr) -> Expr:
        shape, names = shaped(expr)
        if shape not in self._done:
            self._done[shape] = (simplified(expr, self._ranges, self._budget)[0], names)
        found, others = self._done[shape]
        if names == others:
            return found
        meaning = dict(zip(others, names, strict=True))
        return transform(found, lambda node: Ref(meaning[node.name], node.indices) if isinstance(node, Ref) else node)


def shaped(expr: Expr) -> tuple[tuple[object, ...], tuple[str, ...]]:
    """All of an expression but the names of quantities, and those names, each once, in order of first appearance.

    Letters of machines are numbered anew, since none is left in a simplified expression.
    """
    names: dict[str, int] = {}
    machine: dict[str, tuple[str, int]] = {}
    shape: list[object] = []

    def plain(letter: str) -> object:
        if not letter.rpartition("#")[2].isdigit():
            return letter
        return machine.setdefault(letter, (base(letter), len(machine)))

    def place(index: Index) -> object:
        return (*((plain(letter), factor) for letter, factor in index.terms), index.constant)

    for node in nodes(expr):
        match node:
            case Ref(name, indices):
                shape.append((names.setdefault(name, len(names)), *map(place, indices)))
            case Number(value, text):
                shape.append((value, text))
            case Add() | Mul() | Neg() | Div() | Pow() | Cond():
                shape.append((type(node), len(children(node))))
            case Call(function, args, order):
                shape.append((Call, function, len(args), order))
            case Reduce(operator, letters):
                shape.append((Reduce, operator, *map(plain, letters)))
            case Bracket(comparison):
                shape.append((Bracket, comparison))
            case Derivative(_, wrt, kind):
                shape.append((Derivative, len(wrt), kind))
            case At(index):
                shape.append((At, place(index)))
            case InRange(index, letter):
                shape.append((InRange, place(index), plain(letter)))
            case Size(letter):
                shape.append((Size, plain(letter)))
            case Constant(name):
                shape.append((Constant, name))
    return tuple(shape), tuple(names)


def simplified(
    expr: Expr, ranges: Ranges = Ranges(), budget: Budget | None = None  # noqa: B008
) -> tuple[Expr, tuple[str, ...]]:
    """The simplified expression, and the ids of the rewrites that were used.

    Where the budget ends it is what it is by then: each rewrite by itself keeps the value.
    """
    used: dict[str, None] = {}
    settled: dict[int, Expr] = {}
    budget = Budget() if budget is None else budget
    change = partial(improved, ranges=ranges, used=used, settled=settled, budget=budget)
    while True:
        before = expr
        expr = printable(rewritten(expr, change))
        if expr == before or budget.spent:
            return expr, tuple(used)


def improved(
    node: Expr, ranges: Ranges, used: dict[str, None], settled: dict[int, Expr], budget: Budget
) -> Expr:
    """The node after every rewrite that makes it smaller; one that is settled is not tried again."""
    if isinstance(node, Ref | Number) or settled.get(id(node)) is node:
        return node
    start = node
    if isinstance(node, Cond) and (certain := cast(Expr, node.test)) in (ONE, ZERO):
        # the test has become a number already: leaves come first
        used["decide"] = None
        return node.then if certain == ONE else node.otherwise
    if budget.spent:
        return node
    budget.left -= 1 + len(children(node)) // 8  # a long sum is as much work as several short ones
    for rewrite in REWRITES:
        candidate = rewrite.change(node, ranges)
        if candidate is not node and candidate != node and measure(candidate) < measure(node):
            used[rewrite.id] = None
            node = candidate
    if node is start:
        settled[id(node)] = node
    return node


def _measured(node: Expr, inside: tuple[Measure, ...]) -> Measure:
    sums = map(sum, zip(*inside, (0,) * 10, strict=True))
    brackets, letters, leaves, summed, terms, products, nodes, deep, late, far = sums
    nodes += 1
    leaves += not inside
    match node:
        case Bracket() | InRange() | Cond():
            brackets += 1
        case Reduce(_, bound):
            letters += len(bound)
            summed += leaves
        case Neg():
            deep -= nodes
        case Add(args):
            terms += len(args)
            late += isinstance(args[0], Neg) and not all(isinstance(arg, Neg) for arg in args)
        case Mul(args):
            products += len(args)
            far += sum(place for place, arg in enumerate(args) if isinstance(arg, Number))
    return brackets, letters, leaves, summed, terms, products, nodes, deep, late, far


measure: Folding[Measure] = Folding(_measured)
"""How far an expression is from its simplest form; see the head of this page."""
