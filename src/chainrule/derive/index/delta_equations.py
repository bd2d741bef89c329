"""The adjoints of a network → its δ equations, or one equation with adjoints and definitions put in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import cast

from chainrule.derive.derivation import Equality, Reason
from chainrule.derive.index.folding import key_of
from chainrule.derive.index.route import AdjointLine, Route
from chainrule.derive.textbook_end import gathered
from chainrule.expr.nodes import Derivative, Equation, Expr, Ref, key
from chainrule.expr.walk import nodes, rename_letters, size, transform
from chainrule.gradient.letters import printable, supply, unique
from chainrule.gradient.simplify import simplify
from chainrule.model.letters import free

SMALL, LONG = 5, 90
"""An adjoint of more nodes that is read twice keeps a line of its own, as one does that would make a line too long."""

Lines = Iterator[tuple[Derivative, Expr, AdjointLine]]


def brief(route: Route, names: Mapping[str, str]) -> Lines:
    """One line for each pre-activation and for the wanted quantity; other adjoints are put in where that reads well."""
    made = list(with_all(route, names))
    for place, (target, before, line) in enumerate(made):
        later = {key_of(node) for _, _, other in made[place:] for node in nodes(other.state)
                 if isinstance(node, Derivative)}  # fmt: skip
        if place == len(made) - 1 or key(target) in later:
            yield target, before, line


def with_all(route: Route, names: Mapping[str, str]) -> Lines:
    """The lines, also those of adjoints that no line has kept."""
    folding = route.folding
    kept: dict[str, Equation] = {}  # adjoints to be put in
    bodies = [adjoint.body for adjoint in route.adjoints]
    for place, adjoint in enumerate(route.adjoints):
        target = cast(Derivative, adjoint.target)
        name = key(target)
        body, folded = folding.names(adjoint.body)
        reasons = [Reason("fold-name", {"values": folded})] if folded else []
        through = folding.before_activation(target.wrt[0].name) or folding.cancels(body)
        shorter = list(folding.put_in(body)) if through else []
        if shorter and size(shorter[-1][0]) < size(body):
            reasons = [one for _, told in shorter for one in told if one.rule == "fact"]
            body = shorter[-1][0]
        else:
            for other in reversed(list(kept)):
                if any(isinstance(node, Derivative) and key_of(node) == other for node in nodes(body)):
                    body = folding.replaced(body, kept[other])
            body, folded = folding.names(body)
            reasons += [Reason("fold-name", {"values": folded})] if folded else []
            body, facts = folding.facts(body)
            reasons += [Reason("fact", {"values": facts})] if facts else []
        together = gathered(body)
        if together != body:
            body = together
            reasons.append(Reason("factor-out"))
        folding.learn(Equation(target, body))
        reads = sum(key_of(node) == name for later in bodies[place + 1 :] for node in nodes(later)
                    if isinstance(node, Derivative))  # fmt: skip
        last = place == len(route.adjoints) - 1
        own = name in names or last or not folding.open(name)
        if not own and (reads == 1 or size(body) <= SMALL) and size(body) <= LONG:
            kept[name] = Equation(target, body)
            continue
        if name in names:
            reasons.insert(0, Reason("delta", {"alias": Ref(names[name], target.wrt[0].indices), "v": target}))
        reasons.insert(0, route.reason(target))
        yield target, target, AdjointLine(body, (*reasons, *route.ranges_told(body)))


def substituted(route: Route, chosen: Collection[str]) -> Lines:
    """The last adjoint, then with adjoints put in until none is left; or what is chosen put in, adjoints and values."""
    folding = route.folding
    adjoint = route.adjoints[-1]
    target, state = cast(Derivative, adjoint.target), adjoint.body
    others = {key(one.target): one for one in route.adjoints[:-1]}
    before: Expr = target
    yield target, before, AdjointLine(state, (route.reason(target),))
    order = list(others)
    while True:
        inside = {key_of(node) for node in nodes(state) if isinstance(node, Derivative)}
        names = [name for name in order if name in inside and folding.may_go(name, chosen)]
        if not names:
            break
        told = others[names[-1]]
        after = folding.replaced(state, told)
        reasons = [Reason("put-in", {"values": (Equality(told.target, told.body),)})]
        short, folded = folding.names(after)
        reasons += [Reason("fold-name", {"values": folded})] if folded else []
        yield target, state, AdjointLine(short, tuple(reasons))
        state = short
    known, facts = folding.facts(state)
    if facts:
        yield target, state, AdjointLine(known, (Reason("fact", {"values": facts}),))
        state = known
    together = gathered(state)
    if together != state:
        yield target, state, AdjointLine(together, (Reason("factor-out"),))
        state = together
    for equation in reversed(route.network.equations):
        if key(equation.target) in chosen and isinstance(equation.target, Ref):
            after = defined(state, equation, route)
            if after != state:
                values = (Equality(equation.target, equation.body),)
                yield target, state, AdjointLine(after, (Reason("definition", {"values": values}),))
                state = after


def defined(state: Expr, equation: Equation, route: Route) -> Expr:
    """A line with one quantity replaced by its definition."""
    target, fresh = cast(Ref, equation.target), supply()

    def change(node: Expr) -> Expr:
        if not isinstance(node, Ref) or node.name != target.name:
            return node
        meaning = dict(zip(equation.letters, node.indices, strict=True))
        return rename_letters(unique(equation.body, fresh), meaning)

    if any(place.letter is None for place in target.indices) or any(
        isinstance(node, Ref) and node.name == target.name for node in nodes(equation.body)
    ):
        return state
    return simplify(printable(transform(state, change), free(state)), route.network.ranges)
