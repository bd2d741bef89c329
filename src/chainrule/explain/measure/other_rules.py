"""Another learning rule from the start of a run: trained by an engine, all patterns in every step → the way it goes.

The rules are equations of the program's own phase "update", so that boxes hold and numbers are those of any training.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np

from chainrule.engines.protocol import Array, Loaded
from chainrule.explain.measure.context import Context
from chainrule.expr.nodes import (
    Add,
    Bracket,
    Call,
    Cond,
    Derivative,
    Div,
    Equation,
    Expr,
    Index,
    Mul,
    Neg,
    Pow,
    Reduce,
    Ref,
    index,
    number,
)
from chainrule.program.program import Program, Symbol
from chainrule.train.choice import chosen
from chainrule.train.drive import drive
from chainrule.train.order import Order
from chainrule.train.prepare import beginning
from chainrule.values import dataclass

Change = Callable[[Expr], Expr]
"""What a step subtracts, made of the slope of a weight."""

SIZE = "size#"
"""The square of the length of the gradient; no text can have the name."""


@dataclass(frozen=True, slots=True)
class Way:
    """The weights before the first step and after each, and whether all of them are finite."""

    name: str
    path: Array
    finite: bool

    @property
    def last_move(self) -> float:
        """How far the last step moved a weight; 0 where it had come to rest."""
        return float(np.abs(self.path[-1] - self.path[-2]).max(initial=0.0)) if len(self.path) > 1 else 0.0


def gradient(context: Context, rate: float, steps: int) -> Way:
    """Steps of rate·g: by the run's own program where that is its rule."""
    if context.rate is not None and context.rate == rate:
        return driven(context, "the gradient", context.loaded, context.program, steps)
    return trained(context, "the gradient", lambda g: Mul((number(Fraction(rate)), g)), steps)


def signs(context: Context, rate: float, steps: int) -> Way:
    """Every weight by the rate, whatever the size of its slope."""
    return trained(context, "its signs", lambda g: Mul((number(Fraction(rate)), Call("sign", (g,)))), steps)


def fixed(context: Context, length: float, steps: int) -> Way:
    """Steps along the gradient of one length."""
    parts = tuple(squared(context, symbol) for symbol in context.trained)
    size, step = Ref(SIZE), number(Fraction(length))

    def change(g: Expr) -> Expr:
        return Cond(Bracket(">", size, number(0)), Div(Mul((step, g)), Call("sqrt", (size,))), number(0))

    line = Equation(size, Add(parts) if len(parts) > 1 else parts[0])
    return trained(context, "its direction", change, steps, (line,))


def own(context: Context, steps: int) -> Way:
    """The learning rule of the run itself."""
    return driven(context, "the run's own rule", context.loaded, context.program, steps)


def slope_of(context: Context, symbol: Symbol, letters: tuple[Index, ...]) -> Expr:
    return Derivative(Ref(context.program.objective), (Ref(symbol.name, letters),))


def squared(context: Context, symbol: Symbol) -> Expr:
    """The sum of the squared slopes of a weight's entries, under letters of its own."""
    letters = tuple(f"{letter}'" for letter in symbol.letters)
    square = Pow(slope_of(context, symbol, tuple(map(index, letters))), number(2))
    return Reduce("sum", letters, square) if letters else square


def trained(context: Context, name: str, change: Change, steps: int, more: tuple[Equation, ...] = ()) -> Way:
    """A way with another rule in the place of the run's own, which may read a little ``more`` than the slopes."""
    program = context.program
    updates = []
    for symbol in context.trained:
        at = tuple(map(index, symbol.letters))
        step = change(slope_of(context, symbol, at))
        here = Ref(symbol.name, at)
        updates.append(Equation(here, Add((here, Neg(step) if context.sense > 0 else step))))
    letters = {f"{letter}'": program.sets[letter] for symbol in context.trained for letter in symbol.letters}
    phases = {**program.phases, "adjoint": (*program.phases["adjoint"], *more), "update": tuple(updates)}
    other = replace(program, phases=phases, states=(), starts={}, sets={**program.sets, **letters})
    bound = context.bound
    engine, _ = chosen(other, bound.ranges, Order("all", context.patterns), steps, context.run.recipe.numerics)
    return driven(context, name, engine.load(other, bound), other, steps)


def driven(context: Context, name: str, loaded: Loaded, program: Program, steps: int) -> Way:
    """So many steps from the start of the run, all patterns in each."""
    run = context.run
    order = Order("all", context.patterns)
    state = beginning(program, run.recipe, run.start)
    parts = [context.start[None, :]]
    finite = True
    for chunk in drive(loaded, order, state, steps):
        many = len(chunk.steps)
        if many:
            arrays = [np.asarray(chunk.weights[one.name], np.float64).reshape(many, -1) for one in context.trained]
            parts.append(np.concatenate(arrays, axis=1))
        if chunk.departure:
            finite = False
        if chunk.converged:
            parts.append(parts[-1][-1:])  # it rests
    return Way(name, np.concatenate(parts), finite)
