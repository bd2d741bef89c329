"""A model → the equations a line is judged on: every letter written, calls opened, inner arguments named where asked.

Conventions. A text for one pattern has the hidden letter as the first index of all that varies. ``mean#`` is the
goal's value over the patterns, ``step#`` the same over one of them alone, as in a step on it; ``one#`` weighs the
entries of what is differentiated: at a place it is 1 for the entry in question, so that one system of adjoints serves
each pattern alone and their mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import cast

from chainrule.derive.judge.deltas import NET, with_net
from chainrule.derive.work import Work
from chainrule.expr.nodes import Derivative, Equation, Expr, Reduce, Ref, Size, index, key, places
from chainrule.expr.walk import nodes, rename_letters, transform
from chainrule.gradient.recognise import written_out
from chainrule.gradient.reverse import closure
from chainrule.gradient.slopes import Slopes
from chainrule.model.explicit import functions as functions_of
from chainrule.model.explicit import letters as letters_of
from chainrule.model.explicit import unwritten, written
from chainrule.model.letters import base
from chainrule.model.model import HIDDEN, Definition, Model
from chainrule.numbers.environment import Setting
from chainrule.values import dataclass

MEAN, STEP, ONE = "mean#", "step#", "one#"


@dataclass(frozen=True, slots=True)
class ExplicitModel:
    """The equations of a model, explicit; the letters of each name; its functions, explicit too."""

    model: Model
    equations: tuple[Equation, ...]
    letters: Mapping[str, tuple[str, ...]]
    functions: Mapping[str, Definition]
    step: str | None = None  # what a step on one pattern lowers: ``step#``, or the error if the goal is its mean
    forward: tuple[Equation, ...] = ()  # those equations for the goal that no derivative has to be known for
    work: Work = field(default_factory=lambda: Work(limit="judging"), compare=False, repr=False)
    search: Work = field(default_factory=lambda: Work(limit="slips"), compare=False, repr=False)

    @property
    def pattern(self) -> str:
        """The letter of the patterns: the text's, or the hidden one."""
        return self.model.pattern

    @property
    def rate(self) -> str:
        """The name of the rate."""
        return self.model.rate or "alpha"

    def written(self, expr: Expr) -> Expr:
        """An expression of the model with the letter of the patterns."""
        return written(expr, self.pattern, with_hidden(self.letters))

    def setting(self, ranges: Mapping[str, range]) -> Setting:
        return Setting(dict(ranges), dict(self.letters), self.functions, self.pattern)


def with_hidden(letters: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The names that have the hidden letter."""
    return frozenset(name for name, own in letters.items() if own[:1] == (HIDDEN,))


def explicit_model(model: Model, nets: tuple[str, ...] = ()) -> ExplicitModel:
    """The equations of a model as a line is judged on them."""
    letters = {name: letters_of(model, quantity) for name, quantity in model.quantities.items()}
    letters |= {NET + name: letters[name] for name in nets} | {MEAN: ()}
    if model.goal.name not in letters:
        letters[model.goal.name] = ()
    functions, pattern, names = functions_of(model), model.pattern, with_hidden(letters)
    slopes = Slopes(functions)
    found: list[Equation] = []
    for equation in model.equations:
        target = cast(Ref, written(equation.target, pattern, names))
        body = written(written_out(equation.body, model.functions)[0], pattern, names)
        name = key(equation.target)
        own = Equation(target, body, where=equation.where)
        whole = replace(own, body=slopes.opened(body))
        apart = (with_net(whole, name) or with_net(own, name)) if name in nets else None
        found += [replace(one, body=slopes.opened(one.body)) for one in apart or (whole,)]
    value = slopes.opened(written(model.goal.value, pattern, names))
    found.append(Equation(Ref(MEAN), value))
    if model.goal.name not in model.quantities:
        found.append(Equation(Ref(model.goal.name), Ref(MEAN)))
    single = alone(value, found, letters, pattern)
    step = None
    if single is not None:
        here = (index(pattern),)
        plain_goal = model.goal.each is not None and single == Ref(model.goal.each, here)
        step = model.goal.each if plain_goal else STEP
        if not plain_goal:
            letters[STEP] = (pattern,)
            found.append(Equation(Ref(STEP, here), single))
    goals = {MEAN, STEP, model.goal.name, *((model.goal.each,) if model.goal.each else ())}
    return ExplicitModel(model, tuple(found), letters, functions, step, forward(found, goals))


def forward(equations: Sequence[Equation], goals: set[str]) -> tuple[Equation, ...]:
    """The equations of what the goals read that can be computed without a derivative: those that read none, by way of
    others neither. What no goal reads may have no value anywhere."""
    inside: dict[str, set[str]] = {}
    late: set[str] = set()
    for line in equations:
        name, found = key(line.target), list(nodes(line.body))
        inside.setdefault(name, set()).update(node.name for node in found if isinstance(node, Ref))
        if any(isinstance(node, Derivative) for node in found):
            late.add(name)
    users: dict[str, set[str]] = {}
    for name, read in inside.items():
        for one in read:
            users.setdefault(one, set()).add(name)
    late |= closure(late, users)
    wanted = goals | closure(goals, inside)
    return tuple(line for line in equations if key(line.target) in wanted - late)


def alone(
    goal: Expr, equations: Sequence[Equation], letters: Mapping[str, tuple[str, ...]], pattern: str
) -> Expr | None:
    """The goal over one pattern alone, where every mean or sum over the patterns is its one term.

    None where it has no such term, or where a quantity of one pattern reads what all of them give.
    """

    def reduces(expr: Expr) -> bool:
        return any(isinstance(node, Reduce) and pattern in map(base, node.letters) for node in nodes(expr))

    if any(reduces(line.body) for line in equations if pattern in letters.get(key(line.target), ())):
        return None
    scalars = {key(line.target): line.body for line in equations if not places(line.target)}
    found = False

    def change(node: Expr) -> Expr:
        nonlocal found
        match node:
            case Ref(name, ()) if name in scalars and reduces(scalars[name]):
                return transform(scalars[name], change)
            case Reduce(_, bound, body) if len(bound) == 1 and base(bound[0]) == pattern:
                found = True
                return rename_letters(body, {bound[0]: index(pattern)})
            case _:
                return node

    whole = transform(goal, change)
    counted = any(isinstance(node, Size) and base(node.letter) == pattern for node in nodes(whole))
    return whole if found and not counted and not reduces(whole) else None


def typable(expr: Expr) -> Expr:
    """An expression as it can be typed: without the hidden letter, and the goal by that name."""
    named = transform(expr, lambda node: replace(node, name="goal") if node == Ref(MEAN) else node)
    return unwritten(named, HIDDEN)
