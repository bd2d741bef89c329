"""The step of gradient descent, θ ← θ − α·∂goal/∂θ, and each weight's box, as equations.

The left side is the new value; on the right, a weight is its value before the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from chainrule.expr.nodes import Add, Call, Derivative, Equation, Expr, Mul, Neg, Ref, index
from chainrule.model.model import Model
from chainrule.program.program import Symbol

DEFAULT_RATE = Fraction(1, 10)
"""The rate of a text that gives none."""


def descent(weight: Symbol, goal: str, rate: str, maximise: bool) -> Equation:
    """One step downhill, w − α·∂goal/∂w; uphill where the goal is to be greatest.

    >>> from chainrule.notation import show
    >>> show(descent(Symbol("w"), "E", "alpha", False).body, ascii=True)
    'w - alpha*d(E)/d(w)'
    """
    own = Ref(weight.name, tuple(map(index, weight.letters)))
    change = Mul((Ref(rate), Derivative(Ref(goal), (own,))))
    return Equation(own, Add((own, change if maximise else Neg(change))))


def projections(
    trained: tuple[Symbol, ...], boxes: Mapping[str, tuple[Expr | None, Expr | None]]
) -> tuple[Equation, ...]:
    """The equations that put weights back into their boxes: min(max(w, low), high).

    >>> from chainrule.expr.nodes import number
    >>> from chainrule.notation import show
    >>> show(projections((Symbol("w"),), {"w": (number(0), number(1))})[0].body)
    'min(max(w, 0), 1)'
    """
    made = []
    for symbol in trained:
        if symbol.name in boxes:
            low, high = boxes[symbol.name]
            own = Ref(symbol.name, tuple(map(index, symbol.letters)))
            body: Expr = own if low is None else Call("max", (own, low))
            made.append(Equation(own, body if high is None else Call("min", (body, high))))
    return tuple(made)


def free_name(name: str, model: Model) -> str:
    """The name, with underscores behind it while the text uses it for something else."""
    letters = {letter for group in model.sets for letter in group.letters} | {model.pattern}
    while name in model.quantities or name in model.functions or name in letters:
        name += "_"
    return name
