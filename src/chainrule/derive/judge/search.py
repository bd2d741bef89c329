"""Numbers of a wrong line at places → the slip that gives exactly these numbers, if one or two slips do.

The likeliest slip comes first: a sign, a number, one slope, one factor; then what is rarer; then two at once. A slip is
found only if it gives the learner's numbers at every place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal, cast

from chainrule.derive.judge.compare import exact
from chainrule.derive.judge.explicit_model import MEAN, STEP, ExplicitModel, typable
from chainrule.derive.judge.mutants import Mutant, as_reader_writes, mutants
from chainrule.derive.judge.paths import one_left_out, unfollowed, with_nets
from chainrule.derive.judge.system import System, opened, slope_in, system
from chainrule.derive.judge.test_points import CheckedPoint, own, value
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Derivative, Expr, Ref, key
from chainrule.expr.walk import nodes
from chainrule.gradient.reads import reads
from chainrule.gradient.reverse import closure
from chainrule.model.model import HIDDEN
from chainrule.notation import show
from chainrule.notation.names import pretty
from chainrule.values import dataclass

Close = Callable[[float, float], bool]
Found = tuple[str, Mapping[str, str]]
"""The id of a slip, or of two joined by +, and the words of its sentence."""

Asked = Literal["early", "late", "last"]
Between = Callable[[Asked], Found | None]
"""A search of another kind, asked early for what says more, late for all it knows, last before two slips are tried."""

MOST = 600
"""Slips in the chain rule that are tried one by one; of a very large network, the first."""
NUMBERS = ((-1.0, "sign", "−1"), (2.0, "missing-half", "½"), (0.5, "missing-two", "2"))


def nothing(asked: Asked) -> Found | None:
    """No search of another kind."""


@dataclass(slots=True)
class Search:
    """What is searched: the numbers of a line for a derivative, at places where they are not all right."""

    explicit: ExplicitModel
    target: Derivative
    places: Sequence[CheckedPoint]
    yours: Sequence[float]
    ours: Sequence[float]
    close: Close = exact
    deep: bool = True  # whether two slips at once are tried

    def fits(self, candidate: Callable[[int], float]) -> bool:
        """Whether a candidate gives the learner's numbers everywhere."""
        return all(self.close(yours, candidate(n)) for n, yours in enumerate(self.yours))

    def times(self, factors: Sequence[float]) -> bool:
        return self.fits(lambda n: self.ours[n] * factors[n])

    def gives(self, *exprs: Expr) -> bool:
        """Whether the product of expressions gives the learner's numbers, and not 0 everywhere."""

        def one(n: int) -> float:
            return math.prod(value(self.explicit, self.places[n], expr) for expr in exprs)

        return self.fits(one) and any(self.yours)

    def over(self, factors: Sequence[float], but: float = 1.0) -> bool:
        """Whether the truth without a factor gives the learner's numbers; where the factor is 0, any number may."""
        told = [n for n, one in enumerate(factors) if one and self.ours[n]]
        return len(told) > min(1, len(factors) - 1) and all(
            self.close(yours, but * self.ours[n] / factors[n]) if factors[n] else self.close(self.ours[n], 0.0)
            for n, yours in enumerate(self.yours)
        )


def constant_factors(search: Search) -> Found | None:
    """A sign, 2 or ½."""
    for factor, slip, _ in NUMBERS:
        if search.times([factor] * len(search.places)):
            return slip, {}
    return sizes(search)


def sizes(search: Search) -> Found | None:
    """The number of values of a letter."""
    for letter in dict.fromkeys((search.explicit.pattern, *(group.name for group in search.explicit.model.sets))):
        if letter == HIDDEN and cast(Ref, search.target.of).name != MEAN:
            continue  # a line for one pattern counts none
        counts = [float(len(place.setting.range(letter))) for place in search.places]
        shown = letter.rstrip("°")
        words = {"letter": "the patterns" if "°" in letter else shown, "count": f"size({shown})"}
        if max(counts) > 1 and search.times(counts):
            return "sum-not-mean", words
        if max(counts) > 1 and search.times([1 / count for count in counts]):
            return "mean-not-sum", words
    return None


