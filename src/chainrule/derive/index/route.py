"""A network → for each quantity from the goal back to the wanted one, the lines of its adjoint.

Lines. L1: the chain rule, one product for each equation that reads the quantity, summed over every entry that the
equation defines, with inert partial derivatives. L2: these partials at their values, Kronecker's brackets left. L3:
sums collapsed. Then, where that is shorter: names of the text put in for what they stand for, adjoints put in, facts
of the text used.

Conventions. The order of quantities, and the form of the left sides, are those of `gradient.reverse`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from chainrule.derive.derivation import Equality, Reason
from chainrule.derive.index.folding import Folding
from chainrule.derive.index.local import Kronecker
from chainrule.derive.index.network import Network
from chainrule.derive.index.terms import brackets_first, joined, tidy, total
from chainrule.derive.textbook_end import gathered
from chainrule.expr.nodes import (
    Bracket,
    Derivative,
    Equation,
    Expr,
    InRange,
    Ref,
    index,
    key,
)
from chainrule.expr.walk import nodes, rename_letters, size, transform
from chainrule.gradient.letters import printable, supply
from chainrule.gradient.occurrences import ZERO
from chainrule.gradient.reads import reads
from chainrule.gradient.reverse import between, reverse
from chainrule.gradient.simplify import simplified
from chainrule.gradient.slopes import Slopes
from chainrule.model.letters import every
from chainrule.notation.statements import Fact
from chainrule.values import dataclass

TELLING = ("collapse-sum", "split-sum", "collect", "cancel", "multiply-out", "decide")
"""Rewrites as a line names them: the first of these that was used."""


@dataclass(frozen=True, slots=True)
class AdjointLine:
    """A new state, why it follows, and the partial derivatives whose sub-steps a full derivation shows."""

    state: Expr
    reasons: tuple[Reason, ...]
    local: tuple[tuple[Derivative, Expr, tuple[Expr, ...]], ...] = ()  # with where the equation holds


@dataclass(frozen=True, slots=True)
class User:
    """An equation that reads a quantity, its letters told apart from those of the entry."""

    user: Ref
    letters: tuple[str, ...]
    body: Expr
    where: tuple[Expr, ...] = ()  # the entries that the equation defines, where others define some


class Route:
    """The adjoints on the way from the goal to one quantity, as lines."""

    def __init__(self, network: Network, wrt: str, facts: tuple[Fact, ...] = ()) -> None:
        self.network, self.wrt = network, wrt
        model = network.model
        self._fresh = supply()
        self._slopes = Slopes(network.functions, self._fresh)
        own = replace(model, functions=network.functions)
        self.local = Kronecker(own, self._slopes, network.ranges)
        self.adjoints = reverse(
            network.equations, network.of, {wrt: network.letters[wrt]}, network.functions, model.sets
        )
        self._active = between(network.equations, network.of, (wrt,), network.functions)
        self._reads = {id(one): set(reads(one.body, network.functions)) for one in network.equations}
        self._bodies = {
            id(one): self._slopes.opened(one.body) for one in network.equations if key(one.target) in self._active
        }
        self.folding = Folding(network, self.adjoints, facts)

    def lines(self, adjoint: Equation) -> Iterator[AdjointLine]:
        """The lines of one adjoint, the last state its value."""
        target = cast(Derivative, adjoint.target)
        wrt = target.wrt[0]
        readers = [self._reader(one, wrt) for one in self.readers(wrt.name)]
        why = self.reason(target, any(one.letters for one in readers))
        if not readers:
            yield AdjointLine(ZERO, (why,))
            return
        direct = why.rule == "adjoint-direct"
        if not direct:
            state = total([self._term(one, self._partial(one, wrt)) for one in readers])
            yield AdjointLine(state, (why,))

        state, told, rules = self._local(readers, wrt)
        first = why if direct else Reason("local-derivatives", {"values": tuple(told)})
        bracket = [Reason("kronecker-told")] if kronecker(told) else []
        starts = tuple((Derivative(one.body, (wrt,), "partial"), one.user, one.where) for one in readers)
        yield AdjointLine(state, (first, *rules, *bracket), starts)

        short, used = self.collapsed(state)
        if short != adjoint.body and size(adjoint.body) <= size(short):
            short = adjoint.body  # equal, and what the program runs
        if size(short) >= size(state):
            short = state
        else:
            shorter = [Reason(rule) for rule in TELLING if rule in used][:1] or [Reason("simplify")]
            yield AdjointLine(short, (*shorter, *self.ranges_told(short)))
        for line in self._shorter(adjoint, short):
            yield line
            short = line.state
        self.folding.learn(Equation(target, short))

    def kronecker(self, adjoint: Equation) -> Expr:
        """The value of an adjoint by inert partials and brackets alone."""
        wrt = cast(Derivative, adjoint.target).wrt[0]
        return self.collapsed(self._local([self._reader(one, wrt) for one in self.readers(wrt.name)], wrt)[0])[0]

    def _local(self, readers: list[User], wrt: Ref) -> tuple[Expr, list[Equality], list[Reason]]:
        """The chain rule with the partial derivatives at their values; these, and the rules worth naming."""
        terms: list[Expr] = []
        told: list[Equality] = []
        rules: dict[str, Reason] = {}
        for one in readers:
            found, reasons = self.local.value(Derivative(one.body, (wrt,), "partial"), one.user)
            value = brackets_first(found)
            told.append(Equality(self._partial(one, wrt), value))
            rules |= {reason.rule: reason for reason in reasons if reason.rule.startswith(("function:", "rule-of"))}
            if value != ZERO:
                terms.append(self._term(one, value))
        return total(terms), told, list(rules.values())

    def collapsed(self, state: Expr) -> tuple[Expr, tuple[str, ...]]:
        """A line with its sums collapsed, and the rewrites that were used."""
        short, used = simplified(state, self.network.ranges)
        return transform(short, tidy), used

    def reason(self, target: Derivative, summed: bool = False) -> Reason:
        """By which way a quantity acts on the goal."""
        goal, wrt = Ref(self.network.of), target.wrt[0]
        users = dict.fromkeys(Ref(key(one.target)) for one in self.readers(wrt.name))
        names: tuple[str | Expr, ...] = tuple(one for one in users if one != goal)
        if not users:
            return Reason("no-path", {"u": goal, "w": wrt})
        if not names:
            return Reason("adjoint-direct", {"u": goal, "v": Ref(wrt.name)})
        names = (*names, "directly") if goal in users else names
        rule = "adjoint-sum" if len(names) > 1 else "adjoint-entries" if summed else "adjoint"
        return Reason(rule, {"u": goal, "v": Ref(wrt.name), "names": names})

    def readers(self, name: str) -> list[Equation]:
        """The equations on the way that read a quantity, in written order."""
        return [one for one in self.network.equations if id(one) in self._bodies and name in self._reads[id(one)]]

    def _shorter(self, adjoint: Equation, state: Expr) -> Iterator[AdjointLine]:
        """Names put in where that is shorter; then adjoints put in, if all in all that is shorter."""
        folded, names = self.folding.names(state)
        if folded != state:
            yield AdjointLine(folded, (Reason("fold-name", {"values": names}),))
            state = folded
        if not self.folding.before_activation(key_name(adjoint)) and not self.folding.cancels(state):
            return
        found = list(self.folding.put_in(state))
        if found and size(found[-1][0]) < size(state):
            for after, reasons in found:
                yield AdjointLine(after, reasons)
                state = after
            if (together := gathered(state)) != state:
                yield AdjointLine(together, (Reason("factor-out"),))

    def _reader(self, equation: Equation, wrt: Ref) -> User:
        """An equation with letters of its own."""
        taken = {letter for place in wrt.indices for letter, _ in place.terms}
        meaning: dict[str, str] = {}
        for letter in equation.letters:
            new = letter
            while new in taken:
                new += "'"
            taken.add(new)
            meaning[letter] = new
        renamed = {letter: index(new) for letter, new in meaning.items()}
        user = cast(Ref, rename_letters(equation.target, renamed))
        body = printable(rename_letters(self._bodies[id(equation)], renamed), taken)
        where = tuple(rename_letters(test, renamed) for test in equation.where)
        open = tuple(test for test in where if self.network.ranges.holds(test) is None)
        return User(user, tuple(meaning.values()), body, open)

    def _term(self, one: User, local: Expr) -> Expr:
        """What an equation adds to an adjoint: a sum over the entries that it defines."""
        return joined(self._upstream(one), local, one.letters, one.where)

    def _partial(self, one: User, wrt: Ref) -> Derivative:
        return Derivative(one.user, (wrt,), "partial")

    def _upstream(self, one: User) -> Derivative | None:
        """The adjoint of what an equation defines; none of the goal itself."""
        return None if one.user.name == self.network.of else Derivative(Ref(self.network.of), (one.user,))

    def ranges_told(self, state: Expr) -> Iterator[Reason]:
        """What each bracket about a range says in words."""
        seen = dict.fromkeys(node for node in nodes(state) if isinstance(node, InRange))
        for node in seen:
            letters = [letter for letter, _ in node.index.terms]
            if (
                len(letters) != 1
                or not self.network.ranges.same(letters[0], node.letter)
                or abs(node.index.constant) != 1
            ):
                continue
            bounds = self.network.ranges.bounds(node.letter)
            last = node.index.constant > 0
            end = bounds[last] if bounds else None
            when = (
                f"{letters[0]} {'<' if last else '>'} {end}"
                if end is not None
                else (f"all {letters[0]} but the {'last' if last else 'first'}")
            )
            yield Reason("for-range", {"bracket": node, "when": when})


def key_name(adjoint: Equation) -> str:
    """The name of what an adjoint is by."""
    return cast(Derivative, adjoint.target).wrt[0].name


def kronecker(told: list[Equality]) -> bool:
    """Whether a bracket that compares letters stands in one of the values."""
    return any(isinstance(node, Bracket) and every(node) for one in told for node in nodes(one.right))
