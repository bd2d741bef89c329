"""Equations → the equations of how they change along a direction: forward mode, applied to adjoints for second order.

Conventions. The change of a quantity u with a weight v has the name that it is, ∂u/∂v, and that of an adjoint ∂E/∂u is
∂²E/∂u∂v. Along a direction given by names (one number for each entry of each weight) the changes have names of their
own, ``R.u``: applied to a model and its adjoints, ``R.∂E/∂W`` is the product of the Hessian with the direction.

Source: Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6 (1994) 147-160.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import cast

from chainrule.errors import BrokenPass
from chainrule.expr.nodes import Add, Derivative, Equation, Expr, Neg, Reduce, Ref, key
from chainrule.expr.walk import nodes, transform
from chainrule.gradient.letters import supply
from chainrule.gradient.occurrences import ONE, ZERO, occurrences, product
from chainrule.gradient.ranges import Ranges
from chainrule.gradient.reads import Functions, reads
from chainrule.gradient.reverse import closure
from chainrule.gradient.simplify import Simplifier, simplify
from chainrule.gradient.slopes import Slopes
from chainrule.model.model import LetterSet

Target = Ref | Derivative
NO_FUNCTIONS: Functions = MappingProxyType({})


def second(
    equations: Iterable[Equation],
    adjoints: Iterable[Equation],
    goal: str,
    wanted: Iterable[str],
    functions: Functions = NO_FUNCTIONS,
) -> tuple[Equation, ...]:
    """The equations of every second derivative ∂²goal/∂w∂v of the wanted names, none of which has letters.

    ``adjoints`` are those that `reverse` gives for the same goal and names. A second derivative without a path is 0.

    >>> from chainrule.gradient.reverse import reverse
    >>> from chainrule.notation import parse_equation, show
    >>> known = [parse_equation("z = w^2", quantities=("w", "z")), parse_equation("E = z^2", quantities=("z", "E"))]
    >>> for found in second(known, reverse(known, "E", {"w": ()}), "E", ["w"]):
    ...     print(key(found.target), "=", show(found.body, ascii=True))
    ∂z/∂w = 2*w
    ∂²E/∂z∂w = 2*d(z)/d(w)
    ∂²E/∂w∂w = 2*w*d(E)/d(z, w) + 2*d(E)/d(z)
    """
    names, known = tuple(wanted), (*equations, *adjoints)
    found: list[Equation] = []
    for name in names:
        direction = Ref(name)

        def named(target: Target, direction: Ref = direction) -> Target:
            if isinstance(target, Ref):
                return Derivative(target, (direction,), "total")
            return Derivative(target.of, (*target.wrt, direction), "total")

        made = tangents(known, {name: lambda _: ONE}, named, functions)
        targets = [Derivative(Ref(goal), (Ref(other), direction), "total") for other in names]
        have = {equation.target for equation in made}
        made += tuple(Equation(target, ZERO) for target in targets if target not in have)
        found.extend(only(made, {key(target) for target in targets}))
    return tuple(found)


def changes_along(
    equations: Iterable[Equation],
    directions: Mapping[str, str],
    functions: Functions = NO_FUNCTIONS,
    sets: Iterable[LetterSet] = (),
) -> tuple[Equation, ...]:
    """The change of everything along a direction: ``directions`` maps a weight to the name of its direction.

    Given a model with its adjoints, the changes of the adjoints of the weights are the Hessian times the direction.

    >>> from chainrule.notation import parse_equation, show
    >>> [line] = changes_along([parse_equation("z = w*x", quantities=("w", "x", "z"))], {"w": "r"})
    >>> print(line.target.name, "=", show(line.body, ascii=True))
    R.z = x*r
    """

    def named(target: Target) -> Target:
        indices = target.indices if isinstance(target, Ref) else target.wrt[0].indices
        return Ref(f"R.{key(target)}", indices)

    seeds = {name: along_name(direction) for name, direction in directions.items()}
    return tangents(equations, seeds, named, functions, sets)


def along_name(direction: str) -> Callable[[Ref], Expr]:
    return lambda at: Ref(direction, at.indices)


def tangents(
    equations: Iterable[Equation],
    seeds: Mapping[str, Callable[[Ref], Expr]],
    named: Callable[[Target], Target],
    functions: Functions = NO_FUNCTIONS,
    sets: Iterable[LetterSet] = (),
) -> tuple[Equation, ...]:
    """How each quantity changes that depends on a seed: the sum over its readings of slope times change.

    ``seeds`` gives the change of a quantity where it is read, ``named`` the name of the change of any other.
    """
    known = tuple(equations)
    users: dict[str, set[str]] = {}
    for equation in known:
        for name in reads(equation.body, functions):
            users.setdefault(name, set()).add(key(equation.target))
    moving = closure(seeds, users)
    forms = {key(equation.target): equation.target for equation in known}
    fresh = supply()
    slopes, simplified = Slopes(functions, fresh), Simplifier(Ranges(tuple(sets)), equations)
    found: list[Equation] = []
    for equation in known:
        if key(equation.target) not in moving or key(equation.target) in seeds:
            continue
        terms: list[Expr] = []
        body = slopes.opened(equation.body)
        for one in occurrences(body, moving.__contains__, fresh, equation.target, slopes.slope):
            change = seeds[one.name](one.at) if one.name in seeds else named(placed(forms[one.name], one.at))
            term = product((*one.factors, change) if change != ONE else one.factors)
            term = Reduce("sum", one.opened, term) if one.opened else term
            terms.append(Neg(term) if one.negative else term)
        # 0 where it only goes through a step, such as a sign: others read it all the same
        total: Expr = Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO
        found.append(Equation(named(equation.target), simplified(total), where=equation.where))
    return tuple(found)


def placed(target: Target, at: Ref) -> Target:
    """A left side with the indices with which it is read."""
    return at if isinstance(target, Ref) else cast(Target, Derivative(target.of, (at, *target.wrt[1:]), target.kind))


def only(equations: tuple[Equation, ...], wanted: set[str]) -> tuple[Equation, ...]:
    """The equations that the wanted ones need."""
    makers: dict[str, set[str]] = {}
    for equation in equations:
        makers.setdefault(key(equation.target), set()).update(reads(equation.body, NO_FUNCTIONS))
    needed = closure(wanted, makers)
    return tuple(equation for equation in equations if key(equation.target) in needed)


def closed(equations: Iterable[Equation], target: Target) -> Expr:
    """The right-hand side of an equation with every derivative that has one put in: what remains are quantities.

    >>> from chainrule.gradient.reverse import reverse
    >>> from chainrule.notation import parse_equation, show
    >>> known = [parse_equation("E = w^3", quantities=("w", "E"))]
    >>> adjoints = reverse(known, "E", {"w": ()})
    >>> target = Derivative(Ref("E"), (Ref("w"), Ref("w")))
    >>> show(closed((*adjoints, *second(known, adjoints, "E", ["w"])), target), ascii=True)
    '6*w'
    """
    bodies = {equation.target: equation.body for equation in equations if isinstance(equation.target, Derivative)}
    if target not in bodies:
        raise BrokenPass("forward mode", f"no equation gives {key(target)}")
    expr: Expr = target
    while any(node in bodies for node in nodes(expr) if isinstance(node, Derivative)):
        expr = transform(expr, lambda node: bodies.get(node, node) if isinstance(node, Derivative) else node)
    return simplify(expr)
