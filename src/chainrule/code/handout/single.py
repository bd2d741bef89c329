"""The equations of a step → those of a step that visits one pattern: without the letter of the patterns.

A mean over one pattern is that pattern's number, ``size(p)`` is 1, and a factor 1 is not written. No number changes by
it: what is left out are multiplications with 1, divisions by 1 and sums of one term.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import cast

from chainrule.expr.nodes import (
    At,
    Bracket,
    Derivative,
    Div,
    Equation,
    Expr,
    Index,
    InRange,
    Mul,
    Number,
    Reduce,
    Ref,
    Size,
    key,
)
from chainrule.expr.walk import transform
from chainrule.program.program import PHASES, PhaseName, Program, Symbol

ONE = Number(Fraction(1))


def single(program: Program) -> Program:
    """The program of steps over one pattern. Its goal is the number of which it was the mean, where it was one."""
    sets, pattern = program.sets, program.pattern

    def of_patterns(letter: str) -> bool:
        return sets.get(letter) == pattern

    def kept(indices: Iterable[Index]) -> tuple[Index, ...]:
        return tuple(one for one in indices if not (one.letter and of_patterns(one.letter)))

    def change(node: Expr) -> Expr:
        match node:
            case Ref(_, indices):
                return replace(node, indices=kept(indices))
            case At(Index(((letter, _),), constant)) if of_patterns(letter):
                return Number(Fraction(constant))
            case Size(letter) if of_patterns(letter):
                return ONE
            case InRange(_, letter) if of_patterns(letter):
                return ONE
            case Reduce(_, letters, body):
                left = tuple(letter for letter in letters if not of_patterns(letter))
                return replace(node, letters=left) if left else body
        return shorter(node)

    def symbols(group: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
        return tuple(Symbol(one.name, tuple(each for each in one.letters if not of_patterns(each))) for one in group)

    def equation(line: Equation) -> Equation:
        where = tuple(transform(test, change) for test in line.where)
        target = cast("Ref | Derivative", transform(line.target, change))
        return Equation(target, transform(line.body, change), line.span, where)

    phases: dict[PhaseName, tuple[Equation, ...]] = {
        name: tuple(map(equation, program.phases[name])) for name in PHASES
    }
    made = replace(
        program, phases=phases, data=symbols(program.data), targets=symbols(program.targets),
        weights=symbols(program.weights), consts=symbols(program.consts), states=symbols(program.states),
        sets={letter: group for letter, group in sets.items() if group != pattern},
    )  # fmt: skip
    return of_one_number(made)


def shorter(node: Expr) -> Expr:
    """A node without factors 1 and divisions by 1."""
    match node:
        case Mul(args):
            left = tuple(one for one in args if one != ONE)
            return node if len(left) == len(args) else left[0] if len(left) == 1 else Mul(left) if left else ONE
        case Div(above, below) if below == ONE:
            return above
        case Bracket("==", Number(one), Number(other)):
            return ONE if one == other else node
    return node


def of_one_number(program: Program) -> Program:
    """The program with the quantity that its goal repeats as its goal, and with adjoints that are 1 put in."""
    old = program.objective
    goal = next((line for line in program.phases["error"] if key(line.target) == old), None)
    repeats = goal is not None and isinstance(goal.body, Ref) and not goal.body.indices
    other = goal.body.name if goal and isinstance(goal.body, Ref) and repeats else old
    weights = {symbol.name for symbol in program.weights}
    ones: set[Expr] = {Derivative(Ref(other), (Ref(other),))}

    def change(node: Expr) -> Expr:
        match node:
            case Ref(name) if name == old:
                node = replace(node, name=other)
            case Derivative(Ref(name), _, "total") if name == old:
                node = replace(node, of=Ref(other))
        return ONE if node in ones else shorter(node)

    phases: dict[PhaseName, tuple[Equation, ...]] = {}
    for name in PHASES:
        found: list[Equation] = []
        for line in program.phases[name]:
            if repeats and line is goal:
                continue
            of, body = renamed(line.target, old, other), transform(line.body, change)
            plain = name == "adjoint" and isinstance(of, Derivative) and not of.wrt[0].indices
            if plain and body == ONE and cast(Derivative, of).wrt[0].name not in weights:
                ones.add(of)
                continue
            found.append(replace(line, target=of, body=body))
        phases[name] = tuple(found)
    return replace(program, phases=phases, objective=other)


def renamed(target: Ref | Derivative, old: str, new: str) -> Ref | Derivative:
    """A left side with another name of the goal."""
    if isinstance(target, Derivative) and target.of == Ref(old):
        return replace(target, of=Ref(new))
    return target
