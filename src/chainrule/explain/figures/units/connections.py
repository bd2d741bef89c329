"""An equation → the links that it makes: which weight leads from which quantity to the one that is computed.

A weight times one quantity is a link from that quantity; a weight that stands alone is a bias; a quantity that is read
without a weight is passed on. A weight times a larger expression leads from a unit without a name, which gets an
equation of its own. Nothing is known of layers here, and no name means anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from chainrule.expr.indices import speaks_of_indices
from chainrule.expr.nodes import Add, Bracket, Cond, Div, Expr, Mul, Neg, Number, Reduce, Ref
from chainrule.expr.walk import children, nodes, references
from chainrule.gradient.occurrences import product
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """From ``source`` by ``weight`` (None: passed on without one), for each value of the letters summed over.

    ``guards`` are tests of indices, such as ``[t-1 in t]``: where one fails there is no link.
    """

    source: Ref
    weight: Ref | None
    sums: tuple[str, ...]
    guards: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Bias:
    """A weight or const that is read by itself."""

    weight: Ref
    sums: tuple[str, ...]
    guards: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Roles:
    """Whether a name is a unit (data or derived), a weight or a const."""

    units: frozenset[str]
    weights: frozenset[str]
    consts: frozenset[str]

    def speaks(self, expr: Expr) -> bool:
        """Whether an expression reads a unit or a weight."""
        return any(one.name in self.units or one.name in self.weights for one in references(expr))


def links_of(expr: Expr, roles: Roles, unnamed: Callable[[Expr], Ref]) -> Iterator[Link | Bias]:
    """What the right side of an equation links, in written order; ``unnamed`` gives a name to a larger source."""
    todo: list[tuple[Expr, tuple[str, ...], tuple[Expr, ...], bool]] = [(expr, (), (), False)]
    while todo:
        node, sums, guards, term = todo.pop()
        match node:
            case Ref(name):
                if name in roles.units:
                    yield Link(node, None, sums, guards)
                elif name in roles.weights or (term and name in roles.consts):
                    yield Bias(node, sums, guards)
            case Mul(args):
                weight = next((one for one in args if isinstance(one, Ref) and one.name in roles.weights), None)
                rest = tuple(one for one in args if one is not weight and roles.speaks(one))
                held = (*guards, *(one for one in args if speaks_of_indices(one)))
                if weight is None:
                    todo.extend((one, sums, held, False) for one in reversed(rest))
                elif not rest:
                    yield Bias(weight, sums, held)
                else:
                    yield Link(source_of(product(rest), roles, unnamed), weight, sums, held)
            case Div(above, below):
                todo.extend((one, sums, guards, term) for one in (below, above) if roles.speaks(one))
            case Reduce(_, letters, body):
                todo.append((body, (*sums, *letters), guards, term))
            case Add() | Neg():
                todo.extend((one, sums, guards, True) for one in reversed(children(node)))
            case Cond(test, then, otherwise) if speaks_of_indices(test):
                fails = Bracket("==", test, Number(Fraction(0)))
                todo += [(otherwise, sums, (*guards, fails), term), (then, sums, (*guards, test), term)]
            case _:
                todo.extend((one, sums, guards, False) for one in reversed(children(node)))


def source_of(expr: Expr, roles: Roles, unnamed: Callable[[Expr], Ref]) -> Ref:
    """The quantity that a weight is multiplied with: the one that is read, else a unit without a name."""
    read = set(references(expr))
    units = [one for one in read if one.name in roles.units]
    alone = len(units) == 1 and not any(one.name in roles.weights for one in read)
    if alone and not any(isinstance(node, Reduce) for node in nodes(expr)):
        return units[0]
    return unnamed(expr)
