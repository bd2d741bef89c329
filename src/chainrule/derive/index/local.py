"""The derivative of an equation's right-hand side by one entry of a quantity, one named rule at a time.

Conventions. ``∂v[a]/∂v[j]`` is Kronecker's bracket ``[a == j]``. A sum whose letter such a bracket fixes keeps one
term; brackets between the letters of the equation and those of the entry remain, for the sum of the chain rule to use.
An index that is no plain letter (``q+v``) is solved there too, so that the letters of the equation are solved first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chainrule.derive.derivation import Reason
from chainrule.derive.local import NOTHING, Local, derivatives, once, waits
from chainrule.derive.readable import readable
from chainrule.expr.nodes import At, Bracket, Derivative, Expr, Reduce, Ref, index
from chainrule.expr.walk import rename_letters, transform
from chainrule.gradient.letters import printable, supply
from chainrule.gradient.occurrences import ONE, ZERO, product, weight
from chainrule.gradient.ranges import Ranges
from chainrule.gradient.simplify import simplified
from chainrule.gradient.slopes import Slopes
from chainrule.model.letters import free
from chainrule.model.model import Model

HELD = "bracket#"
"""The name under which a bracket is kept from being solved."""


class Kronecker(Local):
    """The local rules, with letters. Calls without a slope of their own are to be opened before."""

    def __init__(self, model: Model, slopes: Slopes, ranges: Ranges) -> None:
        super().__init__(model, slopes)
        self._ranges = ranges
        self._fresh = supply()

    def steps(
        self, start: Derivative, value: Expr | None = None, through: frozenset[str] = NOTHING
    ) -> Iterator[tuple[Expr, tuple[Reason, ...]]]:
        """The states after each rule, the last one the value; ``value`` is a name of ``start.of``."""
        wrt = start.wrt[0]
        scope = (*free(start.of), *free(wrt))
        state: Expr = start
        if isinstance(start.of, Ref):
            state = self.leaf(start)
            yield state, (Reason("identity" if state == ONE else "kronecker", {"v": wrt}),)
        else:
            named: dict[Expr, Expr] = {start.of: value} if value is not None else {}
            while (found := next((one for one in derivatives(state) if self._open(one, through)), None)) is not None:
                new, reasons = self._rule(found, named, through)
                plain = [one for one in derivatives(new) if not waits(one, through) and not self._open(one, through)]
                values = {one: self.leaf(one) for one in plain}
                new = transform(new, lambda one: values.get(one, one) if isinstance(one, Derivative) else one)  # noqa: B023
                state = printable(readable(once(state, found, new)), scope)
                if any(one not in (ONE, ZERO) for one in values.values()):
                    reasons = (*reasons, Reason("kronecker", {"v": wrt}))
                elif ONE in values.values():
                    reasons = (*reasons, Reason("identity", {"v": wrt}))
                yield state, reasons
        short, used = simplified(held(state, self._ranges), self._ranges)
        short = bare(short)
        if short != state:
            yield short, (Reason("simplify"), *map(Reason, used))

    def leaf(self, node: Derivative) -> Expr:
        """The derivative of a name, or of what does not change, by an entry."""
        wrt = node.wrt[0]
        if not isinstance(node.of, Ref) or node.of.name != wrt.name:
            return ZERO
        pairs = zip(node.of.indices, wrt.indices, strict=True)
        brackets = tuple(Bracket("==", At(here), At(there)) for here, there in pairs if here != there)
        return product(brackets)

    def _rule(
        self, node: Derivative, named: dict[Expr, Expr], through: frozenset[str]
    ) -> tuple[Expr, tuple[Reason, ...]]:
        expr = node.of
        if not isinstance(expr, Reduce):
            return super()._rule(node, named, through)
        new = {letter: self._fresh(letter) for letter in expr.letters}
        meaning = {letter: index(other) for letter, other in new.items()}
        outer = weight(expr, meaning, self._fresh, named.get(expr))
        inside = product((replace(node, of=rename_letters(expr.body, meaning)), *outer))
        return Reduce("sum", tuple(new.values()), inside), (Reason(f"reduce-{expr.operator}"),)

    def _open(self, node: Derivative, through: frozenset[str]) -> bool:
        return not isinstance(node.of, At) and super()._open(node, through)


def held(expr: Expr, ranges: Ranges) -> Expr:
    """The expression with brackets between other than plain letters put out of the way of sums."""

    def change(node: Expr) -> Expr:
        match node:
            case Bracket("==", At(one), At(other)) if one.letter is None or other.letter is None:
                return ZERO if ranges.equal(one, other) is False else Ref(HELD, (one, other))
            case _:
                return node

    return transform(expr, change)


def bare(expr: Expr) -> Expr:
    """The expression with the brackets that were held back."""
    return transform(
        expr,
        lambda node: (
            Bracket("==", At(node.indices[0]), At(node.indices[1]))
            if isinstance(node, Ref) and node.name == HELD
            else node
        ),
    )
