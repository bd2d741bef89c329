"""A line → the same with one thing changed at one place, or at every place where the same stands.

Conventions. A site is one or more places of a line with the same node, by the paths to them from the top. A change of
a site's node into another one is told apart by its kind, the slip that it mends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from itertools import combinations

from chainrule.derive.judge.explicit_model import ExplicitModel
from chainrule.expr.nodes import (
    Add,
    Bracket,
    Call,
    Cond,
    Derivative,
    Div,
    Expr,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    index,
)
from chainrule.expr.walk import children, rebuild, rename_letters
from chainrule.model.letters import base, free
from chainrule.model.model import HIDDEN
from chainrule.values import dataclass

Path = tuple[int, ...]

MOST_EQUAL = 6
"""Places with the same name of which every choice is tried; of more, each, all, and those inside or outside of
conditions."""
ONE = Number(Fraction(1))
OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}
FUNCTIONS = ("sigmoid", "tanh", "relu", "softplus", "exp", "log", "sin", "cos", "abs", "sign", "sqrt")


@dataclass(frozen=True, slots=True)
class Site:
    """Places with one node; the letters that can be read there; whether a sum repeats it; whether what stands above
    it bends, so that the line is not a line in it; whether it is part of a condition."""

    node: Expr
    paths: tuple[Path, ...]
    letters: tuple[str, ...]
    summed: bool
    bent: bool
    tested: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a node becomes, the slip that this mends, how far-fetched it is, what was lost or is too many by it, and
    more words of its sentence."""

    new: Expr
    slip: str
    rank: int = 0
    lost: Expr | None = None
    words: Mapping[str, str] = field(default_factory=dict)


def walked(expr: Expr, letters: tuple[str, ...]) -> Iterator[Site]:
    """Every node with its path."""
    todo: list[tuple[Expr, Path, tuple[str, ...], bool, bool, bool]] = [(expr, (), letters, False, False, False)]
    while todo:
        node, path, own, summed, bent, tested = todo.pop()
        yield Site(node, (path,), own, summed, bent, tested)
        if isinstance(node, Derivative):
            continue
        if isinstance(node, Reduce):
            own, summed = tuple(dict.fromkeys((*own, *node.letters))), True
        bends = bent or isinstance(node, Bracket | Call | Pow)
        bends = bends or (isinstance(node, Reduce) and node.operator not in ("sum", "mean"))
        inside, tested = children(node), tested or isinstance(node, Bracket)
        for number in reversed(range(len(inside))):
            below = bends or (isinstance(node, Div) and number == 1) or (isinstance(node, Cond) and number == 0)
            todo.append((inside[number], (*path, number), own, summed, below, tested))


def sites(expr: Expr, letters: tuple[str, ...]) -> list[Site]:
    """Each place alone, then places where the same stands together."""
    single = list(walked(expr, letters))
    alike: dict[Expr, list[Site]] = {}
    for site in single:
        if not isinstance(site.node, Number):
            alike.setdefault(site.node, []).append(site)
    found = [site for site in single if not isinstance(site.node, Number) or not in_exponent(expr, site.paths[0])]
    for same in alike.values():
        if len(same) > 1:
            found += [joined(group) for group in groups(same)]
    return found


def in_exponent(expr: Expr, path: Path) -> bool:
    return bool(path) and isinstance(at(expr, path[:-1]), Pow) and path[-1] == 1


def groups(same: list[Site]) -> Iterator[tuple[Site, ...]]:
    """Choices of two or more of the places with one node."""
    yield tuple(same)
    if isinstance(same[0].node, Ref) and len(same) <= MOST_EQUAL:
        for count in range(2, len(same)):
            yield from combinations(same, count)
        return
    for part in ([one for one in same if one.bent], [one for one in same if not one.bent]):
        if 1 < len(part) < len(same):
            yield tuple(part)


def joined(group: tuple[Site, ...]) -> Site:
    letters = tuple(letter for letter in group[0].letters if all(letter in one.letters for one in group))
    paths = tuple(path for one in group for path in one.paths)
    summed, tested = any(one.summed for one in group), all(one.tested for one in group)
    return Site(group[0].node, paths, letters, summed, True, tested)


def at(expr: Expr, path: Path) -> Expr:
    """The node at the end of a path."""
    for number in path:
        expr = children(expr)[number]
    return expr


def replaced(expr: Expr, paths: tuple[Path, ...], new: Expr) -> Expr:
    """The line with another node at the ends of paths."""
    for path in paths:
        above = [expr]
        for number in path[:-1]:
            above.append(children(above[-1])[number])
        whole = new
        for node, number in zip(reversed(above), reversed(path), strict=True) if path else ():
            inside = children(node)
            whole = rebuild(node, (*inside[:number], whole, *inside[number + 1 :]))
        expr = whole
    return expr


