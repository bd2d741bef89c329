"""A network with letters and a name → the derivation of the derivative of its goal by that name, every line checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import cast

from chainrule.derive.check import Checker
from chainrule.derive.derivation import Derivation, Reason, Step, reworded
from chainrule.derive.index.aliases import aliases
from chainrule.derive.index.delta_equations import brief, substituted
from chainrule.derive.index.ground import facts, ground
from chainrule.derive.index.network import Network, network
from chainrule.derive.index.route import AdjointLine, Route
from chainrule.expr.nodes import Derivative, Equation, Expr, Ref, index
from chainrule.gradient.occurrences import ONE
from chainrule.model.model import Model


def indexed(
    model: Model,
    equations: tuple[Equation, ...],
    of: str,
    wrt: str,
    detail: str,
    seed: int,
    notes: tuple[Reason, ...],
    substitute: Collection[str] = (),
    matrix: bool = False,
) -> Derivation:
    """The derivation by route K; ``equations`` are those that ``of`` depends on.

    ``normal``: for each quantity from the goal to ``wrt`` the chain rule, the local derivatives, the collapsed sums;
    ``full``: with the rules inside each local derivative; ``brief``: the δ equations; ``substituted``: the adjoint of
    ``wrt`` with others put in, all of them or those of the names in ``substitute``. ``matrix`` adds the matrix form of
    each adjoint, or the reason why there is none; in ``brief`` those that there are stand anyway.
    """
    net = network(model, equations, of)
    checker = Checker(ground(net, seed))
    route = Route(net, wrt, facts(net, checker.ground))
    names = aliases(net, route.folding.pre_activations(route.adjoints)) if detail == "brief" else {}
    if of == wrt:
        itself = Derivative(Ref(of), (Ref(of),))
        steps: Iterator[Step] = iter([step(net, checker, itself, itself, AdjointLine(ONE, (Reason("itself"),)))])
    elif detail == "brief":
        steps = (in_matrices(net, step(net, checker, *rest), rest, matrix) for rest in brief(route, names))
    elif detail == "substituted":
        steps = (step(net, checker, *rest) for rest in substituted(route, substitute))
    else:
        steps = long(route, checker, detail == "full", matrix)
    goal = net.printed(Derivative(Ref(of), (Ref(wrt, tuple(map(index, net.letters[wrt]))),)))
    return Derivation(model, goal, detail, tuple(steps), notes, names)


def in_matrices(net: Network, made: Step, line: tuple[Derivative, Expr, AdjointLine], reasons: bool) -> Step:
    """A line with its matrix forms beside it."""
    from chainrule.derive.index.matrices import beside  # a network of plain numbers has no matrices

    return replace(made, matrix=beside(net, line[0], line[2].state, reasons))


def long(route: Route, checker: Checker, full: bool, matrix: bool) -> Iterator[Step]:
    """Every line of every adjoint."""
    for adjoint in route.adjoints:
        target = cast(Derivative, adjoint.target)
        before: Expr = target
        lines = tuple(route.lines(adjoint))
        for place, line in enumerate(lines, 1):
            sub = tuple(inside(route, checker, line)) if full else ()
            made = step(route.network, checker, target, before, line, sub)
            last = place == len(lines)
            yield in_matrices(route.network, made, (target, before, line), True) if matrix and last else made
            before = line.state


def inside(route: Route, checker: Checker, line: AdjointLine) -> Iterator[Step]:
    """The sub-steps of the local derivatives of a line."""
    for start, value, where in line.local:
        if isinstance(start.of, Ref):
            continue  # nothing to do by steps
        state: Expr = start
        for after, reasons in route.local.steps(start, value):
            yield step(route.network, checker, start, state, AdjointLine(after, reasons), level=2, where=where)
            state = after


def step(
    net: Network,
    checker: Checker,
    left: Derivative,
    before: Expr,
    line: AdjointLine,
    sub: tuple[Step, ...] = (),
    level: int = 1,
    where: tuple[Expr, ...] = (),
) -> Step:
    """A line as it is printed, checked where it holds."""
    check = checker.line(left, line.state, where)
    reasons = reasons_as_printed(net, line.reasons)
    return Step(net.printed(left), net.printed(before), net.printed(line.state), reasons, check, sub, level)


def reasons_as_printed(net: Network, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Reasons that speak of expressions as they are printed."""

    def change(param: Expr) -> Expr:
        return net.printed(param) if not isinstance(param, Ref) or param.indices else param

    return reasons if net.pattern is None else tuple(reworded(one, change) for one in reasons)
