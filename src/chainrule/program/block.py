"""A block ``update θ, g`` → the equations of each of its weights, with reductions over all of them computed once.

The states of a block are one a weight, ``v.W``, with the letters of the weight. What a line reduces, over θ or over the
entries of one array, is a number of its own, ``sum.1``, with an equation before those that read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace

from chainrule.expr.nodes import Derivative, Equation, Expr, Neg, Operator, Reduce, Ref, index
from chainrule.expr.walk import fold, nodes, rebuild, transform
from chainrule.gradient.letters import rebind, supply
from chainrule.model import explicit
from chainrule.model.everywhere import together
from chainrule.model.model import Model
from chainrule.notation.statements import UpdateBlock, UpdateLine
from chainrule.program.program import NEW, STEP, Symbol
from chainrule.values import dataclass


@dataclass(slots=True)
class Block:
    """A block as it is written out for weight after weight.

    ``moved`` are all weights that a step moves, those of the block and those with a rule of their own: θ under a
    reduction is each of them. ``meaning`` says for each what the names of the block stand for, at the line reached.
    """

    model: Model
    block: UpdateBlock
    moved: tuple[Symbol, ...]
    meaning: dict[str, dict[str, Expr]]
    equations: list[Equation] = field(default_factory=list)
    starts: dict[str, Expr] = field(default_factory=dict)
    shared: dict[Expr, str] = field(default_factory=dict)  # what is computed once → its name
    fresh: Callable[[str], str] = field(default_factory=supply)

    def line(self, line: UpdateLine, weights: Iterable[Symbol], also: Iterable[Symbol] = ()) -> None:
        """Writes one line for some weights; below it the name that it assigns means the new value.

        So it does, where θ is assigned, of what rules of their own have changed ``also``.
        """
        targets = {weight: self.target(line, weight) for weight in weights}
        if line.sign == ":=":
            self.starts |= {target.name: line.value for target in targets.values()}
            return
        for weight, target in targets.items():
            self.one(line, weight, target)
        if line.name == self.block.weight:
            targets |= {weight: entry(weight) for weight in also}
        for weight, target in targets.items():
            self.meaning[weight.name][line.name] = replace(target, name=target.name + NEW)

    def target(self, line: UpdateLine, weight: Symbol) -> Ref:
        """What a line assigns: an entry of the weight, or of its state."""
        own = entry(weight)
        return own if line.name == self.block.weight else replace(own, name=state(line.name, weight))

    def one(self, line: UpdateLine, weight: Symbol, target: Ref) -> None:
        """Writes one line for one weight."""
        value = explicit.explicit(line.value, self.model, tuple(self.meaning[weight.name]))
        value = transform(rebind(value, (), self.letter), self.over_all)
        self.equations.append(Equation(target, self.value(value, weight), line.span))

    def letter(self, letter: str, _: frozenset[str]) -> str:
        """A letter that a line binds, as no letter of a weight; θ, and that of the entries, as they are."""
        return letter if letter in (self.block.weight, self.block.entry) else self.fresh(letter)

    def over_all(self, node: Expr) -> Expr:
        """A reduction over θ as the number that it is; any other node as it is. What is inside has been through it."""
        if isinstance(node, Reduce) and node.letters == (self.block.weight,):
            parts = [(self.value(node.body, weight), weight.letters) for weight in self.moved]
            return self.once(node.operator, together(node.operator, parts))
        return node

    def value(self, expr: Expr, weight: Symbol) -> Expr:
        """An expression of the block for an entry of a weight."""

        def over_entries(node: Expr) -> Expr:
            if isinstance(node, Reduce) and node.letters == (self.block.entry,):
                return self.once(node.operator, together(node.operator, [(put(node.body, meaning), weight.letters)]))
            return node

        meaning = entries(self.model, entry(weight), self.meaning[weight.name])
        return put(transform(expr, over_entries), meaning)

    def once(self, operator: Operator, value: Expr) -> Expr:
        """The number that an expression is, computed before what reads it."""
        if value not in self.shared:
            self.shared[value] = f"{operator}.{len(self.shared) + 1}"
            self.equations.append(Equation(Ref(self.shared[value]), value))
        return Ref(self.shared[value])


def over_all(block: UpdateBlock) -> bool:
    """Whether a line of a block reduces over all weights."""
    every = (node for line in block.lines for node in nodes(line.value))
    return any(isinstance(node, Reduce) and node.letters == (block.weight,) for node in every)


def meanings(model: Model, block: UpdateBlock, weight: Symbol, goal: str, rate: str) -> dict[str, Expr]:
    """What the names of a block stand for, for an entry of a weight, before its first line."""
    own = entry(weight)
    slope = Derivative(Ref(goal), (own,))
    found: dict[str, Expr] = {"t": Ref(STEP)}
    if "alpha" not in model.quantities:
        found["alpha"] = Ref(rate)
    found |= {line.name: replace(own, name=state(line.name, weight)) for line in block.lines}
    return found | {block.weight: own, block.gradient: Neg(slope) if model.goal.sense == "maximise" else slope}


def state(name: str, weight: Symbol) -> str:
    """A block's state for one weight."""
    return f"{name}.{weight.name}"


def entry(weight: Symbol) -> Ref:
    """An entry of a weight, with the letters of its axes."""
    return Ref(weight.name, tuple(map(index, weight.letters)))


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
    """The expression with what its names mean; in a derivative, with the weights that it is taken by, new or old."""

    def change(node: Expr, inside: tuple[Expr, ...]) -> Expr:
        match node:
            case Derivative(_, wrt):
                by = tuple(weight for weight in map(meaning, wrt) if isinstance(weight, Ref))
                return replace(node, wrt=tuple(replace(weight, name=weight.name.removesuffix(NEW)) for weight in by))
            case Ref():
                return meaning(node)
            case _:
                return rebuild(node, inside)

    return fold(expr, change)