def changes(node: Expr, explicit: ExplicitModel, letters: tuple[str, ...]) -> Iterator[Change]:
    """What a node may have been before one slip, from itself alone: signs, brackets, functions, powers."""
    yield from signs(node)
    yield from left_out(node)
    yield from brackets(node)
    yield from turned(node)
    yield from summed(node, explicit, letters)
    match node:
        case Call(function, (inside,), order):
            own = (*explicit.model.functions, *FUNCTIONS)
            if order:
                yield Change(Call(function, (inside,), order - 1), "wrong-function", rank=2)
            for name in dict.fromkeys(own):
                one_place = name not in explicit.model.functions or len(explicit.model.functions[name].parameters) == 1
                if name != function and one_place:
                    yield Change(Call(name, (inside,), order), "wrong-function", rank=2)
            yield Change(Call(function, (inside,), order + 1), "wrong-function", rank=2)
            yield Change(inside, "wrong-function", rank=2)
        case Number(number):
            near = (number + 1, number - 1, number * 2, number / 2)
            for one in dict.fromkeys((*near, Fraction(1), Fraction(2), Fraction(1, 2), Fraction(3))):
                if one != number and one >= 0:
                    yield Change(Number(one), "number", rank=1)
        case Pow(base, Number(power)):
            for less in (power - 1, power + 1, 2 * power, power / 2):
                if less not in (0, power):
                    yield Change(base if less == 1 else Pow(base, Number(less)), "number", rank=2)
        case Add(args):
            for place in range(len(args) - 1):
                both = Mul(args[place : place + 2])
                whole = Add((*args[:place], both, *args[place + 2 :])) if len(args) > 2 else both
                yield Change(whole, "operator", rank=3)
        case Mul(args) if len(args) == 2:
            yield Change(Add(args), "operator", rank=3)
            yield Change(Add((args[0], Neg(args[1]))), "operator", rank=3)
        case Cond(test, then, other):
            yield Change(Cond(test, other, then), "condition")
        case Bracket(comparison, left, right) if comparison in OPPOSITE:
            yield Change(Bracket(OPPOSITE[comparison], left, right), "condition")  # type: ignore[arg-type]


def signs(node: Expr) -> Iterator[Change]:
    """A sign turned."""
    match node:
        case Neg(inside):
            yield Change(inside, "line-sign")
        case Number():
            pass
        case Add(args):
            for place, arg in enumerate(args):
                new = arg.arg if isinstance(arg, Neg) else Neg(arg)
                yield Change(Add((*args[:place], new, *args[place + 1 :])), "line-sign")
            yield Change(Neg(node), "line-sign", rank=1)
        case _:
            yield Change(Neg(node), "line-sign")


def left_out(node: Expr) -> Iterator[Change]:
    """A term or one or two factors that are too many."""
    match node:
        case Add(args):
            for place in range(len(args)):
                yield Change(less(node, (place,)), "extra-term", 2)
        case Mul(args):
            for count in (1, 2, 3):
                for gone in combinations(range(len(args)), count):
                    if len(gone) < len(args):
                        lost = [args[n] for n in gone]
                        twice = all(one in (arg for n, arg in enumerate(args) if n not in gone) for one in lost)
                        whole = Mul(tuple(lost)) if count > 1 else lost[0]
                        yield Change(less(node, gone), "factor-twice" if twice else "extra-factor", 1 + count, whole)
        case Div(above, below):
            yield Change(above, "extra-factor", 2, Div(ONE, below))


def less(node: Add | Mul, gone: tuple[int, ...]) -> Expr:
    rest = tuple(arg for place, arg in enumerate(node.args) if place not in gone)
    return type(node)(rest) if len(rest) > 1 else rest[0]


def brackets(node: Expr) -> Iterator[Change]:
    """A bracket that reaches too far, or not far enough."""
    for new in moved(node):
        yield Change(new, "brackets", rank=1)


def moved(node: Expr) -> Iterator[Expr]:
    match node:
        case Add(args):
            for place, arg in enumerate(args):
                yield from taken_in(arg, less(node, (place,)), place == 0)
            if len(args) == 2:
                yield from between(*args)
        case Mul(args):
            for place, arg in enumerate(args):
                yield from spread(arg, args[:place], args[place + 1 :])
        case Pow(Mul(args) | Add(args) as base, power):
            for place, arg in enumerate(args):
                yield type(base)((*args[:place], Pow(arg, power), *args[place + 1 :]))
        case Neg(Add(args)):
            for place in range(len(args)):
                yield Add(tuple(Neg(arg) if n == place else arg for n, arg in enumerate(args)))
        case Div(above, Mul() as below):
            for place, arg in enumerate(below.args):
                yield Mul((Div(above, arg), less(below, (place,))))
        case Div(Add() as above, below):
            for place, term in enumerate(above.args):
                yield Add((Div(term, below), less(above, (place,))))
        case Div(above, Add() as below):
            for place, term in enumerate(below.args):
                yield Add((Div(above, term), less(below, (place,))))
        case Call(function, (Add() | Mul() as inside,), order):
            for place, arg in enumerate(inside.args):
                yield type(inside)((Call(function, (arg,), order), less(inside, (place,))))
        case Reduce(operator, letters, Add() as inside):
            for place, term in enumerate(inside.args):
                rest = less(inside, (place,))
                if not set(letters) & set(free(rest)):
                    yield Add((Reduce(operator, letters, term), rest))


