"""Equations → how many operations it takes to compute them once, and the equations of forward mode to compare with.

An operation is one + − × ÷, a power, a comparison, or a call of a function; a sign counts as none. An equation with a
letter is computed once for each of its values, a sum over a letter adds all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from chainrule.expr.nodes import (
    Add,
    Bracket,
    Call,
    Cond,
    Derivative,
    Div,
    Equation,
    Expr,
    InRange,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    key,
)
from chainrule.expr.walk import fold, references
from chainrule.gradient.forward import only, tangents
from chainrule.model.model import Model
from chainrule.program import patterns
from chainrule.program.derivatives import written_out
from chainrule.program.lower import open_calls
from chainrule.program.program import Program, computed

DIRECTION = "R."
"""Before the name of a quantity: its change along a direction."""


def operations(equations: Iterable[Equation], sizes: Mapping[str, int]) -> int:
    """How many operations the equations take, each letter having ``sizes`` values.

    >>> from chainrule.notation import parse_equation
    >>> line = parse_equation("E = 1/2*(w*x - y)^2", quantities=("w", "x", "y", "E"))
    >>> operations([line], {})
    4
    """
    return sum(
        times(sizes, line.letters) * fold(line.body, lambda node, inside: here(node, inside, sizes))
        for line in equations
    )


def here(node: Expr, inside: tuple[int, ...], sizes: Mapping[str, int]) -> int:
    """The operations of a node and of what is inside it."""
    below = sum(inside)
    match node:
        case Add(args) | Mul(args):
            return below + len(args) - 1
        case Div() | Pow() | Call() | Bracket() | InRange():
            return below + 1
        case Reduce(operator, letters):
            many = times(sizes, letters)
            return many * below + many - 1 + (operator == "mean")
        case Derivative():
            return 0  # the name of a value that another equation gives
    return below


def times(sizes: Mapping[str, int], letters: Iterable[str]) -> int:
    many = 1
    for letter in letters:
        many *= sizes[letter]
    return many


def backward(program: Program, names: Iterable[str]) -> tuple[Equation, ...]:
    """What reverse mode computes for the gradient: the goal, and the adjoints on the way to the weights."""
    return only(computed(program), {program.objective, *map(program.gradient, names)})


def goal(program: Program) -> tuple[Equation, ...]:
    """What computes the goal alone."""
    return only((*program.phases["forward"], *program.phases["error"]), {program.objective})


def along(model: Model, program: Program, names: Iterable[str]) -> tuple[Equation, ...]:
    """What forward mode computes for any one entry of the weights: the change of each quantity along a direction.

    The direction has an array for each weight, ``R.W``: 1 at the entry, 0 elsewhere.
    """
    functions = patterns.functions(model)
    known = written_out(model, patterns.equations(model), functions)
    if all(key(line.target) != program.objective for line in known):
        known += tuple(line for line in program.phases["error"] if key(line.target) == program.objective)
    seeds = {name: lambda at: Ref(f"{DIRECTION}{at.name}", at.indices) for name in names}
    made = tangents(known, seeds, direction, functions, model.sets)
    return open_calls(only(made, {f"{DIRECTION}{program.objective}"}), functions)


def direction(target: Ref | Derivative) -> Ref | Derivative:
    """The left side of the change of another left side along the direction."""
    indices = target.indices if isinstance(target, Ref) else target.wrt[0].indices
    return Ref(f"{DIRECTION}{key(target)}", indices)


def of_one(
    equations: Iterable[Equation], sizes: Mapping[str, int], name: str, names: Iterable[str], bound: str = ""
) -> int:
    """How many operations the equations of `along` take for an entry of one weight: those of the others are 0 there.

    The direction of a weight without letters is 1. That of an array is 0 but for one entry, of which no sum knows:
    its equations are left out, ``least``, or counted as if nothing in it were 0, ``most``.
    """
    known: dict[str, Fraction | None] = {f"{DIRECTION}{other}": Fraction(0) for other in names if other != name}
    own, total = f"{DIRECTION}{name}", 0
    known[own] = None if bound else Fraction(1)
    for line in equations:
        many, found = fold(line.body, lambda node, inside: needed(node, inside, sizes, known))
        known[key(line.target)] = found
        if found is None and not (bound == "least" and any(one.name == own for one in references(line.body))):
            total += times(sizes, line.letters) * many
    return total


Exact = Fraction | None
"""The number that something is, if that is known."""

Needed = tuple[int, Exact]
"""Operations that something takes, and what it is."""


def needed(
    node: Expr, inside: tuple[Needed, ...], sizes: Mapping[str, int], known: Mapping[str, Exact]
) -> Needed:
    """The operations of a node where nothing is added to 0 or multiplied by 0 or 1."""
    many = sum(one for one, _ in inside)
    match node:
        case Number(exact):
            return 0, exact
        case Ref(name):
            return 0, known.get(name)
        case Neg():
            return many, None if inside[0][1] is None else -inside[0][1]
        case Add():
            left = [one for one in inside if one[1] != 0]
            if len(left) < 2:
                return left[0] if left else (0, Fraction(0))
            return sum(one for one, _ in left) + len(left) - 1, None
        case Mul():
            if any(found == 0 for _, found in inside):
                return 0, Fraction(0)
            left = [one for one in inside if one[1] != 1]
            if len(left) < 2:
                return left[0] if left else (0, Fraction(1))
            return sum(one for one, _ in left) + len(left) - 1, None
        case (Div() | Reduce("sum" | "mean")) if inside[0][1] == 0:
            return 0, Fraction(0)
        case Cond() if inside[1][1] == 0 and inside[2][1] == 0:
            return 0, Fraction(0)
    return here(node, tuple(one for one, _ in inside), sizes), None