def factors(search: Search, rules: System, single: bool = False) -> Iterator[tuple[str, list[float]]]:
    """What a line may be multiplied by: the factors of the true product, then every quantity; of a ``single`` one only
    those that may explain the line at one place where it is wrong."""
    rows = zip(search.places, search.yours, search.ours, strict=True)
    off = ((place, yours / ours) for place, yours, ours in rows if yours and ours and not exact(yours, ours))
    told = next(off, None)

    def may(expr: Expr) -> bool:
        if not single or told is None:
            return True
        place, ratio = told
        one = at(rules, place, expr)
        return any(alike(search, ratio, other) for f in (one, 1 - one) if f for other in (f, 1 / f, 1 / f**2))

    seen: set[str] = set()
    bodies = [factor for terms in rules.terms for term in terms for factor in term.factors]
    read = [node for body in bodies for node in nodes(body) if isinstance(node, Ref)]
    slopes = [node for body in bodies for node in nodes(body) if slope_in(node)]
    names = (Ref(name, own(letters)) for name, letters in search.explicit.letters.items() if "#" not in name)
    for expr in (*read, *slopes, *names):
        shown = as_reader_writes(rules, expr)
        if shown in seen or (isinstance(expr, Ref) and "#" in expr.name):
            continue
        seen.add(shown)
        if not may(expr):
            continue
        found = [at(rules, place, expr) for place in search.places]
        if all(map(math.isfinite, found)) and any(found):
            yield shown, found
            rest = [1 - one for one in found]
            if isinstance(expr, Ref) and search.explicit.letters.get(expr.name) is not None and any(rest):
                yield f"(1 − {show(typable(expr))})", rest


def alike(search: Search, one: float, other: float) -> bool:
    """Whether two ratios may be one, as far as the numbers of the line are told."""
    return search.close is not exact or abs(one - other) <= RATIO * abs(one)


RATIO = 1e-6
"""How near two quotients of numbers that agree are, at least."""


def at(rules: System, place: CheckedPoint, expr: Expr) -> float:
    """A factor at a place; NaN where its letters are not those of the left side."""
    try:
        return value(rules.explicit, place, opened(rules, expr))
    except ChainruleError:
        return math.nan


def extra(search: Search, rules: System) -> Found | None:
    """A factor too many, missing, twice or divided by."""
    for shown, values in factors(search, rules, single=True):
        if search.times(values):
            return ("factor-twice" if inside(rules, shown) else "extra-factor"), {"factor": shown}
        if search.over(values):
            return "missing-factor", {"factor": shown}
        if search.over([one**2 for one in values]):
            return "divided", {"factor": shown}
    return None


def inside(rules: System, shown: str) -> bool:
    """Whether a factor is one of the true product."""
    factors = (factor for terms in rules.terms for term in terms for factor in term.factors)
    return any(as_reader_writes(rules, factor) == shown for factor in factors)


def stopped(search: Search) -> Found | None:
    """The derivative by a quantity between, by another weight, or no derivative at all."""
    explicit, target = search.explicit, search.target
    of = cast(Ref, target.of)
    users: dict[str, set[str]] = {}
    for line in explicit.equations:
        for name in reads(line.body, explicit.functions):
            users.setdefault(name, set()).add(key(line.target))
    after = closure((target.wrt[0].name,), users)
    rest = [name for name in explicit.letters if name not in after]
    for name in (*(name for name in reversed(list(explicit.letters)) if name in after), *rest):
        if name in (target.wrt[0].name, of.name) or name in (MEAN, STEP):
            continue
        other = Derivative(target.of, (Ref(name, own(explicit.letters[name])),))
        if search.gives(other):
            shown = f"∂{show(typable(of))}/∂{show(typable(other.wrt[0]))}".replace("net#", "net_")
            return ("chain-stopped" if name in after else "other-quantity"), {
                "yours": shown, "name": pretty(target.wrt[0].name)}  # fmt: skip
    for name in after - {target.wrt[0].name, of.name, MEAN, STEP}:
        last = replace(target, of=Ref(name, own(explicit.letters[name])))
        if search.gives(last):
            upstream = replace(target, wrt=(last.of,))  # type: ignore[arg-type]
            if makes(search, upstream, last):
                shown = f"∂{show(typable(of))}/∂{show(typable(last.of))}".replace("net#", "net_")
                return "upstream-missing", {"factor": shown}
            shown = f"∂{show(typable(last.of))}/∂{show(typable(target.wrt[0]))}".replace("net#", "net_")
            return "other-result", {"yours": shown, "ours": show(typable(of)), "name": show(typable(last.of))}
    if search.gives(of):
        return "not-differentiated", {"yours": show(typable(of))}
    return None


def makes(search: Search, *exprs: Expr) -> bool:
    """Whether the product of expressions is what the line should be, at every place."""
    rows = zip(search.places, search.ours, strict=True)
    return all(exact(math.prod(value(search.explicit, place, one) for one in exprs), ours) for place, ours in rows)


def chain(search: Search, rules: System, wanted: Callable[[Mutant], bool]) -> Found | None:
    """A slip in the chain rule itself."""
    for mutant in islice(mutants(rules), MOST):
        if wanted(mutant):
            values = lazy(search, rules, mutant)
            if search.fits(values) and not same(search, values):
                return mutant.slip, mutant.words
    return None


