"""Numbers of a wrong line → its slip, whether it speaks of a derivative, of a step or of the value after one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from chainrule.derive.judge.explicit_model import MEAN, ExplicitModel, typable
from chainrule.derive.judge.line import TypedLine
from chainrule.derive.judge.search import Between, Close, Found, Search, gradient_slip, nothing, only
from chainrule.derive.judge.test_points import CheckedPoint, own, value
from chainrule.derive.judge.truths import Truth
from chainrule.expr.nodes import Derivative, Ref
from chainrule.notation import show
from chainrule.notation.names import pretty

Formula = Callable[[float, float, float, float], float]
"""Of the weight, the rate with the sign of a step, the derivative, and that sign."""


def not_the_goal(
    explicit: ExplicitModel, line: TypedLine, place: CheckedPoint
) -> tuple[float, Mapping[str, str]] | None:
    """What a step would give that lowers the error of a pattern alone, where the goal has more in it."""
    each = explicit.model.goal.each
    if each is None or explicit.step == each or not isinstance(line.target, Ref):
        return None
    slope = value(explicit, place, Derivative(Ref(each, own(explicit.letters[each])), (line.target,)))
    down = -1.0 if explicit.model.goal.sense == "minimise" else 1.0
    before = value(explicit, place, line.target) if line.kind == "next" else 0.0
    words = {"yours": pretty(each), "ours": show(typable(explicit.model.goal.value))}
    return before + down * value(explicit, place, Ref(explicit.rate)) * slope, words


def search(
    explicit: ExplicitModel, line: TypedLine, truth: Truth, places: Sequence[CheckedPoint],
    yours: Sequence[float], close: Close,
    between: Between = nothing, deep: bool = True, only_slip: str = "",
) -> Found | None:  # fmt: skip
    """The slip behind numbers at places."""
    if truth.gradient is None or len(truth.gradient.wrt) > 1:
        return between("late") or between("last")

    def asked(search: Search) -> Found | None:
        return only(search, only_slip) if only_slip else gradient_slip(search, between)

    ours = [value(explicit, place, truth.gradient) for place in places]
    if line.kind == "derivative":
        goal, step = explicit.model.goal, explicit.step
        if truth.gradient.of == Ref(MEAN) and goal.each:
            each = Derivative(Ref(goal.each, own(explicit.letters[goal.each])), truth.gradient.wrt)
            if all(close(mine, value(explicit, place, each)) for mine, place in zip(yours, places, strict=True)):
                return "pattern-for-mean", {"yours": pretty(goal.each), "ours": show(typable(goal.value))}
        if step is not None and step != goal.each and truth.gradient.of == explicit.written(Ref(str(goal.each))):
            lowered = Derivative(Ref(step, own(explicit.letters[step])), truth.gradient.wrt)
            if all(close(mine, value(explicit, place, lowered)) for mine, place in zip(yours, places, strict=True)):
                return "not-the-error", {"yours": show(typable(goal.value)), "ours": pretty(str(goal.each))}
        return asked(Search(explicit, truth.gradient, places, yours, ours, close, deep))
    rates = [value(explicit, place, Ref(explicit.rate)) for place in places]
    before = [value(explicit, place, line.target) if line.kind == "next" else 0.0 for place in places]
    of = cast(Ref, truth.gradient.of)
    whole = [value(explicit, place, of) for place in places]
    down = -1.0 if explicit.model.goal.sense == "minimise" else 1.0
    rows = list(zip(yours, before, (down * rate for rate in rates), ours, strict=True))
    name = pretty(line.target.name) if isinstance(line.target, Ref) else ""
    error = "the mean error" if of == Ref(MEAN) else show(typable(of))
    words = {"rate": pretty(explicit.rate), "name": name, "yours": error}
    single = [not_the_goal(explicit, line, place) for place in places]
    if all(one is not None and close(mine, one[0]) for mine, one in zip(yours, single, strict=True)):
        return "not-the-goal", (single[0] or (0.0, {}))[1]
    for slip, formula in NEXT if line.kind == "next" else CHANGE:
        if all(close(mine, formula(w, a, g, down)) for mine, w, a, g in rows):
            return slip, words
    if all(close(mine, w + a * e) for (mine, w, a, _), e in zip(rows, whole, strict=True)):
        return "error-step", words
    slopes = [(mine - w) / a if a else math.nan for mine, w, a, _ in rows]
    (_, start, rate, _), *others = rows

    def near(one: float, other: float) -> bool:
        if not others:  # one number typed: what it would be as the value after the step
            return close(start + rate * one, start + rate * other)
        return abs(one - other) <= 1e-7 * (1e-3 + abs(other))  # the difference of two values has lost digits

    found = asked(Search(explicit, truth.gradient, places, slopes, ours, near, deep))
    if found is not None and found[0] == "other-result":
        return "not-the-goal", {"yours": found[1]["name"], "ours": show(typable(explicit.model.goal.value))}
    return found


NEXT: tuple[tuple[str, Formula], ...] = (
    ("added", lambda w, a, g, sign: w - a * g),
    ("no-rate", lambda w, a, g, sign: w + sign * g),
    ("rate-twice", lambda w, a, g, sign: w + sign * a * a * g),
    ("only-change", lambda w, a, g, sign: a * g),
    ("only-change", lambda w, a, g, sign: -a * g),
    ("only-gradient", lambda w, a, g, sign: g),
    ("old-value", lambda w, a, g, sign: w),
    ("scaled", lambda w, a, g, sign: w * (1 + a * g)),
    ("scaled", lambda w, a, g, sign: w * sign * a * g),
)
"""What is given for the next value, and the slip."""

CHANGE: tuple[tuple[str, Formula], ...] = (
    ("added", lambda w, a, g, sign: -a * g),
    ("no-rate", lambda w, a, g, sign: sign * g),
    ("rate-twice", lambda w, a, g, sign: sign * a * a * g),
    ("only-gradient", lambda w, a, g, sign: g),
)
"""What is given for the change, and the slip."""
