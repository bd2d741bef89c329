"""Learning rules of a model → the equations of the phase "update": for each weight its own rule, else the block, else
gradient descent.

The left side is the new value of a weight or state. On the right a weight is its value before the step, and a name that
the block has assigned already is its new value (``v.W'``). The states of a block are one a weight, ``v.W``, with the
letters of the weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from chainrule.errors import ModelError
from chainrule.expr.nodes import Derivative, Equation, Expr, Index, Neg, Ref, index, key
from chainrule.expr.walk import fold, nodes, reads, rebuild
from chainrule.model.model import Model
from chainrule.notation.names import pretty
from chainrule.notation.statements import Update, UpdateBlock
from chainrule.program import patterns
from chainrule.program.program import NEW, STEP, Symbol
from chainrule.program.update import DEFAULT_RATE, descent, free_name


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


def rule(model: Model, goal: str, trained: tuple[Symbol, ...]) -> Rule:
    """The learning rules of a model for the weights that are trained; ``goal`` is the key of what a step lowers.

    The rate is α, or η where the text has no const α; ``Rule.rate`` is None where no rule reads it.
    """
    rate = model.rate or free_name("alpha", model)
    block = next((one for one in model.rules if isinstance(one, UpdateBlock)), None)
    own = {one.weight.name: one for one in model.rules if isinstance(one, Update)}
    uphill = model.goal.sense == "maximise"
    equations: list[Equation] = []
    states: list[Symbol] = []
    starts: dict[str, Expr] = {}
    for weight in trained:
        if weight.name in own:
            equations.append(single(model, own[weight.name], weight, rate))
        elif block is not None:
            lines, begin = block_lines(model, block, weight, goal, rate, uphill)
            equations += lines
            starts |= begin
            names = dict.fromkeys(line.name for line in block.lines if line.name != block.weight)
            states += [Symbol(state(name, weight), weight.letters) for name in names]
        else:
            equations.append(descent(weight, goal, rate, uphill))
    used = not equations or any(name == rate for line in equations for name, _ in reads(line.body))
    defaults = {rate: DEFAULT_RATE} if used and not model.rate else {}
    return Rule(tuple(equations), rate if used else None, defaults, tuple(states), starts)


def state(name: str, weight: Symbol) -> str:
    """A block's state for one weight."""
    return f"{name}.{weight.name}"


def single(model: Model, rule: Update, weight: Symbol, rate: str) -> Equation:
    """The rule of one weight, entry by entry: arrays without indices get those of the weight."""
    own = Ref(weight.name, tuple(map(index, weight.letters)))
    meaning: dict[str, Expr] = {}
    if "t" not in model.quantities:
        meaning["t"] = Ref(STEP)
    if "alpha" not in model.quantities:
        meaning["alpha"] = Ref(rate)
    value = put(patterns.explicit(rule.value, model), entries(model, own, meaning))
    return Equation(own, value, rule.span)


def block_lines(
    model: Model, block: UpdateBlock, weight: Symbol, goal: str, rate: str, uphill: bool
) -> tuple[list[Equation], dict[str, Expr]]:
    """The lines of a block for one weight, and the starts of its states."""
    own = Ref(weight.name, tuple(map(index, weight.letters)))
    slope = Derivative(Ref(goal), (own,))
    written = {line.name: replace(own, name=state(line.name, weight)) for line in block.lines} | {block.weight: own}
    meaning: dict[str, Expr] = {"t": Ref(STEP)}
    if "alpha" not in model.quantities:
        meaning["alpha"] = Ref(rate)
    meaning |= {**written, block.gradient: Neg(slope) if uphill else slope}
    equations: list[Equation] = []
    starts: dict[str, Expr] = {}
    for line in block.lines:
        if line.sign == ":=":
            starts[written[line.name].name] = line.value
            continue
        target = written[line.name]
        value = patterns.explicit(line.value, model, tuple(meaning))
        equations.append(Equation(target, put(value, entries(model, own, meaning)), line.span))
        meaning[line.name] = replace(target, name=target.name + NEW)
    return equations, starts


def entries(model: Model, own: Ref, meaning: Mapping[str, Expr]) -> Callable[[Ref], Expr]:
    """What a name of a rule means in the equation of a weight."""

    def found(node: Ref) -> Expr:
        if node.indices:
            return node
        if node.name in meaning:
            return meaning[node.name]
        quantity = model.quantities.get(node.name)
        return replace(node, indices=own.indices) if quantity and quantity.letters and not quantity.varies else node

    return found


def put(expr: Expr, meaning: Callable[[Ref], Expr]) -> Expr:
    """The expression with what its names mean; in a derivative, with what the weights mean that it is taken by."""

    def change(node: Expr, inside: tuple[Expr, ...]) -> Expr:
        match node:
            case Derivative(_, wrt):
                return replace(node, wrt=tuple(weight for weight in map(meaning, wrt) if isinstance(weight, Ref)))
            case Ref():
                return meaning(node)
            case _:
                return rebuild(node, inside)

    return fold(expr, change)


def derivatives(equations: Iterable[Equation]) -> tuple[Derivative, ...]:
    """The derivatives that equations read, each once."""
    found = (node for line in equations for node in nodes(line.body) if isinstance(node, Derivative))
    return tuple(dict.fromkeys(found))


def no_letters(model: Model, node: Derivative) -> tuple[str, ...]:
    """The names that a second derivative is taken by, each one number; else the error E308."""
    for weight in node.wrt:
        quantity = model.quantities.get(weight.name)
        indices: tuple[Index, ...] = weight.indices
        if indices or (quantity and quantity.letters):
            of = pretty(key(node.of)) if isinstance(node.of, Ref) else "this"
            raise ModelError(
                "E308",
                f"a rule reads the second derivative of {of} by {pretty(weight.name)}, which is an array",
                "second derivatives are taken by weights that are one number: write its entries as weights",
                model.source,
                node.span,
            )
    return tuple(weight.name for weight in node.wrt)
