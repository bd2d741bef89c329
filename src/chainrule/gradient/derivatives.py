"""Equations that read derivatives → equations that read quantities: each derivative is given by equations of its own.

Conventions. The derivative of f by the weight x is the quantity ``∂_x.f``, with the letters of f, so it has one value a
pattern where f has, and after them a letter for each of x; the second derivative by x, then y, is ``∂_y.∂_x.f``. They
are made in forward mode, and being ordinary equations they can be differentiated again where the goal depends on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from chainrule.errors import ModelError
from chainrule.expr.nodes import At, Bracket, Derivative, Equation, Expr, Index, Ref, index, key, number
from chainrule.expr.walk import nodes, transform
from chainrule.gradient.forward import only, tangents
from chainrule.gradient.occurrences import ONE, product
from chainrule.gradient.reads import Functions, reads
from chainrule.gradient.reverse import closure
from chainrule.model.letters import every, fresh, unprimed
from chainrule.model.model import LetterSet, Model, Quantity
from chainrule.notation.names import pretty


def written_out(model: Model, equations: Iterable[Equation], functions: Functions) -> tuple[Equation, ...]:
    """The equations, with those of the derivatives they read before them; a derivative without a path is 0.

    Raises ModelError E302 where a derivative is read before the quantity is defined.
    """
    lines, done = tuple(equations), list[Equation]()
    if not derivatives(lines):
        return lines
    known: set[str] = set()
    makers: dict[str, set[str]] = {}
    for line in lines:
        makers.setdefault(key(line.target), set()).update(reads(line.body, functions))
    for place, line in enumerate(lines):
        for node in derivatives((line,)):
            of = node.of.name if isinstance(node.of, Ref) else ""
            if closure((of,), makers) & {key(later.target) for later in lines[place:]}:
                raise ModelError(
                    "E302",
                    f"the derivative of {pretty(of)} is read before {pretty(of)} is defined",
                    "put the equation that reads it below; a recurrence cannot read its own derivatives",
                    model.source,
                    node.span,
                )
            weights = [model.quantities[one.name] for one in node.wrt]
            new = given(done, of, weights, functions, model.sets)
            done += [one for one in new if key(one.target) not in known]
            known |= {key(one.target) for one in new}
        done.append(replace(line, body=transform(line.body, partial(in_place, known=known))))
        known.add(key(line.target))
    return tuple(done)


def derivatives(equations: Iterable[Equation]) -> tuple[Derivative, ...]:
    """The derivatives that equations read, each once."""
    found = (node for line in equations for node in nodes(line.body) if isinstance(node, Derivative))
    return tuple(dict.fromkeys(found))


def in_place(node: Expr, known: set[str]) -> Expr:
    """What is read in place of a derivative; any other node as it is."""
    if not isinstance(node, Derivative) or not isinstance(node.of, Ref):
        return node
    name = derivative_name(node.of.name, [weight.name for weight in node.wrt])
    return Ref(name, (*node.of.indices, *by(node)), node.span) if name in known else number(0)


def by(node: Derivative) -> tuple[Index, ...]:
    """The indices of the weights that a derivative is taken by."""
    return tuple(place for weight in node.wrt for place in weight.indices)


def derivative_name(of: str, wrt: Iterable[str]) -> str:
    """The name of a derivative.

    >>> derivative_name("f", ["x", "y"])
    '∂_y.∂_x.f'
    """
    for weight in wrt:
        of = f"∂_{weight}.{of}"
    return of


def given(
    equations: Iterable[Equation], of: str, wrt: Iterable[Quantity], functions: Functions, sets: Iterable[LetterSet]
) -> tuple[Equation, ...]:
    """The equations of a derivative, by one weight after the other."""
    known = tuple(equations)
    made: tuple[Equation, ...] = ()
    for weight in wrt:
        before = (*known, *made)
        have = {key(line.target) for line in before}  # made for another derivative, maybe with other letters
        new = tuple(line for line in forward(before, weight, functions, sets) if key(line.target) not in have)
        of = f"∂_{weight.name}.{of}"
        made = only((*made, *new), {of})
    return made


def forward(
    equations: Iterable[Equation], weight: Quantity, functions: Functions, sets: Iterable[LetterSet]
) -> tuple[Equation, ...]:
    """How everything changes with a weight, or each entry of it: of a left side u the equation of ``∂_x.u``."""
    known = tuple(equations)
    taken = {letter for line in known for letter in (*line.letters, *every(line.body))}
    own: list[Index] = []
    for letter in weight.letters:
        own.append(index(fresh(unprimed(letter), taken)))
        taken |= {own[-1].letter or ""}
    return tangents(known, {weight.name: entry(tuple(own))}, changed(weight.name, tuple(own)), functions, sets)


def entry(own: tuple[Index, ...]) -> Callable[[Ref], Expr]:
    """How an entry of a weight changes with another: 1 where their indices agree, else 0."""
    return lambda at: product(
        tuple(Bracket("==", At(mine), At(its)) for mine, its in zip(at.indices, own, strict=True)) or (ONE,)
    )


def changed(weight: str, own: tuple[Index, ...]) -> Callable[[Ref | Derivative], Ref | Derivative]:
    """The left side of the change of another left side with a weight."""

    def name(target: Ref | Derivative) -> Ref | Derivative:
        indices = target.indices if isinstance(target, Ref) else target.wrt[0].indices
        return Ref(f"∂_{weight}.{key(target)}", (*indices, *own))

    return name
