"""Random maxima, minima and kinks of bodies that can be written shorter: slopes against a step that knows no rule."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np

import chainrule as cr
from chainrule.expr.nodes import Ref, index
from chainrule.numbers.environment import Setting
from chainrule.numbers.oracle import complex_step

LETTERS = 3
FORMS = (
    "E = max_j ({a})", "E = min_j ({a})", "E = max_j max({a}, {b})", "E = max_j ({a}) - 2*min_j ({b})",
    "E = Σ_j max({a}, {b})*v[j]", "E = Σ_j relu({a})^2 + Σ_j min({a}, {b})", "E = Σ_j abs({a})*relu({b})",
    "E = Σ_j if({a} > {b}, {a}, 2*({b}))", "E = logsumexp_j ({a})", "E = prod_j ({a})",
    "z[j] = {a}\nE = max_j z[j]", "z[j] = {a}\nE = (max_j z[j])*(min_j ({a}))", "E = Σ_j sign({a})*({b})",
    "E = max_j tanh({a})", "E = Σ_j floor({a})*({b})", "E = (max_j ({a}))^2/(1 + (min_j ({b}))^2)",
    "E = max(max_j ({a}), max_j ({b}))",
)  # fmt: skip
PARTS = ("(p[j] + v[j])", "(p[j] - v[j])", "p[j]*v[j]", "p[j]", "(p[j]*0.3 + v[j])", "p[j]^2")
VALUES = (0.2, 0.5, 0.9, 0.3, -0.2, 0.7, 1.0, -1.0, 0.1)
"""Few, so that entries are often equal, and products often meet."""


FLOOR = 0.1
"""Smaller slopes are those of a saturated tanh, 1 − tanh², which are right to a part of 1, not of themselves."""


def body(choose: random.Random) -> str:
    """A sum in which one part stands several times, each time with another factor."""
    part, other = choose.choice(PARTS), choose.choice(PARTS)
    terms = [f"{part}*{choose.choice((0.1, 0.7, 0.3, 0.9, 3))}" for _ in range(choose.randint(1, 3))]
    terms += [f"{choose.choice((0.1, 0.7))}*{other}"] * choose.randint(0, 2)
    return choose.choice((" + ", " - ")).join(terms)


def network(seed: int) -> str:
    """The text of a network; the same for the same seed."""
    choose = random.Random(seed)

    def start() -> str:
        values = [choose.choice(VALUES) if choose.random() < 0.6 else choose.uniform(-1, 1) for _ in range(LETTERS)]
        return "[" + ", ".join(f"{value:.3g}" for value in values) + "]"

    form = choose.choice(FORMS).format(a=body(choose), b=body(choose))
    return f"index j = 1..{LETTERS}\nweight p[j] := {start()}, v[j] := {start()}\n{form}\nminimise E\n"


def worst(seed: int) -> float:
    """|slope − complex step| over the largest entry; ∞ where a slope is no number though the step is one."""
    model = cr.Model(network(seed))
    found = model.evaluate()
    setting = Setting({"j": range(1, LETTERS + 1)}, {"p": ("j",), "v": ("j",)}, model.network.functions, "p#")
    values = {name: list(found.weights[name]) for name in ("p", "v")}
    apart, scale = 0.0, 1e-300
    for name in ("p", "v"):
        for j in range(LETTERS):
            right = complex_step(
                model.network.equations, "E", Ref(name, (index("j"),)), values, setting=setting, letters={"j": j + 1}
            )
            ours = float(found.gradient[name][j])
            if math.isfinite(right):
                apart = max(apart, abs(ours - right) if math.isfinite(ours) else math.inf)
                scale = max(scale, abs(right))
    return apart / max(scale, FLOOR)


def engines_differ(seed: int) -> str:
    """What differs between the engines after two steps, or is no number, in both numerics."""
    model = cr.Model(network(seed))
    if not all(np.isfinite(slope).all() for slope in model.evaluate().gradient.values()):
        return ""
    for numerics in ("exact", "fused"):
        how: dict[str, Any] = {"steps": 2, "rate": 1e-3, "numerics": numerics}
        one, other = (model.train(engine=engine, **how).weights for engine in ("reference", "native"))
        for name, value in one.items():
            if not np.isfinite(value).all() or value.tobytes() != other[name].tobytes():
                return f"{numerics}: {name} is {value} and {other[name]}"
    return ""
