"""A derivative at places → what learners with one slip get there, each with its sentence, in the judge's order.

The mutants are the judge's own, and the first that gives a learner's numbers names the slip, as in the judge. A factor
too many or missing is found on the page, from the factors; what the judge finds in the text of a line alone (a bracket,
a sign inside) is not here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from chainrule.derive.judge.compare import exact
from chainrule.derive.judge.explicit_model import MEAN, STEP, ExplicitModel, typable
from chainrule.derive.judge.mutants import Mutant, mutants
from chainrule.derive.judge.search import LATE, NUMBERS
from chainrule.derive.judge.system import System, system
from chainrule.derive.judge.test_points import CheckedPoint, own, value
from chainrule.expr.nodes import Derivative, Expr, Ref, key
from chainrule.gradient.reads import reads
from chainrule.gradient.reverse import closure
from chainrule.notation import show
from chainrule.notation.names import pretty
from chainrule.values import dataclass

Words = Mapping[str, str]
Values = tuple[float, ...]

COMMON = ("missing-slope", "missing-factor", "missing-half", "missing-two", "sum-not-mean", "upstream-missing",
          "half-slope", "quotient-sign", "quotient-square")  # fmt: skip
"""Slips in the chain rule that the judge tries first."""

MOST = 400
"""Slips in the chain rule that are tried; of a large network, the first."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What one slip gives at every place. ``when`` the judge thinks of it: 0 before a factor too many or missing, 1
    after that, 2 after a constant factor. ``single``: a sign or a number may come on top of it."""

    slip: str
    words: Words
    values: Values
    when: int = 0
    single: bool = False


def mistakes(explicit: ExplicitModel, target: Derivative, places: Sequence[CheckedPoint]) -> list[Mistake]:
    """Every slip that gives other numbers than the truth, and numbers that no likelier slip gives."""
    ours = tuple(value(explicit, place, target) for place in places)
    kept: list[Mistake] = []
    for one in candidates(explicit, target, places, ours):
        if not all(map(math.isfinite, one.values)) or not any(one.values):
            continue
        if alike(one.values, ours) or any(alike(one.values, other.values) for other in kept):
            continue
        kept.append(one)
    return kept


def alike(one: Values, other: Values) -> bool:
    return all(map(exact, one, other))


def candidates(
    explicit: ExplicitModel, target: Derivative, places: Sequence[CheckedPoint], ours: Values
) -> Iterator[Mistake]:
    """Slips, the likeliest first."""
    if not any(ours):
        return
    for factor, slip, _ in NUMBERS:
        yield Mistake(slip, {}, tuple(factor * one for one in ours))
    rules = system(explicit, target)
    every = list(islice(mutants(rules), MOST))
    yield from chain(rules, places, every, lambda slip: slip in COMMON)
    yield from stopped(explicit, target, places, ours)
    yield from chain(rules, places, every, lambda slip: slip not in (*COMMON, *LATE), 1)
    yield from chain(rules, places, every, lambda slip: slip in LATE, 2)


def chain(
    rules: System, places: Sequence[CheckedPoint], every: Sequence[Mutant], wanted: Callable[[str], bool], when: int = 0
) -> Iterator[Mistake]:
    """Slips in the chain rule itself."""
    for one in every:
        if wanted(one.slip):
            values = tuple(rules.value(place, one.adjoints, one.slopes) for place in places)
            yield Mistake(one.slip, one.words, values, when, single=True)


def stopped(
    explicit: ExplicitModel, target: Derivative, places: Sequence[CheckedPoint], ours: Values
) -> Iterator[Mistake]:
    """The derivative by a quantity between, by another weight, of another quantity, or no derivative at all."""
    of, wrt = target.of, target.wrt[0]
    if not isinstance(of, Ref):
        return
    users: dict[str, set[str]] = {}
    for line in explicit.equations:
        for name in reads(line.body, explicit.functions):
            users.setdefault(name, set()).add(key(line.target))
    after = closure((wrt.name,), users)
    skipped = {wrt.name, of.name, MEAN, STEP}
    rest = [name for name in explicit.letters if name not in after]
    for name in (*(name for name in reversed(list(explicit.letters)) if name in after), *rest):
        if name not in skipped:
            other = Ref(name, own(explicit.letters[name]))
            words = {"yours": fraction(of, other), "name": pretty(wrt.name)}
            slip = "chain-stopped" if name in after else "other-quantity"
            yield Mistake(slip, words, at(explicit, places, Derivative(of, (other,))))
    for name in sorted(after - skipped):
        middle = Ref(name, own(explicit.letters[name]))
        last = at(explicit, places, Derivative(middle, (wrt,)))
        above = at(explicit, places, Derivative(of, (middle,)))
        if alike(tuple(map(math.prod, zip(last, above, strict=True))), ours):
            yield Mistake("upstream-missing", {"factor": fraction(of, middle)}, last)
        else:
            yield Mistake("other-result", {"yours": fraction(middle, wrt), "ours": show(typable(of))}, last)
    yield Mistake("not-differentiated", {"yours": show(typable(of))}, at(explicit, places, of))


def at(explicit: ExplicitModel, places: Sequence[CheckedPoint], expr: Expr) -> Values:
    return tuple(value(explicit, place, expr) for place in places)


def fraction(of: Ref, wrt: Ref) -> str:
    """A derivative as it is read."""
    return f"∂{show(typable(of))}/∂{show(typable(wrt))}"