def taken_in(arg: Expr, rest: Expr, first: bool) -> Iterator[Expr]:
    """A term with the others drawn into it: ``a·(b + rest)`` for ``a·b + rest``."""
    inside, minus = (arg.arg, True) if isinstance(arg, Neg) else (arg, False)

    def joined(part: Expr) -> Expr:
        return Add((part, rest) if first else (rest, part))

    def signed(part: Expr) -> Expr:
        return Neg(part) if minus else part

    if minus:
        yield Neg(joined(inside))
    match inside:
        case Mul(args):
            for cut in range(1, len(args)):
                front, back = args[:cut], args[cut:]
                yield signed(Mul((*front, joined(product(back)))))
                yield Mul((joined(signed(product(front))), *back))
        case Div(above, below):
            yield Div(joined(signed(above)), below)
            yield signed(Div(above, joined(below)))
        case Call(function, (argument,), order):
            yield signed(Call(function, (joined(argument),), order))
        case Reduce(operator, letters, body):
            yield signed(Reduce(operator, letters, joined(body)))
        case Pow(base, power):
            yield signed(Pow(joined(base), power))


def between(left: Expr, right: Expr) -> Iterator[Expr]:
    """A bracket in the middle forgotten: ``a·(b − c)·d`` for ``a·b − c·d``."""
    inside, minus = (right.arg, True) if isinstance(right, Neg) else (right, False)
    if isinstance(left, Mul) and isinstance(inside, Mul):
        first, *after = inside.args
        yield Mul((*left.args[:-1], Add((left.args[-1], Neg(first) if minus else first)), *after))


def spread(arg: Expr, before: tuple[Expr, ...], after: tuple[Expr, ...]) -> Iterator[Expr]:
    """A factor that the bracket of another does not reach, or reaches: ``a·b + c`` for ``a·(b + c)``."""
    rest = (*before, *after)
    match arg:
        case Add(terms) if rest:
            for place, term in enumerate(terms):
                yield Add((*terms[:place], Mul((*rest, term)), *terms[place + 1 :]))
            if before and after:
                first, *middle, last = terms
                yield Add((Mul((*before, first)), *middle, times(last, after)))
        case Pow(base, power):
            yield Pow(Mul((*rest, base)), power)
        case Call(function, (argument,), order):
            yield Call(function, (Mul((argument, *rest)),), order)
        case Reduce(operator, letters, body):
            yield Reduce(operator, letters, Mul((body, *rest)))


def times(term: Expr, factors: tuple[Expr, ...]) -> Expr:
    return Neg(Mul((term.arg, *factors))) if isinstance(term, Neg) else Mul((term, *factors))


def product(args: tuple[Expr, ...]) -> Expr:
    return Mul(args) if len(args) > 1 else args[0]


def summed(node: Expr, explicit: ExplicitModel, letters: tuple[str, ...]) -> Iterator[Change]:
    """A sum left out, over a letter that the left side has too, and a sum too many."""
    match node:
        case Reduce("sum", bound, body) if bound and set(bound) <= set(letters):
            yield Change(body, "extra-sum", 1)
        case Mul() | Ref() | Div():
            for letter in free(node):
                other = letter + "'"
                if letter in letters and other not in letters and explicit.model.set_of(letter) is not None:
                    whole = Reduce("sum", (other,), rename_letters(node, {letter: index(other)}))
                    yield Change(whole, "sum-dropped", 2)


def turned(node: Expr) -> Iterator[Change]:
    """A quotient upside down, a product for a quotient, a mean for a sum."""
    match node:
        case Div(above, below):
            yield Change(Div(below, above), "reciprocal", rank=2)
            yield Change(Mul((above, below)), "divided", 2, below)
            if isinstance(above, Mul):
                for place, arg in enumerate(above.args):
                    yield Change(Div(Mul((less(above, (place,)), below)), arg), "reciprocal", 2)
        case Mul(args):
            for place, arg in enumerate(args):
                rest = less(node, (place,))
                yield Change(Div(rest, arg), "reciprocal", rank=3)
        case Reduce("sum" | "mean" as operator, letters, body):
            letter = ",".join(map(base, letters)).replace(HIDDEN, "the patterns").replace("#", "")
            words = {"letter": letter, "count": "their number" if HIDDEN in letters else f"size({letter})"}
            slip = "mean-not-sum" if operator == "mean" else "sum-not-mean"
            yield Change(Reduce("mean" if operator == "sum" else "sum", letters, body), slip, 1, words=words)
        case Ref() | Reduce() | Call() | Pow() | Add():
            yield Change(Div(ONE, node), "reciprocal", rank=4)
