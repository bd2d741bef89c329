"""An expression over letters → a tree of matrices, or the reason why there is none.

The shape wanted is known from outside (the left side of the equation), so that a quantity of fewer letters is spread
with ones where it is added (``x W₁ᵀ + 𝟏 b₁ᵀ``). Everything entry by entry is read as it is written; products and sums
over letters go through the graph of `contract`. Written for one pattern, the letter of the patterns is not an axis.
"""

from __future__ import annotations

from chainrule.derive.matrix.contract import Graph
from chainrule.derive.matrix.reason import No
from chainrule.derive.matrix.tree import (
    SCALAR,
    Apply,
    Choice,
    Compare,
    Name,
    Negative,
    PatternSum,
    Power,
    Scalar,
    Shape,
    Total,
    Tree,
    facing,
)
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
)
from chainrule.expr.walk import nodes
from chainrule.model.letters import free
from chainrule.notation.names import pretty
from chainrule.notation.show import show
from chainrule.values import dataclass


@dataclass(slots=True)
class Term:
    """A product: factors with 1 above and -1 below the line, and the letters it is summed over."""

    factors: list[tuple[Expr, int]]
    bound: list[str]
    negative: bool = False


@dataclass(frozen=True, slots=True)
class MatrixReader:
    """Reads expressions; ``dropped`` is the letter of the patterns where each stands for one pattern."""

    dropped: str | None

    def letters(self, expr: Expr) -> tuple[str, ...]:
        """The free letters that are axes."""
        return tuple(letter for letter in free(expr) if letter != self.dropped)

    def matrix(self, expr: Expr, out: Shape) -> Tree:
        """The tree of an expression, of shape ``out``."""
        if set(self.letters(expr)) != {letter for letter in out if letter is not None}:
            return self.product(expr, out)
        match expr:
            case Number() | Constant() | Size():
                return Scalar(expr)
            case Ref(_, indices):
                return facing(Name(expr, self.axes(expr, indices)), out)
            case Derivative(of, wrt):
                if not isinstance(of, Ref) or of.indices or len(wrt) != 1:
                    raise No(f"{show(expr)} is no derivative of one number by one array")
                return facing(Name(expr, self.axes(expr, wrt[0].indices)), out)
            case Add(args):
                return Total(tuple(self.spread(arg, out) for arg in args))
            case Neg(arg):
                return Negative(self.spread(arg, out))
            case Pow(base, exponent):
                return Power(self.spread(base, out), self.matrix(exponent, out if self.letters(exponent) else SCALAR))
            case Call(function, args, order):
                return Apply(function, order, tuple(self.spread(arg, out) for arg in args))
            case Bracket():
                return self.compare(expr, out)
            case Cond(Bracket() as test, then, otherwise):
                return Choice(self.compare(test, out), self.spread(then, out), self.spread(otherwise, out))
            case Mul() | Div() | Reduce():
                return self.product(expr, out)
            case InRange() | Cond():
                raise No(f"{show(expr)} asks where an index lies")
            case At():
                raise No(f"the value of the index {show(expr)} stands as a number")

    def spread(self, expr: Expr, out: Shape) -> Tree:
        """An operand of entry by entry work: a written number stays a number, all else gets the shape."""
        return self.matrix(expr, SCALAR if is_numeric(expr) else out)

    def compare(self, test: Bracket, out: Shape) -> Compare:
        if any(isinstance(node, At) for node in nodes(test)):
            raise No(f"{show(test)} asks where an index lies")
        return Compare(test.comparison, self.spread(test.left, out), self.spread(test.right, out))

    def axes(self, expr: Expr, indices: tuple[Index, ...]) -> tuple[str, ...]:
        """The letters of the axes of a quantity."""
        if any(index.letter is None for index in indices):
            fixed = all(index.letter or not index.terms for index in indices)
            what = "takes one slice of an array" if fixed else "has an index that is not one letter"
            raise No(f"{show(expr)} {what}")
        letters = tuple(index.letter for index in indices if index.letter and index.letter != self.dropped)
        if len(set(letters)) < len(letters):
            raise No(f"{show(expr)} has the same letter twice, so it is the diagonal of an array")
        if len(letters) > 2:
            raise No(f"{show(expr)} has {len(letters)} letters, a matrix two")
        return letters

    def product(self, expr: Expr, out: Shape) -> Tree:
        """The tree of a product, a quotient or a sum over letters."""
        term, patterns = self.opened(expr)
        if term.bound or patterns:
            lettered = [factor for factor in term.factors if self.counts(factor[0])]
            if len(lettered) == 1 and isinstance(lettered[0][0], Add) and lettered[0][1] > 0:
                parts = lettered[0][0].args
                if any(len([0 for factor, _ in flat(part).factors if self.counts(factor)]) > 1 for part in parts):
                    return self.parted(term, lettered[0], patterns, out)
                try:
                    return self.joined(term, patterns, out)
                except No:
                    return self.parted(term, lettered[0], patterns, out)
        return self.joined(term, patterns, out)

    def parted(self, term: Term, summed: tuple[Expr, int], patterns: bool, out: Shape) -> Tree:
        """``c·Σ_i (a + b)`` as ``c·(Σ_i a + Σ_i b)``."""
        outside = Graph()
        around: list[tuple[Expr, int]] = []
        for factor in term.factors:
            if factor is summed or self.counts(factor[0]) or self.dropped in free(factor[0]):
                around.append(factor)
            else:
                outside.put(self.matrix(factor[0], SCALAR), factor[1])
        place = next(number for number, factor in enumerate(around) if factor is summed)
        trees: list[Tree] = []
        for part in summed[0].args if isinstance(summed[0], Add) else ():
            inside = flat(part)
            factors = [*around[:place], *inside.factors, *around[place + 1 :]]
            trees.append(self.joined(Term(factors, list(term.bound), inside.negative), patterns, out))
        tree = outside.scalars(Total(tuple(trees)))
        return Negative(tree) if term.negative else tree

    def joined(self, term: Term, patterns: bool, out: Shape) -> Tree:
        """The tree of one opened product."""
        inside, outside = Graph(), Graph()
        for factor, power in term.factors:
            letters = self.letters(factor)
            if len(letters) > 2:
                raise No(f"{show(factor)} has {len(letters)} letters, a matrix two")
            tree = self.matrix(factor, self.natural(factor, letters, out))
            still = patterns and not letters and self.dropped not in free(factor)
            (outside if still else inside).put(tree, power)
        contracted = inside.contract(term.bound, out)
        tree = inside.scalars(contracted)
        if patterns and self.dropped is not None:
            tree = outside.scalars(PatternSum(self.dropped, tree))
        return Negative(tree) if term.negative else tree

    def natural(self, factor: Expr, letters: tuple[str, ...], out: Shape) -> Shape:
        """The shape in which a factor needs the fewest transposes."""
        if len(letters) < 2:
            return (*letters, None, None)[:2]  # type: ignore[return-value]
        if set(letters) == set(out):
            return out
        one, other = letters
        turns = 0
        for node in nodes(factor):
            if isinstance(node, Ref):
                own = tuple(index.letter for index in node.indices if index.letter in letters)
                turns += (own == (other, one)) - (own == (one, other))
        return (other, one) if turns > 0 else (one, other)

    def counts(self, factor: Expr) -> bool:
        """Whether a factor is more than a scalar."""
        return isinstance(factor, Reduce) or bool(self.letters(factor))

    def opened(self, expr: Expr) -> tuple[Term, bool]:
        """The product with its sum opened where one sum is all of it but scalars; whether that is over the patterns."""
        term, patterns = flat(expr), False
        while True:
            found = [factor for factor in term.factors if self.counts(factor[0])]
            if len(found) != 1 or found[0][1] < 0 or not isinstance(found[0][0], Reduce):
                return term, patterns
            summed = found[0][0]
            if summed.operator not in ("sum", "mean"):
                named = f"{summed.operator}_{','.join(map(pretty, summed.letters))}"
                raise No(f"{named} is no sum, so no matrix product does it")
            inside = flat(summed.body)
            sizes = [(Size(letter), -1) for letter in summed.letters] if summed.operator == "mean" else []
            place = term.factors.index(found[0])
            patterns = patterns or self.dropped in summed.letters
            term = Term(
                [*term.factors[:place], *inside.factors, *sizes, *term.factors[place + 1 :]],
                [*term.bound, *(letter for letter in summed.letters if letter != self.dropped)],
                term.negative != inside.negative,
            )


def flat(expr: Expr) -> Term:
    """Products, quotients and signs opened; sums over letters are factors."""
    factors: list[tuple[Expr, int]] = []
    negative = False
    todo: list[tuple[Expr, int]] = [(expr, 1)]
    while todo:
        node, power = todo.pop()
        match node:
            case Mul(args):
                todo.extend((arg, power) for arg in reversed(args))
            case Div(above, below):
                todo.extend(((below, -power), (above, power)))
            case Neg(arg):
                negative = not negative
                todo.append((arg, power))
            case Pow(base, Neg(exponent)):
                factors.append((Pow(base, exponent), -power))
            case _:
                factors.append((node, power))
    return Term(factors, [], negative)


def is_numeric(expr: Expr) -> bool:
    """Whether an expression is made of written numbers alone."""
    return not any(isinstance(node, Ref | Derivative | Size | At | Reduce) for node in nodes(expr))


def name_of(target: Ref | Derivative) -> str:
    """How a left side is called in a sentence."""
    match target:
        case Derivative(Ref(of), (Ref(wrt),)):
            return f"∂{pretty(of)}/∂{pretty(wrt)}"
    return pretty(key(target))
