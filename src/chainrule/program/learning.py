"""Learning rules of a model → the equations of the phase "update": for each weight its own rule, else the block, else
gradient descent.

The left side is the new value of a weight or state. On the right a weight is its value before the step, and a name that
the block has assigned already is its new value (``v.W'``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from types import MappingProxyType

from chainrule.errors import ModelError
from chainrule.expr.nodes import Derivative, Equation, Expr, Ref
from chainrule.expr.walk import reads, transform
from chainrule.model import explicit
from chainrule.model.model import Model
from chainrule.model.reduced import frozen
from chainrule.notation.names import pretty
from chainrule.notation.statements import Update, UpdateBlock
from chainrule.program.block import Block, entries, entry, meanings, over_all, put, state
from chainrule.program.program import STEP, Symbol
from chainrule.program.update import DEFAULT_RATE, descent, free_name
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """The equations of the phase "update", and what they read beyond the model's own quantities.

    Derivatives in them are of quantities as the text names them; `lower` says what gives each.
    """

    equations: tuple[Equation, ...] = ()
    rate: str | None = None
    defaults: Mapping[str, Fraction] = field(default_factory=dict)
    states: tuple[Symbol, ...] = ()
    starts: Mapping[str, Expr] = field(default_factory=dict)  # of the states; 0 for those that are not in it
    shared: tuple[str, ...] = ()  # numbers that are computed once for all weights


def rule(model: Model, goal: str, trained: tuple[Symbol, ...]) -> Rule:
    """The learning rules of a model for the weights that are trained; ``goal`` is the key of what a step lowers.

    The rate is α, or η where the text has no const α; ``Rule.rate`` is None where no rule reads it. Weight stands after
    weight; but where a line of the block reads all weights, line after line, for then their states have to be there.
    """
    rate = model.rate or free_name("alpha", model)
    block = next((one for one in model.rules if isinstance(one, UpdateBlock)), None)
    own = {one.weight.name: one for one in model.rules if isinstance(one, Update)}
    uphill = model.goal.sense == "maximise"
    singles = tuple(weight for weight in trained if weight.name in own)
    others = tuple(weight for weight in trained if weight.name not in own)
    if block is None:
        lines = [
            single(model, own[weight.name], weight, rate) if weight in singles else descent(weight, goal, rate, uphill)
            for weight in trained
        ]
        return ruled(lines, rate, model)
    moving = tuple(weight for weight in trained if weight in others or not frozen(own[weight.name]))
    made = Block(model, block, moving, {weight.name: meanings(model, block, weight, goal, rate) for weight in moving})
    if over_all(block) and others:
        made.equations += [single(model, own[weight.name], weight, rate) for weight in singles]
        for line in block.lines:
            made.line(line, others, also=(weight for weight in moving if weight in singles))
    else:
        for weight in trained:
            if weight in singles:
                made.equations.append(single(model, own[weight.name], weight, rate))
            else:
                for line in block.lines:
                    made.line(line, (weight,))
    names = dict.fromkeys(line.name for line in block.lines if line.name != block.weight)
    states = tuple(Symbol(state(name, weight), weight.letters) for weight in others for name in names)
    return ruled(made.equations, rate, model, states, made.starts, tuple(made.shared.values()))


def ruled(
    lines: Sequence[Equation], rate: str, model: Model, states: tuple[Symbol, ...] = (),
    starts: Mapping[str, Expr] = MappingProxyType({}), shared: tuple[str, ...] = (),
) -> Rule:  # fmt: skip
    """The rule of these equations; the rate is α = 0.1 where one of them reads it and the text gives none."""
    used = not lines or any(name == rate for line in lines for name, _ in reads(line.body))
    defaults = {rate: DEFAULT_RATE} if used and not model.rate else {}
    return Rule(tuple(lines), rate if used else None, defaults, states, starts, shared)


def single(model: Model, rule: Update, weight: Symbol, rate: str) -> Equation:
    """The rule of one weight, entry by entry: arrays without indices get those of the weight."""
    own = entry(weight)
    meaning: dict[str, Expr] = {"t": Ref(STEP), "alpha": Ref(rate)}
    meaning = {name: value for name, value in meaning.items() if name not in model.quantities}
    value = put(explicit.explicit(each_entry(rule.value, own, model), model), entries(model, own, meaning))
    return Equation(own, value, rule.span)


def each_entry(value: Expr, own: Ref, model: Model) -> Expr:
    """A rule in which what the patterns give, ``mean d``, is read at the weight's own entry."""
    varying = {one.name for one in model.quantities.values() if one.varies and one.letters}

    def change(node: Expr) -> Expr:
        if isinstance(node, Ref) and node.name in varying and not node.indices:
            return replace(node, indices=own.indices)
        return node

    return transform(value, change)


def no_letters(model: Model, node: Derivative) -> None:
    """The error E308 where a second derivative in a rule is by an array: a matrix, by which nothing is divided."""
    for weight in node.wrt:
        quantity = model.quantities.get(weight.name)
        if quantity and quantity.letters:
            of = pretty(node.of.name) if isinstance(node.of, Ref) else "f"
            by = f"{pretty(weight.name)}[{','.join(quantity.letters)}]"
            raise ModelError(
                "E308",
                f"a rule reads the second derivative of {of} by {pretty(weight.name)}, which is an array",
                f"it is a matrix; to divide by its diagonal write an equation, h[{','.join(quantity.letters)}] = "
                f"∂²{of}/∂{by}², and read h in the rule",
                model.source,
                node.span,
            )
