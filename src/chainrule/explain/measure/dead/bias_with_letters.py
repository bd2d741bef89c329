"""A network with letters that has dead patterns → the same network with a bias in one of its sums, trained.

A pattern is dead where all that weights are multiplied with is 0. Such a sum is looked for in the user's own text and
written with a bias of the right letters: ``h[k] = tanh(Σ_i W[k,i]·x[i] + b[k])``. The new text is read, trained over
all patterns from b = 0, and its dead patterns are looked for again; a bias that does not help is not told of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chainrule import notation
from chainrule.data import Patterns
from chainrule.engines.protocol import Array
from chainrule.engines.reference import REFERENCE
from chainrule.errors import ChainruleError
from chainrule.explain.evaluate.equations_with_letters import table
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.dead.zero_data import dead_patterns
from chainrule.explain.measure.finding import aside
from chainrule.explain.measure.trials import descend
from chainrule.explain.naming import Pattern, tuple_of
from chainrule.expr.nodes import Add, Div, Equation, Expr, Index, Mul, Neg, Reduce, Ref, number
from chainrule.expr.walk import children, transform
from chainrule.model import build
from chainrule.notation.statements import Declaration, Declare, Define, Given, Text
from chainrule.program.lower import lower
from chainrule.train.train import train
from chainrule.values import dataclass

STEPS = 200
WORK = 150_000_000
"""Weights times patterns times steps that are tried at most, over all rates."""
PLACES = 3
"""Sums that are tried at most."""
RATES = (1.0, 4.0, 16.0, 64.0)


@dataclass(frozen=True, slots=True)
class BiasPlace:
    """A sum of a weight times zeros in an equation of the text, and the letters that a bias beside it has."""

    line: Define
    sum: Expr
    letters: tuple[tuple[str, Index], ...]  # as the bias declares it, and what stands there in the equation


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """A bias with which dead patterns learn: its line and declaration, the text with them, the errors of the dead
    ``rows`` before and after so many steps with a rate, how many are better, and how many of them are still dead."""

    line: str
    declared: str
    text: str
    rows: tuple[int, ...]
    steps: int
    rate: float
    errors_before: tuple[float, ...]
    errors_after: tuple[float, ...]
    better: int
    still_dead: int
    worst: Pattern = aside()
    """the one with the worst error after"""
    worst_error: float = aside()


def cure(context: Context, rows: NDArray[np.int64]) -> Cure | None:
    """The first place for a bias that lets dead patterns learn; None where there is none, or nothing to learn."""
    each = context.model.goal.each
    if each is None or not len(rows):
        return None
    before = errors(context, context.start)[rows]
    if not (np.isfinite(before).all() and before.any()):
        return None
    row = int(rows[np.argmax(np.abs(before))])
    for place in list(dict.fromkeys(places(context, row)))[:PLACES]:
        found = tried(context, place, rows, before)
        if found is not None:
            return found
    return None


def errors(context: Context, theta: Array) -> Array:
    """The error of each pattern."""
    found = context.evaluator.values(theta[None, :])[context.model.goal.each or ""]
    return np.asarray(np.broadcast_to(found, (1, context.patterns))[0])


def places(context: Context, row: int) -> Iterator[BiasPlace]:
    """The sums of a weight times what is 0 for a pattern whatever the weights are, in the order of the text."""
    grid = context.evaluator.knowing(np.array([[row]], dtype=np.int64))
    nothing = {name for name in grid.known if not table(grid, name, context.program.pattern).any()}
    declared = {symbol.name: symbol.letters for symbol in context.trained}
    for line in context.model.text.statements:
        if not isinstance(line, Define):
            continue
        for product, whole, bound in products(line.equation.body):
            names = [part for factor in product.args for part in alone(factor)]
            weight = next((part for part in names if part.name in declared), None)
            if weight is None or not any(part.name in nothing for part in names):
                continue
            pairs = zip(declared[weight.name], weight.indices, strict=True)
            free = ((letter, at) for letter, at in pairs if not any(term in bound for term, _ in at.terms))
            yield BiasPlace(line, whole, tuple(free))


def products(body: Expr) -> Iterator[tuple[Mul, Expr, frozenset[str]]]:
    """Each product with the whole sum that it is a term of, and the letters of that sum."""
    todo: list[tuple[Expr, Expr | None, frozenset[str]]] = [(body, None, frozenset())]
    while todo:
        node, whole, bound = todo.pop()
        match node:
            case Reduce("sum", letters) if letters:
                whole, bound = whole or node, bound | set(letters)
            case Reduce():
                continue  # over the patterns, or no sum
            case Mul():
                yield node, whole or node, bound
            case Add() | Neg() | Div():
                pass
            case _:
                whole, bound = None, frozenset()
        todo += [(inside, whole, bound) for inside in reversed(children(node))]


def alone(factor: Expr) -> tuple[Ref, ...]:
    """The name that a factor is, or is but for a sign or a divisor."""
    match factor:
        case Ref():
            return (factor,)
        case Neg(inside) | Div(inside):
            return alone(inside)
    return ()


def tried(context: Context, place: BiasPlace, rows: NDArray[np.int64], before: Array) -> Cure | None:
    """The network with a bias there, trained; None where none of the dead patterns is better for it."""
    text, line, declared = text_with_bias(context, place)
    other = with_text(context, text)
    if other is None:
        return None
    steps = min(STEPS, WORK // (len(RATES) * len(other.names) * other.patterns))
    if steps < 1:
        return None
    sense, best = context.sense, None
    for trial in descend(other, other.start, context.trial_rate * np.array(RATES), steps):
        after = errors(other, trial.point)[rows]
        if np.isfinite(after).all() and (best is None or (sense * after).sum() < (sense * best[1]).sum()):
            best = trial, after
    if best is None:
        return None
    better = sense * (best[1] - before) < -0.1 * np.abs(before)
    left = len(np.intersect1d(dead_patterns(other), rows))
    if not better.any() or left == len(rows):
        return None
    trial, after = best
    worst = int(np.argmax(sense * after))
    return Cure(
        line=line, declared=declared, text=notation.show_text(text), rows=tuple(map(int, rows)), steps=trial.steps,
        rate=trial.rate, errors_before=tuple_of(before), errors_after=tuple_of(after), better=int(better.sum()),
        still_dead=left, worst=context.pattern_at(int(rows[worst])), worst_error=float(after[worst]),
    )  # fmt: skip


def text_with_bias(context: Context, place: BiasPlace) -> tuple[Text, str, str]:
    """The text with a bias beside the sum, its line, and the declaration of the bias."""
    model = context.model
    taken = {*model.quantities, *model.functions, *(letter for group in model.sets for letter in group.letters)}
    free = ("b", "bias", *(f"b{place}" for place in range(len(taken) + 1)))
    name = next(name for name in free if name not in taken)
    bias = Ref(name, tuple(at for _, at in place.letters))

    def beside(node: Expr) -> Expr:
        if node == place.sum:
            return Add((node, bias))
        if isinstance(node, Add) and Add((place.sum, bias)) in node.args:  # it stands last, as one writes it
            return Add((*(place.sum if term == Add((place.sum, bias)) else term for term in node.args), bias))
        return node

    line = place.line.equation
    new = Define(Equation(line.target, transform(line.body, beside)))
    declared = Declare("weight", (Declaration(name, tuple(at for at, _ in place.letters), start=Given(number(0))),))
    at = model.text.statements.index(place.line)
    statements = (*model.text.statements[:at], declared, new, *model.text.statements[at + 1 :])
    text = replace(model.text, statements=statements)
    return text, notation.show_statement(new), notation.show_statement(declared)


def with_text(context: Context, text: Text) -> Context | None:
    """The same patterns and starts with the new text, before any step."""
    recipe, held = context.run.recipe, context.program.held
    try:
        model = build(notation.parse(notation.show_text(text)))
        program = lower(model, hold=held)
    except ChainruleError:  # such as a text that writes the rule of each weight
        return None
    old = context.arrays(context.start) | {name: np.asarray(context.run.weights[name]) for name in held}
    sizes = {letter: len(recipe.ranges[group]) for letter, group in program.sets.items() if group in recipe.ranges}
    shapes = {symbol.name: tuple(sizes[letter] for letter in symbol.letters) for symbol in program.weights}
    start = {name: old.get(name, np.zeros(shape)) for name, shape in shapes.items()}
    patterns = Patterns(recipe.values, recipe.ranges, context.patterns, recipe.origin)
    return Context(train(model, program, REFERENCE, patterns, start=start, steps=0))
