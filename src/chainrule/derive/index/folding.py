"""A line of an adjoint → a shorter one: names put in for what they stand for, adjoints put in, facts of the text used.

Conventions. A definition is used as a whole (``exp(z[k])/s`` is ``y[k]``), or solved for its one factor that is no name
(``exp(z[k])`` is ``y[k]·s``). Each use is kept only if the line gets shorter by it. What is cancelled is taken to be
different from 0.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import cast

from chainrule.derive.derivation import Equality, Reason
from chainrule.derive.index.match import match
from chainrule.derive.index.network import Network
from chainrule.expr.nodes import Call, Derivative, Div, Equation, Expr, Mul, Number, Reduce, Ref, key
from chainrule.expr.walk import nodes, rename_letters, size, transform
from chainrule.gradient.letters import printable, supply, unique
from chainrule.gradient.products import built, factors
from chainrule.gradient.recognise import known
from chainrule.gradient.reverse import closure
from chainrule.gradient.simplify import simplify
from chainrule.model.explicit import unwritten
from chainrule.model.letters import every, free
from chainrule.notation.statements import Fact
from chainrule.numbers.functions import FUNCTIONS
from chainrule.values import dataclass

ACTIVATIONS = frozenset(name for name, row in FUNCTIONS.items() if row.activation)
LONGEST = 400
"""A longer line is not tried to be made shorter: it takes too long, and stays long."""


@dataclass(frozen=True, slots=True)
class Known:
    """``pattern`` is ``value``, for every value of the letters; ``told`` is how a reader is told."""

    pattern: Expr
    value: Expr
    letters: frozenset[str]
    told: Equality


class Folding:
    """What one network knows that makes lines shorter."""

    def __init__(self, network: Network, adjoints: tuple[Equation, ...], facts: tuple[Fact, ...]) -> None:
        self._network = network
        self._fresh = supply()
        self._adjoints = {key(one.target): one for one in reversed(adjoints)}
        self._reads: dict[str, set[str]] = {}
        for one in adjoints:
            read = {key_of(node) for node in nodes(one.body) if isinstance(node, Derivative)}
            self._reads.setdefault(key(one.target), set()).update(read)
        self._order = [key(one.target) for one in adjoints]
        targets = [key(one.target) for one in adjoints]
        self._base_lines = {name for name in targets if targets.count(name) > 1}
        self._definitions = [one for equation in network.equations for one in definitions(equation)]
        self._facts = [
            Known(left, fact.right, frozenset(free(left)), Equality(left, fact.right))
            for fact in facts
            for left in [unwritten(fact.left, network.pattern) if network.pattern else fact.left]
        ]
        self._before = pre_activations(network)

    def learn(self, adjoint: Equation) -> None:
        """An adjoint in the form in which its lines left it."""
        self._adjoints[key(adjoint.target)] = adjoint

    def before_activation(self, name: str) -> bool:
        """Whether a quantity is what an activation function or a softmax is applied to."""
        return name in self._before

    def cancels(self, state: Expr) -> bool:
        """Whether an adjoint in a line divides by what the line multiplies by, as a cross-entropy by its sigmoid."""
        name = self._next(state)
        if name is None:
            return False
        below = {node.denominator for node in nodes(self._adjoints[name].body) if isinstance(node, Div)}
        return any(arg in below for node in nodes(state) if isinstance(node, Mul) for arg in node.args)

    def pre_activations(self, adjoints: tuple[Equation, ...]) -> tuple[str, ...]:
        """Those among the quantities of adjoints, nearest to the input first."""
        names = [key(one.target).partition("/∂")[2] for one in reversed(adjoints)]
        return tuple(dict.fromkeys(name for name in names if name in self._before))

    def may_go(self, name: str, chosen: Collection[str]) -> bool:
        """Whether an adjoint may be put in where these, or all, are chosen."""
        return self._apart(name) and (not chosen or name.partition("/∂")[2] in chosen)

    def names(self, expr: Expr) -> tuple[Expr, tuple[Equality, ...]]:
        """The expression with names put in, and what they stand for."""
        used: dict[Equality, None] = {}
        while size(expr) <= LONGEST:
            best: tuple[Expr, Equality] | None = None
            for one in self._definitions:
                candidate = self._with(expr, one)
                if candidate != expr and size(candidate) < size(best[0] if best else expr):
                    best = candidate, one.told
            if best is None:
                break
            expr = best[0]
            used[best[1]] = None
        return expr, tuple(used)

    def facts(self, expr: Expr) -> tuple[Expr, tuple[Equality, ...]]:
        """The expression with the facts of the text used from left to right, and which they were."""
        used: dict[Equality, None] = {}
        for one in self._facts:
            candidate = self._with(expr, one)
            if candidate != expr:
                expr = candidate
                used[one.told] = None
        return expr, tuple(used)

    def put_in(self, state: Expr) -> Iterator[tuple[Expr, tuple[Reason, ...]]]:
        """The states when the adjoints of quantities after the activation are put in, the nearest first."""
        while (name := self._next(state)) is not None:
            told = self._adjoints[name]
            state, folded = self.names(self.replaced(state, told))
            reasons = [Reason("put-in", {"values": (Equality(told.target, told.body),)})]
            yield state, (*reasons, *([Reason("fold-name", {"values": folded})] if folded else ()))
            if size(state) > LONGEST:
                return
        known_to_be, facts = self.facts(state)
        if facts:
            yield known_to_be, (Reason("fact", {"values": facts}),)

    def replaced(self, expr: Expr, adjoint: Equation) -> Expr:
        """The expression with one adjoint put in."""
        target = cast(Derivative, adjoint.target)
        letters = [place.letter for place in target.wrt[0].indices]
        body = adjoint.body

        def change(node: Expr) -> Expr:
            if not isinstance(node, Derivative) or node.kind != "total" or key_of(node) != key(target):
                return node
            pairs = zip(letters, node.wrt[0].indices, strict=True)
            meaning = {letter: place for letter, place in pairs if letter is not None}
            return rename_letters(unique(body, self._fresh), meaning)

        return simplify(printable(transform(expr, change), free(expr)), self._network.ranges)

    def _next(self, state: Expr) -> str | None:
        """The adjoint to put in next: the last made of those after the activation."""
        inside = {key_of(node) for node in nodes(state) if isinstance(node, Derivative)}
        found = [name for name in self._order if name in inside and self.open(name)]
        return found[-1] if found else None

    def open(self, name: str) -> bool:
        """Whether an adjoint may be put in: not one of a pre-activation, of a recurrence, of a base line."""
        return self._apart(name) and name.partition("/∂")[2] not in self._before

    def _apart(self, name: str) -> bool:
        """Whether an adjoint has one equation and does not lead back to itself."""
        if name in self._base_lines or name not in self._adjoints:
            return False
        return name not in closure(self._reads.get(name, ()), self._reads)

    def _with(self, expr: Expr, one: Known) -> Expr:
        """The expression with something known put in wherever it stands, simplified."""
        hit = False

        def change(node: Expr) -> Expr:
            nonlocal hit
            if type(node) is not type(one.pattern):
                return node
            meaning = match(one.pattern, node, one.letters)
            if meaning is None:
                return node
            if any(self._network.ranges.inside(place, letter) is not True for letter, place in meaning.items()):
                return node
            hit = True
            return rename_letters(unique(one.value, self._fresh), meaning)

        changed = transform(expr, change)
        return simplify(printable(changed, free(expr)), self._network.ranges) if hit else expr


def key_of(node: Derivative) -> str:
    """The key of a derivative of a name; of any other, none that is known."""
    return key(node) if isinstance(node.of, Ref) and len(node.wrt) == 1 else ""


def definitions(equation: Equation) -> Iterator[Known]:
    """What an equation lets be put in: its name for its right-hand side, or for the one factor that is no name."""
    target, body = equation.target, equation.body
    letters = frozenset(equation.letters)
    if not isinstance(target, Ref) or any(place.letter is None for place in target.indices) or size(body) < 2:
        return
    if set(free(body)) != letters or any(isinstance(node, Ref) and node.name == target.name for node in nodes(body)):
        return
    told = Equality(target, body)
    yield Known(body, target, letters, told)
    coefficient, powers = factors(body)
    cores = [place for place, (one, _) in enumerate(powers) if not isinstance(one, Ref | Number)]
    if len(cores) != 1 or len(powers) < 2 or not isinstance(powers[cores[0]][0], Call | Reduce):
        return
    core, power = powers[cores[0]]
    if power == 1 and set(free(core)) == letters:
        rest = [(one, -exponent) for place, (one, exponent) in enumerate(powers) if place != cores[0]]
        yield Known(core, built(1 / coefficient, [(target, Fraction(1)), *rest]), letters, told)


def pre_activations(network: Network) -> frozenset[str]:
    """The derived quantities to which an activation function, or a softmax, is applied."""
    derived = {key(one.target) for one in network.equations}
    found = set()
    for equation in network.equations:
        for node in nodes(equation.body):
            match node:
                case Call(function, (Ref(name),), 0):
                    definition = network.functions.get(function)
                    named = (known(definition) or function) if definition else function
                    whole = node == equation.body
                    if whole or definition or named in ACTIVATIONS or (named == "exp" and every(node)):
                        found.add(name)
                case Reduce("logsumexp", _, Ref(name)):
                    found.add(name)
                case _:
                    pass
    return frozenset(found & derived)
