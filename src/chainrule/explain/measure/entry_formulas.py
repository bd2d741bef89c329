"""The slope of one entry of a weight, ``∂E/∂W[2,1]``, as the program computes it, and with the numbers put in."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from chainrule import notation
from chainrule.explain.evaluate.equations_with_letters import Grid
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.formulas import LONGEST, tidy
from chainrule.explain.wording import num
from chainrule.expr.nodes import At, Derivative, Expr, Index, InRange, Neg, Number, Reduce, Ref, key, places
from chainrule.expr.walk import fold, nodes, rebuild, rename_letters, size, transform
from chainrule.model.explicit import unwritten
from chainrule.typeset.formula import formula


def entry(context: Context, place: int, grid: Grid) -> tuple[str, str] | None:
    """The formula over one pattern, and with the numbers of ``grid`` in it; None where it is too long for a line.

    The second is empty where a sum over a letter remains, or a bracket.
    """
    name, at = context.entries[place]
    own = context.program.gradient(name)
    lines = [line for line in context.program.phases["adjoint"] if key(line.target) == own]
    if len(lines) != 1 or len(lines[0].letters) != len(at):
        return None
    alone = unwritten(lines[0].body, context.program.pattern, "alone", names=())
    meaning = {letter: Index((), value) for letter, value in zip(lines[0].letters, at, strict=True)}
    body = tidy(rename_letters(alone, meaning))
    if size(body) > LONGEST:
        return None
    written = formula(transform(body, lambda node: as_readers_know_it(context, node)), "pretty", False)
    if any(isinstance(node, Reduce | At | InRange) for node in nodes(body)):
        return written, ""

    def put_in(node: Expr, inside: tuple[Expr, ...]) -> Expr:
        if not isinstance(node, Ref):
            return rebuild(node, inside)
        found = float(np.real(grid.value(node).values.ravel()[0]))
        text = num(abs(found)).replace("−", "-")
        return Neg(Number(Fraction(text), text)) if found < 0 else Number(Fraction(text), text)

    named = transform(body, lambda node: Ref(key(node), places(node)) if isinstance(node, Derivative) else node)
    return written, notation.show(fold(named, put_in))


def as_readers_know_it(context: Context, node: Expr) -> Expr:
    """A name without the letter of the patterns, and a derivative of the goal by its name."""
    match node:
        case Ref():
            return unwritten(node, context.program.pattern, "alone")
        case Derivative(Ref(of)) if of == context.program.objective:
            alone = context.model.goal.each if context.reduced is not None else None
            return replace(node, of=Ref(alone or context.model.goal.name))
    return node
