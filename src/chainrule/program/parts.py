"""Long equations → shorter ones: parts with names of their own, so that derivatives stay about as long as the text.

The derivative of an expression writes the factors beside each place where a quantity stands. In w·(w·(w·x + x) + x),
n levels deep, they are n²/2 parts; with a name for each few levels they are a fixed number a level. What is computed is
the same, in the same order. Only programs are written so: a derivation shows the equation as it was written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from chainrule.expr.nodes import (
    Add,
    Bracket,
    Call,
    Cond,
    Derivative,
    Div,
    Equation,
    Expr,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    index,
    key,
)
from chainrule.expr.walk import children, fold, rebuild
from chainrule.model.letters import base, direct
from chainrule.model.model import Definition
from chainrule.values import dataclass

LONG = 1_000
"""Parts of a derivative from which on the equation is cut; equations that someone wrote by hand have up to 200."""

PIECE = 300
"""Parts of a derivative that a piece may have before what stands inside gets a name."""

PART = re.compile(r"\.\d+")
"""How the names of parts are told from those of the text, which have no point."""


@dataclass(frozen=True, slots=True)
class Weight:
    """An expression, and how long its derivative gets."""

    expr: Expr
    size: int  # nodes
    places: int  # where quantities stand
    parts: int  # nodes of the factors beside all of them
    letters: frozenset[str]  # that it reads


@dataclass(frozen=True, slots=True)
class Uses:
    """What opening a call of a function of the text makes of its arguments."""

    size: int  # nodes of the body
    times: tuple[int, ...]  # how often each argument stands in it
    guards: bool  # whether some stand beside a bracket or in a case


def shortened(
    equations: Iterable[Equation], functions: Mapping[str, Definition] = MappingProxyType({})
) -> tuple[Equation, ...]:
    """The equations, with parts of those whose derivatives are long before them.

    >>> from chainrule.notation import parse_equation, show
    >>> body = "x"
    >>> for _ in range(60):
    ...     body = f"(w*{body} + x)"
    >>> long = parse_equation(f"E = {body}", quantities=("w", "x", "E"))
    >>> [line.target.name for line in shortened((long,))][-3:]
    ['E.6', 'E.7', 'E']
    """
    cutter = Cutter(functions)
    return tuple(line for equation in equations for line in cutter.pieces(equation))


def whole_name(name: str) -> str:
    """The key of a part as that of the equation that it is a part of.

    >>> whole_name("∂goal/∂E.3"), whole_name("E")
    ('∂goal/∂E', 'E')
    """
    return PART.sub("", name)


def of_the_text(name: str) -> bool:
    """Whether a key of a program speaks of quantities that the text has, not of a part of an equation.

    >>> of_the_text("∂goal/∂E.3"), of_the_text("∂goal/∂w")
    (False, True)
    """
    return not PART.search(name)


class Cutter:
    """Names parts of equations; it knows how long the functions of the text are."""

    def __init__(self, functions: Mapping[str, Definition]) -> None:
        self.functions = functions
        self.uses: dict[str, Uses] = {}
        self.made: Counter[str] = Counter()  # parts by quantity: it may have several equations

    def pieces(self, equation: Equation) -> Iterator[Equation]:
        """One equation, after the parts of it that get names."""
        if fold(equation.body, self.weighed).parts <= LONG:
            yield equation
            return
        kept = self.guarded(equation.body)
        named: list[Equation] = []

        def part(weight: Weight) -> Weight:
            """A name in place of an expression, where it may have one."""
            if weight.size == 1 or not weight.places or id(weight.expr) in kept:
                return weight
            bound = sorted(weight.letters.difference(equation.letters))  # by a reduction around it
            if any(letter != base(letter) for letter in bound):
                return weight
            own = equation.letters if equation.where else filter(weight.letters.__contains__, equation.letters)
            letters = (*own, *bound)
            whole = key(equation.target)
            self.made[whole] += 1
            reference = Ref(f"{whole}.{self.made[whole]}", tuple(map(index, letters)))
            named.append(replace(equation, target=reference, body=weight.expr))
            return Weight(reference, 1, 1, 0, frozenset(letters))

        def combine(node: Expr, inside: tuple[Weight, ...]) -> Weight:
            node = rebuilt(node, inside)
            whole = self.weighed(node, inside)
            if whole.parts <= PIECE or isinstance(node, Add | Neg) or id(node) in kept or self.guards(node):
                return whole
            inside = tuple(map(part, inside))
            whole = self.weighed(rebuilt(node, inside), inside)
            return product(inside) if isinstance(node, Mul) and whole.parts > PIECE else whole

        def product(factors: tuple[Weight, ...]) -> Weight:
            """Many factors: those so far get a name, again and again, and are multiplied in the same order."""
            taken = factors[:1]
            for factor in factors[1:]:
                if len(taken) > 1 and self.times(*taken, factor).parts > PIECE:
                    taken = (part(self.times(*taken)),)
                taken = (*taken, factor)
            return self.times(*taken)

        body = fold(equation.body, combine).expr
        yield from named
        yield replace(equation, body=body)

    def times(self, *factors: Weight) -> Weight:
        """The weight of a product."""
        return self.weighed(Mul(tuple(one.expr for one in factors)), factors)

    def weighed(self, node: Expr, inside: tuple[Weight, ...]) -> Weight:
        """The weight of a node from those of what stands in it, with calls of functions of the text opened."""
        size = 1 + sum(one.size for one in inside)
        places = sum(one.places for one in inside)
        parts = sum(one.parts for one in inside)
        letters = frozenset(direct(node)).union(*(one.letters for one in inside))
        match node:
            case Ref() | Derivative():
                places = 1
            case Bracket():
                places = parts = 0
            case Mul():
                parts += sum(one.places * (size - one.size) for one in inside)
            case Div() | Pow(_, Number()):
                parts += places * size
            case Call(function) if function in self.functions:
                uses = self.used(function)
                size = uses.size + sum(one.size * times for one, times in zip(inside, uses.times, strict=True))
                places = sum(one.places * times for one, times in zip(inside, uses.times, strict=True))
                parts = sum(one.parts * times for one, times in zip(inside, uses.times, strict=True))
                parts += 2 * places * size
            case Pow() | Call():
                parts += 2 * places * size
            case Cond():
                parts += places * inside[0].size
            case Reduce(operator, bound):
                letters = letters.difference(bound)
                parts += 0 if operator in ("sum", "mean") else 2 * places * size
        return Weight(node, size, places, parts, letters)

    def used(self, function: str) -> Uses:
        """What opening a call does, each found once."""
        if function not in self.uses:
            definition = self.functions[function]
            names = definition.parameters
            count: dict[str, int] = dict.fromkeys(names, 0)
            size, guards, todo = 0, False, [(definition.body, 1)]
            while todo:
                node, times = todo.pop()
                size += times
                guards = guards or self.guards(node)
                if isinstance(node, Ref) and node.name in count:
                    count[node.name] += times
                inner = self.used(node.function) if isinstance(node, Call) and node.function in self.functions else None
                for place, child in enumerate(children(node)):
                    todo.append((child, times * (inner.times[place] if inner else 1)))
                size += times * (inner.size if inner else 0)
            self.uses[function] = Uses(size, tuple(count.values()), guards)
        return self.uses[function]

    def guarded(self, expr: Expr) -> set[int]:
        """The nodes beside a bracket or in a case: where it does not hold they need no value, so they stay in it."""
        found: set[int] = set()
        todo = [(expr, False)]
        while todo:
            node, under = todo.pop()
            if under:
                found.add(id(node))
            todo.extend((one, under or self.guards(node)) for one in children(node))
        return found

    def guards(self, node: Expr) -> bool:
        """Whether what stands in a node needs no value everywhere."""
        if isinstance(node, Call) and node.function in self.functions:
            return self.used(node.function).guards
        return isinstance(node, Cond) or any(isinstance(one, Bracket) for one in children(node))


def rebuilt(node: Expr, inside: tuple[Weight, ...]) -> Expr:
    """A node with what its inside has become."""
    return rebuild(node, tuple(one.expr for one in inside))
