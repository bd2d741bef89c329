"""A network of plain numbers and two weights → its second derivative in closed form, checked like any printed line."""

from __future__ import annotations

from chainrule.derive.check import Checker
from chainrule.derive.derivation import Derivation, Reason, Step
from chainrule.derive.derive import goal_of, kinks, lettered, name_of, needed
from chainrule.derive.ground import ground
from chainrule.errors import UsageError
from chainrule.expr.nodes import Derivative, Ref
from chainrule.gradient.forward import closed
from chainrule.gradient.forward import second as twice
from chainrule.gradient.reverse import reverse
from chainrule.model.model import Model
from chainrule.notation.names import pretty


def second(model: Model, one: str, other: str, of: str | None = None, seed: int = 0) -> Derivation:
    """∂²of/∂one∂other of the error of one pattern as one checked line, with every derivative in it put in.

    Errors: UsageError E256 for a name that does not exist, E254 for a network with letters; DerivationError E253
    instead of giving an equation that is not true.

    >>> from chainrule.model import build
    >>> from chainrule.notation import parse, show
    >>> print(show(second(build(parse("weight w\\nE = w^4")), "w", "w").result, ascii=True))
    12*w^2
    """
    of = goal_of(model, of)
    if of not in model.quantities:
        help = "name it by an equation, or say of=NAME"
        raise UsageError("E256", "the goal of this model is an expression without a name", help)
    names = [name_of(model, one, "wrt"), name_of(model, other, "wrt")]
    equations = needed(model, of)
    if any(lettered(model, equations, name) for name in names):
        help = "evaluate(second=True) gives their numbers, and curvature() the largest and the smallest"
        raise UsageError("E254", f"{pretty(of)} has letters, and second derivatives are printed of plain numbers", help)
    adjoints = reverse(equations, of, dict.fromkeys(names, ()), model.functions)
    target = Derivative(Ref(of), (Ref(names[0]), Ref(names[1])))
    body = closed((*adjoints, *twice(equations, adjoints, of, dict.fromkeys(names), model.functions)), target)
    reason = Reason("second-derivative", {"u": Ref(of), "w": Ref(names[0]), "v": Ref(names[1])})
    line = Step(target, target, body, (reason,), Checker(ground(model, equations, seed)).line(target, body))
    return Derivation(model, target, "normal", (line,), kinks(model, equations, of, names[0]))
