"""The nodes of a matrix form: matrices, columns and scalars joined by what matrix notation has, a shape on each node.

Conventions. A shape is (rows, columns), each a letter, or None where there is one row or one column: ``W[j,i]`` is a
(j, i) matrix, ``b[j]`` a (j, None) column, a number (None, None). A node whose shapes do not fit cannot be made. Beside
a matrix, a scalar under a sum, a function, a comparison or a quotient counts for every entry (``1 − h∘²``).

==============  =====================================================  ====================
``Scalar``      a number, π or the size of a letter                    ``½``, ``N_p``
``Name``        a named quantity or derivative                         ``W₁``, ``∂E/∂h``
``Ones``        a column of ones                                       ``𝟏``
``Diagonal``    the square matrix with a column on its diagonal        ``diag(g)``
``Transpose``   rows and columns exchanged                             ``Wᵀ``
``Product``     the matrix product of two or more                      ``x W₁ᵀ``
``Scaled``      scalar factors in front                                ``2 λ W``
``Times``       the product entry by entry                             ``A ⊙ B``
``Over``        the quotient entry by entry, or by a scalar            ``A ⊘ B``, ``A/N_p``
``Power``       the power entry by entry                               ``h∘²``
``Apply``       a function entry by entry                              ``tanh(z)``
``Compare``     1 where a comparison holds, else 0                     ``[z > 0]``
``Choice``      one of two values, entry by entry                      ``if(z > 0, a, b)``
``Negative``    the negative                                           ``−A``
``Total``       a sum                                                  ``A + B − C``
``PatternSum``  a sum over the patterns, each written for one pattern  ``Σ_p δ xᵀ``
==============  =====================================================  ====================
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from itertools import pairwise

from chainrule.errors import BrokenPass
from chainrule.expr.nodes import Comparison, Constant, Derivative, Number, Ref, Size
from chainrule.values import dataclass

Shape = tuple[str | None, str | None]

SCALAR: Shape = (None, None)


def _made(fits: bool, shape: Shape) -> Shape:
    if not fits:
        raise BrokenPass("matrix form", f"the shapes under a node of shape {shape} do not fit")
    return shape


def _shape() -> Shape:
    return field(init=False, compare=False, repr=False)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Scalar:
    value: Number | Constant | Size
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", SCALAR)


@dataclass(frozen=True, slots=True)
class Name:
    """``letters`` are those of its axes here; the letter of the patterns is in ``target`` alone where one is meant."""

    target: Ref | Derivative
    letters: tuple[str, ...]
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        rows, columns = (*self.letters, None, None)[:2]
        object.__setattr__(self, "shape", _made(len(set(self.letters)) == len(self.letters) < 3, (rows, columns)))


@dataclass(frozen=True, slots=True)
class Ones:
    letter: str
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", (self.letter, None))


@dataclass(frozen=True, slots=True)
class Diagonal:
    arg: Tree
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        rows, columns = self.arg.shape
        object.__setattr__(self, "shape", _made(rows is not None and columns is None, (rows, rows)))


@dataclass(frozen=True, slots=True)
class Transpose:
    arg: Tree
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", turned(self.arg.shape))


@dataclass(frozen=True, slots=True)
class Product:
    args: tuple[Tree, ...]
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        shapes = [arg.shape for arg in self.args]
        fits = all(one[1] == other[0] for one, other in pairwise(shapes))
        object.__setattr__(self, "shape", _made(fits and len(shapes) > 1, (shapes[0][0], shapes[-1][1])))


@dataclass(frozen=True, slots=True)
class Scaled:
    scalars: tuple[Tree, ...]
    arg: Tree
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        fits = all(scalar.shape == SCALAR for scalar in self.scalars)
        object.__setattr__(self, "shape", _made(fits, self.arg.shape))


@dataclass(frozen=True, slots=True)
class Times:
    args: tuple[Tree, ...]
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        shape = self.args[0].shape
        object.__setattr__(self, "shape", _made(all(arg.shape == shape for arg in self.args), shape))


@dataclass(frozen=True, slots=True)
class Over:
    above: Tree
    below: Tree
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", common(self.above, self.below))


@dataclass(frozen=True, slots=True)
class Power:
    base: Tree
    exponent: Tree
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", common(self.base, self.exponent))


@dataclass(frozen=True, slots=True)
class Apply:
    function: str
    order: int
    args: tuple[Tree, ...]
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", common(*self.args))


@dataclass(frozen=True, slots=True)
class Compare:
    comparison: Comparison
    left: Tree
    right: Tree
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", common(self.left, self.right))


@dataclass(frozen=True, slots=True)
class Choice:
    test: Compare
    then: Tree
    otherwise: Tree
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", common(self.test, self.then, self.otherwise))


@dataclass(frozen=True, slots=True)
class Negative:
    arg: Tree
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", self.arg.shape)


@dataclass(frozen=True, slots=True)
class Total:
    args: tuple[Tree, ...]
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", common(*self.args))


@dataclass(frozen=True, slots=True)
class PatternSum:
    letter: str
    arg: Tree
    shape: Shape = _shape()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", self.arg.shape)


Tree = (
    Scalar | Name | Ones | Diagonal | Transpose | Product | Scaled | Times | Over | Power | Apply | Compare | Choice
    | Negative | Total | PatternSum
)  # fmt: skip  # closed: every `match` over Tree names all sixteen


ONE = Scalar(Number(Fraction(1)))


def turned(shape: Shape) -> Shape:
    return shape[1], shape[0]


def common(*trees: Tree) -> Shape:
    """The shape of entry by entry work: that of all, scalars aside."""
    shapes = {tree.shape for tree in trees} - {SCALAR}
    return _made(len(shapes) < 2, next(iter(shapes), SCALAR))


def transpose(tree: Tree) -> Tree:
    """The transpose with its ᵀ as far inside as it stays short: ``(A B)ᵀ`` is ``Bᵀ Aᵀ``, ``(A ⊙ B)ᵀ`` stays."""
    match tree:
        case _ if tree.shape == SCALAR:
            return tree
        case Transpose(arg):
            return arg
        case Diagonal():
            return tree
        case Product(args):
            return Product(tuple(transpose(arg) for arg in reversed(args)))
        case Scaled(scalars, arg):
            return Scaled(scalars, transpose(arg))
        case Negative(arg):
            return Negative(transpose(arg))
        case Over(above, below) if below.shape == SCALAR:
            return Over(transpose(above), below)
        case _:
            return Transpose(tree)


def facing(tree: Tree, shape: Shape) -> Tree:
    """The tree, or its transpose, whichever has the shape."""
    return tree if tree.shape == shape else transpose(tree)


def multiplied(*trees: Tree) -> Tree:
    """A matrix product without products directly inside it; scalar factors of its parts stand in front."""
    scalars: list[Tree] = []
    args: list[Tree] = []
    for tree in trees:
        match tree:
            case Product(inside):
                args.extend(inside)
            case Scaled(own, arg):
                scalars.extend(own)
                args.extend(arg.args if isinstance(arg, Product) else (arg,))
            case _:
                args.append(tree)
    return scaled(scalars, Product(tuple(args)) if len(args) > 1 else args[0])


def scaled(scalars: list[Tree], tree: Tree | None) -> Tree:
    """Scalars in front of a tree; ``None`` for a product of the scalars alone. A factor 1 is left out."""
    kept = [scalar for scalar in scalars if scalar != ONE]
    if tree is None:
        tree = kept.pop() if kept else ONE
    return Scaled(tuple(kept), tree) if kept else tree


def entrywise(args: list[Tree]) -> Tree:
    """``A ⊙ B ⊙ …``, or the only one."""
    return Times(tuple(args)) if len(args) > 1 else args[0]
