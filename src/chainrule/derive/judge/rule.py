"""The learning rule of a text → the value of a weight after a step, where its states stand at their starts.

A rule without states and without the number of the step says the same of every step; another one is followed through
the first step, and the verdict says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace

from chainrule.derive.judge.explicit_model import MEAN, ExplicitModel
from chainrule.expr.nodes import Derivative, Expr, Neg, Reduce, Ref, index, number
from chainrule.expr.walk import fold, nodes, rebuild, rename_letters, substitute, transform
from chainrule.gradient.letters import rebind, supply, unique
from chainrule.model.everywhere import together
from chainrule.model.reduced import frozen
from chainrule.notation.statements import Update, UpdateBlock
from chainrule.values import dataclass

Meaning = Mapping[str, Expr]


def after_step(explicit: ExplicitModel, weight: Ref, slope: Derivative) -> tuple[Expr, bool] | None:
    """The new value of an entry of a weight, and whether that is so in the first step alone; None without a rule.

    ``slope`` is the derivative of what a step lowers by that entry.
    """
    own = singles(explicit).get(weight.name)
    if own is not None:
        return moved(explicit, own, weight, slope), reads(own.value, "t") and "t" in common(explicit)
    block = next((one for one in explicit.model.rules if isinstance(one, UpdateBlock)), None)
    return None if block is None else followed(explicit, block, weight, slope)


def singles(explicit: ExplicitModel) -> dict[str, Update]:
    """The rules of single weights, by the weight."""
    return {one.weight.name: one for one in explicit.model.rules if isinstance(one, Update)}


def moved(explicit: ExplicitModel, rule: Update, weight: Ref, slope: Derivative) -> Expr:
    """The new value of an entry by the rule of its weight, in which a bare array is its entry."""
    own = explicit.model.quantities[weight.name].letters

    def written(node: Expr) -> Expr:
        if not isinstance(node, Ref) or node.indices or node.name not in explicit.model.quantities:
            return node
        return Ref(node.name, tuple(map(index, own))) if explicit.model.quantities[node.name].letters == own else node

    value = unique(transform(rule.value, written), supply())
    value = rename_letters(value, dict(zip(own, weight.indices, strict=True)))
    return put(explicit, value, weight, slope, common(explicit))


def followed(explicit: ExplicitModel, block: UpdateBlock, weight: Ref, slope: Derivative) -> tuple[Expr, bool]:
    """The lines of a block, each put into those below it."""
    names = dict.fromkeys(line.name for line in block.lines)
    first = any(reads(line.value, name) for line in block.lines for name in ("t", *names) if name != block.weight)
    return BlockState(explicit, block, slope).at(weight, len(block.lines))[block.weight], first


@dataclass(slots=True)
class BlockState:
    """A block in the first step: what its names mean for an entry, after so many of its lines.

    A reduction over θ asks that of every weight that a step moves, so lines are followed when they are asked for.
    """

    explicit: ExplicitModel
    block: UpdateBlock
    slope: Derivative
    known: dict[tuple[Ref, int], dict[str, Expr]] = field(default_factory=dict)
    reduced: dict[str, Expr] = field(default_factory=dict)  # reductions over θ or k, by names that stand for them
    fresh: Callable[[str], str] = field(default_factory=supply)

    def at(self, weight: Ref, lines: int) -> dict[str, Expr]:
        """What the names of the block mean for an entry of a weight after its first lines."""
        if (weight, lines) not in self.known:
            self.known[weight, lines] = self.after(weight, lines) if lines else self.before(weight)
        return self.known[weight, lines]

    def before(self, weight: Ref) -> dict[str, Expr]:
        """What they mean before the first line: states are 0."""
        block, slope = self.block, replace(self.slope, wrt=(weight,))
        uphill = self.explicit.model.goal.sense == "maximise"
        return {
            **common(self.explicit), "t": number(1), **dict.fromkeys((line.name for line in block.lines), number(0)),
            block.weight: weight, block.gradient: Neg(slope) if uphill else slope,
        }  # fmt: skip

    def after(self, weight: Ref, lines: int) -> dict[str, Expr]:
        """What they mean after a line: the name that it assigns is its value."""
        line, before = self.block.lines[lines - 1], self.at(weight, lines - 1)
        own = singles(self.explicit).get(weight.name)
        if own is not None:  # its own rule moves it, and the block speaks of θ alone
            new = moved(self.explicit, own, weight, self.slope)
            return {**before, line.name: new} if line.name == self.block.weight else before
        value = transform(rebind(line.value, (), self.letter), lambda node: self.over_all(node, lines - 1))
        return {**before, line.name: substitute(self.value(value, weight, lines - 1), self.reduced)}

    def letter(self, letter: str, _: frozenset[str]) -> str:
        """A letter that a line binds, as no letter of a weight; θ, and that of the entries, as they are."""
        return letter if letter in (self.block.weight, self.block.entry) else self.fresh(letter)

    def once(self, value: Expr) -> Ref:
        """A name for a reduction, in which names have their meanings already."""
        name = f"reduced#{len(self.reduced)}"
        self.reduced[name] = substitute(value, self.reduced)
        return Ref(name)

    def over_all(self, node: Expr, lines: int) -> Expr:
        """A reduction over θ by a name; any other node as it is. What is inside has been through it."""
        if not isinstance(node, Reduce) or node.letters != (self.block.weight,):
            return node
        still = {name for name, rule in singles(self.explicit).items() if frozen(rule)}
        weights = [self.any(one.name) for one in self.explicit.model.named("weight") if one.name not in still]
        parts = [(self.value(node.body, one, lines), letters(one)) for one in weights]
        return self.once(together(node.operator, parts))

    def any(self, name: str) -> Ref:
        """An entry of a weight, under letters that nothing around it has."""
        return Ref(name, tuple(index(f"{letter}''") for letter in self.explicit.letters[name]))

    def value(self, expr: Expr, weight: Ref, lines: int) -> Expr:
        """An expression of the block for an entry of a weight, after so many lines."""

        def over_entries(node: Expr) -> Expr:
            if isinstance(node, Reduce) and node.letters == (self.block.entry,):
                one = self.any(weight.name)
                return self.once(together(node.operator, [(self.value(node.body, one, lines), letters(one))]))
            return node

        return put(self.explicit, transform(expr, over_entries), weight, self.slope, self.at(weight, lines), self.block)


def letters(entry: Ref) -> tuple[str, ...]:
    return tuple(place.letter for place in entry.indices if place.letter is not None)


def common(explicit: ExplicitModel) -> dict[str, Expr]:
    """What the number of the step and the rate mean, where they are no quantities of the text."""
    meanings: dict[str, Expr] = {"t": number(1), "alpha": Ref(explicit.rate)}
    return {name: value for name, value in meanings.items() if name not in explicit.model.quantities}


def reads(expr: Expr, name: str) -> bool:
    return any(isinstance(node, Ref) and node.name == name for node in nodes(expr))


def put(
    explicit: ExplicitModel, expr: Expr, weight: Ref, slope: Derivative, meaning: Meaning,
    block: UpdateBlock | None = None,
) -> Expr:
    """An expression of a rule for one entry: names mean what they stand for."""
    goal, over_all = explicit.model.goal, slope.of == Ref(MEAN)

    def change(node: Expr, inside: tuple[Expr, ...]) -> Expr:
        match node:
            case Reduce(_, ()) if block is None:  # over the patterns of the step: all of them, or one
                return rebuild(replace(node, letters=(explicit.pattern,)), inside) if over_all else inside[0]
            case Ref(name, indices) if block is None and explicit.letters.get(name, ())[:1] == (explicit.pattern,):
                return replace(node, indices=(index(explicit.pattern), *indices))
            case Derivative(Ref(of) as read, wrt, kind):
                by = tuple(weight if block is not None and one.name == block.weight else one for one in wrt)
                if of == goal.name or (of == goal.each and explicit.step == goal.each):
                    return replace(slope, wrt=by)
                over = over_all and explicit.letters.get(of, ())[:1] == (explicit.pattern,)
                plain = explicit.written(read)
                return Derivative(Reduce("mean", (explicit.pattern,), plain) if over else plain, by, kind)
            case Ref(name, ()) if name in meaning:
                return meaning[name]
            case _:
                return rebuild(node, inside)

    return fold(expr, change)