def along(search: Search, rules: System) -> Found | None:
    """Some of the paths of the chain rule, and not all; but for those that another result has."""
    of, letters = cast(Ref, search.target.of), search.explicit.letters
    others = [Ref(name, own(have)) for name, have in letters.items() if name != of.name and have == letters[of.name]]
    if not any(search.yours) or any(search.gives(replace(search.target, of=other)) for other in others):
        return None
    for mutant in islice(unfollowed(rules), MOST):
        values = lazy(search, rules, mutant)
        if search.fits(values) and not same(search, values):
            return mutant.slip, mutant.words
    if (named := with_nets(search.explicit)) is not search.explicit:  # a softmax of what has no name
        places = [replace(one, setting=named.setting(one.setting.ranges), environment=None, known={})
                  for one in search.places]  # fmt: skip
        return along(replace(search, explicit=named, places=places), system(named, search.target))
    return None


def same(search: Search, values: Callable[[int], float]) -> bool:
    return all(exact(ours, values(n)) for n, ours in enumerate(search.ours))


def lazy(search: Search, rules: System, mutant: Mutant) -> Callable[[int], float]:
    """What a slip gives at each place, computed when asked for."""
    known: dict[int, float] = {}

    def found(n: int) -> float:
        if n not in known:
            known[n] = rules.value(search.places[n], mutant.adjoints, mutant.slopes)
        return known[n]

    return found


def pairs(search: Search, rules: System) -> Found | None:
    """Two slips at once: one in the chain rule with a number, then with a factor."""
    if not search.deep:
        return None
    single = (*islice(mutants(rules), MOST // 2), *islice(one_left_out(rules), MOST // 2))
    tried = [(mutant, lazy(search, rules, mutant)) for mutant in single]
    for factor, slip, _ in NUMBERS:
        for mutant, values in tried:
            if search.fits(lambda n, f=factor, v=values: f * v(n)):  # type: ignore[misc]
                return f"{mutant.slip}+{slip}", mutant.words
    table = list(factors(search, rules))
    for factor, slip, _ in NUMBERS:
        for shown, values_ in table:
            if search.over(values_, factor):
                return f"missing-factor+{slip}", {"factor": shown}
            if search.fits(lambda n, f=factor, v=values_: f * search.ours[n] * v[n]):  # type: ignore[misc]
                return f"extra-factor+{slip}", {"factor": shown}
    for mutant, values in tried:
        for shown, values_ in table:
            if all(values_) and search.fits(lambda n, v=values, f=values_: v(n) / f[n]):  # type: ignore[misc]
                return f"{mutant.slip}+missing-factor", {**mutant.words, "factor2": shown}
    return None


def only(search: Search, slip: str) -> Found | None:
    """One kind of slip in the chain rule, if it gives these numbers."""
    try:
        return chain(search, system(search.explicit, search.target), lambda one: one.slip == slip)
    except ChainruleError:
        return None


def gradient_slip(search: Search, between: Between) -> Found | None:
    """The slip that gives these numbers for a derivative; ``between`` is asked three times on the way."""
    if (found := first_numbers(search)) is not None:
        return found
    rules: System | None
    try:
        rules = system(search.explicit, search.target)
    except ChainruleError:
        rules = None
    if rules is not None and (found := along(search, rules)) is not None:
        return found
    common = ("missing-slope", "missing-factor", "missing-half", "missing-two", "sum-not-mean", "upstream-missing",
              "half-slope", "quotient-sign", "quotient-square")  # fmt: skip
    if rules is not None and (found := chain(search, rules, lambda one: one.slip in common)) is not None:
        return found
    if (found := stopped(search)) is not None:
        return found
    if (found := between("early")) is not None:
        return found
    if rules is not None and (found := extra(search, rules)) is not None:
        return found
    if rules is not None and (found := chain(search, rules, lambda one: one.slip not in (*common, *LATE))) is not None:
        return found
    ratios = [a / b for a, b in zip(search.yours, search.ours, strict=True) if b]
    same_zeros = all(search.close(a, 0.0) for a, b in zip(search.yours, search.ours, strict=True) if not b)
    if search.deep and same_zeros and len(ratios) > 1 and ratios[0] and all(exact(ratios[0], one) for one in ratios):
        return "constant", {"factor": f"{ratios[0]:.6g}"}
    if (found := between("late")) is not None:
        return found
    if rules is not None and (found := chain(search, rules, lambda one: one.slip in LATE)) is not None:
        return found
    return between("last") or (pairs(search, rules) if rules is not None else None)


LATE = ("wrong-factor", "factor-twice", "slope-function", "inner-derivative")
"""Slips tried after those that can be seen in the line itself."""


def first_numbers(search: Search) -> Found | None:
    if not any(search.ours):
        return "no-path", {"name": pretty(search.target.wrt[0].name)}
    return constant_factors(search)
