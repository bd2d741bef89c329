"""Equations → the equations of the adjoints ∂goal/∂v: one pass backward, each a line of the same language.

Conventions. Every letter is explicit, also that of the patterns. The left side of an adjoint is the total derivative
that it is, and so is every adjoint read on a right-hand side. An adjoint adds one term for each place where its
quantity is read (the total derivative); a quantity that reads itself at a shifted letter, a recurrence, is one of its
own readers. Users come before makers, then the wanted quantities in their order.

Source: Griewank, Walther, Evaluating Derivatives, SIAM 2008, §3.2 (the reverse mode); for letters see `solve`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import cast

from chainrule.expr.limits import placed
from chainrule.expr.nodes import Add, Derivative, Equation, Expr, Index, Neg, Reduce, Ref, index, key
from chainrule.expr.walk import rename_index, rename_letters
from chainrule.gradient.letters import supply
from chainrule.gradient.occurrences import ZERO, Occurrence, occurrences, product
from chainrule.gradient.ranges import Ranges
from chainrule.gradient.reads import Functions, reads
from chainrule.gradient.simplify import Simplifier
from chainrule.gradient.slopes import Slopes
from chainrule.gradient.solve import solve
from chainrule.model.model import LetterSet
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """A quantity where an equation reads it; letters of the equation are machine letters here."""

    user: Ref | Derivative
    letters: tuple[str, ...]  # of the user's left side
    occurrence: Occurrence
    where: tuple[Expr, ...] = ()  # the entries that the equation defines


def reverse(
    equations: Iterable[Equation],
    goal: str,
    wanted: Mapping[str, tuple[str, ...]],
    functions: Functions = MappingProxyType({}),
    sets: Iterable[LetterSet] = (),
) -> tuple[Equation, ...]:
    """The adjoints of every quantity between the wanted ones and the goal, then of the wanted ones (0 without a path).

    ``wanted`` maps a name to the letters it is declared with. ``sets`` are the sets of letters: with their bounds,
    brackets that always hold are left out.

    >>> from chainrule.notation import parse_equation, show
    >>> forward = [parse_equation("y_hat = sigmoid(w*x)", quantities=("w", "x", "y_hat")),
    ...            parse_equation("E = 1/2*(y_hat - y)^2", quantities=("y_hat", "y", "E"))]
    >>> for adjoint in reverse(forward, "E", {"w": ()}):
    ...     print(key(adjoint.target), "=", show(adjoint.body, ascii=True))
    ∂E/∂y_hat = y_hat - y
    ∂E/∂w = d(E)/d(y_hat)*x*(1 - y_hat)*y_hat
    """
    known = tuple(equations)
    ranges = Ranges(tuple(sets))
    active = between(known, goal, wanted, functions)
    readings = readings_of(known, active, functions)
    simplify = Simplifier(ranges, known)
    adjoints, done = [], set()
    forms = [(*form_of(line.target), line.where) for line in reversed(known) if key(line.target) in active]
    forms += [(name, tuple(map(index, letters)), ()) for name, letters in wanted.items()]
    for name, position, where in forms:
        if name == goal or (name, position) in done:
            continue
        done.add((name, position))
        terms = [
            term
            for reading in readings.get(name, ())
            if (term := contribution(reading, goal, position, ranges)) is not None
        ]
        body: Expr = Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO
        adjoints.append(Equation(adjoint_of(goal, name, position), simplify(body), where=where))
    return tuple(adjoints)


def form_of(target: Ref | Derivative) -> tuple[str, tuple[Index, ...]]:
    """The key of a left side and its indices."""
    return key(target), (target if isinstance(target, Ref) else target.wrt[0]).indices


def adjoint_of(goal: str, name: str, position: tuple[Index, ...]) -> Derivative:
    """The name of an adjoint."""
    return Derivative(Ref(goal), (Ref(name, position),), "total")


def between(equations: tuple[Equation, ...], goal: str, wanted: Iterable[str], functions: Functions) -> frozenset[str]:
    """The keys that depend on something wanted and that the goal depends on."""
    users: dict[str, set[str]] = {}
    makers: dict[str, set[str]] = {}
    for equation in equations:
        made = key(equation.target)
        for name in reads(equation.body, functions):
            users.setdefault(name, set()).add(made)
            makers.setdefault(made, set()).add(name)
    return frozenset(closure(wanted, users) & closure((goal,), makers))


def closure(start: Iterable[str], following: Mapping[str, set[str]]) -> set[str]:
    """Everything reached from the start."""
    found, todo = set(start), list(start)
    while todo:
        for name in following.get(todo.pop(), ()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


def readings_of(
    equations: tuple[Equation, ...], active: frozenset[str], functions: Functions
) -> dict[str, list[Use]]:
    """Every reading of an active quantity in an equation of an active one, by the key of what is read."""
    fresh = supply()
    slopes = Slopes(functions, fresh)
    found: dict[str, list[Use]] = {}
    for equation in equations:
        if key(equation.target) not in active:
            continue
        own = {letter: fresh(letter) for letter in equation.letters}
        meaning = {letter: index(other) for letter, other in own.items()}
        target = cast(Ref | Derivative, rename_letters(equation.target, meaning))
        with placed(None, equation.span):
            body = rename_letters(slopes.opened(equation.body), meaning)
            found_here = occurrences(body, active.__contains__, fresh, target, slopes.slope)
        where = tuple(rename_letters(test, meaning) for test in equation.where)
        for one in found_here:
            found.setdefault(one.name, []).append(Use(target, tuple(own.values()), one, where))
    return found


def contribution(reading: Use, goal: str, position: tuple[Index, ...], ranges: Ranges) -> Expr | None:
    """What one reading adds to the adjoint of what it reads; None where their letters never meet."""
    one = reading.occurrence
    solution = solve(one.at.indices, position, reading.letters, one.opened, ranges)
    if solution is None:
        return None
    where = [rename_letters(test, solution.meaning) for test in reading.where]
    if any(ranges.holds(test) is False for test in where):
        return None
    guards = (*solution.guards, *(test for test in where if ranges.holds(test) is None))
    name, indices = form_of(reading.user)
    upstream: tuple[Expr, ...] = ()
    if name != goal:
        upstream = (adjoint_of(goal, name, tuple(rename_index(place, solution.meaning) for place in indices)),)
    factors = tuple(rename_letters(factor, solution.meaning) for factor in one.factors)
    term = product((*guards, *upstream, *factors))
    if solution.left:
        term = Reduce("sum", solution.left, term)
    return Neg(term) if one.negative else term
