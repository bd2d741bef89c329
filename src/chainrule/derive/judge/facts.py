"""A wrong line → the fact under which it would be right, if there is one: Σ y = 1 of a target with a letter.

The adjoint of a softmax under a cross-entropy is ŷ − y only where the targets add up to 1: without that the line is not
equal, and the text can say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chainrule.derive.judge.checked_points import Spots
from chainrule.derive.judge.compare import agree
from chainrule.derive.judge.explicit_model import ExplicitModel, explicit_model
from chainrule.derive.judge.line import TypedLine
from chainrule.derive.judge.search import Found
from chainrule.derive.judge.truths import Truth
from chainrule.expr.nodes import Expr, Neg, Reduce, Ref, index, number
from chainrule.notation import show
from chainrule.notation.statements import Fact


def offered(
    explicit: ExplicitModel, line: TypedLine, body: Expr, truths: Sequence[Truth], spots: Spots
) -> Found | None:
    """The fact that makes a line right, or right but for its sign."""
    for fact in facts(explicit):
        with_it = replace(explicit.model, facts=(*explicit.model.facts, fact))
        other = replace(explicit_model(with_it, line.nets), model=with_it)
        own = Spots(other, line, None, spots.seed)
        for truth in truths:
            words = {"ours": f"fact {show(fact.left)} = {show(fact.right)}"}
            if agree(other, own.of(truth), body, truth.expr):
                return "needs-fact", words
            if agree(other, own.of(truth), Neg(body), truth.expr):
                return "needs-fact+sign", words
    return None


def facts(explicit: ExplicitModel) -> Iterator[Fact]:
    """Σ t = 1 for each target or data with a letter of its own, where the text does not say so."""
    known = {fact.left.body.name for fact in explicit.model.facts
             if isinstance(fact.left, Reduce) and isinstance(fact.left.body, Ref)}  # fmt: skip
    for quantity in explicit.model.quantities.values():
        letters = [letter for letter in quantity.letters if letter != explicit.model.pattern]
        if quantity.role == "target" and letters and quantity.name not in known:
            whole = Ref(quantity.name, tuple(map(index, quantity.letters)))
            yield Fact(Reduce("sum", (letters[-1],), whole), number(1))
