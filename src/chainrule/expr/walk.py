"""Ways to go through an expression: children, rebuilding, folding, substituting; none recurses over depth.

Deep trees are ordinary (two hundred brackets, a derivation with everything put in), so a fold keeps its own stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Generic, TypeVar

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
    key,
    places,
)

T = TypeVar("T")


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside, in written order. The names in a derivative are inside it; indices are not."""
    return INSIDE[type(expr)](expr)


INSIDE: Mapping[type[Expr], Callable[[Any], tuple[Expr, ...]]] = {
    **dict.fromkeys((Number, Ref, At, Size, Constant, InRange), lambda node: ()),
    **dict.fromkeys((Add, Mul, Call), lambda node: node.args),
    Neg: lambda node: (node.arg,),
    Div: lambda node: (node.numerator, node.denominator),
    Pow: lambda node: (node.base, node.exponent),
    Bracket: lambda node: (node.left, node.right),
    Reduce: lambda node: (node.body,),
    Cond: lambda node: (node.test, node.then, node.otherwise),
    Derivative: lambda node: (node.of, *node.wrt),
}
"""What is inside a node, by its kind: looked up, since everything that goes through expressions asks for it."""


def rebuild(expr: Expr, inside: tuple[Expr, ...]) -> Expr:
    """The same node with other children; the node itself where nothing changed."""
    for new, old in zip(inside, children(expr), strict=True):
        if new is not old:
            break
    else:
        return expr
    match expr:
        case Add():
            return Add(inside, expr.span)
        case Mul():
            return Mul(inside, expr.span)
        case Call():
            return replace(expr, args=inside)
        case Neg():
            return Neg(inside[0], expr.span)
        case Div():
            return Div(inside[0], inside[1], expr.span)
        case Pow():
            return Pow(inside[0], inside[1], expr.span)
        case Bracket():
            return replace(expr, left=inside[0], right=inside[1])
        case Reduce():
            return replace(expr, body=inside[0])
        case Cond():
            return replace(expr, test=inside[0], then=inside[1], otherwise=inside[2])  # type: ignore[arg-type]
        case Derivative():
            return Derivative(inside[0], inside[1:], expr.kind, expr.span)  # type: ignore[arg-type]
        case _:
            return expr


def fold(
    expr: Expr, combine: Callable[[Expr, tuple[T, ...]], T], known: Callable[[Expr], T | None] | None = None
) -> T:
    """Bottom-up value of an expression: ``combine(node, values of its children)`` at every node, leaves first; nothing
    is visited inside of a node whose value is ``known``.

    >>> from chainrule.expr.nodes import Ref
    >>> fold(Add((Ref("a"), Neg(Ref("b")))), lambda node, inside: 1 + max(inside, default=0))
    3
    """
    done: list[T] = []
    todo: list[tuple[Expr, int]] = [(expr, -1)]
    while todo:
        node, count = todo.pop()
        if count < 0:
            if known is not None and (value := known(node)) is not None:
                done.append(value)
            elif inside := children(node):
                todo.append((node, len(inside)))
                todo.extend([(child, -1) for child in reversed(inside)])
            else:
                done.append(combine(node, ()))
        else:
            values = tuple(done[len(done) - count :])
            del done[len(done) - count :]
            done.append(combine(node, values))
    return done[0]


class Folding(Generic[T]):
    """A fold that remembers its value for each node: asked again of an expression with new parts, it visits these.

    >>> size = Folding(lambda node, inside: 1 + sum(inside))
    >>> size(Neg(Ref("a")))
    2
    """

    MOST = 1_000
    """Nodes that are remembered before it begins anew; twice those of the largest expression, if they are more."""

    def __init__(self, combine: Callable[[Expr, tuple[T, ...]], T]) -> None:
        self._combine = combine
        self._known: dict[int, tuple[Expr, T]] = {}  # by identity; the node is kept, so that its place is not reused
        self._new = 0  # nodes that were new in the largest of the latest expressions

    def __call__(self, expr: Expr) -> T:
        if len(self._known) > max(self.MOST, 2 * self._new):
            self._known, self._new = {}, 0
        before = len(self._known)
        known, combine = self._known, self._combine
        done: list[T] = []
        todo: list[tuple[Expr, int]] = [(expr, -1)]
        while todo:
            node, count = todo.pop()
            if count < 0:
                seen = known.get(id(node))
                if seen is not None and seen[0] is node:
                    done.append(seen[1])
                    continue
                if inside := children(node):
                    todo.append((node, len(inside)))
                    todo.extend([(child, -1) for child in reversed(inside)])
                    continue
                count = 0
            value = combine(node, tuple(done[len(done) - count :]))
            del done[len(done) - count :]
            known[id(node)] = node, value
            done.append(value)
        self._new = max(self._new, len(known) - before)
        return done[0]


