"""A network of the gallery → the number that its belief predicts, and the number that happens.

Each function asks the face of the package as a reader would; what the belief adds is its last line's first number.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from chainrule.api import Model

Both = tuple[float, float]

GATHERED = "update θ, g\n  s <- s + g\n  θ <- θ − α·s\n"
"""Gradient descent with a store of gradients that nobody empties."""


def minimum(model: Model) -> Both:
    """The least error on the line against the gradient: of the whole bowl, and of the step that is best along it."""
    here = model.evaluate(second=True)
    g, bend = here.gradient, here.hessian or {}
    along = sum(g[v] * g[w] * bend[v][w] for v in g for w in g)
    best = sum(slope * slope for slope in g.values()) / along
    return 0, model.train(rate=best, steps=1).error


def sign(model: Model) -> Both:
    """Steps of ten whose gradient has the sign of w, and steps that bring w closer to 0."""
    path, slopes = (model.train(steps=10).trace[name][:10] for name in ("w", "∂E/∂w"))
    after = model.train(steps=10).trace["w"][1:]
    return sum(path * slopes > 0), sum(abs(after) < abs(path))


def falls(model: Model) -> Both:
    """Steps of thirty, and those of them in which the mean error of all patterns falls."""
    run = model.train(steps=30)
    errors = [model.evaluate({"w": w}).error or 0 for w in run.trace["w"]]
    return run.steps, sum(after < before for before, after in pairwise(errors))


def importance(model: Model) -> Both:
    """The gradient of b by that of a, and what the error rises without b by what it rises without a."""
    here = model.evaluate()
    error, g = here.error or 0, here.gradient
    without_a, without_b = (model.evaluate({name: 0}).error or 0 for name in "ab")
    return g["b"] / g["a"], (without_b - error) / (without_a - error)


def done(model: Model) -> Both:
    """Nothing, and the error of the pattern whose gradient is 0."""
    first = model.evaluate().patterns[0]
    return first.gradient["w"], first.error or 0


def flat(model: Model) -> Both:
    """The error where the gradient is 0, and where a training that begins beside it ends."""
    return model.evaluate().error or 0, model.train(steps=2000, start={"a": 0.001, "b": 0.001}).error


def patterns(model: Model) -> Both:
    """All patterns, and those with a smaller error after a step for the last."""
    before = model.evaluate().patterns
    after = model.evaluate(model.train(steps=1, batch=[3]).weights).patterns
    return len(before), sum((b.error or 0) < (a.error or 0) for a, b in zip(before, after, strict=True))


def overwrite(model: Model) -> Both:
    """What a gets by way of u, which is visited last, and what it gets by both ways."""
    here = model.evaluate()
    return here.adjoints["u"] * here.values["b"], here.gradient["a"]


def order(model: Model) -> Both:
    """What h hands on with its direct part alone (∂(h·s)/∂h = s, and ∂h/∂w = 2), and ∂E/∂w."""
    here = model.evaluate()
    return here.values["s"] * 2, here.gradient["w"]


def reset(model: Model) -> Both:
    """Where w is after 20 steps of its gradients, and of the sums of its gradients."""
    plain, gathered = (model.train(steps=20, update=rule) for rule in (None, GATHERED))
    return plain.trace["w"][-1], gathered.trace["w"][-1]


def slower(model: Model) -> Both:
    """Where the error ends with the rate of the text, and with a fifth of it."""
    return model.train(steps=2000).error, model.train(rate=0.1, steps=2000).error


def diverge(model: Model) -> Both:
    """The error after three steps at ten times the limit 2/E″: on the parabola that fits at the start, and in truth."""
    here = model.evaluate(second=True)
    slope, bend = here.gradient["w"], (here.hessian or {})["w"]["w"]
    away = slope / bend * (1 - 10 * 2) ** 3
    least = (here.error or 0) - slope**2 / bend / 2
    return least + bend * away**2 / 2, model.train(rate=10 * 2 / bend, steps=3, batch="all").error


def units(model: Model) -> Both:
    """Hidden units that were written, and those with different weights after training."""
    w = model.train(steps=1000).weights
    hidden = [(float(w[f"{unit}1"]), float(w[f"{unit}2"]), float(w[f"{unit}0"])) for unit in "ab"]
    return len(hidden), len(set(hidden))


def tangent(model: Model) -> Both:
    """The error after a step along the tangent, and along the curve."""
    here, run = model.evaluate(), model.train(steps=1)
    return (here.error or 0) - (run.rate or 0) * here.gradient["w"] ** 2, run.error


BOTH: dict[str, Callable[[Model], Both]] = {
    "minimum": minimum,
    "sign": sign,
    "falls": falls,
    "importance": importance,
    "done": done,
    "flat": flat,
    "patterns": patterns,
    "overwrite": overwrite,
    "order": order,
    "reset": reset,
    "slower": slower,
    "diverge": diverge,
    "units": units,
    "tangent": tangent,
}
"""Each misconception with its two numbers, in the order in which they are listed."""
