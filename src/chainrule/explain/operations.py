"""Equations → how many operations it takes to compute them once, and the equations of forward mode to compare with.

An operation is one + − × ÷, a power, a comparison, or a call of a function; a sign counts as none. An equation with a
letter is computed once for each of its values, a sum over a letter adds all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chainrule.expr.nodes import Add, Bracket, Call, Derivative, Div, Equation, Expr, InRange, Mul, Pow, Reduce, key
from chainrule.expr.walk import fold
from chainrule.gradient.forward import only
from chainrule.model.model import Model
from chainrule.program import patterns
from chainrule.program.derivatives import given, named, written_out
from chainrule.program.lower import open_calls
from chainrule.program.program import Program, computed


def operations(equations: Iterable[Equation], sizes: Mapping[str, int]) -> int:
    """How many operations the equations take, each letter having ``sizes`` values.

    >>> from chainrule.notation import parse_equation
    >>> line = parse_equation("E = 1/2*(w*x - y)^2", quantities=("w", "x", "y", "E"))
    >>> operations([line], {})
    5
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


def forward(model: Model, program: Program, name: str) -> tuple[Equation, ...]:
    """What forward mode computes for one weight beside the goal: how everything on the way changes with it.

    Made of the equations of the text with its functions, as the adjoints are, so that both write slopes alike.
    """
    functions = patterns.functions(model)
    known = written_out(model, patterns.equations(model), functions)
    if all(key(line.target) != program.objective for line in known):
        known += tuple(line for line in program.phases["error"] if key(line.target) == program.objective)
    return open_calls(given(known, program.objective, (name,), functions, model.sets), functions)


def changed(program: Program, name: str) -> str:
    """The name of how the goal changes with a weight, among the equations of `forward`."""
    return named(program.objective, (name,))
