"""A program and measures → the program whose steps measure as they are made: states that only watch.

What a watching state is changes no number of the training, and neither why nor when it ends. Where a step visits some
patterns only, the error over all of them is computed beside it, by copies of the equations that read all data at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array, Bound
from chainrule.errors import BrokenPass
from chainrule.expr.nodes import (
    Add,
    Bracket,
    Cond,
    Div,
    Equation,
    Expr,
    Number,
    Reduce,
    Ref,
    Size,
    key,
    number,
)
from chainrule.expr.nodes import index as plain
from chainrule.expr.walk import reads, transform
from chainrule.gradient.letters import renamed
from chainrule.maps.measures import Measure
from chainrule.program.program import NEW, STEP, Program, Symbol
from chainrule.values import dataclass

OWN = "map."
"""What the names of watching states, and of copies, begin with: no name of a text has a dot."""

TAIL = 20
"""Steps at the end on which a training is trained or not."""

MOST = 10**6
"""Errors that many times the first one are not told apart."""

FIRST, LARGEST, REACH, RATIO, SUM, INVERSE, ENDING = (
    OWN + name for name in ("first", "largest", "reach", "ratio", "sum", "inverse", "ending")
)


Whole = NDArray[np.int64]
Yes = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Watched:
    """The program, and what it reads beside the values of the training."""

    program: Program
    values: Mapping[str, Array]
    ranges: Mapping[str, range]


def watched(program: Program, measures: Mapping[str, Measure], steps: int, bound: Bound, *, every: bool) -> Watched:
    """The program with states for the measures; ``every`` says that each step visits all patterns."""
    kinds = {measure.name for measure in measures.values()}
    if not kinds & {"reach", "largest", "trained"}:
        return Watched(program, {}, {})
    whole = Watched(program, {}, {}) if every else copied(program, bound)
    error: Expr = Ref(program.objective if every else OWN + program.objective)
    step: Expr = Ref(STEP)
    begins = Bracket("==", step, number(1))
    lines: list[Equation] = []
    if "largest" in kinds:
        old = Ref(LARGEST)
        larger = Cond(Bracket(">", error, old), error, old)
        lines.append(Equation(old, Cond(begins, error, larger)))
    for name, measure in measures.items():
        if measure.name == "reach" and measure.number is not None:
            old = Ref(f"{OWN}{name}")
            near = Cond(Bracket("<=", error, number(Fraction(measure.number))), step, number(0))
            lines.append(Equation(old, Cond(Bracket(">", old, number(0)), old, near)))
    shared: tuple[str, ...] = ()
    if "trained" in kinds:
        shared = (RATIO,)
        ratio: Expr = Div(error, Ref(FIRST + NEW))
        late = Cond(Bracket(">", step, number(steps - TAIL)), Ref(RATIO), number(0))
        lines += [
            Equation(Ref(FIRST), Cond(begins, error, Ref(FIRST))),
            Equation(Ref(RATIO), Cond(Bracket("<", ratio, number(MOST)), ratio, number(MOST))),
            Equation(Ref(SUM), Add((Ref(SUM), Ref(RATIO)))),
            Equation(Ref(INVERSE), Add((Ref(INVERSE), Div(Number(Fraction(1)), Ref(RATIO))))),
            Equation(Ref(ENDING), Add((Ref(ENDING), late))),
        ]
    states = tuple(key(line.target) for line in lines if key(line.target) not in shared)
    inner = whole.program
    longer = replace(
        inner,
        states=(*inner.states, *map(Symbol, states)),
        shared=(*inner.shared, *shared),
        watching=states,
        phases={**inner.phases, "update": (*inner.phases["update"], *lines)},
    )
    return replace(whole, program=longer)


def copied(program: Program, bound: Bound) -> Watched:
    """The program with a second copy of what its goal is made of, over all patterns whatever the step visits."""
    lines = program.phases["forward"] + program.phases["error"]
    made = {key(line.target) for line in lines}
    given = {symbol.name: symbol for symbol in (*program.data, *program.targets)}
    own = [letter for letter, group in program.sets.items() if group == program.pattern]
    letters = {letter: plain(f"{OWN}{letter}") for letter in own}

    def node(expr: Expr) -> Expr:
        expr = renamed(expr, letters)
        match expr:
            case Ref(name) if name in made or name in given:
                return replace(expr, name=OWN + name)
            case Reduce(_, bound_letters):
                return replace(expr, letters=tuple(f"{OWN}{one}" if one in letters else one for one in bound_letters))
            case Size(letter) if letter in letters:
                return replace(expr, letter=f"{OWN}{letter}")
        return expr

    wanted, todo = set[str](), {program.objective}
    while todo:
        wanted |= todo
        read = {name for line in lines if key(line.target) in todo for name, _ in reads(line.body)}
        todo = read - wanted
    copies = tuple(
        replace(
            line,
            target=moved_target(transform(line.target, node)),
            body=transform(line.body, node),
            where=tuple(transform(one, node) for one in line.where),
        )
        for line in lines if key(line.target) in wanted
    )  # fmt: skip
    inputs = tuple(
        Symbol(OWN + name, tuple(f"{OWN}{one}" if one in letters else one for one in symbol.letters))
        for name, symbol in given.items() if name in wanted
    )  # fmt: skip
    group = f"{OWN}patterns"
    longer = replace(
        program,
        sets={**program.sets, **{f"{OWN}{letter}": group for letter in own}},
        consts=(*program.consts, *inputs),
        phases={**program.phases, "error": (*program.phases["error"], *copies)},
    )
    values = {OWN + name: np.asarray(bound.values[name]) for name in given if name in wanted}
    return Watched(longer, values, {group: range(bound.patterns)})


def moved_target(target: Expr) -> Ref:
    """The left side of a copy; forward equations define names."""
    if not isinstance(target, Ref):
        raise BrokenPass("copying the goal", f"{target} is no name")
    return target


def found(
    measures: Mapping[str, Measure], states: Mapping[str, Array], made: Whole, error: Array, left: Yes, steps: int
) -> dict[str, Array]:
    """The measures of cells that made so many of the steps, with the error at their ends.

    A step that was not made counts once for each: a cell that converged has the error that it has; of one that left,
    the step that left has the error before it, if it is finite, and the others count 10⁶ times the first.
    """
    results: dict[str, Array] = {}
    with np.errstate(all="ignore"):
        for name, measure in measures.items():
            match measure.name:
                case "largest":
                    before = np.where(made > 0, states[LARGEST], error)
                    results[name] = np.where(left, np.inf, np.maximum(before, error))
                case "reach":
                    state = states[f"{OWN}{name}"]
                    at_end = error <= (measure.number or 0.0)
                    results[name] = np.where(state > 0, state - 1, np.where(at_end, made, -1))
                case "trained":
                    results[name] = trained(states, made, error, left, steps)
    return results


def trained(states: Mapping[str, Array], made: Whole, error: Array, left: Yes, steps: int) -> Array:
    """M: see `measures`. NaN where the first error is 0 or not finite, or no step is asked for."""
    first = np.where(made > 0, states[FIRST], error)
    last = error / first
    last = np.where((last < MOST) & np.isfinite(error), last, MOST)  # what is not finite counts as the most
    once = np.minimum(steps - made, 1)  # the first step that was not made: its error is known
    rest = steps - made - once
    other = np.where(left, float(MOST), last)
    total = states[SUM] + once * last + rest * other
    inverse = states[INVERSE] + once / last + rest / other
    late = once * (made >= steps - TAIL) * last + np.minimum(rest, TAIL) * other
    ending, count = states[ENDING] + late, min(TAIL, steps)
    known = np.isfinite(first) & (first != 0) & (steps > 0)
    return np.where(known, np.where(ending < count, -total, inverse), np.nan)
