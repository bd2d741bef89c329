"""A product under sums → a tree, read as a graph: letters are nodes, a factor of two letters is an edge, of one a mark.

A summed letter is taken out where at most two others are tied to it. Tied to none it is a scalar (``uᵀ v``), to one a
column (``M v``), to two a matrix product (``A B``, ``A diag(v) B``); what comes out is a mark or an edge again. What is
left on the letters of the left side is an outer product, or rows and columns scaled (``diag(u) M``, ``M ⊘ (s 𝟏ᵀ)``).
Factors with the same letters are multiplied entry by entry.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction

from chainrule.derive.matrix.reason import No
from chainrule.derive.matrix.tree import (
    ONE,
    SCALAR,
    Diagonal,
    Ones,
    Over,
    Power,
    Scalar,
    Shape,
    Tree,
    entrywise,
    facing,
    multiplied,
    scaled,
    transpose,
    turned,
)
from chainrule.expr.nodes import Number, Size
from chainrule.values import dataclass

Factor = tuple[Tree, int]
"""A tree and how it stands: 1 above, -1 below the line."""

SQUARED = Scalar(Number(Fraction(2)))


@dataclass(slots=True)
class Graph:
    """The factors of one product, by their letters; those without letters are the scalars."""

    factors: dict[frozenset[str], list[Factor]] = field(default_factory=dict)

    def put(self, tree: Tree, power: int = 1) -> None:
        letters = frozenset(letter for letter in tree.shape if letter is not None)
        self.factors.setdefault(letters, []).append((tree, power))

    def take(self, *letters: str) -> list[Factor]:
        return self.factors.pop(frozenset(letters), [])

    def tied(self, letter: str) -> list[str]:
        """The letters that share a factor with this one."""
        return [other for pair in self.factors if letter in pair for other in sorted(pair - {letter})]

    def contract(self, bound: list[str], out: Shape) -> Tree | None:
        """The product summed over ``bound``, of shape ``out``, without its scalars; None if scalars are all of it."""
        left = list(bound)
        while left:
            letter = min(reversed(left), key=lambda one: len(self.tied(one)))
            left.remove(letter)
            self.sum_over(letter, out)
        return self.rest(out)

    def sum_over(self, letter: str, out: Shape) -> None:
        """Take one summed letter out."""
        neighbours = self.tied(letter)
        marks = self.take(letter)
        match neighbours:
            case []:
                self.put(inner(marks, letter) if marks else Scalar(Size(letter)))
            case [other]:
                matrix = together(self.take(letter, other), (other, letter))
                self.put(multiplied(matrix, together(marks, (letter, None)) if marks else Ones(letter)))
            case [one, other]:
                if (other, one) == out:
                    one, other = other, one
                first, last = self.take(one, letter), self.take(letter, other)
                middle = [Diagonal(together(marks, (letter, None)))] if marks else []
                self.put(multiplied(together(first, (one, letter)), *middle, together(last, (letter, other))))
            case _:
                raise No(f"the summed letter {letter} joins more than two factors, so no matrix product sums over it")

    def rest(self, out: Shape) -> Tree | None:
        """What is left when every sum is done, over the letters of the left side."""
        letters = [letter for letter in out if letter is not None]
        match letters:
            case []:
                return None
            case [letter]:
                marks = self.take(letter)
                return facing(together(marks, (letter, None)) if marks else Ones(letter), out)
        rows, columns = letters
        edge, left, right = self.take(rows, columns), self.take(rows), self.take(columns)
        if not edge:
            column = together(left, (rows, None)) if left else Ones(rows)
            return multiplied(column, transpose(together(right, (columns, None)) if right else Ones(columns)))
        tree = together(edge, out)
        if above := [factor for factor in left if factor[1] > 0]:
            tree = multiplied(Diagonal(together(above, (rows, None))), tree)
        if above := [factor for factor in right if factor[1] > 0]:
            tree = multiplied(tree, Diagonal(together(above, (columns, None))))
        if below := [tree for tree, power in left if power < 0]:
            tree = Over(tree, multiplied(entrywise(below), transpose(Ones(columns))))
        if below := [tree for tree, power in right if power < 0]:
            tree = Over(tree, multiplied(Ones(rows), transpose(entrywise(below))))
        return tree

    def scalars(self, tree: Tree | None) -> Tree:
        """The tree with the scalars of the product: factors in front, divisors below the line."""
        above = [scalar for scalar, power in self.factors.get(frozenset(), ()) if power > 0]
        below = [scalar for scalar, power in self.factors.get(frozenset(), ()) if power < 0]
        if isinstance(tree, Over) and tree.above == ONE and above:
            tree = Over(scaled(above, None), tree.below)
        else:
            tree = scaled(above, tree)
        return Over(tree, scaled(below, None)) if below else tree


def together(factors: list[Factor], shape: Shape) -> Tree:
    """Factors of the same letters multiplied entry by entry; transposed as one where most stand the other way."""
    if sum(1 if tree.shape == shape else -1 for tree, _ in factors) < 0:
        return transpose(together(factors, turned(shape)))
    above = [facing(tree, shape) for tree, power in factors if power > 0]
    below = [facing(tree, shape) for tree, power in factors if power < 0]
    product = entrywise(above) if above else ONE
    return Over(product, entrywise(below)) if below else product


def inner(marks: list[Factor], letter: str) -> Tree:
    """The sum of the entries of a product of columns: ``uᵀ v``; of one column ``𝟏ᵀ v``, of a square ``vᵀ v``."""
    (first, power), *others = marks
    if not others and isinstance(first, Power) and first.exponent == SQUARED and first.base.shape != SCALAR:
        return multiplied(transpose(first.base), first.base)
    if power > 0 and others:
        return multiplied(transpose(first), together(others, (letter, None)))
    return multiplied(transpose(Ones(letter)), together(marks, (letter, None)))
