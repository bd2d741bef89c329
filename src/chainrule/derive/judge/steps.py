"""Numbers of a wrong line → its slip, whether it speaks of a derivative, of a step or of the value after one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import cast

from chainrule.derive.judge.line import Line
from chainrule.derive.judge.places import Place, value
from chainrule.derive.judge.scene import MEAN, Scene, plain
from chainrule.derive.judge.search import Between, Close, Found, Search, gradient_slip, nothing, only
from chainrule.derive.judge.truths import Truth
from chainrule.expr.nodes import Ref
from chainrule.notation import show
from chainrule.notation.names import pretty

Formula = Callable[[float, float, float, float], float]
"""Of the weight, the rate with the sign of a step, the derivative, and that sign."""


def search(
    stage: Scene, line: Line, truth: Truth, places: Sequence[Place], yours: Sequence[float], close: Close,
    between: Between = nothing, deep: bool = True, only_slip: str = "",
) -> Found | None:  # fmt: skip
    """The slip behind numbers at places."""
    if truth.gradient is None or len(truth.gradient.wrt) > 1:
        return between(False)

    def asked(search: Search) -> Found | None:
        return only(search, only_slip) if only_slip else gradient_slip(search, between)

    ours = [value(stage, place, truth.gradient) for place in places]
    if line.kind == "derivative":
        return asked(Search(stage, truth.gradient, places, yours, ours, close, deep))
    rates = [value(stage, place, Ref(stage.rate)) for place in places]
    before = [value(stage, place, line.target) if line.kind == "next" else 0.0 for place in places]
    of = cast(Ref, truth.gradient.of)
    whole = [value(stage, place, of) for place in places]
    down = -1.0 if stage.model.goal.sense == "minimise" else 1.0
    rows = list(zip(yours, before, (down * rate for rate in rates), ours, strict=True))
    name = pretty(line.target.name) if isinstance(line.target, Ref) else ""
    words = {"rate": pretty(stage.rate), "name": name, "yours": show(plain(of)).replace(MEAN, "the mean error")}
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

    return asked(Search(stage, truth.gradient, places, slopes, ours, near, deep))


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
