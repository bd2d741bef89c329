"""Derivatives by a complex step on the forward equations: f′(v) = Im f(v + ih)/h, with no rule of differentiation.

With h = 10⁻³⁰ nothing is subtracted, so the result is as accurate as the values. A second derivative moves its second
name along another imaginary unit (`multicomplex`). At a kink the real part decides, as the rules do.

Source: Squire, Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40 (1998)
110-112.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chainrule.expr.nodes import Derivative, Equation, Expr, Kind, Ref
from chainrule.numbers.environment import SCALARS, Entry, Environment, Letters, Setting, definition_of, place_of
from chainrule.numbers.evaluate import STEP, drive, visit
from chainrule.numbers.guards import lifted
from chainrule.numbers.kinds import COMPLEXES, Complexes
from chainrule.numbers.multicomplex import Moved, part, unit


def complex_step(
    equations: Iterable[Equation],
    goal: Expr | str,
    wrt: Ref | str,
    values: Mapping[str, Any],
    *,
    kind: Kind = "total",
    setting: Setting = SCALARS,
    letters: Letters | None = None,
) -> float:
    """The derivative of a goal by one named number, at a point.

    "total" moves the number, given or defined, and lets everything defined by way of it follow. "partial" moves it in
    the right-hand side of the goal's own equation alone (or in the goal itself, if that is an expression): every other
    name keeps its value. Indices of ``wrt`` and free letters of the goal are bound by ``letters``.

    >>> from chainrule.expr.nodes import Call, Mul
    >>> forward = (Equation(Ref("z"), Mul((Ref("w"), Ref("x")))), Equation(Ref("y"), Mul((Ref("z"), Ref("w")))))
    >>> point = {"w": 3.0, "x": 2.0}
    >>> complex_step(forward, "y", "w", point), complex_step(forward, "y", "w", point, kind="partial")
    (12.0, 6.0)
    """
    of = Ref(goal) if isinstance(goal, str) else goal
    node = Derivative(of, (Ref(wrt) if isinstance(wrt, str) else wrt,), kind)
    return derivative(node, tuple(equations), values, setting=setting, letters=letters)


def derivative(
    node: Derivative,
    equations: tuple[Equation, ...],
    values: Mapping[str, Any],
    *,
    setting: Setting = SCALARS,
    letters: Letters | None = None,
    made: Callable[[int], None] = lambda numbers: None,
) -> float:
    """The number that an inert derivative names; with two names in ``wrt``, the second derivative.

    ``made`` is told how many numbers were computed for it.

    To be given to `evaluate.evaluate`: ``derivative=lambda node, letters: derivative(node, equations, values, …)``.

    >>> from chainrule.expr.nodes import Pow, number
    >>> cube = (Equation(Ref("y"), Pow(Ref("w"), number(3))),)
    >>> derivative(Derivative(Ref("y"), (Ref("w"), Ref("w"))), cube, {"w": 2.0})
    12.0
    """
    bound = letters or {}
    nudges: dict[Entry, Moved] = {}
    for level, name in enumerate(node.wrt, 1):
        moved = name.name, tuple(place_of(index, bound) for index in name.indices)
        nudges[moved] = nudges.get(moved, 0j) + unit(level, STEP)
    order = len(node.wrt)
    kind: Complexes = COMPLEXES if order == 1 else Complexes(order)
    changes = nudges if node.kind == "total" else {}
    environment: Environment[Moved] = Environment(kind, values, setting, equations, None, changes)
    body = node.of
    if node.kind == "partial":
        if isinstance(body, Ref) and body.name not in values:
            place = tuple(place_of(index, bound) for index in body.indices)
            equation, bound = definition_of(environment, (body.name, place))
            body = equation.body
        drive(visit(environment, lifted(body), bound, {}))  # now every name that the body reads is known, and stays
        made(len(environment.known))
        known = {name: value + nudges.get(name, 0j) for name, value in environment.known.items()}
        environment = Environment(kind, values, setting, equations, None, known=known)
    value = drive(visit(environment, lifted(body), bound, {}))
    made(len(environment.known))
    return part(value, order) / STEP**order
