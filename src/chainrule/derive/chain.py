"""The strategy of a derivation: the states of the whole line from ``d(E)/d(w)`` to the result, one move at a time.

Moves. T: the derivative of a quantity becomes a sum over what its equation reads (total derivative; one name: chain
rule). P: the partial derivatives just written get their values. Z: what is multiplied by 0 goes. C: terms that wait
for the same derivative are taken together. U: at the end of the chain the definition is put in, functions are opened.
L: the explicit expression is differentiated. X: a cross-entropy and its sigmoid cancel. S: the result is written
shorter. T always moves to earlier equations and
L shortens what is under the derivative, so the chain ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.derive.derivation import Equality, Reason
from chainrule.derive.local import Local
from chainrule.derive.readable import has_zero, put, readable, without_ones, without_zeros
from chainrule.derive.textbook_end import ended, gathered, named
from chainrule.expr.nodes import Add, Call, Derivative, Equation, Expr, Mul, Neg, Reduce, Ref, key
from chainrule.expr.walk import nodes, transform
from chainrule.gradient.occurrences import ONE, ZERO, product
from chainrule.gradient.reads import reads
from chainrule.gradient.reverse import between, closure
from chainrule.gradient.simplify import simplified
from chainrule.gradient.slopes import Slopes
from chainrule.model.model import Model, Quantity
from chainrule.notation.statements import Computed
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Move:
    """A new state of the line, why it follows, and the derivatives whose sub-steps a full derivation shows."""

    state: Expr
    reasons: tuple[Reason, ...]
    local: tuple[tuple[Derivative, Expr | None], ...] = ()
    through: frozenset[str] = frozenset()


class Chain:
    """The moves from the derivative of one quantity by another to its value."""

    def __init__(self, model: Model, equations: tuple[Equation, ...], of: str, wrt: str) -> None:
        self._model, self._of, self._wrt = model, of, Ref(wrt)
        self._equations = {key(equation.target): equation for equation in equations}
        self._makers = {name: set(reads(made.body, model.functions)) for name, made in self._equations.items()}
        self._active = between(equations, of, (wrt,), model.functions)
        self.local = Local(model, Slopes(model.functions))

    @property
    def goal(self) -> Derivative:
        return self._total(self._of)

    def moves(self) -> Iterator[Move]:
        """Every move, the last state being the result."""
        if self._of == self._wrt.name:
            yield Move(ONE, (Reason("itself"),))
            return
        if self._of not in self._active:
            yield Move(ZERO, (Reason("no-path", {"u": Ref(self._of), "w": self._wrt}),))
            return
        state: Expr = self.goal
        while (name := self._next(state)) is not None:
            for move in self._one(state, name):
                yield move
                state = move.state
            for after, reasons in ended(state, self._equations):
                yield Move(after, reasons)
                state = after
        short, used = simplified(state)
        if short != state:
            yield Move(short, (Reason("simplify"), *map(Reason, used)))
        together = gathered(short)
        if together != short:
            yield Move(together, (Reason("factor-out"),))
        for after, reasons in named(together, self._equations):
            yield Move(after, reasons)

    def _one(self, state: Expr, name: str) -> Iterator[Move]:
        """The moves that replace the derivative of one quantity."""
        equation = self._equations[name]
        read = reads(equation.body, self._model.functions)
        onward = [other for other in read if other in self._active and other != self._wrt.name]
        at_end = not onward or reduces(equation.body)
        moves = self._definition(state, equation) if at_end else self._total_derivative(state, equation, read)
        for move in moves:
            yield move
            state = move.state
        if has_zero(state):
            state = without_zeros(state)
            yield Move(state, (Reason("times-zero"),))
        together = collected(state)
        if together != state:
            yield Move(together, (Reason("common-factor"),))

    def _total_derivative(self, state: Expr, equation: Equation, read: tuple[str, ...]) -> Iterator[Move]:
        """T and P: one product for each name on the way, then the values of the partial derivatives."""
        name, wrt = key(equation.target), self._wrt
        named = [other for other in read if other in self._active or other == wrt.name or self._is_target(other)]
        partials = {other: Derivative(Ref(name), (Ref(other),), "partial") for other in named}
        terms = [
            partials[other] if other == wrt.name else Mul((partials[other], self._total(other))) for other in named
        ]
        whole: Expr = Add(tuple(terms)) if len(terms) > 1 else terms[0]
        rule = "total-derivative" if len(named) > 1 else "chain-rule"
        reasons = [Reason(rule, {"u": Ref(name), "w": wrt, "names": tuple(map(Ref, named))})]
        aside = tuple(Ref(other) for other in read if other not in named)
        if aside:
            reasons.append(Reason("unchanged", {"names": aside, "w": wrt}))
        state = put(state, self._total(name), whole)
        yield Move(state, tuple(reasons))

        value = Ref(name)
        values = {
            partials[other]: self.local.value(Derivative(equation.body, (Ref(other),), "partial"), value)[0]
            for other in named
        }
        zeros = [other for other in named if other not in self._active and other != wrt.name]
        known: dict[Derivative, Expr] = dict(values)
        known |= {self._total(other): ZERO for other in zeros}
        told = tuple(Equality(partial, found) for partial, found in values.items())
        filled = transform(state, lambda node: known.get(node, node) if isinstance(node, Derivative) else node)
        state = without_ones(filled)
        local = tuple((Derivative(equation.body, (Ref(other),), "partial"), value) for other in named)
        yield Move(state, (Reason("local-derivatives", {"values": told}), *map(self._given, zeros)), local)

    def _definition(self, state: Expr, equation: Equation) -> Iterator[Move]:
        """U and L: the definition put in, functions without a slope of their own opened, the rest differentiated."""
        name = key(equation.target)
        inert = self._total(name)
        explicit = Derivative(readable(equation.body), (self._wrt,), "total")  # as `put` writes it, to be found again
        state = put(state, inert, explicit)
        yield Move(state, (Reason("definition", {"values": (Equality(Ref(name), equation.body),)}),))
        while (opened := self._first_definition(explicit.of)) is not None:
            call, body = opened.left, opened.right
            inside = transform(explicit.of, lambda node: body if node == call else node)  # noqa: B023 - used at once
            new = Derivative(readable(inside), (self._wrt,), "total")
            state, explicit = put(state, explicit, new), new
            yield Move(state, (Reason("definition", {"values": (opened,)}),))

        through = self._active - {self._wrt.name}
        value, reasons = self.local.value(explicit, None, through)
        state = without_ones(put(state, explicit, value))
        yield Move(state, reasons, ((explicit, None),), through)

    def _first_definition(self, expr: Expr) -> Equality | None:
        """The outermost call that has no slope of its own, and its body."""
        for node in nodes(expr):
            if isinstance(node, Call) and self.local.reaches(node, self._wrt.name):
                found = self.local.definition(node)
                if found is not None:
                    return found
        return None

    def _next(self, state: Expr) -> str | None:
        """The first quantity whose derivative is still to be found and that no other such quantity depends on."""
        found = [
            node.of.name
            for node in nodes(state)
            if isinstance(node, Derivative) and node.kind == "total" and isinstance(node.of, Ref)
        ]
        waiting = [name for name in dict.fromkeys(found) if name in self._equations]
        behind = {name: closure(self._makers.get(name, ()), self._makers) for name in waiting}
        return next((name for name in waiting if not any(name in behind[other] for other in waiting)), None)

    def _total(self, name: str) -> Derivative:
        return Derivative(Ref(name), (self._wrt,), "total")

    def _is_target(self, name: str) -> bool:
        quantity = self._model.quantities.get(name)
        return quantity is not None and quantity.role == "target"

    def _given(self, name: str) -> Reason:
        """Why the derivative of a name that does not change is 0."""
        quantity = self._model.quantities[name]
        zero = self._total(name)
        if quantity.role in ("target", "data"):
            return Reason("given-data", {"v": with_definition(quantity), "what": what(quantity), "zero": zero})
        return Reason("independent", {"v": Ref(name), "w": self._wrt, "zero": zero})


def with_definition(quantity: Quantity) -> Expr | Equality:
    """A quantity as a sentence names it: with its definition if the text computes it."""
    match quantity.start:
        case Computed(value):
            return Equality(Ref(quantity.name), value)
        case _:
            return Ref(quantity.name)


def what(quantity: Quantity) -> str:
    return "the target" if quantity.role == "target" else "an input"


def reduces(expr: Expr) -> bool:
    """Whether a reduction over the patterns stands in it."""
    return any(isinstance(node, Reduce) for node in nodes(expr))


def collected(expr: Expr) -> Expr:
    """``a·d + b·d`` → ``(a + b)·d`` where d is a derivative still to be found."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Add):
            return node
        groups: dict[Expr, list[Expr]] = {}
        order: list[Expr] = []
        for term in node.args:
            last = waiting(term)
            place: Expr = last if last is not None else term
            if place not in groups:
                order.append(place)
            groups.setdefault(place, []).append(term)
        if all(len(terms) == 1 for terms in groups.values()):
            return node
        found: list[Expr] = []
        for place in order:
            terms = groups[place]
            if len(terms) == 1 or waiting(terms[0]) is None:
                found.extend(terms)
            else:
                found.append(Mul((Add(tuple(without(term, place) for term in terms)), place)))
        return Add(tuple(found)) if len(found) > 1 else found[0]

    return readable(transform(expr, change))


def waiting(term: Expr) -> Derivative | None:
    """The derivative that ends a term."""
    bare = term.arg if isinstance(term, Neg) else term
    last = bare.args[-1] if isinstance(bare, Mul) else bare
    return last if isinstance(last, Derivative) else None


def without(term: Expr, last: Expr) -> Expr:
    """A term without the derivative that ends it."""
    if isinstance(term, Neg):
        return Neg(without(term.arg, last))
    return ONE if term == last else product(term.args[:-1]) if isinstance(term, Mul) else term