def transform(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The expression with every node, leaves first, replaced by ``change(node)``."""
    return fold(expr, lambda node, inside: change(rebuild(node, inside)))


STEPS = frozenset({"sign", "floor"})
"""Functions that jump: which value they give is a decision, as that of a bracket is."""


def keyed(expr: Expr) -> Expr:
    """An expression with each derivative as a reference to its key: what computes it is an equation of its own.

    >>> from chainrule.notation import parse_expression, show
    >>> keyed(parse_expression("2*∂E/∂w", quantities=("E", "w"))).args[1].name
    '∂E/∂w'
    """
    return transform(expr, lambda node: Ref(key(node), places(node)) if isinstance(node, Derivative) else node)


def decides(node: Expr) -> bool:
    """Whether a node decides something by the numbers inside it: a comparison of quantities, or a function that jumps.

    >>> from chainrule.expr.nodes import Ref, index
    >>> decides(Bracket("==", Ref("a"), Ref("b"))), decides(Bracket("==", At(index("i")), At(index("j"))))
    (True, False)
    """
    match node:
        case Bracket(_, At() | Size() | Number(), At() | Size() | Number()):
            return False
        case Bracket():
            return True
        case Call(function):
            return function in STEPS
        case _:
            return False


def rewritten(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """`transform` for changes that keep a value but for its rounding: what a decision is taken on stays to the bit.

    A tie, a kink and the branch of an ``if`` would else be told on other bits than the value was computed with.
    """
    done: list[Expr] = []
    todo: list[tuple[Expr, int]] = [(expr, -1)]
    while todo:
        node, count = todo.pop()
        if count < 0 and not decides(node):
            inside = children(node)
            todo.append((node, len(inside)))
            todo.extend([(child, -1) for child in reversed(inside)])
            continue
        if count > 0:
            node = rebuild(node, tuple(done[len(done) - count :]))
            del done[len(done) - count :]
        done.append(change(node))
    return done[0]


def nodes(expr: Expr) -> Iterator[Expr]:
    """Every node, outside first, in written order."""
    todo = [expr]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(children(node)))


def size(expr: Expr) -> int:
    """The number of nodes."""
    return sum(1 for _ in nodes(expr))


def references(expr: Expr) -> tuple[Ref, ...]:
    """Every reference that is read, in written order; a name inside an inert derivative is not read."""
    found: list[Ref] = []
    todo = [expr]
    while todo:
        node = todo.pop()
        if isinstance(node, Ref):
            found.append(node)
        elif not isinstance(node, Derivative):
            todo.extend(reversed(children(node)))
    return tuple(found)


def under(expr: Expr) -> tuple[tuple[Ref, tuple[str, ...]], ...]:
    """Every reference that is read, in written order, with the letters that reductions around it bind.

    >>> from chainrule.notation import parse_expression
    >>> body = parse_expression("sum_i w[i]*x + b", letters=["i"], quantities=["w", "x", "b"])
    >>> [(reference.name, letters) for reference, letters in under(body)]
    [('w', ('i',)), ('x', ('i',)), ('b', ())]
    """
    found: list[tuple[Ref, tuple[str, ...]]] = []
    todo: list[tuple[Expr, tuple[str, ...]]] = [(expr, ())]
    while todo:
        node, bound = todo.pop()
        if isinstance(node, Ref):
            found.append((node, bound))
        elif not isinstance(node, Derivative):
            own = (*bound, *node.letters) if isinstance(node, Reduce) else bound
            todo.extend((child, own) for child in reversed(children(node)))
    return tuple(found)


def names(expr: Expr) -> tuple[str, ...]:
    """The names that are read, each once, in order of first appearance."""
    return tuple(dict.fromkeys(reference.name for reference in references(expr)))


def reads(expr: Expr) -> tuple[tuple[str, tuple[Index, ...]], ...]:
    """The keys that an expression reads, each with the indices, in written order; derivatives are values too."""
    found: list[tuple[str, tuple[Index, ...]]] = []
    todo = [expr]
    while todo:
        match todo.pop():
            case Ref(name, indices):
                found.append((name, indices))
            case Derivative() as node:
                found.append((key(node), places(node)))
            case node:
                todo.extend(reversed(children(node)))
    return tuple(found)


def substitute(expr: Expr, meaning: Mapping[str, Expr]) -> Expr:
    """The expression with names without indices replaced by expressions (parameters of a function by arguments).

    Inert derivatives are left alone: a name inside one is not a value.
    """
    found: list[Expr] = []
    todo: list[tuple[Expr, int]] = [(expr, -1)]
    while todo:
        node, count = todo.pop()
        if count >= 0:
            inside = tuple(found[len(found) - count :])
            del found[len(found) - count :]
            found.append(rebuild(node, inside))
        elif isinstance(node, Derivative):
            found.append(node)
        elif isinstance(node, Ref):
            found.append(meaning.get(node.name, node) if not node.indices else node)
        else:
            below = children(node)
            todo.append((node, len(below)))
            todo.extend((child, -1) for child in reversed(below))
    return found[0]


def affine(*parts: tuple[Index, int]) -> Index:
    """The sum of indices, each times an integer: letters in order of first appearance, zero coefficients gone."""
    total: dict[str, int] = {}
    constant = 0
    for position, factor in parts:
        constant += factor * position.constant
        for letter, coefficient in position.terms:
            total[letter] = total.get(letter, 0) + factor * coefficient
    return Index(tuple((letter, coefficient) for letter, coefficient in total.items() if coefficient), constant)


def rename_index(position: Index, meaning: Mapping[str, Index]) -> Index:
    """An index with letters replaced by indices."""
    if not any(letter in meaning for letter, _ in position.terms):
        return position
    parts = [(meaning.get(letter, Index(((letter, 1),))), factor) for letter, factor in position.terms]
    return affine(*parts, (Index((), position.constant), 1))


def rename_letters(expr: Expr, meaning: Mapping[str, Index]) -> Expr:
    """The expression with free letters replaced by indices.

    The caller sees to it that no replacement contains a letter bound inside (rename those first).
    """

    def change(node: Expr) -> Expr:
        match node:
            case Ref(name, indices) if indices:
                return Ref(name, tuple(rename_index(position, meaning) for position in indices), node.span)
            case At(position):
                return replace(node, index=rename_index(position, meaning))
            case InRange(position):
                return replace(node, index=rename_index(position, meaning))
            case _:
                return node

    return transform(expr, change) if meaning else expr
